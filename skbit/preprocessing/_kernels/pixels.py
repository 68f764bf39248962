# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Codes of the numbers of images: what is above limits, and what rises."""

import numpy as np

from skbit._numba.jit import kernel


@kernel
def mark_above(X, limits, codes):
    """Set a bit of each number for every limit that it is above.

    Parameters
    ----------
    X : (n_samples, n_numbers) array
        Images, row by row.
    limits : (n_limits, n_row_numbers) array
        The limits of the numbers of an image row.
    codes : (n_words, n_samples, n_numbers) uint32 array
        Written: bit ``l`` is set where the number is above limit ``l``.
    """
    n_row = limits.shape[1]
    for s in range(X.shape[0]):
        for b in range(limits.shape[0]):
            shift = np.uint32(b % 32)
            limit = limits[b]
            for start in range(0, X.shape[1], n_row):
                here = X[s, start : start + n_row]
                code = codes[b // 32, s, start : start + n_row]
                for i in range(n_row):
                    code[i] |= np.uint32(here[i] > limit[i]) << shift


@kernel
def mark_rises(X, limits, steps, n_channels, first, codes):
    """Set a bit of each number for every direction in which the image rises.

    Parameters
    ----------
    X : (n_samples, n_numbers) array
        Images, row by row. Of whole numbers, only unsigned ones.
    limits : (n_row_numbers,) array of the type of X
        The rise that has to be exceeded, for the numbers of an image row; not negative.
    steps : (n_steps, 2) int64 array
        How far down and to the right the pixel lies that a pixel is compared with.
    n_channels : int
        Numbers of a pixel.
    first : int
        The bit of the first step.
    codes : (n_words, n_samples, n_numbers) uint32 array
        Written: bit ``first + d`` is set where step ``d`` leads to a number that is
        higher by more than the limit.
    """
    n_row = limits.size
    height, width = X.shape[1] // n_row, n_row // n_channels
    for s in range(X.shape[0]):
        for d in range(len(steps)):
            down, right = steps[d]
            b = first + d
            shift = np.uint32(b % 32)
            left_out = max(0, -right) * n_channels
            n = (width - abs(right)) * n_channels
            offset = (down * width + right) * n_channels
            if n <= 0:
                continue
            for row in range(max(0, -down), height - max(0, down)):
                start = row * n_row + left_out
                here = X[s, start : start + n]
                there = X[s, start + offset : start + offset + n]
                code = codes[b // 32, s, start : start + n]
                limit = limits[left_out : left_out + n]
                for i in range(n):
                    # A byte again, because Numba's difference of bytes is wider. It
                    # does not wrap where the other pixel is higher.
                    rise = X.dtype.type(there[i] - here[i])
                    rises = (there[i] > here[i]) & (rise > limit[i])
                    code[i] |= np.uint32(rises) << shift


@kernel
def pack_codes(codes, n_bits, out):
    """Put the codes of the numbers of each row side by side.

    Parameters
    ----------
    codes : (n_words, n_samples, n_numbers) uint32 array
        Bits of each number, 32 of them in a word.
    n_bits : int
        Bits of a number; those beyond are zeros in the last word.
    out : (n_samples, n_containers) uint32 array of zeros
        Written.
    """
    for s in range(codes.shape[1]):
        for w in range(codes.shape[0]):
            width = min(32, n_bits - 32 * w)
            for i in range(codes.shape[2]):
                first = i * n_bits + 32 * w
                c, shift = first // 32, first % 32
                code = codes[w, s, i]
                out[s, c] |= code << np.uint32(shift)
                if shift + width > 32:
                    out[s, c + 1] |= code >> np.uint32(32 - shift)
