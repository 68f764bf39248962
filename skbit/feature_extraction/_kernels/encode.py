# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoding of images: their patches compete 512 at a time, whatever image they are of.

Patches with few ones do not compete, so an image has more or fewer patches than 512.
"""

from typing import NamedTuple

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import PLANE_BITS
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
    top, left_bits : int
        The padding above, and the bits of the padding to the left.
    map_shape : tuple of int
        Number of patches in both directions.
    step_down, step_bits : int
        Image rows, and bits, from one patch to the next.
    patch_height, patch_bits : int
        Rows of a patch, and bits of each.
    min_ones : int
        Patches with fewer ones do not compete.
    """

    n_image_rows: int
    row_bits: int
    top: int
    left_bits: int
    map_shape: tuple
    step_down: int
    step_bits: int
    patch_height: int
    patch_bits: int
    min_ones: int


class Scratch(NamedTuple):
    """Memory for a block of patches, and for one image.

    Parameters
    ----------
    row : uint64 array
        A row of X, and one word more.
    pixels : (height, row_words) uint64 array
        The image with its padding, every image row from a new word on.
    patch : uint64 array
        A patch, and at least one word of zeros.
    cut : (map_height + 1, n_patch_words + 1) uint64 array
        Patches of a column, and their places.
    patches : (512, n_patch_words) uint64 array
        The patches of the block.
    images : (512,) intp array
        The row of X that each patch of the block belongs to.
    places : (512, 2) intp array
        The place of each patch in both directions.
    pool : table of planes
    winners : (64 * n_words, 8) table of planes
    winner_words : (512, n_words) uint64 array
        The winners of each patch.
    counters : (n_cells * n_words * n_digits,) uint64 array
    patch_rows, winner_rows : uint32 arrays
        The memory of ``patches`` and ``winner_words``.
    """

    row: np.ndarray
    pixels: np.ndarray
    patch: np.ndarray
    cut: np.ndarray
    patches: np.ndarray
    images: np.ndarray
    places: np.ndarray
    pool: np.ndarray
    winners: np.ndarray
    winner_words: np.ndarray
    counters: np.ndarray
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
    pixels, n_words = scratch.pixels, scratch.patches.shape[1]
    scratch.counters[:] = _0
    n_patches = current = 0
    for i in range(rows.shape[0]):
        load_row(rows, i, scratch.row)
        place_image(scratch.row, image, pixels)
        for right in range(image.map_shape[1]):
            n_cut = cut_column(pixels, right, image, scratch.patch, scratch.cut)
            for k in range(n_cut):
                for w in range(n_words):
                    scratch.patches[n_patches, w] = scratch.cut[k, w]
                scratch.images[n_patches] = i
                scratch.places[n_patches, 0] = scratch.cut[k, n_words]
                scratch.places[n_patches, 1] = right
                n_patches += 1
                if n_patches == PLANE_BITS:
                    block = n_patches, current, contest, cells, scratch, out
                    current = _finish_block(*block)
                    n_patches = 0
    if n_patches > 0:
        current = _finish_block(n_patches, current, contest, cells, scratch, out)
    if rows.shape[0] > 0:
        write_bits(cells, scratch.counters, out[current])
