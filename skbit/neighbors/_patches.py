# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the patch classifier: its grid of patches, and scoring by it."""

import functools
from typing import NamedTuple

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_planes, zero_planes
from skbit._utils.blocks import rows_per_call, run_blocks

# What one thread does at a time.
_ROWS_PER_TASK = 256


class Grid(NamedTuple):
    """Where an image's patches lie and how they may be shifted, in rows and bits."""

    shape: tuple
    tops: np.ndarray
    lefts: np.ndarray
    size: tuple
    downs: np.ndarray
    rights: np.ndarray


@functools.lru_cache(maxsize=64)
def grid(height, width, n_channels, patch_size, stride, max_shift):
    """Lay patches over an image; the last ones of a row or column end at its border.

    Shifts are ordered by how far they go, so that of equal similarities the nearest
    wins. A patch that has left the image is empty, however far it goes.

    Raises
    ------
    ValueError
        If patches do not fit into a word.
    """
    sides = height, width
    patch = tuple(min(patch_size, n) for n in sides)
    n_bits = patch[0] * patch[1] * n_channels
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
        (height, width * n_channels),
        read_only(tops),
        read_only(lefts * n_channels),
        (patch[0], patch[1] * n_channels),
        read_only(downs[order]),
        read_only(rights[order] * n_channels),
    )


def shape_of_table(n_prototypes, where):
    """Return the planes that the patches of prototypes take, and their words."""
    lanes = LANES
    return -(-n_prototypes // lanes) * len(where.tops), lanes


def table(words, where):
    """Cut packed prototypes into patches, eight prototypes to a plane."""
    from skbit.neighbors._kernels.patches import cut_patches

    n_patches = len(where.tops)
    n_planes, lanes = shape_of_table(len(words), where)
    planes = zero_planes(n_planes)
    by_group = planes.reshape(-1, n_patches, lanes)
    words = read_only(words)
    nowhere = read_only(np.zeros(1, dtype=np.intp))
    patch = np.empty((n_patches, 1), dtype=np.uint64)
    for n in range(len(words)):
        cut_patches(words, n, *where._replace(downs=nowhere, rights=nowhere), patch)
        by_group[n // lanes, :, n % lanes] = patch[:, 0]
    return planes


def score(words, where, ones, decided, ends, similarity, n_jobs):
    """Score rows: the highest similarity among each class's prototypes.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    where : Grid
    ones, decided : tables of planes
        As ``table`` makes them, of the prototypes of all classes, class by class.
    ends : ndarray of shape (n_classes,), dtype intp
        Where the prototypes of each class end.
    similarity : int
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
        Of a class without prototypes, lower than any other can be.
    """
    from skbit.neighbors._kernels.patches import score_rows

    n_patches, n_shifts = len(where.tops), len(where.downs)
    # Tables that are mapped from a file are read-only, and all are for one type.
    ones, decided = read_only(ones), read_only(decided)
    scores = np.full((len(words), len(ends)), -(64 * n_patches + 1), dtype=np.int64)

    def score_block(start, stop):
        score_rows(
            words[start:stop],
            *where,
            ones,
            decided,
            ends,
            similarity,
            np.empty((n_patches, n_shifts), dtype=np.uint64),
            empty_planes(2 * (len(ones) // n_patches)),
            scores[start:stop],
        )

    # A patch and a shift take a dozen operations on every plane.
    size = rows_per_call(12 * n_shifts * (len(ones) + n_patches), most=_ROWS_PER_TASK)
    run_blocks(score_block, len(words), size, n_jobs)
    return scores
