# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rounding of weights to few bits.

The mean over the classes, rounded down, is subtracted from the weights of every bit
first. This changes no label and no probability, because it changes the scores of all
classes alike. Bits that are one in all rows get weights of zero, and weights of other
bits are rounded. The offsets take up what this changes in the mean row, so that errors
of bits that are one in nearly all rows do not add up.
"""

from typing import NamedTuple

import numpy as np

_INT32_MAX = np.iinfo(np.int32).max
# Shares of rows are counted in units of this part, so that sums of products with
# errors of weights are exact.
_ONE = 1024


class Rounding(NamedTuple):
    """How weights are rounded.

    Attributes
    ----------
    bits : int
        Weights are clipped to so many bits, times the power of two.
    shift : int
        Exponent of the power of two.
    shares : ndarray of shape (n_bits,), dtype int64
        Of 1,024 rows, in how many each bit is one.
    """

    bits: int
    shift: int
    shares: np.ndarray


def shares_of(counts):
    """Return in how many of 1,024 rows each bit is one, by weight, rounded down."""
    total = counts.classes.sum(dtype=np.float64)
    shares = counts.bits.sum(axis=0, dtype=np.float64) / (total or 1.0)
    return np.minimum(np.floor(shares * _ONE), _ONE).astype(np.int64)


def find_rounding(weights, bits, shares):
    """Choose the power of two with the smallest error, the lowest of equal ones.

    The error is that of scores, with independent bits: the sum of squared errors of
    weights times the variances of the bits.

    Parameters
    ----------
    weights : ndarray of shape (n_classes, n_bits), dtype int32
    bits : int
    shares : ndarray of shape (n_bits,), dtype int64

    Returns
    -------
    rounding : Rounding
    """
    exact = _centred(weights)
    variances = (shares * (_ONE - shares)).astype(np.float64)
    errors = [
        np.sum((_rounded(exact, bits, shift) - exact).astype(np.float64) ** 2, axis=0)
        for shift in range(32)
    ]
    return Rounding(bits, int(np.argmin(errors @ variances)), shares)


def lower_precision(weights, rounding):
    """Round weights to multiples of a power of two that fit into few bits.

    Parameters
    ----------
    weights : ndarray of shape (n_classes, n_bits), dtype int32
    rounding : Rounding

    Returns
    -------
    rounded : ndarray of shape (n_classes, n_bits), dtype int32
    change : ndarray of shape (n_classes,), dtype int64
        What is added to the offsets.
    """
    bits, shift, shares = rounding
    exact = _centred(weights)
    rounded = _rounded(exact, bits, shift)
    rounded[:, shares == _ONE] = 0
    return rounded.astype(np.int32), (exact - rounded) @ shares // _ONE


def _centred(weights):
    exact = weights.astype(np.int64)
    return exact - exact.sum(axis=0) // len(exact)


def _rounded(exact, bits, shift):
    lowest, highest = -(1 << bits - 1), (1 << bits - 1) - 1
    # The largest multiples are those of int32.
    lowest = max(lowest, -(2**31) >> shift)
    highest = min(highest, _INT32_MAX >> shift)
    return np.clip((exact + (1 << shift >> 1)) >> shift, lowest, highest) << shift
