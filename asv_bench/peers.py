# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compare skbit's pipelines with other classifiers on MNIST and Fashion-MNIST.

    python -m asv_bench.peers                       # everything: an hour on one core
    python -m asv_bench.peers --only skbit,random   # rows whose names contain a word
    python -m asv_bench.peers --train-size 2000     # fewer training images
    python -m asv_bench.peers --render              # the page and its figure, no runs

Results are added to ``--results``, a file of JSON lines; a later result of the same row
replaces an earlier one. Optional packages are those of the extra ``peers``. Rows whose
package is missing are skipped and named.
"""

import argparse
import importlib
import json
import os
import platform
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from asv_bench.peers_models import ROWS
from asv_bench.peers_page import write_page

ROOT = Path(__file__).parents[1]
SETS = {"mnist": "fetch_mnist", "fashion": "fetch_fashion_mnist"}


def smoke_images(seed, n):
    """Images of ten classes that are easy to tell apart, for tests."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 10
    X = rng.integers(0, 60, (n, 28, 28), dtype=np.uint8)
    for image, label in zip(X, y, strict=True):
        row, column = divmod(int(label), 4)
        image[8 * row + 2 : 8 * row + 8, 6 * column + 2 : 6 * column + 8] += 150
    return X.reshape(n, -1), y


def load(name, train_size, smoke):
    """Return training and test images, uint8, and their labels."""
    if smoke:
        return *smoke_images(0, 300), *smoke_images(1, 100)
    fetch = getattr(importlib.import_module("skbit.datasets"), SETS[name])
    X, y = fetch("train", return_X_y=True)
    X_test, y_test = fetch("test", return_X_y=True)
    X, y = X[:train_size], y[:train_size]
    return X, y.astype(np.int64), X_test, y_test.astype(np.int64)


def measure(row, data, n_jobs):
    """Fit and judge a row of the table once."""
    X, y, X_test, y_test = data
    # Kernels are compiled, and packages imported, before the clock starts.
    row.make(n_jobs).fit(X[:200], y[:200]).predict(X[:10])
    with threadpool_limits(n_jobs):
        start = time.perf_counter()
        model = row.make(n_jobs).fit(X, y)
        fitted = time.perf_counter()
        predicted = model.predict(X_test)
        end = time.perf_counter()
    return {
        "accuracy": float(np.mean(predicted == y_test)),
        "fit_s": round(fitted - start, 2),
        "predict_s": round(end - fitted, 3),
        "bytes": int(row.n_bytes(model)),
    }


def about_machine(n_jobs, n_train):
    """Return what the page says of a run."""
    return {
        "n_jobs": n_jobs,
        "n_train": n_train,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "scikit_learn": version("scikit-learn"),
    }


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m asv_bench.peers",
        description="Compare skbit's pipelines with other classifiers.",
    )
    parser.add_argument("--only", default="", help="words in names of rows, by comma")
    parser.add_argument("--sets", default="mnist,fashion", help="data sets, by comma")
    parser.add_argument("--train-size", type=int, default=60_000)
    parser.add_argument("--n-jobs", type=int, default=1, help="threads")
    parser.add_argument("--smoke", action="store_true", help="tiny generated images")
    parser.add_argument("--render", action="store_true", help="write the page only")
    parser.add_argument("--results", type=Path, default=ROOT / "doc" / "peers.jsonl")
    parser.add_argument("--doc", type=Path, default=ROOT / "doc")
    return parser.parse_args(arguments)


def is_asked_for(name, only):
    words = [word.strip().lower() for word in only.split(",") if word.strip()]
    return not words or any(word in name.lower() for word in words)


def run(options):
    """Measure the rows that are asked for, and add them to the results."""
    for set_name in options.sets.split(","):
        data = load(set_name, options.train_size, options.smoke)
        for row in ROWS:
            if not is_asked_for(row.name, options.only):
                continue
            missing = row.missing()
            if missing:
                print(f"{row.name}: {missing} is not installed", flush=True)
                continue
            found = {"set": set_name, "name": row.name}
            found |= measure(row, data, options.n_jobs)
            found |= about_machine(options.n_jobs, len(data[0]))
            print(json.dumps(found), flush=True)
            with options.results.open("a", encoding="utf8") as file:
                file.write(json.dumps(found) + "\n")


def main(arguments=None):
    options = parse(arguments)
    if not options.render:
        # The network is given a number of epochs.
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            run(options)
    write_page(options.results, options.doc)


if __name__ == "__main__":
    main()
