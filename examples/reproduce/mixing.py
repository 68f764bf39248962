# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Projections of tables and images whose bits are permuted, and small majorities.

Tables: five folds of up to 3,000 rows. Images: the first 50,000 training images are
learned from and the last 10,000 validate. The margin is chosen on a third of the rows
that are learned from.
"""

import gzip
import os
import warnings
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, train_test_split

from examples.reproduce.figures import SEEDS, Figure, images
from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder

# Tables of numbers in the folder "tabular" of the data.
TABLES = {
    "glass": "glass.csv",
    "vowel": "vowel.arff",
    "phoneme": "phoneme.csv",
    "magic": "magic04.data",
    "satimage": "satimage.csv",
    "wine": "winequality-white.csv",
}
_TREE = {"permute_bits": True}
_EXACT = {"permute_bits": True, "majority": "exact"}
PROJECTIONS = {
    "no projection": None,
    "as it is": {},
    "permuted": _TREE,
    "permuted, exact": _EXACT,
    "3 bits": {**_TREE, "receptive_field": 3},
    "5 bits, exact": {**_EXACT, "receptive_field": 5},
    "7 bits, exact": {**_EXACT, "receptive_field": 7},
    "9 bits": {**_TREE, "receptive_field": 9},
    "27 bits": {**_TREE, "receptive_field": 27},
}
WINDOWS = {"receptive_field": (5, 9), "image_shape": (28, 28)}
IMAGE_PROJECTIONS = {
    "as it is": {},
    "windows": WINDOWS,
    "permuted": _TREE,
    "9 bits": PROJECTIONS["9 bits"],
    "27 bits": PROJECTIONS["27 bits"],
}
MARGINS = (2, 8, 32)
N_COMPONENTS = 512
N_ROWS = 3000
MAX_ITER = 21


def mixing(quick):
    """Accuracy of tables by five folds, plain, projected and permuted."""
    for name in list(TABLES)[: 2 if quick else None]:
        X, y = rows(name)
        for projection, params in PROJECTIONS.items():
            found, seeds = [], SEEDS[: 2 if quick else 5]
            for seed, (train, test) in zip(seeds, folds(X, y), strict=not quick):
                encoder = ThermometerEncoder(32, strategy="quantile").fit(X[train])
                bits = encoder.transform(X[train]), encoder.transform(X[test])
                found.append(score(bits, (y[train], y[test]), params, seed))
            yield Figure(
                f"{name}, {projection}: accuracy",
                found,
                "%",
                setting={"data": name, "projection": projection},
                seeds=seeds,
            )


def mixing_images(quick):
    """Validation accuracy of images, with windows and with permuted bits."""
    n_train = 5000 if quick else 50_000
    for name in ("MNIST", "Fashion-MNIST"):
        X, y = images(name)[:2]
        bits = ThermometerEncoder(feature_range=(0, 255)).fit_transform(X)
        for projection, params in IMAGE_PROJECTIONS.items():
            value = score(
                (bits[:n_train], bits[50_000:]),
                (y[:n_train], y[50_000:]),
                params,
                SEEDS[0],
            )
            yield Figure(
                f"{name}, {projection}: validation",
                (value,),
                "%",
                setting={"data": name, "projection": projection},
                seeds=SEEDS[:1],
            )


def rows(name):
    """Return up to ``N_ROWS`` rows of a table, and their classes from 0 on."""
    path = Path(os.environ["SKBIT_DATA_HOME"]) / "tabular" / f"{TABLES[name]}.gz"
    with gzip.open(path, "rt", encoding="utf8") as file:
        text = file.read()
    if path.name.endswith(".arff.gz"):
        text = text[text.lower().index("@data") + len("@data") :]
    frame = pd.read_csv(StringIO(text), header=None, skipinitialspace=True)
    y = np.unique(frame.iloc[:, -1], return_inverse=True)[1]
    X = frame.iloc[:, :-1].select_dtypes("number").to_numpy(float)
    chosen = np.random.default_rng(0).permutation(len(y))[:N_ROWS]
    return X[chosen], y[chosen]


def folds(X, y):
    """Return the five folds of a table."""
    with warnings.catch_warnings():
        # The rarest class of wine has fewer rows than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        return list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))


def score(bits, y, params, seed):
    """Project, choose the margin on a third of the training rows, fit and score."""
    train, test = bits
    if params is not None:
        projection = RandomMAJ3Projection(N_COMPONENTS, random_state=seed, **params)
        train = projection.fit_transform(train)
        test = projection.transform(test)
    first, second, y_first, y_second = train_test_split(
        train, y[0], test_size=1 / 3, random_state=seed
    )
    best = max(
        MARGINS,
        key=lambda margin: (
            classifier(margin, seed).fit(first, y_first).score(second, y_second)
        ),
    )
    model = classifier(best, seed).fit(train, y[0])
    return round(100 * model.score(test, y[1]), 3)


def classifier(margin, seed):
    return OttoScoreClassifier(max_iter=MAX_ITER, margin=margin, random_state=seed)


MEASUREMENTS = {"mixing": mixing, "mixing-images": mixing_images}
