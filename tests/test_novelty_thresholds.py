# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rules of thresholds for novelty in tables that are compared with the package's."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from examples.reproduce import novelty_thresholds
from examples.reproduce.novelty_thresholds import Thresholds, stretched
from skbit.bits import unpack_bits

RULES = "quantiles", "over_range", "over_deviations", "over_both"


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(200, 3)) * [1, 10, 0.1]


@pytest.mark.parametrize("name", RULES)
def test_rules_give_rising_thresholds(name, rows):
    thresholds = getattr(novelty_thresholds, name)(rows)
    assert thresholds.shape == (31, 3)
    assert (np.diff(thresholds, axis=0) >= 0).all()


def test_even_thresholds_reach_beyond_the_rows(rows):
    thresholds = novelty_thresholds.over_range(rows)
    assert (thresholds[0] < rows.min(axis=0)).all()
    assert (thresholds[-1] > rows.max(axis=0)).all()


def test_a_column_fills_a_container(rows):
    encoder = Thresholds(novelty_thresholds.quantiles).fit(rows)
    bits = unpack_bits(encoder.transform(rows)).reshape(200, 3, 32)
    assert_array_equal(bits[:, 1, :31], rows[:, 1:2] > encoder.thresholds_[1])
    assert not bits[..., 31].any()


def test_long_tails_keep_the_order_of_numbers(rows):
    novel = rows[:50] + 1e-3
    both = np.concatenate(list(stretched(rows, novel, 3)))
    assert not np.allclose(both[:200], rows)
    for new, old in zip(both.T, np.concatenate([rows, novel]).T, strict=True):
        assert_array_equal(np.argsort(new), np.argsort(old))
