# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights of rows and of classes."""

from numbers import Real

import numpy as np
from sklearn.utils import compute_class_weight

from skbit._utils.sklearn import _check_sample_weight
from skbit.naive_bayes._counting import MOST_COUNT, MOST_EXACT


def check_sample_weight(sample_weight, X):
    """Return weights as int64 if they are whole, else as float64; None if None."""
    if sample_weight is None:
        return None
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if np.any(weights < 0):
        raise ValueError("Negative values in data passed to `sample_weight`.")
    if not np.any(weights):
        raise ValueError("Sample weights must contain at least one non-zero number.")
    with np.errstate(over="ignore"):
        is_small = weights.sum() < MOST_EXACT
    if is_small and np.array_equal(weights, np.floor(weights)):
        return weights.astype(np.int64)
    return weights


def class_factors(class_weight, classes, class_count):
    """Return the factors of the counts of each class.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
    classes : ndarray of shape (n_classes,)
        Labels.
    class_count : ndarray of shape (n_classes,)

    Returns
    -------
    factors : ndarray of shape (n_classes,), dtype float64
        With "balanced", they follow from the counts, so that they are the same however
        the data came.
    """
    if isinstance(class_weight, dict):
        factors = _check_class_weight(class_weight, classes)
    elif class_weight == "balanced":
        is_seen = class_count > 0
        factors = np.zeros(len(is_seen))
        factors[is_seen] = class_count.sum() / (len(is_seen) * class_count[is_seen])
    else:
        factors = np.ones(len(classes))
    with np.errstate(over="ignore"):
        total = np.sum(class_count * factors)
    if not total < MOST_COUNT:
        raise ValueError(
            f"class_weight is too large: the weights of all rows sum to {total:g}."
        )
    return factors


def row_weights(data, factors):
    """Return the weights of rows, with the factors of their classes.

    Parameters
    ----------
    data : tuple of (rows, classes, weights)
        ``weights`` may be None.
    factors : ndarray of shape (n_classes,)

    Returns
    -------
    weights : ndarray of shape (n_rows,)
    """
    _, classes, weights = data
    return factors[classes] * (1 if weights is None else weights)


def _check_class_weight(class_weight, classes):
    """Return the weight of each class."""
    for label, weight in class_weight.items():
        if not isinstance(weight, Real) or not 0 <= weight < np.inf:
            raise ValueError(
                "Weights of classes must be finite numbers that are not negative, but "
                f"class_weight has {weight!r} for {label!r}."
            )
    return compute_class_weight(class_weight, classes=classes, y=classes)
