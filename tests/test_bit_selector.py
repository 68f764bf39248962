# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Selection of bits."""

import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import BitSelector, OttoScoreClassifier, PixelEncoder
from skbit.bits import pack_bits, unpack_bits
from skbit.codegen import to_c

CLASSIFIER = OttoScoreClassifier(max_iter=3, random_state=0)


@pytest.fixture
def rows():
    """Bits of three classes: some tell them apart, some are constant or noise."""
    rng = np.random.default_rng(0)
    y = np.arange(300) % 3
    X = rng.random((300, 70)) < rng.uniform(0.05, 0.95, 70)
    for j in range(10, 20):
        X[:, j] = (y == j % 3) ^ (rng.random(300) < 0.1)
    X[:, 5], X[:, 6] = False, True
    return X.astype(np.uint8), y


def by_hand(X, y, n_kept, n_rounds, classifier):
    """Select on plain booleans: the same rule, written down again."""
    varies = (X.min(axis=0) == 0) & (X.max(axis=0) == 1)
    n, kept = varies.sum(), np.flatnonzero(varies)
    for r in range(1, n_rounds + 1):
        left = np.zeros_like(X)
        left[:, kept] = X[:, kept]
        fitted = clone(classifier).fit(left, y)
        share = left.mean(axis=0)
        rank = fitted.weights_.astype(float).var(axis=0) * share * (1 - share)
        order = sorted(kept, key=lambda j: (-rank[j], j))
        n_left = (
            n_kept if r == n_rounds else math.ceil(n * (n_kept / n) ** (r / n_rounds))
        )
        kept = np.sort(order[:n_left])
    return kept


@pytest.mark.parametrize(("n_kept", "n_rounds"), [(10, 1), (10, 3), (31, 2), (68, 2)])
def test_the_rule(rows, n_kept, n_rounds):
    X, y = rows
    selector = BitSelector(n_kept, n_rounds=n_rounds, estimator=CLASSIFIER).fit(X, y)
    expected = by_hand(X, y, n_kept, n_rounds, CLASSIFIER)
    assert_array_equal(np.flatnonzero(selector.support_), expected)


def test_bits_that_tell_classes_apart(rows):
    selector = BitSelector(10).fit(*rows)
    assert_array_equal(np.flatnonzero(selector.support_), np.arange(10, 20))


def test_others_are_set_to_zero(rows):
    X, y = rows
    expected = np.zeros_like(X)
    expected[:, 10:20] = X[:, 10:20]
    packed = BitSelector(10).fit(pack_bits(X), y)
    assert_array_equal(packed.transform(pack_bits(X)), pack_bits(expected))
    dense = BitSelector(10, packed_output=False).fit(X, y)
    assert_array_equal(dense.transform(X), expected)
    again = BitSelector(10, packed_output=False).fit(pack_bits(X), y)
    assert_array_equal(again.transform(pack_bits(X))[:, :70], expected)
    # Numbers above the threshold are ones.
    scaled = BitSelector(10, binarize=3).fit(5 * X, y)
    assert_array_equal(scaled.transform(5 * X), pack_bits(expected))


def test_shares_are_of_the_bits_that_vary(rows):
    X, y = rows
    # 68 of 70 bits vary; packed rows have padding as well.
    assert BitSelector(0.5).fit(X, y).support_.sum() == 34
    assert BitSelector(0.5).fit(pack_bits(X), y).support_.sum() == 34
    assert BitSelector(0.001).fit(X, y).support_.sum() == 1
    assert BitSelector(68).fit(X, y).support_.sum() == 68
    with pytest.raises(ValueError, match="68 bits that are not the same"):
        BitSelector(69).fit(X, y)
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
        BitSelector(1.5).fit(X, y)


def test_rows_that_are_all_the_same():
    X, y = np.ones((4, 3), dtype=np.uint8), [0, 1, 0, 1]
    selector = BitSelector(0.5, packed_output=False).fit(X, y)
    assert not selector.support_.any()
    assert not selector.transform(X).any()


def test_a_failed_fit_changes_nothing(rows):
    selector = BitSelector(10).fit(*rows)
    before = selector.support_.copy()
    with pytest.raises(ValueError, match="NaN"):
        selector.fit(rows[0], np.where(rows[1] == 0, np.nan, 1.0))
    assert_array_equal(selector.support_, before)
    with pytest.raises(ValueError, match="'estimator' parameter"):
        BitSelector(10, estimator=PixelEncoder()).fit(*rows)


def test_names(rows):
    X, y = rows
    names = [f"a{j}" for j in range(70)]
    dense = BitSelector(10, packed_output=False).fit(X, y)
    assert dense.get_feature_names_out(names).tolist() == names
    assert dense.set_params(packed_output=True).get_feature_names_out().tolist() == [
        "bitselector0",
        "bitselector1",
        "bitselector2",
    ]
    packed = BitSelector(10, packed_output=False).fit(pack_bits(X), y)
    assert packed.get_feature_names_out()[95] == "bit95"
    assert (
        len(packed.get_feature_names_out()) == packed.transform(pack_bits(X)).shape[1]
    )


def test_only_weights_of_the_bits_are_stored():
    X, y = load_digits(return_X_y=True)
    encoder = PixelEncoder(image_shape=(8, 8), min_rise=1)
    classifier = OttoScoreClassifier(max_iter=2, weight_bits=8, random_state=0)
    whole = make_pipeline(encoder, clone(classifier)).fit(X, y)
    model = make_pipeline(encoder, BitSelector(100, estimator=classifier), classifier)
    model.fit(X, y)
    weights = model[-1].weights_
    kept = unpack_bits(model[:-1].transform(X)).any(axis=0)[: weights.shape[1]]
    assert kept.sum() == 100
    assert not weights[:, ~kept].any()
    # Ten bytes a bit, and two masks.
    assert to_c(model).flash_bytes < 100 * 10 + 500 < to_c(whole).flash_bytes
