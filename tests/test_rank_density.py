# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Codes of fixed density."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse

from skbit import RankDensityEncoder
from skbit.bits import unpack_bits
from tests import reference

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 50))
NUMBERS = (
    arrays(
        st.sampled_from([np.uint8, np.float32, np.float64, np.int64, bool]),
        SHAPES,
        elements={"min_value": 0, "max_value": 9},
    )
    | arrays(np.uint8, SHAPES)
    | arrays(np.float64, SHAPES, elements=st.floats(-10, 10))
)


def n_highest(density, X):
    return int(density * X.shape[1] + 0.5)


@given(X=NUMBERS, density=st.floats(0, 1))
def test_sets_exactly_the_highest(X, density):
    encoder = RankDensityEncoder(density, packed_output=False)
    bits = encoder.fit_transform(X)
    k = n_highest(density, X)
    assert encoder.n_ones_ == k
    assert_array_equal(encoder.n_ones_per_level_, [k])
    assert_array_equal(bits, reference.highest(X, k))
    assert_array_equal(bits.sum(axis=1), k)
    assert_array_equal(encoder.inverse_transform(bits), bits)


@given(
    X=NUMBERS,
    densities=st.lists(st.floats(0, 1), min_size=1, max_size=5, unique=True),
    fill_ties=st.booleans(),
)
def test_levels_lie_side_by_side(X, densities, fill_ties):
    encoder = RankDensityEncoder(densities, fill_ties=fill_ties)
    words = encoder.fit_transform(X)
    ks = [n_highest(density, X) for density in densities]
    levels = [reference.highest(X, k, fill_ties) for k in ks]
    bits = np.stack(levels, axis=2).reshape(len(X), -1)
    assert_array_equal(words, reference.pack(bits))
    assert encoder.n_ones_per_level_.tolist() == ks
    assert encoder.n_ones_ == sum(ks)
    assert np.all(bits.sum(axis=1) <= encoder.n_ones_)
    shares = encoder.inverse_transform(words)
    assert_array_equal(shares, np.mean(levels, axis=0))
    encoder.packed_output = False
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (X, read_only, np.asfortranarray(X), sparse.csr_matrix(X)):
        assert_array_equal(encoder.transform(same), bits)


def test_ascending_levels_are_thermometers_of_ranks():
    X = np.random.default_rng(0).permuted(np.tile(np.arange(20.0), (5, 1)), axis=1)
    encoder = RankDensityEncoder([0.1, 0.3, 0.5], packed_output=False).fit(X)
    assert encoder.n_ones_per_level_.tolist() == [2, 6, 10]
    n_reached = encoder.transform(X).reshape(5, 20, 3).sum(axis=2)
    expected = (X[:, :, None] >= [18, 14, 10]).sum(axis=2)
    assert_array_equal(n_reached, expected)
    assert_array_equal(encoder.inverse_transform(encoder.transform(X)), expected / 3)


@pytest.mark.parametrize("dtype", [np.uint8, float])
def test_constant_rows(dtype):
    X = np.full((2, 10), 7, dtype=dtype)
    encoder = RankDensityEncoder(0.3, packed_output=False)
    assert encoder.fit_transform(X).tolist() == [[1] * 3 + [0] * 7] * 2
    encoder.fill_ties = False
    assert not encoder.fit_transform(X).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, float])
def test_ties_above_the_background_are_filled_all_the_same(dtype):
    X = np.array([[0, 5, 5, 5, 9, 0], [0, 0, 0, 3, 0, 0]], dtype=dtype)
    encoder = RankDensityEncoder(0.5, fill_ties=False, packed_output=False)
    assert encoder.fit_transform(X).tolist() == [[0, 1, 1, 0, 1, 0], [0, 0, 0, 1, 0, 0]]


