# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of numbers, categories and missing values."""

import datetime
import decimal
import math
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.tree import DecisionTreeClassifier

from asv_bench import tables_members, tables_thresholds
from asv_bench.peers_tables_data import smoke_table
from skbit import OttoScoreClassifier, TableEncoder
from skbit.bits import pack_bits
from tests import reference_table as reference

FLOATS = st.sampled_from([0.0, 1.0, 1.5, -2.0, 7.0, np.inf, -np.inf]) | st.floats(
    allow_nan=False
)
NUMBERS = st.none() | FLOATS
TEXTS = st.none() | st.sampled_from("abcdef") | st.text(max_size=3)
WEIGHTS = st.integers(0, 3)
SIZES = st.integers(1, 40)
FRAMES = {
    "pandas": lambda a, b: pd.DataFrame({"a": a, "b": b}),
    "objects": lambda a, b: pd.DataFrame({"a": a, "b": b}, dtype=object),
    "categories": lambda a, b: pd.DataFrame({"a": a, "b": pd.Categorical(b)}),
    "nullable": lambda a, b: pd.DataFrame(
        {"a": pd.array(a, "Float64"), "b": pd.array(b, "string")}
    ),
    "polars": lambda a, b: pl.DataFrame(
        {"a": a, "b": b}, schema={"a": pl.Float64, "b": pl.String}
    ),
    "array": lambda a, b: np.array([a, b], dtype=object).T,
    "list": lambda a, b: [list(row) for row in zip(a, b, strict=True)],
}


@st.composite
def columns(draw, entries):
    n = draw(st.integers(1, 60))
    column = draw(st.lists(entries, min_size=n, max_size=n))
    weights = draw(st.lists(WEIGHTS, min_size=n, max_size=n).filter(any))
    return column, weights


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
@given(drawn=columns(NUMBERS), n_bits=SIZES)
def test_numbers(strategy, drawn, n_bits):
    column, weights = drawn
    X = np.array(column, dtype=np.float64)[:, None]
    encoder = TableEncoder(n_bits, strategy=strategy, packed_output=False)
    for weight in (None, weights):
        counts = reference.counted(column, weight or [1] * len(column))
        counts.pop(None, None)
        thresholds = getattr(reference, strategy)(counts, n_bits - 1)
        expected = reference.number_bits(column, thresholds, n_bits)
        assert_array_equal(encoder.fit(X, None, weight).transform(X), expected)
        assert encoder.thresholds_.shape == (1, n_bits - 1)
        assert_array_equal(encoder.thresholds_[0, : len(thresholds)], thresholds)
        assert np.all(encoder.thresholds_[0, len(thresholds) :] == np.inf)


@given(
    drawn=columns(st.none() | st.integers(-999, 999).map(lambda v: v / 7)),
    n_bits=SIZES,
    power=st.sampled_from([-1000, -3, 0, 900]),
)
def test_thresholds_in_tails(drawn, n_bits, power):
    column, weights = drawn
    column = [None if v is None else math.ldexp(v, power) for v in column]
    X = np.array(column, dtype=np.float64)[:, None]
    encoder = TableEncoder(n_bits, strategy="tails", packed_output=False)
    for weight in (None, weights):
        counts = reference.counted(column, weight or [1] * len(column))
        counts.pop(None, None)
        expected = reference.tails(counts, n_bits - 1)
        bits = encoder.fit(X, None, weight).transform(X)
        found = encoder.thresholds_[0]
        spread = max(map(abs, counts), default=0.0)
        assert_allclose(found[: len(expected)], expected, 1e-9, 1e-12 * spread)
        assert np.all(found[len(expected) :] == np.inf)
        assert_array_equal(bits, reference.number_bits(column, found, n_bits))


def test_numbers_beyond_the_ends_are_told_apart():
    x = np.random.default_rng(0).standard_normal((1000, 1))
    encoder = TableEncoder(strategy="tails", packed_output=False).fit(x)
    levels = encoder.transform([[-9], [-5], [x.min()], [x.max()], [5], [9]]).sum(axis=1)
    assert levels[0] < levels[1] < levels[2] < levels[3] < levels[4] < levels[5]
    # Nine values of ten are equal, and one is far away from all others.
    x = np.r_[np.zeros(900), np.linspace(1, 5, 99), 1e6][:, None]
    levels = encoder.fit(x).transform([[-1], [0], [2], [100], [1e6], [1e7]]).sum(axis=1)
    assert np.all(np.diff(levels) > 0)


