# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random ferns: many rows, one row, and against a direct kernel."""

from time import perf_counter

import numba
import numpy as np

from benchmarks.common import N_ROWS, N_WARM_UP, full_or_smoke, random_words
from skbit.random_projection import RandomFernEncoder

N_FERNS = full_or_smoke(512, 64)
SIZES = full_or_smoke([3, 5, 8], [5])
# A table of 32 features with a container each.
N_FEATURES = 32


def fitted(size, n_jobs=1):
    ferns = RandomFernEncoder(
        N_FERNS, size, bits_per_feature=32, random_state=0, n_jobs=n_jobs
    )
    return ferns.fit(random_words(N_WARM_UP, N_FEATURES))


@numba.njit(cache=True)
def encode_directly(rows, ferns, out):
    """Read the bits of each fern one by one, row by row."""
    size = ferns.shape[1]
    for s in range(rows.shape[0]):
        for f in range(ferns.shape[0]):
            code = f << size
            for i in range(size):
                j = ferns[f, i]
                code += ((rows[s, j >> 5] >> np.uint32(j & 31)) & 1) << i
            out[s, code >> 5] |= np.uint32(1) << np.uint32(code & 31)


class ManyRows:
    params = (SIZES, [1, 2])
    param_names = ["fern_size", "n_jobs"]

    def setup(self, size, n_jobs):
        self.X = random_words(N_ROWS, N_FEATURES)
        self.ferns = fitted(size, n_jobs)
        self.ferns.transform(self.X[:N_WARM_UP])

    def time_transform(self, size, n_jobs):
        self.ferns.transform(self.X)

    def time_fit(self, size, n_jobs):
        self.ferns.fit(self.X)

    def peakmem_transform(self, size, n_jobs):
        self.ferns.transform(self.X)


class OneRow:
    params = (SIZES,)
    param_names = ["fern_size"]

    def setup(self, size):
        self.x = random_words(1, N_FEATURES)
        self.ferns = fitted(size)
        self.ferns.transform(self.x)

    def time_transform(self, size):
        self.ferns.transform(self.x)


class AgainstDirectKernel:
    """Whether bit planes earn their place; on one thread each, timed in turns."""

    params = (SIZES,)
    param_names = ["fern_size"]

    def setup(self, size):
        self.X = random_words(N_ROWS, N_FEATURES)
        self.ferns = fitted(size)
        few = self.X[:N_WARM_UP]
        np.testing.assert_array_equal(self.direct(few), self.ferns.transform(few))

    def direct(self, X):
        n_bits = self.ferns.ferns_.shape[0] << self.ferns.ferns_.shape[1]
        out = np.zeros((len(X), -(-n_bits // 32)), dtype=np.uint32)
        encode_directly(X, self.ferns.ferns_, out)
        return out

    def track_share_of_direct(self, size):
        bulk_times, direct_times = [], []
        for _ in range(full_or_smoke(5, 1)):
            start = perf_counter()
            self.ferns.transform(self.X)
            between = perf_counter()
            self.direct(self.X)
            bulk_times.append(between - start)
            direct_times.append(perf_counter() - between)
        return min(bulk_times) / min(direct_times)

    track_share_of_direct.unit = "of the direct kernel's time"