def test_images(mnist):
    X = mnist[0][:200]
    words = RankDensityEncoder().fit_transform(X)
    assert_array_equal(unpack_bits(words).sum(axis=1), 118)
    kept = unpack_bits(words, 784).astype(bool)
    for row, bits in zip(X, kept, strict=True):
        assert row[bits].min() >= row[~bits].max()
    # Without ties from the background, only ink is set.
    ink = unpack_bits(RankDensityEncoder(fill_ties=False).fit_transform(X), 784)
    assert_array_equal(ink.astype(bool), kept & (X > 0))
    assert_array_equal(ink.sum(axis=1), np.minimum(118, (X > 0).sum(axis=1)))


@pytest.mark.parametrize(
    "density", [1.5, [], [0.1, 1.1], [-0.1], [0.1, 0.1], [[0.1]], [0.1, None]]
)
def test_bad_densities(density):
    encoder = RankDensityEncoder(density)
    with pytest.raises(ValueError, match="density"):
        encoder.fit([[0.0], [1.0]])
    assert not [name for name in vars(encoder) if name.endswith("_")]


@pytest.mark.parametrize(
    ("density", "n_features", "n_ones"),
    [(0.5, 1, 1), (0.5, 3, 2), (0.5, 5, 3), (0.25, 2, 1), (0.25, 10, 3), (0.3, 5, 2)],
)
def test_halves_are_rounded_up(density, n_features, n_ones):
    """Half to even would set 0, 2, 2, 0, 2 and 2 of them."""
    X = np.arange(n_features)[None, :]
    encoder = RankDensityEncoder(density, packed_output=False)
    assert encoder.fit_transform(X).sum() == n_ones == encoder.n_ones_


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_large_whole_numbers_are_ranked_with_all_their_digits(dtype):
    top = np.iinfo(dtype).max
    X = np.array([[top - 2, top, 0, top - 1], [2**53, 2**53 + 1, 5, 2**53 + 2]], dtype)
    encoder = RankDensityEncoder([0.25, 0.5, 0.75], packed_output=False).fit(X)
    n_levels = encoder.transform(X).reshape(2, 4, 3).sum(axis=2)
    assert n_levels.tolist() == [[1, 3, 0, 2], [1, 2, 0, 3]]
    assert_array_equal(encoder.transform(sparse.csr_matrix(X)), encoder.transform(X))
    if dtype == np.int64:
        n_levels = encoder.transform(-X).reshape(2, 4, 3).sum(axis=2)
        assert n_levels.tolist() == [[2, 0, 3, 1], [2, 1, 3, 0]]


def test_fitted_parameters_decide_after_fit():
    X = np.random.default_rng(0).integers(0, 3, (20, 9))
    encoder = RankDensityEncoder([0.3, 0.7], fill_ties=False).fit(X)
    expected = encoder.transform(X)
    encoder.set_params(density=0.1, fill_ties=True)
    assert_array_equal(encoder.transform(X), expected)
    assert encoder.get_feature_names_out().tolist() == ["rankdensityencoder0"]
    encoder.packed_output = False
    assert encoder.transform(X).shape == (20, 18)
    assert len(encoder.get_feature_names_out()) == 18


@pytest.mark.parametrize(
    "damage",
    [
        {"n_ones_per_level_": np.array([10])},
        {"n_ones_per_level_": np.array([-1])},
        {"n_ones_per_level_": np.array([1.0])},
        {"n_ones_per_level_": np.empty(0, dtype=np.int64)},
        {"n_ones_per_level_": [1]},
        {"n_features_in_": 10},
        {"n_features_in_": 0},
        {"fitted_params_": {}},
        {"fitted_params_": {"fill_ties": 2}},
    ],
)
def test_damaged_state_is_refused(damage):
    X = np.arange(18.0).reshape(2, 9)
    encoder = RankDensityEncoder().fit(X)
    vars(encoder).update(damage)
    with pytest.raises(ValueError, match=r"damaged|9 features"):
        encoder.transform(X)
