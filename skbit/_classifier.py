# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the classifiers share: the door for y, and answers from integer scores."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from skbit._base import BitInputMixin
from skbit._utils.blocks import slices
from skbit._utils.input import with_numpy_types
from skbit._utils.sklearn import _check_partial_fit_first_call
from skbit._utils.state import raise_damaged

# Memory for the packed rows, and for the scores, that are held at a time.
_BYTES_PER_BLOCK = 2**25


class BitClassifierMixin(BitInputMixin, ClassifierMixin):
    """Classifiers of bits, which compare the classes' ``integer_scores``.

    A classifier has a method ``_score``, which takes validated rows of X and returns
    their integer scores.
    """

    def _check_state(self):
        super()._check_state()
        classes = self.classes_
        if not (
            isinstance(classes, np.ndarray)
            and classes.ndim == 1
            and len(classes) >= 2
            and np.all(classes[:-1] < classes[1:])
        ):
            raise_damaged(self, "classes_", "two labels or more, sorted", repr(classes))

    def _validate_all(self, X, y):
        """Validate what ``fit`` learns; y comes back as places in ``classes_``."""
        X, y = self._validate_bits_and_target(X, y, reset=True)
        self.classes_, y = np.unique(y, return_inverse=True)
        self._check_classes()
        return X, y

    def _validate_part(self, X, y, classes):
        """Validate what ``partial_fit`` learns.

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
        _check_partial_fit_first_call(self, classes)
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
        X = with_numpy_types(X)
        X, y = validate_data(self, X, y, reset=reset, accept_sparse="csr")
        check_classification_targets(y)
        return self._check_kind(X, reset), y

    def _check_classes(self):
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least 2 classes, but y has 1 class."
            )

    def _map_scores(self, X, function):
        """Apply a function to the integer scores of X, block by block.

        Neither the scores of all rows nor all rows packed are ever in memory.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
        function : callable
            Takes the scores of some rows, and returns an array of as many rows.

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
        """Compute the classes' scores, or by how much the second of two is ahead.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes) or (n_samples,), dtype float64
            The :meth:`integer_scores`; with two classes, how far the second is above
            the first. Floats only because scikit-learn's tools expect them: exact up
            to ``2**53``.
        """
        return self._map_scores(X, _decisions)

    def predict(self, X):
        """Predict the class with the highest score; of equal ones the first.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self._map_scores(X, lambda scores: scores.argmax(axis=1))
        return self.classes_[best]


def _decisions(scores):
    if scores.shape[1] == 2:
        scores = scores[:, 1] - scores[:, 0]
    return scores.astype(np.float64)
