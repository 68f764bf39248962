# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rounding of weights to few bits."""

import numpy as np

_INT32_MAX = np.iinfo(np.int32).max


def lower_precision(weights, bits, shift):
    """Round weights to multiples of a power of two that fit into few bits.

    The mean over the classes, rounded down, is subtracted from the weights of every bit
    first. This changes no label and no probability, because it changes the scores of
    all classes alike.

    Parameters
    ----------
    weights : ndarray of shape (n_classes, n_bits), dtype int32
    bits : int
        Weights are clipped to so many bits, times the power of two.
    shift : int
        Exponent of the power of two.

    Returns
    -------
    rounded : ndarray of shape (n_classes, n_bits), dtype int32
    """
    return _rounded(_centred(weights), bits, shift).astype(np.int32)


def find_shift(weights, bits):
    """Return the exponent of the power of two with the smallest squared error."""
    exact = _centred(weights)
    errors = [
        np.sum((_rounded(exact, bits, shift) - exact).astype(np.float64) ** 2)
        for shift in range(32)
    ]
    return int(np.argmin(errors))


def _centred(weights):
    exact = weights.astype(np.int64)
    return exact - exact.sum(axis=0) // len(exact)


def _rounded(exact, bits, shift):
    lowest, highest = -(1 << bits - 1), (1 << bits - 1) - 1
    # The largest multiples are those of int32.
    lowest = max(lowest, -(2**31) >> shift)
    highest = min(highest, _INT32_MAX >> shift)
    return np.clip((exact + (1 << shift >> 1)) >> shift, lowest, highest) << shift
