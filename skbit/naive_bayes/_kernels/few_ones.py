# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores and target tuning of rows with few ones, at the cost of the ones.

The bits of random ferns are such rows: one in 32 is a one, or fewer. The results are
those of ``score_rows`` and ``correct_rows``.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.rows import list_ones
from skbit.naive_bayes._kernels.tune import find_rivals


@kernel
def _score(ones, n_ones, weights, offsets, out):
    for k in range(weights.shape[0]):
        total = offsets[k]
        for place in range(n_ones):
            total += np.int64(weights[k, ones[place]])
        out[k] = total


@kernel
def score_few_ones(rows, weights, offsets, ones, out):
    """Do the same as ``score_rows`` for rows with few ones.

    Parameters
    ----------
    rows, weights, offsets, out
        As in ``score_rows``.
    ones : (n_bits,) intp array
        Scratch memory.
    """
    for s in range(rows.shape[0]):
        _score(ones, list_ones(rows[s], ones), weights, offsets, out[s])


@kernel
def correct_few_ones(block, rule, offsets, weights, ones):
    """Do the same as ``correct_rows`` for rows with few ones, one at a time.

    No weight may saturate.

    Parameters
    ----------
    block : Block
        Each row is scored when it is visited.
    rule : Rule
        With batches of one row.
    offsets : (n_classes,) int64 array
    weights : Weights
        ``corrections`` and ``sums`` are changed.
    ones : (n_bits,) intp array
        Scratch memory.

    Returns
    -------
    n_correct : int
        Number of rows that were predicted right when they were visited.
    change : int
        The most by which a weight can have changed.
    """
    rows, classes, steps, scores, rivals = block
    corrections, sums = weights.corrections, weights.sums
    n_correct = change = 0
    for i in range(rows.shape[0]):
        true, step = classes[i], steps[i]
        n_ones = list_ones(rows[i], ones)
        _score(ones, n_ones, sums, offsets, scores[i])
        n_rivals, is_right = find_rivals(scores[i], true, rule, rivals)
        n_correct += is_right
        if n_rivals == 0:
            continue
        for r in range(n_rivals + 1):
            k, signed = true, np.int32(n_rivals * step)
            if r < n_rivals:
                k, signed = rivals[r], np.int32(-step)
            for place in range(n_ones):
                corrections[k, ones[place]] += signed
                sums[k, ones[place]] += signed
        change += n_rivals * step
    return n_correct, change
