# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Edges of images."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse

from skbit import DirectionalEdgeEncoder
from tests import reference


def oracle(X, encoder):
    # Whole numbers are Python's, in which no difference wraps or rounds.
    wide = object if X.dtype.kind in "biu" else X.dtype
    images = X.astype(wide).reshape(-1, *encoder.image_shape_)
    k = int(encoder.density * X.shape[1] + 0.5)
    params = encoder.n_directions, encoder.distance, k, encoder.dilation
    return np.array([reference.edges(image, *params) for image in images])


@st.composite
def images_of_any_type(draw):
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    n = draw(st.integers(1, 4))
    size = (n, shape[0] * shape[1])
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


@given(
    X_and_shape=images_of_any_type(),
    n_directions=st.sampled_from([4, 8]),
    distance=st.integers(1, 10),
    density=st.floats(0, 1),
    dilation=st.integers(0, 10),
)
def test_edges_by_their_definition(
    X_and_shape, n_directions, distance, density, dilation
):
    X, shape = X_and_shape
    encoder = DirectionalEdgeEncoder(
        n_directions,
        distance=distance,
        density=density,
        dilation=dilation,
        image_shape=shape,
    )
    words = encoder.fit_transform(X)
    bits = oracle(X, encoder)
    assert words.dtype == np.uint32
    assert_array_equal(words, reference.pack(bits))
    assert encoder.n_edges_ == int(density * X.shape[1] + 0.5)
    encoder.packed_output = False
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (X, read_only, np.asfortranarray(X), sparse.csr_matrix(X)):
        assert_array_equal(encoder.transform(same), bits)


def test_bright_square_has_an_edge_on_each_side():
    image = np.zeros((6, 6), dtype=np.uint8)
    image[2:4, 2:4] = 200
    encoder = DirectionalEdgeEncoder(
        8, distance=1, density=1.0, dilation=0, packed_output=False
    )
    bits = encoder.fit_transform(image.reshape(1, -1)).reshape(6, 6, 8)
    rising = [list(zip(*np.nonzero(bits[:, :, d]), strict=True)) for d in range(8)]
    # Right, left, down, up: the pixels before the square, seen in that direction.
    assert rising[0] == [(2, 1), (3, 1)]
    assert rising[1] == [(2, 4), (3, 4)]
    assert rising[2] == [(1, 2), (1, 3)]
    assert rising[3] == [(4, 2), (4, 3)]
    assert rising[4] == [(1, 1), (1, 2), (2, 1)]
    assert rising[5] == [(3, 4), (4, 3), (4, 4)]
    assert rising[6] == [(1, 3), (1, 4), (2, 4)]
    assert rising[7] == [(3, 1), (4, 1), (4, 2)]


@pytest.mark.parametrize("dtype", [np.uint8, float])
def test_plain_images_have_no_edges(dtype):
    X = np.full((3, 49), 7, dtype=dtype)
    assert not DirectionalEdgeEncoder(8, density=1.0).fit_transform(X).any()
    assert not DirectionalEdgeEncoder(density=0.0).fit_transform(np.eye(9)).any()


def test_brightness_and_contrast_do_not_matter():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 100, (20, 64), dtype=np.uint8)
    encoder = DirectionalEdgeEncoder(8)
    words = encoder.fit_transform(X)
    assert_array_equal(encoder.transform(2 * X + 55), words)
    # Neither do types, nor differences that a byte could not hold with a sign.
    assert_array_equal(encoder.transform(X.astype(np.float32) * 4 - 200), words)


def test_edges_of_images(fashion_mnist):
    # More images than a block holds, which must join up.
    X = fashion_mnist[0][:6000]
    encoder = DirectionalEdgeEncoder()
    words = encoder.fit_transform(X)
    assert encoder.image_shape_ == (28, 28)
    assert encoder.n_edges_ == 63
    assert words.shape == (6000, 98)
    chosen = [0, 255, 256, 5348, 5349, 5999]
    assert_array_equal(words[chosen], reference.pack(oracle(X[chosen], encoder)))
    assert_array_equal(encoder.transform(X[chosen].astype(np.float32)), words[chosen])


@pytest.mark.parametrize(
    ("image_shape", "expected"),
    [(None, (6, 6)), ((4, 9), (4, 9)), ([-1, 12], (3, 12)), ((2, -1), (2, 18))],
)
def test_shapes_of_images(image_shape, expected):
    encoder = DirectionalEdgeEncoder(image_shape=image_shape).fit(np.zeros((1, 36)))
    assert encoder.image_shape_ == expected


