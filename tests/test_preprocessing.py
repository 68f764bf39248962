# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Thermometers, and what encoders share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.preprocessing import KBinsDiscretizer

from skbit import RankDensityEncoder, ScalarEncoder, ThermometerEncoder
from skbit.preprocessing._curves import CURVES
from tests import reference

BYTES = np.arange(256, dtype=np.uint8)[:, None]
IMAGE = (0, 255)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("n_levels", [1, 2, 3, 8, 16, 33])
def test_curves_by_their_formulas_on_every_byte(curve, n_levels):
    levels = [[reference.level(curve, float(v), n_levels)] for v in range(256)]
    encoder = ThermometerEncoder(
        n_levels, curve=curve, feature_range=IMAGE, packed_output=False
    ).fit(BYTES)
    expected = reference.thermometer(levels, n_levels)
    assert_array_equal(encoder.transform(BYTES), expected)
    assert_array_equal(encoder.transform(BYTES.astype(np.float32)), expected)
    assert_array_equal(encoder.transform(BYTES.astype(np.int64)), expected)


@pytest.mark.parametrize("curve", CURVES)
@given(values=st.lists(st.floats(0, 255), min_size=1, max_size=20))
def test_curves_between_bytes(curve, values):
    X = np.array(values)[:, None]
    levels = [[reference.level(curve, v, 8)] for v in values]
    encoder = ThermometerEncoder(
        curve=curve, feature_range=IMAGE, packed_output=False
    ).fit(X)
    assert_array_equal(encoder.transform(X), reference.thermometer(levels, 8))


@pytest.mark.parametrize("curve", sorted({*CURVES} - {"mid", "tri"}))
def test_monotone_curves_never_fall(curve):
    encoder = ThermometerEncoder(
        curve=curve, feature_range=IMAGE, packed_output=False
    ).fit(BYTES)
    assert np.all(np.diff(encoder.transform(BYTES).sum(axis=1, dtype=int)) >= 0)


def test_four_pixels_to_a_container_lowest_bits_first():
    X = np.array([[255, 0, 64, 128]], dtype=np.uint8)
    encoder = ThermometerEncoder(feature_range=IMAGE)
    # Levels 7, 0, 2 and 4 of 8: the linear curve reaches 8 at 256.
    assert encoder.fit_transform(X).tolist() == [[0x0F03007F]]


def test_raw_is_the_bytes_themselves():
    X = np.random.default_rng(0).integers(0, 256, (7, 8), dtype=np.uint8)
    encoder = ThermometerEncoder(curve="raw")
    for same in (X, X.astype(float), X.astype(np.int16), np.asfortranarray(X)):
        words = encoder.fit_transform(same)
        assert_array_equal(words.view(np.uint8), X)
    assert_array_equal(encoder.inverse_transform(words), X)


@pytest.mark.parametrize("bad", [-1, 256, 0.5])
def test_raw_refuses_what_is_no_byte(bad):
    encoder = ThermometerEncoder(curve="raw")
    with pytest.raises(ValueError, match="whole numbers from 0 to 255"):
        encoder.fit([[bad, 0.0]])
    encoder.fit([[1, 2]])
    with pytest.raises(ValueError, match="whole numbers from 0 to 255"):
        encoder.transform([[1, bad]])


@given(
    X=arrays(
        np.float64,
        st.tuples(st.integers(1, 8), st.integers(1, 40)),
        elements=st.floats(-1e6, 1e6),
    ),
    n_levels=st.sampled_from([1, 5, 8, 31, 32, 33, 70]),
)
def test_packed_equals_dense_over_all_widths(X, n_levels):
    packed = ThermometerEncoder(n_levels).fit_transform(X)
    encoder = ThermometerEncoder(n_levels, packed_output=False).fit(X)
    dense = encoder.transform(X)
    assert packed.dtype == np.uint32
    assert dense.dtype == np.uint8
    assert_array_equal(packed, reference.pack(dense))
    assert_array_equal(encoder.transform(np.asfortranarray(X)), dense)
    assert_array_equal(encoder.transform(sparse.csr_matrix(X)), dense)
    levels = (X[:, :, None] >= encoder.thresholds_).sum(axis=2)
    expected = reference.thermometer(encoder.levels_[levels], n_levels)
    assert_array_equal(dense, expected)


