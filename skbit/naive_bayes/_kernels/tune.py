# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Target tuning: a correction changes the weights of the ones of a row.

Rows come a block at a time with their scores. Corrections within a block do not need
new scores: adding ``step`` to the weights of the ones of row ``a`` adds ``step`` times
the number of ones that rows ``a`` and ``b`` share to the score of row ``b``. The result
is exactly that of scoring each row anew. This does not hold where a weight saturates;
there, a block must be one batch.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.rows import mask_ones, top_two_classes

_INT32_MAX = np.int64(2**31 - 1)
_1, _2, _4, _56 = (np.uint64(distance) for distance in (1, 2, 4, 56))
_MASK_1 = np.uint64(0x5555555555555555)
_MASK_2 = np.uint64(0x3333333333333333)
_MASK_4 = np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)


@kernel
def _shared_ones(a, b):
    """Count the ones that two rows share."""
    total = np.uint64(0)
    for c in range(a.size):
        # LLVM recognizes this population count and emits one instruction for it.
        word = np.uint64(a[c] & b[c])
        word -= (word >> _1) & _MASK_1
        word = (word & _MASK_2) + ((word >> _2) & _MASK_2)
        word = (word + (word >> _4)) & _MASK_4
        total += (word * _BYTES) >> _56
    return np.int64(total)


@kernel
def _saturate(value):
    return np.int32(min(max(value, -_INT32_MAX - 1), _INT32_MAX))


@kernel
def _add_to_ones(step, masks, may_saturate, base, corrections, sums):
    """Add ``step`` to the correction of a class for each bit that is one."""
    if may_saturate:
        for j in range(masks.size):
            if masks[j]:
                corrections[j] = _saturate(np.int64(corrections[j]) + step)
                sums[j] = _saturate(np.int64(base[j]) + corrections[j])
    else:
        small_step = np.int32(step)
        for j in range(masks.size):
            corrections[j] += small_step & masks[j]
            sums[j] += small_step & masks[j]


@kernel
def correct_rows(block, start, stop, batch_size, margin, may_saturate, weights, masks):
    """Correct rows of a block that are misclassified, or classified by a small lead.

    Parameters
    ----------
    block : Block
        Its scores are changed: those of later batches stay up to date.
    start, stop : int
        The rows to visit.
    batch_size : int
        Number of rows that are scored before corrections for any of them are made.
    margin : int
        Lead of the true class over every other with which a row is left alone.
    may_saturate : bool
        Whether weights or corrections may saturate. The block is one batch then.
    weights : Weights
        ``corrections`` and ``sums`` are changed.
    masks : (n_bits,) int32 array
        Scratch memory.

    Returns
    -------
    n_correct : int
        Number of rows that were predicted right when they were visited.
    change : int
        The most by which a weight can have changed.
    """
    rows, classes, steps, scores = block
    log_odds, corrections, sums = weights
    n_correct = change = 0
    for i in range(start, stop):
        true, step = classes[i], steps[i]
        predicted, wrong = top_two_classes(scores[i], true)
        n_correct += predicted == true
        if predicted == true and scores[i, true] - scores[i, wrong] >= margin:
            continue
        mask_ones(rows[i], masks)
        for k, signed in ((true, step), (wrong, -step)):
            _add_to_ones(
                signed, masks, may_saturate, log_odds[k], corrections[k], sums[k]
            )
        change += step
        for later in range((i // batch_size + 1) * batch_size, rows.shape[0]):
            moved = step * _shared_ones(rows[i], rows[later])
            scores[later, true] += moved
            scores[later, wrong] -= moved
    return n_correct, change
