# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scalar codes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_wine
from sklearn.preprocessing import KBinsDiscretizer

from skbit import ScalarEncoder
from tests import reference

SHAPES = st.tuples(st.integers(1, 30), st.integers(1, 7))
WHOLE_NUMBERS = (
    arrays(np.uint8, SHAPES)
    | arrays(np.int32, SHAPES)
    | st.builds(
        np.ndarray.astype,
        arrays(np.int8, SHAPES, elements=st.integers(0, 9)),
        st.sampled_from([np.uint8, np.float32, np.float64, np.int64, bool]),
    )
)
NUMBERS = (
    WHOLE_NUMBERS
    | arrays(np.float64, SHAPES, elements=st.floats(-1e300, 1e300))
    | arrays(np.float32, SHAPES, elements=st.floats(-8, 8, width=32))
)
SIZES = st.tuples(st.integers(1, 70), st.integers(1, 40)).filter(lambda n: n[0] >= n[1])


@given(X=NUMBERS, size=SIZES)
def test_buckets_of_quantiles(X, size):
    encoder = ScalarEncoder(*size)
    words = encoder.fit_transform(X)
    n_buckets = size[0] - size[1] + 1
    buckets = [reference.quantile_buckets(x.tolist(), n_buckets) for x in X.T]
    bits = reference.runs(np.transpose(buckets), *size)
    assert encoder.thresholds_.shape == (X.shape[1], n_buckets - 1)
    assert_array_equal(words, reference.pack(bits))
    assert_array_equal(bits.sum(axis=1), X.shape[1] * size[1])
    encoder.packed_output = False
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (X, read_only, np.asfortranarray(X), sparse.csr_matrix(X)):
        assert_array_equal(encoder.fit(same).transform(same), bits)


@given(X=WHOLE_NUMBERS, size=SIZES)
def test_buckets_of_equal_width(X, size):
    encoder = ScalarEncoder(*size, strategy="uniform", packed_output=False)
    bits = encoder.fit_transform(X)
    n_buckets = size[0] - size[1] + 1
    buckets = [reference.uniform_buckets(x.tolist(), n_buckets) for x in X.T]
    assert_array_equal(bits, reference.runs(np.transpose(buckets), *size))
    assert_array_equal(bits, encoder.fit(sparse.csr_matrix(X)).transform(X))


@given(
    X=NUMBERS,
    size=SIZES,
    strategy=st.sampled_from(["quantile", "uniform"]),
    packed_output=st.booleans(),
)
def test_middles_of_buckets_have_their_codes(X, size, strategy, packed_output):
    encoder = ScalarEncoder(*size, strategy=strategy, packed_output=packed_output)
    bits = encoder.fit_transform(X)
    decoded = encoder.inverse_transform(bits)
    assert decoded.shape == X.shape
    assert np.all((decoded >= X.min(axis=0)) & (decoded <= X.max(axis=0)))
    assert_array_equal(encoder.transform(decoded), bits)


def test_quantiles_fill_buckets_evenly():
    X = np.exp(np.random.default_rng(0).normal(size=(270, 3)) * 3)
    bits = ScalarEncoder(packed_output=False).fit_transform(X).reshape(270, 3, 32)
    for feature in bits.argmax(axis=2).T:
        assert_array_equal(np.bincount(feature), [10] * 27)


def test_equal_widths_agree_with_kbins():
    X = load_wine().data
    kbins = KBinsDiscretizer(27, encode="ordinal", strategy="uniform").fit(X)
    encoder = ScalarEncoder(strategy="uniform").fit(X)
    edges = np.array([edges[1:-1] for edges in kbins.bin_edges_])
    np.testing.assert_allclose(encoder.thresholds_, edges, rtol=1e-12)


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_values_outside_and_constant_features(strategy):
    X = np.array([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]])
    encoder = ScalarEncoder(4, 2, strategy=strategy, packed_output=False).fit(X)
    assert encoder.transform(X)[:, 4:].tolist() == [[1, 1, 0, 0]] * 3
    outside = encoder.transform([[-1e300, -1], [1e300, 7]])
    assert outside[:, :4].tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]
    assert outside[:, 4:].tolist() == [[1, 1, 0, 0]] * 2
    assert_array_equal(encoder.inverse_transform(encoder.transform(X))[:, 1], 7)


