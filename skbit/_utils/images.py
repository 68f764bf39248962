# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of features as images."""

import math
import warnings
from numbers import Integral

from skbit.bits import CONTAINER_BITS, n_containers

_HOW_TO_SET = (
    "Set image_shape to (height, width), of which one may be -1; (1, -1) is for rows "
    "that are no images."
)


def shape_of_images(image_shape, n_pixels):
    """Complete and check the shape of images of so many pixels.

    Parameters
    ----------
    image_shape : tuple (height, width) or None
        One of the two may be -1. None stands for squares or, if there are none of so
        many pixels, for images of one row.
    n_pixels : int

    Returns
    -------
    height, width : int

    Raises
    ------
    ValueError
        If there are no such images.

    Warns
    -----
    UserWarning
        If the shape is None and there are no squares.
    """
    if image_shape is None:
        shape = _square_or_row(n_pixels)
        if shape[0] != shape[1]:
            warnings.warn(
                f"X has {n_pixels} features, which make no square image, so its rows "
                f"are taken as images of shape {shape}. {_HOW_TO_SET}",
                UserWarning,
                stacklevel=2,
            )
        return shape
    if not (
        len(image_shape) == 2
        and all(isinstance(n, Integral) and (n > 0 or n == -1) for n in image_shape)
        and max(image_shape) > 0
    ):
        raise ValueError(
            "image_shape must be two whole numbers, height and width, of which one may "
            f"be -1, got {image_shape!r}."
        )
    height, width = (int(n) for n in image_shape)
    height = n_pixels // width if height == -1 else height
    width = n_pixels // height if width == -1 else width
    if height * width != n_pixels:
        raise ValueError(
            f"X has {n_pixels} features, which make no images of shape "
            f"{tuple(image_shape)!r}."
        )
    return height, width


def shape_of_bit_images(image_shape, n_columns, is_packed):
    """Complete and check the shape of images whose pixels have one bit or several.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, n_channels), or None
        As in ``shape_of_images``.
    n_columns : int
        Of X: its containers if it is packed, and else its bits.
    is_packed : bool
        If so, the last container may have padding, but only if the shape is known
        entirely.

    Returns
    -------
    height, width, n_channels : int

    Raises
    ------
    ValueError
        If there are no such images.

    Warns
    -----
    UserWarning
        If the shape is None and there are no squares, or X is packed.
    """
    if image_shape is None:
        if not is_packed:
            return *shape_of_images(None, n_columns), 1
        n_bits = n_columns * CONTAINER_BITS
        shape = _square_or_row(n_bits)
        warnings.warn(
            f"X is packed, and does not tell how many of the {n_bits} bits of a row "
            f"are padding. Rows are taken as images of shape {shape}. {_HOW_TO_SET}",
            UserWarning,
            stacklevel=2,
        )
        return *shape, 1
    *shape, n_channels = image_shape if len(image_shape) == 3 else (*image_shape, 1)
    if not (isinstance(n_channels, Integral) and n_channels > 0):
        raise ValueError(
            "The third number of image_shape, bits per pixel, must be a whole number "
            f"above 0, got {n_channels!r}."
        )
    n_channels = int(n_channels)
    n_bits = n_columns * CONTAINER_BITS if is_packed else n_columns
    if is_packed and all(isinstance(n, Integral) and n > 0 for n in shape):
        n_bits_of_images = math.prod(int(n) for n in shape) * n_channels
        if n_containers(n_bits_of_images) == n_columns:
            # The rest of the last container is padding.
            n_bits = n_bits_of_images
    if n_bits % n_channels:
        raise ValueError(
            f"Rows of {n_bits} bits make no images of {n_channels} bits per pixel, as "
            f"image_shape={image_shape!r} says."
        )
    return *shape_of_images(tuple(shape), n_bits // n_channels), n_channels


def shape_of_encoded_images(image_shape, n_columns, is_packed):
    """Complete and check the shape of images whose numbers have equally many bits.

    Parameters
    ----------
    image_shape, n_columns, is_packed
        As in ``shape_of_bit_images``, but each number of an image of a given shape may
        have several bits.

    Returns
    -------
    height, width : int

    Raises
    ------
    ValueError
        If there are no such images.

    Warns
    -----
    UserWarning
        As ``shape_of_bit_images``.
    """
    if (
        image_shape is None
        or len(image_shape) not in (2, 3)
        or not all(isinstance(n, Integral) and n > 0 for n in image_shape)
    ):
        return shape_of_bit_images(image_shape, n_columns, is_packed)[:2]
    n_numbers = math.prod(int(n) for n in image_shape)
    n_bits = n_columns * CONTAINER_BITS if is_packed else n_columns
    n_used = n_bits // n_numbers * n_numbers
    if (n_containers(n_used) if is_packed else n_used) != n_columns:
        raise ValueError(
            f"Rows of {n_bits} bits make no images of shape {tuple(image_shape)!r}: "
            "every number of an image must have equally many bits."
        )
    return int(image_shape[0]), int(image_shape[1])


def _square_or_row(n_pixels):
    side = math.isqrt(n_pixels)
    return (side, side) if side * side == n_pixels else (1, n_pixels)
