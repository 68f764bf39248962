# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training by Dask with two worker processes, against one process and one thread.

Rows of bytes are encoded and counted: 256 features, 2,048 bits, 10 classes. They are in
memory, of the workers and of this process, and both ways are warm. They are timed
alternately, in wall clock, and the models must be equal.

The overhead is what Dask takes beyond half of the time that the parts take in this
process one after the other. Two shares of it are measured alone: the same graph of
tasks that do nothing, and pickling all states that travel. Run this on a machine that
has nothing else to do::

    python -m asv_bench.dask_training [--rows 1000000] [--parts 16] [--repeats 7]
"""

import argparse
import pickle
import statistics
import sys
import time

import dask.array as da
import numpy as np
from distributed import Client, LocalCluster, wait
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, ThermometerEncoder
from skbit.distributed import fit
from skbit.distributed._fit import engine_of
from skbit.pipeline._lessons import PartialFit

N_FEATURES, N_CLASSES, N_WORKERS = 256, 10, 2
CLASSES = np.arange(N_CLASSES)
MODEL = make_pipeline(
    ThermometerEncoder(8, feature_range=(0, 255)), OttoScoreClassifier(calibrate=None)
)


def labels_of(number, n_rows):
    """Return the labels of a part."""
    return np.random.default_rng([number, 0]).integers(0, N_CLASSES, n_rows)


def rows_of(number, n_rows):
    """Return rows of a part: classes differ in their mean."""
    noise = np.random.default_rng([number, 1]).integers(
        0, 160, (n_rows, N_FEATURES), dtype=np.uint8
    )
    means = np.random.default_rng(0).integers(0, 96, (N_CLASSES, N_FEATURES))
    return noise + means.astype(np.uint8)[labels_of(number, n_rows)]


class Nothing:
    """A lesson without work, of which only the graph is left."""

    needs_rows = True

    def add(self, state, X, y):
        return 0

    def join(self, states):
        return 0


def seconds(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def on_workers(n_parts, n_rows):
    """Return X and y, made by the workers and held by them."""
    sizes = (n_rows,) * n_parts
    X, y = (
        da.map_blocks(
            lambda block_info, make=make: make(
                block_info[None]["chunk-location"][0], n_rows
            ),
            chunks=chunks,
            dtype=dtype,
        ).persist()
        for make, chunks, dtype in [
            (rows_of, (sizes, (N_FEATURES,)), np.uint8),
            (labels_of, (sizes,), np.int64),
        ]
    )
    wait([X, y])
    return X, y


def measure(n_rows, n_parts, n_repeats):
    """Return seconds by what took them, and the bytes of a state."""
    size = n_rows // n_parts
    parts = [(rows_of(i, size), labels_of(i, size)) for i in range(n_parts)]
    X, y = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    dask_X, dask_y = on_workers(n_parts, size)
    engine = engine_of(dask_X, dask_y)
    encoder = clone(MODEL[0]).fit(X[:1])
    lesson = PartialFit(MODEL[1], (encoder,), CLASSES)
    ways = {
        "one process": lambda: clone(MODEL).fit(X, y),
        "dask": lambda: fit(MODEL, dask_X, dask_y, classes=CLASSES),
        "parts": lambda: lesson.join([lesson.add(None, *part) for part in parts]),
        "empty graph": lambda: engine.learn(Nothing()),
    }
    times = {name: [] for name in ways}
    for repeat in range(n_repeats + 1):
        found = {}
        for name, way in ways.items():
            taken, found[name] = seconds(way)
            if repeat:
                times[name].append(taken)
        expected = found["one process"][-1]
        for model in (found["dask"][-1], found["parts"]):
            assert np.array_equal(model.feature_count_, expected.feature_count_)
            assert np.array_equal(model.weights_, expected.weights_)
    state = pickle.dumps(expected)
    times["pickling"] = [
        n_parts * seconds(lambda: pickle.loads(pickle.dumps(expected)))[0]
        for _ in range(n_repeats)
    ]
    return times, len(state)


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args(arguments)
    with (
        LocalCluster(
            n_workers=N_WORKERS,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
        ) as cluster,
        Client(cluster),
    ):
        times, n_bytes = measure(options.rows, options.parts, options.repeats)
    middle = {name: statistics.median(of_name) for name, of_name in times.items()}
    print(f"{options.rows} rows, {options.parts} parts, medians of {options.repeats}")
    for name, of_name in times.items():
        print(
            f"{name:12s} {middle[name]:8.3f} s, "
            f"{min(of_name):.3f} to {max(of_name):.3f} s"
        )
    overhead = middle["dask"] - middle["parts"] / N_WORKERS
    print(f"faster by    {middle['one process'] / middle['dask']:8.2f}")
    print(f"overhead     {overhead:8.3f} s, {overhead / middle['dask']:.0%} of dask")
    print(f"a state      {n_bytes:8d} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
