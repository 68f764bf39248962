# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The highest numbers of each row."""

import numpy as np

from skbit._numba.jit import kernel


@kernel
def kth_highest_bytes(X, ks, out):
    """Find the ``k``-th highest byte of every sample, for several ``k``.

    The ``k``-th highest byte is the largest byte that ``k`` features reach. It is found
    bit by bit, from the highest bit down. Counting is vectorized, so eight counts are
    faster than one histogram.

    Parameters
    ----------
    X : (n_samples, n_features) uint8 array
    ks : (n_ks,) int array
        From 0 to n_features; the 0-th highest byte is 255.
    out : (n_samples, n_ks) uint8 array
        Written.
    """
    for s in range(X.shape[0]):
        for i in range(ks.size):
            found = np.uint8(0)
            for b in range(7, -1, -1):
                higher = np.uint8(found | np.uint8(1 << b))
                n_reached = 0
                for f in range(X.shape[1]):
                    n_reached += X[s, f] >= higher
                if n_reached >= ks[i]:
                    found = higher
            out[s, i] = found


@kernel
def mark_highest(X, k, kth_highest, fill_ties, mark, out):
    """Mark the ``k`` highest features, and among equal ones those of lower index.

    Parameters
    ----------
    X : (n_samples, n_features) array
    k : int, from 0 to n_features
    kth_highest : (n_samples,) array
        If k is 0, a number that no feature exceeds.
    fill_ties : bool
        Whether features with the sample's lowest value are marked if fewer than k
        features are higher.
    mark : uint8
    out : (n_samples, n_features) uint8 array
        ORed with the mark where a feature is among the highest.
    """
    n_features = X.shape[1]
    for s in range(X.shape[0]):
        kth = kth_highest[s]
        n_above = n_reached = 0
        for f in range(n_features):
            n_above += X[s, f] > kth
            n_reached += X[s, f] >= kth
        for f in range(n_features):
            out[s, f] |= mark * np.uint8(X[s, f] > kth)
        # If all features reach the k-th highest, the k-th highest is the lowest value.
        n_ties = k - n_above if fill_ties or n_reached < n_features else 0
        f = 0
        while n_ties > 0:
            if X[s, f] == kth:
                out[s, f] |= mark
                n_ties -= 1
            f += 1
