# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C against Python on the official test images."""

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.pipeline import make_pipeline

from skbit import (
    BitNoveltyDetector,
    BitPatchClassifier,
    BitPatchEncoder,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.naive_bayes import round_log_odds
from skbit.neural_network import BitHebbianClassifier
from tests.codegen.test_parity import (
    assert_same,
    assert_same_classes,
    assert_same_winners,
)


def test_every_test_image(mnist, compiled):
    X, y, X_test, _ = mnist
    classifier = make_pipeline(
        ThermometerEncoder(curve="exp", feature_range=(0, 255)),
        RandomMAJ3Projection(512, random_state=42, n_jobs=2),
        OttoScoreClassifier(max_iter=2, random_state=0),
    ).fit(X[:5000], y[:5000])
    rounded = round_log_odds(classifier, 8)
    clusterer = make_pipeline(
        RankDensityEncoder(), BitWTAClusterer(256, random_state=0, n_jobs=2)
    ).fit(X[:5000])
    in_c = compiled(
        to_c(classifier, "exact"),
        to_c(rounded, "rounded", random_words="seed"),
        to_c(clusterer, "clusterer"),
    )
    assert_same_classes(classifier, classifier[-1], X_test, in_c[0])
    assert_same_classes(rounded, rounded[-1], X_test[:1000], in_c[1])
    bits = clusterer[0].transform(X_test)
    assert_same_winners(clusterer[-1], bits, X_test, in_c[2])


def test_patches(mnist, compiled):
    """Every bit, score and label of 10,000 training images."""
    X, y, *_ = mnist
    model = make_pipeline(
        ThermometerEncoder(3, feature_range=(0, 192)),
        BitPatchEncoder(
            64, padding=2, pooling=(1, 4), image_shape=(28, 28), random_state=0
        ),
        OttoScoreClassifier(max_iter=2, random_state=0),
    ).fit(X[:5000], y[:5000])
    rounded = round_log_odds(model, 4)
    in_c = compiled(to_c(model[:-1], "bits"), to_c(rounded, "rounded"))
    assert_same(model[:-1], X[50_000:], in_c[0])
    assert_same(rounded, X[50_000:], in_c[1])


def test_detectors_networks_and_prototypes(mnist, compiled):
    """Digits from 7 on are novel."""
    X, y, X_test, _ = mnist
    X, y = X[:5000], y[:5000]
    pixels = ThermometerEncoder(2, feature_range=(0, 255))
    detectors = [
        make_pipeline(
            RankDensityEncoder(),
            BitNoveltyDetector(
                BitWTAClusterer(64, similarity=similarity, random_state=0),
                normalization=normalization,
            ),
        ).fit(X[y < 7])
        for similarity, normalization in (("cosine", "none"), ("jaccard", "neuron"))
    ]
    network = make_pipeline(
        pixels, BitHebbianClassifier(64, max_iter=2, random_state=0)
    ).fit(X, y)
    patches = BitPatchClassifier(4, binarize=127, random_state=0).fit(X, y)
    models = [*detectors, network, patches]
    in_c = compiled(
        *(to_c(model, f"m{i}", input_dtype="uint8") for i, model in enumerate(models))
    )
    for detector, c_model in zip(detectors, in_c, strict=False):
        assert_same(detector, X_test, c_model)
    assert_same_classes(network, network[-1], X_test, in_c[2])
    assert_same_classes(patches, patches, X_test[:2000], in_c[3])


def test_rounding_changes_few_labels(mnist):
    X, y = mnist[0][:5000] > 127, mnist[1][:5000]
    model = OttoScoreClassifier(max_iter=4, random_state=0).fit(X, y)
    for bits, most in ((16, 0.0), (8, 0.002), (4, 0.05)):
        rounded = round_log_odds(model, bits)
        assert_array_equal(rounded.weights_ % 2**rounded.weight_shift_, 0)
        assert np.mean(rounded.predict(X) != model.predict(X)) <= most
