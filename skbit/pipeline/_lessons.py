# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What is learned in one pass over parts of the rows.

A lesson learns a part with ``add``, which begins if there is no state yet, and ``join``
makes one state of those of several parts. Lessons keep no state, so they can be sent to
workers.
"""

import copy
import inspect

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import column_or_1d

from skbit._utils.input import refuse_missing_labels
from skbit._utils.sklearn import _safe_indexing


class Columns:
    """The columns that a ColumnTransformer passes to one of its transformers."""

    def __init__(self, columns):
        self.columns = columns

    def transform(self, X):
        """Return these columns of X."""
        return _safe_indexing(X, self.columns, axis=1)


class Classes:
    """The labels that y has, sorted."""

    # Whether X matters, which an engine need not read otherwise.
    needs_rows = False

    def add(self, state, X, y):
        """Return the labels of a state and those of another part."""
        if y is None:
            raise _without_labels()
        refuse_missing_labels(y)
        found = np.unique(column_or_1d(y))
        return found if state is None else self.join([state, found])

    def join(self, states):
        """Return the labels of all states."""
        return np.unique(np.concatenate(states))


class PartialFit:
    """What an estimator learns by ``partial_fit``, and joins by ``merge``.

    Parameters
    ----------
    estimator : estimator
        It is not changed. If it is fitted, it learns on.
    path : tuple of transformers
        They lead from the rows to what the estimator takes.
    classes : ndarray or None
        All labels, for a classifier that begins.
    """

    needs_rows = True

    def __init__(self, estimator, path, classes):
        self.estimator = estimator
        self.path = path
        takes_classes = takes(estimator, "classes") and classes is not None
        self.keywords = {"classes": classes} if takes_classes else {}

    def add(self, state, X, y):
        """Return the estimator, which has learned another part."""
        estimator = copy.deepcopy(self.estimator) if state is None else state
        if y is None and self.keywords:
            raise _without_labels()
        labels = () if y is None else (y,)
        return estimator.partial_fit(follow(self.path, X), *labels, **self.keywords)

    def join(self, states):
        """Return the first of several estimators, with what all have learned."""
        first, *others = states
        return first.merge(*others)


class Fit:
    """What an estimator learns by ``fit`` from a single part.

    Parameters
    ----------
    estimator : estimator
        It is not changed.
    path : tuple of transformers
        They lead from the rows to what the estimator takes.
    rows : ndarray or None
        Rows to fit on in place of those of the part, in a container like these.
    """

    def __init__(self, estimator, path, rows=None):
        self.estimator = estimator
        self.path = path
        self.rows = rows

    def add(self, state, X, y):
        """Return the fitted estimator."""
        X = follow(self.path, X)
        if self.rows is not None:
            X, y = _as_rows_of(X, self.rows), None
        labels = () if y is None else (y,)
        return clone(self.estimator).fit(X, *labels)


class Extremes:
    """Which bits differ between rows, for an estimator that needs to know no more.

    The state is two rows, such that the same bits differ between them.
    """

    needs_rows = True

    def __init__(self, estimator, path):
        self.estimator = estimator
        self.path = path

    def add(self, state, X, y):
        """Return two rows for those of a state and of another part."""
        rows = self._extremes(follow(self.path, X))
        return rows if state is None else self.join([state, rows])

    def join(self, states):
        """Return two rows for those of all states."""
        return self._extremes(np.vstack(states))

    def _extremes(self, X):
        model = clone(self.estimator)
        X = model._validate_bits(X, reset=True)
        if model.input_format_ == "packed":
            return np.stack(
                [np.bitwise_or.reduce(X, axis=0), np.bitwise_and.reduce(X, axis=0)]
            )
        ends = X.max(axis=0), X.min(axis=0)
        if sparse.issparse(X):
            ends = [end.toarray().ravel() for end in ends]
        return np.stack(ends)


def follow(path, X):
    """Transform rows by one step after the other."""
    for step in path:
        X = step.transform(X)
    return X


def takes(estimator, name):
    """Return whether ``partial_fit`` of an estimator has an argument of a name."""
    method = getattr(estimator, "partial_fit", None)
    return method is not None and name in inspect.signature(method).parameters


def _without_labels():
    return ValueError("A classifier needs labels, but the parts have no y.")


def _as_rows_of(X, rows):
    """Return rows in a container like X, with the names of its columns."""
    if hasattr(X, "from_pydict"):
        # Of pyarrow.
        return X.from_pydict(dict(zip(X.column_names, rows.T, strict=True)))
    if hasattr(X, "columns"):
        return type(X)(dict(zip(X.columns, rows.T, strict=True)))
    return rows
