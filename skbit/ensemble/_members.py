# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Members of an ensemble: classifiers, pipelines, and searches of either.

A pipeline has no method ``integer_scores``, so it is taken apart: its transformers are
applied, and the classifier at its end is asked.
"""

from typing import NamedTuple

import numpy as np
from sklearn.base import is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import has_fit_parameter

from skbit._utils.sklearn import _safe_indexing
from skbit.ensemble._scale import total_lead
from skbit.naive_bayes import OttoScoreClassifier


class Rows(NamedTuple):
    """Training rows as members take them.

    Parameters
    ----------
    X : {array-like, sparse matrix, data frame} of shape (n_rows, n_features)
    y : ndarray of shape (n_rows,)
    weights : ndarray of shape (n_rows,) or None
    """

    X: object
    y: np.ndarray
    weights: np.ndarray | None

    def take(self, index):
        """Return some of the rows."""
        weights = None if self.weights is None else self.weights[index]
        return Rows(_safe_indexing(self.X, index), self.y[index], weights)


def check_member(name, member):
    """Raise if something that is not fitted cannot be a member."""
    is_estimator = hasattr(member, "fit") and not isinstance(member, type)
    if not is_estimator or not is_classifier(member):
        raise ValueError(
            f"The member {name!r} must be a classifier or a pipeline that ends in one, "
            f"got {member!r}."
        )
    last = _last(member)
    if not hasattr(last, "integer_scores"):
        raise ValueError(
            f"The member {name!r} cannot be added to others, because a "
            f"{type(last).__name__} has no integer_scores. Members end in a classifier "
            "of skbit; scikit-learn's VotingClassifier joins others."
        )


def _is_pipeline(member):
    # Importing it takes longer than importing skbit.
    from sklearn.pipeline import Pipeline

    return isinstance(member, Pipeline)


def _last(member):
    """Return the classifier at the end of a member that is not fitted."""
    while True:
        if _is_pipeline(member):
            member = member.steps[-1][1]
        elif hasattr(member, "estimator") and not hasattr(member, "integer_scores"):
            member = member.estimator
        else:
            return member


def is_calibrated(member):
    """Return whether the classifier at the end of a member has calibrated units."""
    return isinstance(_last(member), OttoScoreClassifier)


def units_per_nat(member):
    """Return the number of units in a nat of the scores of a fitted member."""
    _, classifier = parts_of(member)
    return classifier._units_per_nat


def keyword_of_weights(name, member):
    """Return the keyword by which ``fit`` of a member takes the weights of rows.

    Raises
    ------
    TypeError
        If its classifier takes none.
    """
    last, keyword = member, "sample_weight"
    steps = []
    while last is not _last(member):
        if _is_pipeline(last):
            steps.append(last.steps[-1][0])
            last = last.steps[-1][1]
        else:
            last = last.estimator
    if not has_fit_parameter(last, "sample_weight"):
        raise TypeError(
            f"The member {name!r} does not support sample weights, because "
            f"{type(last).__name__}.fit takes none."
        )
    return "__".join([*steps, keyword])


def fit_member(member, rows, keyword, classes):
    """Fit a member.

    Parameters
    ----------
    member : estimator
        It is changed.
    rows : Rows
    keyword : str or None
        The keyword by which it takes the weights; None if it takes none.
    classes : ndarray of shape (n_classes,)
        All classes.

    Returns
    -------
    member : estimator
    total : int or Fraction
        Its total lead over the rows.
    """
    params = {}
    if keyword is not None and rows.weights is not None:
        params[keyword] = rows.weights
    member.fit(rows.X, rows.y, **params)
    if not np.array_equal(member.classes_, classes):
        raise ValueError(
            f"A member learned the classes {member.classes_.tolist()}, but y has "
            f"{classes.tolist()}. If members are selected, each training part of cv "
            "must have rows of all classes."
        )
    return member, total_lead(integer_scores(member, rows.X), rows.weights)


def integer_scores(member, X):
    """Return the integer scores of a fitted member.

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    transformers, classifier = parts_of(member)
    for transformer in transformers:
        X = transformer.transform(X)
    scores = classifier.integer_scores(X)
    if not isinstance(scores, np.ndarray) or scores.dtype != np.int64:
        raise ValueError(
            f"The integer_scores of a {type(classifier).__name__} must be an array of "
            f"int64, got {getattr(scores, 'dtype', type(scores).__name__)}."
        )
    return scores


def parts_of(member):
    """Return the transformers of a fitted member, and its classifier."""
    # Importing it takes longer than importing skbit.
    from skbit._utils.steps import steps_of

    transformers = []
    while isinstance(member, FrozenEstimator) or not hasattr(member, "integer_scores"):
        if _is_pipeline(member) or isinstance(member, FrozenEstimator):
            *steps, member = steps_of(member)
            transformers += steps
        else:
            is_search = hasattr(member, "best_estimator_")
            member = member.best_estimator_ if is_search else member.estimator
    return transformers, member
