# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The parameter ``image_shape``: rows of features as images."""

import math
import warnings
from numbers import Integral

from skbit.bits import CONTAINER_BITS, n_containers

_HOW_TO_SET = (
    "Set image_shape to (height, width), of which one may be -1; (1, -1) is for rows "
    "that are no images."
)


def shape_of_images(
    image_shape, n_columns, *, is_packed=False, are_numbers=False, one_channel=False
):
    """Check ``image_shape`` against the width of X, and complete it.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, n_channels), or None
        A pixel has ``n_channels`` numbers, or 1 if it is left out, and every number has
        equally many bits. One of height and width may be -1; every number then has one
        bit. None stands for square images with one bit per pixel or, if there is no
        such square, for images of one row.
    n_columns : int
        The columns of X: containers if it is packed, and else bits.
    is_packed : bool, default=False
        Whether a column is a container. The last one may have padding, but only if
        height and width are given.
    are_numbers : bool, default=False
        Whether a column is one of the numbers of a pixel, and not a bit of it.
    one_channel : bool, default=False
        Whether only shapes (height, width) of images with one number per pixel are
        allowed.

    Returns
    -------
    height, width : int
    n_bits_per_pixel : int

    Raises
    ------
    ValueError
        If rows of X are no images of this shape.

    Warns
    -----
    UserWarning
        If the shape is None and X is packed, or there is no square.
    """
    n_features = n_columns * CONTAINER_BITS if is_packed else n_columns
    if image_shape is None:
        return *_square_or_row(n_features, is_packed), 1
    _check_format(image_shape, one_channel)
    height, width, n_bits = (int(n) for n in (*image_shape, 1)[:3])
    if -1 in (height, width):
        known = max(height, width)
        missing = n_features // (known * n_bits)
        is_image = missing * known * n_bits == n_features
        height, width = (missing if n == -1 else n for n in (height, width))
    else:
        if not (are_numbers or one_channel):
            # The fewest bits per number with which no column is left over.
            n_full = n_features - CONTAINER_BITS if is_packed else n_features - 1
            n_bits *= n_full // (height * width * n_bits) + 1
        n_used = height * width * n_bits
        is_image = (n_containers(n_used) if is_packed else n_used) == n_columns
    if not is_image:
        raise ValueError(
            f"X has {n_features} {'bits' if is_packed else 'features'}, which make no "
            f"images of shape {tuple(image_shape)!r}."
        )
    return height, width, n_bits


def _is_count(number):
    """Return whether a number is whole and above 0; truth values are none."""
    return isinstance(number, Integral) and not isinstance(number, bool) and number > 0


def _check_format(image_shape, one_channel):
    """Raise if a shape is not two or three whole numbers as they are documented."""
    sides = image_shape[:2]
    if not (
        len(image_shape) in ((2,) if one_channel else (2, 3))
        and all(_is_count(n) or (isinstance(n, Integral) and n == -1) for n in sides)
        and max(sides) > 0
    ):
        raise ValueError(
            "image_shape must be two whole numbers, height and width, of which one may "
            f"be -1, got {image_shape!r}."
        )
    if len(image_shape) == 3 and not _is_count(image_shape[2]):
        raise ValueError(
            "The third entry of image_shape, numbers per pixel, must be a whole number "
            f"above 0, got {image_shape[2]!r}."
        )


def _square_or_row(n_pixels, is_packed):
    """Return the shape of square images or, with a warning, of images of one row."""
    side = math.isqrt(n_pixels)
    is_square = side * side == n_pixels
    shape = (side, side) if is_square else (1, n_pixels)
    if is_packed:
        problem = (
            f"X is packed, and does not tell how many of the {n_pixels} bits of a row "
            "are padding. Rows"
        )
    elif not is_square:
        problem = f"X has {n_pixels} features, which make no square image, so its rows"
    else:
        return shape
    warnings.warn(
        f"{problem} are taken as images of shape {shape}. {_HOW_TO_SET}",
        UserWarning,
        stacklevel=3,
    )
    return shape
