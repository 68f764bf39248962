# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""One epoch of target tuning: a mistake moves the weights of its ones.

Rows are scored a block at a time, because that is several times faster than row by row.
Updates within a block do not need new scores: adding ``step`` to the weights of the
ones of row ``a`` adds ``step`` times the number of ones that rows ``a`` and ``b`` share
to the score of row ``b``. So the result is the one of row-by-row learning, exactly. It
would not be where a weight saturates; there, blocks shrink to one batch.
"""

import numpy as np

from skbit._kernels._jit import kernel
from skbit._kernels.score import mask_ones, score_rows

_LARGEST = np.int64(2**31 - 1)
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
        # LLVM knows this for a population count and emits the instruction.
        word = np.uint64(a[c] & b[c])
        word -= (word >> _1) & _MASK_1
        word = (word & _MASK_2) + ((word >> _2) & _MASK_2)
        word = (word + (word >> _4)) & _MASK_4
        total += (word * _BYTES) >> _56
    return np.int64(total)


@kernel
def _saturate(value):
    return np.int32(min(max(value, -_LARGEST - 1), _LARGEST))


@kernel
def _move(masks, step, may_saturate, base, correction, weights):
    """Add ``step`` to a class's correction wherever the row is one."""
    if may_saturate:
        for j in range(masks.size):
            if masks[j]:
                correction[j] = _saturate(np.int64(correction[j]) + step)
                weights[j] = _saturate(np.int64(base[j]) + correction[j])
    else:
        small_step = np.int32(step)
        for j in range(masks.size):
            correction[j] += small_step & masks[j]
            weights[j] += small_step & masks[j]


@kernel
def rivals(scores, true_class):
    """Return the predicted class and the strongest wrong one; the first of equals."""
    predicted = 0
    wrong = 1 if true_class == 0 else 0
    for k in range(1, scores.size):
        if scores[k] > scores[predicted]:
            predicted = k
        if k != true_class and scores[k] > scores[wrong]:
            wrong = k
    return predicted, wrong


@kernel
def tune_epoch(
    rows,
    classes,
    order,
    steps,
    margin,
    batch_size,
    block_size,
    peak,
    base,
    offsets,
    correction,
    weights,
    block,
    masks,
    scores,
    table,
    sums,
):
    """Visit rows in order, correct what is misclassified or not clear enough.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    classes : (n_rows,) intp array
    order : (n_visits,) intp array
    steps : (n_rows,) int64 array
        What a row's correction adds, from 0 to 2**31 - 1.
    margin : int
        By how much the true class's score must exceed that of any other.
    batch_size : int
        Rows that are scored before any of them is learned from.
    block_size : int
        A multiple of the batch size.
    peak : int
        The largest absolute weight or correction.
    base : (n_classes, n_bits) int32 array
        Weights before correction. ``n_bits`` is at most ``32 * n_containers``.
    offsets : (n_classes,) int64 array
    correction, weights : (n_classes, n_bits) int32 arrays
        Changed; ``weights`` is ``base + correction``, saturated.
    block : (block_size, n_containers) uint32 array
    masks : (n_bits,) int32 array
    scores : (block_size, n_classes) int64 array
    table : table of 128 planes
    sums : table of ``block_size`` planes
        Scratch memory, as the four before it.

    Returns
    -------
    n_correct : int
        How many rows were predicted right when they were visited.
    """
    n_correct = 0
    begin = 0
    while begin < order.size:
        size = min(block_size, order.size - begin)
        change = 0
        for i in range(size):
            change += steps[order[begin + i]]
        may_saturate = peak + change > _LARGEST
        if may_saturate:
            size = min(batch_size, size)
        for i in range(size):
            for c in range(rows.shape[1]):
                block[i, c] = rows[order[begin + i], c]
        score_rows(block[:size], weights, offsets, table, sums, scores)
        for i in range(size):
            row = order[begin + i]
            true, step = classes[row], steps[row]
            predicted, wrong = rivals(scores[i], true)
            n_correct += predicted == true
            if predicted == true and scores[i, true] - scores[i, wrong] >= margin:
                continue
            mask_ones(block[i], masks)
            for k, change in ((true, step), (wrong, -step)):
                _move(masks, change, may_saturate, base[k], correction[k], weights[k])
            peak += step
            for later in range((i // batch_size + 1) * batch_size, size):
                change = step * _shared_ones(block[i], block[later])
                scores[later, true] += change
                scores[later, wrong] -= change
        begin += size
    return n_correct
