# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Columns of tables of any kind, read as numbers or as categories.

Tables are arrays, or data frames of pandas and Polars, which are used through their own
methods, so that neither library is imported. A column of objects is numbers if all of
its values are, and text if all of them are.
"""

import math
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_array, validate_data

from skbit._utils.input import is_missing, refuse_lazy

# Names of the types of columns that libraries of data frames call categorical.
_CATEGORICAL = ("CategoricalDtype", "Categorical", "Enum")


class Values(NamedTuple):
    """The entries of a column.

    Parameters
    ----------
    uniques : list of str or list of float
        Different values, in any order.
    codes : ndarray of shape (n_samples,)
        The place of each value among them, or -1 if it is missing.
    """

    uniques: list
    codes: np.ndarray

    @property
    def is_text(self):
        """Whether there is text. No values at all may be of either kind."""
        return bool(self.uniques) and isinstance(self.uniques[0], str)

    def as_numbers(self):
        """Return the values as float64; missing ones are NaN."""
        return np.array([*self.uniques, np.nan])[self.codes]


def check_table(estimator, X, *, reset):
    """Check the shape of a table, and the number and names of its columns.

    Returns
    -------
    X : data frame or array
    """
    refuse_lazy(X)
    if not _is_frame(X):
        _refuse_records(X)
        if not hasattr(X, "shape"):
            # NumPy would turn all numbers of a list into text if there is some.
            is_text = np.asarray(X).dtype.kind == "U"
            X = np.asarray(X, dtype=object) if is_text else X
        return validate_data(
            estimator, X, reset=reset, dtype=None, ensure_all_finite=False
        )
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    # Its shape is that of the table, and the message of scikit-learn's.
    check_array(np.broadcast_to(0.0, X.shape), estimator=estimator)
    return X


def _refuse_records(X):
    """Raise if X is a dict, a list of dicts or an array of records."""
    if sparse.issparse(X):
        return  # One of the formats is a dict.
    first = X[0] if isinstance(X, list | tuple) and len(X) else X
    is_record_array = getattr(getattr(X, "dtype", None), "names", None) is not None
    if is_record_array or isinstance(first, Mapping):
        raise TypeError(
            "X holds names with its values, as a data frame does. Pass "
            "pandas.DataFrame(X), or pandas.DataFrame([X]) if X is a single row."
        )


def _is_frame(X):
    is_pandas = hasattr(X, "iloc") and hasattr(X, "columns")
    return is_pandas or (hasattr(X, "to_series") and hasattr(X, "columns"))


def columns_of(X):
    """Return the columns of a table, as its library has them."""
    if hasattr(X, "iloc"):
        # Indexing a data frame by places takes ten times as long.
        return [column for _, column in X.items()]
    if hasattr(X, "to_series"):
        return [X.to_series(f) for f in range(X.shape[1])]
    return list(X.T)


def are_float64(X):
    """Return whether a table is a data frame of pandas with float64 alone."""
    return hasattr(X, "iloc") and all(dtype == np.float64 for dtype in X.dtypes)


def rows_of(column, rows):
    """Return some of the entries of a column."""
    if rows == slice(0, len(column)):
        return column
    return column.iloc[rows] if hasattr(column, "iloc") else column[rows]


def is_categorical(dtype):
    """Return whether the library of a column calls its type categorical."""
    return type(dtype).__name__ in _CATEGORICAL


def _is_time(column):
    """Return whether a column holds dates, times or durations by its type."""
    dtype = column.dtype
    return getattr(dtype, "kind", "O") in "mM" or (
        hasattr(dtype, "is_temporal") and dtype.is_temporal()
    )


def numbers_of(column):
    """Return a column of numbers or truth values as float64; None for all others."""
    if _is_time(column):
        return None
    if getattr(column.dtype, "kind", "O") == "O" and hasattr(column, "factorize"):
        # pandas finds the values of objects and texts faster than arrays of them.
        return None
    array = np.asarray(column)
    if array.dtype.kind in "biuf" and array.ndim == 1:
        return array.astype(np.float64, copy=False)
    return None


def only_numbers(column, name):
    """Return a column as float64, whose missing values are NaN.

    Raises
    ------
    ValueError
        If it holds text.
    """
    numbers = numbers_of(column)
    if numbers is not None:
        return numbers
    values = values_of(column, name)
    if values.is_text:
        raise ValueError(
            f"Column {name!r} held numbers when this TableEncoder was fitted, but "
            f"holds text now, such as {values.uniques[0]!r}. Convert it."
        )
    return values.as_numbers()


def values_of(column, name):
    """Return the values of a column.

    Raises
    ------
    TypeError
        If they are neither numbers nor text.
    """
    numbers = numbers_of(column)
    if numbers is not None:
        uniques, codes = np.unique(numbers, return_inverse=True)
        uniques = uniques.tolist()
    else:
        uniques, codes = _factorized(column, name)
    are_missing = np.array([is_missing(value) for value in uniques], dtype=bool)
    # Values that are present keep their order, and the last place is for code -1.
    places = np.append(np.cumsum(~are_missing) - 1, -1)
    places[:-1][are_missing] = -1
    uniques = [v for v, gone in zip(uniques, are_missing, strict=True) if not gone]
    return Values(_checked(uniques, name), places[codes])


def _factorized(column, name):
    """Return the different values of a column and the place of each entry's."""
    if _is_time(column):
        raise _refused(name, "dates, times or durations")
    try:
        if hasattr(column, "factorize"):
            codes, uniques = column.factorize()
            return uniques.tolist(), codes
        array = np.asarray(column)
        if array.ndim > 1 or array.dtype.kind not in "OUT":
            raise _refused(name, f"values of dtype {array.dtype}")
        places = {}
        codes = [places.setdefault(value, len(places)) for value in array.tolist()]
        return list(places), np.array(codes, dtype=np.intp)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
        raise _refused(name, "lists or other nested values") from error


def _checked(uniques, name):
    """Return texts, or numbers as floats; raise for other values."""
    if all(isinstance(value, str) for value in uniques):
        return [str(value) for value in uniques]
    numbers = [isinstance(v, Real | np.bool_ | Decimal) for v in uniques]
    if all(numbers):
        return [_as_float(value) for value in uniques]
    for value in uniques:
        if not isinstance(value, str | Real | np.bool_ | Decimal):
            raise _refused(name, f"values of type {type(value).__name__}")
    raise TypeError(
        f"Column {name!r} holds both text and numbers, which have no common order. "
        "Convert it, for example with X[column].astype(str)."
    )


def _as_float(value):
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _refused(name, what):
    return TypeError(
        f"Column {name!r} holds {what}, which are neither numbers nor text. Convert "
        "it to one of these, for example a date to days, or leave it out."
    )
