# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning of streamed, merged and loaded classifiers, alone and averaged over parts."""

import copy
import pickle
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skbit import OttoScoreClassifier
from skbit.naive_bayes import _averaging
from skbit.state import from_state, to_state
from tests.test_calibration import assert_same_state
from tests.test_naive_bayes import problem

PARAMS = {"max_iter": 4, "random_state": 0}


def counted(X, y, **params):
    model = OttoScoreClassifier(**{**PARAMS, **params})
    return model.partial_fit(X, y, classes=range(3))


def tuned_parts(model, X, y, n_parts=3):
    """Tune copies of a classifier, which travel as states, on the parts of rows."""
    state = to_state(model)
    return [
        from_state(state).tune(X[i::n_parts], y[i::n_parts]) for i in range(n_parts)
    ]


def through_states(X, y, **params):
    """Count rows in three parts that travel as states, and merge these."""
    parts = [counted(X[i::3], y[i::3], **params) for i in range(3)]
    first, *others = (from_state(to_state(part)) for part in parts)
    return first.merge(*others)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"weight_bits": 3},
        {"rivals": "all", "margin": 4.0},
        {"calibrate": "offsets", "class_weight": "balanced"},
        {"calibrate": None, "batch_size": 7, "learning_rate": "constant"},
    ],
)
def test_a_merged_and_loaded_classifier_is_tuned_as_by_fit(params):
    X, y = problem(0, 120, 40)
    merged = through_states(X, y, **params).tune(X, y)
    assert_same_state(merged, OttoScoreClassifier(**{**PARAMS, **params}).fit(X, y))


def test_fewer_rows_and_classes_than_were_counted():
    X, y = problem(0, 120, 40)
    model = counted(X, y)
    assert_array_equal(model.tune(X[y > 0], y[y > 0]).classes_, [0, 1, 2])
    with pytest.raises(ValueError, match="not among the classes"):
        model.tune(X, y + 1)


@pytest.mark.parametrize("calibrate", ["temperature", "offsets"])
@pytest.mark.parametrize("weight_bits", [None, 4])
def test_corrections_are_averaged_as_fractions(calibrate, weight_bits):
    X, y = problem(0, 240, 40)
    model = counted(X, y, calibrate=calibrate, weight_bits=weight_bits)
    for _ in range(2):
        earlier, n_iter, seen = (
            model.train_scores_,
            model.n_iter_,
            model.n_samples_seen_,
        )
        parts = tuned_parts(model, X, y)
        before = [pickle.dumps(part) for part in parts]
        assert model.merge_corrections(*parts) is model
        assert [pickle.dumps(part) for part in parts] == before
        model._check_fitted()

        def means(name, parts=parts):
            values = np.array([getattr(part, name) for part in parts])
            flat = values.reshape(len(parts), -1).T.tolist()
            halves_up = [floor(Fraction(sum(row), 3) + Fraction(1, 2)) for row in flat]
            return np.reshape(halves_up, values.shape[1:])

        assert_array_equal(model.weight_corrections_, means("weight_corrections_"))
        assert model.units_per_nat_ == means("units_per_nat_")
        if calibrate == "offsets":
            assert_array_equal(model.offset_corrections_, means("offset_corrections_"))
        assert model.n_iter_ == n_iter + 3
        assert model.n_samples_seen_ == seen + 3 * 240
        assert model.train_scores_[: len(earlier)] == earlier
        np.testing.assert_allclose(
            model.train_scores_[len(earlier) :],
            np.mean([part.train_scores_[-3:] for part in parts], axis=0),
        )
        if weight_bits is None:
            assert_array_equal(
                model.weights_, model.untuned_weights_ + model.weight_corrections_
            )
        else:
            assert len(np.unique(model.weights_)) <= 2**weight_bits
        plain = OttoScoreClassifier(calibrate=None).fit(X, y)
        corrections = getattr(model, "offset_corrections_", 0)
        rounding = getattr(model, "rounding_offsets_", 0)
        assert_array_equal(model.offsets_, plain.offsets_ + corrections + rounding)
    assert model.score(X, y) > plain.score(X, y)


def test_one_copy_is_the_result():
    X, y = problem(0, 120, 40)
    for params in ({}, {"calibrate": "offsets"}, {"weight_bits": 3}):
        model = counted(X, y, **params)
        alone = copy.deepcopy(model).tune(X, y)
        assert_same_state(model.merge_corrections(alone), alone)


