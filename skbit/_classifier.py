# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Mixin for classifiers: validation of y, and predictions from integer scores."""

import numpy as np
from scipy.special import logsumexp
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from skbit._base import BitInputMixin
from skbit._utils.blocks import slices
from skbit._utils.input import refuse_lazy, refuse_missing_labels, with_numpy_types
from skbit._utils.sklearn import _check_partial_fit_first_call
from skbit._utils.state import raise_damaged

# Most bytes of packed rows, and of scores, that are in memory at a time.
_BYTES_PER_BLOCK = 2**25


class BitClassifierMixin(BitInputMixin, ClassifierMixin):
    """Mixin for classifiers of bits that predict the class with the highest score.

    A classifier has a method ``_score``, which takes validated rows of X and returns
    the integer scores of the classes for each row.
    """

    # Whether the classifier cannot reach the accuracy that check_classifiers_train asks
    # for on blobs with two features, like scikit-learn's BernoulliNB.
    _has_poor_score = False

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = self._has_poor_score
        return tags

    def _check_state(self):
        super()._check_state()
        check_labels(self)

    def _validate_all(self, X, y):
        """Validate X and y for ``fit``; y is returned as places in ``classes_``."""
        X, y = self._validate_bits_and_target(X, y, reset=True)
        self.classes_, y = np.unique(y, return_inverse=True)
        self._check_classes()
        return X, y

    def _validate_part(self, X, y, classes):
        """Validate X and y for ``partial_fit``.

        Returns
        -------
        X : array or sparse matrix
        y : (n_rows,) intp array
            Places in ``classes_``.
        is_first : bool
            Whether nothing has been learned before.
        """
        is_first = not hasattr(self, "classes_")
        if not is_first:
            self._check_fitted()
            self._check_parameters_are_as_fitted()
        X, y = self._validate_bits_and_target(X, y, reset=is_first)
        if _check_partial_fit_first_call(self, classes):
            # scikit-learn changes the dtype of texts.
            self.classes_ = np.unique(np.asarray(classes))
        self._check_classes()
        unseen = np.setdiff1d(y, self.classes_)
        if len(unseen):
            raise ValueError(
                f"y has labels {unseen.tolist()} that are not among the classes "
                f"{self.classes_.tolist()}. List all classes in the first call of "
                "partial_fit."
            )
        return X, np.searchsorted(self.classes_, y), is_first

    def _validate_bits_and_target(self, X, y, *, reset):
        refuse_lazy(y)
        refuse_missing_labels(y)
        X = with_numpy_types(X)
        X, y = validate_data(self, X, y, reset=reset, accept_sparse="csr")
        check_classification_targets(y)
        return self._check_input_format(X, reset), y

    def _check_classes(self):
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least 2 classes, but y has 1 class."
            )

    def _map_scores(self, X, function):
        """Apply a function to the integer scores of X, block by block.

        This limits the memory that packed rows and scores take.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        function : callable
            It is called with the scores of a block of rows, and returns an array with
            one entry for each row.

        Returns
        -------
        results : ndarray of shape (n_samples, ...)
        """
        self._check_fitted()
        X = self._validate_bits(X, reset=False)
        n_bytes_of_row = 8 * len(self.classes_)
        if self.input_format_ != "packed":
            n_bytes_of_row = max(n_bytes_of_row, 4 * self._n_input_containers)
        blocks = slices(X.shape[0], max(1, _BYTES_PER_BLOCK // n_bytes_of_row))
        if len(blocks) == 1:
            return function(self._score(X))
        results = None
        for rows in blocks:
            part = function(self._score(X[rows]))
            if results is None:
                results = np.empty((X.shape[0], *part.shape[1:]), dtype=part.dtype)
            results[rows] = part
        return results

    def decision_function(self, X):
        """Compute the scores of the classes, or the difference of those of two.

        %(X_alone)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes) or (n_samples,), dtype float64
            The :meth:`integer_scores` as floats, which tools of scikit-learn expect;
            they are exact up to ``2**53``. With two classes, the score of the second
            minus that of the first.
        """
        return self._map_scores(X, decisions)

    def predict(self, X):
        """Predict the class with the highest score, the first of several equal ones.

        %(X_alone)s

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self._map_scores(X, lambda scores: scores.argmax(axis=1))
        return self.classes_[best]


def check_labels(owner):
    """Raise if the labels of a classifier are damaged."""
    classes = owner.classes_
    if not (
        isinstance(classes, np.ndarray)
        and classes.ndim == 1
        and len(classes) >= 2
        and np.all(classes[:-1] < classes[1:])
    ):
        raise_damaged(owner, "classes_", "two labels or more, sorted", repr(classes))


def decisions(scores):
    """Return integer scores as floats; of two classes their difference."""
    if scores.shape[1] == 2:
        scores = scores[:, 1] - scores[:, 0]
    return scores.astype(np.float64)


def log_probabilities(scores, units):
    """Return the logarithms of probabilities of classes with integer scores.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    units : int
        Number of units in a nat.

    Returns
    -------
    logarithms : ndarray of shape (n_rows, n_classes), dtype float64
    """
    joint = scores / units
    return joint - logsumexp(joint, axis=1, keepdims=True)
