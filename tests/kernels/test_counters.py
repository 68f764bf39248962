# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Counters in bit planes, against plain bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit import BitWTAClusterer
from skbit._numba.memory import empty_planes
from skbit.cluster._kernels import constants, counters
from tests import reference

planes_of = empty_planes
N_DIGITS = constants.COUNTER_DIGITS

seeds = st.integers(0, 2**32 - 1)
widths = st.integers(1, 3)


def row_of(bits):
    """A table of planes of booleans, 512 to a plane."""
    planes = planes_of(len(bits) // 512)
    planes.reshape(-1).view(np.uint32)[:] = reference.pack(bits[np.newaxis])[0]
    return planes


def table_of(values, first, n_after=1):
    """A table with the counters of one neuron between planes of ones."""
    n_planes = len(values) // 512
    table = planes_of(first + N_DIGITS * n_planes + n_after)
    table[:] = 2**64 - 1
    for p in range(n_planes):
        for d in range(N_DIGITS):
            bits = (values[512 * p : 512 * (p + 1)] >> d & 1).astype(bool)
            table[first + N_DIGITS * p + d] = row_of(bits)[0]
    return table


def assert_counters_equal(table, expected, first):
    """Compare values and see to it that nothing around them was touched."""
    assert_array_equal(table, table_of(expected, first))


def random_counters(seed, n_planes, most=255):
    """Bytes of which many are equal to others, to 0 and to the highest."""
    rng = np.random.default_rng(seed)
    some = np.r_[0, most, rng.integers(0, most + 1, size=10)]
    return rng.choice(some, size=512 * n_planes)


def random_bits(seed, n_planes, density=0.5):
    rng = np.random.default_rng([seed, 1])
    return rng.random(512 * n_planes) < density


@given(seeds, widths, st.integers(0, 9))
def test_begin(seed, n_planes, first):
    table = table_of(random_counters(seed, n_planes), first)
    bits = random_bits(seed, n_planes)
    counters.begin(table, first, row_of(bits))
    assert_counters_equal(table, bits.astype(int), first)


@given(seeds, widths, st.integers(0, 9), st.floats(0, 1))
def test_add(seed, n_planes, first, density):
    values = random_counters(seed, n_planes, most=254)
    bits = random_bits(seed, n_planes, density)
    table = table_of(values, first)
    row = row_of(bits)
    before = row.copy()
    counters.add(table, first, row)
    assert_counters_equal(table, values + bits, first)
    assert_array_equal(row, before)


def test_add_counts_to_255():
    bits = random_bits(0, 1)
    table = table_of(np.full(512, 7), 0)
    counters.begin(table, 0, row_of(bits))
    for n in range(2, 256):
        counters.add(table, 0, row_of(bits))
        if n in (2, 3, 127, 128, 255):
            assert_counters_equal(table, n * bits, 0)


@given(seeds, widths, st.integers(0, 9))
def test_halve(seed, n_planes, first):
    values = random_counters(seed, n_planes)
    table = table_of(values, first)
    counters.halve(table, first, n_planes)
    assert_counters_equal(table, values // 2, first)


def levels_of(planes, n_digits):
    bits = reference.unpack(planes.view(np.uint32)).reshape(n_digits, -1)
    return sum(digit.astype(int) << d for d, digit in enumerate(bits))


@given(
    seed=seeds,
    n_planes=widths,
    first=st.integers(0, 9),
    weight=st.integers(1, 255),
    limits=st.lists(st.integers(0, 256), min_size=1, max_size=7),
)
def test_count_exceeded(seed, n_planes, first, weight, limits):
    values = random_counters(seed, n_planes, most=weight)
    # Counters at the limits, and next to them, too.
    near = [limits[0] * weight // 256 + step for step in (-1, 0, 1)]
    values[:3] = np.clip(near, 0, weight)
    table = table_of(values, first)
    before = table.copy()
    n_digits = len(limits).bit_length()
    levels = planes_of(n_digits * n_planes)
    levels[:] = 2**64 - 1
    counters.count_exceeded(table, first, weight, np.array(limits), levels)
    expected = sum((256 * values > t * weight).astype(int) for t in limits)
    assert_array_equal(levels_of(levels, n_digits), expected)
    assert_array_equal(table, before)


@pytest.mark.parametrize("max_count", [2, 100, 255])
def test_counters_do_not_wrap_when_max_count_is_lowered(max_count):
    X = np.full((600, 1), 0b111, dtype=np.uint32)
    clusterer = BitWTAClusterer(1, max_count=255).partial_fit(X[:250])
    clusterer.set_params(max_count=max_count).partial_fit(X)
    weight = clusterer.population_["neurons"][0, constants.WEIGHT]
    assert weight <= max_count
    expected = np.zeros(512, dtype=int)
    expected[:3] = weight
    found = np.r_[clusterer.population_["counters"], table_of([], 0)]
    assert_counters_equal(found, expected, 0)
    assert_array_equal(clusterer.patterns_, X[:1])
