# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The random majority projection: many rows, one row, and against a direct kernel."""

from time import perf_counter

import numpy as np

from benchmarks import direct
from benchmarks.common import (
    IMAGE_SHAPE,
    N_IMAGE_CONTAINERS,
    N_NEURONS,
    N_ROWS,
    N_WARM_UP,
    full_or_smoke,
    random_words,
)
from skbit.random_projection import RandomMAJ3Projection

STRUCTURES = {
    "full field": {},
    "receptive fields": {"receptive_field": (5, 9), "image_shape": IMAGE_SHAPE},
    "exact": {"majority": "exact"},
    "permuted": {"permute_bits": True},
    "five bits": {"permute_bits": True, "receptive_field": 5, "majority": "exact"},
}


def fitted(n_components, structure="full field", n_jobs=1):
    projection = RandomMAJ3Projection(
        n_components, random_state=0, n_jobs=n_jobs, **STRUCTURES[structure]
    )
    return projection.fit(random_words(1, N_IMAGE_CONTAINERS))


class ManyRows:
    params = (N_NEURONS, list(STRUCTURES), [1, 2])
    param_names = ["n_components", "structure", "n_jobs"]

    def setup(self, n_components, structure, n_jobs):
        self.X = random_words(N_ROWS, N_IMAGE_CONTAINERS)
        self.projection = fitted(n_components, structure, n_jobs)
        self.projection.transform(self.X[:N_WARM_UP])

    def time_transform(self, n_components, structure, n_jobs):
        self.projection.transform(self.X)

    def peakmem_transform(self, n_components, structure, n_jobs):
        self.projection.transform(self.X)


class OneRow:
    params = (N_NEURONS, list(STRUCTURES))
    param_names = ["n_components", "structure"]

    def setup(self, n_components, structure):
        self.x = random_words(1, N_IMAGE_CONTAINERS)
        self.projection = fitted(n_components, structure)
        self.projection.transform(self.x)

    def time_transform(self, n_components, structure):
        self.projection.transform(self.x)


class AgainstDirectKernel:
    """Whether the bulk kernel earns its place; on one thread each.

    The share is the one figure to read on a busy machine: both are timed in turns.
    """

    params = (full_or_smoke([512, 2048], [128]), ["project_plain", "project_planes"])
    param_names = ["n_components", "direct"]

    def setup(self, n_components, name):
        self.X = random_words(N_ROWS, N_IMAGE_CONTAINERS)
        self.projection = fitted(n_components)
        self.direct = getattr(direct, name)
        few = self.X[:N_WARM_UP]
        np.testing.assert_array_equal(
            self.direct(few, self.projection.W0_), self.projection.transform(few)
        )

    def time_direct(self, n_components, name):
        self.direct(self.X, self.projection.W0_)

    def track_share_of_direct(self, n_components, name):
        bulk_times, direct_times = [], []
        for _ in range(full_or_smoke(5, 1)):
            start = perf_counter()
            self.projection.transform(self.X)
            between = perf_counter()
            self.direct(self.X, self.projection.W0_)
            bulk_times.append(between - start)
            direct_times.append(perf_counter() - between)
        return min(bulk_times) / min(direct_times)

    track_share_of_direct.unit = "of the direct kernel's time"
