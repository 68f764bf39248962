# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The similarity of images and their nearest prototypes as a sum over patches."""

import numpy as np

from skbit._numba.memory import LANES
from skbit.neighbors._kernels.constants import SIMILARITIES
from skbit.neighbors._patches import score


def terms_of_patches(classifier, words):
    """Divide the score of the most similar prototype of each class into patches.

    Returns
    -------
    values : ndarray of shape (n_rows, n_patches, n_classes), dtype int64
    offset : ndarray of shape (n_rows, n_classes), dtype int64
    places : ndarray of shape (n_patches,), dtype intp
    is_one : None
    """
    from skbit.neighbors._kernels.patches import cut_patches

    similarity = classifier.fitted_params_["similarity"]
    grid, prototypes = classifier._tables
    n_patches, n_shifts = len(grid.tops), len(grid.downs)
    ones, decided = (
        table.reshape(-1, n_patches, LANES).transpose(0, 2, 1).reshape(-1, n_patches)
        for table in (prototypes.ones, prototypes.decided)
    )
    scores = score(words, grid, prototypes, SIMILARITIES.index(similarity), None)
    values = np.zeros((len(words), n_patches, scores.shape[1]), dtype=np.int64)
    patches = np.empty((n_patches, n_shifts), dtype=np.uint64)
    divide = _DIVISIONS[similarity]
    starts = np.concatenate([[0], prototypes.ends[:-1]])
    for i in range(len(words)):
        cut_patches(words, i, grid, patches)
        for k, (start, end) in enumerate(zip(starts, prototypes.ends, strict=True)):
            if start < end:
                members = slice(start, end)
                values[i, :, k] = divide(patches, ones[members], decided[members])
    return values, scores - values.sum(axis=1), np.arange(n_patches), None


def _count(words):
    return np.bitwise_count(words).astype(np.int64)


def _overlaps(patches, ones, decided):
    """Return the overlaps of the patches with those of the most similar prototype."""
    shared = _count(ones[..., np.newaxis] & patches)
    overlaps = 3 * shared - _count(decided[..., np.newaxis] & patches)
    best = overlaps.max(axis=2) - _count(ones)
    return best[best.sum(axis=1).argmax()]


def _jaccards(patches, ones, decided):
    """Return numerators of the patches over the denominator of the prototype."""
    shared = _count(ones[..., np.newaxis] & patches) + 1
    n_decided = _count(decided[..., np.newaxis] & patches)
    whole = _count(ones)[..., np.newaxis] + n_decided + 2 - shared
    # Different fractions of numbers up to 130 are different floats.
    shift = (shared / whole).argmax(axis=2)[..., np.newaxis]
    shared, whole = (
        np.take_along_axis(counts, shift, axis=2)[..., 0] for counts in (shared, whole)
    )
    total = whole.sum(axis=1)
    best = ((shared.sum(axis=1) << 32) // total).argmax()
    return (shared[best] << 32) // total[best]


_DIVISIONS = {"overlap": _overlaps, "jaccard": _jaccards}
