# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Thresholds of a column of a table, by one rule for each strategy.

A rule takes the distinct values of a column, in rising order and without missing ones,
the weight of each, and the largest number of thresholds. It returns rising thresholds;
a value passes those that it is above. Weights are counts of rows, or sums of the
weights of samples.
"""

import numpy as np

# The smallest unit of ``tails``, as a share of the largest value.
_SMALLEST_UNIT = 2.0**-500


def distinct(numbers, weights):
    """Return the distinct values of a column and the weight of each.

    Values that are missing or of no weight are left out.

    Parameters
    ----------
    numbers : ndarray of shape (n_samples,), dtype float64
    weights : ndarray of shape (n_samples,) or None

    Returns
    -------
    values : ndarray of shape (n_values,), dtype float64
    weights : ndarray of shape (n_values,)
    """
    is_counted = ~np.isnan(numbers)
    if weights is None:
        ordered = np.sort(numbers[is_counted])
        cumulated = np.arange(1, len(ordered) + 1)
    else:
        is_counted &= weights > 0
        numbers = numbers[is_counted]
        order = np.argsort(numbers, kind="stable")
        ordered, cumulated = numbers[order], np.cumsum(weights[is_counted][order])
    lasts = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], len(ordered) > 0))
    return ordered[lasts], np.diff(cumulated[lasts], prepend=0)


def quantile(values, weights, n_thresholds):
    """Divide the weight evenly among the cells between the thresholds.

    A value that is heavier than a cell has one of its own, and the remaining weight is
    divided among the remaining cells, so that no threshold is wasted on such values.
    """
    if len(values) <= n_thresholds + 1:
        return middles(values[:-1], values[1:])
    heights, n_cells = np.sort(weights)[::-1], n_thresholds + 1
    # The weight that remains when the heaviest values, 0, 1, 2, ... of them, have cells
    # of their own, and the number of the other cells. Nothing is divided, so that
    # whole numbers stay whole.
    rest = heights.sum() - np.cumsum(heights[:n_cells]) + heights[:n_cells]
    cells = n_cells - np.arange(n_cells)
    n_heavy = np.argmax(heights[:n_cells] * cells <= rest)
    cell = rest[n_heavy]
    passed = np.cumsum(np.minimum(weights * cells[n_heavy], cell))
    ends = np.searchsorted(passed, cell * np.arange(1, n_cells))
    ends = np.unique(ends[ends < len(values) - 1])
    return middles(values[ends], values[ends + 1])


def uniform(values, weights, n_thresholds):
    """Divide the range of the finite values into cells of equal width."""
    if len(values) <= n_thresholds + 1:
        return middles(values[:-1], values[1:])
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        # Beside infinite values, there is at most one.
        return middles(values[:-1], values[1:])[:n_thresholds]
    low, high = finite[0], finite[-1]
    share = np.arange(1, n_thresholds + 1) / (n_thresholds + 1)
    # The range itself may be larger than the largest number.
    thresholds = np.unique(low * (1 - share) + high * share)
    return thresholds[(thresholds >= low) & (thresholds < high)]


def tails(values, weights, n_thresholds):
    """Place thresholds up to a quarter of the range beyond both ends.

    They are evenly spaced for the inverse hyperbolic sine of the distance from the
    median, in units of the distance between the lowest and the highest decile. So they
    are nearly even where most values are, and ever further apart in long tails. If the
    deciles are equal, the unit is the median distance of the other values from them.
    """
    is_finite = np.isfinite(values)
    values, weights = values[is_finite], weights[is_finite]
    if len(values) < 2:
        return np.sort(_around(values)[:n_thresholds])
    # As shares of a power of two, the numbers can be neither too large nor too small.
    exponent = np.frexp(np.abs(values).max())[1]
    values = np.ldexp(values, -exponent)
    lowest, middle, highest = _deciles(values, weights, [1, 5, 9])
    unit = highest - lowest
    if unit == 0:
        distances = np.abs(values - middle)
        order = np.argsort(distances, kind="stable")[1:]
        (unit,) = _deciles(distances[order], weights[order], [5])
    unit = max(unit, _SMALLEST_UNIT)
    low, high = np.arcsinh((values[[0, -1]] - middle) / unit)
    margin = (high - low) / 4
    even = np.linspace(low - margin, high + margin, n_thresholds + 2)[1:-1]
    with np.errstate(over="ignore"):
        thresholds = np.ldexp(middle + unit * np.sinh(even), exponent)
    return np.unique(thresholds[np.isfinite(thresholds)])


def _deciles(values, weights, tenths):
    """Return the lowest values up to which there are some tenths of the weight."""
    cumulated = np.cumsum(weights)
    return values[np.searchsorted(10 * cumulated, np.multiply(tenths, cumulated[-1]))]


def _around(values):
    """Return thresholds that values above and below a value differ in, or nothing."""
    thresholds = np.repeat(values, 2)
    thresholds[1:] = np.nextafter(thresholds[1:], -np.inf)
    return thresholds[np.isfinite(thresholds)]


def supervised(numbers, y, weights, n_thresholds):
    """Place thresholds where they tell most about the classes.

    These are the first splits of a decision tree that sees nothing but the column.

    Parameters
    ----------
    numbers : ndarray of shape (n_samples,), dtype float64
        Missing ones are NaN.
    y : ndarray of shape (n_samples,)
        Classes.
    weights : ndarray of shape (n_samples,) or None
    n_thresholds : int

    Returns
    -------
    thresholds : ndarray of shape (n_found,), dtype float64
        Rising.
    """
    # With it come many modules that importing skbit need not load.
    from sklearn.tree import DecisionTreeClassifier

    is_counted = ~np.isnan(numbers)
    if weights is not None:
        is_counted &= weights > 0
        weights = weights[is_counted]
    # The places of values, because trees compare numbers as float32.
    values, places = np.unique(numbers[is_counted], return_inverse=True)
    if n_thresholds < 1 or len(values) < 2:
        return np.empty(0)
    tree = DecisionTreeClassifier(
        criterion="entropy", max_leaf_nodes=n_thresholds + 1, random_state=0
    ).fit(places[:, np.newaxis], y[is_counted], weights)
    is_split = tree.tree_.children_left >= 0
    ends = np.sort(tree.tree_.threshold[is_split]).astype(np.intp)
    return middles(values[ends], values[ends + 1])


# The rules that need no classes.
STRATEGIES = {"quantile": quantile, "uniform": uniform, "tails": tails}


def middles(low, high):
    """Return numbers between two others each, at least ``low`` and below ``high``."""
    with np.errstate(invalid="ignore"):
        middle = low / 2 + high / 2
    is_between = (low <= middle) & (middle < high)
    return np.where(is_between, middle, low)
