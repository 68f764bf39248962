# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The log-odds classifier: counting, predicting, tuning, and against BernoulliNB."""

import tracemalloc
from time import perf_counter

import numpy as np
from sklearn.naive_bayes import BernoulliNB

from benchmarks.common import N_ROWS, N_WARM_UP, full_or_smoke, labelled_words
from skbit.bits import unpack_bits
from skbit.naive_bayes import OttoScoreClassifier

N_CONTAINERS = full_or_smoke(512, 64)
N_CLASSES = [10, 250]


class Counting:
    params = (N_CLASSES, [1, 2])
    param_names = ["n_classes", "n_jobs"]

    def setup(self, n_classes, n_jobs):
        self.X, self.y = labelled_words(N_ROWS, N_CONTAINERS, n_classes)
        self.model = OttoScoreClassifier(n_jobs=n_jobs)
        self.model.fit(self.X[:N_WARM_UP], self.y[:N_WARM_UP])

    def time_fit(self, n_classes, n_jobs):
        self.model.fit(self.X, self.y)

    def time_partial_fit(self, n_classes, n_jobs):
        self.model.partial_fit(self.X, self.y)

    def peakmem_fit(self, n_classes, n_jobs):
        self.model.fit(self.X, self.y)


class WeightedCounting:
    def setup(self):
        self.X, self.y = labelled_words(N_ROWS, N_CONTAINERS, 10)
        self.weights = np.random.RandomState(0).random_sample(N_ROWS)
        self.model = OttoScoreClassifier()
        few = slice(N_WARM_UP)
        self.model.fit(self.X[few], self.y[few], sample_weight=self.weights[few])

    def time_fit(self):
        self.model.fit(self.X, self.y, sample_weight=self.weights)


class ManyRows:
    params = (N_CLASSES, [1, 2])
    param_names = ["n_classes", "n_jobs"]

    def setup(self, n_classes, n_jobs):
        self.X, y = labelled_words(N_ROWS, N_CONTAINERS, n_classes)
        self.model = OttoScoreClassifier(n_jobs=n_jobs).fit(self.X, y)
        self.model.predict(self.X[:N_WARM_UP])

    def time_predict(self, n_classes, n_jobs):
        self.model.predict(self.X)

    def peakmem_predict(self, n_classes, n_jobs):
        self.model.predict(self.X)


class OneRow:
    params = (N_CLASSES,)
    param_names = ["n_classes"]

    def setup(self, n_classes):
        X, y = labelled_words(N_ROWS, N_CONTAINERS, n_classes)
        self.x = X[:1]
        self.model = OttoScoreClassifier().fit(X, y)
        self.model.predict(self.x)

    def time_predict(self, n_classes):
        self.model.predict(self.x)


class Tuning:
    """Counting and one tuning pass, which takes nearly all of the time."""

    params = ([1, 64],)
    param_names = ["batch_size"]

    def setup(self, batch_size):
        self.X, self.y = labelled_words(N_ROWS, N_CONTAINERS, 10)
        self.model = OttoScoreClassifier(
            max_iter=2, margin=0, batch_size=batch_size, random_state=0
        )
        self.model.fit(self.X[:N_WARM_UP], self.y[:N_WARM_UP])

    def time_fit(self, batch_size):
        self.model.fit(self.X, self.y)

    def peakmem_fit(self, batch_size):
        self.model.fit(self.X, self.y)


class AgainstBernoulliNB:
    """The same model of the same bits, packed for skbit, a byte each for scikit-learn.

    Memory is that of the bits and what fitting allocates on top.
    """

    def setup(self):
        self.X, self.y = labelled_words(N_ROWS, 64, 10)
        self.unpacked = unpack_bits(self.X)
        OttoScoreClassifier().fit(self.X[:N_WARM_UP], self.y[:N_WARM_UP])

    def time_bernoulli_nb_fit(self):
        BernoulliNB().fit(self.unpacked, self.y)

    def track_share_of_time(self):
        def seconds(model, X):
            start = perf_counter()
            model.fit(X, self.y)
            return perf_counter() - start

        n_turns = full_or_smoke(3, 1)
        times = [
            (
                seconds(OttoScoreClassifier(), self.X),
                seconds(BernoulliNB(), self.unpacked),
            )
            for _ in range(n_turns)
        ]
        otto, bernoulli = np.min(times, axis=0)
        return otto / bernoulli

    track_share_of_time.unit = "of BernoulliNB's time"

    def track_share_of_memory(self):
        def n_bytes(model, X):
            tracemalloc.start()
            model.fit(X, self.y)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return X.nbytes + peak

        otto = n_bytes(OttoScoreClassifier(), self.X)
        return otto / n_bytes(BernoulliNB(), self.unpacked)

    track_share_of_memory.unit = "of BernoulliNB's memory"
