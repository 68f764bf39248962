# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of features as images."""

import math
from numbers import Integral


def shape_of_images(image_shape, n_pixels):
    """Complete and check the shape of images of so many pixels.

    Parameters
    ----------
    image_shape : tuple (height, width) or None
        One of the two may be -1; None stands for squares.
    n_pixels : int

    Returns
    -------
    height, width : int

    Raises
    ------
    ValueError
        If there are no such images.
    """
    if image_shape is None:
        side = math.isqrt(n_pixels)
        if side * side != n_pixels:
            raise ValueError(
                f"X has {n_pixels} features, which make no square image. Set "
                "image_shape to (height, width), of which one may be -1."
            )
        return side, side
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
