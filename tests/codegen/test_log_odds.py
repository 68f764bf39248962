# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Log-odds of all sizes in C: how they are stored, and sums that are exact."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skbit import OttoScoreClassifier
from skbit.codegen import to_c

N_BITS = 100
# All bits, none, one, and some.
ROWS = np.vstack(
    [
        np.ones((1, N_BITS)),
        np.zeros((1, N_BITS)),
        np.eye(N_BITS),
        np.random.default_rng(0).random((20, N_BITS)) < 0.5,
    ]
).astype(np.uint8)


def model_of(weights, offsets=0):
    """Return a classifier of the rows with these weights."""
    weights = np.array(weights)
    n_classes = len(weights)
    model = OttoScoreClassifier().fit(ROWS, np.arange(len(ROWS)) % n_classes)
    model.weights_ = weights.astype(np.int32)
    model.offsets_ = np.zeros(n_classes, dtype=np.int64) + offsets
    return model


def assert_same_scores(compiled, *models):
    sources = [to_c(model, f"model_{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_array_equal(c_model.scores(ROWS), model.integer_scores(ROWS))
        assert_array_equal(c_model.predict(ROWS), model.predict(ROWS))
    return sources


# Bytes of the log-odds of a bit, by their bits and the number of classes. A narrower
# column is not worth the code that adds it if it saves a byte per bit.
ROOM = {
    (1, 2): 0.5,
    (1, 33): 4.5,
    (2, 2): 0.5,
    (2, 10): 2.5,
    (2, 16): 4,
    (2, 17): 4.5,
    (3, 7): 3,
    (3, 10): 4,
    (3, 17): 8,
    (3, 19): 8,
    (4, 10): 5,
    (4, 14): 8,
    (5, 7): 5,
    (6, 5): 5,
    (7, 10): 10,
    (8, 2): 2,
    (8, 3): 3,
    (8, 10): 10,
    (9, 10): 20,
    (17, 10): 40,
}


@pytest.mark.parametrize(("n_bits", "n_classes"), ROOM)
def test_classes_share_words(compiled, n_bits, n_classes):
    """Log-odds from a lowest one on, in steps of 4, at random and all the highest."""
    rng = np.random.default_rng(n_bits)
    weights = rng.integers(2**n_bits, size=(n_classes, N_BITS))
    weights[0, :2] = 0, 2**n_bits - 1
    highest = np.full_like(weights, 2**n_bits - 1)
    highest[-1, -1] = 0
    models = [model_of(4 * (w - 5)) for w in (weights, highest)]
    for source in assert_same_scores(compiled, *models):
        room = N_BITS * ROOM[n_bits, n_classes] + 4 * n_classes
        assert source.flash_bytes == room


@pytest.mark.parametrize("n_dropped", [1, 40, 99, 100])
def test_bits_without_log_odds_take_no_room(compiled, n_dropped):
    rng = np.random.default_rng(n_dropped)
    weights = rng.choice([-3, -2, 1, 5], size=(10, N_BITS))
    at_the_end, scattered = weights.copy(), weights.copy()
    at_the_end[:, N_BITS - n_dropped :] = 0
    dropped = rng.choice(N_BITS - 1, n_dropped, replace=False) if n_dropped < 100 else 0
    scattered[:, dropped] = 0
    models = model_of(at_the_end), model_of(scattered)
    end, within = assert_same_scores(compiled, *models)
    # A mask tells which bits have log-odds, if it takes less room than the others.
    if n_dropped == 1:
        assert end.flash_bytes == within.flash_bytes == 5 * N_BITS + 40
    elif n_dropped == 40:
        assert end.flash_bytes == 5 * 64 + 40
        assert within.flash_bytes == 5 * 60 + 16 + 40
    elif n_dropped == 99:
        # Ten classes in two words, because there is one bit only.
        assert end.flash_bytes == 8 * 1 + 4 + 40


def test_sums_are_as_wide_as_they_need(compiled):
    weights = np.zeros((3, N_BITS), dtype=np.int64)
    weights[1] = 200
    weights[0, 1] = -1
    models = [
        # All sums fit into 16 bits; the scores into 32, or not.
        model_of(weights),
        model_of(weights * 2**23, offsets=2**40),
        # Equal log-odds, far from zero.
        model_of(np.full_like(weights, 2**31 - 1)),
        model_of(np.full_like(weights, -(2**31) + 1)),
        # Sums of wide log-odds take 32 bits, or 64.
        model_of(weights * 2**16 + 1),
        model_of(np.where(weights == 200, 2**31 - 1, -(2**31))),
    ]
    sources = assert_same_scores(compiled, *models)
    types = [re.search(r"static (\w+) sums\[", source.text)[1] for source in sources]
    assert types[:1] + types[-2:] == ["uint16_t", "int32_t", "int64_t"]
    offsets = [re.search(r"FLASH (\w+) OFFSETS\[", one.text)[1] for one in sources]
    assert offsets[:2] == ["int32_t", "int64_t"]
