# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for y: labels of any kind, and missing ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skbit import (
    BitEnsembleClassifier,
    BitPatchClassifier,
    BitSelector,
    OttoScoreClassifier,
    TableEncoder,
)
from skbit.pipeline import partial_fit
from tests.kinds.estimators import state

_LABELS = {
    "None": np.array(["a", None] * 4, dtype=object),
    "NaN": np.array(["a", "b", np.nan, "a"] * 2, dtype=object),
    "None and numbers": [0, 1, None, 1] * 2,
    "floats": [0.0, 1.0, np.nan, 1.0] * 2,
    "pandas": pd.Series(["a", "b", None, "a"] * 2),
    "pandas, string": pd.Series(["a", "b", None, "a"] * 2, dtype="string"),
    "pandas, numbers": pd.Series([0, 1, None, 1] * 2, dtype="Int64"),
    "dates": np.array(["2020", "2021", "NaT", "2020"] * 2, dtype="M8[ns]"),
    "Polars": pl.Series(["a", "b", None, "a"] * 2),
}


@pytest.mark.parametrize("y", _LABELS.values(), ids=_LABELS.keys())
def test_missing_labels(y):
    X = np.eye(8)
    voters = [("a", OttoScoreClassifier()), ("b", OttoScoreClassifier())]
    for model in (OttoScoreClassifier(), BitPatchClassifier(), BitSelector()):
        _assert_refused(model, model.fit, X, y)
    for model in (BitEnsembleClassifier(voters), TableEncoder(strategy="supervised")):
        _assert_refused(model, model.fit, X, y)
    model = OttoScoreClassifier()
    _assert_refused(model, lambda X, y: model.partial_fit(X, y, classes=["a"]), X, y)
    _assert_refused(model, lambda X, y: partial_fit(model, [(X, y)]), X, y)


def _assert_refused(model, learn, X, y):
    before = state(model)
    with pytest.raises(ValueError, match="Input y contains NaN or other missing"):
        learn(X, y)
    assert state(model) == before