def test_rows_that_make_no_square_are_signals():
    X = np.random.default_rng(0).integers(0, 9, (6, 12))
    encoder = DirectionalEdgeEncoder()
    with pytest.warns(UserWarning, match="12 features, which make no square") as found:
        encoder.fit(X)
    assert len(found) == 1
    assert encoder.image_shape_ == (1, 12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        signals = DirectionalEdgeEncoder(image_shape=(1, -1)).fit(X)
        assert_array_equal(encoder.transform(X), signals.transform(X))
        assert DirectionalEdgeEncoder().fit(X[:, :9]).image_shape_ == (3, 3)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"image_shape": (3, 5)}, "12 features, which make no images of shape"),
        ({"image_shape": (-1, 5)}, "make no images of shape"),
        ({"image_shape": (24, -1)}, "make no images of shape"),
        ({"image_shape": (-1, -1)}, "of which one may be -1"),
        ({"image_shape": (2, 2, 3)}, "two whole numbers"),
        ({"image_shape": (0, 12)}, "two whole numbers"),
        ({"image_shape": (3.0, 4)}, "two whole numbers"),
        ({"n_directions": 6}, "'n_directions' parameter"),
        ({"distance": 0}, "'distance' parameter"),
        ({"density": 1.5}, "'density' parameter"),
        ({"dilation": -1}, "'dilation' parameter"),
    ],
)
def test_bad_parameters(params, message):
    encoder = DirectionalEdgeEncoder(**params)
    with pytest.raises(ValueError, match=message):
        encoder.fit(np.zeros((1, 12)))
    assert not [name for name in vars(encoder) if name.endswith("_")]


def test_feature_names():
    encoder = DirectionalEdgeEncoder(image_shape=(1, -1)).fit([[0, 1]])
    assert encoder.get_feature_names_out().tolist() == ["directionaledgeencoder0"]
    encoder.set_params(packed_output=False)
    names = encoder.get_feature_names_out(["a", "b"]).tolist()
    assert names == [
        f"{pixel}_{direction}"
        for pixel in "ab"
        for direction in ("right", "left", "down", "up")
    ]
    encoder = DirectionalEdgeEncoder(8, packed_output=False).fit([[0]])
    diagonals = ["x0_down_right", "x0_up_left", "x0_down_left", "x0_up_right"]
    assert encoder.get_feature_names_out()[4:].tolist() == diagonals


def test_fitted_attributes_decide():
    X = np.random.default_rng(0).integers(0, 9, (5, 30))
    encoder = DirectionalEdgeEncoder(image_shape=(5, 6)).fit(X)
    expected, names = encoder.transform(X), encoder.get_feature_names_out()
    encoder.set_params(n_directions=8, distance=1, dilation=3, density=0.9)
    encoder.set_params(image_shape=(6, 5))
    assert_array_equal(encoder.transform(X), expected)
    assert_array_equal(encoder.get_feature_names_out(), names)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image_shape_", (6, 6)),
        ("image_shape_", (-5, -6)),
        ("image_shape_", None),
        ("n_edges_", 31),
        ("n_edges_", -1),
        ("fitted_params_", {"n_directions": 12, "distance": 2, "dilation": 1}),
        ("fitted_params_", {"n_directions": 4, "distance": 2**70, "dilation": -1}),
        ("fitted_params_", {}),
    ],
)
def test_damaged_attributes(name, value):
    X = np.zeros((5, 30))
    encoder = DirectionalEdgeEncoder(image_shape=(5, 6)).fit(X)
    setattr(encoder, name, value)
    with pytest.raises(ValueError, match="damaged"):
        encoder.transform(X)


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint64]
)
def test_differences_of_the_lowest_and_the_highest_number(dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    # The rise from the lowest to the highest is by one more than the others.
    X = np.array([[low, high, low + 1, high, low, high - 1, low, 0, 0]], dtype=dtype)
    encoder = DirectionalEdgeEncoder(
        distance=1, density=1 / 9, dilation=0, image_shape=(1, 9), packed_output=False
    )
    bits = encoder.fit_transform(X).reshape(9, 4)
    assert np.flatnonzero(bits[:, 0]).tolist() == [0]
    assert_array_equal(bits.ravel(), oracle(X, encoder).ravel())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_differences_beyond_the_largest_float(dtype):
    most = np.finfo(dtype).max
    X = np.array([[-0.7 * most, 0.7 * most, 0, -most, most, 0, 0, 0, 1]], dtype=dtype)
    encoder = DirectionalEdgeEncoder(
        distance=1, density=1 / 9, dilation=0, image_shape=(1, 9), packed_output=False
    )
    bits = encoder.fit_transform(X).reshape(9, 4)
    # Both differences would be infinite, and the first one be taken for the highest.
    assert np.flatnonzero(bits[:, 0]).tolist() == [3]
    # Other rows are as they would be alone: half of the smallest number is 0.
    both = np.vstack([X, np.zeros_like(X)])
    both[1, 4] = np.finfo(dtype).smallest_subnormal
    rises = encoder.transform(both).reshape(2, 9, 4)[:, :, 0]
    assert_array_equal(rises, np.arange(9) == [[3], [3]])


def test_distances_and_dilations_beyond_the_image():
    X = np.random.default_rng(0).integers(0, 99, (3, 30))
    far = {"distance": 2**40, "dilation": 2**40, "image_shape": (5, 6)}
    assert not DirectionalEdgeEncoder(8, **far).fit_transform(X).any()
    near = DirectionalEdgeEncoder(8, image_shape=(5, 6), dilation=6)
    farther = DirectionalEdgeEncoder(8, image_shape=(5, 6), dilation=2**40)
    assert_array_equal(farther.fit_transform(X), near.fit_transform(X))
    # Small types of whole numbers do not wrap.
    small = DirectionalEdgeEncoder(
        np.int8(8), distance=np.uint8(2), dilation=np.int8(1), image_shape=(5, 6)
    )
    assert_array_equal(
        small.fit_transform(X),
        DirectionalEdgeEncoder(8, image_shape=(5, 6)).fit_transform(X),
    )