def test_learned_range_is_each_features_own():
    X = np.array([[0.0, -5.0, 7.0], [1.0, 5.0, 7.0], [0.5, 0.0, 7.0]])
    encoder = ThermometerEncoder(4, packed_output=False)
    levels = encoder.fit_transform(X).reshape(3, 3, 4).sum(axis=2)
    # A constant feature is at the level of its minimum.
    assert levels.tolist() == [[0, 0, 0], [3, 3, 0], [1, 1, 0]]
    assert encoder.data_min_.tolist() == [0, -5, 7]
    # Values outside count as the ends.
    outside = encoder.transform([[-9, 99, 7]]).reshape(3, 4).sum(axis=1)
    assert outside.tolist() == [0, 3, 0]


@given(st.integers(1, 12), st.integers(0, 1000))
def test_quantiles_fill_levels_evenly(n_levels, seed):
    n = 60 * (n_levels + 1)
    X = np.exp(np.random.default_rng(seed).normal(size=(n, 3)) * 3)
    encoder = ThermometerEncoder(n_levels, strategy="quantile", packed_output=False)
    bits = encoder.fit_transform(X).reshape(n, 3, n_levels)
    levels = bits.sum(axis=2, dtype=np.intp)
    for feature in levels.T:
        assert_array_equal(np.bincount(feature, minlength=n_levels + 1), 60)


def test_quantiles_of_many_zeros_still_tell_zero_from_more():
    X = np.r_[np.zeros(90), np.arange(1, 11)][:, None]
    encoder = ThermometerEncoder(3, strategy="quantile", packed_output=False)
    bits = encoder.fit_transform(X)
    assert_array_equal(bits[:90].sum(), 0)
    assert np.all(bits[90:].sum(axis=1) == 3)
    sparse_bits = encoder.fit_transform(sparse.csr_matrix(X))
    assert_array_equal(sparse_bits, bits)


def test_quantiles_are_not_rounded_to_the_next_value():
    # In floats, 7 / 100 of 100 values are 7.000000000000001.
    X = np.arange(100)[:, None]
    encoder = ThermometerEncoder(99, strategy="quantile").fit(X)
    assert_array_equal(encoder.thresholds_[0], np.nextafter(np.arange(99.0), 99))


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
@pytest.mark.parametrize("packed_output", [True, False])
def test_inverse_transform_is_within_a_step(strategy, packed_output):
    X = np.random.default_rng(0).uniform(-3, 3, (500, 4))
    encoder = ThermometerEncoder(
        32, strategy=strategy, packed_output=packed_output
    ).fit(X)
    decoded = encoder.inverse_transform(encoder.transform(X))
    assert decoded.shape == X.shape
    assert np.abs(decoded - X).max() < 0.3
    # Decoding and encoding again changes nothing.
    assert_array_equal(encoder.transform(decoded), encoder.transform(X))


@pytest.mark.parametrize("curve", sorted({*CURVES} - {"mid", "tri"}))
def test_inverse_transform_keeps_the_level_of_bytes(curve):
    encoder = ThermometerEncoder(curve=curve, feature_range=IMAGE).fit(BYTES)
    bits = encoder.transform(BYTES)
    assert_array_equal(encoder.transform(encoder.inverse_transform(bits)), bits)


def test_inverse_transform_refuses():
    encoder = ThermometerEncoder(3, feature_range=IMAGE).fit(BYTES)
    with pytest.raises(ValueError, match="padding and must be 0"):
        encoder.inverse_transform(np.array([[8]], dtype=np.uint32))
    with pytest.raises(ValueError, match="makes 3 bits"):
        encoder.inverse_transform([[1, 0]])
    with pytest.raises(ValueError, match="cannot be inverted"):
        ThermometerEncoder(curve="tri").fit(BYTES).inverse_transform([[1]])


