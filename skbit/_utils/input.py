# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of X, and packing of its rows. ``skbit._base.BitInputMixin`` has their order.

``skbit.bits`` defines packed bits and containers.
"""

import math
import sys
import warnings

import numpy as np
from scipy import sparse
from sklearn.utils.validation import validate_data

from skbit._numba.memory import read_only
from skbit._utils.blocks import slices
from skbit.bits import n_containers

# The number of elements that are copied or compared at a time.
BLOCK_SIZE = 2**22

# A container with a one in its upper half is above it. Few other numbers are.
_HALF = 0xFFFF
_HIGHEST = 0xFFFFFFFF


def is_dask(X):
    """Return whether X is a collection of Dask, which stands for rows elsewhere."""
    return hasattr(X, "__dask_graph__")


def refuse_lazy(X):
    """Raise if rows are not in memory: those of Dask or of a LazyFrame of Polars."""
    if is_dask(X):
        raise TypeError(
            f"A Dask {type(X).__name__} would be loaded into memory as a whole. Pass "
            "it to a function of skbit.distributed, such as fit, predict and "
            "transform, or load it on purpose by its method compute()."
        )
    if hasattr(X, "collect_schema") and not hasattr(X, "shape"):
        raise TypeError(
            f"A {type(X).__name__} has no rows yet. Load them by its method collect()."
        )


def is_missing(value):
    """Return whether a value is None, not a number, or pandas' NA or NaT."""
    pandas = sys.modules.get("pandas")
    if value is None or (pandas is not None and value is pandas.NA):
        return True
    return bool(value != value)


def refuse_missing_labels(y):
    """Raise if labels are missing, which scikit-learn notices in arrays of floats."""
    try:
        # NumPy would make a text of a NaN in a list of texts.
        labels = np.asarray(y, dtype=object if isinstance(y, list | tuple) else None)
        if labels.dtype.kind == "f":
            is_any = np.isnan(labels).any()
        else:
            is_checked = labels.ndim > 0 and labels.dtype.kind in "OmM"
            distinct = labels.ravel().astype(object).tolist() if is_checked else ()
            is_any = any(map(is_missing, set(distinct)))
    except (TypeError, ValueError):
        # Nested values, which scikit-learn refuses.
        return
    if is_any:
        raise ValueError(
            "Input y contains NaN or other missing values. Leave out the rows without "
            "a label."
        )


def validate_rows(estimator, X, *, reset, **params):
    """Call scikit-learn's ``validate_data``, unless it could neither fail nor change X.

    This is so for whole numbers in an array of the right width. For a single row, the
    check takes as long as a prediction.
    """
    if (
        not reset
        and type(X) is np.ndarray
        and X.dtype.kind in "biu"
        and X.ndim == 2
        and len(X) > 0
        and X.shape[1] == estimator.n_features_in_
        and not hasattr(estimator, "feature_names_in_")
    ):
        return X
    return validate_data(estimator, X, reset=reset, accept_sparse="csr", **params)


