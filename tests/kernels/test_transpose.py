# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows to planes and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit._numba import transpose
from skbit._numba.memory import empty_planes
from tests import reference

planes_of = empty_planes


def random_words(seed, shape):
    return np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint32)


@given(
    n_rows=st.sampled_from([1, 2, 63, 64, 65, 511, 512]),
    n_containers=st.integers(1, 40),
    seed=st.integers(0, 2**32 - 1),
)
def test_rows_to_planes(n_rows, n_containers, seed):
    rows = random_words(seed, (n_rows, n_containers))
    planes = planes_of(64 * -(-n_containers // 2))
    planes[:] = 2**64 - 1
    transpose.rows_to_planes(rows, planes)
    # Bit i of lane l of plane j is bit j of row 64 l + i.
    bits = reference.unpack(planes.view(np.uint32))
    expected = np.zeros((len(planes), 512), dtype=bool)
    expected[: 32 * n_containers, :n_rows] = reference.unpack(rows).T
    assert_array_equal(bits, expected)


@given(
    n_rows=st.sampled_from([1, 64, 100, 512]),
    start=st.integers(0, 5),
    n_containers=st.integers(1, 40),
    seed=st.integers(0, 2**32 - 1),
)
def test_planes_to_rows_inverts_and_touches_nothing_else(
    n_rows, start, n_containers, seed
):
    rows = random_words(seed, (n_rows, n_containers))
    planes = planes_of(64 * -(-n_containers // 2))
    transpose.rows_to_planes(rows, planes)
    out = random_words(seed + 1, (n_rows, start + n_containers + 3))
    before = out.copy()
    transpose.planes_to_rows(planes, out, start, start + n_containers)
    assert_array_equal(out[:, start : start + n_containers], rows)
    assert_array_equal(out[:, :start], before[:, :start])
    assert_array_equal(
        out[:, start + n_containers :], before[:, start + n_containers :]
    )


@pytest.mark.parametrize("n_planes", [1, 7, 100])
def test_planes_do_not_straddle_cache_lines(n_planes):
    planes = planes_of(n_planes)
    assert planes.shape == (n_planes, 8)
    assert planes.ctypes.data % 64 == 0
