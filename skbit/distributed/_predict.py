# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Answers of fitted estimators for the blocks of Dask's arrays and data frames."""

import copy
import functools
import warnings

import numpy as np

from skbit._utils.docs import fill_docstring
from skbit._utils.input import is_dask
from skbit._utils.sklearn import _num_samples, _safe_indexing
from skbit.distributed._dask import blocks_of, is_array


def predict(estimator, X):
    """Predict the labels of rows that workers have.

    %(answer_of_workers)s

    Parameters
    ----------
    estimator : estimator
        A fitted estimator or pipeline with the method ``predict``.

    %(X_of_workers)s

    Returns
    -------
    y_pred : dask.array.Array of shape (n_samples,)
        Labels, of the dtype that the estimator returns.

    See Also
    --------
    fit : Training on many workers.

    Examples
    --------
    >>> import dask.array as da
    >>> from skbit import OttoScoreClassifier
    >>> from skbit import distributed
    >>> X = da.eye(4, chunks=2)
    >>> model = OttoScoreClassifier().fit(X.compute(), [0, 1, 0, 1])
    >>> distributed.predict(model, X).compute()
    array([0, 1, 0, 1])
    """
    return _map_blocks(estimator, "predict", X)


def predict_proba(estimator, X):
    """Predict probabilities of classes for rows that workers have.

    %(answer_of_workers)s

    Parameters
    ----------
    estimator : estimator
        A fitted estimator or pipeline with the method ``predict_proba``.

    %(X_of_workers)s

    Returns
    -------
    probabilities : dask.array.Array of shape (n_samples, n_classes)
        Probabilities.

    See Also
    --------
    fit : Training on many workers.

    Examples
    --------
    >>> import dask.array as da
    >>> from skbit import OttoScoreClassifier
    >>> from skbit import distributed
    >>> X = da.eye(4, chunks=2)
    >>> model = OttoScoreClassifier().fit(X.compute(), [0, 1, 0, 1])
    >>> distributed.predict_proba(model, X).sum(axis=1).compute()
    array([1., 1., 1., 1.])
    """
    return _map_blocks(estimator, "predict_proba", X)


def decision_function(estimator, X):
    """Compute scores of rows that workers have.

    %(answer_of_workers)s

    Parameters
    ----------
    estimator : estimator
        A fitted estimator or pipeline with the method ``decision_function``.

    %(X_of_workers)s

    Returns
    -------
    scores : dask.array.Array of shape (n_samples,) or (n_samples, n_classes)
        Scores as the estimator returns them.

    See Also
    --------
    fit : Training on many workers.

    Examples
    --------
    >>> import dask.array as da
    >>> from skbit import OttoScoreClassifier
    >>> from skbit import distributed
    >>> X = da.eye(4, chunks=2)
    >>> model = OttoScoreClassifier().fit(X.compute(), [0, 1, 0, 1])
    >>> (distributed.decision_function(model, X) > 0).compute()
    array([False,  True, False,  True])
    """
    return _map_blocks(estimator, "decision_function", X)


def transform(estimator, X):
    """Transform rows that workers have.

    %(answer_of_workers)s

    Parameters
    ----------
    estimator : estimator
        A fitted estimator or pipeline with the method ``transform``.

    %(X_of_workers)s

    Returns
    -------
    X_out : dask.array.Array of shape (n_samples, n_columns)
        The output of the estimator, without names of columns.

    See Also
    --------
    fit : Training on many workers.

    Examples
    --------
    >>> import dask.array as da
    >>> from skbit import RandomMAJ3Projection
    >>> from skbit import distributed
    >>> X = da.eye(4, chunks=2)
    >>> model = RandomMAJ3Projection(2, random_state=0).fit(X.compute())
    >>> distributed.transform(model, X)
    dask.array<...shape=(4, 2), dtype=uint32, chunksize=(2, 2)...>
    """
    return _map_blocks(estimator, "transform", X)


for _function in (predict, predict_proba, decision_function, transform):
    fill_docstring(_function)


def _map_blocks(estimator, method, X):
    """Return an array of Dask of what a method returns for the blocks of X."""
    import dask.array as da
    from dask import delayed

    if not is_dask(X):
        raise TypeError(
            "X must be a Dask array or data frame, got "
            f"{type(X).__name__}. Call the estimator's own {method} for rows in memory."
        )
    # The estimator may learn on before the result is computed.
    answer = getattr(copy.deepcopy(estimator), method)
    like = _of_one_row(answer, X)
    columns = like.shape[1:]
    if is_array(X):
        X = X.rechunk({1: -1})
        function = functools.partial(_answer, like=like)
        keywords = {"drop_axis": 1}
        if columns:
            keywords = {"chunks": (X.chunks[0], columns)}
        return X.map_blocks(function, answer=answer, meta=like, **keywords)
    answer = delayed(answer, traverse=False)
    blocks = [
        da.from_delayed(
            delayed(_answer)(block, answer, like), (np.nan, *columns), meta=like
        )
        for block in blocks_of(X)
    ]
    return da.concatenate(blocks)


def _of_one_row(answer, X):
    """Return what a method returns for a row, without the row: dtype and columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            like = answer(_made_up_row(X))
        except (TypeError, ValueError):
            # Dtypes tell neither what objects are, nor which values a step knows.
            like = answer(_first_row(X))
        return np.asarray(like)[:0]


def _made_up_row(X):
    """Return a row with the dtypes of X."""
    if is_array(X):
        return np.zeros((1, X.shape[1]), dtype=X.dtype)
    return X._meta_nonempty.iloc[:1]


def _first_row(X):
    from dask import delayed

    for block in blocks_of(X):
        row = delayed(_safe_indexing)(block, slice(0, 1)).compute()
        if _num_samples(row):
            return row
    raise ValueError("X has no rows.")


def _answer(block, answer, like):
    """Return what a method returns for a block, which may have no rows."""
    return np.asarray(answer(block)) if _num_samples(block) else like
