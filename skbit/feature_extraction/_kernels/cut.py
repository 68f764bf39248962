# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Patches of an image, cut out column by column.

The bits of a patch are those of its rows, one after the other. When a patch moves down
by one row, its first row leaves and another one follows its last.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import popcount

_0, _1, _63 = np.uint64(0), np.uint64(1), np.uint64(63)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def _read(words, first, n_bits):
    """Return up to 64 bits of an array of words, which has one more than are read."""
    at, shift = first // 64, np.uint64(first % 64)
    bits = words[at] >> shift | (words[at + 1] << _1) << (_63 - shift)
    return bits & (_ALL >> np.uint64(64 - n_bits))


@kernel
def _add(words, first, bits):
    """Write 64 bits into an array of words, where they are zero."""
    at, shift = first // 64, np.uint64(first % 64)
    words[at] |= bits << shift
    words[at + 1] |= (bits >> _1) >> (_63 - shift)


@kernel
def place_image(row, image, pixels):
    """Copy an image into one with padding.

    Parameters
    ----------
    row : (>= n_image_bits // 64 + 2,) uint64 array
    image : Image
    pixels : (height, row_words) uint64 array
        Written: the image with its padding, every image row from a new word on.
    """
    pixels[:] = _0
    n_bits = image.row_bits
    for y in range(image.n_image_rows):
        for first in range(0, n_bits, 64):
            bits = _read(row, y * n_bits + first, min(64, n_bits - first))
            _add(pixels[image.top + y], image.left_bits + first, bits)


@kernel
def cut_column(pixels, right, image, patch, cut):
    """Cut the patches out that begin ``right`` steps from the left.

    Parameters
    ----------
    pixels : (height, row_words) uint64 array
    right : int
    image : Image
    patch : uint64 array
        Scratch memory: the bits of a patch and ``patch_bits // 64 + 2`` words more.
    cut : (map_height, n_words + 1) uint64 array
        Written: the patches with at least ``min_ones`` ones, and their places.

    Returns
    -------
    n_patches : int
    """
    n_bits, min_ones, n_patches = image.patch_bits, image.min_ones, 0
    first, last = right * image.step_bits, (image.patch_height - 1) * n_bits
    skipped, shift = n_bits // 64, np.uint64(n_bits % 64)
    n_words = patch.size - skipped - 2
    patch[:] = _0
    until_next, down = image.patch_height - 1, 0
    for y in range(pixels.shape[0]):
        for w in range(n_words):
            low, high = patch[w + skipped], patch[w + skipped + 1]
            patch[w] = low >> shift | (high << _1) << (_63 - shift)
        for start in range(0, n_bits, 64):
            at, moved = (first + start) // 64, np.uint64((first + start) % 64)
            bits = pixels[y, at] >> moved | (pixels[y, at + 1] << _1) << (_63 - moved)
            bits &= _ALL >> np.uint64(64 - min(64, n_bits - start))
            at, moved = (last + start) // 64, np.uint64((last + start) % 64)
            patch[at] |= bits << moved
            # Beyond the last word of the patch there is nothing to write.
            if at + 1 < n_words:
                patch[at + 1] |= (bits >> _1) >> (_63 - moved)
        if until_next > 0:
            until_next -= 1
            continue
        until_next = image.step_down - 1
        n_ones = _0
        for w in range(n_words):
            cut[n_patches, w] = patch[w]
            n_ones += popcount(patch[w])
        cut[n_patches, n_words] = np.uint64(down)
        n_patches += np.int64(n_ones) >= min_ones
        down += 1
    return n_patches
