# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Validation accuracy over the margin of tuning, from 32 to 65,536 bits.

Training data only: of images, rows of the training file are learned from and others of
it validate; of tables, which have no test file, a third of the rows is never used.
"""

import numpy as np
from sklearn.model_selection import train_test_split

from examples.reproduce.figures import SEEDS, Figure, images
from examples.reproduce.open_sets import TABLES, rows
from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder

MARGINS = (0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 4, 8)
# Containers of a projection, each of 32 bits.
SIZES = (1, 8, 64, 512, 2048)
MAX_ITER = 11
N_ROWS = 15_000


def margins(quick):
    """Accuracy after ten tuning passes on images projected to 32 to 65,536 bits."""
    for name in ("MNIST", "Fashion-MNIST"):
        X, y = (part[: N_ROWS // (10 if quick else 1)] for part in images(name)[:2])
        bits = ThermometerEncoder(feature_range=(0, 255)).fit_transform(X)
        for size in SIZES[: 3 if quick else None]:
            projection = RandomMAJ3Projection(size, random_state=SEEDS[0], n_jobs=2)
            projected = projection.fit_transform(bits)
            yield from over_margins(name, projected, y, quick)
        yield from over_margins(f"{name}, no projection", bits, y, quick)
    for name in (*TABLES, "digits"):
        yield from over_margins(name, *table(*rows(name)), quick)


def table(X, y):
    """Encode two thirds of the rows of a table."""
    X, _, y, _ = train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=0)
    return ThermometerEncoder(8, strategy="quantile").fit_transform(X), y


def over_margins(name, bits, y, quick):
    """Fit with every margin on two thirds of the rows and validate on the others."""
    seeds = SEEDS[: 1 if quick or len(y) >= N_ROWS else 5]
    found = {margin: [] for margin in MARGINS}
    for seed in seeds:
        X, X_rest, y_train, y_rest = train_test_split(
            bits, y, test_size=1 / 3, stratify=y, random_state=seed
        )
        for margin, values in found.items():
            model = OttoScoreClassifier(
                max_iter=MAX_ITER, margin=margin, random_state=seed
            )
            values.append(100 * model.fit(X, y_train).score(X_rest, y_rest))
    n_bits = 32 * bits.shape[1]
    for margin, values in found.items():
        yield Figure(
            f"{name}, {n_bits} bits, margin {margin}: validation",
            tuple(np.round(values, 3)),
            "%",
            setting={"data": name, "bits": n_bits, "margin": margin},
            seeds=seeds,
        )


MEASUREMENTS = {"margins": margins}
