# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The base class of encoders: validation of numbers, encoding in blocks, names."""

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_array

from skbit._base import BitOutputMixin, SkbitEstimator, read_only
from skbit._utils.input import (
    check_numbers,
    dense_rows,
    row_blocks,
    validate_rows,
    with_numpy_types,
)
from skbit._utils.sklearn import _check_feature_names_in
from skbit.bits import n_containers, unpack_bits


class BitEncoder(BitOutputMixin, TransformerMixin, SkbitEstimator):
    """Base class of encoders, which transform numbers to bits block by block."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _validate_numbers(self, X, *, reset):
        X = with_numpy_types(X)
        X = validate_rows(self, X, reset=reset, dtype="numeric")
        X = check_numbers(X)
        if reset:
            self._fix_parameters()
        return X

    def transform(self, X):
        """Encode numbers as bits.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers.

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            The packed bits, or one uint8 column per bit with ``packed_output=False``.
        """
        self._check_fitted()
        X = self._validate_numbers(X, reset=False)
        words = np.zeros((X.shape[0], n_containers(self._n_bits)), dtype=np.uint32)
        for rows in row_blocks(X):
            # Kernels are compiled for the type of X only, not for every layout of it.
            numbers = np.ascontiguousarray(self._as_numbers(dense_rows(X, rows)))
            self._encode_block(read_only(numbers), words[rows])
        return self._as_output(words, self._n_bits)

    def _as_numbers(self, X):
        """Return an array that kernels are compiled for: uint8, float32 or float64."""
        if X.dtype == bool:
            return X.view(np.uint8)
        if X.dtype in (np.uint8, np.float32, np.float64):
            return X
        return _rounded_down(X)

    def _decode(self, X):
        """Return packed or dense bits as a uint8 matrix of zeros and ones."""
        X = check_numbers(check_array(with_numpy_types(X), input_name="X"))
        if X.dtype == np.uint32:
            return unpack_bits(X, self._n_bits)
        if X.shape[1] != self._n_bits:
            raise ValueError(
                f"X has {X.shape[1]} columns, but this {type(self).__name__} makes "
                f"{self._n_bits} bits ({n_containers(self._n_bits)} containers of "
                "dtype uint32)."
            )
        return (X != 0).astype(np.uint8)

    def get_feature_names_out(self, input_features=None):
        """Get the names of the output's columns.

        Parameters
        ----------
        input_features : array-like of str of shape (`n_features_in_`,), default=None
            Names of the features. None means those seen in ``fit``, or ``x0, x1, ...``
            if there were none.

        Returns
        -------
        feature_names_out : ndarray of str objects
            For packed output, the class name in lower case followed by the number of
            the container; for dense output, names made of the feature names.
        """
        self._check_fitted()
        names = _check_feature_names_in(self, input_features)
        if self.packed_output:
            names = self._names_of_containers()
        else:
            names = self._bit_names(names)
        return np.asarray(names, dtype=object)

    def _bit_names(self, names):
        n_bits = self._n_bits // self.n_features_in_
        if n_bits == 1:
            return names
        return [f"{name}_{bit}" for name in names for bit in range(n_bits)]


def _rounded_down(X):
    """Return the largest float64 that is not above each number.

    It reaches the same thresholds as the number itself, however large that is.
    """
    numbers = X.astype(np.float64)
    if X.dtype not in (np.int64, np.uint64):
        return numbers
    is_beyond, back = _back_in_type(numbers, X.dtype)
    return np.where(is_beyond | (back > X), np.nextafter(numbers, -np.inf), numbers)


def rounded_up(X):
    """Return the smallest float64 that is not below each int64 or uint64.

    It is above the same float64 as the number itself, however large that is.
    """
    numbers = X.astype(np.float64)
    is_beyond, back = _back_in_type(numbers, X.dtype)
    return np.where(~is_beyond & (back < X), np.nextafter(numbers, np.inf), numbers)


def _back_in_type(numbers, dtype):
    """Return which numbers rounding has moved beyond a type, and the others in it."""
    is_beyond = numbers >= float(np.iinfo(dtype).max)
    return is_beyond, np.where(is_beyond, 0, numbers).astype(dtype)
