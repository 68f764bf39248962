# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning on batches, beside ``fit`` and beside single passes by hand."""

import copy
import functools
import weakref

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline

from skbit import BitEnsembleClassifier, OttoScoreClassifier, RandomFernEncoder
from skbit.pipeline import partial_fit, tabular_pipeline, tune
from tests.kinds.estimators import state

X, y = load_digits(return_X_y=True)
# By chance: the rows of a class are spread over the batches.
ORDER = np.random.default_rng(0).permutation(len(y))
X, y = X[ORDER] > 7, y[ORDER]
TRAIN, TEST = slice(1400), slice(1400, None)


def batches(n=14, X=X, y=y):
    return [(X[rows], y[rows]) for rows in np.array_split(np.arange(1400), n)]


def pipeline(**params):
    classifier = OttoScoreClassifier(**{"max_iter": 5, "random_state": 0, **params})
    return make_pipeline(RandomFernEncoder(128, random_state=0), classifier)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"weight_bits": 3, "learning_rate_init": 2.0, "learning_rate": "constant"},
        {"calibrate": "offsets", "class_weight": "balanced", "rivals": "all"},
        {"calibrate": None, "batch_size": 7, "learning_rate": "constant"},
        {"max_iter": 1},
    ],
)
def test_a_single_batch_is_as_fit(params):
    expected = state(pipeline(**params).fit(X[TRAIN], y[TRAIN]))
    model = pipeline(**params)
    assert tune(model, batches(1)) is model
    assert state(model) == expected
    # The same after other batches were counted.
    counted = partial_fit(pipeline(**{**params, "max_iter": 1}), batches())
    counted[-1].max_iter = model[-1].max_iter
    assert state(tune(counted, batches(1))) == expected


def test_batches_are_as_single_passes_by_hand():
    params = {"learning_rate": "constant", "calibrate": None, "max_iter": 3}
    model = tune(pipeline(**params), batches())
    by_hand = pipeline(**params, random_state=np.random.RandomState(0))
    by_hand = partial_fit(
        by_hand.set_params(ottoscoreclassifier__max_iter=1), batches()
    )
    classifier, scores = by_hand[-1].set_params(max_iter=2), []
    for _ in range(2):
        n_right = 0
        for rows, labels in batches():
            classifier.tune(by_hand[:-1].transform(rows), labels)
            n_right += round(classifier.train_scores_[-1] * len(labels))
        scores.append(n_right / 1400)
    found = model[-1]
    assert_array_equal(found.weight_corrections_, classifier.weight_corrections_)
    assert_array_equal(found.weights_, classifier.weights_)
    assert found.train_scores_ == scores
    assert (found.n_iter_, found.n_samples_seen_) == (3, 3 * 1400)


@pytest.mark.parametrize("weight_bits", [None, 4])
def test_many_batches_are_nearly_as_good_as_fit(weight_bits):
    whole = pipeline(weight_bits=weight_bits).fit(X[TRAIN], y[TRAIN])
    model = tune(pipeline(weight_bits=weight_bits), batches())
    assert whole.score(X[TEST], y[TEST]) > 0.85
    assert model.score(X[TEST], y[TEST]) > whole.score(X[TEST], y[TEST]) - 0.02
    losses = [log_loss(y[TEST], m.predict_proba(X[TEST])) for m in (model, whole)]
    assert losses[0] < losses[1] + 0.1
    again = tune(pipeline(weight_bits=weight_bits), lambda: iter(batches()))
    assert state(again) == state(model)


def test_tables_texts_and_batches_that_lack_classes():
    labels = np.array([f"digit {label}" for label in y])
    columns = [f"pixel {number}" for number in range(64)]
    table = pd.DataFrame(X.astype(float), columns=columns)
    model = tabular_pipeline(random_state=0)
    parts = []
    for rows in np.array_split(np.arange(1400), 7):
        for odd in (0, 1):
            chosen = rows[y[rows] % 2 == odd]
            parts.append((table.iloc[chosen], labels[chosen]))
    parts.insert(3, (table[:0], labels[:0]))
    tune(model, parts)
    assert model.classes_.tolist() == [f"digit {k}" for k in range(10)]
    assert model.score(table[TEST.start :], labels[TEST]) > 0.85


