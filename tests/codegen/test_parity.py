# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C computes what Python computes, whatever the parameters."""

import tempfile

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.pipeline import Pipeline

from skbit import (
    BitNoveltyDetector,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomMAJ3Projection,
)
from skbit.bits import pack_bits
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.codegen import to_c
from skbit.codegen._compiler import load
from skbit.naive_bayes import round_log_odds
from skbit.novelty._c import LEVELS
from tests.codegen.models import fitted_models


def assert_same(model, X, c_model):
    """Compare everything that the C answers with what Python does."""
    last = model[-1] if isinstance(model, Pipeline) else model
    bits = model[:-1].transform(X) if isinstance(model, Pipeline) else X
    if hasattr(last, "integer_scores"):
        assert_same_classes(model, last, X, c_model)
    elif isinstance(last, BitWTAClusterer):
        assert_same_winners(last, bits, X, c_model)
    elif isinstance(last, BitNoveltyDetector):
        assert_same_novelties(last, bits, X, c_model)
    else:
        expected = model.transform(X)
        if expected.dtype != np.uint32:
            expected = pack_bits(expected)
        assert_array_equal(c_model.transform(X), expected)


def assert_same_classes(model, last, X, c_model):
    bits = model[:-1].transform(X) if isinstance(model, Pipeline) else X
    assert_array_equal(c_model.scores(X), last.integer_scores(bits))
    assert_array_equal(c_model.decision_function(X), last.decision_function(bits))
    predicted, found = model.predict(X), c_model.predict(X)
    assert_array_equal(found, predicted)
    assert found.dtype == predicted.dtype


def assert_same_novelties(detector, bits, X, c_model):
    assert_array_equal(c_model.predict(X), detector.predict(bits))
    n = len(detector.calibration_scores_)
    levels = [level for level in LEVELS if level >= 1 / (1 + n)]
    if levels:
        expected = detector.p_values(bits)[:, None] > levels
        assert_array_equal(c_model.p_value_class(X), expected.sum(axis=1))


def assert_same_winners(clusterer, bits, X, c_model):
    assert_array_equal(c_model.predict(X), clusterer.predict(bits))
    neurons = clusterer.predict_neuron(bits)
    found, (numerators, denominators) = c_model.winner(X)
    assert_array_equal(found, neurons)
    similarities = numerators / denominators
    if clusterer.similarity == "cosine":
        similarities = np.sqrt(similarities)
    assert_array_equal(similarities, clusterer.score_samples(bits))
    found, patterns = c_model.recall(X)
    assert_array_equal(found, neurons)
    assert_array_equal(patterns, clusterer.patterns_[neurons])


@pytest.mark.usefixtures("compiled")
# Shrinking would compile for minutes.
@settings(
    max_examples=4,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    st.lists(
        st.tuples(
            fitted_models(),
            st.sampled_from(["stored", "seed"]),
            st.sampled_from([None, 2, 3, 4, 7, 8, 16]),
        ),
        min_size=12,
        max_size=12,
    )
)
def test_every_combination_of_parameters(drawn):
    models, sources = [], []
    for number, ((model, X), random_words, bits) in enumerate(drawn):
        last = model[-1] if isinstance(model, Pipeline) else model
        if bits and isinstance(last, OttoScoreClassifier):
            model = round_log_odds(model, bits)
        models.append((model, X))
        first = model[0] if isinstance(model, Pipeline) else model
        # Of the numbers that are compared with binarize, only the test knows the type.
        dtype = X.dtype.name if getattr(first, "binarize", 0) else None
        options = {"random_words": random_words, "input_dtype": dtype}
        sources.append(to_c(model, f"model_{number}", **options))
    with tempfile.TemporaryDirectory() as folder:
        for (model, X), c_model in zip(models, load(folder, *sources), strict=True):
            assert_same(model, X, c_model)


@pytest.mark.parametrize("majority", ["tree", "exact"])
@pytest.mark.parametrize("random_words", ["stored", "seed"])
def test_permuted_bits_and_random_containers(compiled, majority, random_words):
    X = (np.random.default_rng(0).random((40, 75)) < 0.5).astype(np.uint8)
    X[:, ::5] = 0
    models = [
        RandomMAJ3Projection(
            n_components,
            majority=majority,
            receptive_field=n_seen,
            permute_bits=permute_bits,
            container_bits=width,
            random_state=n_components,
        ).fit(X)
        for n_components, n_seen, permute_bits, width in [
            (33, None, True, 8),
            (65, None, True, 32),
            (2, None, True, 128),
            (70, 3, True, 8),
            (40, 5, True, 16),
            (64, 9, True, 32),
            (33, 4, True, 64),
            (40, 5, False, 8),
            (7, 1, False, 32),
            (7, 2, False, 64),
        ]
    ]
    sources = [
        to_c(model, f"model_{i}", random_words=random_words)
        for i, model in enumerate(models)
    ]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same(model, X, c_model)


def test_of_equal_neurons_the_first_wins(compiled):
    """Every input of eight bits, among patterns that occur twice or are empty."""
    X = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.uint8)
    stored = X[[7, 56, 7, 0, 224, 0, 192, 56, 255]]
    models = [
        BitWTAClusterer(similarity=similarity, quantization_levels=levels).store(stored)
        for similarity in SIMILARITIES
        for levels in [(0.5,), (0.2, 0.4, 0.6)]
    ]
    sources = [to_c(model, f"model_{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same_winners(model, X, X, c_model)