def test_few_bits_keep_the_power_of_two_that_they_were_tuned_for():
    X, y = problem(0, 120, 40)
    model = counted(X, y, weight_bits=4)
    parts = tuned_parts(model, X, y, 2)
    found = copy.deepcopy(model).merge_corrections(*parts).weight_shift_
    parts[0].weight_shift_ = parts[1].weight_shift_ = found + 1
    merged = copy.deepcopy(model).merge_corrections(*parts)
    assert merged.weight_shift_ == found + 1
    assert not np.any(merged.weights_ % 2 ** (found + 1))
    parts[1].weight_shift_ = found + 2
    assert copy.deepcopy(model).merge_corrections(*parts).weight_shift_ == found


def test_validation_scores_are_forgotten():
    X, y = problem(0, 120, 40)
    model = OttoScoreClassifier(**PARAMS, early_stopping=True).fit(X, y)
    assert model.validation_scores_
    model.merge_corrections(*tuned_parts(model, X, y))
    assert not hasattr(model, "validation_scores_")


def test_any_order_and_any_tree():
    X, y = problem(0, 240, 40)
    model = counted(X, y, calibrate="offsets")
    parts = tuned_parts(model, X, y, 4)
    # Parts that stop early have made fewer passes.
    parts[3] = copy.deepcopy(model).set_params(max_iter=2).tune(X[3::4], y[3::4])
    merged = copy.deepcopy(model).merge_corrections(*parts)
    assert merged.n_iter_ == 4
    assert_same_state(copy.deepcopy(model).merge_corrections(*parts[::-1]), merged)
    a, b, c, d = (_averaging.what_tuning_changed(model, part) for part in parts)
    tree = _averaging.add_changes(
        _averaging.add_changes(d, b), _averaging.add_changes(c, a)
    )
    model._take_mean(tree)
    assert_same_state(model, merged)


def test_large_corrections_do_not_wrap():
    X, y = problem(0, 120, 40)
    model = counted(X, y)
    parts = tuned_parts(model, X, y, 2)
    for part, units in zip(parts, (2**53, 2**53 - 1), strict=True):
        part.weight_corrections_[:] = 2**31 - 1
        part.offset_corrections_ = np.full(3, 2**60)
        part.units_per_nat_ = units
    many = copy.deepcopy(model).merge_corrections(*(parts * 8))
    assert_array_equal(many.weight_corrections_, 2**31 - 1)
    assert_array_equal(many.offset_corrections_, 2**60)
    assert many.units_per_nat_ == 2**53
    saturated = np.minimum(model.weights_.astype(np.int64) + 2**31 - 1, 2**31 - 1)
    assert_array_equal(many.weights_, saturated)


def test_what_cannot_be_averaged():
    X, y = problem(0, 120, 40)
    model = counted(X, y)
    part = copy.deepcopy(model).tune(X, y)
    before = pickle.dumps(model)
    more = counted(X, y).partial_fit(X[:1], y[:1]).tune(X, y)
    classes = OttoScoreClassifier(**PARAMS).fit(X[y > 0], y[y > 0])
    other = counted(X, y, alpha=2.0).tune(X, y)
    for wrong, error, match in (
        ([], ValueError, "without tuned copies"),
        ([part, "a"], TypeError, "Only an OttoScoreClassifier"),
        ([part, more], ValueError, "another class_count_"),
        ([classes], ValueError, "another classes_"),
        ([part, other], ValueError, "alpha is 1.0 here and 2.0 there"),
        ([part, counted(X, y)], ValueError, "not tuned further"),
    ):
        with pytest.raises(error, match=match):
            model.merge_corrections(*wrong)
        assert pickle.dumps(model) == before
    model.merge_corrections(part)
    with pytest.raises(ValueError, match="not tuned further"):
        model.merge_corrections(part)


def test_names_of_only_one_side_are_warned_of():
    pandas = pytest.importorskip("pandas")
    X, y = problem(0, 120, 40)
    named = counted(pandas.DataFrame(X).rename(columns=str), y)
    part = counted(X, y).tune(X, y)
    with pytest.warns(UserWarning, match="feature names") as caught:
        named.merge_corrections(part)
    assert caught[0].filename == __file__