@pytest.mark.parametrize("value", [0.0, 7.5, np.finfo(np.float64).max])
def test_tails_of_a_constant(value):
    encoder = TableEncoder(4, strategy="tails", packed_output=False)
    below = np.nextafter(value, -np.inf)
    bits = encoder.fit([[value]] * 3).transform([[below], [value], [np.inf]])
    assert_array_equal(bits, [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0]])


@given(drawn=columns(NUMBERS), n_bits=SIZES)
def test_tails_of_any_numbers(drawn, n_bits):
    column, weights = drawn
    X = np.array(column, dtype=np.float64)[:, None]
    encoder = TableEncoder(n_bits, strategy="tails").fit(X, sample_weight=weights)
    used = encoder.thresholds_[encoder.thresholds_ < np.inf]
    assert np.all(np.isfinite(used))
    assert np.all(np.diff(used) > 0)


@given(drawn=columns(st.none() | st.integers(-9, 30)), n_bits=SIZES, data=st.data())
def test_thresholds_of_classes(drawn, n_bits, data):
    column, weights = drawn
    n = len(column)
    y = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    X = np.array(column, dtype=np.float64)[:, None]
    encoder = TableEncoder(n_bits, strategy="supervised", packed_output=False)
    for weight in (None, weights):
        is_used = ~np.isnan(X[:, 0]) & (np.array(weight or [1] * n) > 0)
        thresholds = []
        if n_bits > 1 and is_used.any():
            tree = DecisionTreeClassifier(
                criterion="entropy", max_leaf_nodes=n_bits, random_state=0
            ).fit(X[is_used], y[is_used], np.array(weight or [1] * n)[is_used])
            thresholds = tree.tree_.threshold[tree.tree_.feature >= 0]
        expected = reference.number_bits(column, sorted(thresholds), n_bits)
        bits = encoder.fit(X, np.array(["a", "b", "c"])[y], weight).transform(X)
        assert_array_equal(bits, expected)
        # Only the order of the values matters.
        grown = encoder.fit(np.exp(X), y, weight).transform(np.exp(X))
        assert_array_equal(grown[is_used], bits[is_used])


def test_classes_are_told_apart_by_few_bits():
    x = np.random.default_rng(0).permutation(1000)
    y = np.searchsorted([70, 80, 500], x, side="right")
    encoder = TableEncoder(4, strategy="supervised").fit(x[:, None], y)
    assert {69.5, 79.5, 499.5} <= {*encoder.thresholds_[0]}
    with pytest.raises(ValueError, match="requires y to be passed"):
        encoder.fit(x[:, None])
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        encoder.fit(x[:, None], x / 7)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        encoder.fit(x[:, None], y[1:])


@given(drawn=columns(TEXTS), n_bits=SIZES)
def test_texts(drawn, n_bits):
    column, weights = drawn
    X = np.array([*column, None], dtype=object)[:, None]
    encoder = TableEncoder(n_bits, packed_output=False)
    for weight in (None, weights):
        counts = reference.counted(column, weight or [1] * len(column))
        categories = reference.categories_of(counts, n_bits)
        encoder.fit(X[:-1], None, weight)
        assert encoder.categories_[0].tolist() == categories
        bits = reference.category_bits([*column, None], categories, n_bits)
        assert_array_equal(encoder.transform(X), bits)


@given(drawn=columns(st.none() | st.integers(-3, 9)), n_bits=SIZES)
def test_numbers_as_categories(drawn, n_bits):
    column, weights = drawn
    X = np.array(column, dtype=np.float64)[:, None]
    encoder = TableEncoder(n_bits, categorical_features=[0], packed_output=False)
    bits = encoder.fit(X, sample_weight=weights).transform(X)
    categories = reference.categories_of(reference.counted(column, weights), n_bits)
    assert_array_equal(bits, reference.category_bits(column, categories, n_bits))
    if None not in column:
        whole = X.astype(np.int64)
        assert_array_equal(encoder.fit(whole, None, weights).transform(whole), bits)
    names = encoder.get_feature_names_out()
    assert len(set(names)) == n_bits


