# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs of BitPatchEncoder, alone and in pipelines, and those of all examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from onnx.reference import ReferenceEvaluator
from sklearn.pipeline import make_pipeline

from skbit import BitPatchEncoder, OttoScoreClassifier, PixelEncoder
from skbit._utils.registry import collect
from skbit.bits import pack_bits
from skbit.naive_bayes import round_log_odds
from skbit.onnx import to_onnx
from tests.kinds.estimators import KINDS, name_of
from tests.test_onnx import bodies_of, run

SIDES = st.tuples(st.integers(1, 12), st.integers(1, 34), st.integers(1, 4))
CONVERTED = collect("_onnx", "CONVERTERS")


@st.composite
def encoders(draw, shape):
    """Encoders of images of a shape, with any parameters."""
    patch = [draw(st.integers(1, min(side, 6))) for side in shape[:2]]
    n_templates = draw(st.sampled_from([1, 5, 31, 32, 33, 70]))
    return BitPatchEncoder(
        n_templates,
        patch_size=tuple(patch),
        stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        padding=tuple(draw(st.integers(0, size - 1)) for size in patch),
        n_winners=draw(st.integers(1, min(n_templates, 5))),
        min_ones=draw(st.sampled_from([0, 1, 3, 2**40])),
        grid=draw(st.sampled_from([None, 1])),
        cell_size=draw(st.sampled_from([None, 1])),
        pooling=draw(st.sampled_from(["or", "none", (1,), (1, 3), (2, 2**31 - 1)])),
        codebook=draw(st.sampled_from(["sample", "competition", "random"])),
        image_shape=shape,
        random_state=draw(st.integers(0, 2**32 - 1)),
        packed_output=draw(st.booleans()),
    )


@given(
    st.data(),
    SIDES,
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.1, 0.5, 0.9]),
    st.sampled_from(["packed", "uint8", "float32"]),
)
def test_every_combination_of_parameters(data, shape, seed, density, kind):
    X = np.random.default_rng(seed).random((9, np.prod(shape))) < density
    X[0], X[1] = 0, 1
    X = pack_bits(X) if kind == "packed" else X.astype(kind)
    encoder = data.draw(encoders(shape)).fit(X)
    expected = encoder.transform(X)
    bits = run(to_onnx(encoder, X), X)["bits"]
    assert bits.dtype == expected.dtype
    assert_array_equal(bits, expected)


def is_converted(kind):
    # normalization="local" is refused.
    is_local = getattr(kind.estimator, "normalization", None) == "local"
    return type(kind.estimator) in CONVERTED and not is_local


@pytest.mark.parametrize("kind", [*filter(is_converted, KINDS)], ids=name_of)
def test_examples(kind):
    X, _ = kind.data(60)
    model = kind.fitted(60)
    outputs = run(to_onnx(model, X), X)
    if "label" in outputs:
        assert_array_equal(outputs["label"], model.predict(X))
    if hasattr(model, "transform"):
        found = outputs["scores" if "scores" in outputs else "bits"]
        assert_array_equal(found, model.transform(X))


def stacked(shape, **params):
    """A pipeline of two encoders of patches, of which the second sees the first's."""
    first = BitPatchEncoder(40, image_shape=shape, random_state=0, **params)
    second = BitPatchEncoder(
        33, patch_size=2, image_shape=(4, 4), pooling=(1, 2), random_state=1
    )
    return make_pipeline(
        PixelEncoder(thresholds=2, image_shape=shape),
        first,
        second,
        OttoScoreClassifier(max_iter=3, random_state=0),
    )


@pytest.mark.parametrize("packed", [True, False])
def test_stacked_encoders_and_a_classifier(packed):
    rng = np.random.default_rng(0)
    X, y = rng.integers(256, size=(60, 120), dtype=np.uint8), np.arange(60) % 3
    model = stacked((10, 12), patch_size=3, packed_output=packed).fit(X, y)
    rounded = round_log_odds(model, 3)
    for each in (model, rounded):
        outputs = run(to_onnx(each, X), X)
        scores = each[-1].integer_scores(each[:-1].transform(X))
        assert_array_equal(outputs["scores"], scores)
        assert_array_equal(outputs["label"], each.predict(X))
    # Another interpreter agrees.
    steps = [ReferenceEvaluator(body) for body in bodies_of(to_onnx(model, X))]
    scores = model[-1].integer_scores(model[:-1].transform(X))
    for found, expected in zip(X[::20], scores[::20], strict=True):
        for step in steps:
            [found] = step.run(None, {step.input_names[0]: found})
        assert_array_equal(found, expected)


def test_graphs_are_small():
    """The templates are a byte per bit, and nothing else grows with the images."""
    n_nodes, n_bytes = set(), []
    for side in (12, 60):
        encoder = BitPatchEncoder(64, image_shape=(side, side), random_state=0)
        X = np.random.default_rng(0).integers(2, size=(9, side**2), dtype=np.uint8)
        graph = to_onnx(encoder.fit(X), X)
        n_nodes |= {len(body.graph.node) for body in bodies_of(graph)}
        n_bytes.append(len(graph.SerializeToString()))
    assert len(n_nodes) == 1
    assert max(n_bytes) < 65 * 49 + 8000


def test_mnist_to_the_bit(mnist):
    """Every bit, score and label of 10,000 training images."""
    X, y, *_ = mnist
    model = make_pipeline(
        PixelEncoder(thresholds=(63, 159), image_shape=(28, 28)),
        BitPatchEncoder(
            64, padding=2, pooling=(1, 4), image_shape=(28, 28), random_state=0
        ),
        OttoScoreClassifier(max_iter=2, random_state=0),
    ).fit(X[:5000], y[:5000])
    X = X[50_000:]
    bits = model[:-1].transform(X)
    [found] = run(to_onnx(model[:-1], X), X).values()
    assert_array_equal(found, bits)
    outputs = run(to_onnx(model[-1], bits), bits)
    assert_array_equal(outputs["scores"], model[-1].integer_scores(bits))
    assert_array_equal(outputs["label"], model.predict(X))
