# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores of the classes: offsets plus the weights of the ones of a row."""

import numpy as np
from scipy import sparse

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_planes
from skbit._utils.blocks import rows_per_call, run_blocks
from skbit.bits import CONTAINER_BITS
from skbit.naive_bayes._rows import starts_and_columns

# Up to this many rows are scored faster without a table.
MOST_WITHOUT_TABLE = 4
# Rows that a thread scores at a time.
_ROWS_PER_TASK = 1024
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
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or csr_array
    weights : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    from skbit.naive_bayes._kernels.few_ones import score_few_ones
    from skbit.naive_bayes._kernels.score import (
        TABLE,
        score_few_rows,
        score_rows,
        score_sparse_rows,
    )

    n_rows, n_classes = rows.shape[0], len(offsets)
    weights, offsets = read_only(weights), read_only(offsets)
    scores = np.empty((n_rows, n_classes), dtype=np.int64)
    if sparse.issparse(rows):
        starts, columns = starts_and_columns(rows)

        def score_block(start, stop):
            score_sparse_rows(
                starts[start : stop + 1], columns, weights, offsets, scores[start:stop]
            )

        work_per_row = n_classes * (1 + len(columns) // n_rows)
    elif _have_few_ones(rows):
        rows = read_only(rows)

        def score_block(start, stop):
            ones = np.empty(weights.shape[1], dtype=np.intp)
            score_few_ones(rows[start:stop], weights, offsets, ones, scores[start:stop])

        work_per_row = rows.shape[1] * (1 + n_classes)
    elif n_rows <= MOST_WITHOUT_TABLE:
        masks = np.empty(weights.shape[1], dtype=np.int32)
        score_few_rows(read_only(rows), weights, offsets, masks, scores)
        return scores
    else:
        rows = read_only(rows)

        def score_block(start, stop):
            table = empty_planes(TABLE)
            sums = empty_planes(stop - start)
            score_rows(
                rows[start:stop], weights, offsets, table, sums, scores[start:stop]
            )

        # Each container takes eight additions for eight classes.
        work_per_row = rows.shape[1] * max(n_classes, LANES)
    run_blocks(score_block, n_rows, rows_per_call(work_per_row, _ROWS_PER_TASK), n_jobs)
    return scores


def _have_few_ones(rows):
    some = rows[:: 1 + len(rows) // _N_LOOKED_AT]
    return are_few(np.sum(np.bitwise_count(some)), CONTAINER_BITS * some.size)
