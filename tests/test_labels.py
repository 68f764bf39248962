# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for y, and for what users have in place of arrays and data frames."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import DataConversionWarning

from skbit import (
    BitEnsembleClassifier,
    BitPatchClassifier,
    BitSelector,
    OttoScoreClassifier,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.pipeline import partial_fit
from tests.kinds.estimators import state

_LABELS = {
    "None": np.array(["a", None] * 4, dtype=object),
    "NaN": np.array(["a", "b", np.nan, "a"] * 2, dtype=object),
    "NaN in a list of texts": ["a", "b", float("nan"), "a"] * 2,
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


@pytest.mark.parametrize(
    "y",
    [
        pl.Series(["a", "b"] * 4),
        pl.Series(["a", "b"] * 4, dtype=pl.Categorical),
        pd.Series(["a", "b"] * 4, dtype="category"),
        pd.Series(["a", "b"] * 4, dtype="string"),
        pa.array(["a", "b"] * 4),
    ],
    ids=lambda y: type(y).__module__ + str(getattr(y, "dtype", "")),
)
def test_labels_of_any_library(y):
    X = np.eye(8)
    for model in (
        OttoScoreClassifier(),
        BitEnsembleClassifier([("a", OttoScoreClassifier())]),
        partial_fit(OttoScoreClassifier(), [(X, y), (X, y)]),
    ):
        assert model.fit(X, y).predict(X).tolist() == ["a", "b"] * 4


def test_labels_in_a_data_frame():
    X, y = np.eye(8), ["a", "b"] * 4
    for frame in (pd.DataFrame({"y": y}), pl.DataFrame({"y": y})):
        for model in (OttoScoreClassifier(), TableEncoder(strategy="supervised")):
            with pytest.warns(DataConversionWarning, match="column-vector y"):
                model.fit(X, frame)
    with pytest.raises(ValueError, match="y should be a 1d array"):
        OttoScoreClassifier().fit(X, pd.DataFrame({"y": y, "z": y}))


def test_lazy_frames():
    frame = pl.DataFrame(np.eye(8))
    y = ["a", "b"] * 4
    for model in (OttoScoreClassifier(), TableEncoder(), ThermometerEncoder()):
        with pytest.raises(TypeError, match=r"LazyFrame has no rows yet.*collect\(\)"):
            model.fit(frame.lazy(), y)
    model = OttoScoreClassifier()
    with pytest.raises(TypeError, match="LazyFrame has no rows yet"):
        model.fit(frame, pl.DataFrame({"y": y}).lazy())
    with pytest.raises(TypeError, match="LazyFrame has no rows yet"):
        model.fit(frame, y).predict(frame.lazy())


def test_records_in_place_of_a_table():
    frame = pd.DataFrame({"size": [1.0, 2.0], "color": ["red", "blue"]})
    model = TableEncoder().fit(frame)
    for records in (
        frame.to_dict("list"),
        frame.to_dict("records"),
        frame.to_dict("records")[0],
        frame.to_records(index=False),
    ):
        for call in (TableEncoder().fit, TableEncoder().partial_fit, model.transform):
            with pytest.raises(TypeError, match=r"Pass pandas.DataFrame\(X\)"):
                call(records)
