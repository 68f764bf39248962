# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random bits and flips."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit._numba.jit import kernel
from skbit._numba.memory import empty_planes
from skbit._numba.planes import load
from skbit.cluster._kernels import constants, flips
from tests import reference

planes_of = empty_planes

keys = st.one_of(st.sampled_from([0, 1, 2**63, 2**64 - 1]), st.integers(0, 2**64 - 1))
probabilities = st.one_of(
    st.sampled_from([0, 1, 2**15, 2**16 - 1, 2**16]), st.integers(0, 2**16)
)


def draw(key, probability, n_planes):
    # What was there before must not matter.
    bits = planes_of(n_planes)
    bits[:] = key
    flips.draw_bits(np.uint64(key), probability, bits)
    return bits


def as_bits(planes):
    return reference.unpack(planes.view(np.uint32))


def halvings(state, probability):
    """One word: for each digit of the probability, OR or AND a random word."""
    word = 0
    n_steps = 16
    while n_steps and not probability % 2:
        probability //= 2
        n_steps -= 1
    for random in reference.splitmix64(state, n_steps):
        word = word | random if probability % 2 else word & random
        probability //= 2
    return word


@given(keys, probabilities, st.integers(1, 3))
def test_equals_python(key, probability, n_planes):
    states = reference.splitmix64(key, 8 * n_planes)
    if probability == 2**16:
        expected = [2**64 - 1] * len(states)
    else:
        expected = [halvings(state, probability) for state in states]
    found = draw(key, probability, n_planes)
    assert_array_equal(found.reshape(-1), np.array(expected, dtype=np.uint64))


@given(keys, probabilities)
def test_is_a_function_of_key_and_place(key, probability):
    bits = draw(key, probability, 3)
    assert_array_equal(draw(key, probability, 3), bits)
    assert_array_equal(draw(key, probability, 2), bits[:2])


@kernel
def draw_with_plane(key, probability, bits):
    flips.draw_bits(load(key, 0), probability, bits)


@given(keys, probabilities)
def test_key_may_be_a_plane(key, probability):
    key_plane, bits = planes_of(1), planes_of(2)
    key_plane[:] = key
    draw_with_plane(key_plane, probability, bits)
    assert_array_equal(bits, draw(key, probability, 2))


@given(keys)
def test_never_and_always(key):
    assert not draw(key, 0, 2).any()
    assert_array_equal(~draw(key, constants.CERTAIN, 2), 0)


N_PLANES = 400
# Fixed keys, so that this fails always or never; two in a hundred thousand would be as
# far off by chance.
DEVIATIONS = 4.3


@pytest.mark.parametrize("key", [0, 1, 12345])
@pytest.mark.parametrize(
    "probability", [1, 20, 656, 6554, 21845, 32768, 43691, 58982, 65535]
)
def test_share_of_ones(key, probability):
    bits = as_bits(draw(key, probability, N_PLANES))
    p = probability / 2**16
    deviation = np.sqrt(p * (1 - p) / bits.size)
    assert abs(bits.mean() - p) < DEVIATIONS * deviation


@pytest.mark.parametrize("probability", [6554, 32768, 58982])
def test_share_of_ones_at_each_place_of_a_word(probability):
    bits = as_bits(draw(3, probability, N_PLANES)).reshape(-1, 64)
    p = probability / 2**16
    deviation = np.sqrt(p * (1 - p) / len(bits))
    assert np.all(abs(bits.mean(axis=0) - p) < DEVIATIONS * deviation)


@pytest.mark.parametrize("distance", [1, 2, 8, 64])
@pytest.mark.parametrize("probability", [6554, 32768])
def test_words_are_independent(distance, probability):
    words = as_bits(draw(7, probability, N_PLANES)).reshape(-1, 64)
    p = probability / 2**16
    both = words[:-distance] & words[distance:]
    deviation = np.sqrt(p**2 * (1 - p**2) / both.size)
    assert abs(both.mean() - p**2) < DEVIATIONS * deviation


@pytest.mark.parametrize("difference", [1, 2, 2**32])
def test_keys_are_independent(difference):
    a = as_bits(draw(7, 32768, N_PLANES))
    b = as_bits(draw(7 + difference, 32768, N_PLANES))
    assert abs((a ^ b).mean() - 0.5) < DEVIATIONS * 0.5 / np.sqrt(a.size)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_flip_towards(seed, n_planes):
    target, mask, bits = np.random.default_rng(seed).integers(
        0, 2**64, (3, n_planes, 8), dtype=np.uint64
    )
    expected = np.where(as_bits(mask), as_bits(target), as_bits(bits))
    others = target.copy(), mask.copy()
    flips.flip_towards(target, mask, bits)
    assert_array_equal(as_bits(bits), expected)
    assert_array_equal(target, others[0])
    assert_array_equal(mask, others[1])
