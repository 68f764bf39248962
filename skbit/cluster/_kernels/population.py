# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What is known about neurons and about their learning, and how patterns are stored.

Everything is a whole number in an array with named places, so that few arguments of few
types go through the kernels.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load, popcount, store
from skbit._numba.rows import sum_lanes
from skbit.cluster._kernels.constants import (
    COSINE,
    COUNT,
    DIGITS,
    HEIR,
    JACCARD,
    LEVEL,
    N_BITS,
    N_DIGITS,
    ONE,
    SIMILARITY,
    WEIGHT,
)
from skbit.cluster._kernels.counters import begin

_0, _1 = np.uint64(0), np.uint64(1)


@kernel
def write_pattern(n, numbers, rule, patterns, norms, scratch):
    """Store a neuron's numbers and their norm.

    Parameters
    ----------
    n : int
    numbers : table of planes
        Binary digits, the lowest first, as many planes of each as a row has.
    rule : (14,) int64 array
    patterns, norms : tables of planes
        Written.
    scratch : table of planes
    """
    n_digits, n_bits = rule[N_DIGITS], rule[N_BITS]
    n_planes = numbers.shape[0] // n_digits
    n_words = (n_bits + 63) // 64
    g, lane = n // LANES, n % LANES
    words = numbers.reshape(-1)
    for d in range(n_digits):
        first = (g * n_digits + n_digits - 1 - d) * n_words
        for w in range(n_words):
            patterns[first + w, lane] = words[d * n_planes * LANES + w]
    is_cosine = rule[SIMILARITY] == COSINE
    total = load(numbers, 0) & _0
    for p in range(n_planes):
        for d in range(n_digits):
            digit = load(numbers, d * n_planes + p)
            if is_cosine:
                for e in range(n_digits):
                    other = load(numbers, e * n_planes + p)
                    total = total + (popcount(digit & other) << np.uint64(d + e + 1))
            else:
                total = total + (popcount(digit) << np.uint64(d))
    norm = sum_lanes(total, scratch)
    if is_cosine:
        norm = max(norm, _1)
    elif rule[SIMILARITY] != JACCARD:
        norm = np.uint64(((1 << n_digits) - 1) * n_bits) - norm
    norms[g, lane] = norm


@kernel
def become(n, count, bits, counters, table, numbers):
    """Let a neuron begin with a pattern of bits, all counted once.

    Parameters
    ----------
    n : int
    count : int
        Inputs that it has learned by that.
    bits : table of planes
    counters : table of planes or None
        Changed, like ``table``.
    table : (n_neurons, 6) int64 array
    numbers : table of planes
        Written: the numbers that the pattern means.
    """
    n_planes = bits.shape[0]
    for first in range(0, numbers.shape[0], n_planes):
        for p in range(n_planes):
            store(numbers, first + p, load(bits, p))
    if counters is not None:
        begin(counters, n * n_planes * DIGITS, bits)
    table[n, WEIGHT] = 1
    table[n, COUNT] = count
    table[n, LEVEL] = ONE
    table[n, HEIR] = -1
