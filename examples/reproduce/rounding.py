# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What rounding of weights to few bits costs on tables and series of sensors.

Each set is halved at random. Nothing is chosen: all encoders and sizes are averaged.
"""

import warnings

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from examples.reproduce.figures import Figure
from examples.reproduce.open_sets import rows
from examples.reproduce.tables import table
from skbit import (
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.naive_bayes import round_log_odds

TABLES = ("glass", "phoneme", "magic", "satimage", "wine quality")
SERIES = ("GunPoint", "BasicMotions")
BITS = (8, 4, 3, 2)


def _halves(name):
    if name in SERIES:
        X, y = rows(name)
    else:
        X, y = table(name)
        X = X.to_numpy(dtype=float)
    return train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)


def _encoders():
    """Return encoders with and without bits that are one in nearly all rows."""
    for n_levels, params in (
        (8, {}),
        (8, {"curve": "exp"}),
        (8, {"strategy": "quantile"}),
        (32, {"strategy": "quantile"}),
    ):
        for mixed in (
            None,
            RandomMAJ3Projection(64, random_state=0),
            RandomFernEncoder(64, random_state=0),
        ):
            encoder = ThermometerEncoder(n_levels, **params)
            yield make_pipeline(encoder, mixed) if mixed else encoder


def _answers(quick):
    """Yield accuracies and changed labels of each model, in percent, by what it is."""
    sets = (*TABLES, *SERIES) if not quick else TABLES[:1]
    for name in sets:
        X, X_test, y, y_test = _halves(name)
        for encoder in _encoders():
            words, test = encoder.fit_transform(X), encoder.transform(X_test)
            model = OttoScoreClassifier(max_iter=11, random_state=0)
            exact = model.fit(words, y)
            found = {(None, "after"): (exact.score(test, y_test), 0.0)}
            for bits in BITS:
                for how, other in (
                    ("after", round_log_odds(exact, bits)),
                    ("through", OttoScoreClassifier(**_few(bits)).fit(words, y)),
                ):
                    changed = np.mean(other.predict(test) != exact.predict(test))
                    found[bits, how] = other.score(test, y_test), changed
            yield found


def _few(bits):
    return {"max_iter": 11, "random_state": 0, "weight_bits": bits}


def rounding(quick):
    """Mean accuracy, and labels that change, by the number of bits."""
    with warnings.catch_warnings():
        # Packed bits of few containers could be numbers.
        warnings.simplefilter("ignore", UserWarning)
        answers = list(_answers(quick))
    for bits, how in answers[0]:
        accuracies, changed = 100 * np.array([one[bits, how] for one in answers]).T
        what = "exact weights"
        if bits is not None:
            what = f"{bits} bits, " + (
                "rounded after tuning" if how == "after" else "tuned through rounding"
            )
        setting = {"models": len(answers), "bits": bits}
        mean = (float(accuracies.mean()),)
        yield Figure(f"mean accuracy, {what}", mean, "%", None, setting)
        if how == "after" and bits is not None:
            for name, value in (("mean", changed.mean()), ("most", changed.max())):
                yield Figure(
                    f"labels that change, {what}, {name}", (float(value),), "%"
                )


MEASUREMENTS = {"c-rounding": rounding}
