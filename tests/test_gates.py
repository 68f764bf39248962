# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What exactly is equal between XNOR and XOR (see doc/projection.rst)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit import OttoScoreClassifier, RandomMAJ3Projection
from skbit.bits import pack_bits


def is_self_dual(n):
    """Tell whether a tree over n containers is made of threes and fives only."""
    while n > 1:
        # A group of four, or the last two that are ANDed.
        if n % 3 == 1 or n in (2, 5):
            return False
        n //= 3
    return True


def project(words, gate, seed):
    projection = RandomMAJ3Projection(6, gate=gate, random_state=seed)
    return projection.fit_transform(words)


def random_words(n_rows, n_containers, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(2**32, size=(n_rows, n_containers), dtype=np.uint32)


@pytest.mark.parametrize("n_containers", [*range(1, 60), 81, 189, 196, 243, 245])
def test_bits_are_complements_where_the_tree_is_self_dual(n_containers):
    words = random_words(20, n_containers, n_containers)
    xnor, xor = (project(words, gate, 0) for gate in ("xnor", "xor"))
    assert np.array_equal(xor, ~xnor) == is_self_dual(n_containers)


@given(st.integers(1, 250), st.integers(0, 2**31))
def test_xor_is_xnor_with_complemented_containers(n_containers, seed):
    words = random_words(5, n_containers, seed)
    xnor = RandomMAJ3Projection(4, gate="xnor", random_state=seed).fit(words)
    xor = RandomMAJ3Projection(4, gate="xor", random_state=seed).fit(words)
    xnor.W0_ = ~xnor.W0_
    assert_array_equal(xor.transform(words), xnor.transform(words))


@pytest.mark.parametrize("fit_prior", [False, True])
def test_scores_of_complements_differ_by_a_constant_of_each_class(fit_prior):
    """One pass on complements has the same model, but for the rounding of offsets."""
    rng = np.random.default_rng(0)
    y = rng.integers(4, size=600)
    bits = rng.random((600, 320)) < rng.random((4, 320))[y]
    models = [
        OttoScoreClassifier(fit_prior=fit_prior).fit(pack_bits(b), y)
        for b in (bits, ~bits)
    ]
    assert_array_equal(models[1].coef_, -models[0].coef_)
    scores = [
        model.integer_scores(pack_bits(b))
        for model, b in zip(models, (bits, ~bits), strict=True)
    ]
    difference = scores[1] - scores[0]
    assert_array_equal(difference, np.broadcast_to(difference[0], difference.shape))
    # Three roundings of half a unit for each bit.
    constants = np.abs(difference[0])
    assert constants.max() <= 1.5 * bits.shape[1]
    first, second = np.sort(scores[0], axis=1)[:, :-3:-1].T
    is_clear = first - second > 2 * constants.max()
    assert is_clear.mean() > 0.99
    labels = [s.argmax(axis=1) for s in scores]
    assert_array_equal(labels[0][is_clear], labels[1][is_clear])
