# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning on rows with few ones, whose weights are kept bit by bit meanwhile."""

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_int32_lanes, empty_planes
from skbit._utils.blocks import rows_per_call, slices
from skbit.naive_bayes._kernels.structures import Scratch, Visits
from skbit.naive_bayes._rows import Ones
from skbit.naive_bayes._scoring import are_few

_INT32_MAX = np.iinfo(np.int32).max


def largest_absolute(weights):
    """Return the largest absolute value of weights and corrections."""
    # The smallest int32 has no positive counterpart, so the sign changes as an int.
    arrays = weights.sums, weights.corrections
    return max(max(int(array.max()), -int(array.min())) for array in arrays)


class TuningOfFewOnes:
    """Weights in another order, in which rows with few ones are tuned faster.

    Parameters
    ----------
    weights : Weights
        :meth:`write_back` changes them.
    offsets : ndarray of shape (n_classes,), dtype int64
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or Ones

    Attributes
    ----------
    pays : bool
        Whether rows are lists of few ones, so that this order is faster.
    """

    def __init__(self, weights, offsets, rows):
        self._weights, self._offsets, self._rows = weights, offsets, rows
        self._table, self.pays = None, False
        if isinstance(rows, Ones):
            self._mean_ones = rows.mean
            self.pays = are_few(self._mean_ones, rows.n_bits)

    def run(self, visits, rule):
        """Visit rows and correct the weights, as long as none can saturate.

        Parameters
        ----------
        visits : Visits
        rule : Rule
            With batches of one row.

        Returns
        -------
        n_visited, n_correct : int
            Rows that were visited, and those of them that were predicted right then.
        """
        # A correction takes about as long as scoring.
        work = 8 * max(1, int(self._mean_ones)) * (1 + len(self._offsets) // LANES)
        n_visited = n_correct = 0
        for part in slices(len(visits.order), rows_per_call(work)):
            rest = Visits(*(array[part] for array in visits))
            while len(rest.order):
                is_exact = self._table is None
                if is_exact:
                    self._read()
                n, n_right, change = self._visit(rest, rule)
                self._room -= change
                n_visited, n_correct = n_visited + n, n_correct + n_right
                rest = Visits(*(array[n:] for array in rest))
                if len(rest.order):
                    # There may be more room than the bound of the changes says.
                    self.write_back()
                    if is_exact and change == 0:
                        return n_visited, n_correct
        return n_visited, n_correct

    def _visit(self, visits, rule):
        from skbit.naive_bayes._kernels.few_ones import (
            tune_many_classes,
            tune_two_classes,
        )

        if self._room < 0:
            return 0, 0, 0
        lists = self._rows.lists
        if len(self._offsets) == 2:
            offset = self._offsets[1] - self._offsets[0]
            return tune_two_classes(
                lists, visits, rule.margin, offset, self._table, self._room
            )
        n_classes, n_groups = len(self._offsets), -(-len(self._offsets) // LANES)
        offsets, scores, changes = (empty_planes(n_groups) for _ in range(3))
        offsets.view(np.int64).reshape(-1)[:n_classes] = self._offsets
        scratch = Scratch(scores, changes, np.empty(n_classes, dtype=np.intp))
        return tune_many_classes(
            lists, visits, rule, read_only(offsets), self._table, scratch, self._room
        )

    def _read(self):
        sums = self._weights.sums
        n_classes, n_bits = sums.shape
        largest = largest_absolute(self._weights)
        if n_classes == 2:
            # The difference of two weights can be twice as large as they are.
            self._room = _INT32_MAX // 2 - largest
            self._table = sums[1] - sums[0]
            return
        self._room = _INT32_MAX - largest
        self._table = empty_int32_lanes(n_bits * -(-n_classes // LANES))
        for weights, of_class in zip(sums, self._by_class(), strict=False):
            of_class[:] = weights

    def _by_class(self):
        """Yield the column of the table that belongs to each class."""
        by_bits = self._table.reshape(-1, self._weights.sums.shape[1], LANES)
        for group in by_bits:
            yield from group.T

    def write_back(self):
        """Write what has changed to the weights. What follows reads them anew."""
        if self._table is None:
            return
        _, corrections, sums = self._weights
        if len(sums) == 2:
            gain = (self._table - (sums[1] - sums[0])) // 2
            new = [sums[0] - gain, sums[1] + gain]
        else:
            new = self._by_class()
        for before, correction, after in zip(sums, corrections, new, strict=False):
            correction += after - before
            before[:] = after
        self._table = None
