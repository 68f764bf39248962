# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How much each digit of a fern's code has to do with the weight of the code.

The value of some digits of a code is the mean weight of all codes with these digits, by
their frequency in the training rows. The share of a digit is its Shapley value: the
mean change when it is added to others, over all orders of the digits. The shares of a
fern add up to the weight of the code minus the mean weight.

With a reference, the value is the weight of the code whose other digits are those of
the reference, and the shares add up to the difference of the weights.
"""

import math

import numpy as np
from scipy import sparse

from skbit._utils.blocks import slices
from skbit.bits import unpack_bits

# Entries of tables of codes that are in work at a time, so that they fit the cache.
_ENTRIES_AT_ONCE = 2**16
# Rows whose digits are added up at a time, which limits the memory of their shares.
_ROWS_AT_ONCE = 256


def shares_of_features(ferns, classifier, X, spread, reference=None):
    """Return how much each feature contributes to the scores of rows.

    Parameters
    ----------
    ferns : RandomFernEncoder
    classifier : OttoScoreClassifier
        Its input is the output of the ferns.
    X : array of shape (n_rows, n_columns)
        The input of the ferns.
    spread : sparse array of shape (n_bits, n_features)
        The parts of the features in each bit that the ferns read.
    reference : array of shape (1, n_columns), default=None
        A row to compare with.

    Returns
    -------
    shares : ndarray of shape (n_rows, n_features, n_classes), dtype float64
    """
    codes = _codes(ferns, X)
    # Rows share most of their codes, so each code is divided once.
    is_seen = np.zeros(ferns._n_bits, dtype=bool)
    is_seen[codes] = True
    if reference is not None:
        [reference] = _codes(ferns, reference)
    of_codes = _shares_of_codes(ferns, classifier, np.flatnonzero(is_seen), reference)
    places = (np.cumsum(is_seen) - 1).take(codes.T)
    to_features = sparse.csr_array(spread[ferns.ferns_.T.ravel()].T)
    shares = np.empty((len(codes), spread.shape[1], len(of_codes)))
    for rows in slices(len(codes), _ROWS_AT_ONCE):
        for k, of_class in enumerate(of_codes):
            digits = of_class.take(places[:, rows], axis=1)
            of_rows = to_features @ digits.reshape(ferns.ferns_.size, -1)
            shares[rows, :, k] = of_rows.T
    return shares


def _codes(ferns, X):
    """Return which bits of rows are 1 after ferns, of shape (n_rows, n_ferns)."""
    words = ferns._as_words(ferns._validate_bits(X, reset=False))
    bits = unpack_bits(words, ferns._n_input_bits)
    n_ferns, size = ferns.ferns_.shape
    codes = np.tile(np.arange(n_ferns) << size, (len(bits), 1))
    for digit, read in enumerate(ferns.ferns_.T):
        codes += bits[:, read].astype(np.intp) << digit
    return codes


def _shares_of_codes(ferns, classifier, codes, reference):
    """Return the share of each digit in the weights of codes.

    Parameters
    ----------
    ferns : RandomFernEncoder
    classifier : OttoScoreClassifier
    codes : ndarray of shape (n_codes,), dtype intp
        Bits of the output of the ferns.
    reference : ndarray of shape (n_ferns,), dtype intp, or None
        The bits that are 1 in the reference.

    Returns
    -------
    shares : ndarray of shape (n_classes, fern_size, n_codes), dtype float64
    """
    size, n_bits = ferns.ferns_.shape[1], ferns._n_bits
    tables = classifier.weights_[:, :n_bits].astype(np.float64)
    if reference is None:
        # Codes that were never seen count as if they had been seen once.
        counts = classifier.feature_count_[:, :n_bits].sum(axis=0) + 1.0
        tables = np.vstack([tables * counts, counts])
    # The ones of a number tell which digits of a code are not those of the row.
    free = np.arange(1 << size)[:, np.newaxis]
    shapley = _shapley(size)
    shares = np.empty((len(classifier.classes_), size, len(codes)))
    n_at_once = max(1, _ENTRIES_AT_ONCE // (len(tables) << size))
    for part in slices(len(codes), n_at_once):
        code = codes[part]
        if reference is None:
            sums = _over_subsets(tables.take(code ^ free, axis=1))
            values = sums[:-1] / sums[-1]
        else:
            mixed = code & ~free | reference[code >> size] & free
            values = tables.take(mixed, axis=1)
        shares[..., part] = shapley @ values
    return shares


def _over_subsets(tables):
    """Replace each row by the sum over all numbers whose ones are among its ones."""
    n_tables, n, n_codes = tables.shape
    for digit in range(n.bit_length() - 1):
        halves = tables.reshape(n_tables, -1, 2, 1 << digit, n_codes)
        halves[:, :, 1] += halves[:, :, 0]
    return tables


def _shapley(size):
    """Return what the Shapley values of digits take of the values of free digits.

    Parameters
    ----------
    size : int

    Returns
    -------
    matrix : ndarray of shape (size, 2**size), dtype float64
        For values of the digits that are 0 in the number of a column; the others are
        free.
    """
    is_fixed = np.arange(1 << size) >> np.arange(size)[:, np.newaxis] & 1 == 0
    # If n digits of the others are fixed, so many orders add the digit after them.
    n_orders = np.array(
        [math.factorial(n) * math.factorial(size - 1 - n) for n in range(size)],
        dtype=np.float64,
    )
    share = n_orders[is_fixed.sum(axis=0) - is_fixed] / math.factorial(size)
    return np.where(is_fixed, share, -share)
