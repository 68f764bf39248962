# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How neurons begin, and how their patterns and norms are written."""

import numpy as np

from skbit._numba.jit import inner_kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load, popcount, store
from skbit._numba.rows import sum_lanes
from skbit.cluster._kernels import similarity as formulas
from skbit.cluster._kernels.constants import (
    COUNT,
    COUNTER_DIGITS,
    MEAN_SIMILARITY,
    N_BITS,
    N_DIGITS,
    ONE,
    PENDING,
    SIMILARITY,
    WEIGHT,
)
from skbit.cluster._kernels.counters import begin

_0, _1 = np.uint64(0), np.uint64(1)

norm = inner_kernel(formulas.norm)


@inner_kernel
def write_pattern(n, levels, settings, patterns, norms, scratch):
    """Store the levels of a neuron and their norm.

    Parameters
    ----------
    n : int
    levels : table of planes
        Binary digits, the lowest first; of each as many planes as a row has.
    settings : int64 array
    patterns, norms : tables of planes
        Written.
    scratch : table of planes
        One plane is used.
    """
    n_digits, n_bits = settings[N_DIGITS], settings[N_BITS]
    n_planes = levels.shape[0] // n_digits
    n_words = (n_bits + 63) // 64
    group, lane = n // LANES, n % LANES
    words = levels.reshape(-1)
    for d in range(n_digits):
        first = (group * n_digits + n_digits - 1 - d) * n_words
        for w in range(n_words):
            patterns[first + w, lane] = words[d * n_planes * LANES + w]
    total = load(levels, 0) & _0
    squares = total
    for p in range(n_planes):
        for d in range(n_digits):
            digit = load(levels, d * n_planes + p)
            ones = popcount(digit)
            total = total + (ones << np.uint64(d))
            squares = squares + (ones << np.uint64(2 * d))
            for e in range(d):
                both = popcount(digit & load(levels, e * n_planes + p))
                squares = squares + (both << np.uint64(d + e + 1))
    norms[group, lane] = norm(
        settings[SIMILARITY],
        sum_lanes(total, scratch),
        sum_lanes(squares, scratch),
        np.uint64(((1 << n_digits) - 1) * n_bits),
        _1,
    )


@inner_kernel
def begin_neuron(n, count, bits, counters, neurons, levels):
    """Let a neuron begin with a pattern, whose bits are all counted once.

    Parameters
    ----------
    n : int
    count : int
        The number of inputs that the neuron has learned by that.
    bits : table of planes
    counters : table of planes or None
        Changed.
    neurons : (n_neurons, n_columns) int64 array
        Changed.
    levels : table of planes
        Written: the levels of the pattern.
    """
    n_planes = bits.shape[0]
    for first in range(0, levels.shape[0], n_planes):
        for p in range(n_planes):
            store(levels, first + p, load(bits, p))
    if counters is not None:
        begin(counters, n * n_planes * COUNTER_DIGITS, bits)
    neurons[n, WEIGHT] = 1
    neurons[n, COUNT] = count
    neurons[n, MEAN_SIMILARITY] = ONE
    neurons[n, PENDING] = -1
