# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bits of weights."""

from math import prod

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline, make_union

import skbit
from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ThermometerEncoder,
)
from skbit.cluster import FlipRule
from skbit.metrics import BitMass, bit_mass

RNG = np.random.default_rng(0)
X, Y = RNG.integers(0, 256, size=(60, 784)), np.arange(60) % 10


def perceptron(kind=MLPClassifier, hidden=8):
    return kind(
        hidden_layer_sizes=hidden, solver="lbfgs", max_iter=2000, random_state=0
    )


def test_the_seeds_network():
    floats = bit_mass(perceptron().fit(X / 255, Y))
    bits = bit_mass(BitHebbianClassifier(256).fit(X, Y))
    assert floats.total == bits.total == 784 * 8 * 32 + 8 * 10 * 32 == 203_264
    assert floats.n_other_bits == 32 * (8 + 10)
    # A threshold is at most 784.
    assert bits.n_other_bits == 256 * 10
    assert floats.neuron_view == ((784, 8, 32), (8, 10, 32))
    assert bits.neuron_view == ((784, 256, 1), (256, 10, 1))
    assert floats.bit_view == ((784, 256), (8, 320))
    assert bits.bit_view == ((784, 256), (256, 10))
    assert floats.data_view == bits.data_view == (6272, 80)


def masses():
    words = ThermometerEncoder(curve="raw").fit_transform(X)
    yield "projection", RandomMAJ3Projection(8).fit(words), 196 * 8 * 32, 0
    # 3 to 4 image rows high: 4 to 5 of 7 containers wide, of which as many are seen.
    windows = RandomMAJ3Projection(
        50, receptive_field=(3, 4), image_shape=(28, 28), random_state=0
    ).fit(words)
    seen = sum(prod(window[2:]) for window in windows.receptive_fields_)
    yield "windows", windows, 32 * int(seen), 0
    narrow = RandomMAJ3Projection(8, container_bits=8).fit(words)
    yield "narrow", narrow, 4 * 196 * 8 * 8, 0
    otto = OttoScoreClassifier().fit(words, Y)
    yield "log-odds", otto, 10 * 196 * 32 * 32, 10 * 64
    yield "no hidden units", BitHebbianClassifier(0).fit(X, Y), 7840, 10 * 10
    yield "counters", BitWTAClusterer(4).fit(X), 784 * 4 * 2, 0
    yield "flips", BitWTAClusterer(4, learning=FlipRule()).fit(X), 784 * 4, 0
    detector = BitNoveltyDetector(BitWTAClusterer(4)).fit(X)
    # What it hands on is packed, 16 bits of padding included.
    yield "detector", detector, 800 * 4 * 2, (12 + 1) * 64
    yield "encoder", RankDensityEncoder().fit(X), 0, 0
    encoders = make_union(
        ThermometerEncoder().fit(X), RankDensityEncoder().fit(X), "drop"
    )
    model = make_pipeline(encoders, "passthrough", narrow, otto)
    yield "pipeline", model, bit_mass(narrow).total + bit_mass(otto).total, 10 * 64
    # Thirteen bits number the bits of a row.
    yield "ferns", RandomFernEncoder(7, 3).fit(words), 0, 7 * 3 * 13
    union = make_union("passthrough", RandomFernEncoder(7, 3)).fit(words)
    yield "beside plain bits", union, 0, 7 * 3 * 13
    regressor = perceptron(MLPRegressor, (5, 3)).fit(X[:, :4] / 255, Y)
    yield "regressor", regressor, 32 * (4 * 5 + 5 * 3 + 3), 32 * (5 + 3 + 1)


def test_masses():
    for name, estimator, total, n_other_bits in masses():
        mass = bit_mass(estimator)
        assert mass.total == total, name
        assert mass.n_other_bits == n_other_bits, name
        assert mass.total == sum(prod(layer) for layer in mass.bit_view)
        assert 0 <= 32 * sum(mass.data_view) - total <= 31 * len(mass.data_view)


def test_every_estimator_has_a_mass():
    for name in skbit.__all__:
        estimator = getattr(skbit, name)()
        if name == "DirectionalEdgeEncoder":
            estimator.set_params(image_shape=(28, 28))
        assert isinstance(bit_mass(estimator.fit(X, Y)), BitMass)


def test_what_has_no_known_weights():
    with pytest.raises(TypeError, match="weights of a LogisticRegression are unknown"):
        bit_mass(LogisticRegression())
    with pytest.raises(NotFittedError):
        bit_mass(BitHebbianClassifier())


def test_masses_are_those_of_the_fit():
    """Parameters that are set afterwards change nothing; damage is an error."""
    for name, estimator, total, n_other_bits in masses():
        before = bit_mass(estimator)
        if not hasattr(estimator, "fitted_params_"):
            continue
        for parameter in estimator.fitted_params_:
            setattr(estimator, parameter, "changed")
        assert bit_mass(estimator) == before, name
        assert (before.total, before.n_other_bits) == (total, n_other_bits)
    model = BitWTAClusterer(4).fit(X)
    model.n_features_in_ = "changed"
    with pytest.raises(ValueError, match="damaged"):
        bit_mass(model)
