# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Where the patches of an image lie, and the cells over which they are pooled."""

from numbers import Integral
from typing import NamedTuple

import numpy as np

from skbit.bits import CONTAINER_BITS

# The height and width of patches and of the grid, where images are large enough.
_PATCH_SIZE = 7
_GRID = 4


class Geometry(NamedTuple):
    """The patches of an image, and the grid of cells.

    All pairs are (height, width), or (down, right).

    Parameters
    ----------
    image_shape : tuple of int
    n_channels : int
        Bits per pixel.
    patch_shape, stride, padding : tuple of int
    grid_shape : tuple of int
        Number of cells.
    cell_shape : tuple of int
        Patches of a cell.
    """

    image_shape: tuple
    n_channels: int
    patch_shape: tuple
    stride: tuple
    padding: tuple
    grid_shape: tuple
    cell_shape: tuple

    @property
    def padded_shape(self):
        """The shape of the image with its padding."""
        sides = zip(self.image_shape, self.padding, strict=True)
        return tuple(n + 2 * padding for n, padding in sides)

    @property
    def map_shape(self):
        """Number of patches in both directions."""
        return map_shape(self.image_shape, self.patch_shape, self.stride, self.padding)

    @property
    def n_patch_bits(self):
        """Number of bits of a patch."""
        height, width = self.patch_shape
        return height * width * self.n_channels

    @property
    def n_image_bits(self):
        """Number of bits of an image."""
        height, width = self.image_shape
        return height * width * self.n_channels

    def cell_starts(self):
        """Return the first patch of each cell, in both directions.

        Returns
        -------
        downs, rights : ndarray of shape (n_cells_of_axis,), dtype intp
        """
        axes = zip(self.map_shape, self.grid_shape, self.cell_shape, strict=True)
        return [
            np.arange(n_cells) * (n - size) // max(1, n_cells - 1)
            for n, n_cells, size in axes
        ]

    def cells_of_patches(self):
        """Return the cells that contain each patch.

        Returns
        -------
        starts : ndarray of shape (n_patches + 1,), dtype intp
            Where the cells of each patch begin, and where the last end.
        members : ndarray, dtype int32
            The cells, numbered row by row, patch by patch.
        """
        firsts, counts = [], []
        for n, begins, size in zip(
            self.map_shape, self.cell_starts(), self.cell_shape, strict=True
        ):
            patches = np.arange(n)
            # The cells of an axis are evenly spaced, so those of a patch are adjacent.
            first = np.searchsorted(begins, patches - size, side="right")
            firsts.append(first)
            counts.append(np.searchsorted(begins, patches, side="right") - first)
        n_members = np.multiply.outer(*counts).ravel()
        starts = np.concatenate([[0], np.cumsum(n_members)])
        patches = np.repeat(np.arange(len(n_members)), n_members)
        down, right = np.divmod(patches, self.map_shape[1])
        row, column = np.divmod(
            np.arange(starts[-1]) - starts[patches], counts[1][right]
        )
        members = (firsts[0][down] + row) * self.grid_shape[1]
        members += firsts[1][right] + column
        return starts.astype(np.intp), members.astype(np.int32)

    def patch_bits(self, patches):
        """Return the numbers of the bits that patches consist of.

        Parameters
        ----------
        patches : ndarray of shape (n,), dtype intp
            Patches, numbered row by row.

        Returns
        -------
        bits : ndarray of shape (n, n_patch_bits), dtype intp
            Bits of the padding are ``n_image_bits``.
        """
        downs, rights = np.divmod(patches, self.map_shape[1])
        y, x = np.indices(self.patch_shape).reshape(2, 1, -1)
        y = y + (downs * self.stride[0] - self.padding[0])[:, np.newaxis]
        x = x + (rights * self.stride[1] - self.padding[1])[:, np.newaxis]
        height, width = self.image_shape
        is_inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
        first = (y * width + x) * self.n_channels
        bits = first[..., np.newaxis] + np.arange(self.n_channels)
        bits[~is_inside] = self.n_image_bits
        return bits.reshape(len(patches), -1)


