# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The patch classifier, against loops over booleans."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit import BitPatchClassifier, BitWTAClusterer, DirectionalEdgeEncoder
from skbit.bits import pack_bits, unpack_bits
from skbit.datasets import fetch_mnist
from tests import reference


def expected_scores(model, bits):
    """Scores of unpacked images, from the model's attributes."""
    shape = *model.image_shape_, bits.shape[1] // np.prod(model.image_shape_)

    def as_images(packed):
        dense = unpack_bits(packed)[:, : bits.shape[1]]
        return dense.reshape(-1, *shape).astype(bool)

    scores = reference.score_patches(
        bits.reshape(-1, *shape),
        as_images(model.prototypes_),
        as_images(model.masks_),
        model.patch_size,
        model.stride,
        model.max_shift,
        model.resonance,
    )
    of_classes = [
        scores[:, model.prototype_labels_ == label].max(axis=1)
        for label in model.classes_
    ]
    return np.transpose(of_classes)


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3)),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 2),
    st.sampled_from(["overlap", "jaccard"]),
    st.booleans(),
    st.booleans(),
)
def test_equals_reference(
    seed, shape, patch_size, stride, max_shift, resonance, masked, packed
):
    rng = np.random.default_rng(seed)
    bits = rng.random((12, np.prod(shape))) < 0.4
    X = pack_bits(bits) if packed else bits
    model = BitPatchClassifier(
        2,
        patch_size=patch_size,
        stride=stride,
        max_shift=max_shift,
        resonance=resonance,
        masked=masked,
        image_shape=shape,
        random_state=0,
    ).fit(X[:10], np.arange(10) % 2)
    assert_array_equal(model.integer_scores(X[9:]), expected_scores(model, bits[9:]))
    assert_array_equal(model.integer_scores(X[9:10]), model.integer_scores(X[9:])[:1])


def digits(n, start=0):
    X, y = fetch_mnist("train", return_X_y=True)
    return X[start : start + n] > 127, y[start : start + n]


def test_prototypes_are_those_of_a_clusterer_of_each_class():
    X, y = digits(500)
    model = BitPatchClassifier(4, masked=False, random_state=0).fit(X, y)
    assert model.prototypes_.shape == (40, 25)
    assert_array_equal(model.prototype_labels_, np.repeat(model.classes_, 4))
    seed = np.random.RandomState(0).randint(2**31)
    clusterer = BitWTAClusterer(4, random_state=seed).fit(pack_bits(X[y == 0]))
    assert_array_equal(model.prototypes_[:4], clusterer.patterns_)
    # Decided bits that are ones are among those that are ones without a mask.
    masked = BitPatchClassifier(4, random_state=0).fit(X, y)
    assert not np.any(masked.prototypes_ & ~model.prototypes_)
    assert not np.any(masked.prototypes_ & ~masked.masks_)
    assert 700 < np.bitwise_count(masked.masks_).sum(axis=1).mean() < 750


@pytest.mark.parametrize("packed", [True, False])
def test_streams(packed):
    X, y = digits(600)
    X = pack_bits(X) if packed else X
    model = BitPatchClassifier(4, image_shape=(28, 28), random_state=0)
    model.partial_fit(X[:300][y[:300] < 7], y[:300][y[:300] < 7], np.unique(y))
    scores = model.integer_scores(X[300:])
    # Classes that have not been seen cannot win.
    assert np.all(scores[:, 7:] < scores[:, :7].min())
    assert len(model.prototypes_) == 28
    parts = np.array_split(np.arange(300, 600), 7)
    for part in parts:
        model.partial_fit(X[part], y[part])
    assert len(model.prototypes_) == 40
    assert model.score(X, y) > 0.7


def test_threads_and_memory_orders():
    X, y = digits(900)
    model = BitPatchClassifier(3, random_state=0).fit(X, y)
    scores = model.integer_scores(X)
    frozen = np.asfortranarray(X)
    frozen.flags.writeable = False
    assert_array_equal(model.set_params(n_jobs=2).integer_scores(frozen), scores)
    packed = BitPatchClassifier(3, image_shape=(28, 28), random_state=0)
    assert_array_equal(packed.fit(pack_bits(X), y).integer_scores(pack_bits(X)), scores)


def test_patches_beat_the_flat_score_and_masks_both():
    """On validation images, with the same prototypes."""
    X, y = digits(10_000)
    X_test, y_test = digits(1000, 50_000)
    accuracy = {}
    for name, params in {
        "flat": {"patch_size": 7, "stride": 7, "max_shift": 0, "masked": False},
        "patches": {"masked": False},
        "masks": {},
    }.items():
        model = BitPatchClassifier(10, random_state=0, **params).fit(X, y)
        accuracy[name] = model.score(X_test, y_test)
    assert accuracy["flat"] + 0.02 < accuracy["patches"]
    assert accuracy["patches"] + 0.005 < accuracy["masks"]
    assert accuracy["masks"] > 0.91


def test_edges_are_bits_of_pixels():
    X, y = fetch_mnist("train", return_X_y=True)
    edges = DirectionalEdgeEncoder(4).fit_transform(X[:1500])
    model = BitPatchClassifier(
        5, patch_size=4, stride=3, image_shape=(28, 28, 4), random_state=0
    ).fit(edges[:1000], y[:1000])
    assert model.score(edges[1000:], y[1000:1500]) > 0.8


def test_bad_input():
    X, y = digits(60)
    for params, message in (
        ({"patch_size": 9}, "81 bits"),
        ({"image_shape": (28, 27)}, "no images of shape"),
        ({"image_shape": (28, 28, 0)}, "bits per pixel"),
        ({"image_shape": (28,)}, "two whole numbers"),
        ({"patch_size": 5, "image_shape": (14, 14, 4)}, "100 bits"),
    ):
        model = BitPatchClassifier(**params)
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        assert not hasattr(model, "classes_")
    with pytest.raises(ValueError, match="make no square image"):
        BitPatchClassifier().fit(pack_bits(X), y)
    with pytest.raises(ValueError, match="at least 2 classes"):
        BitPatchClassifier().fit(X, np.zeros(60))
    model = BitPatchClassifier(2, random_state=0).fit(X, y)
    scores = model.integer_scores(X)
    with pytest.raises(ValueError, match="not among the classes"):
        model.partial_fit(X[:2], [0, 10])
    with pytest.raises(ValueError, match="has 25 features"):
        model.partial_fit(pack_bits(X), y)
    assert_array_equal(model.integer_scores(X), scores)