@given(drawn=columns(st.tuples(NUMBERS, TEXTS)), n_bits=st.integers(1, 9))
def test_every_container_of_a_table_gives_the_same(drawn, n_bits):
    rows, weights = drawn
    a, b = (list(column) for column in zip(*rows, strict=True))
    encoder = TableEncoder(n_bits, packed_output=False)
    if all(value is None for value in a):
        a[0] = 1.0
    if all(value is None for value in b):
        b[0] = "c"
    expected = encoder.fit(FRAMES["pandas"](a, b), None, weights).transform(
        FRAMES["pandas"](a, b)
    )
    packed = TableEncoder(n_bits).fit(FRAMES["pandas"](a, b), None, weights)
    assert_array_equal(packed.transform(FRAMES["pandas"](a, b)), pack_bits(expected))
    for make in FRAMES.values():
        X = make(a, b)
        assert_array_equal(encoder.fit(X, None, weights).transform(X), expected)


def test_columns_are_adjacent_and_named():
    X = pd.DataFrame(
        {
            "age": [20, 30, np.nan, 40, 40],
            "flag": [True, False, True, True, False],
            "work": ["Private", None, "State", "Private", None],
            "grade": pd.Categorical([3, 1, 1, 3, 3]),
        }
    )
    encoder = TableEncoder(4, packed_output=False).set_output(transform="pandas")
    bits = encoder.fit_transform(X)
    expected = {
        "age > 25": [0, 1, 0, 1, 1],
        "age > 35": [0, 0, 0, 1, 1],
        "age unused 2": [0, 0, 0, 0, 0],
        "age is missing": [0, 0, 1, 0, 0],
        "flag > 0.5": [1, 0, 1, 1, 0],
        "flag unused 1": [0, 0, 0, 0, 0],
        "flag unused 2": [0, 0, 0, 0, 0],
        "flag is missing": [0, 0, 0, 0, 0],
        "work = Private": [1, 0, 0, 1, 0],
        "work is missing": [0, 1, 0, 0, 1],
        "work = State": [0, 0, 1, 0, 0],
        "work is another value": [0, 0, 0, 0, 0],
        "grade = 3": [1, 0, 0, 1, 1],
        "grade = 1": [0, 1, 1, 0, 0],
        "grade unused 2": [0, 0, 0, 0, 0],
        "grade is another value": [0, 0, 0, 0, 0],
    }
    assert bits.columns.tolist() == list(expected)
    assert_array_equal(bits, np.transpose(list(expected.values())))
    later = X.assign(work=["Unseen", None, None, "State", "x"], age=[0, 99, 31, 25, 26])
    bits = encoder.transform(later)
    assert bits["work is another value"].tolist() == [1, 0, 0, 0, 1]
    assert bits["age > 25"].tolist() == [0, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("from_dtype", [False, True, True]),
        (None, [False, False, True]),
        ([], [False, False, True]),
        ([0], [True, False, True]),
        (["n", "c"], [True, True, True]),
        (np.array(["n"], dtype=object), [True, False, True]),
        ([True, False, False], [True, False, True]),
        (np.array([1, 2], dtype=np.uint8), [False, True, True]),
    ],
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_which_columns_are_categories(library, marked, expected):
    X = pd.DataFrame({"n": [1, 2], "c": pd.Categorical(["7", "8"]), "t": ["x", "y"]})
    if library == "pandas":
        X["c"] = pd.Categorical([7, 8])
    else:
        X = pl.from_pandas(X)
        expected = [expected[0], True, True]
    encoder = TableEncoder(3, categorical_features=marked).fit(X)
    found = [categories is not None for categories in encoder.categories_]
    assert found == expected


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ([2], "indices from 0 to 1, got"),
        ([-1], "indices from 0 to 1, got"),
        ([True], "has 1 truth values, but X has 2 columns"),
        (["c"], "has the name 'c', but X has no such column"),
        ([[0]], "one-dimensional"),
        ([0.5], "truth values, of indices or of names"),
        ([0, "a"], "has the name '0'"),
    ],
)
def test_wrong_categorical_features(marked, message):
    X = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
    with pytest.raises(ValueError, match=message):
        TableEncoder(categorical_features=marked).fit(X)
    with pytest.raises(ValueError, match="because it has no names"):
        TableEncoder(categorical_features=["a"]).fit(X.to_numpy())


