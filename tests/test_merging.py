# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Merging of everything but OttoScoreClassifier, which test_naive_bayes.py has."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from examples.reproduce.merging import merged, parts_of
from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitWTAClusterer,
    OttoScoreClassifier,
    PixelEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.bits import pack_bits
from skbit.cluster import FlipRule
from skbit.cluster._merging import centers, drawn_rows
from skbit.datasets import make_bit_clusters
from skbit.neural_network import _layer
from skbit.novelty import _bit_novelty
from skbit.state import from_state, to_state
from tests.kinds.estimators import answers, assert_same_answers, state


def data(n_clusters=6, n=1200):
    return make_bit_clusters(
        n, n_clusters=n_clusters, n_bits=256, noise=0.1, random_state=0
    )


def share_of_main_classes(labels, y):
    """Return the share of rows that have the main class of their cluster."""
    return sum(np.bincount(y[labels == label]).max() for label in set(labels)) / len(y)


@pytest.mark.parametrize("order", ["random", "sorted"])
@pytest.mark.parametrize("learning", ["counters", FlipRule(schedule="wins")])
def test_merged_clusterers_know_the_clusters_of_all_parts(order, learning):
    X, y = data()

    def make(number):
        return BitWTAClusterer(24, learning=learning, random_state=number)

    parts = parts_of(y, order, 0)
    alone = make(0).fit(X[parts[0]])
    model = merged(make, X, parts)
    # Each neuron stands for one cluster, and each cluster has neurons.
    assert share_of_main_classes(model.predict(X), y) > 0.95
    if order == "sorted":
        assert share_of_main_classes(alone.predict(X), y) < 0.8
    assert model.n_samples_seen_ == len(X)
    assert model.n_neurons_ == 24
    assert abs(model.counts_.sum() - len(X)) <= 24
    model._check_fitted()


def test_a_merged_clusterer_learns_on_and_merges_again():
    X, y = data()
    parts = parts_of(y, "random", 0)
    models = [
        BitWTAClusterer(12, random_state=i).fit(X[p]) for i, p in enumerate(parts)
    ]
    before = [state(model) for model in models[1:]]
    model = models[0].merge(models[1]).merge(models[2], models[3])
    assert [state(other) for other in models[1:]] == before
    assert model.n_samples_seen_ == len(X)
    model.partial_fit(X[:100])
    assert model.n_samples_seen_ == len(X) + 100
    assert share_of_main_classes(model.predict(X), y) > 0.95


def test_merging_is_repeatable():
    X, y = data()
    parts = parts_of(y, "random", 0)

    def make(number):
        return BitWTAClusterer(12, random_state=number)

    assert state(merged(make, X, parts)) == state(merged(make, X, parts))


def test_few_neurons_stay_as_they_are():
    # Four bits that never vary within a part.
    X = np.repeat(np.eye(4), 50, axis=0)
    parts = [BitWTAClusterer(8, random_state=0).fit(X[i::2]) for i in range(2)]
    model = parts[0].merge(parts[1])
    patterns = np.unique(model.patterns_, axis=0)
    assert_array_equal(patterns, np.unique(pack_bits(X), axis=0))
    assert_array_equal(np.sort(model.counts_), [50, 50, 50, 50])


def test_merging_with_nothing_changes_nothing():
    X, _ = data()
    for model in (BitWTAClusterer(8), BitNoveltyDetector()):
        model.fit(X)
        before = answers(model, X)
        assert model.merge() is model
        assert_same_answers(answers(model, X), before)


def test_rows_are_drawn_as_often_as_neurons_weigh():
    shares = np.array([[1, 1, 0, 0.5], [0, 1, 1, 0.25]], dtype=np.float32)
    weights = np.array([3, 1])
    rows = np.vstack(list(drawn_rows(shares, weights, 4000, np.random.RandomState(0))))
    bits = np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little")[:, :4]
    assert_array_equal(bits.sum(axis=0)[:3], [3000, 4000, 1000])
    is_first = bits[:, 0] == 1
    assert_allclose(bits[is_first, 3].mean(), 0.5, atol=0.03)
    assert_allclose(bits[~is_first, 3].mean(), 0.25, atol=0.04)


def test_groups_of_neurons_are_weighted():
    shares = np.array([[0, 0], [0, 1], [1, 0], [1, 0]], dtype=np.float32)
    found = centers(shares, np.array([3, 1, 2, 2]), 2, np.random.RandomState(0))
    # Neurons 0 and 1 are one group, or 0 and the others.
    heights = sorted(np.round(found[:, 1], 6).tolist())
    assert heights in ([0, 0.25], [0, 1])
    assert_array_equal(centers(shares, np.ones(4), 3, None), np.unique(shares, axis=0))


