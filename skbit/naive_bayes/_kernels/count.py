# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels that count how often each bit is one in each class."""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import CONTAINERS, LIST_BITS
from skbit._numba.planes import load, load_containers, store

# What a counter of eight binary digits holds, before it must be emptied.
_COUNTER_MAX = 255
_ONE = np.uint32(1)


@kernel
def _add_digits(digits, first_bit, counts):
    """Add the counts held as eight planes of binary digits."""
    words = digits.view(np.uint32)
    for b in range(min(32 * CONTAINERS, counts.size - first_bit)):
        count = 0
        for d in range(8):
            count += np.int64((words[d, b // 32] >> np.uint32(b % 32)) & _ONE) << d
        counts[first_bit + b] += count


@kernel
def count_bits(rows, order, bounds, start, stop, tail, digits, counts):
    """Count ones per class, in the containers from ``start`` to ``stop``.

    512 bits of a row at a time are added to eight planes of binary digits.

    Parameters
    ----------
    rows : (n_rows, n_containers) C-contiguous uint32 array
    order : (n_rows,) intp array
        The rows, class by class.
    bounds : (n_classes + 1,) intp array
        Places in ``order`` where each class begins and ends.
    start, stop : int
    tail : (1, 16) uint32 array of zeros
    digits : (8, 8) table of planes
        Scratch memory.
    counts : (n_classes, n_bits) int64 array
        Added to. ``n_bits`` is at most ``32 * n_containers``.
    """
    for first in range(start, stop, CONTAINERS):
        n_containers = min(CONTAINERS, stop - first)
        for k in range(bounds.size - 1):
            for begin in range(bounds[k], bounds[k + 1], _COUNTER_MAX):
                zero = load(digits, 0) & np.uint64(0)
                d0 = d1 = d2 = d3 = d4 = d5 = d6 = d7 = zero
                for i in range(begin, min(begin + _COUNTER_MAX, bounds[k + 1])):
                    if n_containers == CONTAINERS:
                        carry0 = load_containers(rows, order[i], first)
                    else:
                        for c in range(n_containers):
                            tail[0, c] = rows[order[i], first + c]
                        carry0 = load_containers(tail, 0, 0)
                    carry1 = d0 & carry0
                    d0 = d0 ^ carry0
                    carry2 = d1 & carry1
                    d1 = d1 ^ carry1
                    carry3 = d2 & carry2
                    d2 = d2 ^ carry2
                    carry4 = d3 & carry3
                    d3 = d3 ^ carry3
                    carry5 = d4 & carry4
                    d4 = d4 ^ carry4
                    carry6 = d5 & carry5
                    d5 = d5 ^ carry5
                    carry7 = d6 & carry6
                    d6 = d6 ^ carry6
                    d7 = d7 ^ carry7
                store(digits, 0, d0)
                store(digits, 1, d1)
                store(digits, 2, d2)
                store(digits, 3, d3)
                store(digits, 4, d4)
                store(digits, 5, d5)
                store(digits, 6, d6)
                store(digits, 7, d7)
                _add_digits(digits, 32 * first, counts[k])


@kernel
def count_weighted_bits(rows, classes, weights, start, stop, counts):
    """Add up the weights of the rows in which a bit is one, per class.

    Rows are added one after the other, so that sums, also of fractions, do not depend
    on how a stream is cut.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    classes : (n_rows,) intp array
    weights : (n_rows,) int64 or float64 array
    start, stop : int
        The containers to count in.
    counts : (n_classes, n_bits) array of the weights' type
        Added to. ``n_bits`` is at most ``32 * n_containers``.
    """
    for i in range(rows.shape[0]):
        k, weight = classes[i], weights[i]
        for c in range(start, stop):
            word = rows[i, c]
            for b in range(min(32, counts.shape[1] - 32 * c)):
                counts[k, 32 * c + b] += weight * ((word >> np.uint32(b)) & _ONE)


@kernel
def count_listed_bits(rows, classes, weights, counts):
    """Do the same as ``count_weighted_bits`` for rows that are lists of their ones.

    Parameters
    ----------
    rows : Lists
    classes : (n_rows,) intp array
    weights : (n_rows,) int64 or float64 array
    counts : (n_classes, n_bits) array of the weights' type
        Added to.
    """
    bounds, columns = rows
    for s in range(classes.size):
        k, weight = classes[s], weights[s]
        for i in range(bounds.shape[1] - 1):
            for place in range(bounds[s, i], bounds[s, i + 1]):
                counts[k, LIST_BITS * i + np.intp(columns[place])] += weight
