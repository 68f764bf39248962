# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Categories of the columns of tables, and the bits that they have."""

from typing import NamedTuple

import numpy as np

from skbit._utils.state import raise_damaged
from skbit.preprocessing._columns import is_categorical


def marked_as_categorical(encoder, X):
    """Return which columns the parameter ``categorical_features`` marks.

    Returns
    -------
    is_marked : ndarray of shape (n_features_in_,), dtype bool
    """
    n_features, marked = encoder.n_features_in_, encoder.categorical_features
    is_marked = np.zeros(n_features, dtype=bool)
    if isinstance(marked, str):
        if hasattr(X, "columns"):
            is_marked[:] = [is_categorical(dtype) for dtype in X.dtypes]
        return is_marked
    marked = np.asarray([] if marked is None else marked)
    if marked.size:
        is_marked[_indices(marked, encoder)] = True
    return is_marked


def _indices(marked, encoder):
    """Return a mask or indices that NumPy can index the columns with."""
    n_features = encoder.n_features_in_
    if marked.dtype == object and all(isinstance(name, str) for name in marked.flat):
        marked = marked.astype(str)
    if marked.ndim != 1 or marked.dtype.kind not in "biuU":
        raise ValueError(
            "categorical_features must be a one-dimensional array-like of truth "
            f"values, of indices or of names of columns, got {marked.tolist()!r}."
        )
    if marked.dtype.kind == "U":
        names = list(getattr(encoder, "feature_names_in_", ()))
        unknown = [name for name in marked.tolist() if name not in names]
        if unknown:
            raise ValueError(
                f"categorical_features has the name {unknown[0]!r}, but X has no such "
                "column" + (", because it has no names." if not names else ".")
            )
        return [names.index(name) for name in marked.tolist()]
    if marked.dtype == bool and len(marked) != n_features:
        raise ValueError(
            f"categorical_features has {len(marked)} truth values, but X has "
            f"{n_features} columns."
        )
    if marked.dtype != bool and not 0 <= marked.min() <= marked.max() < n_features:
        raise ValueError(
            "categorical_features must hold indices from 0 to "
            f"{n_features - 1}, got {marked.tolist()!r}."
        )
    return marked


def counted(values, weights):
    """Count the values of a column.

    Parameters
    ----------
    values : Values
    weights : ndarray of shape (n_samples,) or None

    Returns
    -------
    counts : ndarray of shape (n_values + 1,)
        The number of rows of each value, or the sum of their weights. Missing values
        are counted in the last place.
    """
    n_values = len(values.uniques)
    places = np.where(values.codes < 0, n_values, values.codes)
    return np.bincount(places, weights, minlength=n_values + 1)


def most_frequent(uniques, counts, n_most):
    """Return the most frequent of the values of a column, missing ones included.

    Parameters
    ----------
    uniques : list of str or list of float
        Different values, in any order.
    counts : ndarray of shape (n_values + 1,)
        As :func:`counted` returns them.
    n_most : int
        The largest number of values.

    Returns
    -------
    categories : ndarray of shape (n_categories,), dtype object or float64
        In falling frequency.
    """
    n_values = len(uniques)
    is_seen = counts > 0
    by_value = [*sorted(range(n_values), key=uniques.__getitem__), n_values]
    order = sorted((i for i in by_value if is_seen[i]), key=lambda i: -counts[i])
    is_text = not n_values or isinstance(uniques[0], str)
    missing, dtype = (None, object) if is_text else (np.nan, np.float64)
    entries = [*uniques, missing]
    categories = np.empty(min(len(order), n_most), dtype=dtype)
    categories[:] = [entries[i] for i in order[:n_most]]
    return categories


class BitsOfCategories(NamedTuple):
    """The bits of the categories of a column.

    Parameters
    ----------
    by_value : dict
        Bits of the values that are not missing.
    missing, other : int
        The bit of missing values, and that of all values without a bit of their own.
    is_text : bool or None
        Whether values are text; None if they may be anything.
    """

    by_value: dict
    missing: int
    other: int
    is_text: bool | None

    def of(self, values, name):
        """Return the bit of each entry of a column.

        Raises
        ------
        ValueError
            If there is text instead of numbers, or numbers instead of text.
        """
        if values.uniques and self.is_text not in (None, values.is_text):
            expected, found = "text", "numbers"
            if values.is_text:
                expected, found = found, expected
            raise ValueError(
                f"Column {name!r} held {expected} when this TableEncoder was fitted, "
                f"but holds {found} now, such as {values.uniques[0]!r}. Convert it."
            )
        bits = [self.by_value.get(value, self.other) for value in values.uniques]
        return np.array([*bits, self.missing])[values.codes]


def bits_of_categories(categories, n_bits):
    """Return the bits of the categories of a column, as ``fit`` found them."""
    other = n_bits - 1
    bits = {value: bit for bit, value in enumerate(categories.tolist())}
    missing = [value for value in bits if value is None or value != value]
    missing_bit = bits.pop(missing[0]) if missing else other
    is_text = categories.dtype == object if bits else None
    return BitsOfCategories(bits, missing_bit, other, is_text)


def check_categories(encoder, shape):
    """Raise if the categories are damaged.

    Parameters
    ----------
    encoder : TableEncoder
    shape : tuple (n_columns, n_most)
        Of the columns, and of their categories at most.
    """
    n_columns, n_most = shape
    columns = encoder.categories_
    if type(columns) is not list or len(columns) != n_columns:
        expected, found = f"a list of {n_columns} columns", type(columns).__name__
        raise_damaged(encoder, "categories_", expected, found)
    for values in columns:
        is_array = isinstance(values, np.ndarray) and values.ndim == 1
        is_fine = is_array and values.dtype in (object, np.float64)
        if values is not None and not (is_fine and len(values) <= n_most):
            expected = f"up to {n_most} categories"
            raise_damaged(encoder, "categories_", expected, repr(values))


def codes_of_categories(encoder, text_as_bits=False):
    """Return the numbers that are categories, for exports.

    Parameters
    ----------
    encoder : TableEncoder
    text_as_bits : bool, default=False
        Whether a text has the number of its bit. Otherwise texts are refused.

    Returns
    -------
    values : ndarray of shape (n_columns, n_bits - 1), dtype float64
        The number that sets each bit; NaN where there is none.
    is_missing : ndarray of shape (n_columns, n_bits - 1), dtype bool
        The bits that missing values set, other than the last ones.

    Raises
    ------
    ValueError
        If a category is text.
    """
    values = np.full((encoder.n_features_in_, encoder._column_bits - 1), np.nan)
    is_missing = np.zeros(values.shape, dtype=bool)
    for f, categories in enumerate(encoder.categories_):
        if categories is None:
            continue
        if text_as_bits and categories.dtype == object:
            values[f] = np.arange(values.shape[1])
            continue
        for bit, value in enumerate(categories.tolist()):
            if isinstance(value, str):
                raise NotImplementedError(
                    f"Column {encoder._column_names[f]!r} holds text, such as "
                    f"{value!r}, but exported models take numbers. Encode texts as "
                    "whole numbers before, for example with "
                    "sklearn.preprocessing.OrdinalEncoder, and name their columns in "
                    "categorical_features of TableEncoder, which is "
                    "table__categorical_features of a tabular_pipeline."
                )
            if value is None or value != value:
                is_missing[f, bit] = True
            else:
                values[f, bit] = value
    return values, is_missing
