# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Thresholds and edges of pixels."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse

from skbit import BitPatchEncoder, PixelEncoder
from tests import reference


def oracle(X, encoder):
    distance = encoder.distance
    # Whole numbers are Python's, in which no difference wraps or rounds.
    wide = object if X.dtype.kind in "biu" else np.float64
    images = X.astype(wide).reshape(len(X), *encoder.image_shape_, -1)
    params = (
        encoder.thresholds_.tolist(),
        None if encoder.min_rise_ is None else encoder.min_rise_.tolist(),
        encoder.n_directions,
        [distance] if isinstance(distance, int) else distance,
    )
    return np.array([reference.pixels(image, *params) for image in images])


@st.composite
def images_of_any_type(draw):
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 3)))
    size = (draw(st.integers(1, 4)), math.prod(shape))
    X = draw(
        arrays(np.uint8, size)
        | arrays(
            st.sampled_from([np.uint8, np.float32, np.float64, np.int64, bool]),
            size,
            elements={"min_value": 0, "max_value": 3},
        )
        | arrays(np.int32, size, elements=st.integers(-9, 9))
        | arrays(np.int8, size)
        | arrays(np.uint16, size)
        | arrays(np.int64, size)
        | arrays(np.int64, size, elements=st.integers(2**53, 2**53 + 9))
        | arrays(np.uint64, size)
        | arrays(np.uint64, size, elements=st.integers(2**64 - 9, 2**64 - 1))
        | arrays(np.float64, size, elements=st.floats(-1e3, 1e3))
        | arrays(np.float32, size, elements=st.floats(-8, 8, width=32))
    )
    return X, shape


THRESHOLDS = st.sets(
    st.floats(-9, 260)
    | st.integers(-9, 260)
    | st.sampled_from([2.0**53, 2.0**53 + 2, -(2.0**63), 2.0**63, 2.0**64]),
    max_size=6,
)


@given(
    X_and_shape=images_of_any_type(),
    thresholds=st.integers(0, 40) | THRESHOLDS.map(lambda found: tuple(sorted(found))),
    min_rise=st.none()
    | st.integers(0, 256)
    | st.floats(0, 9)
    | st.sampled_from([2.0**53, 2.0**63, 2.0**64]),
    n_directions=st.sampled_from([4, 8]),
    distance=st.integers(1, 9)
    | st.sets(st.integers(1, 9), min_size=1, max_size=6).map(sorted),
)
@example((np.zeros((1, 1)), (1, 1, 1)), (0.0,), None, 4, 1)
def test_bits_by_their_definition(
    X_and_shape, thresholds, min_rise, n_directions, distance
):
    X, shape = X_and_shape
    encoder = PixelEncoder(
        thresholds,
        min_rise=min_rise,
        n_directions=n_directions,
        distance=distance,
        image_shape=shape,
    )
    if thresholds in (0, ()) and min_rise is None:
        with pytest.raises(ValueError, match="A pixel has no bits"):
            encoder.fit(X)
        return
    words = encoder.fit_transform(X)
    bits = oracle(X, encoder)
    assert words.dtype == np.uint32
    assert_array_equal(words, reference.pack(bits))
    assert encoder.image_shape_ == shape[:2]
    assert encoder.n_bits_per_pixel_ * math.prod(shape[:2]) == bits.shape[1]
    encoder.packed_output = False
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (X, read_only, np.asfortranarray(X), sparse.csr_matrix(X)):
        assert_array_equal(encoder.transform(same), bits)


def test_thresholds_are_evenly_spaced_in_the_range_of_a_channel():
    X = np.array([[0, -1.0, 255, 7], [9, 5, 30, 7]])
    encoder = PixelEncoder(2, image_shape=(1, 2, 2)).fit(X)
    assert_array_equal(encoder.data_min_, [0, -1])
    assert_array_equal(encoder.data_max_, [255, 7])
    assert_array_equal(encoder.thresholds_[0], [85, 170])
    np.testing.assert_allclose(encoder.thresholds_[1], [-1 + 8 / 3, -1 + 16 / 3])
    # Nothing in a plain image is above its thresholds.
    assert not PixelEncoder(3).fit_transform(np.full((3, 16), 7)).any()


