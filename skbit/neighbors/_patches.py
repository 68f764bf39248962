# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the patch classifier: its grid of patches, and scoring."""

import functools
from typing import NamedTuple

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_planes, zero_planes
from skbit._utils.blocks import rows_per_call, run_blocks

# Rows that a thread scores at a time, at most.
_MAX_ROWS_PER_TASK = 256


class Grid(NamedTuple):
    """Where the patches of an image lie, and their shifts, in image rows and bits."""

    shape: tuple  # image rows, and the bits of one
    tops: np.ndarray  # (n_patches,) intp
    lefts: np.ndarray  # (n_patches,) intp
    size: tuple  # height and width of a patch
    downs: np.ndarray  # (n_shifts,) intp
    rights: np.ndarray  # (n_shifts,) intp


class Prototypes(NamedTuple):
    """The prototypes of all classes, class by class, cut into patches."""

    ones: np.ndarray  # table of planes
    decided: np.ndarray  # table of planes
    ends: np.ndarray  # (n_classes,) intp, where the prototypes of each class end


class Scratch(NamedTuple):
    """Memory that the kernel for scoring needs for an image."""

    patches: np.ndarray  # (n_patches, n_shifts) uint64
    totals: np.ndarray  # table of two planes for each eight prototypes


@functools.lru_cache(maxsize=64)
def grid(height, width, n_bits_per_pixel, patch_size, stride, max_shift):
    """Return the grid of patches; the last ones of a row or column end at its border.

    Shifts are ordered by their distance, so that the nearest of equally good shifts is
    taken. Patches outside of the image are empty, so that larger shifts change nothing.

    Parameters
    ----------
    height, width : int
        The shape of the image in pixels.
    n_bits_per_pixel, patch_size, stride, max_shift : int

    Returns
    -------
    grid : Grid

    Raises
    ------
    ValueError
        If patches have more than 64 bits.
    """
    sides = height, width
    patch = tuple(min(patch_size, n) for n in sides)
    n_bits = patch[0] * patch[1] * n_bits_per_pixel
    if n_bits > 64:
        raise ValueError(
            f"Patches have {n_bits} bits with patch_size={patch_size}, but can have 64 "
            "at most."
        )
    strides = (min(stride, n) for n in sides)
    tops, lefts = (
        np.unique(np.minimum(np.arange(0, n - p + step, step), n - p))
        for n, p, step in zip(sides, patch, strides, strict=True)
    )
    tops, lefts = (axis.ravel() for axis in np.meshgrid(tops, lefts, indexing="ij"))
    shifts = (min(max_shift, n) for n in sides)
    steps = (np.arange(-n, n + 1) for n in shifts)
    downs, rights = (axis.ravel() for axis in np.meshgrid(*steps, indexing="ij"))
    order = np.argsort(downs**2 + rights**2, kind="stable")
    return Grid(
        (height, width * n_bits_per_pixel),
        read_only(tops),
        read_only(lefts * n_bits_per_pixel),
        (patch[0], patch[1] * n_bits_per_pixel),
        read_only(downs[order]),
        read_only(rights[order] * n_bits_per_pixel),
    )


def table(words, grid):
    """Cut packed prototypes into patches, and lay them in planes of eight.

    Parameters
    ----------
    words : ndarray of shape (n_prototypes, n_containers), dtype uint32
    grid : Grid

    Returns
    -------
    planes : ndarray of shape (n_planes, 8), dtype uint64
    """
    from skbit.neighbors._kernels.patches import cut_patches

    n_patches = len(grid.tops)
    planes = zero_planes(-(-len(words) // LANES) * n_patches)
    by_group = planes.reshape(-1, n_patches, LANES)
    words = read_only(words)
    no_shift = read_only(np.zeros(1, dtype=np.intp))
    unshifted = grid._replace(downs=no_shift, rights=no_shift)
    patches = np.empty((n_patches, 1), dtype=np.uint64)
    for n in range(len(words)):
        cut_patches(words, n, unshifted, patches)
        by_group[n // LANES, :, n % LANES] = patches[:, 0]
    return planes


def score(words, grid, prototypes, similarity, n_jobs):
    """Score rows: the highest similarity among the prototypes of each class.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    grid : Grid
    prototypes : Prototypes
    similarity : int
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
        The score of a class without prototypes is below all scores that are possible.
    """
    from skbit.neighbors._kernels.patches import score_rows

    n_patches, n_shifts = len(grid.tops), len(grid.downs)
    n_planes, n_classes = len(prototypes.ones), len(prototypes.ends)
    # The kernel is compiled for one type of arrays.
    prototypes = Prototypes(*map(read_only, prototypes))
    scores = np.full((len(words), n_classes), -(64 * n_patches + 1), dtype=np.int64)

    def score_block(start, stop):
        scratch = Scratch(
            patches=np.empty((n_patches, n_shifts), dtype=np.uint64),
            totals=empty_planes(2 * (n_planes // n_patches)),
        )
        rows, out = words[start:stop], scores[start:stop]
        score_rows(rows, grid, prototypes, similarity, scratch, out)

    # A patch and a shift take a dozen operations on every plane.
    work_per_row = 12 * n_shifts * (n_planes + n_patches)
    size = rows_per_call(work_per_row, most=_MAX_ROWS_PER_TASK)
    run_blocks(score_block, len(words), size, n_jobs)
    return scores