class Broken(Exception):
    pass


def broken(n_batches):
    """Batches that end with an error after some of them in all passes."""
    left = [n_batches]

    def read():
        for batch in batches():
            left[0] -= 1
            if left[0] < 0:
                raise Broken
            yield batch

    return read


# Seven passes, of which four tune, and the first batch once more.
@pytest.mark.parametrize(
    ("is_counted", "n_batches"), [(False, 1), (False, 98), (True, 1), (True, 56)]
)
def test_a_failed_call_changes_nothing(is_counted, n_batches):
    model = pipeline()
    if is_counted:
        model = partial_fit(pipeline(max_iter=1), batches())
        model.set_params(ottoscoreclassifier__max_iter=5)
    before, step = state(model), model[-1]
    with pytest.raises(Broken):
        tune(model, broken(n_batches))
    assert state(model) == before
    assert model[-1] is step
    tune(model, broken(n_batches + 1 if n_batches > 1 else 99))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda part: (part[0], None), ValueError, "but the target y is None"),
        (lambda part: (part[0], part[1] + 1), ValueError, "not among the classes"),
        (lambda part: (part[0][:, :5], part[1]), ValueError, "X has 5 features"),
    ],
)
def test_bad_batches(change, error, message):
    model = partial_fit(pipeline(max_iter=1), batches())
    model.set_params(ottoscoreclassifier__max_iter=3)
    before = state(model)
    first, *others = batches()
    with pytest.raises(error, match=message):
        tune(model, [first, *map(change, others)])
    assert state(model) == before


def unread():
    raise AssertionError("nothing is to be read")


def ensemble():
    return make_pipeline(BitEnsembleClassifier([("a", OttoScoreClassifier())]))


@pytest.mark.parametrize(
    ("make", "given", "error", "message"),
    [
        (ensemble, unread, TypeError, "got BitEnsembleClassifier"),
        (
            functools.partial(tabular_pipeline, size="large"),
            unread,
            TypeError,
            "got BitEnsembleClassifier",
        ),
        (lambda: pipeline()[:-1], unread, TypeError, "got RandomFernEncoder"),
        (lambda: pipeline(early_stopping=True), unread, ValueError, "Set it to False"),
        (lambda: pipeline(margin=-1), unread, ValueError, "'margin' parameter"),
        (
            lambda: pipeline(max_iter=1, calibrate=None),
            unread,
            ValueError,
            "nothing to do with max_iter=1",
        ),
        (pipeline, iter(()), TypeError, "need 7 passes over the batches"),
    ],
)
def test_what_cannot_be_tuned_is_refused_before_reading(make, given, error, message):
    with pytest.raises(error, match=message):
        tune(make(), given)


def test_steps_before_a_fitted_classifier_must_be_fitted():
    model = tune(pipeline(), batches())
    model.steps[0] = ("ferns", clone(model[0]))
    with pytest.raises(NotFittedError):
        tune(model, batches())


def test_a_classifier_alone():
    expected = tune(pipeline(), batches())
    bits = [(expected[:-1].transform(rows), labels) for rows, labels in batches()]
    classifier = clone(expected[-1])
    assert tune(classifier, bits) is classifier
    assert state(classifier) == state(expected[-1])


def test_passes_and_batches_in_memory():
    n_read, alive, most = 0, [], 0

    def read():
        nonlocal n_read, most
        for rows, labels in batches():
            rows = rows.copy()
            n_read += 1
            alive.append(weakref.ref(rows))
            yield rows, labels
            most = max(most, sum(ref() is not None for ref in alive))

    tune(pipeline(), read)
    # One for labels, one for the bits that differ, one counts, and four tune. The first
    # batch is read once more, and kept.
    assert n_read == 7 * 14 + 1
    assert most <= 3


def test_counting_after_tuning_keeps_the_corrections():
    model = tune(pipeline(), batches())
    before = copy.deepcopy(model[-1])
    more = [(X[TEST], y[TEST])]
    model.set_params(ottoscoreclassifier__max_iter=1)
    partial_fit(model, more)
    assert_array_equal(model[-1].weight_corrections_, before.weight_corrections_)
    assert model[-1].units_per_nat_ == before.units_per_nat_
    assert model[-1].class_count_.sum() == len(y)
