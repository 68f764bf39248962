# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numbers to bits: thermometers."""

import numpy as np

from skbit._kernels._jit import kernel

_ONE = np.uint64(1)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@kernel
def _set_lowest(out, s, first, level):
    """Set ``level`` bits of row ``s``, from bit ``first`` on."""
    while level > 0:
        c, b = first // 32, first % 32
        n = min(level, 32 - b)
        out[s, c] |= np.uint32((((_ONE << np.uint64(n)) - _ONE) << np.uint64(b)) & _LOW)
        first += n
        level -= n


@kernel
def thermometer_of_bytes(X, levels, n_levels, out):
    """Look up the level of every byte and set as many bits.

    Parameters
    ----------
    X : (n_samples, n_features) uint8 array
    levels : (256,) int array
        The level of each byte.
    n_levels : int
    out : (n_samples, n_containers) uint32 array of zeros
        Written.
    """
    for s in range(X.shape[0]):
        for f in range(X.shape[1]):
            _set_lowest(out, s, f * n_levels, levels[X[s, f]])


@kernel
def thermometer_of_numbers(X, thresholds, levels, n_levels, out):
    """Count the thresholds at or below every number and set its level of bits.

    Parameters
    ----------
    X : (n_samples, n_features) float array
    thresholds : (n_features or 1, n_thresholds) float64 array
        Ascending in each row; a single row serves all features.
    levels : (n_thresholds + 1,) int array
        The level above as many thresholds.
    n_levels : int
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
            _set_lowest(out, s, f * n_levels, levels[passed])
