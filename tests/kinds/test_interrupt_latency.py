# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C is answered within a second, however large the batch is."""

import signal
import time

import numpy as np
import pytest

from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
)

# Estimators, containers of a row, and the most rows: most whole calls take seconds.
LARGE = {
    "clusterer": (BitWTAClusterer(512, random_state=0), 64, 300_000),
    "clusterer, wide": (BitWTAClusterer(512, random_state=0), 2048, 10_000),
    "detector": (BitNoveltyDetector(BitWTAClusterer(512), random_state=0), 64, 300_000),
    "otto": (OttoScoreClassifier(), 1024, 60_000),
    "otto-tuned": (OttoScoreClassifier(max_iter=51, random_state=0), 256, 40_000),
    "hebbian": (BitHebbianClassifier(128, random_state=0), 64, 40_000),
    "patches": (
        BitPatchClassifier(64, image_shape=(32, 32), random_state=0),
        32,
        20_000,
    ),
    "projection": (RandomMAJ3Projection(4096, random_state=0), 512, 20_000),
    "ferns": (RandomFernEncoder(4096, 7, random_state=0), 512, 20_000),
}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signals")
@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("method", ["fit", "partial_fit", "store", "predict"])
def test_interrupts_are_answered_within_a_second(name, method):
    estimator, n_words, n_rows = LARGE[name]
    if method == "predict" and name in ("projection", "ferns"):
        method = "transform"
    if not hasattr(estimator, method):
        return
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2**32, (n_rows, n_words), dtype=np.uint32)
    # Counting takes no longer for more classes, answers do.
    y = rng.integers(0, 100 if name == "otto" else 10, n_rows)
    few = slice(0, 500)
    # Compiled and fitted on few rows.
    estimator.fit(X[few], y[few])
    rows = (X, y) if "fit" in method else (X,)
    getattr(estimator, method)(*(part[few] for part in rows))

    def stop(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, stop)
    delay = 0.3
    try:
        start = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, delay)
        getattr(estimator, method)(*rows)
        # It was done in time.
        signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        assert time.perf_counter() - start < delay + 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
