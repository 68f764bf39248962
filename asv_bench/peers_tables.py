# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of tables: skbit's pipeline and other classifiers, by five folds."""

import time
from functools import partial

import numpy as np
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from asv_bench.peers_tables_data import TABLES, load_table, smoke_table
from asv_bench.peers_tables_models import ROWS
from asv_bench.peers_tables_page import write_page
from asv_bench.suite import Suite


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


def measure(row, data):
    """Judge a row of the table by folds."""
    X, y = data
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
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


SUITE = Suite(
    name="tables",
    record="peers_tables.jsonl",
    sets={name: partial(load_table, name) for name in TABLES},
    rows=ROWS,
    measure=measure,
    write_page=write_page,
    smoke=smoke_table,
)
