# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders that learn in parts: ``partial_fit`` and ``merge`` against one ``fit``."""

import builtins
import copy
import pickle
from time import process_time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone

from skbit import PixelEncoder, ScalarEncoder, TableEncoder, ThermometerEncoder
from skbit.preprocessing import _summary
from skbit.state import from_state, to_state
from tests.kinds.estimators import answers, assert_same_answers, state

QUANTILES = [
    ThermometerEncoder(5, strategy="quantile"),
    ScalarEncoder(9, 3),
    ScalarEncoder(1, 1),
]
RANGES = [
    ThermometerEncoder(),
    ThermometerEncoder(5, curve="exp"),
    ThermometerEncoder(curve="raw"),
    ThermometerEncoder(feature_range=(3, 200)),
    ScalarEncoder(12, 4, strategy="uniform"),
    PixelEncoder(3, image_shape=(1, 3)),
    PixelEncoder((0.2, 0.5), min_rise=0.1, relative=True, image_shape=(1, 1, 3)),
]
TABLES = [
    TableEncoder(4),
    TableEncoder(3, strategy="uniform"),
    TableEncoder(5, strategy="tails"),
    TableEncoder(5, strategy="supervised"),
    TableEncoder(4, categorical_features=[0]),
]


def learned(model):
    """Return the state of an encoder, without what is kept for further parts."""
    model = copy.copy(model)
    vars(model).pop("summary_", None)
    return state(model)


def split(n_rows, n_parts, seed):
    rows = np.random.default_rng(seed).permutation(n_rows)
    return [part for part in np.array_split(rows, n_parts) if len(part)]


def assert_parts_give_one_fit(encoder, parts, whole):
    """Compare streams, merges and merges of streams with one fit."""
    stream = clone(encoder)
    for part in parts:
        stream.partial_fit(*part)
    assert learned(stream) == learned(whole)
    first, *others = (clone(encoder).partial_fit(*part) for part in reversed(parts))
    before = [state(model) for model in others]
    assert learned(copy.deepcopy(first).merge(*others)) == learned(whole)
    assert [state(model) for model in others] == before
    # The states of workers, in pairs.
    for other in others:
        first = from_state(to_state(first)).merge(pickle.loads(pickle.dumps(other)))
    assert learned(first) == learned(whole)
    # What was merged learns on.
    assert_array_equal(
        first.partial_fit(*parts[0]).thresholds_,
        stream.partial_fit(*parts[0]).thresholds_,
    )