def row_blocks(X, n_columns=None):
    """Yield slices of rows that are small enough to be copied."""
    n_columns = X.shape[1] if n_columns is None else n_columns
    yield from slices(X.shape[0], max(1, BLOCK_SIZE // max(1, n_columns)))


def dense_rows(X, rows):
    """Return rows of an array or sparse matrix as an array."""
    block = X[rows]
    return block.toarray() if sparse.issparse(block) else block


def are_whole_numbers(X, highest):
    """Return whether all elements of an array are whole numbers up to ``highest``.

    Negative numbers are not allowed.
    """
    for rows in row_blocks(X):
        block = X[rows]
        # As a number of Python's, because ``highest`` may not fit into the dtype.
        if block.min() < 0 or block.max().item() > highest:
            return False
        if block.dtype.kind == "f" and not np.all(np.floor(block) == block):
            return False
    return True


def with_numpy_types(X):
    """Convert nullable columns of whole numbers of a data frame to NumPy's types.

    The nullable types of pandas and those of pyarrow would become float64 in an array:
    containers would be taken for numbers, and numbers above 2**53 would be rounded.
    Everything else is returned as it is, except that collections of Dask are refused.
    """
    if type(X) is np.ndarray:
        return X
    refuse_lazy(X)
    if not hasattr(X, "iloc") or not hasattr(X, "dtypes"):
        return X
    dtypes = list(np.atleast_1d(X.dtypes))
    if not any(hasattr(dtype, "numpy_dtype") for dtype in dtypes):
        return X
    dtypes = [getattr(dtype, "numpy_dtype", dtype) for dtype in dtypes]
    is_whole = all(isinstance(d, np.dtype) and d.kind in "biu" for d in dtypes)
    if not is_whole or X.isna().to_numpy().any():
        return X
    return X.astype(np.result_type(*dtypes))


def check_numbers(X):
    """Return an array or sparse matrix in native byte order.

    Raises
    ------
    TypeError
        If it does not hold truth values or numbers of up to 64 bits.
    """
    if X.dtype.kind not in "biuf" or X.dtype.itemsize > 8:
        raise TypeError(
            f"X has dtype {X.dtype}, but must hold truth values, or whole or floating "
            "point numbers of up to 64 bits. Convert it, for example with "
            "X.astype(numpy.float64)."
        )
    if not X.dtype.isnative:
        X = X.astype(X.dtype.newbyteorder("="))
    return X


def check_auto_packed(X, binarize):
    """Check that X, which is packed because it is uint32, does not look like numbers.

    Raises
    ------
    ValueError
        If ``binarize``, a threshold for numbers, is not 0.

    Warns
    -----
    UserWarning
        If X has several columns, no number above 2**16 - 1, and a column that no
        encoder makes: its numbers are not all 2**k - 1, as those of a thermometer, and
        do not all have equally many ones.
    """
    if binarize != 0:
        raise ValueError(
            f"X has dtype uint32, which is packed bits, but binarize={binarize} is for "
            "numbers. Set input_format='dense' if X is numbers, one column per bit, or "
            "input_format='packed' if X is packed bits."
        )
    if X.shape[1] == 1:
        return
    n_ones = np.bitwise_count(X[0])
    is_thermometer = are_alike = True
    for rows in row_blocks(X):
        block = X[rows]
        if block.max() > _HALF:
            return
        is_thermometer &= ~np.any(block & (block + np.uint32(1)), axis=0)
        are_alike &= np.all(np.bitwise_count(block) == n_ones, axis=0)
    if not np.all(is_thermometer | are_alike):
        warnings.warn(
            "X has dtype uint32, so each number is taken for 32 packed bits, but none "
            f"is above {X.max()}. If they are numbers, such as counts, set "
            "input_format='dense'; if they are packed bits, input_format='packed'.",
            UserWarning,
            stacklevel=2,
        )


def check_auto_numbers(X, binarize):
    """Check that X, which is numbers by its dtype, does not look like packed bits.

    Warns
    -----
    UserWarning
        If ``binarize`` is 0, and a column has only whole numbers from 0 to 2**32 - 1
        and one above 2**16 - 1.
    """
    if binarize != 0 or np.can_cast(X.dtype, np.uint16) or X.dtype.itemsize < 4:
        return
    highest = _highest_of_likely_containers(X)
    if highest is not None:
        warnings.warn(
            f"X has dtype {X.dtype}, so each number above 0 is taken for a single 1, "
            f"but there are columns of whole numbers up to {highest}. If X is packed "
            "bits that lost their dtype uint32, set input_format='packed'. If X is "
            "numbers, encode them (skbit.preprocessing), set binarize to a threshold "
            "that divides them, or input_format='dense' to compare them with 0.",
            UserWarning,
            stacklevel=2,
        )


def _highest_of_likely_containers(X):
    """Return the highest number in columns that may be containers, or None."""
    if sparse.issparse(X):
        columns = np.unique(X.indices[X.data > _HALF])
        if not len(columns):
            return None
        X = X[:, columns].tocsc()
        parts = [X.data[slice(*X.indptr[j : j + 2])] for j in range(len(columns))]
        found = [x.max() for x in parts if are_whole_numbers(x[:, None], _HIGHEST)]
        return int(max(found)) if found else None
    if all(X[rows].max() <= _HALF for rows in row_blocks(X)):
        return None
    highest, lowest = X.max(axis=0), X.min(axis=0)
    likely = (lowest >= 0) & (highest > _HALF) & (highest <= _HIGHEST)
    for rows in row_blocks(X):
        columns = np.flatnonzero(likely)
        block = X[rows][:, columns]
        likely[columns] = np.all(np.floor(block) == block, axis=0)
    return int(highest[likely].max()) if likely.any() else None


def as_containers(X):
    """Return packed bits, of any dtype that holds them exactly, as C-contiguous uint32.

    Raises
    ------
    ValueError
        If X is sparse, or has numbers that are no containers or may have been rounded.
    """
    if sparse.issparse(X):
        raise ValueError("A packed bit matrix cannot be sparse; pass an array.")
    if X.dtype != np.uint32:
        if not are_whole_numbers(X, _HIGHEST):
            raise ValueError(
                "With input_format='packed', X must hold containers, which are whole "
                "numbers from 0 to 2**32 - 1. For columns of plain numbers use "
                "input_format='dense'."
            )
        if X.dtype.kind == "f" and X.max() >= 2 ** (np.finfo(X.dtype).nmant + 1):
            raise ValueError(
                f"X has dtype {X.dtype}, which cannot hold the numbers of all "
                f"containers, and has some as high as {X.max():.0f}: bits may be lost. "
                "Pack again, or keep the dtype uint32 or float64."
            )
        X = X.astype(np.uint32)
    return np.ascontiguousarray(X)


def in_type_of(X, binarize):
    """Return a threshold with which the numbers of X are compared exactly."""
    if X.dtype.kind in "biu":
        # A whole number is compared in the dtype of X, without rounding.
        binarize = math.floor(binarize)
    if X.dtype == bool:
        # NumPy compares truth values with small numbers only.
        binarize = min(max(binarize, -1), 1)
    return binarize


def pack_sparse_rows(X, binarize):
    """Yield slices of rows, and these rows packed, in time by the stored numbers.

    Parameters
    ----------
    X : csr_array or csr_matrix
    binarize : float
        Not negative, because numbers that are not stored are 0.

    Raises
    ------
    ValueError
        If the indices of X are out of range.
    """
    from skbit._numba.rows import set_bits

    if X.nnz and not (
        0 <= X.indices.min() <= X.indices.max() < X.shape[1]
        and X.indptr[0] == 0
        and np.all(X.indptr[:-1] <= X.indptr[1:])
    ):
        raise ValueError("X is no valid sparse matrix: its indices are out of range.")
    if not X.has_canonical_format:
        # Numbers in the same place are added up, in a copy.
        X = X.copy()
        X.sum_duplicates()
    n_words = n_containers(X.shape[1])
    for rows in row_blocks(X, n_words):
        places = X.indptr[rows.start : rows.stop + 1]
        stored = slice(places[0], places[-1])
        words = np.zeros((len(places) - 1, n_words), dtype=np.uint32)
        # SciPy may use int64 where int32 is enough, and the kernel is compiled for it.
        largest = max(X.shape[1], int(places[-1] - places[0]))
        index = np.int32 if largest <= np.iinfo(np.int32).max else np.int64
        set_bits(
            read_only(X.indices[stored].astype(index, copy=False)),
            (places - places[0]).astype(index, copy=False),
            X.data[stored] > binarize,
            words,
        )
        yield rows, words
