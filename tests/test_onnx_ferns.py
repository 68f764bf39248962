# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs of random ferns, alone and beside plain bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from onnx.reference import ReferenceEvaluator
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union

from skbit import OttoScoreClassifier, RandomFernEncoder, ThermometerEncoder
from skbit.bits import pack_bits
from skbit.onnx import to_onnx
from tests.test_onnx import bodies_of, run

rng = np.random.default_rng(0)
Y = np.arange(60) % 3


@given(
    n_bits=st.integers(1, 100),
    n_ferns=st.integers(1, 40),
    fern_size=st.integers(1, 10),
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["packed", "uint8", "float32"]),
    packed_output=st.booleans(),
)
def test_every_combination_of_parameters(
    n_bits, n_ferns, fern_size, seed, kind, packed_output
):
    X = np.random.default_rng(seed).random((9, n_bits)) < 0.5
    X = pack_bits(X) if kind == "packed" else X.astype(kind)
    encoder = RandomFernEncoder(
        n_ferns,
        fern_size,
        input_format="packed" if kind == "packed" else "dense",
        random_state=seed,
        packed_output=packed_output,
    ).fit(X)
    expected = encoder.transform(X)
    onnx_model = to_onnx(encoder, X)
    bits = run(onnx_model, X)["bits"]
    assert bits.dtype == expected.dtype
    assert_array_equal(bits, expected)
    # Another interpreter agrees.
    [body] = map(ReferenceEvaluator, bodies_of(onnx_model))
    assert_array_equal(body.run(None, {body.input_names[0]: X[0]})[0], expected[0])


@pytest.mark.parametrize(
    ("encoded", "packed"), [(True, True), (True, False), (False, True)]
)
def test_bits_beside_ferns(encoded, packed):
    """Behind an encoder, and where the graph begins."""
    X = rng.integers(256, size=(60, 9), dtype=np.uint8)
    encoder = ThermometerEncoder(8, feature_range=(0, 255), packed_output=packed)
    ferns = RandomFernEncoder(
        9, 3, bits_per_feature=8, random_state=0, packed_output=packed
    )
    union = FeatureUnion([("bits", "passthrough"), ("ferns", ferns)])
    if not encoded:
        X = encoder.fit_transform(X)
    before = [encoder] if encoded else []
    model = make_pipeline(*before, union, OttoScoreClassifier()).fit(X, Y)
    outputs = run(to_onnx(model, X), X)
    bits = model[:-1].transform(X)
    assert bits.dtype == (np.uint32 if packed else np.uint8)
    assert_array_equal(outputs["scores"], model[-1].integer_scores(bits))
    assert_array_equal(outputs["label"], model.predict(X))


def test_unions_alone():
    words = rng.integers(2**32, size=(60, 3), dtype=np.uint32)
    ferns = RandomFernEncoder(9, random_state=0)
    union = make_union("passthrough", "drop", ferns).fit(words)
    [bits] = run(to_onnx(union, words), words).values()
    assert_array_equal(bits, union.transform(words))
    union.set_params(randomfernencoder__packed_output=False)
    with pytest.raises(ValueError, match="joins packed and dense bits"):
        to_onnx(union, words)
