# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of series: spoken digits, of which the takes from 10 on are learned.

Takes 5 to 9 judge. MiniRocket is that of aeon.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from asv_bench.peers_page import package_of, percent, seconds, write_tables
from asv_bench.suite import Row, Suite
from skbit.pipeline import series_pipeline


@dataclass(frozen=True)
class SeriesRow(Row):
    """A classifier of series.

    ``make`` takes the number of times and of channels.

    Parameters
    ----------
    takes_channels : bool
        Whether it takes arrays of series, channels and times instead of flat rows.
    """

    takes_channels: bool = False


def _pipeline(size):
    return lambda length, n_channels: series_pipeline(
        length, size, n_channels=n_channels, random_state=0
    )


def _minirocket(length, n_channels):
    from aeon.classification.convolution_based import MiniRocketClassifier

    return MiniRocketClassifier(random_state=0, n_jobs=1)


ROWS = [
    *(
        SeriesRow(f"skbit {size}", _pipeline(size))
        for size in ("tiny", "small", "large")
    ),
    SeriesRow("kNN(1)", lambda *_: KNeighborsClassifier(1)),
    SeriesRow("MiniRocket", _minirocket, "aeon", takes_channels=True),
]


def load():
    """Return series, labels, and which are learned and which judge."""
    path = Path(os.environ["SKBIT_DATA_HOME"]) / "series" / "spoken_digits.npz"
    with np.load(path) as file:
        X, y, take = file["X"], file["y"].astype(np.int64), file["take"]
    return X, y, take >= 10, (take >= 5) & (take < 10)


def smoke():
    """Return generated series of two classes."""
    y = np.arange(200) % 2
    X = np.zeros((200, 20, 16), dtype=np.uint8)
    X[y == 1, 5:9, 3:6] = 200
    X[y == 0, 12:16, 9:12] = 200
    is_learned = np.arange(200) % 20 >= 10
    return X, y, is_learned, ~is_learned


def measure(row, data):
    """Fit and judge a classifier once."""
    X, y, is_learned, is_judged = data
    n, *shape = X.shape
    rows = X.reshape(n, -1)
    if row.takes_channels:
        rows = X.transpose(0, 2, 1).astype(np.float32)
    model = row.make(*shape)
    # Compiled before the clock starts.
    some = np.flatnonzero(is_learned)[::9]
    model.fit(rows[some], y[some]).predict(rows[:2])
    start = time.perf_counter()
    model.fit(rows[is_learned], y[is_learned])
    fitted = time.perf_counter()
    predicted = model.predict(rows[is_judged])
    end = time.perf_counter()
    return {
        "accuracy": round(float(np.mean(predicted == y[is_judged])), 5),
        "fit_s": round(fitted - start, 3),
        "predict_s": round(end - fitted, 3),
    }


COLUMNS = {
    "accuracy": percent("accuracy"),
    "fit": seconds("fit_s"),
    "predict": seconds("predict_s"),
    "version": package_of,
}

SUITE = Suite(
    name="series",
    record="peers_series.jsonl",
    sets={"spoken": load},
    rows=ROWS,
    measure=measure,
    write_page=lambda found, doc: write_tables(SUITE, found, doc, COLUMNS),
    smoke=smoke,
)
