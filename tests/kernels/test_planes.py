# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What can be done with planes, against Python's integers, word by word."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core.errors import TypingError
from numpy.testing import assert_array_equal

from skbit._numba.jit import kernel
from skbit._numba.memory import empty_planes
from skbit._numba.planes import (
    greater,
    load,
    load_containers,
    load_int32,
    lowest_one,
    popcount,
    store,
    store_containers,
    store_int32,
    transpose_words,
)

ALL = 2**64 - 1
words = st.one_of(st.sampled_from([0, 1, 2**63, ALL]), st.integers(0, ALL))
eight_words = st.lists(words, min_size=8, max_size=8)


def table_of(*rows):
    planes = empty_planes(len(rows))
    planes[:] = np.array(rows, dtype=np.uint64)
    return planes


@kernel
def combine(inputs, word, out):
    a, b = load(inputs, 0), load(inputs, 1)
    store(out, 0, a & b)
    store(out, 1, a | b)
    store(out, 2, a ^ b)
    store(out, 3, ~a)
    store(out, 4, a + b)
    store(out, 5, a - b)
    store(out, 6, a * b)
    store(out, 7, a & word)
    store(out, 8, a | word)
    store(out, 9, a ^ word)
    store(out, 10, a + word)
    store(out, 11, a - word)
    store(out, 12, a * word)
    store(out, 13, popcount(a))
    store(out, 14, greater(a, b))
    store(out, 15, greater(a, a))


@given(eight_words, eight_words, words)
def test_operations(first, second, word):
    out = empty_planes(16)
    combine(table_of(first, second), np.uint64(word), out)
    pairs = list(zip(first, second, strict=True))
    expected = [
        [a & b for a, b in pairs],
        [a | b for a, b in pairs],
        [a ^ b for a, b in pairs],
        [ALL - a for a in first],
        [(a + b) & ALL for a, b in pairs],
        [(a - b) & ALL for a, b in pairs],
        [(a * b) & ALL for a, b in pairs],
        [a & word for a in first],
        [a | word for a in first],
        [a ^ word for a in first],
        [(a + word) & ALL for a in first],
        [(a - word) & ALL for a in first],
        [(a * word) & ALL for a in first],
        [a.bit_count() for a in first],
        # Unsigned: words from 2**63 on are the greatest.
        [ALL if a > b else 0 for a, b in pairs],
        [0] * 8,
    ]
    assert_array_equal(out, np.array(expected, dtype=np.uint64))


@kernel
def shift(inputs, distance, out):
    a = load(inputs, 0)
    store(out, 0, a << distance)
    store(out, 1, a >> distance)


@given(eight_words, st.integers(0, 63))
def test_shifts_stay_within_words(values, distance):
    out = empty_planes(2)
    shift(table_of(values), np.uint64(distance), out)
    assert_array_equal(out[0], [(a << distance) & ALL for a in values])
    assert_array_equal(out[1], [a >> distance for a in values])


@kernel
def exchange(inputs, out):
    p0, p1, p2, p3 = load(inputs, 0), load(inputs, 1), load(inputs, 2), load(inputs, 3)
    p4, p5, p6, p7 = load(inputs, 4), load(inputs, 5), load(inputs, 6), load(inputs, 7)
    p0, p1, p2, p3, p4, p5, p6, p7 = transpose_words(p0, p1, p2, p3, p4, p5, p6, p7)
    store(out, 0, p0)
    store(out, 1, p1)
    store(out, 2, p2)
    store(out, 3, p3)
    store(out, 4, p4)
    store(out, 5, p5)
    store(out, 6, p6)
    store(out, 7, p7)


def test_transpose():
    planes = table_of(*np.arange(64).reshape(8, 8))
    out = empty_planes(8)
    exchange(planes, out)
    assert_array_equal(out, planes.T)


@kernel
def copy_containers(rows, i, c, out):
    store_containers(out, i + 1, c + 2, load_containers(rows, i, c))


@given(st.integers(0, 2), st.integers(0, 5))
def test_containers_at_any_place(i, c):
    rows = np.arange(3 * 21, dtype=np.uint32).reshape(3, 21)
    out = np.zeros((4, 23), dtype=np.uint32)
    copy_containers(rows, i, c, out)
    expected = np.zeros_like(out)
    expected[i + 1, c + 2 : c + 18] = rows[i, c : c + 16]
    assert_array_equal(out, expected)


@kernel
def add_int32(table, i, planes, out):
    store(planes, 0, load_int32(table, i))
    store_int32(out, i + 1, load_int32(table, i) + load(planes, 1))


def test_rows_of_int32():
    rng = np.random.default_rng(0)
    table = rng.integers(-(2**31), 2**31, (3, 8), dtype=np.int32)
    planes = empty_planes(2)
    added = planes[1:].view(np.int64)
    for i in range(3):
        out = np.zeros((4, 8), dtype=np.int32)
        # Sums beyond int32 lose what does not fit.
        added[:] = rng.integers(-(2**40), 2**40, 8)
        add_int32(table, i, planes, out)
        assert_array_equal(planes[0].view(np.int64), table[i])
        assert_array_equal(out[i + 1], (table[i] + added[0]).astype(np.int32))
        assert not np.delete(out, i + 1, axis=0).any()


@kernel
def find_lowest_ones(words, out):
    for i in range(words.size):
        out[i] = lowest_one(words[i])


@given(st.lists(st.integers(1, ALL), min_size=1))
def test_lowest_one(values):
    out = np.empty(len(values), dtype=np.uint64)
    find_lowest_ones(np.array(values, dtype=np.uint64), out)
    assert_array_equal(out, [(a & -a).bit_length() - 1 for a in values])


@kernel
def copy_plane(table, out):
    store(out, 0, load(table, 0))


@kernel
def copy_first_containers(rows, out):
    store_containers(out, 0, 0, load_containers(rows, 0, 0))


def read_only(array):
    array.setflags(write=False)
    return array


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="says what the compiler refuses")
@pytest.mark.parametrize(
    ("function", "dtype", "other"),
    [(copy_plane, np.uint64, np.uint32), (copy_first_containers, np.uint32, np.uint64)],
)
def test_other_memory_is_refused(function, dtype, other):
    good = np.zeros((16, 16), dtype=dtype)
    for bad in (
        good[:, ::2],
        good[::2, :8],
        np.asfortranarray(good),
        good.astype(other),
        good.astype(float),
        good.reshape(-1),
        good[np.newaxis],
    ):
        with pytest.raises(TypingError):
            function(bad, good.copy())
        with pytest.raises(TypingError):
            function(good, bad)
    # What is read may be read-only, what is written must not be.
    function(read_only(good.copy()), good)
    with pytest.raises(TypingError, match="writable"):
        function(good, read_only(good.copy()))


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="says what the compiler refuses")
def test_only_planes_are_stored():
    @kernel
    def store_word(out):
        store(out, 0, np.uint64(1))

    with pytest.raises(TypingError, match="Only planes"):
        store_word(empty_planes(1))
