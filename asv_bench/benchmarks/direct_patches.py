# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The encoding of patches by loops: what skbit's kernel is compared with.

Every patch is compared with every template by the number of bits that differ. There are
two such kernels:

- ``encode_plain``: a loop over templates and over the words of a template,
- ``encode_two_words``: the same with a word per channel, which suits two channels and
  patches of at most 64 pixels. The compiler turns the loop over templates into vectors.
"""

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic


@intrinsic
def _count_ones(_, word):
    """Count the ones of a word by the instruction of the processor."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@numba.njit(cache=True)
def _limit(distances, n_winners):
    """Return the distance of the last winner; ties win together."""
    limit, n_found = -1, 0
    while n_found < n_winners:
        closest = np.int64(1 << 30)
        for distance in distances:
            if limit < distance < closest:
                closest = distance
        limit = closest
        for distance in distances:
            if distance == limit:
                n_found += 1
    return limit


@numba.njit(cache=True)
def _set_cells(distances, limit, y, x, cells, out):
    """Set the bits of the winners of a patch in all cells that contain it."""
    starts, size = cells
    for k in range(distances.size):
        if distances[k] > limit:
            continue
        for row in range(starts.size):
            for column in range(starts.size):
                down, right = y - starts[row], x - starts[column]
                if 0 <= down < size and 0 <= right < size:
                    bit = (row * starts.size + column) * distances.size + k
                    out[bit // 32] |= np.uint32(1) << np.uint32(bit % 32)


@numba.njit(cache=True)
def encode_plain(images, size, templates, n_winners, min_ones, cells, out):
    """Encode padded images of shape (n, height, width, n_channels) of bits.

    A template is a row of 64-bit words, ``cells`` the first patch of the cells of an
    axis and their size, ``out`` zeros of shape (n, n_containers).
    """
    n, height, width, n_channels = images.shape
    distances = np.empty(len(templates), np.int64)
    patch = np.empty(templates.shape[1], np.uint64)
    for i in range(n):
        for y in range(height - size + 1):
            for x in range(width - size + 1):
                patch[:] = 0
                bit = 0
                for pixel in range(size * size):
                    for channel in range(n_channels):
                        value = images[i, y + pixel // size, x + pixel % size, channel]
                        patch[bit // 64] |= np.uint64(value) << np.uint64(bit % 64)
                        bit += 1
                n_ones = np.uint64(0)
                for word in patch:
                    n_ones += _count_ones(word)
                if n_ones < min_ones:
                    continue
                for k in range(distances.size):
                    n_different = np.uint64(0)
                    for w in range(patch.size):
                        n_different += _count_ones(patch[w] ^ templates[k, w])
                    distances[k] = n_different
                limit = _limit(distances, n_winners)
                _set_cells(distances, limit, y, x, cells, out[i])


@numba.njit(cache=True)
def encode_two_words(images, size, templates, n_winners, min_ones, cells, out):
    """Do the same with images of two channels.

    ``templates`` has shape (2, n_templates): the words of each channel.
    """
    n, height, width = images.shape[:3]
    distances = np.empty(templates.shape[1], np.int64)
    for i in range(n):
        for y in range(height - size + 1):
            for x in range(width - size + 1):
                first, second = np.uint64(0), np.uint64(0)
                for pixel in range(size * size):
                    at, right = y + pixel // size, x + pixel % size
                    shift = np.uint64(pixel)
                    first |= np.uint64(images[i, at, right, 0]) << shift
                    second |= np.uint64(images[i, at, right, 1]) << shift
                if _count_ones(first) + _count_ones(second) < min_ones:
                    continue
                for k in range(distances.size):
                    distances[k] = _count_ones(first ^ templates[0, k]) + _count_ones(
                        second ^ templates[1, k]
                    )
                limit = _limit(distances, n_winners)
                _set_cells(distances, limit, y, x, cells, out[i])
