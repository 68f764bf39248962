# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Averaged tuning: accuracy over the number of parts and rounds, beside one machine.

The last sixth of the training images is for validation. The test images are scored
once, by the models of one machine and of the third round.
"""

from copy import deepcopy

import numpy as np

from examples.reproduce.accuracy import WINDOWS, projected
from examples.reproduce.figures import SEEDS, Figure
from skbit import OttoScoreClassifier

N_NEURONS = 128
N_ROUNDS, JUDGED_ROUND = 6, 3
TUNING = {
    "10 passes": {"max_iter": 11},
    "30 passes at 0.1": {"max_iter": 31, "learning_rate_init": 0.1},
}
# The number of parts, which rows they have, and the tuning in a round.
WAYS = (
    *((1, "random", tuning) for tuning in TUNING),
    *((n_parts, "random", "10 passes") for n_parts in (2, 4, 16)),
    (16, "random", "30 passes at 0.1"),
    (4, "sorted", "10 passes"),
)


def rounds(model, X, y, parts):
    """Yield a classifier after each round of averaged tuning; a single part has one."""
    for _ in range(N_ROUNDS if len(parts) > 1 else 1):
        tuned = [deepcopy(model).tune(X[part], y[part]) for part in parts]
        yield model.merge_corrections(*tuned)


def averaged_tuning(quick):
    """Accuracy on validation images after each round, and on test images after one."""
    seeds = SEEDS[: 2 if quick else 3]
    X, y, X_test, y_test = projected("exp", N_NEURONS, quick=quick, **WINDOWS)
    n = len(y) * 5 // 6
    counted = OttoScoreClassifier(calibrate=None).fit(X[:n], y[:n])
    yield Figure("counted: validation", (100 * counted.score(X[n:], y[n:]),), "%")
    for n_parts, order, tuning in WAYS:
        found = {}
        for seed in seeds:
            rows = np.random.default_rng(seed).permutation(n)
            if order == "sorted":
                rows = rows[np.argsort(y[rows], kind="stable")]
            parts = np.array_split(rows, n_parts)
            shared = deepcopy(counted).set_params(random_state=seed, **TUNING[tuning])
            for number, model in enumerate(rounds(shared, X, y, parts), start=1):
                score = 100 * model.score(X[n:], y[n:])
                found.setdefault((number, "validation"), []).append(score)
                if n_parts == 1 or number == JUDGED_ROUND:
                    score = 100 * model.score(X_test, y_test)
                    found.setdefault((number, "test"), []).append(score)
        for (number, of), values in found.items():
            setting = {"parts": n_parts, "order": order, "tuning": tuning}
            setting |= {"round": number, "of": of}
            what = f"{n_parts} parts, {order}, {tuning}, round {number}: {of}"
            yield Figure(what, tuple(values), "%", None, setting, seeds)


MEASUREMENTS = {"averaged-tuning": averaged_tuning}
