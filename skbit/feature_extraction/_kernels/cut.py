# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Patches of an image, eight at a time, one below the other.

The bits of a patch are those of its rows, one after the other. Words of image rows lie
in planes: a plane has the same word of eight image rows that are ``step_down`` rows
apart, so that row ``r`` of eight patches is one plane.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, load_containers, popcount, store

_0, _1, _63, _64 = np.uint64(0), np.uint64(1), np.uint64(63), np.uint64(64)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def place_image(row, image, pixels):
    """Copy an image into one with padding.

    Parameters
    ----------
    row : (>= n_image_bits // 64 + 2,) uint64 array
    image : Image
    pixels : (row_words * n_parts, part_words) uint64 array
        Written. Word ``w`` of image row ``y``, counted with the padding, goes to place
        ``y // n_parts`` of row ``w * n_parts + y % n_parts``.
    """
    pixels[:] = _0
    for y in range(image.n_image_rows):
        part, at = (image.top + y) % image.n_parts, (image.top + y) // image.n_parts
        for first in range(0, image.row_bits, 64):
            # 64 bits that begin within one word and end within the next.
            n_bits = min(64, image.row_bits - first)
            start, place = y * image.row_bits + first, image.left_bits + first
            word, shift = start // 64, np.uint64(start % 64)
            bits = row[word] >> shift | (row[word + 1] << _1) << (_63 - shift)
            bits &= _ALL >> np.uint64(64 - n_bits)
            r, shift = place // 64 * image.n_parts + part, np.uint64(place % 64)
            pixels[r, at] |= bits << shift
            pixels[r + image.n_parts, at] |= (bits >> _1) >> (_63 - shift)


@kernel
def _add_row(planes, n_bits, place, column, n_groups, group):
    """Write bits, the lowest of eight words, into eight patches."""
    word, shift = place // 64, place % 64
    at = word * n_groups + group
    store(column, at, load(column, at) | planes << np.uint64(shift))
    if shift + n_bits > 64:
        at += n_groups
        store(column, at, load(column, at) | planes >> np.uint64(64 - shift))


@kernel
def cut_column(containers, right, image, column, ones):
    """Cut the patches out that begin ``right`` steps from the left.

    Parameters
    ----------
    containers : (row_words * n_parts, 2 * part_words) uint32 array
        ``pixels`` of ``place_image`` as containers.
    right : int
    image : Image
    column : (n_words * n_groups, 8) table of planes
        Written: word ``w`` of the patches, in ``n_groups`` planes of eight.
    ones : (n_groups, 8) table of planes
        Written: the number of ones of each patch.
    """
    n_groups, n_parts = ones.shape[0], image.n_parts
    zeros = load(column, 0) & _0
    for group in range(column.shape[0]):
        store(column, group, zeros)
    for start in range(0, image.patch_bits, 64):
        n_bits = min(64, image.patch_bits - start)
        first = right * image.step_bits + start
        word, shift = first // 64 * n_parts, np.uint64(first % 64)
        part = down = 0
        for r in range(image.patch_height):
            for group in range(n_groups):
                c = 2 * (down + 8 * group)
                planes = load_containers(containers, word + part, c) >> shift
                high = load_containers(containers, word + n_parts + part, c) << _1
                planes = (planes | high << (_63 - shift)) & (
                    _ALL >> np.uint64(64 - n_bits)
                )
                place = r * image.patch_bits + start
                _add_row(planes, n_bits, place, column, n_groups, group)
            part += 1
            if part == n_parts:
                part, down = 0, down + 1
    for group in range(n_groups):
        total = zeros
        for w in range(column.shape[0] // n_groups):
            total = total + popcount(load(column, w * n_groups + group))
        store(ones, group, total)
