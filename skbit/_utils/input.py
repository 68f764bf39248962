# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Types of X: which are numbers, and which are packed bits (see ``skbit.bits``)."""

import warnings

import numpy as np
from scipy import sparse

from skbit._utils.blocks import slices

# Numbers that are looked at (as floats, as truth values) at a time.
BLOCK_SIZE = 2**22

# Containers have numbers above this one: bits that are 1 in their upper half.
_HALF = 0xFFFF
_HIGHEST = 0xFFFFFFFF


def row_blocks(X, n_columns=None):
    """Yield slices of rows that are small enough to be copied as numbers."""
    n_columns = X.shape[1] if n_columns is None else n_columns
    yield from slices(X.shape[0], max(1, BLOCK_SIZE // max(1, n_columns)))


def dense_rows(X, rows):
    """Return some rows of an array or sparse matrix as an array."""
    block = X[rows]
    return block.toarray() if sparse.issparse(block) else block


def are_whole_numbers(X, highest):
    """Tell whether all numbers of an array are whole, from 0 to ``highest``."""
    for rows in row_blocks(X):
        block = X[rows]
        # Compared as Python's numbers, which small types cannot overflow.
        if block.min() < 0 or block.max().item() > highest:
            return False
        if block.dtype.kind == "f" and not np.all(np.floor(block) == block):
            return False
    return True


def with_numpy_types(X):
    """Return a pandas frame of whole numbers or truth values in NumPy's types.

    Its nullable types and those of pyarrow would become float64 on their way to an
    array: containers would be taken for numbers, and numbers above 2**53 be rounded.
    Everything else comes back as it is.
    """
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
    """Return an array or sparse matrix in the byte order of this machine.

    Raises
    ------
    TypeError
        If it does not hold truth values, or numbers of up to 64 bits.
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
    """Check that X, taken for packed bits because it is uint32, is not numbers.

    Raises
    ------
    ValueError
        If a threshold for numbers was set.

    Warns
    -----
    UserWarning
        If there are several columns, no number is above 2**16 - 1, and some column is
        no code of an encoder: neither are all its numbers 2**k - 1, as thermometers
        are, nor have all equally many bits that are 1.
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
    """Check that X, taken for numbers because of its dtype, is not packed bits.

    Warns
    -----
    UserWarning
        If some column has only whole numbers from 0 to 2**32 - 1, one of them above
        2**16 - 1, and they are compared with 0.
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
    """Return the highest number of the columns that may be containers, or None."""
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
    """Return packed bits as C-contiguous uint32, whatever dtype they travelled in."""
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
