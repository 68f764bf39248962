# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The clusterer and the novelty detector, on digits, and against MiniBatchKMeans."""

import tracemalloc
from time import perf_counter

import numpy as np
from sklearn.cluster import MiniBatchKMeans

from benchmarks.common import (
    N_ROWS,
    N_WARM_UP,
    full_or_smoke,
    labelled_words,
    mnist_words,
)
from skbit.bits import unpack_bits
from skbit.cluster import BitWTAClusterer, FlipRule
from skbit.novelty import BitNoveltyDetector

N_NEURONS = full_or_smoke([16, 256, 1024], [16])
N_CLUSTERS = 10


class Learning:
    params = (N_NEURONS, ["counters", "flip"])
    param_names = ["n_neurons", "learning"]

    def setup(self, n_neurons, learning):
        self.X = mnist_words(N_ROWS)
        rule = FlipRule() if learning == "flip" else learning
        self.model = BitWTAClusterer(n_neurons, learning=rule, random_state=0)
        self.model.fit(self.X[:N_WARM_UP]).partial_fit(self.X[:N_WARM_UP])

    def time_fit(self, n_neurons, learning):
        self.model.fit(self.X)

    def time_partial_fit(self, n_neurons, learning):
        self.model.partial_fit(self.X)


class LearningWithLinks:
    """Neurons that are merged to ten clusters."""

    params = (N_NEURONS,)
    param_names = ["n_neurons"]

    def setup(self, n_neurons):
        self.X = mnist_words(N_ROWS)
        self.model = BitWTAClusterer(N_CLUSTERS, n_neurons=n_neurons, random_state=0)
        self.model.fit(self.X[:N_WARM_UP])

    def time_fit(self, n_neurons):
        self.model.fit(self.X)


class ManyRows:
    params = (N_NEURONS, [1, 2])
    param_names = ["n_neurons", "n_jobs"]

    def setup(self, n_neurons, n_jobs):
        self.X = mnist_words(N_ROWS)
        self.model = BitWTAClusterer(n_neurons, random_state=0, n_jobs=n_jobs)
        self.model.fit(self.X).transform(self.X[:N_WARM_UP])

    def time_predict(self, n_neurons, n_jobs):
        self.model.predict(self.X)

    def time_transform(self, n_neurons, n_jobs):
        self.model.transform(self.X)

    def time_recall(self, n_neurons, n_jobs):
        self.model.recall(self.X)

    def peakmem_transform(self, n_neurons, n_jobs):
        self.model.transform(self.X)


class OneRow:
    params = (N_NEURONS,)
    param_names = ["n_neurons"]

    def setup(self, n_neurons):
        X = mnist_words(N_ROWS)
        self.x = X[:1]
        self.model = BitWTAClusterer(n_neurons, random_state=0).fit(X)

    def time_predict(self, n_neurons):
        self.model.predict(self.x)

    def time_partial_fit(self, n_neurons):
        self.model.partial_fit(self.x)


class ShortRows:
    """A million rows of 64 bits, where everything but the bits must stay small, too."""

    def setup(self):
        self.X, _ = labelled_words(full_or_smoke(1_000_000, N_ROWS), 2, N_CLUSTERS)
        self.model = BitWTAClusterer(random_state=0).fit(self.X[:N_WARM_UP])

    def time_fit(self):
        self.model.fit(self.X)

    def peakmem_fit(self):
        self.model.fit(self.X)

    def peakmem_predict(self):
        self.model.predict(self.X)


class Novelty:
    params = (N_NEURONS, ["none", "neuron", "local"])
    param_names = ["n_neurons", "normalization"]

    def setup(self, n_neurons, normalization):
        self.X = mnist_words(N_ROWS)
        clusterer = BitWTAClusterer(n_neurons, random_state=0)
        self.model = BitNoveltyDetector(clusterer, normalization=normalization).fit(
            self.X
        )

    def time_fit(self, n_neurons, normalization):
        self.model.fit(self.X)

    def time_score_samples(self, n_neurons, normalization):
        self.model.score_samples(self.X)

    def peakmem_score_samples(self, n_neurons, normalization):
        self.model.score_samples(self.X)


class AgainstMiniBatchKMeans:
    """As many clusters of the same bits, packed for skbit, a float32 each otherwise.

    Each learns the rows once and labels them; scikit-learn on all processors, skbit on
    one. Memory is that of the bits and what fitting allocates on top.
    """

    params = (N_NEURONS,)
    param_names = ["n_clusters"]

    def setup(self, n_clusters):
        self.X = mnist_words(N_ROWS)
        self.unpacked = unpack_bits(self.X, 784).astype(np.float32)
        self.wta = BitWTAClusterer(n_clusters, random_state=0).fit(self.X)
        self.k_means = MiniBatchKMeans(
            n_clusters, max_iter=1, n_init=1, max_no_improvement=None, random_state=0
        ).fit(self.unpacked)

    def time_mini_batch_k_means_fit(self, n_clusters):
        self.k_means.fit(self.unpacked)

    def time_mini_batch_k_means_predict(self, n_clusters):
        self.k_means.predict(self.unpacked)

    def share_of_time(self, method):
        def seconds(model, X):
            start = perf_counter()
            getattr(model, method)(X)
            return perf_counter() - start

        times = [
            (seconds(self.wta, self.X), seconds(self.k_means, self.unpacked))
            for _ in range(full_or_smoke(3, 1))
        ]
        wta, k_means = np.min(times, axis=0)
        return wta / k_means

    def track_share_of_fit_time(self, n_clusters):
        return self.share_of_time("fit")

    def track_share_of_predict_time(self, n_clusters):
        return self.share_of_time("predict")

    def track_share_of_memory(self, n_clusters):
        def n_bytes(model, X):
            tracemalloc.start()
            model.fit(X)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return X.nbytes + peak

        wta = n_bytes(self.wta, self.X)
        return wta / n_bytes(self.k_means, self.unpacked)

    track_share_of_fit_time.unit = "of MiniBatchKMeans's time"
    track_share_of_predict_time.unit = "of MiniBatchKMeans's time"
    track_share_of_memory.unit = "of MiniBatchKMeans's memory"
