# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracies on MNIST. Margins are chosen on a part of the training file."""

from functools import cache

import numpy as np

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
from skbit.datasets import fetch_mnist

SEED = 42
MARGINS = (100, 200, 300, 400, 600)
WINDOWS = {"receptive_field": (5, 9), "image_shape": (28, 28)}


@cache
def bits(curve):
    """Encoded training and test images with their labels."""
    X, y = fetch_mnist("train", return_X_y=True)
    X_test, y_test = fetch_mnist("test", return_X_y=True)
    encoder = ThermometerEncoder(curve=curve, feature_range=(0, 255)).fit(X)
    return encoder.transform(X), y, encoder.transform(X_test), y_test


def projected(curve, n_components, seed=SEED, **structure):
    """Do the same, projected."""
    X, y, X_test, y_test = bits(curve)
    projection = RandomMAJ3Projection(
        n_components, random_state=seed, n_jobs=2, **structure
    ).fit(X)
    return projection.transform(X), y, projection.transform(X_test), y_test


def percent(*accuracies):
    return ", ".join(f"{100 * accuracy:.2f}" for accuracy in accuracies) + " %"


def classifier(**params):
    return OttoScoreClassifier(random_state=0, n_jobs=2, **params)


def authors_split():
    """One pass on raw bytes, the last 10,000 of the training file for evaluation."""
    for n_components in (512, 1024, 2048):
        X, y, X_test, y_test = projected("raw", n_components)
        model = classifier(fit_prior=False).fit(X[:50_000], y[:50_000])
        found = model.score(X[50_000:], y[50_000:]), model.score(X_test, y_test)
        yield (
            f"raw, one pass, H = {n_components}: author's split, test",
            percent(*found),
        )


def one_pass_and_tuned():
    """The exp thermometer: one pass, tuned, tuned with a margin."""
    data = projected("exp", 512)
    yield "exp, H = 512, one pass", percent(test_score(data, max_iter=0))
    yield "exp, H = 512, 10 epochs", percent(test_score(data, max_iter=10))
    margin, how = choose_margin(data, max_iter=10)
    accuracy = test_score(data, max_iter=10, margin=margin)
    yield f"exp, H = 512, 10 epochs, margin {margin} ({how})", percent(accuracy)


def windows():
    """Receptive fields; the mean of five seeds says what chance does."""
    data = projected("exp", 512, **WINDOWS)
    margin, how = choose_margin(data, max_iter=8)
    accuracy = test_score(data, max_iter=8, margin=margin)
    name = f"exp, H = 512, windows 5-9, 8 epochs, margin {margin} ({how})"
    yield f"{name}, seed {SEED}", percent(accuracy)
    others = [
        test_score(projected("exp", 512, seed, **WINDOWS), max_iter=8, margin=margin)
        for seed in range(1, 6)
    ]
    yield f"{name}, seeds 1-5", percent(*others)
    yield f"{name}, seeds 1-5: mean", percent(np.mean(others))


def author_tuned():
    """Raw bytes, 20 epochs, H = 2048, both splits."""
    X, y, X_test, y_test = projected("raw", 2048)
    model = classifier(max_iter=20).fit(X[:50_000], y[:50_000])
    found = model.score(X[50_000:], y[50_000:]), model.score(X_test, y_test)
    yield "raw, H = 2048, 20 epochs, 50,000 rows: author's split, test", percent(*found)
    model = classifier(max_iter=20).fit(X, y)
    accuracy = model.score(X_test, y_test)
    yield "raw, H = 2048, 20 epochs, 60,000 rows: test", percent(accuracy)


def test_score(data, **params):
    X, y, X_test, y_test = data
    return classifier(**params).fit(X, y).score(X_test, y_test)


def choose_margin(data, **params):
    """Choose on three folds of 10,000 rows of the training file."""
    X, y = data[:2]
    means = []
    for margin in MARGINS:
        accuracies = []
        for start in (0, 20_000, 50_000):
            fold = np.zeros(len(y), dtype=bool)
            fold[start : start + 10_000] = True
            model = classifier(margin=margin, **params).fit(X[~fold], y[~fold])
            accuracies.append(model.score(X[fold], y[fold]))
        means.append(np.mean(accuracies))
    best = int(np.argmax(means))
    return MARGINS[best], f"validation {percent(means[best])}"


MEASUREMENTS = {
    "one-pass": authors_split,
    "tuned": one_pass_and_tuned,
    "windows": windows,
    "author-tuned": author_tuned,
}
