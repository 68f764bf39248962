# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs against the estimators they come from: equal, not close."""

import json
import math

import numpy as np
import onnx
import pytest
import skl2onnx
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from onnx.reference import ReferenceEvaluator
from onnxruntime import InferenceSession
from skl2onnx import get_latest_tested_opset_version
from skl2onnx.common.data_types import (
    DoubleTensorType,
    FloatTensorType,
    StringTensorType,
    UInt32TensorType,
)
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

import skbit
from skbit import (
    BitNoveltyDetector,
    BitPatchClassifier,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.cluster import FlipRule
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.onnx import to_onnx

SEEDS = st.integers(0, 2**32 - 1)
DTYPES = st.sampled_from(["uint8", "int64", "float32", "float64"])
WIDTHS = [8, 16, 32, 64, 128, 256]


def run(onnx_model, X):
    """Check a graph in full and run it; return its outputs by name."""
    onnx.checker.check_model(onnx_model, full_check=True)
    assert {node.domain for node in onnx_model.graph.node} <= {"", "ai.onnx.ml"}
    session = InferenceSession(onnx_model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(None, {"X": X}), strict=True))
    for output in session.get_outputs():
        if isinstance(outputs[output.name], np.ndarray):
            # What the graph says of its shape: a free number of rows, known columns.
            assert len(output.shape) == outputs[output.name].ndim
            assert tuple(output.shape[1:]) == outputs[output.name].shape[1:]
            assert not isinstance(output.shape[0], int)
    return outputs


def numbers(seed, shape, dtype):
    """Numbers with many ties, and some between whole ones if the type has such."""
    X = np.random.default_rng(seed).integers(0, 12, shape).astype(dtype)
    return X if np.dtype(dtype).kind in "iu" else X * X.dtype.type(0.3)


def words_of(seed, shape):
    return np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint32)


def assert_same_bits(encoder, X):
    encoder.fit(X)
    for rows in (X, X[:1]):
        expected = encoder.transform(rows)
        bits = run(to_onnx(encoder, rows), rows)["bits"]
        assert bits.dtype == expected.dtype
        assert_array_equal(bits, expected)


@given(
    SEEDS,
    DTYPES,
    st.integers(1, 9),
    st.integers(1, 20),
    st.sampled_from(["linear", "exp", "sigmoid", "mid", "tri", "up"]),
    st.sampled_from([None, (0, 12), (1.3, 2)]),
    st.booleans(),
)
def test_thermometers(seed, dtype, n_features, n_levels, curve, feature_range, packed):
    encoder = ThermometerEncoder(
        n_levels, curve=curve, feature_range=feature_range, packed_output=packed
    )
    assert_same_bits(encoder, numbers(seed, (7, n_features), dtype))


@given(SEEDS, DTYPES, st.integers(1, 9), st.integers(1, 9))
def test_thermometers_of_quantiles(seed, dtype, n_features, n_levels):
    encoder = ThermometerEncoder(n_levels, strategy="quantile")
    assert_same_bits(encoder, numbers(seed, (20, n_features), dtype))


def test_raw_bytes_and_what_is_none():
    X = np.arange(256).reshape(32, 8)
    encoder = ThermometerEncoder(curve="raw")
    for dtype in ("uint8", "int64", "float32", "float64"):
        assert_same_bits(encoder, X.astype(dtype))
    session = InferenceSession(to_onnx(encoder, X / 1).SerializeToString())
    for value in (0.5, 256, np.nan):
        wrong = np.full((1, 8), float(value))
        with pytest.raises(Exception, match="out of data bounds"):
            session.run(None, {"X": wrong})


@given(
    SEEDS,
    DTYPES,
    st.integers(1, 6),
    st.integers(1, 40),
    st.floats(0, 1),
    st.sampled_from(["quantile", "uniform"]),
    st.booleans(),
)
def test_runs_of_ones(seed, dtype, n_features, n_bits, share, strategy, packed):
    n_active = 1 + int(share * (n_bits - 1))
    encoder = ScalarEncoder(n_bits, n_active, strategy=strategy, packed_output=packed)
    assert_same_bits(encoder, numbers(seed, (9, n_features), dtype))