REFUSED = {
    "dates": pd.DataFrame({"d": pd.date_range("2020-01-01", periods=2)}),
    "objects of dates": pd.DataFrame({"d": [datetime.date(2020, 1, 1)]}),
    "durations": pd.DataFrame({"d": pd.to_timedelta([1], unit="s")}),
    "complex": pd.DataFrame({"d": [1j]}),
    "lists": pd.DataFrame({"d": [[1], [2]]}),
    "dicts": pd.DataFrame({"d": [{"a": 1}]}),
    "bytes": pd.DataFrame({"d": [b"a"]}),
    "intervals": pd.DataFrame({"d": pd.cut(pd.Series([1, 2]), 2)}),
    "dates of Polars": pl.DataFrame({"d": [datetime.date(2020, 1, 1), None]}),
    "times of Polars": pl.DataFrame({"d": [datetime.time(1)]}),
    "lists of Polars": pl.DataFrame({"d": [[1], [2]]}),
    "structs of Polars": pl.DataFrame({"d": [{"a": 1}]}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_values_are_refused(name):
    with pytest.raises(
        TypeError, match=r"Column 'd' holds .* neither numbers nor text"
    ):
        TableEncoder().fit(REFUSED[name])
    encoder = TableEncoder().fit(pd.DataFrame({"d": [1, 2]}))
    with pytest.raises(TypeError, match="Column 'd' holds"):
        encoder.transform(REFUSED[name])


@pytest.mark.parametrize("name", [n for n in REFUSED if "date" in n or "dur" in n])
def test_times_are_called_so(name):
    message = "dates, times or durations|values of type date"
    with pytest.raises(TypeError, match=message):
        TableEncoder().fit(REFUSED[name])


def test_text_beside_numbers_is_refused():
    with pytest.raises(TypeError, match="'d' holds both text and numbers"):
        TableEncoder().fit(pd.DataFrame({"d": ["a", 1]}))


def test_arrays_of_other_values_are_refused():
    for X, error in (
        (np.array([["2020-01-01"]], dtype="M8[D]"), TypeError),
        (np.array([[b"a"]]), TypeError),
        (np.array([[1j]]), ValueError),
        (sparse.csr_matrix(np.eye(2)), TypeError),
        (np.array([{"a": 1}, 2], dtype=object)[:, None], TypeError),
    ):
        with pytest.raises(error):
            TableEncoder().fit(X)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_shapes_and_names_are_checked(make):
    encoder = TableEncoder().fit(make({"a": [1, 2], "b": ["x", "y"]}))
    assert encoder.feature_names_in_.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="names"):
        encoder.transform(make({"b": ["x"], "a": [1]}))
    with pytest.raises(ValueError, match="names"):
        encoder.transform(make({"a": [1], "c": ["x"]}))
    with pytest.raises(ValueError, match="0 sample"):
        encoder.transform(make({"a": [], "b": []}))
    with pytest.raises(ValueError, match="0 sample"):
        TableEncoder().fit(make({"a": [], "b": []}))
    with pytest.raises(ValueError, match="0 feature"):
        TableEncoder().fit(pd.DataFrame(index=[0, 1]))


LATER = {
    "numbers": [np.array([1.0, 2.0]), np.array([1, 2]), pd.array([1, 2], "Int64")],
    "missing": [[1.0, None], pd.array([1, None], "Int64"), [decimal.Decimal(1), pd.NA]],
    "truth": [np.array([True, False]), [True, False], pd.array([True, False])],
    "some truth": [[True, None], pd.array([True, None]), pd.Categorical([True, None])],
}


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("is_category", [False, True])
def test_types_of_columns_may_change(name, is_category):
    marked = [0] if is_category else None
    first = pd.DataFrame({"a": [0, 1, 2, 1, 3]})
    encoder = TableEncoder(4, categorical_features=marked, packed_output=False)
    for fitted in (first, first.astype("category"), first.astype("Float64")):
        encoder.fit(fitted)
        frames = [pd.DataFrame({"a": values}) for values in LATER[name]]
        frames.append(pd.DataFrame({"a": pd.Series(LATER[name][1], dtype=object)}))
        expected = encoder.transform(frames[0])
        assert len(np.unique(expected, axis=0)) == 2
        for frame in frames[1:]:
            assert_array_equal(encoder.transform(frame), expected)


def test_text_for_numbers_and_numbers_for_text_are_refused():
    numbers = pd.DataFrame({"a": [1, 2]})
    texts = numbers.astype(str)
    with pytest.raises(ValueError, match=r"'a' held numbers .* holds text now.*'1'"):
        TableEncoder().fit(numbers).transform(texts)
    with pytest.raises(ValueError, match=r"'a' held text .* holds numbers now"):
        TableEncoder().fit(texts).transform(numbers)
    encoder = TableEncoder(categorical_features=[0]).fit(numbers)
    with pytest.raises(ValueError, match=r"'a' held numbers .* holds text now"):
        encoder.transform(texts)
    nothing = pd.DataFrame({"a": [None, None]}, dtype=object)
    encoder = TableEncoder(2, packed_output=False)
    assert_array_equal(encoder.fit(texts).transform(nothing), [[0, 1], [0, 1]])
    assert_array_equal(encoder.fit(numbers).transform(nothing), [[0, 1], [0, 1]])
    encoder.fit(nothing)
    for other in (texts, numbers):
        assert_array_equal(encoder.transform(other), [[0, 1], [0, 1]])
    assert_array_equal(encoder.transform(nothing), [[1, 0], [1, 0]])


def test_categories_may_be_new():
    X = pd.DataFrame({"a": pd.Categorical(["x", "y", "x"])})
    encoder = TableEncoder(3, packed_output=False).fit(X)
    later = pd.DataFrame({"a": pd.Categorical(["z", "y", None], ["z", "y", "q"])})
    assert_array_equal(encoder.transform(later), [[0, 0, 1], [0, 1, 0], [0, 0, 1]])


def test_constant_and_missing_columns():
    X = np.array([[1.0, np.nan, np.inf], [1.0, np.nan, np.inf]])
    encoder = TableEncoder(3, packed_output=False).fit(X)
    assert np.all(encoder.thresholds_ == np.inf)
    expected = [0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert_array_equal(encoder.transform(X), [expected, expected])
    assert_array_equal(
        encoder.transform([[9, 9, None]])[0], [0, 0, 0, 0, 0, 0, 0, 0, 1]
    )


def test_heavy_values_leave_thresholds_to_others():
    X = np.r_[np.zeros(9_000), np.arange(1_000)][:, None]
    thresholds = TableEncoder(11).fit(X).thresholds_[0]
    assert thresholds[0] == 0.5
    assert_array_equal(np.diff(thresholds), np.full(9, 100))


def test_the_measurement_of_the_manual(monkeypatch):
    monkeypatch.setattr(tables_thresholds, "load_table", lambda name: smoke_table())
    rows = tables_thresholds.rows_of("smoke", most=150)
    assert len(rows[0]) == len(rows[1]) == 150
    for _, steps in tables_thresholds.classifiers(4):
        found = dict(tables_thresholds.accuracies([rows], 4, steps))
        assert found.keys() == {"usual quantiles", "quantile", "supervised"}
        # Three classes, which the table tells apart.
        assert min(found.values()) > 0.6
    column = pd.DataFrame({"a": [0] * 6 + [1, 2, 3, 4]})
    usual = tables_thresholds.UsualQuantiles(3).fit(column)
    assert usual.thresholds_.tolist() == [[0.5, 1.5]]
    assert TableEncoder(3).fit(column).thresholds_.tolist() == [[0.5, 2.5]]


def test_the_measurement_of_members(monkeypatch, capsys):
    monkeypatch.setattr(tables_thresholds, "load_table", lambda name: smoke_table())
    tables_members.main(["smoke", "--most", "150"])
    _, *lines = capsys.readouterr().out.splitlines()
    figures = np.array([line.partition(": ")[2].split() for line in lines], dtype=float)
    assert figures.shape == (4, 3)
    assert np.all(figures > 60)


def test_huge_whole_numbers():
    X = np.array([[2**60], [2**62], [-(2**63)]])
    bits = TableEncoder(3, packed_output=False).fit_transform(X)
    assert_array_equal(bits, [[1, 0, 0], [1, 1, 0], [0, 0, 0]])
    objects = np.array([[10**400], [0], [-(10**400)]], dtype=object)
    bits = TableEncoder(3, packed_output=False).fit_transform(objects)
    assert_array_equal(bits, [[1, 1, 0], [1, 0, 0], [0, 0, 0]])


def test_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"a": rng.normal(size=50), "b": rng.choice(["x", "y", "z", None], 50)}
    )
    for make in (pd.DataFrame, pl.from_pandas, pd.DataFrame.to_numpy):
        table = make(X)
        encoder = TableEncoder(7).fit(table)
        with monkeypatch.context() as patch:
            expected = encoder.transform(table)
            patch.setattr("skbit._utils.input.BLOCK_SIZE", 14)
            assert_array_equal(encoder.transform(table), expected)


