# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Images compared patch by patch, each patch where it fits best.

A patch is up to 64 bits of an image, some of each of some image rows, and so one word.
Prototypes lie side by side, eight to a plane: plane ``g * n_patches + k`` of a table
has patch ``k`` of the eight prototypes of group ``g``. A prototype has two tables, its
ones and its decided bits; what is not decided is compared with nothing.

With ``o`` the ones that a patch of the image and one of the prototype share, ``x`` the
ones of the image's patch and ``m`` those of the prototype's, all among the decided
bits, the similarity of a patch is

- overlap: shared minus differing, ``3 o - x - m``,
- Jaccard: ``(o + 1) / (x + m - o + 1)``, the ones added so that empty patches agree.

A patch takes the shift with the highest similarity, of equal ones the first. An image's
overlap is the sum of its patches'; its Jaccard similarity is the sum of the numerators
over that of the denominators.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import greater, load, popcount, store
from skbit.neighbors._kernels.constants import OVERLAP

# A Jaccard similarity of 1 as a whole number.
ONE = 1 << 32
# Twice this keeps the overlap of a patch from being negative.
_OFFSET = np.uint64(64)
_0, _1, _31 = np.uint64(0), np.uint64(1), np.uint64(31)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def _read_bits(rows, i, first, n):
    """Read up to 64 bits of a row of containers, from bit ``first`` on."""
    word, filled = _0, 0
    while filled < n:
        container = np.uint64(rows[i, (first + filled) // 32])
        at = np.uint64(first + filled) & _31
        word |= (container >> at) << np.uint64(filled)
        filled += 32 - np.int64(at)
    return word & (_ALL >> np.uint64(64 - n))


@kernel
def cut_patches(rows, i, shape, tops, lefts, size, downs, rights, out):
    """Cut the patches of an image out, at every shift.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
        Images, image row by image row.
    i : int
    shape : tuple (height, width)
        Image rows, and the bits of one.
    tops, lefts : (n_patches,) int arrays
        Where patches begin, in image rows and bits.
    size : tuple (height, width)
        Of a patch; at most 64 bits.
    downs, rights : (n_shifts,) int arrays
        How far each shift goes, in image rows and bits. Beyond the image, all is zero.
    out : (n_patches, n_shifts) uint64 array
        Written.
    """
    for k in range(tops.size):
        for s in range(downs.size):
            word = _0
            left = lefts[k] + rights[s]
            begin, end = max(left, 0), min(left + size[1], shape[1])
            for r in range(size[0]):
                y = tops[k] + downs[s] + r
                if 0 <= y < shape[0] and begin < end:
                    bits = _read_bits(rows, i, y * shape[1] + begin, end - begin)
                    word |= bits << np.uint64(r * size[1] + begin - left)
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
def score_rows(
    rows,
    shape,
    tops,
    lefts,
    size,
    downs,
    rights,
    ones,
    decided,
    ends,
    similarity,
    patches,
    totals,
    out,
):
    """Score images: the highest similarity among the prototypes of each class.

    Parameters
    ----------
    rows, shape, tops, lefts, size, downs, rights
        As in ``cut_patches``.
    ones, decided : tables of planes
        The prototypes, class by class.
    ends : (n_classes,) int array
        Where the prototypes of each class end and those of the next begin.
    similarity : int
    patches : (n_patches, n_shifts) uint64 array
        Scratch memory.
    totals : table of 2 planes for each 8 prototypes
        Scratch memory.
    out : (n_rows, n_classes) int64 array
        Written where a class has prototypes. Jaccard similarities are in units of
        ``1 / ONE``, cut to whole numbers.
    """
    n_groups = ones.shape[0] // tops.size
    offset = 2 * np.int64(_OFFSET) * tops.size
    sums = totals.reshape(-1)
    for i in range(rows.shape[0]):
        cut_patches(rows, i, shape, tops, lefts, size, downs, rights, patches)
        for g in range(n_groups):
            if similarity == OVERLAP:
                store(totals, g, _overlap(patches, ones, decided, g))
            else:
                shared, whole = _jaccard(patches, ones, decided, g)
                store(totals, g, shared)
                store(totals, n_groups + g, whole)
        start = 0
        for c in range(ends.size):
            for n in range(start, ends[c]):
                score = np.int64(sums[n])
                if similarity == OVERLAP:
                    score -= offset
                else:
                    score = score * ONE // np.int64(sums[n_groups * LANES + n])
                if n == start or score > out[i, c]:
                    out[i, c] = score
            start = ends[c]