@pytest.mark.parametrize("encoder", QUANTILES + RANGES, ids=repr)
@settings(max_examples=40)
@given(
    dtype=st.sampled_from([np.uint8, np.int16, np.float32, np.float64]),
    numbers=st.lists(st.integers(0, 20) | st.integers(0, 255), min_size=6),
    n_parts=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_parts_are_learned_as_one(encoder, dtype, numbers, n_parts, seed):
    X = np.resize(np.array(numbers, dtype=dtype), (len(numbers) // 3, 3))
    parts = [(X[rows],) for rows in split(len(X), n_parts, seed)]
    assert_parts_give_one_fit(encoder, parts, clone(encoder).fit(X))


ENTRIES = st.sampled_from([0.0, 1.5, -2.0, 7.0, np.inf, np.nan])
TEXTS = st.sampled_from(["a", "b", "c", "d", "e", None])


@st.composite
def tables(draw):
    n = draw(st.integers(1, 40))
    columns = {
        "numbers": draw(st.lists(ENTRIES, min_size=n, max_size=n)),
        "more": draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n)),
        "texts": pd.Series(draw(st.lists(TEXTS, min_size=n, max_size=n)), dtype=object),
        "nothing": pd.Series([None] * n, dtype=object),
    }
    return pd.DataFrame(columns)


@pytest.mark.parametrize("encoder", TABLES, ids=repr)
@settings(max_examples=20)
@given(
    is_weighted=st.booleans(),
    X=tables(),
    n_parts=st.integers(1, 7),
    seed=st.integers(0, 99),
)
def test_parts_of_tables_are_learned_as_one(encoder, is_weighted, X, n_parts, seed):
    rng = np.random.default_rng(seed)
    y = rng.choice(list("xyz"), len(X))
    weights = rng.integers(0, 4, len(X)).astype(float) + (rng.random() < 0.2)
    weights[0] = 1
    parts = [
        (X.iloc[rows], y[rows], weights[rows] if is_weighted else None)
        for rows in split(len(X), n_parts, seed)
    ]
    if is_weighted and not all(weights.any() for _, _, weights in parts):
        return
    whole = clone(encoder).fit(X, y, weights if is_weighted else None)
    assert_parts_give_one_fit(encoder, parts, whole)


def test_sparse_parts():
    X = np.random.default_rng(0).integers(0, 3, (90, 4)) * 1.0
    for encoder in QUANTILES:
        model = clone(encoder)
        for part in (X[:50], X[50:]):
            model.partial_fit(sparse.csr_array(part))
        assert learned(model) == learned(clone(encoder).fit(X))


def test_fit_begins_anew_and_keeps_nothing():
    X = np.arange(40.0).reshape(20, 2)
    for encoder in (*QUANTILES, TableEncoder(3)):
        model = clone(encoder).partial_fit(X)
        assert hasattr(model, "summary_")
        assert state(model.fit(X + 1)) == state(clone(encoder).fit(X + 1))
        before = state(model)
        for other in (clone(encoder).partial_fit(X), clone(encoder).fit(X)):
            with pytest.raises(ValueError, match="partial_fit instead of fit"):
                model.merge(other)
            with pytest.raises(ValueError, match="partial_fit instead of fit"):
                clone(encoder).partial_fit(X).merge(clone(encoder).fit(X))
        with pytest.raises(AttributeError, match="has no attribute") as raised:
            model.partial_fit(X)
        assert "partial_fit instead of fit" in str(raised.value.__cause__)
        assert state(model) == before


def rank_errors(X, thresholds, shares):
    """Return how far the shares of rows below thresholds are from those intended."""
    return np.abs(np.mean(X[:, None] < thresholds, axis=0) - shares)


@pytest.mark.parametrize("sizes", [[30_000], [5, 900, 20_000, 9_095]], ids=str)
def test_many_values_are_sketched(sizes):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=30_000), rng.integers(0, 9, 30_000)])
    parts = [(part,) for part in np.split(X, np.cumsum(sizes)[:-1])]
    shares = np.arange(1, 32) / 32
    for encoder in (
        ThermometerEncoder(31, strategy="quantile"),
        ScalarEncoder(32, 1),
        TableEncoder(32),
    ):
        whole = clone(encoder).fit(X)
        stream = clone(encoder)
        for part in parts:
            stream.partial_fit(*part)
        first, *others = (clone(encoder).partial_fit(*part) for part in parts)
        merged = from_state(to_state(first)).merge(*others)
        for model in (stream, merged, pickle.loads(pickle.dumps(merged))):
            errors = rank_errors(X[:, 0], model.thresholds_[0, :31], shares)
            assert errors.max() < 0.005
            assert_array_equal(model.thresholds_[1], whole.thresholds_[1])
            if hasattr(model, "data_min_"):
                assert_array_equal(model.data_min_, X.min(axis=0))
                assert_array_equal(model.data_max_, X.max(axis=0))


def test_a_sketch_has_the_range_of_all_numbers():
    X = np.random.default_rng(0).normal(size=(20_000, 1))
    model = TableEncoder(5, strategy="uniform").partial_fit(X[:9000])
    model.partial_fit(X[9000:])
    whole = TableEncoder(5, strategy="uniform").fit(X)
    assert_array_equal(model.thresholds_, whole.thresholds_)


def test_classes_of_a_sketched_column():
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(12_000, 1))
    y = np.digitize(X[:, 0], [0.2, 0.7])
    model = TableEncoder(3, strategy="supervised")
    for part in np.split(np.argsort(y), 3):
        model.partial_fit(X[part], y[part])
    assert np.abs(model.thresholds_[0] - [0.2, 0.7]).max() < 0.003


