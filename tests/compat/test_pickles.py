# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models that were pickled by earlier versions, and by later ones."""

import copy
import pickle

import pytest
from numpy.testing import assert_allclose
from sklearn.pipeline import Pipeline

from skbit._base import FORMAT
from tests.compat.pickles import N_ANSWERED, N_ROWS, path_of
from tests.kinds.estimators import (
    KINDS,
    answers,
    assert_same_answers,
    name_of,
    state,
    teach,
)

LEARNING = [
    kind
    for kind in KINDS
    if hasattr(kind.estimator, "partial_fit")
    and getattr(kind.estimator, "_keeps_parts", True)
]
# Kinds that are younger than a format have no file of it.
SAVED = [
    (kind, number)
    for number in range(1, FORMAT + 1)
    for kind in KINDS
    if number == FORMAT or path_of(kind, number).exists()
]


# Members of ensembles may be pipelines of scikit-learn, which knows one version only.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")
@pytest.mark.parametrize(("kind", "number"), SAVED, ids=name_of)
def test_models_of_every_format_answer_as_they_did(kind, number):
    X, _ = kind.data(N_ANSWERED)
    model, expected = pickle.loads(path_of(kind, number).read_bytes())
    found = answers(model, X)
    # Exponentials of NumPy's versions and processors differ in their last digits.
    for name in ("predict_proba", "predict_log_proba"):
        if name in expected:
            assert_allclose(found.pop(name), expected.pop(name), 1e-12, 1e-12)
    assert_same_answers(found, expected)


@pytest.mark.parametrize("kind", LEARNING, ids=name_of)
def test_models_of_this_format_learn_on(kind):
    X, y = kind.data(2 * N_ROWS)
    loaded, _ = pickle.loads(path_of(kind).read_bytes())
    fresh = kind.fitted(N_ROWS)
    for model in (loaded, fresh):
        teach(model, "partial_fit", X[N_ROWS:], y[N_ROWS:])
    assert_same_answers(answers(loaded, X), answers(fresh, X))


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_newer_format_is_refused(kind):
    model = kind.fitted(N_ROWS)
    newer = model.__getstate__() | {"_skbit_format": FORMAT + 1}
    for loading in (copy.copy(kind.estimator), model):
        before = state(loading)
        with pytest.raises(ValueError, match=rf"format {FORMAT + 1}.* up to {FORMAT}"):
            loading.__setstate__(newer)
        assert state(loading) == before


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_model_without_a_format_is_refused(kind):
    earlier = kind.fitted(N_ROWS).__getstate__()
    del earlier["_skbit_format"]
    with pytest.raises(ValueError, match="without a format, by a version of skbit be"):
        copy.copy(kind.estimator).__setstate__(earlier)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_state_is_plain_and_public(kind):
    learned = kind.fitted(N_ROWS).__getstate__()
    private = {name for name in learned if name.startswith("_")}
    assert private <= {"_skbit_format", "_n_features_out"}
    assert_plain(learned)


def assert_plain(value):
    """Raise unless a value is made of numbers, text, arrays and estimators."""
    kind = type(value)
    if kind.__module__.startswith("skbit.") or kind is Pipeline:
        assert not isinstance(value, tuple)
        assert_plain(value.__getstate__())
    elif kind in (dict, list, tuple):
        for part in value.values() if kind is dict else value:
            assert_plain(part)
    else:
        assert kind.__module__ in ("builtins", "numpy"), kind
