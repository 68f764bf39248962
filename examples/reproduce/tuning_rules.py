# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rules of tuning that were tried on twelve tables, and what calibration is worth.

Five folds of up to 2,000 rows; the bits are those of 512 ferns of 5 quantile bits. The
rules are those of ``OttoScoreClassifier`` with one change, in floating point, so that a
rule that does not pay needs no place in the package.
"""

import time
import warnings

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from asv_bench.peers_tables import calibration_error
from asv_bench.peers_tables_data import TABLES, load_table
from examples.reproduce.figures import SEEDS, Figure
from examples.reproduce.tuning_rules_kernel import Rule, tune
from skbit import OttoScoreClassifier, RandomFernEncoder, TableEncoder

N_ROWS = 2000
N_FERNS = 512
BASE = Rule(n_passes=10, step=0.1, margin=2.0)
RULES = {
    "as it is": BASE,
    "margin 0": BASE._replace(margin=0.0),
    "margin 1": BASE._replace(margin=1.0),
    "margin 4": BASE._replace(margin=4.0),
    "margin 16": BASE._replace(margin=16.0),
    "5 passes": BASE._replace(n_passes=5),
    "20 passes": BASE._replace(n_passes=20),
    "step 0.02": BASE._replace(step=0.02),
    "step 0.05": BASE._replace(step=0.05),
    "step 0.2": BASE._replace(step=0.2),
    "constant step": BASE._replace(is_cosine=False),
    "mean of all corrections": BASE._replace(is_averaged=True),
    "mean, constant step": BASE._replace(is_averaged=True, is_cosine=False),
    "decay by 2 % a pass": BASE._replace(decay=0.02),
    "decay by 10 % a pass": BASE._replace(decay=0.1),
    "a tenth of the ferns dropped": BASE._replace(dropped=0.1),
    "three tenths dropped": BASE._replace(dropped=0.3),
    "balanced counts": BASE._replace(counts_balance=1.0),
    "balanced steps, square root": BASE._replace(steps_balance=0.5),
    "balanced steps": BASE._replace(steps_balance=1.0),
    "alpha 0.5": BASE._replace(alpha=0.5),
    "alpha 3": BASE._replace(alpha=3.0),
    "early stopping on accuracy": BASE._replace(n_passes=20, stops_on="accuracy"),
    "early stopping on margin loss": BASE._replace(n_passes=20, stops_on="loss"),
}


def tuning_rules(quick):
    """Accuracy, mean recall and log-loss of rules of tuning, means of the tables."""
    found = {name: [] for name in RULES}
    for table in list(TABLES)[3:5] if quick else TABLES:
        folds = list(ferns(table))[: 2 if quick else None]
        for name, rule in RULES.items():
            found[name].append([judge(rule, *fold) for fold in folds])
    for name, of_tables in found.items():
        means = np.mean(of_tables, axis=0).T
        units = {"accuracy": "%", "recall": "%", "log-loss": "nat"}
        for (measure, unit), values in zip(units.items(), means, strict=True):
            yield Figure(
                f"{name}: {measure}",
                tuple(np.round(values, 4)),
                unit,
                setting={"rule": name, "measure": measure},
                seeds=SEEDS[: len(values)],
            )


def ferns(name):
    """Yield folds: packed bits and classes to learn, and to judge by."""
    X, y = load_table(name)
    if len(y) > N_ROWS:
        some = np.random.RandomState(1).permutation(len(y))[:N_ROWS]
        X, y = X.iloc[some], y[some]
    with warnings.catch_warnings():
        # A class of a table has fewer rows than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    for train, test in folds:
        encoder = TableEncoder(32).fit(X.iloc[train])
        bits = [encoder.transform(X.iloc[rows]) for rows in (train, test)]
        chosen = RandomFernEncoder(
            N_FERNS, 5, bits_per_feature=32, random_state=SEEDS[0]
        ).fit(bits[0])
        yield chosen.transform(bits[0]), y[train], chosen.transform(bits[1]), y[test]


def judge(rule, X, y, X_test, y_test):
    """Accuracy, mean recall, and log-loss with the best temperature."""
    n_classes = 1 + max(y.max(), y_test.max())
    scores = tune(rule, X, y, X_test, n_classes)
    labels = scores.argmax(axis=1)
    recalls = [np.mean(labels[y_test == k] == k) for k in np.unique(y_test)]

    # Classes without a row to learn have no finite loss.
    known = np.isin(y_test, y)
    own = np.arange(np.sum(known)), y_test[known]

    def loss(log_temperature):
        logs = log_softmax(scores[known] / np.exp(log_temperature), axis=1)
        return -np.mean(logs[own])

    lowest = minimize_scalar(loss, bounds=(-5, 12), method="bounded").fun
    return 100 * np.mean(labels == y_test), 100 * np.mean(recalls), lowest


def calibration(quick):
    """Accuracy, log-loss, calibration error and time, without and with calibration."""
    settings = {"counting": {}, "tuned": {"max_iter": 11, "learning_rate_init": 0.1}}
    found = {}
    for table in list(TABLES)[3:5] if quick else TABLES:
        for fold in list(ferns(table))[: 2 if quick else None]:
            for name, params in settings.items():
                for calibrate in (None, "temperature", "offsets"):
                    values = found.setdefault((name, calibrate), {})
                    model = OttoScoreClassifier(
                        calibrate=calibrate, random_state=SEEDS[0], **params
                    )
                    # Kernels are compiled before the clock starts.
                    clone(model).fit(fold[0][::10], fold[1][::10])
                    values.setdefault(table, []).append(answer(model, *fold))
    for (name, calibrate), of_tables in found.items():
        means = np.mean([np.mean(rows, axis=0) for rows in of_tables.values()], axis=0)
        units = {"accuracy": "%", "log-loss": "nat", "error": "", "time": "s"}
        for (measure, unit), value in zip(units.items(), means, strict=True):
            yield Figure(
                f"{name}, calibrate={calibrate!r}: {measure}",
                (round(float(value), 4),),
                unit,
                setting={"model": name, "calibrate": str(calibrate)},
            )


def answer(model, X, y, X_test, y_test):
    """Accuracy, log-loss, calibration error, and the time of ``fit``."""
    start = time.perf_counter()
    model.fit(X, y)
    seconds = time.perf_counter() - start
    # Classes without a row to learn have no column.
    known = np.isin(y_test, model.classes_)
    places = np.searchsorted(model.classes_, y_test[known])
    probabilities = model.predict_proba(X_test[known])
    return (
        100 * model.score(X_test, y_test),
        log_loss(places, probabilities, labels=range(len(model.classes_))),
        calibration_error(places, probabilities),
        seconds,
    )


MEASUREMENTS = {"tuning-rules": tuning_rules, "calibration": calibration}
