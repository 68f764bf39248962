# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training of whole pipelines on batches, one after the other."""

import functools
import io
import itertools
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler

from skbit import (
    BitPatchEncoder,
    BitSelector,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.pipeline import partial_fit
from tests.kinds.estimators import state

X, y = load_digits(return_X_y=True)
# Rows by class: parts lack classes.
ORDER = np.argsort(y, kind="stable")
CLASSIFIER = OttoScoreClassifier(calibrate=None)


def parts(n, X=X, y=y):
    return [(X[rows], y[rows]) for rows in np.array_split(ORDER, n)]


def encoder():
    return ThermometerEncoder(4, feature_range=(0, 16))


def pipelines():
    yield "classifier", clone(CLASSIFIER)
    yield (
        "projection",
        make_pipeline(
            encoder(), RandomMAJ3Projection(200, random_state=0), clone(CLASSIFIER)
        ),
    )
    yield (
        "permuted",
        make_pipeline(
            encoder(),
            RandomMAJ3Projection(200, permute_bits=True, random_state=0),
            clone(CLASSIFIER),
        ),
    )
    yield (
        "ferns",
        make_pipeline(RandomFernEncoder(40, random_state=0), clone(CLASSIFIER)),
    )
    yield (
        "passthrough",
        make_pipeline(
            "passthrough", FunctionTransformer(), encoder(), clone(CLASSIFIER)
        ),
    )
    yield (
        "union",
        make_pipeline(
            FeatureUnion(
                [
                    ("a", encoder().set_params(packed_output=False)),
                    ("b", make_pipeline(Normalizer(), RankDensityEncoder(0.2))),
                    ("c", "passthrough"),
                    ("d", "drop"),
                ]
            ),
            RandomFernEncoder(40, random_state=0, input_format="dense"),
            clone(CLASSIFIER),
        ),
    )
    yield (
        "columns",
        make_pipeline(
            make_column_transformer(
                (encoder(), slice(0, 32)),
                (make_pipeline(RandomFernEncoder(40, random_state=0)), slice(20, 64)),
            ),
            clone(CLASSIFIER),
        ),
    )


PIPELINES = dict(pipelines())


@pytest.mark.filterwarnings("ignore:X has dtype float64, so each number")
@pytest.mark.parametrize("n_parts", [1, 3, 64])
@pytest.mark.parametrize("name", PIPELINES)
def test_equals_one_fit(name, n_parts):
    whole = clone(PIPELINES[name]).fit(X, y)
    model = clone(PIPELINES[name])
    assert partial_fit(model, parts(n_parts)) is model
    assert_array_equal(model.decision_function(X), whole.decision_function(X))
    last, expected = (
        found[-1] if isinstance(found, Pipeline) else found for found in (model, whole)
    )
    for attribute in ("classes_", "feature_count_", "class_count_", "coef_"):
        assert_array_equal(getattr(last, attribute), getattr(expected, attribute))
    assert_array_equal(model.predict_proba(X), whole.predict_proba(X))


@pytest.mark.parametrize(
    "table",
    [
        lambda X, names: pd.DataFrame(X, columns=names),
        lambda X, names: pl.DataFrame(X, schema=names),
        lambda X, names: pa.table(dict(zip(names, X.T, strict=True))),
        lambda X, names: pa.record_batch(dict(zip(names, X.T, strict=True))),
    ],
    ids=["pandas", "polars", "table", "record_batch"],
)
def test_tables_have_names(table):
    names = [f"pixel_{i}" for i in range(X.shape[1])]
    model = make_pipeline(RandomFernEncoder(40, random_state=0), CLASSIFIER)
    batches = [(table(rows, names), labels) for rows, labels in parts(5)]
    partial_fit(clone(model), batches)
    found = partial_fit(model, batches)
    expected = clone(model).fit(table(X, names), y)
    # scikit-learn takes no names from record batches.
    if not isinstance(batches[0][0], pa.RecordBatch):
        assert found[0].feature_names_in_.tolist() == names
    assert_array_equal(expected[0].ferns_, found[0].ferns_)
    rows = batches[0][0]
    assert_array_equal(found.decision_function(rows), expected.decision_function(rows))


def test_sparse_rows():
    model = make_pipeline(RandomFernEncoder(40, random_state=0), CLASSIFIER)
    batches = [(sparse.csr_array(rows), labels) for rows, labels in parts(3)]
    found = partial_fit(clone(model), batches)
    whole = clone(model).fit(X, y)
    assert_array_equal(found.decision_function(X), whole.decision_function(X))


def test_labels_of_any_type():
    labels = np.array([f"{'many letters ' * int(i > 4)}{i}" for i in y])
    for given in (labels, labels.astype(object), pd.Series(labels).to_numpy()):
        model = partial_fit(clone(CLASSIFIER), parts(9, y=given))
        whole = clone(CLASSIFIER).fit(X, given)
        assert model.classes_.dtype == whole.classes_.dtype
        assert_array_equal(model.predict(X), whole.predict(X))


class Counted:
    """Batches that count how often they are read."""

    def __init__(self, batches):
        self.batches = batches
        self.n_passes = 0

    def __call__(self):
        for number, batch in enumerate(self.batches):
            # The first one is read once more.
            self.n_passes += number == 1
            yield batch


def test_passes():
    counted = Counted(parts(4))
    partial_fit(clone(PIPELINES["projection"]), counted)
    assert counted.n_passes == 2
    partial_fit(clone(PIPELINES["ferns"]), counted, classes=range(10))
    assert counted.n_passes == 4


def test_an_iterator_is_enough_for_one_pass():
    whole = clone(PIPELINES["projection"]).fit(X, y)
    model = clone(PIPELINES["projection"])
    partial_fit(model, iter(parts(3)), classes=np.arange(10))
    assert_array_equal(model.decision_function(X), whole.decision_function(X))
    batches = iter(parts(3))
    with pytest.raises(TypeError, match="need 2 passes over the batches, but"):
        partial_fit(clone(PIPELINES["projection"]), batches)
    assert len(list(batches)) == 3


def test_fitted_steps_stay_and_the_last_learns_on():
    model = make_pipeline(RandomFernEncoder(40), clone(CLASSIFIER))
    first, second = parts(2)
    model[0].fit(X)
    ferns = state(model[0])
    partial_fit(model, [first], classes=range(10))
    assert state(model[0]) == ferns
    partial_fit(model, iter([second]))
    assert state(model[0]) == ferns
    whole = clone(CLASSIFIER).fit(model[0].transform(X), y)
    assert_array_equal(model[1].feature_count_, whole.feature_count_)
    again = make_pipeline(RandomFernEncoder(40), model[1])
    with pytest.raises(ValueError, match="step 'randomfernencoder' before it is"):
        partial_fit(again, [second])


def test_without_labels():
    model = make_pipeline(encoder(), BitWTAClusterer(8, random_state=0))
    partial_fit(model, [rows for rows, _ in parts(4)])
    expected = BitWTAClusterer(8, random_state=0)
    for rows, _ in parts(4):
        expected.partial_fit(model[0].transform(rows))
    assert state(model[1]) == state(expected)


def test_steps_of_scikit_learn():
    model = make_pipeline(
        StandardScaler(), ThermometerEncoder(4, feature_range=(-2, 2)), CLASSIFIER
    )
    partial_fit(model, parts(4))
    scaler = StandardScaler()
    for rows, _ in parts(4):
        scaler.partial_fit(rows)
    assert_array_equal(model[0].mean_, scaler.mean_)
    assert model.score(X, y) > 0.8
    linear = make_pipeline(StandardScaler(), SGDClassifier(random_state=0))
    assert partial_fit(linear, parts(4)).classes_.tolist() == list(range(10))


def test_frozen_steps_take_part():
    selector = BitSelector(40).fit(encoder().fit_transform(X), y)
    model = make_pipeline(encoder(), FrozenEstimator(selector), clone(CLASSIFIER))
    partial_fit(model, parts(4))
    whole = clone(CLASSIFIER).fit(model[:-1].transform(X), y)
    assert_array_equal(model[-1].coef_, whole.coef_)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (BitSelector(), "BitSelector() has no partial_fit, by which"),
        (
            make_pipeline(encoder(), BitSelector(), CLASSIFIER),
            "Step 'bitselector' (BitSelector) has no partial_fit",
        ),
        (
            make_pipeline(make_union(encoder(), KMeans()), CLASSIFIER),
            "Step 'featureunion__kmeans' (KMeans) has no partial_fit",
        ),
        (
            ColumnTransformer([("a", encoder(), [0]), ("b", KMeans(), [1])]),
            "Step 'b' (KMeans) has no partial_fit",
        ),
    ],
)
def test_what_cannot_learn_in_parts_is_refused_before_reading(model, message):
    def batches():
        raise AssertionError("nothing is to be read")

    with pytest.raises(TypeError, match=re.escape(message)):
        partial_fit(model, batches)


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([], "no rows in any of the batches"),
        ([(X[:0], y[:0])], "no rows in any of the batches"),
        ([X], "the parts have no y"),
        ([(X, y), (X[:, :5], y)], "X has 5 features"),
        ([(X, y[:-1])], "inconsistent numbers of samples"),
        ([(X[:5], np.zeros(5))], "needs at least 2 classes"),
    ],
)
def test_bad_batches(batches, message):
    model = make_pipeline(encoder(), clone(CLASSIFIER))
    before = state(model)
    with pytest.raises(ValueError, match=message):
        partial_fit(model, batches)
    assert state(model) == before
    with pytest.raises(NotFittedError):
        model[0].transform(X)
    fitted = partial_fit(clone(model), parts(2))
    before = state(fitted)
    with pytest.raises(ValueError):
        partial_fit(fitted, [(X, y), (X[:, :5], y)])
    assert state(fitted) == before


