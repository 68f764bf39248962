# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The majority projection done directly: what skbit's bulk kernel is compared with.

Sixteen samples lie side by side in the vector lanes. A neuron compares them with its
random containers (XNOR), container by container, then goes through the tree level by
level. There are two such kernels:

- ``project_plain``: numpy arrays and loops, vectorised by the compiler,
- ``project_planes``: the same with a vector of sixteen containers as one value, as in
  skbit's own kernels, which tells what the algorithm gains without that technique.
"""

import numba
import numpy as np

from skbit._numba.memory import empty_planes
from skbit._numba.planes import load, store
from skbit.random_projection._kernels.majority import (
    full_groups,
    majority3,
    majority4,
    majority5,
)

LANES = 16
_32 = np.uint64(32)


@numba.njit(cache=True)
def _next_level(level, n, out):
    """Reduce ``n`` rows of lanes by one level of the tree; return how many are left."""
    if n % 3 == 1 and n > 4:
        n_full = (n - 4) // 3
    elif n % 3 == 2 and n > 5:
        n_full = (n - 5) // 3
    else:
        n_full = n // 3
    for g in range(n_full):
        a, b, c, result = level[3 * g], level[3 * g + 1], level[3 * g + 2], out[g]
        for lane in range(result.size):
            result[lane] = a[lane] & b[lane] | c[lane] & (a[lane] | b[lane])
    size = n - 3 * n_full
    if size == 0:
        return n_full
    rest, result = level[3 * n_full : n], out[n_full]
    for lane in range(result.size):
        a = rest[0, lane]
        if size == 1:
            result[lane] = a
        elif size == 2:
            result[lane] = a & rest[1, lane]
        else:
            b, c, d = rest[1, lane], rest[2, lane], rest[3, lane]
            if size == 4:
                result[lane] = a & b & (c | d) | c & d & (a | b)
            else:
                e = rest[4, lane]
                two_of_cde = c & d | e & (c | d)
                result[lane] = a & b & (c | d | e) | (a | b) & two_of_cde | c & d & e
    return n_full + 1


@numba.njit(nogil=True, cache=True)
def _project_plain(rows, random, lanes, level, other_level, out):
    # The number of lanes is read from the array on purpose: a loop of sixteen steps is
    # unrolled before it can be vectorised. For the same reason, a level is not written
    # over the one below: the compiler could not tell that no lane is read again.
    n_rows, n_containers = rows.shape
    for first in range(0, n_rows, lanes.shape[1]):
        n = min(lanes.shape[1], n_rows - first)
        for s in range(n):
            for c in range(n_containers):
                lanes[c, s] = rows[first + s, c]
        for h in range(random.shape[0]):
            for c in range(n_containers):
                for lane in range(lanes.shape[1]):
                    level[c, lane] = ~(lanes[c, lane] ^ random[h, c])
            below, above = level, other_level
            n_left = n_containers
            while n_left > 1:
                n_left = _next_level(below, n_left, above)
                below, above = above, below
            for s in range(n):
                out[first + s, h] = below[0, s]


def project_plain(rows, random):
    """Project rows by random containers, with numpy arrays and loops."""
    lanes, level, other_level = np.zeros((3, rows.shape[1], LANES), dtype=np.uint32)
    out = np.empty((len(rows), len(random)), dtype=np.uint32)
    _project_plain(rows, random, lanes, level, other_level, out)
    return out


@numba.njit(nogil=True, cache=True)
def _project_planes(rows, random, lanes, level, out):
    n_rows, n_containers = rows.shape
    lane_words, level_words = lanes.view(np.uint32), level.view(np.uint32)
    for first in range(0, n_rows, LANES):
        n = min(LANES, n_rows - first)
        for s in range(n):
            for c in range(n_containers):
                lane_words[c, s] = rows[first + s, c]
        for h in range(random.shape[0]):
            for c in range(n_containers):
                word = np.uint64(random[h, c])
                store(level, c, ~(load(lanes, c) ^ (word | word << _32)))
            n_left = n_containers
            while n_left > 1:
                n_full = full_groups(n_left)
                for g in range(n_full):
                    a, b = load(level, 3 * g), load(level, 3 * g + 1)
                    store(level, g, majority3(a, b, load(level, 3 * g + 2)))
                i, size = 3 * n_full, n_left - 3 * n_full
                n_left = n_full
                if size > 0:
                    last = load(level, i)
                    if size == 2:
                        last = last & load(level, i + 1)
                    elif size == 4:
                        b, c = load(level, i + 1), load(level, i + 2)
                        last = majority4(last, b, c, load(level, i + 3))
                    elif size == 5:
                        b, c = load(level, i + 1), load(level, i + 2)
                        d, e = load(level, i + 3), load(level, i + 4)
                        last = majority5(last, b, c, d, e)
                    store(level, n_full, last)
                    n_left += 1
            for s in range(n):
                out[first + s, h] = level_words[0, s]


def project_planes(rows, random):
    """Project rows by random containers, with sixteen containers as one value."""
    lanes, level = empty_planes(rows.shape[1]), empty_planes(rows.shape[1])
    lanes[:] = 0
    out = np.empty((len(rows), len(random)), dtype=np.uint32)
    _project_planes(rows, random, lanes, level, out)
    return out