@pytest.mark.parametrize("estimator", [BitWTAClusterer(4), BitNoveltyDetector()])
def test_what_cannot_be_merged_is_refused(estimator):
    X, _ = data(n=100)
    model = estimator.fit(X)
    before = state(model)
    with pytest.raises(TypeError, match=r"can be merged into another, got Otto"):
        model.merge(OttoScoreClassifier().fit(np.eye(2), [0, 1]))
    with pytest.raises(ValueError, match="not fitted"):
        model.merge(type(estimator)())
    with pytest.raises(ValueError, match="n_features_in_ is 8 here and 4 there"):
        model.merge(type(estimator)().fit(X[:, :4]))
    dense = type(estimator)().fit(np.eye(8))
    with pytest.raises(ValueError, match="input_format_ is 'packed' here and 'dense'"):
        model.merge(dense)
    other = type(estimator)(binarize=0.5).fit(np.eye(8))
    with pytest.raises(ValueError, match=r"binarize is 0.0 here and 0.5 there"):
        dense.merge(other)
    assert state(model) == before


def test_merged_detectors_score_the_calibration_rows_of_all():
    X, y = data(n=2000)
    rng = np.random.default_rng(0)
    noise = pack_bits(rng.random((500, 256)) < 0.5)
    parts = parts_of(y, "random", 0)
    detectors = [
        BitNoveltyDetector(random_state=i).fit(X[p]) for i, p in enumerate(parts)
    ]
    rows = np.vstack([detector.calibration_rows_ for detector in detectors])
    model = detectors[0].merge(*detectors[1:])
    assert_array_equal(model.calibration_rows_, rows)
    expected = np.sort(model.score_samples(rows))
    assert_array_equal(model.calibration_scores_, expected)
    assert model.n_samples_seen_ == len(X)
    fresh, _ = data(n=3000)
    fresh = fresh[2000:]
    assert np.mean(model.p_values(fresh) <= 0.1) < 0.15
    scores = np.concatenate([model.score_samples(fresh), model.score_samples(noise)])
    assert roc_auc_score(np.arange(len(scores)) < len(fresh), scores) > 0.99


def test_calibration_rows_come_from_all_parts(monkeypatch):
    monkeypatch.setattr(_bit_novelty, "_MAX_CALIBRATION_ROWS", 30)
    X, _ = data(n=400)
    detectors = [BitNoveltyDetector(random_state=0).fit(X[i::4]) for i in range(4)]
    rows = [detector.calibration_rows_ for detector in detectors]
    assert [len(part) for part in rows] == [20] * 4
    model = detectors[0].merge(*detectors[1:])
    assert len(model.calibration_rows_) == 30
    for part in rows:
        kept = (model.calibration_rows_[:, None] == part).all(axis=2).any(axis=1)
        assert 7 <= kept.sum() <= 8


def test_merged_clusters_of_mnist(mnist):
    X, y, X_test, y_test = mnist
    X, X_test = (pack_bits(part > 127) for part in (X, X_test))
    parts = parts_of(y, "random", 0)

    def make(number):
        return BitWTAClusterer(64, random_state=number)

    found = []
    for model in (make(0).fit(X), merged(make, X, parts)):
        neurons, labels = model.predict(X), np.zeros(64, dtype=int)
        for n in range(64):
            labels[n] = np.bincount(y[neurons == n], minlength=10).argmax()
        found.append(np.mean(labels[model.predict(X_test)] == y_test))
    # The mean loss of five seeds is 0.017.
    assert found[1] > found[0] - 0.03


ENCODERS = [
    ThermometerEncoder(),
    ThermometerEncoder(5, curve="exp"),
    ThermometerEncoder(curve="raw"),
    ThermometerEncoder(feature_range=(3, 200)),
    ScalarEncoder(12, 4, strategy="uniform"),
    PixelEncoder(3, image_shape=(2, 6)),
    PixelEncoder((0.2, 0.5), min_rise=0.1, relative=True, image_shape=(2, 2, 3)),
    PixelEncoder((20, 50), min_rise=3, image_shape=(3, 4)),
]


def numbers():
    return np.random.default_rng(0).integers(0, 256, (70, 12)).astype(float)


