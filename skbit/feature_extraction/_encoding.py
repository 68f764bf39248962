# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoding of rows with a codebook."""

import numpy as np

from skbit._numba.memory import LANES, PLANE_BITS, empty_planes, read_only
from skbit._utils.blocks import rows_per_call, run_blocks
from skbit.bits import n_containers, unpack_bits
from skbit.feature_extraction._contest import write_contest


def prepare(codebook, geometry, n_winners):
    """Prepare the competition of templates.

    Parameters
    ----------
    codebook : ndarray of shape (n_templates, n_containers), dtype uint32
    geometry : Geometry
    n_winners : int

    Returns
    -------
    contest : Contest
    n_planes : int
        Planes that the competition needs.
    """
    return write_contest(unpack_bits(codebook, geometry.n_patch_bits), n_winners)


def _lay_out(geometry, min_ones):
    """Return how the bits of rows lie in images, as the kernel takes it."""
    from skbit.feature_extraction._kernels.encode import Image

    n = geometry.n_channels
    return Image(
        n_image_rows=geometry.image_shape[0],
        row_bits=geometry.image_shape[1] * n,
        top=geometry.padding[0],
        left_bits=geometry.padding[1] * n,
        map_shape=geometry.map_shape,
        n_parts=geometry.stride[0],
        step_bits=geometry.stride[1] * n,
        patch_height=geometry.patch_shape[0],
        patch_bits=geometry.patch_shape[1] * n,
        min_ones=np.uint64(min(min_ones, geometry.n_patch_bits + 1)),
    )


def encode(words, geometry, contest, min_ones, levels, n_jobs):
    """Encode rows.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    geometry : Geometry
    contest : tuple
        As ``prepare`` returns it.
    min_ones : int
    levels : sequence of int
        Counts at which bits become ones.
    n_jobs : int or None

    Returns
    -------
    encoded : ndarray of shape (n_rows, n_containers), dtype uint32
    """
    from skbit.feature_extraction._kernels.encode import Scratch, encode_rows
    from skbit.feature_extraction._kernels.pool import Cells

    contest, n_planes = contest
    image = _lay_out(geometry, min_ones)
    n_templates = len(contest.digits)
    n_cells = geometry.grid_shape[0] * geometry.grid_shape[1]
    n_digits = (max(levels) - 1).bit_length() + 1
    starts, members = map(read_only, geometry.cells_of_patches())
    cells = Cells(
        starts,
        members,
        n_cells,
        n_templates,
        n_digits,
        read_only(np.array(levels, dtype=np.intp)),
    )
    n_out = n_containers(n_cells * n_templates * len(levels))
    out = np.zeros((len(words), n_out), dtype=np.uint32)
    width = geometry.padded_shape[1]
    n_words, n_patch_words = -(-n_templates // 64), -(-geometry.n_patch_bits // 64)
    n_groups = -(-image.map_shape[0] // LANES)
    # Groups of eight are read beyond the last image row.
    part_words = geometry.patch_shape[0] // image.n_parts + LANES * n_groups + 1
    row_words = width * geometry.n_channels // 64 + 2

    def encode_block(start, stop):
        pixels = np.empty((row_words * image.n_parts, part_words), dtype=np.uint64)
        patches = np.empty((PLANE_BITS, n_patch_words), dtype=np.uint64)
        winner_words = np.empty((PLANE_BITS, n_words), dtype=np.uint64)
        scratch = Scratch(
            row=np.zeros(-(-words.shape[1] // 2) + 1, dtype=np.uint64),
            pixels=pixels,
            column=empty_planes(n_patch_words * n_groups),
            ones=empty_planes(n_groups),
            patches=patches,
            images=np.empty(PLANE_BITS, dtype=np.intp),
            places=np.empty(PLANE_BITS, dtype=np.intp),
            pool=empty_planes(n_planes),
            winners=empty_planes(64 * n_words),
            winner_words=winner_words,
            counters=np.empty(n_cells * n_words * n_digits, dtype=np.uint64),
            pixel_rows=pixels.view(np.uint32),
            patch_rows=patches.view(np.uint32),
            winner_rows=winner_words.view(np.uint32),
        )
        block = words[start:stop], image, contest, cells, scratch, out[start:stop]
        encode_rows(*block)

    n_patches = image.map_shape[0] * image.map_shape[1]
    of_templates = contest.digits.size * (1 + contest.n_winners)
    work = n_patches * (len(contest.adders) + of_templates) // 64
    run_blocks(encode_block, len(words), rows_per_call(work, 512), n_jobs)
    return out
