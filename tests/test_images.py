# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The parameter image_shape, against its definition."""

import itertools
import warnings

import pytest

from skbit._utils.images import shape_of_images
from skbit.bits import n_containers

SIDES = [1, 2, 3, 5, 8, 33]


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(("height", "width"), [*itertools.product(SIDES, repeat=2)])
def test_bits_of_a_number_are_the_fewest_that_fill_all_columns(
    height, width, is_packed
):
    for n_channels in (None, 1, 3):
        shape = (height, width) if n_channels is None else (height, width, n_channels)
        n_numbers = height * width * (n_channels or 1)
        n_columns_of = {
            n: n_containers(n * n_numbers) if is_packed else n * n_numbers
            for n in range(1, 40)
        }
        for n_columns in range(1, n_columns_of[20] + 1):
            fitting = [n for n, found in n_columns_of.items() if found == n_columns]
            if not fitting:
                with pytest.raises(ValueError, match="make no images of shape"):
                    shape_of_images(shape, n_columns, is_packed=is_packed)
                continue
            found = shape_of_images(shape, n_columns, is_packed=is_packed)
            assert found == (height, width, min(fitting) * (n_channels or 1))


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("n_channels", [1, 3])
def test_an_unknown_side_follows_from_all_bits(n_channels, is_packed):
    for known, n_columns in itertools.product(SIDES, range(1, 50)):
        n_bits = 32 * n_columns if is_packed else n_columns
        for shape in ((known, -1, n_channels), (-1, known, n_channels)):
            if n_bits % (known * n_channels):
                with pytest.raises(ValueError, match="make no images of shape"):
                    shape_of_images(shape, n_columns, is_packed=is_packed)
                continue
            missing = n_bits // (known * n_channels)
            expected = tuple(missing if n == -1 else n for n in shape)
            assert shape_of_images(shape, n_columns, is_packed=is_packed) == expected


def test_without_a_shape_images_are_squares():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert shape_of_images(None, 49) == (7, 7, 1)
    with pytest.warns(UserWarning, match="no square"):
        assert shape_of_images(None, 48) == (1, 48, 1)
    with pytest.warns(UserWarning, match="is packed"):
        assert shape_of_images(None, 2, is_packed=True) == (8, 8, 1)


def test_numbers_of_a_pixel_are_not_divided():
    assert shape_of_images((2, 3, 4), 24, are_numbers=True) == (2, 3, 4)
    assert shape_of_images((2, -1, 4), 24, are_numbers=True) == (2, 3, 4)
    for shape in ((2, 3), (2, 3, 2)):
        with pytest.raises(ValueError, match="make no images"):
            shape_of_images(shape, 24, are_numbers=True)


def test_one_channel():
    assert shape_of_images((2, 3), 6, one_channel=True) == (2, 3, 1)
    with pytest.raises(ValueError, match="make no images"):
        shape_of_images((2, 3), 12, one_channel=True)
    with pytest.raises(ValueError, match="two whole numbers"):
        shape_of_images((2, 3, 1), 6, one_channel=True)


@pytest.mark.parametrize(
    "shape", [(True, 4), (4, True), (1, 4, True), (0, 4), (-1, -1)]
)
def test_what_is_no_number_of_pixels_is_refused(shape):
    with pytest.raises(ValueError, match="whole number"):
        shape_of_images(shape, 4)
