# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compare the pipeline of series with others on spoken digits.

    python -m asv_bench.peers_series spoken_digits.npz

The file holds ``X`` (n, 20 frames, 16 bands), ``y`` and ``take``. Takes from 10 on are
learned, and takes 5 to 9 judge. MiniRocket is that of aeon; without the package it is
left out.
"""

import argparse
import importlib.util
import time
from pathlib import Path

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from skbit.pipeline import series_pipeline


def _minirocket():
    from aeon.classification.convolution_based import MiniRocketClassifier

    return MiniRocketClassifier(random_state=0, n_jobs=1)


def classifiers(length, n_channels):
    """Return the classifiers by name, and whether they take a channel per row."""
    found = {
        f"series_pipeline, {size}": (
            series_pipeline(length, size, n_channels=n_channels, random_state=0),
            False,
        )
        for size in ("tiny", "small", "large")
    }
    found["1-NN, Euclidean"] = KNeighborsClassifier(1), False
    if importlib.util.find_spec("aeon"):
        found["MiniRocket (aeon)"] = _minirocket(), True
    return found


def compare(X, y, is_learned, is_judged):
    """Yield name, accuracy, and seconds of fitting and predicting."""
    n, length, n_channels = X.shape
    for name, (model, by_channel) in classifiers(length, n_channels).items():
        rows = X.reshape(n, -1)
        if by_channel:
            rows = X.transpose(0, 2, 1).astype(np.float32)
        # Compiled before the clock starts.
        some = np.flatnonzero(is_learned)[::9]
        model.fit(rows[some], y[some]).predict(rows[:2])
        start = time.perf_counter()
        model.fit(rows[is_learned], y[is_learned])
        fitted = time.perf_counter()
        predicted = model.predict(rows[is_judged])
        end = time.perf_counter()
        accuracy = np.mean(predicted == y[is_judged])
        yield name, accuracy, fitted - start, end - fitted


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m asv_bench.peers_series")
    parser.add_argument("file", type=Path)
    file = np.load(parser.parse_args(arguments).file)
    X, y, take = file["X"], file["y"].astype(np.int64), file["take"]
    with threadpool_limits(1):
        found = compare(X, y, take >= 10, (take >= 5) & (take < 10))
        for name, accuracy, fit_s, predict_s in found:
            print(
                f"{name:24} {100 * accuracy:6.2f} % {fit_s:7.2f} s {predict_s:7.2f} s"
            )


if __name__ == "__main__":
    main()