def test_values_are_kept_up_to_the_limit(monkeypatch):
    monkeypatch.setattr(_summary, "MAX_VALUES", 6)
    X = np.repeat(np.arange(7.0), [50, 1, 2, 3, 4, 5, 6])[:, None]
    model = ThermometerEncoder(3, strategy="quantile").partial_fit(X[:-6])
    assert model.summary_["n_values"].tolist() == [6]
    model.partial_fit(X[-6:])
    assert model.summary_["n_values"].tolist() == [0]
    # A sketch of so few rows loses nothing, and equal values count.
    whole = ThermometerEncoder(3, strategy="quantile").fit(X)
    assert learned(model) == learned(whole)
    table = TableEncoder(3).partial_fit(X, None, np.full(len(X), 2.0))
    assert learned(table) == learned(TableEncoder(3).fit(X, None, np.full(len(X), 2)))
    table = TableEncoder(3).partial_fit(X[:-6], None, np.full(len(X) - 6, 0.5))
    before = state(table)
    with pytest.raises(ValueError, match="only if sample_weight holds whole"):
        table.partial_fit(X[-6:])
    assert state(table) == before


def test_weights_of_merged_sketches():
    rng = np.random.default_rng(0)
    for sizes in ((2000, 100_000), (2000, 300_000), (20_000, 60_000), (9000, 60_000)):
        parts = [np.sort(rng.normal(size=n)) for n in sizes]
        both = np.sort(np.concatenate(parts))
        joined = _summary.joined(*map(_summary.summary_of, parts))
        values, weights = joined.distinct()
        assert weights.sum() == len(both)
        found = np.cumsum(weights) / len(both)
        expected = np.searchsorted(both, values, side="right") / len(both)
        assert np.abs(found - expected).max() < 0.002


def test_sketches_of_high_weights():
    rng = np.random.default_rng(0)
    X = np.sort(rng.normal(size=(3000, 1)), axis=0)
    weights = rng.integers(0, 2**22, size=3000)
    start = process_time()
    model = TableEncoder(8).partial_fit(X, None, weights)
    # Rows that were repeated would take some minutes.
    assert process_time() - start < 10
    model.partial_fit(X[::-1] + 0.5, None, 3 * weights[::-1])
    both = np.concatenate([X[:, 0], X[:, 0] + 0.5])
    order = np.argsort(both)
    shares = np.cumsum(np.concatenate([weights, 3 * weights])[order])
    places = np.searchsorted(both[order], model.thresholds_[0]) - 1
    found = shares[places] / shares[-1]
    assert np.abs(found - np.arange(1, 8) / 8).max() < 0.003
    before = state(model)
    with pytest.raises(ValueError, match="sum is below"):
        model.partial_fit(X, None, weights * 2.0**22)
    assert state(model) == before


def test_without_datasketches(monkeypatch):
    def without(name, *args):
        if name == "datasketches":
            raise ImportError(name)
        return imported(name, *args)

    imported = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    array = np.stack([np.zeros(1025), np.arange(1025)], axis=1)
    named = pd.DataFrame(array, columns=["zero", "number"])
    for encoder, X, name in (
        (QUANTILES[0], array, "1"),
        (QUANTILES[0], named, "'number'"),
        (TableEncoder(4), named, "'number'"),
    ):
        message = rf"^Column {name} has more than .* pip install 'skbit\[sketch\]'"
        model = clone(encoder).partial_fit(X[1:])
        before = state(model)
        for learner in (model, clone(encoder)):
            with pytest.raises(ImportError, match=message):
                learner.partial_fit(X)
        assert state(model) == before
        assert learned(model.partial_fit(X[1:5])) != before


def test_parts_that_do_not_fit_are_refused():
    X = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    model = TableEncoder(3).partial_fit(X)
    before = state(model)
    swapped = X.rename(columns={"a": "b", "b": "a"})[["a", "b"]]
    with pytest.raises(TypeError, match=r"'a' holds .*: one in some parts"):
        model.partial_fit(swapped)
    with pytest.raises(TypeError, match=r"'b' holds .*: one in some parts"):
        TableEncoder(3).partial_fit(X).merge(
            TableEncoder(3).partial_fit(X.assign(b=[1.0, 2.0]))
        )
    with pytest.raises(ValueError, match="'a' is marked as categorical in one part"):
        model.partial_fit(X.astype({"a": "category"}))
    with pytest.raises(ValueError, match="feature names"):
        model.partial_fit(X.rename(columns={"a": "c"}))
    with pytest.raises(ValueError, match="n_bits is 3 here and 4 there"):
        model.merge(TableEncoder(4).partial_fit(X))
    with pytest.raises(TypeError, match="Only a TableEncoder can be merged"):
        model.merge(ThermometerEncoder().fit([[1.0, 2.0]]))
    supervised = TableEncoder(3, strategy="supervised").partial_fit(X, [0, 1])
    with pytest.raises(ValueError, match="learned by the same strategy"):
        model.merge(supervised)
    with pytest.raises(ValueError, match="learned by the same strategy"):
        supervised.merge(model)
    with pytest.raises(ValueError, match="labels of the same type"):
        supervised.partial_fit(X, ["0", "1"])
    with pytest.raises(ValueError, match="requires y"):
        supervised.partial_fit(X)
    assert state(model) == before
    with pytest.raises(ValueError, match="'tails' here and was 'quantile' there"):
        model.set_params(strategy="tails").partial_fit(X)


