# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty detectors in C: labels and classes of p-values."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import BitNoveltyDetector, BitWTAClusterer, ThermometerEncoder
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.codegen import to_c
from skbit.novelty._c import lowest_fraction
from tests.codegen.test_parity import assert_same

DIGITS, Y = load_digits(return_X_y=True)
rng = np.random.default_rng(0)


def detector(similarity="cosine", n_neurons=16, **params):
    clusterer = BitWTAClusterer(n_neurons, similarity=similarity, random_state=0)
    return BitNoveltyDetector(clusterer, **params)


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("normalization", ["none", "neuron"])
def test_held_out_digits(compiled, similarity, normalization):
    models = [
        make_pipeline(
            ThermometerEncoder(3, feature_range=(0, 16)),
            detector(
                similarity, normalization=normalization, contamination=contamination
            ),
        ).fit(DIGITS[Y < 7])
        for contamination in (0.1, 0.001, "auto")
    ]
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same(model, DIGITS, c_model)
    assert (models[0].predict(DIGITS) == -1).sum() > 200


@pytest.mark.parametrize("similarity", SIMILARITIES)
def test_every_threshold_that_a_row_can_lie_on(compiled, similarity):
    """Few bits, so that scores equal the offset, and inputs without ones."""
    X = (rng.random((400, 7)) < 0.5).astype(np.uint8)
    every = (np.arange(128)[:, None] >> np.arange(7) & 1).astype(np.uint8)
    models = [
        detector(
            similarity,
            n_neurons,
            normalization=normalization,
            contamination=contamination,
            calibration_fraction=fraction,
        ).fit(X[:n_rows])
        for n_neurons in (1, 5)
        for normalization in ("none", "neuron")
        for contamination in (0.03, 0.5, "auto")
        for fraction, n_rows in ((0.5, 400), (0.1, 60))
    ]
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same(model, every, c_model)


def test_without_calibration_rows_no_row_is_novel(compiled):
    model = detector().fit(DIGITS[:1] > 7)
    (c_model,) = compiled(to_c(model))
    assert "p_value_class" not in c_model.source.header
    assert_array_equal(c_model.predict(DIGITS > 7), 1)


def test_levels_of_quantization(compiled):
    clusterer = BitWTAClusterer(8, quantization_levels=(0.2, 0.4, 0.6), random_state=0)
    model = BitNoveltyDetector(clusterer, binarize=7).fit(DIGITS[Y < 7])
    assert_same(model, DIGITS, compiled(to_c(model, input_dtype="uint8"))[0])


def test_what_cannot_be_exported():
    model = detector(normalization="local", n_neighbors=3).fit(DIGITS > 7)
    with pytest.raises(ValueError, match="normalization='local' divides means"):
        to_c(model)


@pytest.mark.parametrize("most", [1, 2, 7, 1000])
def test_lowest_fractions(most):
    for number in [-2, -0.3, 0, 1 / 3, 0.5, math.pi / 4, 0.999, 1, 1.2, 5, -9]:
        bound = Fraction(number)
        found = Fraction(
            *lowest_fraction(lambda p, q, b=bound: Fraction(p, q) >= b, most)
        )
        possible = (
            Fraction(p, q)
            for q in range(1, min(most, 60) + 1)
            for p in range(-4 * q, 3 * q + 1)
        )
        if most < 60:
            assert found == min((f for f in possible if f >= bound), default=3)
        else:
            assert found >= min(bound, 3)
            assert found - bound < Fraction(1, most) or number in (5, -9)
            assert found.denominator <= most
