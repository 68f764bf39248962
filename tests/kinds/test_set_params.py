# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters that are changed after fit change no answer, or are refused."""

import copy
import os

import numpy as np
import pytest
from sklearn.base import clone

from skbit._utils.sklearn import validate_parameter_constraints
from tests.kinds.estimators import (
    KINDS,
    answers,
    differing,
    is_learning,
    name_of,
    state,
    teach,
)

# Documented to be read after fit.
READ_LATER = {"n_jobs", "packed_output", "verbose", "input_format"}

# Documented to steer later learning.
STEERS_LEARNING = {
    *("contamination", "max_iter", "n_clusters", "n_neurons", "learning_rate_init"),
    *("rate", "schedule", "settle_after", "reserve_size", "forget", "max_count"),
    *("reassignment_interval", "vigilance"),
}

VALUES = [
    *(None, True, False, 0, 1, 2, 3, 7, 30, 64, 255, 10**6, -1, 0.0, 0.3, 0.9, 2.5),
    *(float("nan"), float("inf"), "none", "neuron", "local", "xnor", "xor", "tree"),
    *("exact", "cosine", "jaccard", "hamming", "overlap", "flip", "counters"),
    *("unbounded", "wta", "exp", "raw", "tri", "quantile", "uniform", "balanced"),
    *("random", "density", "no such thing", (2, 2), (1, -1), (0.9,), [0.2, 0.4], {}),
    np.ones(3),
    object(),
]


def values_of(estimator, name):
    """Return the first values that a parameter may have, and some it may not."""
    legal, illegal = [], []
    for value in VALUES:
        try:
            validate_parameter_constraints(
                {name: estimator._parameter_constraints[name]}, {name: value}, "it"
            )
            legal.append(value)
        except ValueError:
            illegal.append(value)
    n = None if "SKBIT_ALL_VALUES" in os.environ else 3
    return legal[:n] + illegal[-(n or 0) :]


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_answers_do_not_depend_on_later_parameters(kind):
    X, _ = kind.data()
    model = kind.fitted()
    expected = answers(model, X)
    for name, old in model.get_params(deep=True).items():
        if name.split("__")[-1] in READ_LATER:
            continue
        owner, _, rest = name.rpartition("__")
        target = getattr(model, owner) if owner else model
        for value in values_of(target, rest):
            setattr(target, rest, value)
            try:
                found = answers(model, X)
            except ValueError:
                continue
            finally:
                setattr(target, rest, old)
            wrong = differing(found, expected)
            assert not wrong, (name, value, wrong)


@pytest.mark.parametrize("method", ["partial_fit", "store"])
@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_learning_with_later_parameters_is_right_or_refused(kind, method):
    if not is_learning(kind, method):
        return
    X, y = kind.data()
    model = kind.begun(method)
    expected = answers(teach(copy.copy(model), method, X[:5], y[:5]), X[:20])
    before = state(model)
    for name in model.get_params(deep=False):
        for value in values_of(model, name):
            changed = copy.copy(model)
            setattr(changed, name, value)
            try:
                teach(changed, method, X[:5], y[:5])
            except (AttributeError, ValueError, TypeError):
                assert state(model) == before
                continue
            found = answers(changed, X[:20])
            assert state(model) == before
            if name not in STEERS_LEARNING | READ_LATER:
                assert not differing(found, expected), (name, value)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_parameters_of_an_inner_estimator_are_checked(method):
    kind = next(
        kind for kind in KINDS if kind.name == "BitNoveltyDetector-local, packed"
    )
    X, _ = kind.data(50)
    estimator = clone(kind.estimator).set_params(clusterer__vigilance=float("inf"))
    with pytest.raises(ValueError, match="vigilance"):
        getattr(estimator, method)(X)
