# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Drawing ferns, and the ferns of rows."""

import numpy as np

from skbit._numba.memory import PLANE_BITS, empty_planes, read_only
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit._utils.splitmix import random_below, random_words
from skbit.bits import n_containers

# Batches up to this many rows are encoded row by row.
_FEW_ROWS = 16
# Blocks of rows that one thread encodes before it takes the next, at most.
_BLOCKS_PER_TASK = 4
_NONE = np.iinfo(np.intp).max


def draw(seed, n_ferns, size, bits, features):
    """Draw the bits that ferns read by the rule in the Notes of the class.

    Parameters
    ----------
    seed, n_ferns, size : int
    bits : ndarray of shape (n_bits,), dtype intp
        Bits that can be drawn, ascending.
    features : ndarray of shape (n_bits,)
        The feature of each, ascending.

    Returns
    -------
    ferns : ndarray of shape (n_ferns, size), dtype intp
    """
    words = random_words(seed, 2 * n_ferns * size).reshape(n_ferns, size, 2)
    _, first, n_bits = np.unique(features, return_index=True, return_counts=True)
    # In round r all features with more than r bits are drawn, each once.
    n_drawn = [np.count_nonzero(n_bits > r) for r in range(min(n_bits.max(), size))]
    n_each = np.minimum(n_drawn, size)
    rounds = np.resize(np.repeat(np.arange(len(n_drawn)), n_each), size)
    # After the last one, when all bits are drawn, the first begins anew.
    cycles = np.arange(size) // sum(n_drawn)
    chosen, feature, bit = np.empty((3, n_ferns, size), dtype=np.intp)
    for i, r in enumerate(rounds):
        before = cycles[:i] == cycles[i]
        in_round = before & (rounds[:i] == r)
        candidates = np.flatnonzero(n_bits > r)
        taken = chosen[:, :i][:, in_round]
        n_left = len(candidates) - taken.shape[1]
        chosen[:, i] = _draw_others(words[:, i, 0], n_left, taken)
        feature[:, i] = candidates[chosen[:, i]]
        is_same = feature[:, :i][:, before] == feature[:, i, np.newaxis]
        taken = np.where(is_same, bit[:, :i][:, before], _NONE)
        bit[:, i] = _draw_others(words[:, i, 1], n_bits[feature[:, i]] - r, taken)
    return bits[first[feature] + bit]


def _draw_others(words, n_left, taken):
    """Draw one of the ``n_left`` numbers per fern that it has not taken."""
    drawn = random_below(words, n_left)
    for number in np.sort(taken, axis=1).T:
        drawn += drawn >= number
    return drawn


def encode(words, ferns, n_jobs):
    """Encode rows of containers.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_words), dtype uint32
    ferns : ndarray of shape (n_ferns, size), dtype intp
    n_jobs : int or None

    Returns
    -------
    encoded : ndarray of shape (n_rows, n_containers), dtype uint32
    """
    n_ferns, size = ferns.shape
    # The system hands out large zeros page by page, so nothing is written twice.
    out = np.zeros((len(words), n_containers(n_ferns << size)), dtype=np.uint32)
    ferns = read_only(ferns)
    work = words.shape[1] + ferns.size + out.shape[1]
    if len(words) <= _FEW_ROWS:
        from skbit.random_projection._kernels.ferns import encode_rows

        for rows in slices(len(words), rows_per_call(work)):
            encode_rows(words[rows], ferns, out[rows])
        return out
    from skbit._numba.transpose import rows_to_planes
    from skbit.random_projection._kernels.ferns import encode_block

    def encode_blocks(start, stop):
        planes = empty_planes(64 * -(-words.shape[1] // 2))
        pool = empty_planes(PLANE_BITS)
        n_digits, dtype = (8, np.uint8) if size <= 8 else (16, np.uint16)
        codes = np.empty((PLANE_BITS, PLANE_BITS // n_digits), dtype=dtype)
        for block in slices(stop - start, PLANE_BITS):
            rows = slice(start + block.start, start + block.stop)
            n_rows = block.stop - block.start
            rows_to_planes(words[rows], planes)
            encode_block(planes, ferns, pool, codes[:n_rows], out[rows])

    n_blocks = rows_per_call(work * PLANE_BITS, _BLOCKS_PER_TASK)
    run_blocks(encode_blocks, len(words), PLANE_BITS * n_blocks, n_jobs)
    return out
