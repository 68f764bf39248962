# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A counter behind every bit of a neuron, eight planes of binary digits per 512 bits.

Adding an input to 512 counters, halving them and comparing them with a limit take a
few dozen instructions each, because a digit of all of them is one plane.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store
from skbit.cluster._kernels.constants import DIGITS

_0 = np.uint64(0)


@kernel
def begin(counters, first, row):
    """Set the counters of the ones of an input to 1 and the others to 0."""
    for p in range(row.shape[0]):
        plane = load(row, p)
        store(counters, first, plane)
        for d in range(1, DIGITS):
            store(counters, first + d, plane & _0)
        first += DIGITS


@kernel
def add(counters, first, row):
    """Count the ones of an input; of at most 255, or counters start again from 0."""
    for p in range(row.shape[0]):
        carry = load(row, p)
        for d in range(DIGITS):
            digit = load(counters, first + d)
            store(counters, first + d, digit ^ carry)
            carry = digit & carry
        first += DIGITS


@kernel
def halve(counters, first, n_planes):
    """Halve all counters, rounding down."""
    for _ in range(n_planes):
        for d in range(DIGITS - 1):
            store(counters, first + d, load(counters, first + d + 1))
        store(counters, first + DIGITS - 1, load(counters, first) & _0)
        first += DIGITS


@kernel
def count_exceeded(counters, first, weight, thresholds, n_planes, numbers):
    """Count for every bit how many thresholds its share of ones exceeds.

    Parameters
    ----------
    counters : table of planes
    first : int
        Where the neuron's counters begin.
    weight : int
        How many inputs were counted.
    thresholds : (n_thresholds,) int64 array
        In 256ths of the weight.
    n_planes : int
        Planes of a row of bits.
    numbers : table of planes
        Written: binary digits of the result, the lowest first, ``n_planes`` of each.
    """
    n_digits = numbers.shape[0] // n_planes
    for p in range(n_planes):
        zero = load(counters, first) & _0
        for d in range(n_digits):
            store(numbers, d * n_planes + p, zero)
        for t in range(thresholds.size):
            limit = (thresholds[t] * weight) >> 8
            # From the lowest digit on: above so far, or else decided by this digit.
            exceeds = zero
            for d in range(DIGITS):
                digit = load(counters, first + d)
                limit_is_zero = np.uint64(((limit >> d) & 1) - 1)
                exceeds = digit & exceeds | (digit | exceeds) & limit_is_zero
            for d in range(n_digits):
                number = load(numbers, d * n_planes + p)
                store(numbers, d * n_planes + p, number ^ exceeds)
                exceeds = number & exceeds
        first += DIGITS
