# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of images: skbit's pipelines and other classifiers, on two sets."""

import importlib
import time

import numpy as np

from asv_bench.peers_models import ROWS
from asv_bench.peers_page import write_page
from asv_bench.suite import Suite


def smoke_images(seed, n):
    """Images of ten classes that are easy to tell apart, for tests."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 10
    X = rng.integers(0, 60, (n, 28, 28), dtype=np.uint8)
    for image, label in zip(X, y, strict=True):
        row, column = divmod(int(label), 4)
        image[8 * row + 2 : 8 * row + 8, 6 * column + 2 : 6 * column + 8] += 150
    return X.reshape(n, -1), y


def load(name):
    """Return training and test images, uint8, and their labels."""
    fetch = getattr(importlib.import_module("skbit.datasets"), f"fetch_{name}")
    X, y = fetch("train", return_X_y=True)
    X_test, y_test = fetch("test", return_X_y=True)
    return X, y.astype(np.int64), X_test, y_test.astype(np.int64)


def measure(row, data):
    """Fit and judge a row of the table once."""
    X, y, X_test, y_test = data
    # Kernels are compiled, and packages imported, before the clock starts.
    row.make().fit(X[:200], y[:200]).predict(X[:10])
    start = time.perf_counter()
    model = row.make().fit(X, y)
    fitted = time.perf_counter()
    predicted = model.predict(X_test)
    end = time.perf_counter()
    return {
        "accuracy": float(np.mean(predicted == y_test)),
        "fit_s": round(fitted - start, 2),
        "predict_s": round(end - fitted, 3),
        "bytes": int(row.n_bytes(model)),
    }


SUITE = Suite(
    name="images",
    record="peers.jsonl",
    sets={
        "mnist": lambda: load("mnist"),
        "fashion": lambda: load("fashion_mnist"),
    },
    rows=ROWS,
    measure=measure,
    write_page=write_page,
    smoke=lambda: (*smoke_images(0, 300), *smoke_images(1, 100)),
)
