# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning on many workers, whose corrections are averaged."""

import copy
from functools import reduce
from numbers import Integral

from sklearn.utils import check_scalar

from skbit.distributed._fit import engine_of
from skbit.naive_bayes._averaging import add_changes, what_tuning_changed
from skbit.pipeline._lessons import follow
from skbit.pipeline._tune import path_and_classifier, with_classifier


def tune(estimator, X, y, *, n_rounds=3):
    """Tune a fitted classifier on rows that workers of Dask or Spark have.

    In each round, workers tune copies of the classifier on their parts, by the passes
    that its parameter ``max_iter`` sets, and the mean of their corrections is taken, as
    by :meth:`~skbit.naive_bayes.OttoScoreClassifier.merge_corrections`. Parts should
    have about as many rows and the same mixture of classes. The more parts there are,
    the more rounds are needed.

    Read more in the :ref:`User Guide <averaged_tuning>`.

    Parameters
    ----------
    estimator : estimator
        A fitted :class:`~skbit.naive_bayes.OttoScoreClassifier`, or a fitted
        :class:`~sklearn.pipeline.Pipeline` that ends with one. It is not changed.

    X : dask.array.Array, dask.dataframe.DataFrame or pyspark.sql.DataFrame
        Rows as the estimator takes them, all or some of those that were counted. Each
        block is a part; of a partition of Spark, each batch is one.

    y : dask.array.Array, dask.dataframe.Series or str
        Labels in parts like those of X. With Spark, the name of the column of X with
        the labels; all other columns are features.

    n_rounds : int, default=3
        Number of rounds. Each is a pass over the parts of X.

    Returns
    -------
    tuned : estimator
        A tuned copy of ``estimator``. Steps before the classifier are not copied.

    See Also
    --------
    skbit.distributed.fit : Training on many workers, which counts.
    skbit.pipeline.tune : Tuning on batches, one after the other.

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
    >>> model = distributed.fit(model, X, y)
    >>> model = model.set_params(
    ...     ottoscoreclassifier__max_iter=11, ottoscoreclassifier__random_state=0
    ... )
    >>> tuned = distributed.tune(model, X, y)
    >>> float((distributed.predict(tuned, X) == y).mean().compute())
    0.96...
    """
    check_scalar(n_rounds, "n_rounds", Integral, min_val=1)
    path, classifier = path_and_classifier(estimator)
    if classifier.max_iter == 1:
        raise ValueError(
            "There is nothing to do with max_iter=1. Set it to one more than the "
            "number of tuning passes of a round."
        )
    if y is None:
        raise ValueError("Tuning needs labels, but y is None.")
    classifier._check_fitted()
    engine, classifier = engine_of(X, y), copy.deepcopy(classifier)
    for _ in range(n_rounds):
        classifier._take_mean(engine.learn(Tuning(classifier, path)))
    return with_classifier(estimator, classifier)


class Tuning:
    """What tuning of a classifier on a part changes.

    Parameters
    ----------
    classifier : OttoScoreClassifier
        It is not changed.
    path : list of transformers
        They lead from the rows to what the classifier takes.
    """

    needs_rows = True

    def __init__(self, classifier, path):
        self.classifier = classifier
        self.path = path

    def add(self, state, X, y):
        """Return the changes of a state and those by another part."""
        tuned = copy.deepcopy(self.classifier).tune(follow(self.path, X), y)
        changes = what_tuning_changed(self.classifier, tuned)
        return changes if state is None else add_changes(state, changes)

    def join(self, states):
        """Return the changes of all states."""
        return reduce(add_changes, states)