def test_frames_are_left_as_they_are():
    X = pd.DataFrame({"a": [3.0, None, 1.0], "b": ["x", None, "y"]})
    before = X.copy(deep=True)
    TableEncoder().fit_transform(X)
    pd.testing.assert_frame_equal(X, before)


@pytest.fixture(scope="module")
def mixed():
    rng = np.random.default_rng(0)
    n = 400
    X = pd.DataFrame(
        {
            "size": rng.normal(size=n),
            "color": rng.choice(["red", "green", "blue"], n),
            "flag": rng.integers(0, 2, n).astype(bool),
        }
    )
    y = (X["size"] > 0) ^ (X["color"] == "red")
    X.loc[::7, "size"] = None
    X.loc[::9, "color"] = None
    return X, y.to_numpy()


def test_in_pipelines_and_unions(mixed):
    X, y = mixed
    model = make_pipeline(TableEncoder(20), OttoScoreClassifier())
    alone = model.fit(X, y).decision_function(X)
    columns = ColumnTransformer(
        [
            ("a", TableEncoder(20), ["size"]),
            ("b", TableEncoder(20), ["color", "flag"]),
        ]
    )
    model = make_pipeline(columns, OttoScoreClassifier())
    assert_array_equal(model.fit(X, y).decision_function(X), alone)
    union = FeatureUnion([("few", TableEncoder(10)), ("many", TableEncoder(32))])
    words = union.fit_transform(X)
    assert words.dtype == np.uint32
    assert_array_equal(words[:, 1:], TableEncoder(32).fit_transform(X))


def test_pickles_and_clones(mixed):
    X, _ = mixed
    encoder = TableEncoder(5, categorical_features=["flag"]).fit(X)
    copy = pickle.loads(pickle.dumps(encoder))
    assert_array_equal(copy.transform(X), encoder.transform(X))
    again = clone(encoder).fit(X)
    assert_array_equal(again.transform(X), encoder.transform(X))


@pytest.mark.parametrize(
    "damaged",
    [
        (None,),
        [None],
        [None, None, np.zeros((1, 1))],
        [None, None, np.zeros(5)],
        [None, None, np.zeros(1, dtype=int)],
    ],
)
def test_damaged_categories_are_refused(mixed, damaged):
    X, _ = mixed
    encoder = TableEncoder(5).fit(X)
    encoder.categories_ = damaged
    with pytest.raises(ValueError, match="categories_ of this TableEncoder is damaged"):
        encoder.transform(X)


def test_a_failed_fit_changes_nothing(mixed):
    X, _ = mixed
    encoder = TableEncoder(5).fit(X)
    before = encoder.transform(X)
    with pytest.raises(TypeError):
        encoder.fit(pd.DataFrame({"a": [1.0], "b": [1j]}))
    assert_array_equal(encoder.transform(X), before)
