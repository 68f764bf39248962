# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ensembles: fitting, selecting, predicting, and what the sum adds to its members."""

from time import perf_counter

import numpy as np

from benchmarks.common import N_ROWS, N_WARM_UP, full_or_smoke, labelled_words
from skbit.ensemble import BitEnsembleClassifier
from skbit.naive_bayes import OttoScoreClassifier

N_CONTAINERS = full_or_smoke(128, 16)
N_MEMBERS = 4


def ensemble(n_jobs=None, n_selected=None):
    members = [
        (f"m{i}", OttoScoreClassifier(alpha=10.0**-i, precision=10 ** (i + 2)))
        for i in range(N_MEMBERS)
    ]
    return BitEnsembleClassifier(members, n_selected=n_selected, cv=2, n_jobs=n_jobs)


class Fitting:
    params = ([None, N_MEMBERS], [1, 2])
    param_names = ["n_selected", "n_jobs"]

    def setup(self, n_selected, n_jobs):
        self.X, self.y = labelled_words(N_ROWS, N_CONTAINERS, 10)
        self.model = ensemble(n_jobs, n_selected)
        self.model.fit(self.X[:N_WARM_UP], self.y[:N_WARM_UP])

    def time_fit(self, n_selected, n_jobs):
        self.model.fit(self.X, self.y)


class Predicting:
    params = ([1, N_ROWS],)
    param_names = ["n_rows"]

    def setup(self, n_rows):
        X, y = labelled_words(N_ROWS, N_CONTAINERS, 10)
        self.X = X[:n_rows]
        self.model = ensemble().fit(X, y)
        self.model.predict(self.X)

    def time_predict(self, n_rows):
        self.model.predict(self.X)

    def track_time_over_members(self, n_rows):
        """Return the time of the ensemble divided by that of its members."""
        ratios = []
        for _ in range(21):
            start = perf_counter()
            for member in self.model.estimators_:
                member.integer_scores(self.X)
            middle = perf_counter()
            self.model.integer_scores(self.X)
            ratios.append((perf_counter() - middle) / (middle - start))
        return np.median(ratios)