@given(
    SEEDS,
    DTYPES,
    st.integers(1, 40),
    st.lists(st.floats(0, 1), min_size=1, max_size=3, unique=True),
    st.booleans(),
    st.booleans(),
)
def test_ranks(seed, dtype, n_features, density, fill_ties, packed):
    encoder = RankDensityEncoder(density, fill_ties=fill_ties, packed_output=packed)
    X = numbers(seed, (5, n_features), dtype)
    X[0] = X[0, 0]
    assert_same_bits(encoder, X)


@given(
    SEEDS,
    DTYPES,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.sampled_from([4, 8]),
    st.integers(1, 9),
    st.floats(0, 1),
    st.integers(0, 4),
    st.booleans(),
)
def test_edges(seed, dtype, shape, n_directions, distance, density, dilation, packed):
    encoder = DirectionalEdgeEncoder(
        n_directions,
        distance=distance,
        density=density,
        dilation=dilation,
        image_shape=shape,
        packed_output=packed,
    )
    assert_same_bits(encoder, numbers(seed, (4, math.prod(shape)), dtype))


@given(
    SEEDS,
    DTYPES,
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3)),
    st.sampled_from([1, 4, (0.2, 0.7), (-1, 1.5, 6, 1e300)]),
    st.sampled_from([None, 0, 0.3, 2.1, 1e300]),
    st.booleans(),
    st.sampled_from([4, 8]),
    st.sampled_from([1, 5, (1, 2)]),
    st.booleans(),
)
def test_pixels(
    seed, dtype, shape, thresholds, min_rise, relative, n_directions, distance, packed
):
    encoder = PixelEncoder(
        thresholds,
        min_rise=min_rise,
        n_directions=n_directions,
        distance=distance,
        relative=relative and dtype != "float64",
        image_shape=shape,
        packed_output=packed,
    )
    assert_same_bits(encoder, numbers(seed, (4, math.prod(shape)), dtype))


def test_pixels_of_large_whole_numbers():
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    X = np.array([[low, high, high - 1, 2**53 + 1, 2**53, low + 1, 0, -1, 1]])
    thresholds = (-(2.0**63), -1.5, 2.0**53, 2.0**53 + 2, 2.0**63)
    for min_rise in (0, 2.0**53, 2.0**63, 2.0**64):
        encoder = PixelEncoder(thresholds, min_rise=min_rise, distance=(1, 2))
        assert_same_bits(encoder, X)


@given(
    SEEDS,
    st.integers(1, 70),
    st.integers(1, 9),
    st.sampled_from(["xnor", "xor"]),
    st.sampled_from(["tree", 0.0, 0.3, 0.5, 0.99]),
    st.sampled_from(WIDTHS),
    st.booleans(),
)
def test_projections(seed, n_words, n_components, gate, majority, width, packed):
    X = words_of(seed, (3, n_words))
    projection = RandomMAJ3Projection(
        n_components,
        gate=gate,
        majority="tree" if majority == "tree" else "exact",
        majority_share=0.5 if majority == "tree" else majority,
        container_bits=width,
        random_state=seed,
        packed_output=packed,
    )
    assert_same_bits(projection, X)


@given(SEEDS, st.sampled_from(["tree", "exact"]), st.sampled_from([8, 16, 32, 64]))
def test_projections_with_windows(seed, majority, width):
    height, row_words = 6, 4
    X = words_of(seed, (3, height * row_words))
    projection = RandomMAJ3Projection(
        20,
        majority=majority,
        container_bits=width,
        receptive_field=(1, 5),
        image_shape=(height, row_words * 4),
        random_state=seed,
    )
    assert_same_bits(projection, X)


@given(
    SEEDS,
    st.sampled_from(["tree", "exact"]),
    st.sampled_from([8, 16, 32, 64, 128]),
    st.sampled_from([None, 1, 3, 5]),
    st.booleans(),
)
def test_projections_of_permuted_bits(seed, majority, width, n_seen, packed):
    X = words_of(seed, (3, 40)) if packed else numbers(seed, (5, 77), "float32")
    projection = RandomMAJ3Projection(
        40,
        majority=majority,
        container_bits=width,
        receptive_field=n_seen,
        permute_bits=True,
        random_state=seed,
    )
    assert_same_bits(projection, X)
    if packed:
        assert_same_bits(projection.set_params(permute_bits=False), X)


