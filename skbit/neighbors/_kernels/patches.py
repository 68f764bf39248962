# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Similarity of images and prototypes, patch by patch, each at its best shift.

A patch is a part of up to 64 bits of some consecutive image rows, and is kept in one
word. Prototypes lie in planes of eight: plane ``g * n_patches + k`` of a table has
patch ``k`` of the eight prototypes of group ``g``. A prototype is in two tables, its
ones and its decided bits. Bits that are not decided are not compared.

Let ``o`` be the number of ones that a patch of the image and one of the prototype
share, ``x`` the number of ones of the image's patch and ``m`` that of the prototype's,
all among the decided bits. The similarity of the patches is

- overlap: shared minus differing bits, ``3 o - x - m``,
- Jaccard: ``(o + 1) / (x + m - o + 1)``, with 1 added so that empty patches are equal.

A patch takes the shift with the highest similarity, the first of equal ones. The
overlap of an image is the sum over its patches. Its Jaccard similarity is the sum of
the numerators over the sum of the denominators.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import greater, load, popcount, store
from skbit.neighbors._kernels.constants import OVERLAP

# A Jaccard similarity of 1 as a whole number.
ONE = 1 << 32
# Twice this number is added to the overlap of a patch, which is then not negative.
_OFFSET = np.uint64(64)
_0, _1, _31 = np.uint64(0), np.uint64(1), np.uint64(31)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def _read_bits(rows, i, first, n):
    """Return ``n`` bits, up to 64, of a row of containers, from bit ``first`` on."""
    word, filled = _0, 0
    while filled < n:
        container = np.uint64(rows[i, (first + filled) // 32])
        at = np.uint64(first + filled) & _31
        word |= (container >> at) << np.uint64(filled)
        filled += 32 - np.int64(at)
    return word & (_ALL >> np.uint64(64 - n))


@kernel
def cut_patches(rows, i, grid, out):
    """Cut the patches of an image out, at every shift.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
        Images, image row by image row.
    i : int
    grid : Grid
        Bits beyond the image are zero.
    out : (n_patches, n_shifts) uint64 array
        Written.
    """
    height, width = grid.shape
    patch_height, patch_width = grid.size
    for k in range(grid.tops.size):
        for s in range(grid.downs.size):
            word = _0
            left = grid.lefts[k] + grid.rights[s]
            begin, end = max(left, 0), min(left + patch_width, width)
            for r in range(patch_height):
                y = grid.tops[k] + grid.downs[s] + r
                if 0 <= y < height and begin < end:
                    bits = _read_bits(rows, i, y * width + begin, end - begin)
                    word |= bits << np.uint64(r * patch_width + begin - left)
            out[k, s] = word


@kernel
def _overlap(patches, ones, decided, group):
    n_patches, n_shifts = patches.shape
    total = load(ones, 0) & _0
    for k in range(n_patches):
        one = load(ones, group * n_patches + k)
        known = load(decided, group * n_patches + k)
        best = one & _0
        for s in range(n_shifts):
            image = patches[k, s]
            shared = popcount(one & image)
            score = shared + shared + shared + _OFFSET - popcount(known & image)
            better = greater(score, best)
            best = score & better | best & ~better
        total = total + best + _OFFSET - popcount(one)
    return total


@kernel
def _jaccard(patches, ones, decided, group):
    n_patches, n_shifts = patches.shape
    shared_total = load(ones, 0) & _0
    whole_total = shared_total
    for k in range(n_patches):
        one = load(ones, group * n_patches + k)
        known = load(decided, group * n_patches + k)
        n_ones = popcount(one)
        best = one & _0
        best_whole = best + _1
        for s in range(n_shifts):
            image = patches[k, s]
            shared = popcount(one & image) + _1
            whole = n_ones + popcount(known & image) + _1 + _1 - shared
            better = greater(shared * best_whole, best * whole)
            best = shared & better | best & ~better
            best_whole = whole & better | best_whole & ~better
        shared_total = shared_total + best
        whole_total = whole_total + best_whole
    return shared_total, whole_total


@kernel
def _compare(prototypes, similarity, scratch):
    """Compare the patches of an image with all prototypes, eight at a time."""
    patches, totals = scratch.patches, scratch.totals
    ones, decided = prototypes.ones, prototypes.decided
    n_groups = ones.shape[0] // patches.shape[0]
    for group in range(n_groups):
        if similarity == OVERLAP:
            store(totals, group, _overlap(patches, ones, decided, group))
        else:
            shared, whole = _jaccard(patches, ones, decided, group)
            store(totals, group, shared)
            store(totals, n_groups + group, whole)


@kernel
def score_rows(rows, grid, prototypes, similarity, scratch, out):
    """Score images: the highest similarity among the prototypes of each class.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
        Images, image row by image row.
    grid : Grid
    prototypes : Prototypes
    similarity : int
    scratch : Scratch
    out : (n_rows, n_classes) int64 array
        Written where a class has prototypes. Jaccard similarities are in units of
        ``1 / ONE``, rounded down.
    """
    n_patches, ends = grid.tops.size, prototypes.ends
    offset = 2 * np.int64(_OFFSET) * n_patches
    sums = scratch.totals.reshape(-1)
    n_lanes = prototypes.ones.shape[0] // n_patches * LANES
    for i in range(rows.shape[0]):
        cut_patches(rows, i, grid, scratch.patches)
        _compare(prototypes, similarity, scratch)
        start = 0
        for c in range(ends.size):
            for n in range(start, ends[c]):
                score = np.int64(sums[n])
                if similarity == OVERLAP:
                    score -= offset
                else:
                    score = score * ONE // np.int64(sums[n_lanes + n])
                if n == start or score > out[i, c]:
                    out[i, c] = score
            start = ends[c]
