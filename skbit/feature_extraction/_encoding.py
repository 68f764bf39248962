# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoding of rows with a codebook."""

from typing import Any, NamedTuple

import numpy as np

from skbit._numba.memory import LANES, PLANE_BITS, empty_planes, read_only
from skbit._utils.blocks import rows_per_call, run_blocks
from skbit.bits import n_containers, unpack_bits
from skbit.feature_extraction._contest import write_contest


class Plan(NamedTuple):
    """What the encoding of rows depends on, as the kernel takes it.

    Attributes
    ----------
    image : Image
    contest : Contest
    cells : Cells
    n_planes : int
        Planes that the contest needs.
    n_out : int
        Containers of an encoded row.
    """

    image: Any
    contest: Any
    cells: Any
    n_planes: int
    n_out: int


def prepare(codebook, geometry, n_winners, min_ones, levels):
    """Prepare the encoding of rows.

    Parameters
    ----------
    codebook : ndarray of shape (n_templates, n_containers), dtype uint32
    geometry : Geometry
    n_winners, min_ones : int
    levels : sequence of int
        Counts at which bits become ones.

    Returns
    -------
    plan : Plan
    """
    from skbit.feature_extraction._kernels.pool import Cells

    bits = unpack_bits(codebook, geometry.n_patch_bits)
    contest, n_planes = write_contest(bits, n_winners)
    n_cells = geometry.grid_shape[0] * geometry.grid_shape[1]
    starts, members = geometry.cells_of_patches()
    cells = Cells(
        read_only(starts),
        read_only(members),
        n_cells,
        len(codebook),
        (max(levels) - 1).bit_length() + 1,
        read_only(np.array(levels, dtype=np.intp)),
    )
    return Plan(
        _lay_out(geometry, min_ones),
        contest,
        cells,
        n_planes,
        n_containers(n_cells * len(codebook) * len(levels)),
    )


def _lay_out(geometry, min_ones):
    """Return how the bits of rows lie in images, as the kernel takes it."""
    from skbit.feature_extraction._kernels.encode import Image

    n = geometry.n_channels
    width = geometry.padded_shape[1]
    n_parts = geometry.stride[0]
    n_groups = -(-geometry.map_shape[0] // LANES)
    return Image(
        n_image_rows=geometry.image_shape[0],
        row_bits=geometry.image_shape[1] * n,
        row_words=width * n // 64 + 2,
        # Groups of eight are read beyond the last image row.
        part_words=geometry.patch_shape[0] // n_parts + LANES * n_groups + 1,
        top=geometry.padding[0],
        left_bits=geometry.padding[1] * n,
        map_shape=geometry.map_shape,
        n_parts=n_parts,
        step_bits=geometry.stride[1] * n,
        patch_height=geometry.patch_shape[0],
        patch_bits=geometry.patch_shape[1] * n,
        min_ones=np.uint64(min(min_ones, geometry.n_patch_bits + 1)),
    )


def _make_scratch(plan, n_columns):
    """Allocate the memory for a block of patches, of rows of some containers."""
    from skbit.feature_extraction._kernels.encode import Scratch

    image, cells = plan.image, plan.cells
    n_patch_words = -(-image.patch_height * image.patch_bits // 64)
    n_groups = -(-image.map_shape[0] // LANES)
    n_words = -(-cells.n_templates // 64)
    shape = image.row_words * image.n_parts, image.part_words
    pixels = np.empty(shape, dtype=np.uint64)
    patches = np.empty((PLANE_BITS, n_patch_words), dtype=np.uint64)
    winner_words = np.empty((PLANE_BITS, n_words), dtype=np.uint64)
    return Scratch(
        row=np.zeros(n_columns // 2 + 2, dtype=np.uint64),
        pixels=pixels,
        column=empty_planes(n_patch_words * n_groups),
        ones=empty_planes(n_groups),
        patches=patches,
        images=np.empty(PLANE_BITS, dtype=np.intp),
        places=np.empty(PLANE_BITS, dtype=np.intp),
        pool=empty_planes(plan.n_planes),
        winners=empty_planes(64 * n_words),
        winner_words=winner_words,
        counters=np.empty(cells.n_cells * n_words * cells.n_digits, dtype=np.uint64),
        pixel_rows=pixels.view(np.uint32),
        patch_rows=patches.view(np.uint32),
        winner_rows=winner_words.view(np.uint32),
    )


def encode(words, plan, n_jobs):
    """Encode rows.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    plan : Plan
    n_jobs : int or None

    Returns
    -------
    encoded : ndarray of shape (n_rows, n_containers), dtype uint32
    """
    from skbit.feature_extraction._kernels.encode import encode_rows

    image, contest = plan.image, plan.contest
    out = np.zeros((len(words), plan.n_out), dtype=np.uint32)

    def encode_block(start, stop):
        scratch = _make_scratch(plan, words.shape[1])
        rows, encoded = words[start:stop], out[start:stop]
        encode_rows(rows, image, contest, plan.cells, scratch, encoded)

    n_patches = image.map_shape[0] * image.map_shape[1]
    of_templates = contest.digits.size * (1 + contest.n_winners)
    work = n_patches * (len(contest.adders) + of_templates) // 64
    run_blocks(encode_block, len(words), rows_per_call(work, 512), n_jobs)
    return out