@pytest.mark.parametrize("dtype", [bool, "uint8", "int64", "float32", "float64"])
@pytest.mark.parametrize("binarize", [0.0, 0.3, np.float64(0.3), 3])
def test_numbers_are_compared_as_numpy_does(dtype, binarize):
    X = numbers(0, (9, 41), "float32" if dtype == "float32" else "float64")
    X = X.astype(dtype)
    projection = RandomMAJ3Projection(5, binarize=binarize, random_state=0)
    assert_same_bits(projection, X)
    classifier = OttoScoreClassifier(binarize=binarize).fit(X, np.arange(9) % 3)
    scores = run(to_onnx(classifier, X), X)["scores"]
    assert_array_equal(scores, classifier.integer_scores(X))


@given(
    SEEDS,
    st.integers(1, 6),
    st.integers(2, 5),
    st.sampled_from([1, 100, 100_000, 2**31 - 1]),
    st.booleans(),
    st.integers(1, 4),
)
def test_classifiers(seed, n_words, n_classes, precision, fit_prior, max_iter):
    X = words_of(seed, (20, n_words))
    y = np.arange(20) % n_classes
    classifier = OttoScoreClassifier(
        precision=precision, fit_prior=fit_prior, max_iter=max_iter, random_state=0
    )
    classifier.fit(X, y)
    outputs = run(to_onnx(classifier, X), X)
    assert outputs["scores"].dtype == np.int64
    assert_array_equal(outputs["scores"], classifier.integer_scores(X))
    assert_array_equal(outputs["label"], classifier.predict(X))


@pytest.mark.parametrize(
    "classes",
    [
        np.array([-3, 0, 2**40]),
        np.array([5, 6, 9], dtype=np.uint8),
        np.array(["no", "perhaps", "yes"]),
        np.array(["no", "perhaps", "yes"], dtype=object),
    ],
    ids=["int64", "uint8", "str", "object"],
)
def test_labels_and_maps(classes):
    X = words_of(0, (30, 2))
    classifier = OttoScoreClassifier().fit(X, classes[np.arange(30) % 3])
    labels = classifier.predict(X).tolist()
    assert run(to_onnx(classifier, X), X)["label"].tolist() == labels
    options = {OttoScoreClassifier: {"zipmap": True}}
    outputs = run(to_onnx(classifier, X, options=options), X)
    assert outputs["label"].tolist() == labels
    scores = classifier.integer_scores(X).astype(np.float32)
    for row, mapped in zip(scores, outputs["scores"], strict=True):
        assert list(mapped) == classes.tolist()
        assert_array_equal(row, list(mapped.values()))


def test_equal_scores_go_to_the_first_class():
    X = np.zeros((4, 1), dtype=np.uint32)
    classifier = OttoScoreClassifier().fit(X, [3, 1, 3, 1])
    assert_array_equal(run(to_onnx(classifier, X), X)["label"], [1, 1, 1, 1])


@given(
    SEEDS,
    st.integers(1, 80),
    st.integers(1, 20),
    st.sampled_from(SIMILARITIES),
    st.sampled_from([(0.5,), (1 / 8, 1 / 4, 1 / 2), tuple(np.arange(1, 8) / 8)]),
    st.sampled_from(["packed", "dense", "flip"]),
)
def test_clusterers(seed, n_bits, n_clusters, similarity, levels, kind):
    rng = np.random.default_rng(seed)
    X = rng.random((60, n_bits)) < rng.choice([0.05, 0.3, 0.8])
    X[::7] = False
    # Rows that occur again make neurons of equal similarity.
    X[30:] = X[:30]
    if kind == "packed":
        X = skbit.bits.pack_bits(X)
    clusterer = BitWTAClusterer(
        n_clusters,
        n_neurons=n_clusters + int(seed % 5),
        similarity=similarity,
        quantization_levels=levels,
        learning=FlipRule() if kind == "flip" else "counters",
        random_state=seed,
    ).fit(X)
    outputs = run(to_onnx(clusterer, X), X)
    assert_array_equal(outputs["label"], clusterer.predict(X))
    assert_array_equal(outputs["scores"], clusterer.transform(X))
    assert_array_equal(outputs["scores"].max(axis=1), clusterer.score_samples(X))
    recalled = clusterer.recall(X)
    assert outputs["pattern"].dtype == recalled.dtype
    assert_array_equal(outputs["pattern"], recalled)


