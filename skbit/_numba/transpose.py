# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of packed bits to bit planes and back.

A block is 512 rows. Bit ``j`` of all its rows is plane ``j``: bit ``i`` of lane ``l``
belongs to row ``64 * l + i``. Both directions swap ever smaller quarters of a 64 x 64
bit matrix (Hacker's Delight, 2nd edition, section 7-3), eight matrices side by side.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import CONTAINERS, LANES, PLANE_BITS
from skbit._numba.planes import (
    load,
    load_containers,
    store,
    store_containers,
    transpose_words,
)

_LOW = np.uint64(0xFFFFFFFF)
_32, _16, _8, _4, _2, _1 = (np.uint64(distance) for distance in (32, 16, 8, 4, 2, 1))
# At distance d, the mask has the low d bits of every 2 d bits.
_MASK_32 = np.uint64(0x00000000FFFFFFFF)
_MASK_16 = np.uint64(0x0000FFFF0000FFFF)
_MASK_8 = np.uint64(0x00FF00FF00FF00FF)
_MASK_4 = np.uint64(0x0F0F0F0F0F0F0F0F)
_MASK_2 = np.uint64(0x3333333333333333)
_MASK_1 = np.uint64(0x5555555555555555)
_FAR = _32, _MASK_32, _16, _MASK_16, _8, _MASK_8
_NEAR = _4, _MASK_4, _2, _MASK_2, _1, _MASK_1


@kernel
def _swap(low, high, distance, mask):
    change = ((low >> distance) ^ high) & mask
    return low ^ (change << distance), high ^ change


@kernel
def _three_swaps(planes, first, step, swaps):
    """Swap at three distances, eight planes ``step`` apart held in registers.

    ``swaps`` has the distances of bits and their masks, for planes that are 4, 2 and 1
    steps apart.
    """
    d4, mask4, d2, mask2, d1, mask1 = swaps
    p0 = load(planes, first)
    p1 = load(planes, first + step)
    p2 = load(planes, first + 2 * step)
    p3 = load(planes, first + 3 * step)
    p4 = load(planes, first + 4 * step)
    p5 = load(planes, first + 5 * step)
    p6 = load(planes, first + 6 * step)
    p7 = load(planes, first + 7 * step)
    p0, p4 = _swap(p0, p4, d4, mask4)
    p1, p5 = _swap(p1, p5, d4, mask4)
    p2, p6 = _swap(p2, p6, d4, mask4)
    p3, p7 = _swap(p3, p7, d4, mask4)
    p0, p2 = _swap(p0, p2, d2, mask2)
    p1, p3 = _swap(p1, p3, d2, mask2)
    p4, p6 = _swap(p4, p6, d2, mask2)
    p5, p7 = _swap(p5, p7, d2, mask2)
    p0, p1 = _swap(p0, p1, d1, mask1)
    p2, p3 = _swap(p2, p3, d1, mask1)
    p4, p5 = _swap(p4, p5, d1, mask1)
    p6, p7 = _swap(p6, p7, d1, mask1)
    store(planes, first, p0)
    store(planes, first + step, p1)
    store(planes, first + 2 * step, p2)
    store(planes, first + 3 * step, p3)
    store(planes, first + 4 * step, p4)
    store(planes, first + 5 * step, p5)
    store(planes, first + 6 * step, p6)
    store(planes, first + 7 * step, p7)


@kernel
def _transpose(planes, first):
    """Transpose the eight 64 x 64 bit matrices in 64 planes from ``first``, in place.

    Each lane is one matrix: word ``i`` of a lane is its row ``i``.
    """
    for i in range(8):
        _three_swaps(planes, first + i, 8, _FAR)
    for i in range(8):
        _three_swaps(planes, first + 8 * i, 1, _NEAR)


@kernel
def _gather_tile(rows, first, planes):
    """Read 16 containers of all 512 rows as 512 planes of words."""
    for i in range(64):
        words = transpose_words(
            load_containers(rows, i, first),
            load_containers(rows, 64 + i, first),
            load_containers(rows, 128 + i, first),
            load_containers(rows, 192 + i, first),
            load_containers(rows, 256 + i, first),
            load_containers(rows, 320 + i, first),
            load_containers(rows, 384 + i, first),
            load_containers(rows, 448 + i, first),
        )
        for pair in range(LANES):
            store(planes, 32 * first + 64 * pair + i, words[pair])


@kernel
def _scatter_tile(planes, first, rows, start):
    """Write 512 planes of words as 16 containers of all 512 rows."""
    at = 32 * first
    for i in range(64):
        rows_i = transpose_words(
            load(planes, at + i),
            load(planes, at + 64 + i),
            load(planes, at + 128 + i),
            load(planes, at + 192 + i),
            load(planes, at + 256 + i),
            load(planes, at + 320 + i),
            load(planes, at + 384 + i),
            load(planes, at + 448 + i),
        )
        for lane in range(LANES):
            store_containers(rows, 64 * lane + i, start, rows_i[lane])


@kernel
def rows_to_planes(rows, planes):
    """Lay out up to 512 rows as bit planes.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array, n_rows <= 512
    planes : (64 * ceil(n_containers / 2), 8) uint64 array
        Written: plane ``j`` holds bit ``j`` of every row; missing rows are 0.
    """
    n_rows, n_containers = rows.shape
    n_tiled = n_containers - n_containers % CONTAINERS if n_rows == PLANE_BITS else 0
    for first in range(0, n_tiled, CONTAINERS):
        _gather_tile(rows, first, planes)
        for left in range(first, first + CONTAINERS, 2):
            _transpose(planes, 32 * left)
    for left in range(n_tiled, n_containers, 2):
        has_right = left + 1 < n_containers
        for s in range(PLANE_BITS):
            word = np.uint64(0)
            if s < n_rows:
                word = np.uint64(rows[s, left])
                if has_right:
                    word |= np.uint64(rows[s, left + 1]) << _32
            planes[32 * left + s % 64, s // 64] = word
        _transpose(planes, 32 * left)


@kernel
def planes_to_rows(planes, rows, start, stop):
    """Write planes back as the containers of up to 512 rows.

    Parameters
    ----------
    planes : (>= 64 * ceil((stop - start) / 2), 8) table of planes
        Overwritten.
    rows : (n_rows, n_containers) C-contiguous uint32 array, n_rows <= 512
        Written from column ``start`` to ``stop``.
    """
    n_rows = rows.shape[0]
    n_tiled = 0
    if n_rows == PLANE_BITS:
        n_tiled = (stop - start) // CONTAINERS * CONTAINERS
    for first in range(0, n_tiled, CONTAINERS):
        for left in range(first, first + CONTAINERS, 2):
            _transpose(planes, 32 * left)
        _scatter_tile(planes, first, rows, start + first)
    for left in range(n_tiled, stop - start, 2):
        _transpose(planes, 32 * left)
        c = start + left
        for s in range(n_rows):
            word = planes[32 * left + s % 64, s // 64]
            rows[s, c] = np.uint32(word & _LOW)
            if c + 1 < stop:
                rows[s, c + 1] = np.uint32(word >> _32)
