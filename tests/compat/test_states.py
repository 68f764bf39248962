# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""States of models in files of earlier versions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skbit._base import FORMAT
from skbit.state import from_state
from tests.compat.pickles import N_ANSWERED, N_ROWS
from tests.compat.states import ANSWER, IN_PARTS, path_of
from tests.kinds.estimators import (
    KINDS,
    answers,
    assert_same_answers,
    name_of,
    teach,
)

# Kinds that are younger than a format have no file of it.
SAVED = [
    (kind, number)
    for number in range(1, FORMAT + 1)
    for kind in KINDS
    if number == FORMAT or path_of(kind, number).exists()
]
# Exponentials of NumPy's versions and processors differ in their last digits.
ROUNDED = ("predict_proba", "predict_log_proba")


@pytest.mark.parametrize(("kind", "number"), SAVED, ids=name_of)
def test_states_of_every_format_answer_as_they_did(kind, number):
    X, _ = kind.data(N_ANSWERED)
    with np.load(path_of(kind, number)) as file:
        model = from_state(file)
        expected = {name: file[name] for name in file if name.startswith(ANSWER)}
    assert expected
    found = answers(model, X)
    for name, value in expected.items():
        name = name.removeprefix(ANSWER)
        if name in ROUNDED:
            assert_allclose(found[name], value, 1e-12, 1e-12)
        else:
            assert_array_equal(found[name], value, strict=True)


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if hasattr(kind.estimator, "partial_fit")],
    ids=name_of,
)
def test_states_of_this_format_learn_on(kind):
    X, y = kind.data(2 * N_ROWS)
    with np.load(path_of(kind, ending="-parts" if kind in IN_PARTS else "")) as file:
        loaded = from_state(file)
    fresh = kind.begun("partial_fit", N_ROWS)
    for model in (loaded, fresh):
        teach(model, "partial_fit", X[N_ROWS:], y[N_ROWS:])
    assert_same_answers(answers(loaded, X), answers(fresh, X))
