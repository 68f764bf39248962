# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoding of numbers as runs of ones."""

import numpy as np

from skbit._numba.jit import kernel

_ONE = np.uint64(1)
_LOW = np.uint64(0xFFFFFFFF)


@kernel
def _set_run(out, s, first, length):
    """Set ``length`` bits of row ``s``, from bit ``first`` on."""
    while length > 0:
        c, b = first // 32, first % 32
        n = min(length, 32 - b)
        out[s, c] |= np.uint32((((_ONE << np.uint64(n)) - _ONE) << np.uint64(b)) & _LOW)
        first += n
        length -= n


@kernel
def runs_of_bytes(X, firsts, lengths, n_bits, out):
    """Set the run of ones of each byte, which is looked up.

    Parameters
    ----------
    X : (n_samples, n_features) uint8 array
    firsts, lengths : (256,) int arrays
        The first bit of a feature that is 1, and the number of ones, for each byte.
    n_bits : int
        Bits of a feature.
    out : (n_samples, n_containers) uint32 array of zeros
        Written.
    """
    for s in range(X.shape[0]):
        for f in range(X.shape[1]):
            value = X[s, f]
            _set_run(out, s, f * n_bits + firsts[value], lengths[value])


@kernel
def runs_of_numbers(X, thresholds, firsts, lengths, n_bits, out):
    """Set the run of ones of each number, by the thresholds that it passes.

    Parameters
    ----------
    X : (n_samples, n_features) array
    thresholds : (n_features or 1, n_thresholds) float64 array
        Ascending in each row; a single row serves all features.
    firsts, lengths : (n_thresholds + 1,) int arrays
        The first bit of a feature that is 1, and the number of ones, by the number of
        thresholds passed.
    n_bits : int
        Bits of a feature.
    out : (n_samples, n_containers) uint32 array of zeros
        Written.
    """
    shared = thresholds.shape[0] == 1
    for s in range(X.shape[0]):
        for f in range(X.shape[1]):
            value = np.float64(X[s, f])
            row = 0 if shared else f
            passed = 0
            for t in range(thresholds.shape[1]):
                passed += value >= thresholds[row, t]
            _set_run(out, s, f * n_bits + firsts[passed], lengths[passed])


@kernel
def _count_passed(numbers, thresholds, passed):
    """Count the thresholds that numbers are above, for several numbers at a time."""
    for s in range(numbers.size):
        passed[s] = 0
    for t in range(thresholds.size):
        threshold = thresholds[t]
        # Those that follow are not used.
        if threshold == np.inf:
            break
        for s in range(numbers.size):
            passed[s] += numbers[s] > threshold


@kernel
def runs_of_columns(columns, thresholds, is_category, n_bits, passed, out):
    """Set the run of ones of each entry of a table.

    A number sets as many bits as there are thresholds that it is above, and a missing
    number the last bit of its column. A category sets a single bit.

    Parameters
    ----------
    columns : (n_columns, n_samples) float64 array
        Numbers, which are NaN if they are missing, or the bits of categories.
    thresholds : (n_columns, n_bits - 1) float64 array
        Ascending in each row.
    is_category : (n_columns,) bool array
        Whether a column holds the bits of categories.
    n_bits : int
        Bits of a column.
    passed : (n,) int64 array
        Scratch memory, for so many samples at a time.
    out : (n_samples, n_containers) uint32 array of zeros
        Written.
    """
    n_samples = columns.shape[1]
    for start in range(0, n_samples, passed.size):
        stop = min(start + passed.size, n_samples)
        for f in range(columns.shape[0]):
            first = f * n_bits
            numbers = columns[f, start:stop]
            if not is_category[f]:
                _count_passed(numbers, thresholds[f], passed)
            for i in range(numbers.size):
                if is_category[f]:
                    _set_run(out, start + i, first + np.int64(numbers[i]), 1)
                elif np.isnan(numbers[i]):
                    _set_run(out, start + i, first + n_bits - 1, 1)
                else:
                    _set_run(out, start + i, first, passed[i])
