# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of bits: packed, or lists of the places of their ones.

Functions of this family take either.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from skbit._base import read_only
from skbit._numba.memory import LIST_BITS
from skbit._utils.blocks import rows_per_call
from skbit.bits import n_containers
from skbit.naive_bayes._kernels.structures import Lists


@dataclass(frozen=True)
class Ones:
    """Rows as lists of the places of their ones.

    A row has a list for every 65,536 bits, so that 16 bits are enough for a place.

    Attributes
    ----------
    bounds : ndarray of shape (n_rows, n_lists + 1), dtype intp
        Where the lists of each row begin in ``columns``, and where the last one ends.
    columns : ndarray of shape (n_ones,), dtype uint16
        Places of ones, from the first bit of their list on. Each is there once per row.
    n_bits : int
    """

    bounds: np.ndarray
    columns: np.ndarray
    n_bits: int

    def __len__(self):
        return len(self.bounds)

    def __getitem__(self, index):
        """Choose rows. Lists are not copied."""
        return Ones(self.bounds[index], self.columns, self.n_bits)

    @property
    def lists(self):
        """What kernels read."""
        return Lists(read_only(self.bounds), read_only(self.columns))

    @property
    def mean(self):
        """The mean number of ones of a row."""
        n_ones = np.sum(self.bounds[:, -1] - self.bounds[:, 0])
        return float(n_ones) / max(1, len(self))


def ones_of_sparse(X, binarize):
    """List the elements of a sparse matrix that are above ``binarize``.

    Parameters
    ----------
    X : sparse matrix or array in CSR format
    binarize : float
        Not negative, so that zeros are not above it.

    Returns
    -------
    ones : Ones
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
    n_bits = X.shape[1]
    bounds = np.empty((X.shape[0], 1 + -(-n_bits // LIST_BITS)), dtype=np.intp)
    bounds[:, 0], bounds[:, -1] = X.indptr[:-1], X.indptr[1:]
    for i in range(1, bounds.shape[1] - 1):
        # The columns of a row are in rising order.
        n_before = np.append(0, np.cumsum(X.indices < i * LIST_BITS))
        bounds[:, i] = X.indptr[:-1] + np.diff(n_before[X.indptr])
    columns = (X.indices % LIST_BITS).astype(np.uint16)
    return Ones(bounds, columns, n_bits)


def ones_of_packed(words, n_bits):
    """List the ones of packed rows.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    n_bits : int
        The bits beyond are zeros.

    Returns
    -------
    ones : Ones
    """
    from skbit._numba.rows import list_ones

    words, most = read_only(words), rows_per_call(4 * words.shape[1])
    bounds = np.zeros((len(words), 1 + -(-n_bits // LIST_BITS)), dtype=np.intp)
    # Rows often have equally many ones. The kernel stops if there is room for less than
    # 2,048 of them.
    n_ones = np.sum(np.bitwise_count(words[:1]), dtype=np.intp)
    columns = np.empty(2048 + n_ones * len(words), dtype=np.uint16)
    begin = 0
    while begin < len(words):
        part = slice(begin, begin + most)
        n_listed = list_ones(words[part], bounds[part], columns)
        begin += n_listed
        if 0 < begin < len(words):
            bounds[begin, 0] = bounds[begin - 1, -1]
        if begin < min(part.stop, len(words)):
            columns = np.append(columns, np.empty_like(columns))
    return Ones(bounds, columns, n_bits)


def take_rows(rows, index):
    """Return some of the rows, packed."""
    if not isinstance(rows, Ones):
        return rows.take(index, axis=0)  # Twice as fast as rows[index].
    from skbit._numba.rows import set_listed_ones

    ones = rows[index]
    words = np.zeros((len(ones), n_containers(ones.n_bits)), dtype=np.uint32)
    set_listed_ones(*ones.lists, words)
    return words


def take_parts(parts, index):
    """Return some of the rows, and the same of what belongs to them, or None."""
    return tuple(None if part is None else part[index] for part in parts)
