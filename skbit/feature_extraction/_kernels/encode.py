# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoding of images: their patches compete 512 at a time, whatever image they are of.

Patches with few ones do not compete, so an image has more or fewer patches than 512.
"""

from typing import NamedTuple

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES, PLANE_BITS
from skbit._numba.rows import load_row
from skbit._numba.transpose import planes_to_rows, rows_to_planes
from skbit.feature_extraction._kernels.compete import compete
from skbit.feature_extraction._kernels.cut import cut_column, place_image
from skbit.feature_extraction._kernels.pool import count_winners, write_bits

_0 = np.uint64(0)


class Image(NamedTuple):
    """How the bits of a row lie in an image with its padding.

    Parameters
    ----------
    n_image_rows, row_bits : int
        Rows of the image without padding, and their bits.
    row_words, part_words : int
        Words of an image row with its padding, and one more; and words of a part of
        them, as ``place_image`` arranges them.
    top, left_bits : int
        The padding above, and the bits of the padding to the left.
    map_shape : tuple of int
        Number of patches in both directions.
    n_parts, step_bits : int
        Image rows, and bits, from one patch to the next.
    patch_height, patch_bits : int
        Rows of a patch, and bits of each.
    min_ones : uint64
        Patches with fewer ones do not compete.
    """

    n_image_rows: int
    row_bits: int
    row_words: int
    part_words: int
    top: int
    left_bits: int
    map_shape: tuple
    n_parts: int
    step_bits: int
    patch_height: int
    patch_bits: int
    min_ones: np.uint64


class Scratch(NamedTuple):
    """Memory for a block of patches, and for one image.

    Parameters
    ----------
    row : uint64 array
        A row of X, and one word more.
    pixels : (row_words * n_parts, part_words) uint64 array
        The image with its padding, in the order of ``place_image``.
    column : (n_patch_words * n_groups, 8) table of planes
        The patches of a column.
    ones : (n_groups, 8) table of planes
        The number of ones of each patch of a column.
    patches : (512, n_patch_words) uint64 array
        The patches of the block.
    images : (512,) intp array
        The row of X that each patch of the block belongs to.
    places : (512,) intp array
        The number of each patch in its image.
    pool : table of planes
    winners : (64 * n_words, 8) table of planes
    winner_words : (512, n_words) uint64 array
        The winners of each patch.
    counters : (n_cells * n_words * n_digits,) uint64 array
    pixel_rows, patch_rows, winner_rows : uint32 arrays
        The memory of ``pixels``, ``patches`` and ``winner_words``.
    """

    row: np.ndarray
    pixels: np.ndarray
    column: np.ndarray
    ones: np.ndarray
    patches: np.ndarray
    images: np.ndarray
    places: np.ndarray
    pool: np.ndarray
    winners: np.ndarray
    winner_words: np.ndarray
    counters: np.ndarray
    pixel_rows: np.ndarray
    patch_rows: np.ndarray
    winner_rows: np.ndarray


@kernel
def _finish_block(n_patches, current, contest, cells, scratch, out):
    """Let the patches of a block compete; return the image of the last one.

    Images are written when a patch of the next one comes.
    """
    rows_to_planes(scratch.patch_rows[:n_patches], scratch.pool)
    compete(contest, scratch.pool, scratch.winners)
    rows = scratch.winner_rows
    planes_to_rows(scratch.winners, rows[:n_patches], 0, rows.shape[1])
    start = 0
    while start < n_patches:
        i = scratch.images[start]
        if i != current:
            write_bits(cells, scratch.counters, out[current])
            scratch.counters[:] = _0
            current = i
        stop = start + 1
        while stop < n_patches and scratch.images[stop] == i:
            stop += 1
        block = scratch.winner_words, scratch.places, start, stop
        count_winners(*block, cells, scratch.counters)
        start = stop
    return current


@kernel
def encode_rows(rows, image, contest, cells, scratch, out):
    """Encode images.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
        Images, image row by image row.
    image : Image
    contest : Contest
    cells : Cells
    scratch : Scratch
    out : (n_rows, n_containers) uint32 array of zeros
        Written.
    """
    column, ones, n_words = scratch.column, scratch.ones, scratch.patches.shape[1]
    n_down, n_right = image.map_shape
    scratch.counters[:] = _0
    n_patches = current = 0
    for i in range(rows.shape[0]):
        load_row(rows, i, scratch.row)
        place_image(scratch.row, image, scratch.pixels)
        for right in range(n_right):
            cut_column(scratch.pixel_rows, right, image, column, ones)
            for down in range(n_down):
                group, lane = down // LANES, down % LANES
                if ones[group, lane] < image.min_ones:
                    continue
                for w in range(n_words):
                    word = column[w * ones.shape[0] + group, lane]
                    scratch.patches[n_patches, w] = word
                scratch.images[n_patches] = i
                scratch.places[n_patches] = down * n_right + right
                n_patches += 1
                if n_patches == PLANE_BITS:
                    block = n_patches, current, contest, cells, scratch, out
                    current = _finish_block(*block)
                    n_patches = 0
    if n_patches > 0:
        current = _finish_block(n_patches, current, contest, cells, scratch, out)
    if rows.shape[0] > 0:
        write_bits(cells, scratch.counters, out[current])
