# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the patch classifier: its grid of patches, and scoring by it."""

from typing import NamedTuple

import numpy as np

from skbit import _kernels
from skbit._blocks import run_blocks

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


def grid(image_shape, n_channels, patch_size, stride, max_shift):
    """Lay patches over an image; the last ones of a row or column end at its border.

    Shifts are ordered by how far they go, so that of equal resonances the nearest wins.
    """
    height, width = image_shape
    patch = tuple(min(patch_size, n) for n in image_shape)
    tops, lefts = (
        np.unique(np.minimum(np.arange(0, n - p + stride, stride), n - p))
        for n, p in zip(image_shape, patch, strict=True)
    )
    tops, lefts = (axis.ravel() for axis in np.meshgrid(tops, lefts, indexing="ij"))
    steps = np.arange(-max_shift, max_shift + 1)
    downs, rights = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    order = np.argsort(downs**2 + rights**2, kind="stable")
    return Grid(
        (height, width * n_channels),
        tops,
        lefts * n_channels,
        (patch[0], patch[1] * n_channels),
        downs[order],
        rights[order] * n_channels,
    )


def table(words, where):
    """Cut packed prototypes into patches, eight prototypes to a plane."""
    lanes, n_patches = _kernels._planes.LANES, len(where.tops)
    n_groups = -(-len(words) // lanes)
    planes = _kernels._planes.zero_planes(n_groups * n_patches)
    by_group = planes.reshape(n_groups, n_patches, lanes)
    nowhere = np.zeros(1, dtype=np.intp)
    patch = np.empty((n_patches, 1), dtype=np.uint64)
    for n in range(len(words)):
        _kernels.patches.cut_patches(
            words, n, *where._replace(downs=nowhere, rights=nowhere), patch
        )
        by_group[n // lanes, :, n % lanes] = patch[:, 0]
    return planes


def score(words, where, ones, decided, ends, resonance, n_jobs):
    """Score rows: the highest resonance among each class's prototypes.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    where : Grid
    ones, decided : tables of planes
        As ``table`` makes them, of the prototypes of all classes, class by class.
    ends : ndarray of shape (n_classes,), dtype intp
        Where the prototypes of each class end.
    resonance : int
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
        Of a class without prototypes, lower than any other can be.
    """
    n_patches = len(where.tops)
    scores = np.full((len(words), len(ends)), -(64 * n_patches + 1), dtype=np.int64)

    def score_block(start, stop):
        _kernels.patches.score_rows(
            words[start:stop],
            *where,
            ones,
            decided,
            ends,
            resonance,
            np.empty((n_patches, len(where.downs)), dtype=np.uint64),
            _kernels._planes.empty_planes(2 * (len(ones) // n_patches)),
            scores[start:stop],
        )

    run_blocks(score_block, len(words), _ROWS_PER_TASK, n_jobs)
    return scores
