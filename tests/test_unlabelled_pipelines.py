# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of tables without classes: novelty and clusters."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.pipeline import Pipeline

from skbit.pipeline import tabular_pipeline

KINDS = [("novelty", {}), ("clusterer", {"n_clusters": 3})]


@pytest.fixture(scope="module")
def table():
    """Three kinds of rows, of numbers, words and missing values."""
    rng = np.random.default_rng(0)
    kind = rng.integers(3, size=900)
    X = pd.DataFrame(
        {
            "a": rng.normal(6 * kind, size=900),
            "heavy": np.exp(rng.normal(2 * kind, size=900)),
            "word": np.array(["low", "mid", "high"])[kind],
            "flag": kind > 0,
        }
    )
    X.loc[::31, "a"] = np.nan
    X.loc[::29, "word"] = None
    return X, kind


def test_novel_rows_are_beyond_the_ends_or_between_the_clusters(table):
    X, _ = table
    model = tabular_pipeline("novelty", random_state=0).fit(X[:600])
    novel = X[600:].copy()
    novel["a"], novel["word"] = novel["a"] + 30, "new"
    scores = [model.score_samples(rows) for rows in (X[600:], novel)]
    assert roc_auc_score(np.repeat([1, 0], 300), np.concatenate(scores)) > 0.99
    # Numbers and words that are normal, but not together.
    novel = X[600:].copy()
    novel[["word", "heavy"]] = X[["word", "heavy"]][300:600].to_numpy()
    is_mixed = (novel["word"] != X["word"][600:]).to_numpy()
    scores = model.score_samples(novel)
    assert roc_auc_score(~is_mixed, scores) > 0.9


def test_false_alarms_are_as_many_as_asked_for():
    rng = np.random.default_rng(0)
    X = rng.standard_t(3, (30_000, 4))
    model = tabular_pipeline("novelty", random_state=0).fit(X[:10_000])
    # The standard deviation of the rate over calibration sets is below 0.007.
    assert np.mean(model.predict(X[10_000:]) == -1) == pytest.approx(0.1, abs=0.02)
    p_values = model[-1].p_values(model[:-1].transform(X[10_000:]))
    for alpha in (0.01, 0.05):
        assert np.mean(p_values <= alpha) == pytest.approx(alpha, abs=0.015)


def test_tails_are_better_than_quantiles():
    X, y = load_breast_cancer(return_X_y=True)
    train, rest = X[y == 1][:200], np.r_[X[y == 1][200:], X[y == 0]]
    is_normal = np.arange(len(rest)) < len(rest) - len(X[y == 0])
    model = tabular_pipeline("novelty", random_state=0)
    tails = roc_auc_score(is_normal, model.fit(train).score_samples(rest))
    model.set_params(table__strategy="quantile")
    quantiles = roc_auc_score(is_normal, model.fit(train).score_samples(rest))
    assert tails > 0.9 > quantiles


def test_clusters(table):
    X, kind = table
    model = tabular_pipeline("clusterer", n_clusters=3, random_state=0)
    assert adjusted_rand_score(kind, model.fit_predict(X)) > 0.9
    assert model["clusterer"].n_neurons_ == 12
    # On average over orders of the rows; k-means of standardized numbers has 0.62.
    X, y = load_iris(return_X_y=True)
    found = [
        adjusted_rand_score(
            y, model.set_params(clusterer__random_state=i).fit_predict(X)
        )
        for i in range(10)
    ]
    assert np.mean(found) > 0.65


@pytest.mark.parametrize(("kind", "params"), KINDS)
def test_any_container_and_number_of_threads(table, kind, params):
    X, _ = table
    expected = tabular_pipeline(kind, random_state=3, **params).fit(X).predict(X)
    for rows in (pl.from_pandas(X), X.to_numpy(dtype=object)):
        model = tabular_pipeline(kind, random_state=3, n_jobs=2, **params)
        assert_array_equal(model.fit(rows).predict(rows), expected)


@pytest.mark.parametrize(("kind", "params"), KINDS)
def test_a_pipeline_is_an_ordinary_one(table, kind, params):
    X, _ = table
    model = tabular_pipeline(kind, random_state=0, **params)
    assert type(model) is Pipeline
    copy = clone(model.set_params(table__n_bits=16)).fit(X)
    assert copy[:-1].transform(X).shape == (900, 2)
    again = pickle.loads(pickle.dumps(copy))
    assert_array_equal(again.score_samples(X), copy.score_samples(X))


@pytest.mark.parametrize("n_clusters", [None, 0, 2.0])
def test_clusters_need_their_number(n_clusters):
    with pytest.raises(ValueError, match="needs n_clusters, a whole number above 0"):
        tabular_pipeline("clusterer", n_clusters=n_clusters)