def test_batches_as_lists():
    model = partial_fit(make_pipeline(encoder(), clone(CLASSIFIER)), parts(4))
    for batches in (
        [list(part) for part in parts(4)],
        [[X.tolist(), y.tolist()] for X, y in parts(4)],
        [[sparse.csr_array(X), y] for X, y in parts(4)],
        [[pl.DataFrame(X), pl.Series(y)] for X, y in parts(4)],
    ):
        found = partial_fit(clone(model), batches)
        assert_array_equal(found[-1].weights_, model[-1].weights_)
    # Two rows of X alone are no pair.
    rows = [[[0, 1, 0], [1, 1, 0]], [[0, 1, 1], [1, 0, 0]]]
    assert partial_fit(BitWTAClusterer(2), rows).n_samples_seen_ == 4
    assert partial_fit(BitWTAClusterer(2), np.array(rows)).n_samples_seen_ == 4


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ((X, y), "batches is a single table or a single (X, y)"),
        ([X.tolist(), y.tolist()], "batches is a single table or a single (X, y)"),
        (pd.DataFrame(X), "batches is a single table or a single (X, y)"),
        (X, "batches is a single table or a single (X, y)"),
        ([(X, y, y)], "got a tuple of 3"),
    ],
)
def test_what_is_no_batches(batches, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        partial_fit(clone(CLASSIFIER), batches)


def test_known_classes_without_labels():
    with pytest.raises(ValueError, match="the parts have no y"):
        partial_fit(clone(CLASSIFIER), [X, X], classes=range(10))


class ReadOnce:
    """Batches that are read by the first pass, as those of a queue are."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        while self.batches:
            yield self.batches.pop(0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (functools.partial(map, tuple), TypeError, "an iterator, which takes only one"),
        (lambda rows: iter(rows).__iter__, TypeError, "of an earlier pass"),
        (ReadOnce, ValueError, "no rows in a later pass"),
    ],
)
def test_batches_that_are_read_once_are_refused(make, error, message):
    model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier())
    batches = [(X[:100], y[:100]), (X[100:200], y[100:200])]
    with pytest.raises(error, match=message):
        partial_fit(model, make(batches), classes=range(10))
    assert isinstance(model[-1], OttoScoreClassifier)
    with pytest.raises(NotFittedError):
        model[0].transform(X)


def test_remaining_columns_are_learned_from_all_batches():
    model = ColumnTransformer(
        [("first", ThermometerEncoder(4), [20])], remainder=ThermometerEncoder(8)
    )
    whole = clone(model).fit(X)
    partial_fit(model, [X[:10], X[10:]])
    assert_array_equal(model.transform(X), whole.transform(X))
    no_columns = ("none", ThermometerEncoder(4), [])
    model = ColumnTransformer([*clone(model).transformers, no_columns])
    whole = clone(model).fit(X)
    partial_fit(model, [X[:10], X[10:]])
    assert_array_equal(model.transform(X), whole.transform(X))
    refused = ColumnTransformer([("a", Normalizer(), [0])], remainder=KMeans())
    with pytest.raises(TypeError, match=r"'remainder' \(KMeans\) has no partial_fit"):
        partial_fit(refused, [X[:10], X[10:]])


def test_no_batches_at_all():
    with pytest.raises(TypeError, match=r"batches must be an iterable of .* got int"):
        partial_fit(clone(CLASSIFIER), 3)


def test_empty_batches_are_skipped():
    batches = itertools.chain([(X[:0], y[:0])], parts(2), [(X[:0], y[:0])])
    model = partial_fit(clone(CLASSIFIER), list(batches))
    assert_array_equal(model.coef_, clone(CLASSIFIER).fit(X, y).coef_)


def test_tuning_is_announced():
    model = make_pipeline(encoder(), OttoScoreClassifier(max_iter=3))

    def batches():
        raise AssertionError("nothing is to be read")

    with (
        pytest.warns(UserWarning, match="Call skbit.pipeline.tune afterwards") as found,
        pytest.raises(AssertionError),
    ):
        partial_fit(model, batches)
    assert "only counts the parts: max_iter=3 has no effect" in str(found[0].message)
    assert found[0].filename == __file__


def test_drawn_templates_are_those_of_the_first_batch():
    patches = BitPatchEncoder(8, patch_size=3, image_shape=(8, 8), random_state=0)
    model = make_pipeline(encoder(), patches, CLASSIFIER)
    partial_fit(model, parts(5))
    expected = clone(patches).fit(model[0].transform(parts(5)[0][0]))
    assert state(model[1]) == state(expected)


def test_chunks_of_a_file_with_columns_of_two_kinds():
    text = "a,b,y\n" + "\n".join(f"{i % 7},{i % 3},{i % 2}" for i in range(20))
    text += "\n" + "\n".join(f"x{i % 3},{i % 3},{i % 2}" for i in range(20))

    def chunks(**types):
        for chunk in pd.read_csv(io.StringIO(text), chunksize=20, dtype=types):
            yield chunk[["a", "b"]], chunk["y"]

    model = make_pipeline(TableEncoder(), OttoScoreClassifier())
    before = state(model)
    with pytest.raises(TypeError, match=r"'a' holds .*: one in some parts"):
        partial_fit(model, chunks)
    assert state(model) == before
    partial_fit(model, functools.partial(chunks, a=str))
    assert model[0].categories_[1] is None
    assert model[0].categories_[0][:3].tolist() == ["x0", "x1", "x2"]


def test_labels_are_looked_for_after_the_encoder_has_learned():
    tables = [X[:100], np.where(X[100:200] > 0, "text", "none"), X[200:300]]
    counted = Counted([(rows, y[:100]) for rows in tables])
    model = make_pipeline(TableEncoder(4), clone(CLASSIFIER))
    with pytest.raises(TypeError, match="Column 0 "):
        partial_fit(model, counted)
    assert counted.n_passes == 1
