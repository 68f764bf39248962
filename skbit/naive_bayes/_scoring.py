# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores of the classes: offsets plus the weights of the ones of a row."""

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_int32_lanes, empty_planes
from skbit._utils.blocks import rows_per_call, run_blocks
from skbit.bits import CONTAINER_BITS
from skbit.naive_bayes._rows import Ones, ones_of_packed

# Up to this many rows are scored faster without a table, and up to this many of few
# ones are scored faster from lists of them.
MOST_WITHOUT_TABLE, _MOST_LISTED = 4, 64
# Rows that a thread scores at a time.
_ROWS_PER_TASK, _MOST_LISTS_PER_TASK = 1024, 8192
# A table of the weights of all bits pays if the rows list a one for so many bits, and
# if a plane of the table is not mostly empty.
_BITS_PER_LISTED_ONE = 4
# Ones are visited by themselves if there are this many bits for each.
_BITS_PER_ONE = 16
# Rows whose ones are counted to decide that.
_N_LOOKED_AT = 16


def are_few(n_ones, n_bits):
    """Tell whether visiting the ones of a row is faster than visiting all bits."""
    return n_ones * _BITS_PER_ONE <= n_bits


def score(rows, weights, offsets, n_jobs):
    """Add up the offset and the weights of the ones, for every row and class.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or Ones
    weights : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    n_rows, n_classes, most = len(rows), len(offsets), _ROWS_PER_TASK
    weights, offsets = read_only(weights), read_only(offsets)
    scores = np.empty((n_rows, n_classes), dtype=np.int64)
    few_ones = isinstance(rows, Ones) or have_few_ones(rows)
    if few_ones and n_rows <= _MOST_LISTED and not isinstance(rows, Ones):
        rows = ones_of_packed(rows, weights.shape[1])
    if isinstance(rows, Ones):
        score_block = _scorer_of_lists(rows, weights, offsets, scores)
        work_per_row = n_classes * (1 + int(rows.mean))
        # Larger blocks need fewer tables.
        most = min(max(most, n_rows // 8), _MOST_LISTS_PER_TASK)
    elif few_ones:
        score_block = _scorer_of_few_ones(read_only(rows), weights, offsets, scores)
        work_per_row = 2 * rows.shape[1] * -(-n_classes // LANES)
    elif n_rows <= MOST_WITHOUT_TABLE:
        from skbit.naive_bayes._kernels.score import score_few_rows

        masks = np.empty(weights.shape[1], dtype=np.int32)
        score_few_rows(read_only(rows), weights, offsets, masks, scores)
        return scores
    else:
        score_block = _scorer_of_rows(read_only(rows), weights, offsets, scores)
        # Each container takes eight additions for eight classes.
        work_per_row = rows.shape[1] * max(n_classes, LANES)
    run_blocks(score_block, n_rows, rows_per_call(work_per_row, most), n_jobs)
    return scores


def have_few_ones(rows):
    """Tell whether packed rows have few ones, by some of them."""
    some = rows[:: 1 + len(rows) // _N_LOOKED_AT]
    return are_few(np.sum(np.bitwise_count(some)), CONTAINER_BITS * some.size)


def _scorer_of_lists(ones, weights, offsets, scores):
    from skbit.naive_bayes._kernels.few_ones import score_many_lists
    from skbit.naive_bayes._kernels.score import score_listed_rows

    def score_block(start, stop):
        some = ones[start:stop]
        arrays = some.lists, weights, offsets
        is_large = _BITS_PER_LISTED_ONE * some.mean * len(some) >= ones.n_bits
        if is_large and len(offsets) >= LANES // 2:
            table = empty_int32_lanes(ones.n_bits)
            score_many_lists(*arrays, table, empty_planes(1), scores[start:stop])
        else:
            score_listed_rows(*arrays, scores[start:stop])

    return score_block


def _scorer_of_few_ones(rows, weights, offsets, scores):
    from skbit.naive_bayes._kernels.few_ones import TILE_BITS, score_few_ones

    def score_block(start, stop):
        table = empty_int32_lanes(TILE_BITS)
        sums = empty_planes(stop - start)
        score_few_ones(
            rows[start:stop], weights, offsets, table, sums, scores[start:stop]
        )

    return score_block


def _scorer_of_rows(rows, weights, offsets, scores):
    from skbit.naive_bayes._kernels.score import TABLE, score_rows

    def score_block(start, stop):
        table = empty_planes(TABLE)
        sums = empty_planes(stop - start)
        score_rows(rows[start:stop], weights, offsets, table, sums, scores[start:stop])

    return score_block
