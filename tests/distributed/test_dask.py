# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training and answers by Dask, without a cluster."""

import re

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skbit import (
    BitHebbianClassifier,
    BitSelector,
    BitWTAClusterer,
    OttoScoreClassifier,
    TableEncoder,
    distributed,
)
from skbit.pipeline._walk import Walk
from tests.distributed.models import PIPELINES, X, assert_equal_models, fitted, y
from tests.kinds.estimators import ANSWERING, KINDS, name_of

# A column may be named like an attribute of an array.
NAMES = ["chunks", *(f"pixel_{i}" for i in range(1, X.shape[1]))]


@pytest.fixture(autouse=True)
def synchronous():
    with dask.config.set(scheduler="synchronous"):
        yield


def arrays(n_parts=5, X=X, y=y):
    ends = np.linspace(0, len(X), n_parts + 1).astype(int)
    sizes = tuple(np.diff(ends).tolist())
    return da.from_array(X, (sizes, X.shape[1])), da.from_array(y, (sizes,))


def frame(labels=y):
    table = pd.DataFrame(X, columns=NAMES).assign(label=labels)
    return dd.from_pandas(table, npartitions=4)


class Shuffled:
    """Parts that are learned apart, and joined in an order of chance."""

    def __init__(self, n_parts, seed):
        rows = np.array_split(np.arange(len(X)), n_parts)
        self.parts = [(X[part], y[part]) for part in rows]
        self.rng = np.random.default_rng(seed)

    def learn_first(self, lesson):
        return lesson.add(None, *self.parts[0])

    def learn(self, lesson):
        states = [lesson.add(None, *part) for part in self.parts]
        while len(states) > 1:
            states = [states[i] for i in self.rng.permutation(len(states))]
            n_joined = self.rng.integers(2, 6)
            states = [lesson.join(states[:n_joined]), *states[n_joined:]]
        return states[0]


@pytest.mark.parametrize("n_parts", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("name", PIPELINES)
def test_any_number_of_parts_in_any_order(name, n_parts):
    expected = fitted(name)
    model = clone(PIPELINES[name])
    for seed in range(3):
        found = Walk(Shuffled(n_parts, seed), None).fit(model)
        assert_equal_models(found, expected)
    found = distributed.fit(PIPELINES[name], *arrays(n_parts))
    assert_equal_models(found, expected)


@pytest.mark.parametrize("scheduler", ["threads", "synchronous"])
def test_data_frames(scheduler):
    table = frame(np.array([f"digit {label}" for label in y]))
    with dask.config.set(scheduler=scheduler):
        found = distributed.fit(PIPELINES["ferns"], table[NAMES], table["label"])
    local = table.compute()
    expected = clone(PIPELINES["ferns"]).fit(local[NAMES], local["label"])
    assert found.feature_names_in_.tolist() == NAMES
    assert_equal_models(found, expected, local[NAMES])
    labels = distributed.predict(found, table[NAMES])
    assert labels.dtype == found.classes_.dtype
    assert_array_equal(labels.compute(), expected.predict(local[NAMES]))


def test_the_estimator_is_not_changed_and_fitted_anew():
    model = fitted("ferns", X[:900], y[:900])
    before = model[-1].feature_count_.copy()
    found = distributed.fit(model, *arrays())
    assert_array_equal(model[-1].feature_count_, before)
    assert_equal_models(found, fitted("ferns"))


def test_chunks_of_columns_and_other_chunks_of_labels():
    rows, labels = da.from_array(X, (300, 20)), da.from_array(y, 500)
    found = distributed.fit(PIPELINES["projection"], rows, labels)
    assert_equal_models(found, fitted("projection"))
    scores = distributed.decision_function(found, rows)
    assert scores.chunks[0] == rows.chunks[0]
    assert_array_equal(scores.compute(), found.decision_function(X))


def test_parts_of_unknown_size_and_without_rows():
    rows, labels = arrays(4)
    kept = labels > 4
    # The first two parts lose all rows.
    found = distributed.fit(PIPELINES["ferns"], rows[kept], labels[kept])
    expected = fitted("ferns", X[y > 4], y[y > 4])
    assert_equal_models(found, expected)
    assert_array_equal(
        distributed.predict(found, rows[kept]).compute(), found.predict(X[y > 4])
    )
    none = distributed.transform(found[:-1], rows[labels > 10]).compute()
    assert none.shape == (0, 60)
    assert none.dtype == np.uint32
    with pytest.raises(ValueError, match="X has no rows"):
        distributed.fit(PIPELINES["ferns"], rows[labels > 10], labels[labels > 10])


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "decision_function", "transform"]
)
@pytest.mark.parametrize("n_classes", [2, 10])
def test_answers_are_lazy_and_have_dtype_and_shape(method, n_classes):
    rows, _ = arrays(3)
    model = fitted("projection", X[y < n_classes], y[y < n_classes].astype(str))
    if method == "transform":
        model = model[:-1]

    def fail(block):
        raise AssertionError("nothing is to be computed")

    lazy = rows.map_blocks(fail, meta=rows._meta)
    expected = getattr(model, method)(X)
    function = getattr(distributed, method)
    for found in (function(model, lazy), function(model, rows)):
        assert found.dtype == expected.dtype
        assert found.shape == expected.shape
        assert found.numblocks[0] == 3
    assert_array_equal(found.compute(), expected)
    table = dd.from_dask_array(rows, columns=[*map(str, range(X.shape[1]))])
    found = function(model, table)
    assert found.dtype == expected.dtype
    assert found.shape[1:] == expected.shape[1:]


