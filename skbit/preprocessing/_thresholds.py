# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Learned thresholds of each feature."""

import numpy as np
from scipy import sparse

from skbit._utils.blocks import slices
from skbit._utils.input import BLOCK_SIZE, dense_rows, row_blocks


def range_of_features(X):
    """Find the lowest and the highest value of each feature."""
    low, high = np.full(X.shape[1], np.inf), np.full(X.shape[1], -np.inf)
    for rows in row_blocks(X):
        block = dense_rows(X, rows)
        low = np.minimum(low, block.min(axis=0))
        high = np.maximum(high, block.max(axis=0))
    if X.dtype in (np.int64, np.uint64) and max(-low.min(), high.max()) >= 2**53:
        raise ValueError(
            "X has whole numbers of 2**53 and more. Thresholds are of dtype float64, "
            "which cannot represent all of these numbers. Subtract an offset from X or "
            "divide X."
        )
    check_width(low, high)
    return low, high


def check_width(low, high):
    """Raise if the range of a feature is larger than the largest number."""
    too_wide = high / 2 - low / 2 > np.finfo(np.float64).max / 2
    if too_wide.any():
        raise ValueError(
            f"The range of feature {np.flatnonzero(too_wide)[0]} is larger than the "
            "largest float64. Scale X down."
        )


def thresholds_above_quantiles(X, n_thresholds):
    """Find the smallest number above each quantile, feature by feature.

    Quantile ``i`` is the lowest value such that a share of ``i / (n_thresholds + 1)``
    of all values is not higher. It is found by integer arithmetic, which avoids
    rounding.
    """
    X = X.tocsc() if sparse.issparse(X) else X
    numbers = np.arange(1, n_thresholds + 1)
    places = -(-numbers * X.shape[0] // (n_thresholds + 1)) - 1
    thresholds = np.empty((X.shape[1], n_thresholds))
    for columns in slices(X.shape[1], max(1, BLOCK_SIZE // X.shape[0])):
        block = X[:, columns]
        block = block.toarray() if sparse.issparse(block) else block
        found = np.partition(block, places, axis=0)[places]
        # The next number above the largest one is infinity, as intended.
        with np.errstate(over="ignore"):
            thresholds[columns] = np.nextafter(found.T.astype(np.float64), np.inf)
    return thresholds


def above_quantiles(values, weights, n_thresholds):
    """Find the smallest number above each quantile of values that are counted.

    Parameters
    ----------
    values : ndarray of shape (n_values,), dtype float64
        In rising order.
    weights : ndarray of shape (n_values,), dtype int64
        The number of rows with each value.
    n_thresholds : int

    Returns
    -------
    thresholds : ndarray of shape (n_thresholds,)
        Those of :func:`thresholds_above_quantiles`.
    """
    cumulated, numbers = np.cumsum(weights), np.arange(1, n_thresholds + 1)
    places = -(-numbers * cumulated[-1] // (n_thresholds + 1)) - 1
    found = values[np.searchsorted(cumulated, places, side="right")]
    # The next number above the largest one is infinity, as intended.
    with np.errstate(over="ignore"):
        return np.nextafter(found, np.inf)


def within_range(low, thresholds, high):
    """Clip thresholds so that the lowest value passes none, and the highest all.

    Thresholds that are computed from the range of a feature can be rounded beyond its
    ends. The value of a constant feature passes no threshold.

    Parameters
    ----------
    low, high : ndarray of shape (n_rows, 1)
    thresholds : ndarray of shape (n_rows, n_thresholds)

    Returns
    -------
    thresholds : ndarray of shape (n_rows, n_thresholds)
    """
    # The next number above the largest one is infinity, as intended.
    with np.errstate(over="ignore"):
        lowest = np.nextafter(low, np.inf)
    return np.clip(thresholds, lowest, np.where(high > low, high, np.inf))


def middles_between(low, thresholds, high):
    """Find the middles of the values that pass 0, 1, 2, ... thresholds.

    Parameters
    ----------
    low, high : ndarray of shape (n_rows,)
        Lowest and highest values.
    thresholds : ndarray of shape (n_rows, n_thresholds)
        Ascending in each row.

    Returns
    -------
    middles : ndarray of shape (n_rows, n_thresholds + 1)
        From low to high.
    """
    ends = low[:, None], high[:, None]
    edges = np.hstack([ends[0], np.clip(thresholds, *ends), ends[1]])
    lower, upper = edges[:, :-1], edges[:, 1:]
    middles = lower + (upper - lower) / 2
    # There is no number between adjacent ones, and the upper one passes the threshold.
    return np.where(middles < upper, middles, lower)