def test_inverse_transform_of_damaged_codes():
    encoder = ScalarEncoder(8, 3, strategy="uniform").fit([[0.0], [6.0]])
    damaged = [
        [0, 0, 1, 1, 1, 0, 0, 0],  # a code
        [0, 0, 1, 0, 1, 0, 0, 0],  # a bit lost
        [0, 0, 1, 1, 1, 0, 0, 1],  # a bit too many
        [0, 0, 0, 0, 0, 0, 0, 0],  # nothing: the first bucket
        [1, 1, 1, 1, 1, 1, 1, 1],  # everything: the first bucket
    ]
    decoded = encoder.inverse_transform(np.array(damaged, dtype=np.uint8))
    assert decoded.tolist() == [[2.5], [2.5], [2.5], [0.5], [0.5]]


# Of two values, half are no higher than the lower one: three of the five quantiles.
@pytest.mark.parametrize(("strategy", "last"), [("quantile", 3), ("uniform", 5)])
def test_very_wide_ranges(strategy, last):
    largest = np.finfo(np.float64).max
    encoder = ScalarEncoder(8, 3, strategy=strategy, packed_output=False)
    bits = encoder.fit_transform([[0.0], [largest]])
    assert_array_equal(bits, reference.runs([[0], [last]], 8, 3))
    assert np.all(np.isfinite(encoder.inverse_transform(bits)))
    with pytest.raises(ValueError, match="range of feature 1 is larger than"):
        encoder.fit([[0.0, -largest], [0.0, largest]])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_bits": 5}, "n_active=6 must not exceed n_bits=5"),
        ({"n_bits": 0}, "'n_bits' parameter"),
        ({"n_active": 0}, "'n_active' parameter"),
        ({"strategy": "kmeans"}, "'strategy' parameter"),
    ],
)
def test_bad_parameters(params, message):
    encoder = ScalarEncoder(**params)
    with pytest.raises(ValueError, match=message):
        encoder.fit([[0.0], [1.0]])
    assert not [name for name in vars(encoder) if name.endswith("_")]


def test_inverse_transform_refuses():
    encoder = ScalarEncoder(8, 3).fit([[0.0], [1.0]])
    with pytest.raises(ValueError, match="padding and must be 0"):
        encoder.inverse_transform(np.array([[256]], dtype=np.uint32))
    with pytest.raises(ValueError, match="makes 8 bits"):
        encoder.inverse_transform([[1, 0]])


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


@given(x=COLUMNS, n_buckets=st.integers(1, 70))
def test_equal_widths_reach_from_end_to_end(x, n_buckets):
    X = np.array(x)[:, None]
    encoder = ScalarEncoder(n_buckets, 1, strategy="uniform", packed_output=False)
    buckets = encoder.fit_transform(X).argmax(axis=1)
    assert np.all(np.diff(encoder.thresholds_) >= 0)
    assert np.all(buckets[X[:, 0] == X.min()] == 0)
    if X.min() < X.max():
        assert np.all(buckets[X[:, 0] == X.max()] == n_buckets - 1)


def test_fitted_parameters_decide_after_fit():
    X = np.random.default_rng(0).normal(size=(20, 3))
    encoder = ScalarEncoder(40, 6).fit(X)
    expected = encoder.transform(X)
    decoded = encoder.inverse_transform(expected)
    for params in ({"n_active": 39}, {"n_bits": 8}, {"n_bits": 4000, "n_active": 1}):
        encoder.set_params(**params)
        assert_array_equal(encoder.transform(X), expected)
        assert_array_equal(encoder.inverse_transform(expected), decoded)
        assert len(encoder.get_feature_names_out()) == 4
    encoder.packed_output = False
    assert encoder.transform(X).shape == (20, 120)


@pytest.mark.parametrize(
    "damage",
    [
        {"thresholds_": np.zeros((3, 35))},
        {"thresholds_": np.zeros((2, 34))},
        {"thresholds_": np.zeros((3, 34), dtype=np.float32)},
        {"thresholds_": np.zeros((34, 3)).T},
        {"thresholds_": None},
        {"data_min_": np.zeros(2)},
        {"fitted_params_": {"n_bits": 40, "n_active": 41}},
        {"fitted_params_": {"n_bits": 10**9, "n_active": 6}},
        {"fitted_params_": {"n_bits": "40", "n_active": 6}},
        {"n_features_in_": 2},
    ],
)
def test_damaged_state_is_refused(damage):
    X = np.random.default_rng(0).normal(size=(20, 3))
    encoder = ScalarEncoder(40, 6).fit(X)
    words = encoder.transform(X)
    vars(encoder).update(damage)
    with pytest.raises(ValueError, match=r"damaged|3 features"):
        encoder.transform(X)
    with pytest.raises(ValueError, match=r"damaged|3 features"):
        encoder.inverse_transform(words)
