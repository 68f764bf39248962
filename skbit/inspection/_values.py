# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows as arrays, with the columns in the order of a model's features."""

import numpy as np
from scipy import sparse

from skbit.inspection._walk import input_of, is_named


def dense(X):
    """Return rows as an array."""
    if sparse.issparse(X):
        X = X.toarray()
    return np.asarray(X, dtype=object if hasattr(X, "iloc") else None)


def values_of(X, steps):
    """Return the values of the columns that a model was fitted with, if there are all.

    Parameters
    ----------
    X : {array-like, sparse matrix, data frame} of shape (n_rows, n_columns)
        A frame can have further columns, and another order, where a
        ``ColumnTransformer`` is the first step.
    steps : sequence of fitted estimators

    Returns
    -------
    values : ndarray of shape (n_rows, n_features), or None
    """
    names = input_of(steps[0]).features
    if is_named(steps[0]) and hasattr(X, "columns"):
        if not set(names) <= set(X.columns):
            return None
        X = X[names]
    X = dense(X)
    return X if X.shape[1:] == (len(names),) else None
