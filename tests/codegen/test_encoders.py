# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders in C, for every byte that every feature can have."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from skbit import (
    DirectionalEdgeEncoder,
    PixelEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.preprocessing._curves import CURVES

# Row i holds i in the first feature, and another byte in each of the others.
N_FEATURES = 6
EVERY_BYTE = (np.arange(256)[:, None] + 37 * np.arange(N_FEATURES)).astype(np.uint8)
# What features are like that thresholds are learned from: of all bytes, of few, in a
# narrow range, the same in all rows, and of zeros and ones.
rng = np.random.default_rng(0)
TRAINED_ON = np.column_stack(
    [
        rng.integers(256, size=200),
        rng.choice([3, 100, 101], size=200),
        rng.integers(250, 256, size=200),
        np.full(200, 77),
        np.zeros(200, dtype=int),
        rng.integers(2, size=200),
    ]
)
SCALERS = [
    [],
    [StandardScaler()],
    [StandardScaler(with_mean=False)],
    [StandardScaler(with_std=False)],
    [MinMaxScaler()],
    [MinMaxScaler((-0.3, 0.1), clip=True)],
    [MaxAbsScaler()],
    [MinMaxScaler(), StandardScaler()],
]


def thermometers():
    for curve, feature_range in itertools.product(CURVES, [(0, 255), None]):
        yield ThermometerEncoder(8, curve=curve, feature_range=feature_range)
    yield ThermometerEncoder(curve="raw")
    yield ThermometerEncoder(1)
    yield ThermometerEncoder(300, feature_range=(0, 255))
    yield ThermometerEncoder(5, strategy="quantile")


def scalars():
    for strategy, n_active in itertools.product(["quantile", "uniform"], [1, 5, 33]):
        yield ScalarEncoder(33, n_active, strategy=strategy)


def is_raw(encoder):
    return getattr(encoder, "curve", None) == "raw"


@pytest.mark.parametrize("family", [thermometers, scalars])
def test_every_byte_of_every_feature(compiled, family):
    models = []
    for encoder, scalers in zip(family(), itertools.cycle(SCALERS), strict=False):
        if is_raw(encoder):
            models.append(encoder.fit(EVERY_BYTE))
        else:
            model = make_pipeline(*map(clone, [*scalers, encoder]))
            models.append(model.fit(TRAINED_ON))
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        found = c_model.transform(EVERY_BYTE)
        for dtype in (np.uint8, np.float64, np.int64):
            assert_array_equal(found, model.transform(EVERY_BYTE.astype(dtype)))


def test_thresholds_at_scaled_bytes_and_beside_them(compiled):
    """Some byte of each feature reaches its threshold by a hair, or misses it."""
    models = []
    for scalers, shift in itertools.product(SCALERS, [-np.inf, None, np.inf]):
        model = make_pipeline(*map(clone, scalers), ThermometerEncoder(8))
        model.fit(TRAINED_ON)
        scaled = EVERY_BYTE.astype(float)
        for scaler in model[:-1]:
            scaled = scaler.transform(scaled)
        thresholds = np.sort(scaled[rng.choice(256, 7, replace=False)], axis=0).T
        if shift is not None:
            thresholds = np.nextafter(thresholds, shift)
        model[-1].thresholds_ = np.ascontiguousarray(thresholds)
        models.append(model)
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        found = c_model.transform(EVERY_BYTE)
        assert_array_equal(found, model.transform(EVERY_BYTE.astype(float)))


def test_features_that_are_alike_share_a_table():
    encoder = ThermometerEncoder(8, feature_range=(0, 255)).fit(EVERY_BYTE)
    assert to_c(encoder).flash_bytes == 256
    encoder = ThermometerEncoder(8).fit(TRAINED_ON[:, [0, 2]])
    # A byte for each of two features and seven thresholds: no byte is of level 8.
    assert to_c(encoder).flash_bytes == 2 * 7


@pytest.mark.parametrize("fill_ties", [True, False])
def test_ranks_with_ties(compiled, fill_ties):
    encoder = RankDensityEncoder([0.3, 0, 1, 0.5], fill_ties=fill_ties)
    X = rng.integers(3, size=(300, 10)).astype(np.uint8) * 127
    X[0], X[1] = 0, 255
    (c_model,) = compiled(to_c(encoder.fit(X)))
    assert_array_equal(c_model.transform(X), encoder.transform(X))
    assert_array_equal(c_model.transform(X), encoder.transform(X.astype(float)))


def test_edges(compiled):
    shapes = [(1, 12), (12, 1), (3, 4)]
    encoders = [
        DirectionalEdgeEncoder(n, distance=d, density=0.4, dilation=r, image_shape=s)
        for n, d, r in [(4, 1, 1), (8, 1, 0), (8, 2, 1), (4, 20, 50)]
        for s in shapes
    ]
    X = np.concatenate([EVERY_BYTE[:, :3].repeat(4, axis=1), np.zeros((1, 12))])
    X = np.concatenate([X, rng.integers(256, size=(100, 12))]).astype(np.uint8)
    sources = [to_c(e.fit(X), f"e{i}") for i, e in enumerate(encoders)]
    for encoder, c_model in zip(encoders, compiled(*sources), strict=True):
        assert_array_equal(c_model.transform(X), encoder.transform(X))
        assert_array_equal(c_model.transform(X), encoder.transform(X.astype(float)))


def test_pixels(compiled):
    encoders = [
        PixelEncoder(t, min_rise=r, n_directions=n, distance=d, image_shape=s)
        for t, r, n, d in [
            (2, None, 8, 1),
            (0, 0.0, 4, 2),
            ((-3, 64, 160.5), 40, 8, (1, 30)),
            (33, 254.0, 8, 1),
            ((255,), 255.5, 8, 1),
        ]
        for s in [(1, 12), (2, 6), (3, 2, 2)]
    ]
    X = np.concatenate([EVERY_BYTE.repeat(2, axis=1), np.zeros((1, 12))])
    X = np.concatenate([X, rng.integers(256, size=(100, 12))]).astype(np.uint8)
    X[-2], X[-1] = [0, 255] * 6, 255
    sources = [to_c(e.fit(X), f"e{i}") for i, e in enumerate(encoders)]
    for encoder, c_model in zip(encoders, compiled(*sources), strict=True):
        assert_array_equal(c_model.transform(X), encoder.transform(X))
        assert_array_equal(c_model.transform(X), encoder.transform(X.astype(float)))
