# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training on many workers."""

from sklearn.base import clone

from skbit._utils.input import is_dask
from skbit.distributed._dask import DaskParts
from skbit.distributed._spark import SparkParts
from skbit.pipeline._walk import Walk, check_tasks, tasks_of, warn_of_counting


def fit(estimator, X, y=None, *, classes=None):
    """Fit an estimator or a pipeline on rows that workers of Dask or Spark have.

    Steps learn one after the other. Each takes one pass over the parts of X, as
    transformed by the steps before: workers learn the parts by ``partial_fit``, and
    what they have learned is joined by ``merge``, several at a time, until one fitted
    step is left and comes to the caller. Rows stay where they are. Encoders and
    projections that only need to know the shape of the rows look at the first part.

    Read more in the :ref:`User Guide <distributed>`.

    Parameters
    ----------
    estimator : estimator
        An estimator of skbit or a :class:`~sklearn.pipeline.Pipeline`. It may contain
        other pipelines, unions and a :class:`~sklearn.compose.ColumnTransformer`. It is
        not changed, and fitted anew.

    X : dask.array.Array, dask.dataframe.DataFrame or pyspark.sql.DataFrame
        Rows. The blocks, or partitions, are the parts. Every step computes them anew:
        call ``X.persist()`` before if they fit into the memory of the workers.

    y : dask.array.Array, dask.dataframe.Series, str or None, default=None
        Labels in parts like those of X. With Spark, the name of the column of X with
        the labels; all other columns are features.

    classes : array-like of shape (n_classes,), default=None
        All labels. If None, they are found by a pass over y. Parts may lack classes.

    Returns
    -------
    fitted : estimator
        A fitted copy of ``estimator``.

    Raises
    ------
    TypeError
        If a step has no ``partial_fit`` or no ``merge``. Nothing has been read then.

    Warns
    -----
    UserWarning
        If a classifier has ``max_iter > 1``, because tuning takes other passes.

    See Also
    --------
    skbit.pipeline.partial_fit : Training on batches, one after the other.
    skbit.distributed.predict : Prediction on the workers.

    Notes
    -----
    The parts are learned on the scheduler of Dask that is active: that of a
    :class:`distributed.Client`, or threads or processes. Parts that are lost with a
    worker are learned again by another one. Since counts add up exactly, neither
    changes the result.

    A step without ``partial_fit`` and ``merge`` can be fitted on a sample of the rows,
    and take part as ``sklearn.frozen.FrozenEstimator(step)``.

    Examples
    --------
    >>> import dask.array as da
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomFernEncoder
    >>> from skbit import distributed
    >>> X, y = load_digits(return_X_y=True)
    >>> X, y = da.from_array(X, chunks=(500, 64)), da.from_array(y, chunks=500)
    >>> model = make_pipeline(
    ...     RandomFernEncoder(256, random_state=0), OttoScoreClassifier()
    ... )
    >>> fitted = distributed.fit(model, X, y)
    >>> labels = distributed.predict(fitted, X)
    >>> labels
    dask.array<...shape=(1797,), dtype=int64, chunksize=(500,)...>
    >>> float((labels == y).mean().compute())
    0.89...
    """
    estimator = clone(estimator)
    tasks = list(tasks_of(estimator))
    check_tasks(tasks, is_merged=True)
    warn_of_counting(tasks, "Call skbit.distributed.tune afterwards")
    if y is None and any(task.needs_classes for task in tasks):
        raise ValueError(f"{estimator} learns from labels, but y is None.")
    return Walk(engine_of(X, y), classes).fit(estimator)


def engine_of(X, y):
    """Return the engine that has the parts of X and y."""
    return DaskParts(X, y) if is_dask(X) else SparkParts(X, y)