def map_shape(image_shape, patch_shape, stride, padding):
    """Return the number of patches in both directions."""
    return tuple(
        (n + 2 * around - size) // step + 1
        for n, size, step, around in zip(
            image_shape, patch_shape, stride, padding, strict=True
        )
    )


def is_whole(value):
    """Tell whether a value is a whole number, which truth values are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def as_pair(params, name, lowest=1):
    """Return a parameter that is a number for both directions, or two, as a pair.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    value = params[name]
    pair = (value, value) if isinstance(value, Integral) else tuple(value)
    if len(pair) != 2 or not all(is_whole(n) and n >= lowest for n in pair):
        raise ValueError(
            f"{name} must be a whole number from {lowest} or two of them, one for each "
            f"direction, got {value!r}."
        )
    return tuple(int(n) for n in pair)


def resolve(params, image_shape, n_channels):
    """Complete the parameters of an encoder, and check that they fit the images.

    Parameters
    ----------
    params : dict
        Parameters of BitPatchEncoder by name.
    image_shape : tuple (height, width)
    n_channels : int

    Returns
    -------
    geometry : Geometry

    Raises
    ------
    ValueError
        If a patch is larger than an image with its padding, if padding is not smaller
        than a patch, or if there are more cells, or larger ones, than patches.
    """
    padding, stride = as_pair(params, "padding", 0), as_pair(params, "stride")
    sides = tuple(n + 2 * p for n, p in zip(image_shape, padding, strict=True))
    # A longer step leaves the image as well, and numbers stay small.
    stride = tuple(min(pair) for pair in zip(stride, sides, strict=True))
    if params["patch_size"] is None:
        patch_shape = tuple(min(_PATCH_SIZE, n) for n in sides)
    else:
        patch_shape = as_pair(params, "patch_size")
    _check_fits(params, "patch_size", patch_shape, sides, "images with their padding")
    _check_fits(params, "padding", padding, [n - 1 for n in patch_shape], "patches")
    n_patches = map_shape(image_shape, patch_shape, stride, padding)
    if params["pooling"] == "none":
        grid_shape, cell_shape = n_patches, (1, 1)
    else:
        if params["grid"] is None:
            grid_shape = tuple(min(_GRID, n) for n in n_patches)
        else:
            grid_shape = as_pair(params, "grid")
        _check_fits(params, "grid", grid_shape, n_patches, "the map of patches")
        if params["cell_size"] is None:
            # A quarter more than cells side by side would have, rounded half up.
            cell_shape = tuple(
                max(-(-n // g), min(n, (5 * n + 2 * g) // (4 * g)))
                for n, g in zip(n_patches, grid_shape, strict=True)
            )
        else:
            cell_shape = as_pair(params, "cell_size")
        _check_fits(params, "cell_size", cell_shape, n_patches, "the map of patches")
    return Geometry(
        tuple(image_shape),
        n_channels,
        patch_shape,
        stride,
        padding,
        grid_shape,
        cell_shape,
    )


def _check_fits(params, name, shape, largest, of):
    if any(n > most for n, most in zip(shape, largest, strict=True)):
        raise ValueError(
            f"{name}={params[name]!r} is too large: the size of {of} allows "
            f"{tuple(largest)} at most."
        )


def cut_patches(words, rows, patches, geometry):
    """Cut patches out of packed images.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    rows, patches : ndarray of shape (n,), dtype intp
        The row and the number of each patch that is cut out.
    geometry : Geometry

    Returns
    -------
    bits : ndarray of shape (n, n_patch_bits), dtype uint8
    """
    places = geometry.patch_bits(patches)
    is_padding = places == geometry.n_image_bits
    places[is_padding] = 0
    containers = words[rows[:, np.newaxis], places // CONTAINER_BITS]
    shifts = (places % CONTAINER_BITS).astype(np.uint32)
    bits = (containers >> shifts) & np.uint32(1)
    bits[is_padding] = 0
    return bits.astype(np.uint8)
