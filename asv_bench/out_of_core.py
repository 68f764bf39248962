# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Memory and rate of a classifier that streams more rows than fit into memory.

    python -m asv_bench.out_of_core               # 10,000,000 rows of 2,048 bits
    python -m asv_bench.out_of_core --rows 500000 # a quick look

They write ``doc/out_of_core.jsonl``. A file of random rows of ten classes is written to
a temporary folder and removed afterwards. ``OttoScoreClassifier.partial_fit`` reads it
in blocks. The peak memory is the highest resident memory above that of the interpreter
and all modules; it includes the classes of all rows, and writing the file in blocks.
Then part of the rows is in memory, and ``fit`` of these rows and a stream of the same
rows from the file are timed alternately; the medians are compared.
"""

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from asv_bench.suite import DOC, write_anew
from skbit import OttoScoreClassifier

N_CLASSES = 10
N_CONTAINERS = 64
BLOCK = 50_000


def write_rows(path, n_rows):
    """Write rows that differ from the pattern of their class in a quarter of the bits.

    Returns
    -------
    y : ndarray of shape (n_rows,), dtype uint8
        The classes of the rows.
    """
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2**32, (N_CLASSES, N_CONTAINERS), dtype=np.uint32)
    y = rng.integers(N_CLASSES, size=n_rows, dtype=np.uint8)
    with path.open("wb") as file:
        for start in range(0, n_rows, BLOCK):
            classes = y[start : start + BLOCK]
            shape = 2, len(classes), N_CONTAINERS
            noise = np.frombuffer(rng.bytes(4 * int(np.prod(shape))), dtype=np.uint32)
            noise = np.bitwise_and(*noise.reshape(shape))
            (noise ^ patterns[classes]).tofile(file)
    return y


def blocks(path, y):
    """Yield rows of a file, and their classes."""
    with path.open("rb") as file:
        for start in range(0, len(y), BLOCK):
            classes = y[start : start + BLOCK]
            words = np.fromfile(file, np.uint32, len(classes) * N_CONTAINERS)
            yield words.reshape(-1, N_CONTAINERS), classes


def stream(path, y):
    """Return a classifier that has learned the rows of a file."""
    model = OttoScoreClassifier(calibrate=None)
    for X, classes in blocks(path, y):
        model.partial_fit(X, classes, classes=range(N_CLASSES))
    return model


def peak_memory():
    """Return the highest resident memory of this process so far."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def entries(path, n_rows, n_rows_in_memory=1_000_000, n_repeats=5):
    """Yield memory and rates."""
    before = peak_memory()
    y = write_rows(path, n_rows)
    stream(path, y[:1000])  # Kernels are compiled or loaded.
    seconds = timed(lambda: stream(path, y))
    entry = {"name": "stream", "rows": n_rows, "file_bytes": path.stat().st_size}
    entry |= {"added_bytes": peak_memory() - before, "rows_per_s": n_rows / seconds}
    part = y[:n_rows_in_memory]
    X = np.fromfile(path, np.uint32, len(part) * N_CONTAINERS)
    X = X.reshape(-1, N_CONTAINERS)
    times = []
    for _ in range(n_repeats):
        in_memory = timed(lambda: OttoScoreClassifier(calibrate=None).fit(X, part))
        times.append((in_memory, timed(lambda: stream(path, part))))
    in_memory, streamed = map(statistics.median, zip(*times, strict=True))
    yield entry | {"rate_of_fit": in_memory / streamed}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = entries(Path(folder) / "rows", options.rows)
        write_anew(DOC / "out_of_core.jsonl", found)


if __name__ == "__main__":
    main()
