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


def test_text_is_refused():
    X = pd.DataFrame({"n": [1.0, 2.0], "t": ["a", "b"]})
    encoder = TableEncoder().fit(X)
    with pytest.raises(NotImplementedError, match="Column 1 holds text, such as 'a'"):
        to_onnx(encoder, np.zeros((1, 2)))
