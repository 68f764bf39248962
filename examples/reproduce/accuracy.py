# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracies on MNIST by today's defaults. Margins are chosen on training images."""

from functools import cache

import numpy as np

from examples.reproduce.figures import AUTHORS_SEED, SEEDS, Figure, images
from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder

MARGINS = (0.5, 1, 2, 4)
WINDOWS = {"receptive_field": (5, 9), "image_shape": (28, 28)}


@cache
def bits(curve, quick=False):
    """Encoded training and test images with their labels."""
    X, y, X_test, y_test = images("MNIST", quick)
    encoder = ThermometerEncoder(curve=curve, feature_range=(0, 255)).fit(X)
    return encoder.transform(X), y, encoder.transform(X_test), y_test


def project(data, n_components, seed, **structure):
    """Project training and test rows, and keep their labels."""
    X, y, X_test, y_test = data
    projection = RandomMAJ3Projection(
        n_components, random_state=seed, n_jobs=2, **structure
    ).fit(X)
    return projection.transform(X), y, projection.transform(X_test), y_test


def projected(curve, n_components, seed=AUTHORS_SEED, quick=False, **structure):
    """Encode images and project them."""
    return project(bits(curve, quick), n_components, seed, **structure)


def classifier(**params):
    return OttoScoreClassifier(n_jobs=2, **{"random_state": 0, **params})


def test_score(data, **params):
    """Accuracy on the test file, in percent."""
    X, y, X_test, y_test = data
    return 100 * classifier(**params).fit(X, y).score(X_test, y_test)


def tuned(quick):
    """The exp thermometer: one pass, tuned, tuned with a margin."""
    found = {"one pass": [], "10 epochs": [], "10 epochs with a margin": []}
    margin = choose_margin(quick, 11)
    seeds = (AUTHORS_SEED, *SEEDS[:2])[: 2 if quick else None]
    for seed in seeds:
        data = projected("exp", 512, seed, quick)
        for values, params in zip(
            found.values(),
            ({}, {"max_iter": 11, "margin": 0}, {"max_iter": 11, "margin": margin}),
            strict=True,
        ):
            values.append(test_score(data, **params))
    for name, values in found.items():
        setting = {"curve": "exp", "H": 512, "margin": margin}
        what = f"exp, H = 512, {name}: test"
        yield Figure(what, tuple(values), "%", None, setting, seeds)


def windows(quick):
    """Receptive fields; the spread of the seeds says what chance does."""
    margin = choose_margin(quick, 9, **WINDOWS)
    seeds = (AUTHORS_SEED, *SEEDS)[: 2 if quick else None]
    values = [
        test_score(
            projected("exp", 512, seed, quick, **WINDOWS), max_iter=9, margin=margin
        )
        for seed in seeds
    ]
    yield Figure(
        "exp, H = 512, windows 5-9, 8 epochs with a margin: test",
        tuple(values),
        "%",
        setting={"curve": "exp", "H": 512, "margin": margin, "epochs": 8},
        seeds=seeds,
    )


@cache
def choose_margin(quick, max_iter, **structure):
    """Choose on three folds of the training file, a sixth of it each."""
    X, y = projected("exp", 512, AUTHORS_SEED, quick, **structure)[:2]
    n = len(y) // 6
    means = []
    for margin in MARGINS:
        accuracies = []
        for start in (0, 2 * n, 5 * n):
            fold = np.zeros(len(y), dtype=bool)
            fold[start : start + n] = True
            model = classifier(margin=margin, max_iter=max_iter)
            model.fit(X[~fold], y[~fold])
            accuracies.append(model.score(X[fold], y[fold]))
        means.append(np.mean(accuracies))
    return MARGINS[int(np.argmax(means))]


MEASUREMENTS = {"tuned": tuned, "windows": windows}
