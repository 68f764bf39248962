# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of bits: packed, or the places of their ones in a sparse matrix.

Functions of this family take either. The columns of a sparse matrix are bits.
"""

import numpy as np
from scipy import sparse

from skbit._base import read_only
from skbit.bits import CONTAINER_BITS, n_containers


def ones_of_sparse(X, binarize):
    """Return the elements of a sparse matrix that are above ``binarize``.

    Parameters
    ----------
    X : sparse matrix or array in CSR format
    binarize : float
        Not negative, so that zeros are not above it.

    Returns
    -------
    ones : csr_array
        Its indices are the places of the ones, each once. Its data are not used.
    """
    X = sparse.csr_array(X)
    # Kernels do not check indices.
    X.check_format(full_check=True)
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    is_one = X.data > binarize
    if not is_one.all():
        X = sparse.csr_array((is_one, X.indices, X.indptr), X.shape, copy=True)
        X.eliminate_zeros()
    return X


def take_rows(rows, index):
    """Return some of the rows, packed."""
    if not sparse.issparse(rows):
        return rows[index]
    ones = rows[index]
    words = np.zeros((ones.shape[0], n_containers(ones.shape[1])), dtype=np.uint32)
    first = np.repeat(np.arange(len(words)) * words.shape[1], np.diff(ones.indptr))
    bits = np.uint32(1) << (ones.indices % CONTAINER_BITS).astype(np.uint32)
    # No place occurs twice, so adding bits sets them.
    np.add.at(words.reshape(-1), first + ones.indices // CONTAINER_BITS, bits)
    return words


def take_parts(parts, index):
    """Return some of the rows, and the same of what belongs to them, or None."""
    return tuple(None if part is None else part[index] for part in parts)


def starts_and_columns(ones):
    """Return where each row begins and the columns of its ones, as intp arrays."""
    return tuple(
        read_only(np.asarray(part, dtype=np.intp))
        for part in (ones.indptr, ones.indices)
    )
