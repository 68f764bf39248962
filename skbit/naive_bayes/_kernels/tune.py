# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Target tuning: a mistake moves the weights of its ones.

Rows come a block at a time with their scores. Updates within a block do not need new
scores: adding ``step`` to the weights of the ones of row ``a`` adds ``step`` times the
number of ones that rows ``a`` and ``b`` share to the score of row ``b``. So the result
is the one of row-by-row learning, exactly. It would not be where a weight saturates;
there, a block must be one batch.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.rows import mask_ones, rivals

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
def learn_rows(
    rows,
    classes,
    steps,
    start,
    stop,
    batch_size,
    margin,
    may_saturate,
    base,
    scores,
    masks,
    correction,
    weights,
):
    """Correct rows of a block that are misclassified or not clear enough.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
        The block, in the order of the visits.
    classes : (n_rows,) intp array
    steps : (n_rows,) int64 array
        What a row's correction adds, from 0 to 2**31 - 1.
    start, stop : int
        The rows to visit.
    batch_size : int
        Rows that are scored before any of them is learned from.
    margin : int
        By how much the true class's score must exceed that of any other.
    may_saturate : bool
        Whether weights or corrections may saturate. The block is one batch then.
    base : (n_classes, n_bits) int32 array
        Weights before correction. ``n_bits`` is at most ``32 * n_containers``.
    scores : (n_rows, n_classes) int64 array
        Changed: those of later batches stay up to date.
    masks : (n_bits,) int32 array
        Scratch memory.
    correction, weights : (n_classes, n_bits) int32 arrays
        Changed; ``weights`` is ``base + correction``, saturated.

    Returns
    -------
    n_correct : int
        How many rows were predicted right when they were visited.
    change : int
        By how much a weight can have changed.
    """
    n_correct = change = 0
    for i in range(start, stop):
        true, step = classes[i], steps[i]
        predicted, wrong = rivals(scores[i], true)
        n_correct += predicted == true
        if predicted == true and scores[i, true] - scores[i, wrong] >= margin:
            continue
        mask_ones(rows[i], masks)
        for k, signed in ((true, step), (wrong, -step)):
            _move(masks, signed, may_saturate, base[k], correction[k], weights[k])
        change += step
        for later in range((i // batch_size + 1) * batch_size, rows.shape[0]):
            moved = step * _shared_ones(rows[i], rows[later])
            scores[later, true] += moved
            scores[later, wrong] -= moved
    return n_correct, change
