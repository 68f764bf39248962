# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ratios to estimators of scikit-learn for the same task, timed in turns.

The log-odds classifier, the clusterer, the projection and the ferns have ratios in
their own files. Both sides learn the same rows with their defaults, but for sizes that
are made equal, and use one thread.
"""

import tracemalloc
from time import perf_counter

import numpy as np
from sklearn.ensemble import IsolationForest, VotingClassifier
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import Perceptron
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import Binarizer, KBinsDiscretizer, QuantileTransformer

from benchmarks.common import N_WARM_UP, full_or_smoke, images, labelled_words
from benchmarks.estimators import N_CLASSES, N_CONTAINERS, answer
from skbit import (
    BitEnsembleClassifier,
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitSelector,
    OttoScoreClassifier,
    PixelEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.bits import unpack_bits

N_ROWS = full_or_smoke(4_096, 1_024)


def bins(n_bins):
    return KBinsDiscretizer(n_bins, strategy="uniform", encode="onehot-dense")


def voters(classifier):
    return [(str(i), classifier) for i in range(2)]


# What learns packed bits or bytes, and what learns a float for each of them.
PAIRS = {
    "ThermometerEncoder": (ThermometerEncoder(8), bins(8)),
    "ScalarEncoder": (ScalarEncoder(), bins(32)),
    "PixelEncoder": (PixelEncoder((64, 128)), Binarizer(threshold=128)),
    "RankDensityEncoder": (RankDensityEncoder(), QuantileTransformer(n_quantiles=100)),
    "TableEncoder": (TableEncoder(), bins(32)),
    "BitSelector": (
        BitSelector(0.5),
        SelectKBest(chi2, k=16 * N_CONTAINERS),
    ),
    "BitHebbianClassifier": (
        BitHebbianClassifier(0, random_state=0),
        Perceptron(max_iter=10, tol=None, random_state=0),
    ),
    "BitPatchClassifier": (
        BitPatchClassifier(64, random_state=0),
        KNeighborsClassifier(1),
    ),
    "BitNoveltyDetector": (
        BitNoveltyDetector(random_state=0),
        IsolationForest(random_state=0),
    ),
    "BitEnsembleClassifier": (
        BitEnsembleClassifier(voters(OttoScoreClassifier())),
        VotingClassifier(voters(BernoulliNB()), voting="soft"),
    ),
}


class AgainstScikitLearn:
    params = (list(PAIRS),)
    param_names = ["estimator"]

    def setup(self, name):
        self.sides = []
        takes_bits = name.startswith("Bit")
        for i, model in enumerate(PAIRS[name]):
            X, y = labelled_words(N_ROWS, N_CONTAINERS, N_CLASSES)
            X = X if takes_bits else images(N_ROWS)
            if i:
                X = (unpack_bits(X) if takes_bits else X).astype(np.float32)
            model.fit(X[:N_WARM_UP], y[:N_WARM_UP])
            answer(model, X[:N_WARM_UP])
            self.sides.append((model, X, y))

    def share_of_time(self, call):
        times = []
        for _ in range(full_or_smoke(3, 1)):
            times.append([])
            for model, X, y in self.sides:
                start = perf_counter()
                call(model, X, y)
                times[-1].append(perf_counter() - start)
        ours, theirs = np.min(times, axis=0)
        return ours / theirs

    def track_share_of_fit_time(self, name):
        return self.share_of_time(lambda model, X, y: model.fit(X, y))

    def track_share_of_answer_time(self, name):
        return self.share_of_time(lambda model, X, y: answer(model, X))

    def track_share_of_memory(self, name):
        peaks = []
        for model, X, y in self.sides:
            tracemalloc.start()
            model.fit(X, y)
            peaks.append(X.nbytes + tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        return peaks[0] / peaks[1]

    track_share_of_fit_time.unit = "of scikit-learn's time"
    track_share_of_answer_time.unit = "of scikit-learn's time"
    track_share_of_memory.unit = "of scikit-learn's memory"
