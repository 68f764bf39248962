# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A counter for every bit of a neuron: eight planes of binary digits per 512 bits.

A digit of 512 counters is one plane. So adding an input to 512 counters, halving them
and comparing them with a limit take a few dozen instructions each.
"""

import numpy as np

from skbit._numba.jit import inlined_kernel, kernel
from skbit._numba.planes import load, store
from skbit.cluster._kernels.constants import COUNTER_DIGITS

_0 = np.uint64(0)


@kernel
def begin(counters, first, row):
    """Set the counters of the ones of an input to 1 and the others to 0."""
    for p in range(row.shape[0]):
        plane = load(row, p)
        store(counters, first, plane)
        for d in range(1, COUNTER_DIGITS):
            store(counters, first + d, plane & _0)
        first += COUNTER_DIGITS


@kernel
def add(counters, first, row):
    """Count the ones of an input. A counter of 255 starts again from 0."""
    for p in range(row.shape[0]):
        carry = load(row, p)
        for d in range(COUNTER_DIGITS):
            digit = load(counters, first + d)
            store(counters, first + d, digit ^ carry)
            carry = digit & carry
        first += COUNTER_DIGITS


@kernel
def halve(counters, first, n_planes):
    """Halve all counters, rounding down."""
    for _ in range(n_planes):
        for d in range(COUNTER_DIGITS - 1):
            store(counters, first + d, load(counters, first + d + 1))
        store(counters, first + COUNTER_DIGITS - 1, load(counters, first) & _0)
        first += COUNTER_DIGITS


@inlined_kernel
def count_exceeded(counters, first, weight, limits, levels):
    """Count for every bit how many limits its share of ones exceeds.

    Parameters
    ----------
    counters : table of planes
    first : int
        The first plane of the counters of the neuron.
    weight : int
        The number of inputs that were counted.
    limits : (n_limits,) int64 array
        In 256ths of the weight.
    levels : table of planes
        Written: binary digits of the result, the lowest first; as many planes of each
        as a row has.
    """
    # The highest level is the number of limits: 1, 3 or 7.
    n_digits = 1 + (limits.size >= 2) + (limits.size >= 4)
    n_planes = levels.shape[0] // n_digits
    for p in range(n_planes):
        zero = load(counters, first) & _0
        for d in range(n_digits):
            store(levels, d * n_planes + p, zero)
        for t in range(limits.size):
            limit = (limits[t] * weight) >> 8
            # From the lowest digit on: above so far, or else decided by this digit.
            exceeds = zero
            for d in range(COUNTER_DIGITS):
                digit = load(counters, first + d)
                limit_is_zero = np.uint64(((limit >> d) & 1) - 1)
                exceeds = digit & exceeds | (digit | exceeds) & limit_is_zero
            for d in range(n_digits):
                level = load(levels, d * n_planes + p)
                store(levels, d * n_planes + p, level ^ exceeds)
                exceeds = level & exceeds
        first += COUNTER_DIGITS