def test_thresholds_agree_with_kbins_edges():
    X = np.random.default_rng(1).normal(size=(200, 3))
    kbins = KBinsDiscretizer(8, encode="ordinal", strategy="uniform").fit(X)
    encoder = ThermometerEncoder(8, packed_output=False).fit(X)
    for edges, thresholds in zip(kbins.bin_edges_, encoder.thresholds_, strict=True):
        # The linear curve divides by 256, not by 255.
        expected = edges[0] + (edges[1:-1] - edges[0]) * 256 / 255
        np.testing.assert_allclose(thresholds, expected)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"feature_range": (5, 5)}, "the smaller first"),
        ({"feature_range": (0, np.inf)}, "two finite numbers"),
        ({"feature_range": (0, 1, 2)}, "two finite numbers"),
        ({"strategy": "quantile", "curve": "exp"}, "needs curve='linear'"),
        ({"strategy": "quantile", "feature_range": (0, 1)}, "feature_range=None"),
        ({"curve": "raw", "n_levels": 4}, "n_levels must be 8"),
        ({"curve": "raw", "feature_range": (0, 1)}, "feature_range"),
        ({"curve": "steep"}, "'curve' parameter"),
        ({"n_levels": 0}, "'n_levels' parameter"),
    ],
)
def test_bad_parameters(params, message):
    encoder = ThermometerEncoder(**params)
    with pytest.raises(ValueError, match=message):
        encoder.fit([[0.0], [1.0]])
    assert not [name for name in vars(encoder) if name.endswith("_")]


@pytest.mark.parametrize(
    ("encoder", "dense_names"),
    [
        (ThermometerEncoder(2), ["a_0", "a_1", "b_0", "b_1"]),
        (ThermometerEncoder(1), ["a", "b"]),
        (ScalarEncoder(2, 1), ["a_0", "a_1", "b_0", "b_1"]),
        (RankDensityEncoder(), ["a", "b"]),
        (RankDensityEncoder([0.5]), ["a", "b"]),
        (RankDensityEncoder([0.2, 0.5]), ["a_0", "a_1", "b_0", "b_1"]),
    ],
)
def test_feature_names(encoder, dense_names):
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame({"a": [0.0, 1.0], "b": [2.0, 3.0]})
    packed_name = type(encoder).__name__.lower() + "0"
    assert encoder.fit(X).get_feature_names_out().tolist() == [packed_name]
    encoder.set_params(packed_output=False)
    assert encoder.fit(X).get_feature_names_out().tolist() == dense_names
    frame = encoder.set_output(transform="pandas").transform(X)
    assert frame.columns.tolist() == dense_names


def test_large_input_is_encoded_in_blocks():
    # More numbers than a block holds, so that blocks must join up.
    X = np.random.default_rng(0).integers(0, 256, (6000, 784), dtype=np.uint8)
    encoder = ThermometerEncoder(curve="exp", feature_range=IMAGE).fit(X)
    whole = encoder.transform(X)
    parts = [encoder.transform(X[i : i + 1000]) for i in range(0, 6000, 1000)]
    assert_array_equal(whole, np.vstack(parts))


# Narrow and wide ranges, where rounding matters most.
COLUMNS = st.lists(
    st.floats(-1e300, 1e300) | st.integers(-5, 5).map(lambda n: n * 5e-324),
    min_size=1,
    max_size=6,
) | st.builds(
    lambda low, n: [low, low * (1 + n * 2.0**-52)],
    st.floats(-1e300, 1e300),
    st.integers(0, 9),
)