@pytest.mark.parametrize("n_parts", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("encoder", ENCODERS, ids=repr)
def test_merged_encoders_are_equal_to_one_fit(encoder, n_parts):
    X = numbers()
    whole = clone(encoder).fit(X)
    rng = np.random.default_rng(n_parts)
    parts = np.array_split(rng.permutation(len(X)), n_parts)
    first, *others = (clone(encoder).fit(X[part]) for part in parts)
    assert state(first.merge(*others)) == state(whole)
    # In several steps, and another order.
    first, *others = (clone(encoder).fit(X[part]) for part in parts[::-1])
    for other in others:
        first.merge(other)
    assert state(first) == state(whole)


def test_encoders_that_cannot_be_merged_are_refused():
    X = numbers()
    for estimator in (ThermometerEncoder(), ScalarEncoder()):
        model = estimator.set_params(strategy="quantile").fit(X)
        before = state(model)
        with pytest.raises(ValueError, match="partial_fit instead of fit"):
            model.merge(clone(model).partial_fit(X))
        assert state(model) == before
        with pytest.raises(ValueError, match="partial_fit instead of fit"):
            clone(model).partial_fit(X).merge(model)
    model = ThermometerEncoder().fit(X)
    before = state(model)
    others = {
        "n_levels is 8 here and 7 there": ThermometerEncoder(7),
        "curve is 'linear' here and 'exp'": ThermometerEncoder(curve="exp"),
        "do not follow": ThermometerEncoder(feature_range=(0, 300)),
        "partial_fit instead of fit": ThermometerEncoder(strategy="quantile"),
    }
    for message, other in others.items():
        with pytest.raises(ValueError, match=message):
            model.merge(other.fit(X))
    with pytest.raises(ValueError, match="range and Thermometer"):
        model.merge(ThermometerEncoder(strategy="quantile").partial_fit(X))
    with pytest.raises(TypeError, match="Only a ThermometerEncoder can be merged"):
        model.merge(ScalarEncoder().fit(X))
    with pytest.raises(ValueError, match="is larger than the largest float64"):
        model.merge(
            ThermometerEncoder().fit(X - 1.7e308), ThermometerEncoder().fit(X + 1.7e308)
        )
    assert state(model) == before
    one = ThermometerEncoder(feature_range=(0, 16)).fit(X[:, :1])
    with pytest.raises(ValueError, match="do not follow"):
        one.merge(ThermometerEncoder().fit(X[:, :1]))
    pixels = PixelEncoder(image_shape=(3, 4)).fit(X)
    with pytest.raises(ValueError, match="do not follow"):
        pixels.merge(PixelEncoder(image_shape=(4, 3)).fit(X))


@pytest.mark.parametrize("n_parts", [1, 2, 3, 7, 64])
def test_merged_networks_without_hidden_units_are_equal_to_one_fit(n_parts):
    X, y = data()
    whole = BitHebbianClassifier(0).fit(X, y)
    # The parts of the sorted rows lack most of the classes.
    for order in ("random", "sorted"):
        rows = np.concatenate(parts_of(y, order, 0))
        models = [
            BitHebbianClassifier(0).partial_fit(X[part], y[part], classes=range(6))
            for part in np.array_split(rows, n_parts)
        ]
        for first, *others in (models, models[::-1]):
            model = from_state(to_state(first)).merge(*others)
            assert_same_answers(answers(model, X), answers(whole, X))
            assert_array_equal(model.unit_bit_count_, whole.unit_bit_count_)
            assert_array_equal(model.weight_planes_, whole.weight_planes_)
            assert model.n_samples_seen_ == len(X)


def test_merged_networks_have_the_classes_of_all():
    X, y = data()
    y = np.array(list("abcdef"))[y]
    is_early = np.isin(y, ["a", "b", "e"])
    parts = [BitHebbianClassifier(0).fit(X[p], y[p]) for p in (is_early, ~is_early)]
    whole = BitHebbianClassifier(0).fit(X, y)
    assert_same_answers(answers(parts[0].merge(parts[1]), X), answers(whole, X))


def test_networks_that_cannot_be_merged_are_refused(monkeypatch):
    X, y = data(n=100)
    hidden, model = BitHebbianClassifier(8), BitHebbianClassifier(0).fit(X, y)
    before = state(model)
    assert not hasattr(hidden, "merge")
    with pytest.raises(ValueError, match="n_hidden is 0 here and 8 there"):
        model.merge(hidden.fit(X, y))
    with pytest.raises(TypeError, match="Only a BitHebbianClassifier can be merged"):
        model.merge(OttoScoreClassifier().fit(X, y))
    with pytest.raises(ValueError, match="labels of the same type"):
        model.merge(BitHebbianClassifier(0).fit(X, y.astype(str)))
    monkeypatch.setattr(_layer, "MAX_ROWS", 200)
    with pytest.raises(ValueError, match="200 rows are too many"):
        model.merge(model)
    assert state(model) == before
