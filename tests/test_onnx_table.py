# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in ONNX: equal bits, also of missing values and categories."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from onnxruntime import InferenceSession
from sklearn.pipeline import make_pipeline, make_union

from skbit import OttoScoreClassifier, RandomFernEncoder, TableEncoder
from skbit.onnx import to_onnx

DTYPES = ["uint8", "int64", "float32", "float64"]


def table(seed, n_rows, dtype):
    """Return numbers with ties and, if they are floats, missing and infinite ones."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 12, (n_rows, 5)).astype(dtype)
    if X.dtype.kind == "f":
        X[:, :2] *= X.dtype.type(0.3)
        X[rng.random(X.shape) < 0.2] = np.nan
        X[rng.random(X.shape) < 0.05] = np.inf
        X[rng.random(X.shape) < 0.05] = -np.inf
    return X


def run(onnx_model, X):
    session = InferenceSession(onnx_model.SerializeToString())
    return session.run(None, {"X": X})


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(DTYPES),
    st.sampled_from(DTYPES),
    st.integers(1, 40),
    st.booleans(),
)
def test_bits(seed, fitted, dtype, n_bits, packed):
    encoder = TableEncoder(n_bits, categorical_features=[2, 4], packed_output=packed)
    encoder.fit(table(seed, 30, fitted))
    X = table(seed + 1, 30, dtype)
    (bits,) = run(to_onnx(encoder, X), X)
    expected = encoder.transform(X)
    assert bits.dtype == expected.dtype
    assert_array_equal(bits, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_beside_thresholds(dtype):
    encoder = TableEncoder(4).fit(np.array([[0.1], [0.2], [0.3]]))
    thresholds = encoder.thresholds_[0, :2].astype(dtype)
    X = [np.nextafter(thresholds, end) for end in (-np.inf, np.inf)]
    X = np.concatenate([*X, thresholds])[:, None]
    (bits,) = run(to_onnx(encoder, X), X)
    assert_array_equal(bits, encoder.transform(X))


def test_pipelines():
    X = table(0, 200, "float64")
    y = (np.nan_to_num(X[:, 2]) > 5).astype(int)
    model = make_pipeline(
        TableEncoder(32),
        make_union(
            "passthrough", RandomFernEncoder(9, bits_per_feature=32, random_state=0)
        ),
        OttoScoreClassifier(),
    ).fit(X, y)
    label, scores = run(to_onnx(model, X), X)
    assert_array_equal(label, model.predict(X))
    assert_array_equal(scores, model[-1].integer_scores(model[:-1].transform(X)))


def feed(X):
    """Return the columns of a frame as inputs; a text that is missing is empty."""
    columns = {name: X[[name]].to_numpy() for name in X}
    return {
        name: column
        if column.dtype != object
        else np.where(X[[name]].isna(), "", column)
        for name, column in columns.items()
    }


@given(
    st.lists(
        st.none() | st.sampled_from("abcd") | st.text("xyzäß ", min_size=1, max_size=2),
        min_size=20,
        max_size=20,
    ),
    st.integers(1, 9),
    st.booleans(),
)
def test_texts(texts, n_bits, packed):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "number": rng.choice([0.5, 1, 7, np.nan], 20),
            "text": pd.Series([*texts[:19], "q"], dtype=object),
            "whole": rng.integers(0, 9, 20),
            "kind": pd.Categorical(texts),
        }
    )
    X["kind"] = X["kind"].astype(object)
    encoder = TableEncoder(n_bits, packed_output=packed).fit(X[:15])
    session = InferenceSession(to_onnx(encoder, X).SerializeToString())
    assert [given.name for given in session.get_inputs()] == list(X)
    (bits,) = session.run(None, feed(X))
    expected = encoder.transform(X)
    assert bits.dtype == expected.dtype
    assert_array_equal(bits, expected)


def mixed(n=200):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "age": rng.integers(20, 60, n),
            "gain": rng.normal(size=n).astype(np.float32),
            "work": rng.choice(["a", "b", "", "rare"], n, p=[0.4, 0.3, 0.2, 0.1]),
            "flag": rng.integers(0, 2, n).astype(bool),
            "grade": pd.Categorical(rng.integers(0, 3, n)),
        }
    )
    X.loc[::9, "gain"] = np.nan
    return X, rng.integers(0, 3, n)


def test_pipelines_of_texts():
    X, y = mixed()
    model = make_pipeline(
        TableEncoder(4),
        make_union(
            "passthrough", RandomFernEncoder(9, bits_per_feature=4, random_state=0)
        ),
        OttoScoreClassifier(),
    ).fit(X, y)
    session = InferenceSession(to_onnx(model, X).SerializeToString())
    columns = feed(X.astype({"grade": float}))
    label, scores = session.run(None, columns)
    assert_array_equal(label, model.predict(X))
    assert_array_equal(scores, model[-1].integer_scores(model[:-1].transform(X)))


def test_wrong_columns_are_refused():
    X, _ = mixed()
    encoder = TableEncoder().fit(X)
    with pytest.raises(ValueError, match=r"Column 1 held numbers .* graph is text"):
        to_onnx(encoder, X.assign(gain=X["work"]))
    with pytest.raises(ValueError, match=r"expects 5 columns, but .* have 4"):
        to_onnx(encoder, X.drop(columns="flag"))


def test_text_is_refused():
    X = pd.DataFrame({"n": [1.0, 2.0], "t": ["a", "b"]})
    encoder = TableEncoder().fit(X)
    with pytest.raises(NotImplementedError, match="Column 't' holds text, such as 'a'"):
        to_onnx(encoder, np.zeros((1, 2)))
