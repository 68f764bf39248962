# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The list that the tests of this folder walk is complete, and scikit-learn agrees."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import MiniBatchKMeans
from sklearn.ensemble import IsolationForest
from sklearn.exceptions import SkipTestWarning
from sklearn.naive_bayes import BernoulliNB
from sklearn.preprocessing import KBinsDiscretizer
from sklearn.utils.estimator_checks import check_estimator

import skbit
from skbit._base import SkbitEstimator
from skbit._utils.registry import collect
from tests.kinds.estimators import (
    ANSWERING,
    KINDS,
    LEARNING,
    OTHER,
    answers,
    assert_same_answers,
    name_of,
    state,
)


def test_all_estimators_have_examples():
    listed = {type(kind.estimator) for kind in KINDS}
    defined = {
        cls
        for cls in subclasses(SkbitEstimator)
        # Tests have subclasses of their own, and base classes are not public.
        if cls.__module__.startswith("skbit.")
        and cls.__name__ in sys.modules[cls.__module__.rpartition(".")[0]].__all__
    }
    assert listed == defined
    assert {cls.__name__ for cls in listed} >= set(skbit.__all__)


def subclasses(cls):
    for subclass in cls.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_all_public_methods_are_listed(kind):
    model = kind.fitted(100)
    methods = {
        name
        for name in dir(type(model))
        if not name.startswith("_")
        and not isinstance(getattr(type(model), name), property)
        and hasattr(model, name)
        and callable(getattr(model, name))
    }
    assert methods <= {*LEARNING, *ANSWERING, *OTHER}


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_answers_and_states_tell_models_apart(kind):
    X, y = kind.data()
    one, same = kind.fitted(), kind.fitted()
    assert state(one) == state(same)
    before = state(one)
    answers(one, X)
    assert state(one) == before, "an answer changes the state"
    other = kind.fitted().fit(X[50:, :4] if not _is_image(kind) else X[50:], y[50:])
    if not (_is_image(kind) and not hasattr(other, "predict")):
        assert state(other) != before


def _is_image(kind):
    return hasattr(kind.estimator, "image_shape")


# scikit-learn's own estimators of the same sort.
COMPARABLE = {
    "classifier": BernoulliNB(),
    "clusterer": MiniBatchKMeans(),
    "outlier_detector": IsolationForest(),
    None: KBinsDiscretizer(),
}


def skipped_checks(estimator):
    results = check_estimator(estimator, on_skip=None, on_fail="raise")
    assert {r["status"] for r in results} <= {"passed", "skipped"}
    assert not any(r["expected_to_fail"] for r in results)
    return {r["check_name"] for r in results if r["status"] == "skipped"}


# Checks use few columns, of which images are guessed.
@pytest.mark.filterwarnings("ignore:X has .* which make no square image:UserWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings(f"ignore::{SkipTestWarning.__module__}.SkipTestWarning")
@pytest.mark.parametrize("cls", collect("_examples", "EXAMPLES"))
def test_scikit_learn_checks_by_default(cls):
    estimator = cls()
    sort = getattr(estimator, "_estimator_type", None)
    skipped = skipped_checks(estimator)
    if skipped:
        with np.errstate(all="ignore"):
            assert skipped <= skipped_checks(COMPARABLE[sort])


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_numbers_of_numpy_as_parameters(kind):
    # Products of small types overflow, or lose digits.
    X, y = (part[:60] for part in kind.data())
    for name, value in kind.estimator.get_params().items():
        if type(value) not in (int, float) or abs(value) > 30_000:
            continue
        small = np.int8 if abs(value) < 128 else np.int16
        number = (np.float16 if isinstance(value, float) else small)(value)
        found, expected = (
            answers(clone(kind.estimator).set_params(**{name: n}).fit(X, y), X)
            for n in (number, number.item())
        )
        assert_same_answers(found, expected)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_whole_numbers_are_checked_as_floats_are(kind):
    X, y = kind.data(60)
    X = X if kind.packed else X.astype(np.uint8)
    model = clone(kind.estimator).fit(X, y)
    methods = [getattr(model, name) for name in ANSWERING if hasattr(model, name)]
    for wrong in (X[:, :-1], X[:0], X[0], X[:, :, np.newaxis]):
        for method in methods:
            with pytest.raises(ValueError) as expected:
                method(wrong.astype(np.float64))
            with pytest.raises(ValueError) as found:
                method(wrong)
            assert str(found.value)[:30] == str(expected.value)[:30]


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_whole_numbers_without_the_names_of_fit(kind):
    X, y = kind.data(60)
    X = X if kind.packed else X.astype(np.uint8)
    model = clone(kind.estimator).fit(pd.DataFrame(X).rename(columns=str), y)
    for name in ANSWERING:
        if hasattr(model, name):
            with pytest.warns(UserWarning, match="does not have valid feature names"):
                getattr(model, name)(X)
