# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of bits, side by side."""

import math

import numpy as np

from skbit.bits import unpack_bits


def shares(words, shape, n_bits, bits=None):
    """Return the share of ones of each pixel, of all of its bits or of some."""
    pixels = unpack_bits(words, math.prod(shape) * n_bits)
    pixels = pixels.reshape(len(words), *shape, n_bits)
    return pixels[..., slice(None) if bits is None else list(bits)].mean(axis=-1)


def as_ink(pictures):
    """Return red, green and blue of pictures, the darker the higher their numbers."""
    return np.repeat(1.0 - np.asarray(pictures)[..., np.newaxis], 3, axis=-1)


def show_tiles(tiles, numbers, ax, title):
    """Show pictures side by side, with a number above each."""
    n, height, width, _ = tiles.shape
    n_columns = math.ceil(math.sqrt(n * height / width))
    down, right = height + 0.3 * height, width + 0.15 * width
    images = []
    for i, (tile, number) in enumerate(zip(tiles, numbers, strict=True)):
        y, x = i // n_columns * down, i % n_columns * right
        extent = x, x + width, y + height, y
        images.append(ax.imshow(tile, extent=extent, vmin=0, vmax=1))
        ax.plot(*_frame(extent), color="0.7", linewidth=0.8)
        ax.text(x, y - 0.04 * height, number, fontsize="x-small")
    n_rows = math.ceil(n / n_columns)
    ax.set(title=title, xlim=(-0.1 * width, min(n, n_columns) * right))
    ax.set_ylim(n_rows * down - 0.2 * height, -0.3 * height)
    ax.set_axis_off()
    return images


def _frame(extent):
    left, right, bottom, top = extent
    return (left, right, right, left, left), (top, top, bottom, bottom, top)
