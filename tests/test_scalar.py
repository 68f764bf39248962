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
        ({"n_bits": 5}, "n_active=6 bits of a feature cannot be 1"),
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
