# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rises between the pixels of images, and packing of pixels of a few bits."""

import numpy as np

from skbit._numba.jit import kernel


@kernel
def rises(X, width, down, right, out):
    """Subtract each pixel from a distant one, where the distant one is higher.

    Parameters
    ----------
    X : (n_samples, n_pixels) array
        Images, row by row.
    width : int
        Width of the images.
    down, right : int
        Offset of the distant pixel.
    out : (n_samples, n_pixels) array of the type of X
        Written: the difference where it is positive, and 0 elsewhere and where the
        other pixel lies outside the image.
    """
    n_pixels = X.shape[1]
    offset = down * width + right
    first, last = max(0, -offset), n_pixels - max(0, offset)
    for s in range(X.shape[0]):
        out[s] = 0
        if first >= last:
            continue
        here, there = X[s, first:last], X[s, first + offset : last + offset]
        rise = out[s, first:last]
        for p in range(rise.size):
            # Only smaller numbers are subtracted, so bytes do not wrap. Both branches
            # store numbers of X's type, because its common type with 0 is float64.
            if there[p] > here[p]:
                rise[p] = there[p] - here[p]
            else:
                rise[p] = 0
        # Differences with pixels of other image rows are removed.
        for start in range(0, n_pixels, width):
            out[s, start : start + min(max(0, -right), width)] = 0
            out[s, start + max(0, width - max(0, right)) : start + width] = 0


@kernel
def pack_pixels(X, n_bits, out):
    """Put the lowest bits of bytes side by side.

    Parameters
    ----------
    X : (n_samples, n_pixels) uint8 array
        Less than ``2**n_bits``.
    n_bits : int
        Bits of a pixel; divides 32.
    out : (n_samples, n_containers) uint32 array of zeros
        Written.
    """
    n_pixels = X.shape[1]
    in_container = 32 // n_bits
    n_full = n_pixels // in_container
    for s in range(X.shape[0]):
        for c in range(n_full):
            pixels = X[s, c * in_container : (c + 1) * in_container]
            word = np.uint32(0)
            for p in range(in_container):
                word |= np.uint32(pixels[p]) << np.uint32(p * n_bits)
            out[s, c] = word
        for p in range(n_full * in_container, n_pixels):
            shift = np.uint32((p % in_container) * n_bits)
            out[s, p // in_container] |= np.uint32(X[s, p]) << shift
