# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Majorities of words and planes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit._numba.memory import empty_planes
from skbit.random_projection._kernels import majority
from tests import reference

planes_of = empty_planes


@pytest.mark.parametrize(
    ("function", "n", "n_ones"),
    [("majority3", 3, 2), ("majority4", 4, 3), ("majority5", 5, 3)],
)
def test_small_majorities_on_every_input(function, n, n_ones):
    inputs = np.array(list(itertools.product([0, 1], repeat=n)), dtype=np.uint64)
    for values in inputs:
        found = getattr(majority, function)(*values)
        assert found == (values.sum() >= n_ones)


def random_planes(seed, n):
    planes = planes_of(n)
    planes[:] = np.random.default_rng(seed).integers(0, 2**64, (n, 8), dtype=np.uint64)
    return planes


def pool_of(sources, n):
    """A pool of sources with room for n planes, and lookups in a shuffled order."""
    pool = planes_of(len(sources) + n)
    pool[: len(sources)] = sources
    at = np.r_[len(sources) + np.arange(n), np.random.default_rng(n).permutation(n)]
    return pool, at.astype(np.uint16)


@pytest.mark.parametrize("n", [*range(1, 40), 81, 82, 196, 244, 256])
def test_tree_equals_reference(n):
    sources = random_planes(n, n)
    pool, at = pool_of(sources, n)
    out = planes_of(3)
    sizes = np.array([n, n])
    wiring = majority.Wiring(at, 0, sizes, np.empty(0, dtype=np.intp), n)
    majority.tree_majorities(pool, wiring, n, 1, 2, out, 2, 1)
    bits = reference.unpack(sources.view(np.uint32))
    expected = reference.tree_majority(bits[at[n:]])
    assert_array_equal(reference.unpack(out[2:].view(np.uint32))[0], expected)
    assert_array_equal(pool[:n], sources)


@given(st.integers(1, 70), st.data())
def test_count_equals_reference(n, data):
    required = data.draw(st.integers(1, n + 3))
    sources = random_planes(n, n)
    pool, at = pool_of(sources, n)
    out = planes_of(1)
    wiring = majority.Wiring(at, 0, np.array([n]), np.array([required]), n)
    majority.count_majorities(pool, wiring, n, 0, 1, out, 0, 1)
    bits = reference.unpack(sources.view(np.uint32))
    expected = reference.at_least(bits, required)
    assert_array_equal(reference.unpack(out.view(np.uint32))[0], expected)


@given(st.integers(0, 2**32 - 1))
def test_majority_is_self_dual(seed):
    a, b, c = np.random.default_rng(seed).integers(0, 2**64, 3, dtype=np.uint64)
    complement = np.uint64(majority.majority3(~a, ~b, ~c))
    assert complement == ~np.uint64(majority.majority3(a, b, c))