def test_a_kind_of_column_may_come_late():
    empty = pd.DataFrame({"a": pd.Series([None, None], dtype=object)})
    gaps = pd.DataFrame({"a": [np.nan, np.nan]})
    for values in ([1.0, 3.0], ["x", "y"]):
        part = pd.DataFrame({"a": pd.Series(values, dtype=object)})
        whole = TableEncoder(4).fit(pd.concat([empty, gaps, part]).astype(object))
        for order in ([empty, gaps, part], [part, gaps, empty], [gaps, part, empty]):
            model = TableEncoder(4)
            for rows in order:
                model.partial_fit(rows)
            assert learned(model) == learned(whole)


def test_parameters_that_change_between_parts_are_refused():
    X = np.arange(40.0).reshape(20, 2)
    for model, changes in {
        ThermometerEncoder(): {"strategy": "quantile"},
        ThermometerEncoder(4): {"feature_range": (0, 90)},
        ThermometerEncoder(strategy="quantile"): {"strategy": "uniform"},
        ScalarEncoder(): {"n_active": 7},
        ScalarEncoder(12): {"strategy": "uniform"},
        PixelEncoder(2, image_shape=(1, 2)): {"thresholds": 3},
        TableEncoder(): {"n_bits": 31},
    }.items():
        model.partial_fit(X).set_params(**changes)
        before = answers(model, X)
        with pytest.raises((AttributeError, ValueError)):
            model.partial_fit(X)
        assert_same_answers(answers(model, X), before)


def damages(summary):
    """Yield damaged copies of what is kept of numbers."""
    yield {}
    yield None
    yield summary | {"n_values": summary["n_values"] + 1}
    yield summary | {"n_bytes": summary["n_bytes"][:-1]}
    yield summary | {"values": summary["values"].astype(np.float32)}
    yield summary | {"weights": summary["weights"] - 2**40}
    yield summary | {"sketches": summary["sketches"][1:]}


@pytest.mark.parametrize("encoder", [QUANTILES[0], QUANTILES[1], TABLES[0]], ids=repr)
def test_damaged_summaries_are_refused(encoder):
    X = np.column_stack([np.arange(2000.0), np.arange(2000) % 7])
    model = clone(encoder).partial_fit(X)
    whole = model.summary_
    numbers = whole["numbers"][0] if "numbers" in whole else whole
    for part in damages(numbers):
        damaged = copy.deepcopy(model)
        damaged.summary_ = whole | {"numbers": [part]} if "numbers" in whole else part
        for call in (damaged.partial_fit, damaged.transform):
            with pytest.raises(ValueError, match="damaged"):
                call(X)
        with pytest.raises(ValueError, match="damaged"):
            pickle.loads(pickle.dumps(damaged))
    # The bytes of a sketch are read where they are needed.
    bad = numbers | {"sketches": np.full_like(numbers["sketches"], 255)}
    model.summary_ = whole | {"numbers": [bad]} if "numbers" in whole else bad
    for call in (model.partial_fit, model.merge):
        with pytest.raises(ValueError, match="learned in parts is damaged"):
            call(
                *([X] if call == model.partial_fit else [clone(encoder).partial_fit(X)])
            )


def test_damaged_summaries_of_tables_are_refused():
    X = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    model = TableEncoder(3).partial_fit(X)
    whole = model.summary_
    for part in (
        {"are_numbers": np.array([True])},
        {"is_marked": np.array([0, 0])},
        {"labels": np.arange(2)},
        {"values": whole["values"][:1]},
        {"counts": whole["counts"][::-1]},
        {"numbers": []},
    ):
        model.summary_ = whole | part
        with pytest.raises(ValueError, match="damaged"):
            model.partial_fit(X)
