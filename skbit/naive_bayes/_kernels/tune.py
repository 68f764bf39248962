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
def find_rivals(scores, true, rule, rivals):
    """Write the classes that lose by the correction of a row to ``rivals``.

    Returns
    -------
    n_rivals : int
    is_right : bool
        Whether the row was predicted right.
    """
    predicted, wrong = top_two_classes(scores, true)
    is_right = predicted == true
    if is_right and scores[true] - scores[wrong] >= rule.margin:
        return 0, is_right
    if not rule.all_rivals:
        rivals[0] = wrong
        return 1, is_right
    n_rivals = 0
    for k in range(scores.size):
        lead = scores[true] - scores[k]
        # The first of equals is predicted.
        if k != true and (lead < rule.margin or (lead == 0 and k < true)):
            rivals[n_rivals] = k
            n_rivals += 1
    return n_rivals, is_right


@kernel
def correct_rows(block, start, stop, rule, may_saturate, weights, masks):
    """Correct rows of a block that are misclassified, or classified by a small lead.

    Each rival loses a step, and the true class gains as many steps as there are rivals.

    Parameters
    ----------
    block : Block
        Its scores are changed: those of later batches stay up to date.
    start, stop : int
        The rows to visit.
    rule : Rule
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
    rows, classes, steps, scores, rivals = block
    log_odds, corrections, sums = weights
    n_correct = change = 0
    for i in range(start, stop):
        true, step = classes[i], steps[i]
        n_rivals, is_right = find_rivals(scores[i], true, rule, rivals)
        n_correct += is_right
        if n_rivals == 0:
            continue
        mask_ones(rows[i], masks)
        for r in range(n_rivals + 1):
            k, signed = true, n_rivals * step
            if r < n_rivals:
                k, signed = rivals[r], -step
            _add_to_ones(
                signed, masks, may_saturate, log_odds[k], corrections[k], sums[k]
            )
        change += n_rivals * step
        for later in range((i // rule.batch_size + 1) * rule.batch_size, rows.shape[0]):
            moved = step * _shared_ones(rows[i], rows[later])
            scores[later, true] += n_rivals * moved
            for r in range(n_rivals):
                scores[later, rivals[r]] -= moved
    return n_correct, change