@pytest.mark.parametrize("normalization", ["none", "neuron"])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("calibration_fraction", [0.2, 0.001])
def test_novelty_detectors(normalization, packed, calibration_fraction):
    X = np.random.default_rng(0).random((200, 45)) < 0.3
    if packed:
        X = skbit.bits.pack_bits(X)
    detector = BitNoveltyDetector(
        BitWTAClusterer(8, random_state=0),
        normalization=normalization,
        calibration_fraction=calibration_fraction,
    ).fit(X)
    outputs = run(to_onnx(detector, X), X)
    assert_array_equal(outputs["label"], detector.predict(X))
    assert_array_equal(outputs["scores"], detector.decision_function(X))


@pytest.mark.parametrize("target_opset", [18, 20, get_latest_tested_opset_version()])
def test_opsets(target_opset):
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(
        StandardScaler(),
        ThermometerEncoder(),
        RandomMAJ3Projection(16, random_state=0),
        OttoScoreClassifier(),
    ).fit(X, y)
    onnx_model = to_onnx(model, X, target_opset=target_opset)
    assert onnx_model.opset_import[0].version == target_opset
    assert_array_equal(run(onnx_model, X)["label"], model.predict(X))
    # skl2onnx by itself, with a type or with rows, makes the same graph.
    for given_input in (
        {"X": X[:1]},
        {"initial_types": [("X", DoubleTensorType([None, 4]))]},
    ):
        plain = skl2onnx.to_onnx(
            model,
            **given_input,
            target_opset=target_opset,
            options={id(model[-1]): {"zipmap": False}},
        )
        assert_array_equal(run(plain, X)["label"], model.predict(X))
    with pytest.raises(RuntimeError, match="higher than targeted opsets"):
        to_onnx(model, X, target_opset=17)


def bodies_of(onnx_model):
    """What the Scans of a graph do with a row, as models of their own."""
    for node in onnx_model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "body":
                opsets = onnx_model.opset_import
                yield onnx.helper.make_model(attribute.g, opset_imports=opsets)


def test_second_interpreter_agrees():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(
        ThermometerEncoder(),
        RandomMAJ3Projection(5, random_state=0),
        OttoScoreClassifier(),
    ).fit(X, y)
    scores = model[-1].integer_scores(model[:-1].transform(X))
    steps = [ReferenceEvaluator(body) for body in bodies_of(to_onnx(model, X))]
    assert len(steps) == 3
    for found, expected in zip(X[::10], scores[::10], strict=True):
        for step in steps:
            [found] = step.run(None, {step.input_names[0]: found})
        assert_array_equal(found, expected)


def test_pipelines_of_all_kinds():
    X, y = load_iris(return_X_y=True)
    union = make_union(ThermometerEncoder(), ScalarEncoder(16, 3))
    columns = ColumnTransformer(
        [
            ("a", ThermometerEncoder(5), [0, 2]),
            ("b", RankDensityEncoder(0.5), [1, 3, 0]),
        ]
    )
    dense = make_pipeline(
        ThermometerEncoder(packed_output=False), RandomMAJ3Projection(4, random_state=0)
    )
    for encoder in (union, columns, dense):
        # Thermometers of two features fill so few bits that they could be counts.
        kind = "packed" if encoder is columns else "auto"
        model = make_pipeline(encoder, OttoScoreClassifier(input_format=kind)).fit(X, y)
        outputs = run(to_onnx(model, X), X)
        assert_array_equal(outputs["label"], model.predict(X))
        scores = model[-1].integer_scores(model[:-1].transform(X))
        assert_array_equal(outputs["scores"], scores)
    search = GridSearchCV(model, {"ottoscoreclassifier__alpha": [0.5, 1]}, cv=2)
    search.fit(X, y)
    assert_array_equal(run(to_onnx(search, X), X)["label"], search.predict(X))
    clusters = make_pipeline(encoder, BitWTAClusterer(3, random_state=0)).fit(X)
    assert_array_equal(run(to_onnx(clusters, X), X)["label"], clusters.predict(X))


def test_mnist_to_the_bit(mnist):
    X, y, X_test = mnist[0], mnist[1], mnist[2][:300]
    model = make_pipeline(
        ThermometerEncoder(curve="exp", feature_range=(0, 255)),
        RandomMAJ3Projection(50, random_state=42),
        OttoScoreClassifier(max_iter=2, random_state=0),
    ).fit(X[::6], y[::6])
    outputs = run(to_onnx(model, X), X_test)
    assert_array_equal(outputs["label"], model.predict(X_test))
    scores = model[-1].integer_scores(model[:-1].transform(X_test))
    assert_array_equal(outputs["scores"], scores)


