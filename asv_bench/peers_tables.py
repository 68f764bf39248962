# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compare the pipeline of tables with other classifiers on twelve tables.

    python -m asv_bench.peers_tables                    # what has not been measured
    python -m asv_bench.peers_tables --only skbit --again
    python -m asv_bench.peers_tables --sets glass,vowel # some tables
    python -m asv_bench.peers_tables --render           # the page, no runs

Each classifier is judged by five stratified folds with one thread. Results are added to
``--results``, a file of JSON lines; a later result of the same row and table replaces
an earlier one. Rows whose package is missing are skipped and named.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from asv_bench.peers import is_asked_for
from asv_bench.peers_tables_data import TABLES, load_table, smoke_table
from asv_bench.peers_tables_models import ROWS
from asv_bench.peers_tables_page import read, write_page

ROOT = Path(__file__).parents[1]


def calibration_error(y, probabilities, n_bins=10):
    """Return the mean difference of confidence and accuracy over bins of confidence."""
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = [
        abs(np.sum(confidence[bins == b]) - np.sum(is_right[bins == b]))
        for b in range(n_bins)
    ]
    return float(np.sum(gaps) / len(y))


def measure(row, X, y, seed, n_splits=5):
    """Judge a row of the table by folds."""
    folds = StratifiedKFold(n_splits, shuffle=True, random_state=seed)
    accuracy, fit_s, predict_s = [], [], []
    probabilities = None
    # Kernels are compiled, and packages imported, before the clock starts.
    some = np.r_[tuple(np.flatnonzero(y == k)[:5] for k in np.unique(y))]
    row.make().fit(X.iloc[some], y[some]).predict(X[:10])
    for train, test in folds.split(X, y):
        X_train, X_test = X.iloc[train], X.iloc[test]
        start = time.perf_counter()
        model = row.make().fit(X_train, y[train])
        fitted = time.perf_counter()
        accuracy.append(float(np.mean(model.predict(X_test) == y[test])))
        predict_s.append((time.perf_counter() - fitted) / len(test))
        fit_s.append(fitted - start)
        if hasattr(model, "predict_proba"):
            if probabilities is None:
                probabilities = np.zeros((len(y), y.max() + 1))
            probabilities[test[:, None], model.classes_] = model.predict_proba(X_test)
    found = {
        "accuracy": np.mean(accuracy),
        "accuracies": accuracy,
        "fit_s": np.mean(fit_s),
        "predict_us": 1e6 * np.mean(predict_s),
    }
    if probabilities is not None:
        found["log_loss"] = log_loss(y, probabilities)
        found["calibration_error"] = calibration_error(y, probabilities)
    return {name: np.round(value, 5).tolist() for name, value in found.items()}


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m asv_bench.peers_tables",
        description="Compare the pipeline of tables with other classifiers.",
    )
    parser.add_argument("--only", default="", help="words in names of rows, by comma")
    parser.add_argument("--sets", default=",".join(TABLES), help="tables, by comma")
    parser.add_argument("--seed", type=int, default=0, help="seed of the folds")
    parser.add_argument("--again", action="store_true", help="measure anew")
    parser.add_argument("--smoke", action="store_true", help="a tiny generated table")
    parser.add_argument("--render", action="store_true", help="write the page only")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "doc" / "peers_tables.jsonl"
    )
    parser.add_argument("--doc", type=Path, default=ROOT / "doc")
    return parser.parse_args(arguments)


def run(options):
    """Measure the rows that are asked for, and add them to the results."""
    known = {(e["set"], e["name"], e["seed"]) for e in read(options.results)}
    for set_name in ["smoke"] if options.smoke else options.sets.split(","):
        X, y = smoke_table() if options.smoke else load_table(set_name)
        for row in ROWS:
            key = set_name, row.name, options.seed
            if not is_asked_for(row.name, options.only):
                continue
            if key in known and not options.again:
                continue
            if row.missing():
                print(f"{row.name}: {row.missing()} is not installed", flush=True)
                continue
            found = dict(zip(("set", "name", "seed"), key, strict=True))
            with threadpool_limits(1):
                found |= measure(row, X, y, options.seed)
            print(json.dumps(found), flush=True)
            with options.results.open("a", encoding="utf8") as file:
                file.write(json.dumps(found) + "\n")


def main(arguments=None):
    options = parse(arguments)
    if not options.render:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            run(options)
    write_page(options.results, options.doc)


if __name__ == "__main__":
    main()
