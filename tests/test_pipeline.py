# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of images and series that are ready to use."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import FeatureUnion, Pipeline

from skbit.pipeline import image_pipeline, series_pipeline

SIZES = ["tiny", "small", "large"]
LEAST = {"tiny": 0.955, "small": 0.965, "large": 0.985}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    return X[order].astype(np.uint8), y[order]


@pytest.mark.parametrize("size", SIZES)
def test_digits(digits, size):
    model = image_pipeline((8, 8), size, random_state=0)
    assert cross_val_score(model, *digits, cv=4).mean() > LEAST[size]


@pytest.mark.parametrize("size", SIZES)
def test_neither_scale_nor_threads_matter(digits, size):
    X, y = digits
    expected = image_pipeline((8, 8), size, random_state=3).fit(X[:300], y[:300])
    for scaled in (X * 8, X / 16.0, X.astype(np.float32) - 7):
        model = image_pipeline((8, 8), size, random_state=3, n_jobs=2)
        model.fit(scaled[:300], y[:300])
        assert_array_equal(model.predict(scaled), expected.predict(X))


def test_a_pipeline_is_an_ordinary_one(digits):
    X, y = digits
    model = image_pipeline((8, 8), "large", random_state=0)
    assert type(model) is Pipeline
    assert type(model["patches"]) is FeatureUnion
    model.set_params(patches__patches3__n_templates=40, classifier__max_iter=2)
    model = clone(model).fit(X, y)
    bits = model[:-1].transform(X[:5])
    # Nine cells of two counts each, of 40 and of 256 templates, and packed.
    assert bits.dtype == np.uint32
    assert bits.shape == (5, -(-9 * 2 * 40 // 32) + 9 * 2 * 256 // 32)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "shape", [(4, 4), (1, 9), [3, 40], (7, 5, 3), (28, 28), (64, 64, 1)]
)
def test_any_shape(shape, size):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 100, (40, np.prod(shape)), dtype=np.uint8)
    y = np.arange(40) % 2
    # The classes differ in the last channel alone.
    X[y == 1, -1 :: -shape[2] if len(shape) == 3 else -1] += 150
    model = image_pipeline(shape, size, random_state=0).fit(X[:30], y[:30])
    assert model.score(X[30:], y[30:]) == 1
    assert model["pixels"].image_shape_ == tuple(shape[:2])


def waves(n, length, n_channels):
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    phase = rng.uniform(0, 6, (n, 1, n_channels))
    phase = phase + np.linspace(0, length / 4, length)[:, np.newaxis]
    square = np.sign(np.sin(phase))
    X = np.where(y[:, np.newaxis, np.newaxis], np.sin(phase), square)
    return (X + rng.normal(scale=0.2, size=X.shape)).reshape(n, -1), y


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n_channels", [1, 2, 12])
def test_series(size, n_channels):
    X, y = waves(300, 60, n_channels)
    model = series_pipeline(60, size, n_channels=n_channels, random_state=0)
    assert model.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.9


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (2, 2), (1, 2, 3)])
def test_smallest_images(shape, size):
    X = np.repeat(np.arange(40)[:, np.newaxis] % 2, np.prod(shape), axis=1)
    model = image_pipeline(shape, size, random_state=0).fit(X, X[:, 0])
    assert model.predict(X).shape == (40,)
    model = series_pipeline(shape[1], size, n_channels=shape[0], random_state=0)
    assert model.fit(X[:, : shape[0] * shape[1]], X[:, 0])


@pytest.mark.parametrize("shape", [(8,), (8, -1), (8, 8, 0), (8.0, 8), 64, None, "88"])
def test_bad_shapes(shape):
    with pytest.raises(ValueError, match=r"image_shape must be \(height, width\)"):
        image_pipeline(shape)


def test_bad_arguments():
    with pytest.raises(ValueError, match=r"size must be one of \['tiny', 'small', 'l"):
        image_pipeline((8, 8), "huge")
    with pytest.raises(ValueError, match="size must be one of"):
        series_pipeline(8, "huge")
    with pytest.raises(ValueError, match="length must be a whole number above 0"):
        series_pipeline(0)
    with pytest.raises(ValueError, match="n_channels must be a whole number above 0"):
        series_pipeline(8, n_channels=1.5)


@pytest.mark.parametrize("size", SIZES)
def test_onnx(digits, size):
    runtime = pytest.importorskip("onnxruntime")
    from skbit.onnx import to_onnx

    X, y = digits
    model = image_pipeline((8, 8), size, random_state=0).fit(X[:400], y[:400])
    for rows in (X, X.astype(np.float32)):
        session = runtime.InferenceSession(to_onnx(model, rows).SerializeToString())
        label, scores = session.run(None, {"X": rows})
        assert_array_equal(label, model.predict(rows))
        integers = model["classifier"].integer_scores(model[:-1].transform(rows))
        assert_array_equal(scores, integers)