def test_size_of_the_tree():
    """Nodes grow with the logarithm of the containers, and not with the neurons."""
    sizes = {}
    for n_words in (28, 784, 2048):
        X = words_of(0, (1, n_words))
        for n_components in (8, 256):
            projection = RandomMAJ3Projection(n_components, random_state=0).fit(X)
            [body] = bodies_of(to_onnx(projection, X))
            sizes[n_words, n_components] = len(body.graph.node)
        assert sizes[n_words, 8] == sizes[n_words, 256]
        # Per level, three slices, a majority of three, and at most a group of five.
        assert sizes[n_words, 8] <= 26 * math.ceil(math.log(n_words, 3)) + 10


def test_metadata():
    X = words_of(0, (5, 2))
    projection = RandomMAJ3Projection(3, gate="xor", random_state=0).fit(X)
    onnx_model = to_onnx(projection, X)
    metadata = {prop.key: prop.value for prop in onnx_model.metadata_props}
    assert metadata["skbit_version"] == skbit.__version__
    assert json.loads(metadata["parameters"])["gate"] == "xor"
    assert "uint32" in metadata["input_convention"]
    assert "RandomMAJ3Projection" in metadata["model"]
    [given_input] = onnx_model.graph.input
    assert given_input.name == "X"


def unsupported():
    rng = np.random.default_rng(0)
    words, bits = words_of(0, (20, 2)), rng.random((20, 40)) < 0.5
    y = np.arange(20) % 2
    clusterer = BitWTAClusterer(3, random_state=0)
    local = BitNoveltyDetector(clone(clusterer), normalization="local").fit(words)
    projection = RandomMAJ3Projection(3, random_state=0)
    classifier = OttoScoreClassifier()
    on_words, on_bits = clone(projection).fit(words), clone(projection).fit(bits)
    patches = BitPatchClassifier(2, image_shape=(4, 10)).fit(bits, y)
    yield "patches", patches, bits, NotImplementedError, "BitPatchClassifier"
    yield "local", local, words, NotImplementedError, "normalization='local'"
    yield "packed", on_words, bits, ValueError, "fitted on packed bits"
    yield "numbers", on_bits, words, ValueError, "fitted on numbers"
    yield "width", on_words, words[:, :1], ValueError, "expects 2 columns"
    yield (
        "text",
        ThermometerEncoder().fit(bits),
        [["a"] * 40],
        ValueError,
        "takes numbers",
    )
    yield (
        "floats",
        clone(classifier).fit(words, y / 1),
        words,
        NotImplementedError,
        ("integers or strings"),
    )
    inside = make_pipeline(clusterer, LogisticRegression()).fit(words, y)
    yield "inside", inside, words, NotImplementedError, "only as the last step"


@pytest.mark.parametrize("case", list(unsupported()), ids=lambda case: case[0])
def test_no_wrong_graphs(case):
    _, model, X, error, match = case
    with pytest.raises(error, match=match):
        to_onnx(model, X)


def test_several_inputs_and_text_are_refused():
    X = np.zeros((5, 2))
    encoder = ThermometerEncoder().fit(X)
    one = [("a", FloatTensorType([None, 1])), ("b", FloatTensorType([None, 1]))]
    with pytest.raises(ValueError, match="one matrix"):
        skl2onnx.to_onnx(encoder, initial_types=one)
    with pytest.raises(ValueError, match="takes numbers"):
        skl2onnx.to_onnx(encoder, initial_types=[("a", StringTensorType([None, 2]))])
    with pytest.raises(ValueError, match="fitted on numbers"):
        skl2onnx.to_onnx(encoder, initial_types=[("a", UInt32TensorType([None, 2]))])
    classifier = OttoScoreClassifier().fit(X, np.arange(5) % 2)
    with pytest.raises(NameError, match="raw_scores"):
        to_onnx(classifier, X, options={OttoScoreClassifier: {"raw_scores": True}})


def test_large_whole_numbers_are_ranked_with_all_their_digits():
    X = 2**60 + np.array([[3, 1, 2, 0, 4, 2], [0, 0, 1, 1, 2, 2]])
    assert_same_bits(RankDensityEncoder([0.2, 0.5], packed_output=False).fit(X), X)