def test_shares_of_the_range():
    digits = np.random.default_rng(0).integers(0, 17, (20, 64))
    digits[0, :2] = 0, 16
    shares = PixelEncoder((0.25, 0.7), min_rise=0.125, relative=True).fit(digits)
    assert_array_equal(shares.thresholds_, [[4, 0.7 * 16]])
    assert_array_equal(shares.min_rise_, [2])
    plain = PixelEncoder((4, 0.7 * 16), min_rise=2).fit(digits)
    expected = plain.transform(digits)
    assert_array_equal(shares.transform(digits), expected)
    # The scale does not matter, nor what is added.
    scaled = digits * 8.0 - 1024
    assert_array_equal(shares.fit_transform(scaled), expected)


def test_a_bright_square_rises_on_each_side():
    image = np.zeros((6, 6), dtype=np.uint8)
    image[2:4, 2:4] = 200
    bits = PixelEncoder(0, min_rise=199, packed_output=False)
    bits = bits.fit_transform(image.reshape(1, -1)).reshape(6, 6, 8)
    rising = [list(zip(*np.nonzero(bits[:, :, d]), strict=True)) for d in range(8)]
    assert rising[0] == [(2, 1), (3, 1)]
    assert rising[1] == [(2, 4), (3, 4)]
    assert rising[2] == [(1, 2), (1, 3)]
    assert rising[3] == [(4, 2), (4, 3)]
    assert rising[4] == [(1, 1), (1, 2), (2, 1)]
    assert rising[7] == [(3, 1), (4, 1), (4, 2)]
    assert not PixelEncoder(0, min_rise=200).fit_transform(image.reshape(1, -1)).any()


def test_bits_of_images(fashion_mnist):
    # More images than are encoded at once, which must join up.
    X = fashion_mnist[0][:6000]
    encoder = PixelEncoder((64, 160), min_rise=40)
    words = encoder.fit_transform(X)
    assert words.shape == (6000, 245)
    chosen = [0, 82, 83, 5348, 5349, 5350, 5999]
    assert_array_equal(words[chosen], reference.pack(oracle(X[chosen], encoder)))
    assert_array_equal(encoder.transform(X.astype(np.int16)), words)
    patches = BitPatchEncoder(8, image_shape=encoder.image_shape_, random_state=0)
    patches.fit(words[:100])
    assert patches.n_bits_per_pixel_ == encoder.n_bits_per_pixel_ == 10


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint64]
)
def test_the_lowest_and_the_highest_number(dtype):
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    X = np.array([[low, high, low + 1, high, low, high - 1, low, 0, 0]], dtype=dtype)
    for min_rise in (0, float(high - low - 1), float(high - low), 2.0**70):
        thresholds = tuple(sorted({low - 1.0, float(low), float(high), high + 1.0}))
        encoder = PixelEncoder(thresholds, min_rise=min_rise, image_shape=(1, 9))
        words = encoder.fit_transform(X)
        assert_array_equal(words, reference.pack(oracle(X, encoder)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rises_beyond_the_largest_float(dtype):
    most = np.finfo(dtype).max
    X = np.array([[-most, most, 0, 0.7 * most, 0, 0, 0, 0, 1]], dtype=dtype)
    encoder = PixelEncoder((0.5,), min_rise=float(most), image_shape=(1, 9))
    encoder.set_params(packed_output=False)
    bits = encoder.fit_transform(X).reshape(9, 9)
    assert np.flatnonzero(bits[:, 1]).tolist() == [0]
    if dtype == np.float64:
        for params in ({"thresholds": 2}, {"relative": True}):
            with pytest.raises(ValueError, match="channel 0 is larger than the larg"):
                encoder.set_params(**params).fit(X)
    else:
        encoder.set_params(thresholds=1, min_rise=1e308, relative=True).fit(X)
        assert encoder.thresholds_.tolist() == [[0.0]]
        assert encoder.min_rise_.tolist() == [np.inf]
        assert encoder.transform(X).reshape(9, 9).sum(axis=0).tolist() == [3] + 8 * [0]


def test_distances_beyond_the_image():
    X = np.random.default_rng(0).integers(0, 99, (3, 30))
    encoder = PixelEncoder(0, min_rise=0, distance=(6, 2**70), image_shape=(5, 6))
    assert not encoder.fit_transform(X).any()
    names = encoder.set_params(packed_output=False).get_feature_names_out()
    assert len(set(names)) == len(names) == 30 * 16
    # Small types of whole numbers do not wrap.
    small = PixelEncoder(
        np.int8(127),
        min_rise=np.int8(1),
        n_directions=np.int8(8),
        distance=[np.uint8(2)],
        image_shape=(5, 6),
    )
    same = PixelEncoder(127, min_rise=1, distance=2, image_shape=(5, 6))
    assert_array_equal(small.fit_transform(X), same.fit_transform(X))


@pytest.mark.parametrize(
    ("image_shape", "expected", "n_channels"),
    [
        (None, (6, 6), 1),
        ((4, 9), (4, 9), 1),
        ([-1, 6, 2], (3, 6), 2),
        ((1, -1), (1, 36), 1),
        ((2, 6, 3), (2, 6), 3),
    ],
)
def test_shapes_of_images(image_shape, expected, n_channels):
    encoder = PixelEncoder(image_shape=image_shape).fit(np.zeros((1, 36)))
    assert encoder.image_shape_ == expected
    assert len(encoder.thresholds_) == n_channels
    assert encoder.n_bits_per_pixel_ == 2 * n_channels


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"image_shape": (3, 5)}, "12 features, which make no images of shape"),
        ({"image_shape": (2, 3)}, "12 features, which make no images of shape"),
        ({"image_shape": (1, 2, 3)}, "12 features, which make no images of shape"),
        ({"image_shape": (-1, -1)}, "of which one may be -1"),
        ({"thresholds": -1}, "'thresholds' parameter"),
        ({"thresholds": (3, 2)}, "ascending numbers, got"),
        ({"thresholds": (2, 2)}, "ascending numbers, got"),
        ({"thresholds": (2, np.nan)}, "ascending numbers, got"),
        ({"thresholds": ("a",)}, "ascending numbers, got"),
        ({"min_rise": -0.1}, "'min_rise' parameter"),
        ({"min_rise": np.inf}, "'min_rise' parameter"),
        ({"n_directions": 6}, "'n_directions' parameter"),
        ({"distance": 0}, "'distance' parameter"),
        ({"distance": ()}, "several of them, ascending"),
        ({"distance": (1, 1)}, "several of them, ascending"),
        ({"distance": (1.0,)}, "several of them, ascending"),
    ],
)
def test_bad_parameters(params, message):
    encoder = PixelEncoder(**{"image_shape": (3, 4)} | params)
    with pytest.raises(ValueError, match=message):
        encoder.fit(np.zeros((1, 12)))
    assert not [name for name in vars(encoder) if name.endswith("_")]


