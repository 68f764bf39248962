# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of tables that are ready to use."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline

from skbit.pipeline import tabular_pipeline

SIZES = ["small", "large"]


@pytest.fixture(scope="module")
def table():
    """Numbers, truth values, words and missing values. The class needs all columns."""
    rng = np.random.default_rng(0)
    n = 600
    a, b = rng.normal(size=(2, n))
    word = rng.choice(["low", "mid", "high"], n, p=[0.4, 0.3, 0.3])
    flag = rng.random(n) < 0.5
    y = (a > 0).astype(int) + (word == "high") + 2 * (flag & (word == "low"))
    a[::31], b[::13] = np.nan, np.nan
    X = pd.DataFrame({"a": a, "b": b, "word": word, "flag": flag})
    X.loc[::29, "word"] = None
    return X, np.array(["none", "one", "two", "three"])[y]


@pytest.mark.parametrize("size", SIZES)
def test_mixed_frame(table, size):
    X, y = table
    model = tabular_pipeline(size=size, random_state=0)
    assert cross_val_score(model, X, y, cv=4).mean() > 0.9
    labels = cross_val_predict(model, X, y, cv=4)
    assert np.mean(labels == y) > 0.9


@pytest.mark.parametrize("size", SIZES)
def test_any_container_and_number_of_threads(table, size):
    X, y = table
    expected = tabular_pipeline(size=size, random_state=3).fit(X[:400], y[:400])
    model = tabular_pipeline(size=size, random_state=3, n_jobs=2)
    polars = pl.from_pandas(X)
    model.fit(polars[:400], y[:400])
    assert_array_equal(model.predict(polars), expected.predict(X))
    model.fit(X[:400].to_numpy(dtype=object), y[:400])
    found = model.predict(X.to_numpy(dtype=object))
    assert_array_equal(found, expected.predict(X))


@pytest.mark.parametrize("size", SIZES)
def test_scale_of_numbers_does_not_matter(size):
    X, y = load_breast_cancer(return_X_y=True)
    expected = tabular_pipeline(size=size, random_state=0).fit(X[:400], y[:400])
    assert expected.score(X[400:], y[400:]) > 0.95
    model = tabular_pipeline(size=size, random_state=0).fit(X[:400] * 4 - 8, y[:400])
    assert_array_equal(model.predict(X * 4 - 8), expected.predict(X))


def test_a_pipeline_is_an_ordinary_one(table):
    X, y = table
    model = tabular_pipeline(random_state=0)
    assert type(model) is Pipeline
    model.set_params(table__n_bits=16, ferns__bits_per_feature=16, ferns__n_ferns=40)
    model.set_params(ferns__fern_size=5)
    copy = clone(model).fit(X, y)
    assert copy[:-1].transform(X).shape == (600, 40)
    assert not hasattr(model["classifier"], "weights_")
    again = pickle.loads(pickle.dumps(copy))
    assert_array_equal(again.predict(X), copy.predict(X))
    assert_array_equal(again.predict_proba(X), copy.predict_proba(X))


def test_a_search(table):
    X, y = table
    grid = {"ferns__fern_size": [1, 4], "classifier__margin": [2.0, 4.0]}
    model = tabular_pipeline(random_state=0).set_params(ferns__n_ferns=64)
    search = GridSearchCV(model, grid, cv=3).fit(X, y)
    assert search.best_params_["ferns__fern_size"] == 4
    assert search.best_score_ > 0.85


def test_new_categories_and_missing_values_are_predicted(table):
    X, y = table
    model = tabular_pipeline(random_state=0).fit(X.dropna(), y[X.notna().all(axis=1)])
    new = pd.DataFrame({"a": [None, 2.0], "b": [1e9, -np.inf], "word": ["x", None]})
    new = new.assign(flag=True, a=new["a"].astype(float))
    assert set(model.predict(new)) <= set(y)


@pytest.mark.parametrize("size", SIZES)
def test_smallest_tables(size):
    X = pd.DataFrame({"constant": np.ones(4)})
    model = tabular_pipeline(size=size, random_state=0).fit(X, [0, 0, 0, 1])
    assert_array_equal(model.predict(X), [0, 0, 0, 0])
    X["number"] = [1, 2, 3, 4]
    model = tabular_pipeline(size=size, random_state=0).fit(X, [0, 0, 1, 1])
    assert_array_equal(model.predict(X), [0, 0, 1, 1])


def test_bad_arguments():
    with pytest.raises(ValueError, match="estimator must be"):
        tabular_pipeline("regressor")
    with pytest.raises(ValueError, match=r"size must be one of \['small', 'large'\]"):
        tabular_pipeline(size="huge")


@pytest.mark.parametrize("size", SIZES)
def test_onnx(size):
    runtime = pytest.importorskip("onnxruntime")
    from skbit.onnx import to_onnx

    X, y = load_breast_cancer(return_X_y=True)
    X[::7, 3] = np.nan
    model = tabular_pipeline(size=size, random_state=0).fit(X[:400], y[:400])
    session = runtime.InferenceSession(to_onnx(model, X).SerializeToString())
    label, scores = session.run(None, {"X": X})
    assert_array_equal(label, model.predict(X))
    integers = model["classifier"].integer_scores(model[:-1].transform(X))
    assert_array_equal(scores, integers)