@pytest.mark.filterwarnings("ignore:X has feature names, but:UserWarning")
def test_answers_for_data_frames():
    rows, _ = arrays(3)
    table = dd.from_dask_array(rows, columns=NAMES)
    model = fitted("projection")
    scores = distributed.decision_function(model, table)
    assert_array_equal(scores.compute(), model.decision_function(X))


def test_other_estimators_that_merge():
    rows, labels = arrays(3)
    network = distributed.fit(BitHebbianClassifier(n_hidden=0), rows, labels)
    expected = BitHebbianClassifier(n_hidden=0).fit(X, y)
    assert_array_equal(network.unit_balance_, expected.unit_balance_)
    assert_array_equal(network.unit_bit_count_, expected.unit_bit_count_)
    clusterer = distributed.fit(BitWTAClusterer(8, random_state=0), rows)
    assert clusterer.n_samples_seen_ == len(X)


def test_frozen_steps_take_part():
    encoder, _, classifier = PIPELINES["ferns"]
    selector = BitSelector(100).fit(encoder.fit_transform(X), y)
    model = make_pipeline(encoder, FrozenEstimator(selector), classifier)
    assert_equal_models(distributed.fit(model, *arrays()), clone(model).fit(X, y))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (BitSelector(), "BitSelector() has no partial_fit, by which"),
        (BitHebbianClassifier(8), "BitHebbianClassifier(n_hidden=8) has no merge"),
        (
            make_pipeline(StandardScaler(), OttoScoreClassifier()),
            "Step 'standardscaler' (StandardScaler) has no merge, by which",
        ),
    ],
)
def test_what_cannot_be_merged_is_refused_before_reading(model, message):
    def fail(block):
        raise AssertionError("nothing is to be read")

    rows, labels = arrays()
    rows = rows.map_blocks(fail, meta=rows._meta)
    with pytest.raises(TypeError, match=re.escape(message)):
        distributed.fit(model, rows, labels)


@pytest.mark.parametrize(
    ("parts", "kind", "message"),
    [
        ((X, y), TypeError, "X must be a Dask array .*, got ndarray. Call the est"),
        ((arrays()[0], y), TypeError, "y must be a Dask array or series like X, got"),
        ((arrays()[0],), ValueError, "learns from labels, but y is None"),
        ((arrays()[0], arrays()[1][1:]), ValueError, "X has 1797 rows and y has 1796"),
        (
            (frame()[NAMES], arrays(7)[1]),
            ValueError,
            "X has 4 parts and y has 7. Take both from",
        ),
    ],
)
def test_bad_input(parts, kind, message):
    with pytest.raises(kind, match=message):
        distributed.fit(PIPELINES["ferns"], *parts)


def test_rows_in_memory_are_for_the_estimator():
    with pytest.raises(TypeError, match="estimator's own predict for rows in memory"):
        distributed.predict(fitted("ferns"), X)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_estimators_do_not_load_dask_arrays(kind):
    X, y = kind.data(60)
    rows, labels = da.from_array(X, (20, X.shape[1])), da.from_array(y, 20)

    def fail(block):
        raise AssertionError("nothing is to be loaded")

    rows, labels = (part.map_blocks(fail, meta=part._meta) for part in (rows, labels))
    match = "would be loaded into memory as a whole. Pass it to a function of skbit"
    model = clone(kind.estimator)
    for method in ("fit", "partial_fit"):
        if hasattr(model, method):
            with pytest.raises(TypeError, match=match):
                getattr(model, method)(rows, y)
    model = kind.fitted(60)
    for method in ANSWERING:
        if hasattr(model, method):
            with pytest.raises(TypeError, match=match):
                getattr(model, method)(rows)
    if hasattr(model, "classes_"):
        with pytest.raises(TypeError, match=match):
            clone(model).fit(X, labels)


def test_tables_of_dask_are_not_loaded():
    table = frame()
    for method in ("fit", "fit_transform"):
        with pytest.raises(TypeError, match="A Dask DataFrame would be loaded"):
            getattr(TableEncoder(), method)(table)


@pytest.mark.parametrize("kind", ["array", "unknown categories", "frame of objects"])
def test_answers_for_columns_of_objects(kind, monkeypatch):
    monkeypatch.setitem(dask.config.config["dataframe"], "convert-string", False)
    table = pd.DataFrame({"size": np.arange(40) % 4, "name": list("abcd") * 10})
    if kind == "array":
        rows = da.from_array(table.to_numpy(dtype=object), chunks=(20, 2))
    elif kind == "unknown categories":
        rows = dd.from_pandas(table.astype({"size": "category"}), npartitions=2)
        rows["size"] = rows["size"].cat.as_unknown()
    else:
        rows = dd.from_pandas(table.astype(object), npartitions=2)
    labels = da.from_array(np.arange(40) % 2, chunks=20)
    if kind != "array":
        labels = dd.from_pandas(pd.Series(np.arange(40) % 2), npartitions=2)
    model = make_pipeline(TableEncoder(4), OttoScoreClassifier())
    model = distributed.fit(model, rows, labels)
    assert_array_equal(
        distributed.predict(model, rows).compute(), model.predict(rows.compute())
    )


def test_answers_of_steps_that_know_some_values():
    rows = np.arange(1, 41).reshape(20, 2) % 3 + 1
    model = make_pipeline(OneHotEncoder(sparse_output=False), OttoScoreClassifier())
    model.fit(rows, np.arange(20) % 2)
    answers = distributed.predict(model, da.from_array(rows, chunks=(10, 2)))
    assert_array_equal(answers.compute(), model.predict(rows))