def test_feature_names():
    encoder = PixelEncoder(
        (1, 2), min_rise=0, n_directions=4, distance=(1, 3), image_shape=(1, -1)
    ).fit([[0, 1]])
    assert encoder.get_feature_names_out().tolist() == ["pixelencoder0"]
    encoder.set_params(packed_output=False)
    names = encoder.get_feature_names_out(["a", "b"]).tolist()
    bits = [f"{w}_{d}" for d in (1, 3) for w in ("right", "left", "down", "up")]
    assert names == [f"{x}_{b}" for x in "ab" for b in ["above_0", "above_1", *bits]]


def test_fitted_attributes_decide():
    X = np.random.default_rng(0).integers(0, 9, (5, 30))
    encoder = PixelEncoder(min_rise=1, image_shape=(5, 6)).fit(X)
    expected, names = encoder.transform(X), encoder.get_feature_names_out()
    encoder.set_params(n_directions=4, distance=3, thresholds=1, min_rise=3)
    encoder.set_params(image_shape=(6, 5), relative=True)
    assert_array_equal(encoder.transform(X), expected)
    assert_array_equal(encoder.get_feature_names_out(), names)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image_shape_", (6, 6)),
        ("image_shape_", (-5, -6)),
        ("image_shape_", None),
        ("n_bits_per_pixel_", 11),
        ("thresholds_", np.zeros((2, 2))),
        ("thresholds_", np.zeros((1, 2), dtype=np.float32)),
        ("min_rise_", np.zeros(2)),
        ("min_rise_", -np.ones(1)),
        ("min_rise_", None),
        ("data_min_", None),
        ("fitted_params_", {"n_directions": 12, "distance": 2}),
        ("fitted_params_", {"n_directions": 8, "distance": (0,)}),
        ("fitted_params_", {"n_directions": 8, "distance": None}),
        ("fitted_params_", {"n_directions": 8, "distance": ()}),
        ("fitted_params_", {}),
    ],
)
def test_damaged_attributes(name, value):
    X = np.zeros((5, 30))
    encoder = PixelEncoder(min_rise=1, image_shape=(5, 6)).fit(X)
    setattr(encoder, name, value)
    with pytest.raises(ValueError, match="damaged"):
        encoder.transform(X)
