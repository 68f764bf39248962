# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Hashed text of many classes: time and memory of counting and predicting sparse rows.

A row has 60 words of 65,536: 40 are drawn by the law of Zipf, and 20 are of the 40 that
its class prefers.
"""

import resource
import time

import numpy as np
from scipy import sparse

from examples.reproduce.figures import SEEDS, Figure
from skbit import OttoScoreClassifier

N_WORDS, N_COMMON, N_OWN, N_PREFERRED = 2**16, 40, 20, 40
N_TEST = 2000
# Counts of 18 rows of a class are small beside an alpha of 1.
ALPHA = 0.01


def text(n_rows, n_classes):
    """Return sparse rows of words, and classes."""
    rng = np.random.default_rng(SEEDS[0])
    y = rng.integers(n_classes, size=n_rows)
    frequency = np.cumsum(1 / np.arange(1, N_WORDS + 1))
    shares = rng.random((n_rows, N_COMMON)) * frequency[-1]
    common = rng.permutation(N_WORDS)[np.searchsorted(frequency, shares)]
    preferred = rng.integers(N_WORDS, size=(n_classes, N_PREFERRED))
    own = preferred[y[:, None], rng.integers(N_PREFERRED, size=(n_rows, N_OWN))]
    words = np.hstack([common, own])
    starts = np.arange(0, words.size + 1, words.shape[1])
    ones = np.ones(words.size, dtype=np.float32)
    X = sparse.csr_array((ones, words.ravel(), starts), shape=(n_rows, N_WORDS))
    X.sum_duplicates()
    return X, y


def many_classes(quick):
    """Time, memory and accuracy of counting, over the number of classes."""
    n_rows = 5000 if quick else 20_000
    for n_classes in (10, 100, 1000):
        X, y = text(n_rows, n_classes)
        train, test = slice(N_TEST, None), slice(N_TEST)
        for calibrate in (None, "temperature"):
            model = OttoScoreClassifier(ALPHA, calibrate=calibrate)
            some = np.flatnonzero(y < 3)[:100]
            model.fit(X[some], y[some]).predict(X[some])
            start = time.perf_counter()
            model.fit(X[train], y[train])
            fitted = time.perf_counter()
            accuracy = 100 * model.score(X[test], y[test])
            predicted = time.perf_counter()
            # The peak of the process, which the largest model so far determines.
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            for what, value, unit in (
                ("fit", fitted - start, "s"),
                ("predict a row", (predicted - fitted) / N_TEST * 1e6, "µs"),
                ("accuracy", accuracy, "%"),
                ("peak memory", peak, "MiB"),
            ):
                yield Figure(
                    f"{n_classes} classes, calibrate={calibrate!r}: {what}",
                    (round(float(value), 3),),
                    unit,
                    setting={"classes": n_classes, "calibrate": str(calibrate)},
                )


MEASUREMENTS = {"many-classes": many_classes}
