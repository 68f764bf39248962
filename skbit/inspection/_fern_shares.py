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

from skbit.bits import unpack_bits


def shares_of_digits(ferns, classifier, X, reference=None):
    """Return how much each bit that ferns read contributes to the scores of rows.

    Parameters
    ----------
    ferns : RandomFernEncoder
    classifier : OttoScoreClassifier
        Its input is the output of the ferns.
    X : array of shape (n_rows, n_columns)
        The input of the ferns.
    reference : array of shape (1, n_columns), default=None
        A row to compare with.

    Returns
    -------
    shares : ndarray of shape (n_rows, n_bits, n_classes), dtype float64
    """
    n_ferns, size = ferns.ferns_.shape
    n_codes, n_classes = 1 << size, len(classifier.classes_)
    weights, counts = (
        table[..., : n_ferns * n_codes].reshape(-1, n_ferns, n_codes).astype(np.float64)
        for table in (classifier.weights_, classifier.feature_count_.sum(axis=0))
    )
    # Codes that were never seen count as if they had been seen once.
    counts = counts[0] + 1
    codes = _codes(ferns, X)
    if reference is not None:
        [of_reference] = _codes(ferns, reference)
    shares = np.zeros((len(codes), ferns._n_input_bits, n_classes))
    at, free = np.arange(n_ferns)[:, np.newaxis], np.arange(n_codes)
    for code, of_row in zip(codes[..., np.newaxis], shares, strict=True):
        if reference is None:
            # The ones of a number tell which digits of a code are not those of the row.
            n = counts[at, code ^ free]
            sums = np.concatenate([weights[:, at, code ^ free] * n, n[np.newaxis]])
            sums = _over_subsets(sums)
            values = sums[:-1] / sums[-1]
        else:
            mixed = code & ~free | of_reference[:, np.newaxis] & free
            values = weights[:, at, mixed]
        digits = _shapley(values, size)
        for digit in range(size):
            np.add.at(of_row, ferns.ferns_[:, digit], digits[digit].T)
    return shares


def _codes(ferns, X):
    """Return the codes of rows, of shape (n_rows, n_ferns)."""
    words = ferns._as_words(ferns._validate_bits(X, reset=False))
    bits = unpack_bits(words, ferns._n_input_bits)
    n_digits = ferns.ferns_.shape[1]
    return bits[:, ferns.ferns_].astype(np.int64) @ (1 << np.arange(n_digits))


def _over_subsets(table):
    """Replace each entry by the sum over all numbers whose ones are among its ones."""
    table = table.copy()
    n = table.shape[-1]
    for digit in range(n.bit_length() - 1):
        halves = table.reshape(*table.shape[:-1], -1, 2, 1 << digit)
        halves[..., 1, :] += halves[..., 0, :]
    return table


def _shapley(values, size):
    """Return the Shapley values of digits, given the values of free digits.

    Parameters
    ----------
    values : ndarray of shape (n_classes, n_ferns, 2**size)
        Values of the digits that are 0 in the number of an entry; the others are free.
    size : int

    Returns
    -------
    shares : ndarray of shape (size, n_classes, n_ferns)
    """
    shares = np.zeros((size, *values.shape[:-1]))
    # If n digits of the others are fixed, so many orders add the digit after them.
    n_fixed = size - np.bitwise_count(np.arange(1 << size))
    n_orders = np.array(
        [math.factorial(n) * math.factorial(size - 1 - n) for n in range(size)]
    )
    for digit in range(size):
        # The digit is fixed, or free, where its place in the number is 0, or 1.
        halves = values.reshape(*values.shape[:-1], -1, 2, 1 << digit)
        changes = halves[..., 0, :] - halves[..., 1, :]
        others = n_fixed.reshape(-1, 2, 1 << digit)[:, 1]
        weights = n_orders[others] / math.factorial(size)
        shares[digit] = np.einsum("...ij,ij", changes, weights)
    return shares