@given(x=COLUMNS, curve=st.sampled_from([*CURVES]), n_levels=st.integers(1, 20))
def test_the_highest_value_has_the_highest_level_of_the_curve(x, curve, n_levels):
    X = np.array(x)[:, None]
    encoder = ThermometerEncoder(n_levels, curve=curve, packed_output=False)
    levels = encoder.fit_transform(X).sum(axis=1, dtype=int)
    assert np.all(np.diff(encoder.thresholds_) >= 0)
    lowest, highest = (reference.level(curve, v, n_levels) for v in (0.0, 255.0))
    assert np.all(levels[X[:, 0] == X.min()] == lowest)
    if X.min() < X.max():
        assert np.all(levels[X[:, 0] == X.max()] == highest)


def test_many_learned_ranges_reach_the_top_level():
    X = np.random.default_rng(0).normal(size=(50, 2000))
    encoder = ThermometerEncoder(curve="sqrt", packed_output=False)
    levels = encoder.fit_transform(X).reshape(50, 2000, 8).sum(axis=2)
    assert np.all(levels.max(axis=0) == 8)
    assert np.all(levels.min(axis=0) == 0)


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
@given(data=st.data())
def test_large_whole_numbers_reach_thresholds_exactly(dtype, data):
    info = np.iinfo(dtype)
    numbers = data.draw(
        st.lists(st.integers(int(info.min), int(info.max)), min_size=1, max_size=9)
    )
    X = np.array([[*numbers, info.max, info.min, 2**53 + 1]], dtype=dtype).T
    encoder = ThermometerEncoder(
        5, feature_range=(float(info.min), 2.0**64), packed_output=False
    ).fit(X)
    # Thresholds close to the numbers, of which Python compares all digits.
    near = np.sort(X[:, 0].astype(float))[:4]
    encoder.thresholds_ = near[None, :]
    expected = [[sum(t <= x for t in near.tolist())] for x in X[:, 0].tolist()]
    found = encoder.transform(X).sum(axis=1, dtype=int)[:, None]
    assert_array_equal(found, encoder.levels_[np.array(expected)])


@pytest.mark.parametrize(
    "encoder",
    [ThermometerEncoder(), ThermometerEncoder(strategy="quantile"), ScalarEncoder()],
)
@pytest.mark.parametrize("number", [2**53, -(2**53), 2**62])
def test_ranges_of_large_whole_numbers_are_refused(encoder, number):
    X = np.array([[0, 1], [number, 2]])
    with pytest.raises(ValueError, match=r"Subtract an offset"):
        encoder.fit(X)
    encoder.fit(X.astype(float))
    encoder.fit(np.clip(X, -(2**53) + 1, 2**53 - 1))


def test_fitted_parameters_decide_after_fit():
    X = np.random.default_rng(0).normal(size=(20, 3))
    encoder = ThermometerEncoder(40).fit(X)
    expected = encoder.transform(X)
    decoded = encoder.inverse_transform(expected)
    for params in ({"n_levels": 1}, {"curve": "raw"}, {"feature_range": (0, 9)}):
        encoder.set_params(**params)
        assert_array_equal(encoder.transform(X), expected)
        assert_array_equal(encoder.inverse_transform(expected), decoded)
        assert len(encoder.get_feature_names_out()) == 4
    encoder.packed_output = False
    assert encoder.transform(X).shape == (20, 120)


@pytest.mark.parametrize(
    "damage",
    [
        {"thresholds_": np.zeros((2, 39))},
        {"thresholds_": np.zeros((3, 40))},
        {"thresholds_": np.zeros((39, 3)).T},
        {"levels_": np.full(40, 41)},
        {"levels_": np.full(40, -1)},
        {"levels_": np.zeros(40)},
        {"levels_": None},
        {"data_max_": np.zeros(2)},
        {"fitted_params_": {"n_levels": 3, "curve": "linear"}},
        {"fitted_params_": {"n_levels": 4, "curve": "raw"}},
        {"n_features_in_": 2},
    ],
)
def test_damaged_state_is_refused(damage):
    X = np.random.default_rng(0).normal(size=(20, 3))
    encoder = ThermometerEncoder(40).fit(X)
    vars(encoder).update(damage)
    with pytest.raises(ValueError, match=r"damaged|3 features"):
        encoder.transform(X)
