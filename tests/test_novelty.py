# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitNoveltyDetector: scores by hand, promises kept, streams."""

import copy
import math
import pickle

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn import config_context

from skbit import BitNoveltyDetector, BitWTAClusterer
from skbit.bits import pack_bits
from tests import reference

NORMALIZATIONS = ["local", "neuron", "none"]


def rows_around(n_kinds, n_rows, seed, n_bits=96, kinds_seed=0):
    kinds = np.random.default_rng(kinds_seed).random((n_kinds, n_bits)) < 0.3
    rng = np.random.default_rng(seed)
    noise = rng.random((n_rows, n_bits)) < 0.08
    return kinds[rng.integers(n_kinds, size=n_rows)] ^ noise


def places_set_aside(n_rows, fraction):
    """One place of every 1 / fraction, by a number of the frozen stream for each."""
    n_strata = math.ceil(n_rows * fraction)
    is_set_aside = np.zeros(n_rows, dtype=bool)
    for k, number in enumerate(reference.splitmix64(0, n_strata)):
        low, high = math.ceil(k / fraction), math.ceil((k + 1) / fraction)
        place = low + int((number >> 11) / 2**53 * (high - low))
        if place < n_rows:
            is_set_aside[place] = True
    return is_set_aside


@pytest.fixture(scope="module")
def normal():
    return rows_around(6, 3000, seed=1)


def detector_of(normalization, **params):
    clusterer = BitWTAClusterer(24, similarity="jaccard", random_state=0)
    return BitNoveltyDetector(
        clusterer, normalization=normalization, n_neighbors=4, **params
    )


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_scores_by_hand(normal, normalization):
    detector = detector_of(normalization).fit(normal)
    clusterer = detector.clusterer_
    X = rows_around(6, 50, seed=2)
    similarities = clusterer.transform(pack_bits(X))
    winners = similarities.argmax(axis=1)
    if normalization == "local":
        between = clusterer.transform(clusterer.patterns_)
        np.fill_diagonal(between, -1)
        neighborhoods = np.sort(between, axis=1)[:, -4:].mean(axis=1)
        nearest = np.argsort(-similarities, axis=1, kind="stable")[:, :4]
        expected = np.sort(similarities, axis=1)[:, -4:].mean(axis=1)
        expected /= neighborhoods[nearest].mean(axis=1)
        # Of equal similarities any one is a neighbour.
        ordered = -np.sort(-similarities, axis=1)
        is_clear = ordered[:, 3] > ordered[:, 4]
        assert is_clear.mean() > 0.8
        X, expected = X[is_clear], expected[is_clear]
    else:
        expected = similarities.max(axis=1)
        if normalization == "neuron":
            expected -= clusterer.mean_similarity_[winners] / 2
    assert_allclose(detector.score_samples(X), expected, atol=1e-8)
    decision = detector.decision_function(X)
    assert_allclose(decision, detector.score_samples(X) - detector.offset_)
    assert_array_equal(detector.predict(X), np.where(decision >= 0, 1, -1))


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_what_is_strange_is_found(normal, normalization):
    detector = detector_of(normalization).fit(normal)
    strange = rows_around(6, 500, seed=3, kinds_seed=9)
    assert np.mean(detector.predict(strange) == -1) > 0.95
    assert np.mean(detector.p_values(strange) <= 0.05) > 0.95


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1])
def test_the_false_alarm_rate_is_as_promised(normal, normalization, alpha):
    detector = detector_of(normalization).fit(normal)
    n_calibration = len(detector.calibration_scores_)
    assert n_calibration == 600
    X = rows_around(6, 20_000, seed=4)
    rate = np.mean(detector.p_values(X) <= alpha)
    # Calibration on 600 rows is what varies: three standard deviations.
    assert abs(rate - alpha) < 3 * np.sqrt(alpha * (1 - alpha) / n_calibration)


def test_p_values_by_hand(normal):
    detector = detector_of("none").fit(normal)
    X = rows_around(6, 40, seed=5)
    scores, calibration = detector.score_samples(X), detector.calibration_scores_
    expected = [(1 + np.sum(calibration <= s)) / 601 for s in scores]
    assert_allclose(detector.p_values(X), expected, rtol=1e-15)
    assert detector.p_values(np.zeros((1, 96)))[0] == 1 / 601


@pytest.mark.parametrize("contamination", [0.02, 0.3])
def test_contamination_is_the_share_of_unlearned_rows(normal, contamination):
    detector = detector_of("none", contamination=contamination).fit(normal)
    set_aside = normal[places_set_aside(3000, 0.2)]
    assert np.mean(detector.predict(set_aside) == -1) == pytest.approx(
        contamination, abs=0.004
    )
    # Also with so many neurons that learned rows are known by heart.
    detector = BitNoveltyDetector(BitWTAClusterer(1000), contamination=contamination)
    detector.fit(normal)
    found = np.mean(detector.predict(rows_around(6, 10_000, seed=8)) == -1)
    assert abs(found - contamination) < 0.06


@pytest.mark.parametrize("n_rows", [90, 95, 100, 199, 3000])
def test_automatic_contamination_is_a_p_value(normal, n_rows):
    detector = detector_of("none", contamination="auto").partial_fit(normal[:n_rows])
    n_calibration = len(detector.calibration_scores_)
    assert n_calibration == n_rows // 5 + (n_rows == 199)
    X = np.vstack([rows_around(6, 3000, seed=14), np.zeros((1, 96), dtype=bool)])
    expected = np.where(detector.p_values(X) <= 0.05, -1, 1)
    assert_array_equal(detector.predict(X), expected)
    # With 19 rows, 1 / 20 is the lowest p-value, and with 18 there is none as low.
    assert (expected == -1).any() == (n_rows >= 95)
    assert detector.contamination_ == "auto"


@pytest.mark.parametrize("name", ["random_state", "n_jobs"])
def test_the_clusterer_inherits_what_it_does_not_set(normal, name):
    for clusterer in (None, BitWTAClusterer(5)):
        detector = BitNoveltyDetector(clusterer, **{name: 3}).fit(normal)
        assert detector.clusterer_.get_params()[name] == 3
    detector = BitNoveltyDetector(BitWTAClusterer(5, **{name: 2}), **{name: 3})
    assert detector.fit(normal).clusterer_.get_params()[name] == 2
    assert detector.clusterer.get_params()[name] == 2


def test_random_state_decides_with_a_clusterer_too(normal):
    first, again, other = (
        BitNoveltyDetector(BitWTAClusterer(5), random_state=seed).fit(normal)
        for seed in (0, 0, 1)
    )
    assert_array_equal(again.calibration_scores_, first.calibration_scores_)
    assert not np.array_equal(other.calibration_scores_, first.calibration_scores_)


def test_caches_are_not_pickled(normal):
    detector = detector_of("local").fit(normal)
    assert "_calibration" in vars(detector)
    private = {name for name in detector.__getstate__() if name.startswith("_")}
    assert private == {"_skbit_format"}
    loaded = pickle.loads(pickle.dumps(detector))
    assert_array_equal(loaded.calibration_scores_, detector.calibration_scores_)
    assert loaded.offset_ == detector.offset_


def test_rows_seen_are_counted(normal):
    detector = detector_of("none").fit(normal[:40])
    assert detector.n_samples_seen_ == 40
    assert detector.partial_fit(normal[:7]).n_samples_seen_ == 47
    assert detector.fit(normal).n_samples_seen_ == 3000


def test_rows_set_aside_are_not_learned(normal):
    detector = detector_of("none", calibration_fraction=0.25).fit(normal)
    assert len(detector.calibration_scores_) == 750
    assert detector.clusterer_.n_samples_seen_ == 2250
    clusterer = BitWTAClusterer(24, similarity="jaccard", random_state=0)
    learned = ~places_set_aside(3000, 0.25)
    clusterer.fit(pack_bits(normal[learned]))
    assert_array_equal(clusterer.patterns_, detector.clusterer_.patterns_)
    expected = clusterer.score_samples(pack_bits(normal[~learned]))
    assert_allclose(detector.calibration_scores_, np.sort(expected), atol=1e-8)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_streams_can_be_cut_anywhere(normal, normalization):
    whole = detector_of(normalization).partial_fit(normal[:700])
    parts = detector_of(normalization)
    for start, stop in ((0, 1), (1, 4), (4, 5), (5, 6), (6, 333), (333, 700)):
        parts.partial_fit(normal[start:stop])
    assert_array_equal(parts.calibration_scores_, whole.calibration_scores_)
    assert parts.offset_ == whole.offset_ > -np.inf
    X = rows_around(6, 50, seed=6)
    assert_array_equal(parts.p_values(X), whole.p_values(X))
    flagged = np.mean(whole.predict(rows_around(6, 5000, seed=7)) == -1)
    assert abs(flagged - 0.1) < 0.08


def test_before_any_row_is_set_aside_all_is_normal(normal):
    detector = detector_of("none").partial_fit(normal[:3])
    assert_array_equal(detector.predict(normal), np.ones(3000))
    with pytest.raises(ValueError, match="no calibration scores"):
        detector.p_values(normal)


def test_the_last_calibration_rows_are_kept(normal, monkeypatch):
    monkeypatch.setattr("skbit.novelty._bit_novelty._MAX_CALIBRATION_ROWS", 100)
    detector = detector_of("none").partial_fit(normal)
    last = normal[places_set_aside(3000, 0.2)][-100:]
    assert_array_equal(
        detector.calibration_scores_, np.sort(detector.score_samples(last))
    )


def test_equal_scores_are_ordered_by_use():
    X = np.repeat([[1, 0, 0], [0, 1, 0]], [90, 10], axis=0)
    detector = BitNoveltyDetector(random_state=0).fit(X)
    often, rarely = detector.score_samples([[1, 0, 0], [0, 1, 0]])
    assert 0 < often - rarely < 1e-9


def test_formats_do_not_matter(normal):
    packed = pack_bits(normal)
    expected = detector_of("local").fit(packed).score_samples(packed)
    for X in (normal, normal.astype(float), sparse.csr_array(normal * 1)):
        assert_array_equal(detector_of("local").fit(X).score_samples(X), expected)


@pytest.mark.parametrize("n_clusters", [1, 2])
def test_few_neurons_and_patterns_that_share_nothing(n_clusters):
    X = np.repeat(np.eye(2, dtype=int), 20, axis=0)
    detector = BitNoveltyDetector(
        BitWTAClusterer(n_clusters), normalization="local"
    ).fit(X)
    assert np.all(np.isfinite(detector.score_samples(X)))


def test_a_failed_call_changes_nothing(normal):
    detector = detector_of("neuron").partial_fit(normal)
    before = detector.calibration_scores_, detector.offset_
    with pytest.raises(ValueError, match="95 features"):
        detector.partial_fit(normal[:, :95])
    detector.clusterer_.set_params(similarity="cosine")
    with pytest.raises(ValueError, match="Set it back to learn more"):
        detector.partial_fit(normal)
    assert_array_equal(detector.calibration_scores_, before[0])
    assert detector.offset_ == before[1]
    assert len(detector.calibration_rows_) == 600


@pytest.mark.parametrize(
    "params",
    [
        {"normalization": "plain"},
        {"contamination": 0},
        {"contamination": "none"},
        {"contamination": 0.6},
        {"calibration_fraction": 1.0},
        {"n_neighbors": 0},
        {"clusterer": "kmeans"},
    ],
)
def test_bad_parameters(normal, params):
    with pytest.raises(ValueError, match=next(iter(params))):
        BitNoveltyDetector(**params).fit(normal)


def rows_set_aside(fraction, n_rows):
    """Tell by public means which rows were set aside: those that were not learned."""
    # Every row is a pattern of its own, and has a neuron if it was learned.
    X = np.eye(n_rows, dtype=bool)
    clusterer = BitWTAClusterer(n_rows, shuffle=False, reassignment_interval=None)
    detector = BitNoveltyDetector(clusterer, calibration_fraction=fraction).fit(X)
    learned = reference.unpack(detector.clusterer_.patterns_)[:, :n_rows].any(axis=0)
    return ~learned


@pytest.mark.parametrize("fraction", [0.001, 0.1, 0.2, 1 / 3, 0.5, 0.7, 0.9, 0.999])
@pytest.mark.parametrize("n_rows", [2, 10, 211])
def test_places_set_aside_by_their_definition(fraction, n_rows):
    expected = places_set_aside(n_rows, fraction)
    assert_array_equal(rows_set_aside(fraction, n_rows), expected)
    assert not expected[0]
    assert abs(expected.sum() - n_rows * fraction) <= 1


def test_places_set_aside_are_frozen():
    expected = [4, 7, 10, 19, 20, 26, 30, 38, 41, 49, 51, 58]
    assert_array_equal(np.flatnonzero(rows_set_aside(0.2, 60)), expected)


@pytest.mark.parametrize("n_kinds", [2, 5, 10])
def test_kinds_in_turn_are_all_learned_and_all_set_aside(n_kinds):
    is_set_aside = places_set_aside(5000, 0.2)
    counts = np.bincount(np.arange(5000)[is_set_aside] % n_kinds, minlength=n_kinds)
    share = 1000 / n_kinds
    assert np.all(abs(counts - share) < 4 * np.sqrt(share))
    kinds = np.random.default_rng(3).random((n_kinds, 96)) < 0.3
    rng = np.random.default_rng(4)
    X = np.tile(kinds, (5000 // n_kinds, 1)) ^ (rng.random((5000, 96)) < 0.08)
    detector = detector_of("none").partial_fit(X)
    for kind in kinds:
        more = kind ^ (rng.random((1000, 96)) < 0.08)
        assert np.mean(detector.p_values(more) <= 0.05) < 0.2


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_local_scores_when_transform_answers_in_data_frames(normal, output):
    pytest.importorskip(output)
    X = rows_around(6, 40, seed=10)
    expected = detector_of("local").fit(normal).score_samples(X)
    with config_context(transform_output=output):
        assert_array_equal(detector_of("local").fit(normal).score_samples(X), expected)
    detector = detector_of("local")
    detector.clusterer.set_output(transform=output)
    assert_array_equal(detector.fit(normal).score_samples(X), expected)
    detector.clusterer_.set_output(transform=output)
    assert_array_equal(detector.score_samples(X), expected)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_what_was_fitted_decides(normal, normalization):
    detector = detector_of(normalization).partial_fit(normal)
    X = rows_around(6, 40, seed=11)
    before = detector.decision_function(X), detector.p_values(X)
    for name, value in {
        "normalization": "local" if normalization != "local" else "none",
        "n_neighbors": 2,
        "calibration_fraction": 0.9,
        "binarize": 3.0,
    }.items():
        # Calibrated before the parameter changes, and after.
        for changed in (
            copy.copy(detector),
            detector_of(normalization).partial_fit(normal),
        ):
            changed.set_params(**{name: value})
            assert_array_equal(changed.decision_function(X), before[0])
            assert_array_equal(changed.p_values(X), before[1])
            with pytest.raises(ValueError, match=f"{name} was"):
                changed.partial_fit(normal)
    # The contamination counts from the next call that learns.
    detector.set_params(contamination=0.5)
    assert_array_equal(detector.decision_function(X), before[0])
    detector.partial_fit(normal[:1])
    assert detector.offset_ == np.median(detector.calibration_scores_)
    late = detector_of(normalization).partial_fit(normal).set_params(contamination=0.5)
    assert_array_equal(late.decision_function(X), before[0])


@pytest.mark.parametrize("when", ["learning", "setting aside"])
def test_a_failure_in_the_middle_changes_nothing(normal, when, monkeypatch):
    detector = detector_of("neuron").partial_fit(normal)
    copied, X = copy.copy(detector), rows_around(6, 40, seed=12)
    before = pickle.dumps(detector)
    place = {
        "learning": "skbit.cluster.BitWTAClusterer._keep",
        "setting aside": "skbit.novelty.BitNoveltyDetector._reset_calibration",
    }[when]

    def fail(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(place, fail)
        with pytest.raises(KeyboardInterrupt):
            detector.partial_fit(normal[:500])
    assert pickle.dumps(detector) == before
    detector.partial_fit(normal[:500])
    # The copy shares nothing that changed.
    assert_array_equal(copied.p_values(X), pickle.loads(before).p_values(X))
    copied.partial_fit(normal[:500])
    assert_array_equal(copied.p_values(X), detector.p_values(X))


def test_learning_from_a_read_only_map(normal, tmp_path):
    detector = detector_of("local").fit(normal[:1000])
    joblib.dump(detector, tmp_path / "detector")
    mapped = joblib.load(tmp_path / "detector", mmap_mode="r")
    X = rows_around(6, 40, seed=13)
    assert_array_equal(mapped.p_values(X), detector.p_values(X))
    mapped.partial_fit(normal[1000:])
    assert_array_equal(
        mapped.p_values(X), detector.partial_fit(normal[1000:]).p_values(X)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("clusterer_", None),
        ("clusterer_", BitWTAClusterer().fit(np.eye(20))),
        ("calibration_rows_", np.zeros((5, 2), dtype=np.uint32)),
        ("calibration_rows_", np.zeros((5, 3))),
        ("contamination_", 2.0),
        ("contamination_", "none"),
        ("n_samples_seen_", -3),
        ("n_features_in_", 9700),
    ],
)
def test_damaged_state_is_refused(normal, name, value):
    detector = detector_of("local").fit(normal)
    detector.predict(normal[:3])
    setattr(detector, name, value)
    for call in (
        lambda: detector.predict(normal),
        lambda: detector.partial_fit(normal),
        lambda: pickle.loads(pickle.dumps(detector)),
    ):
        with pytest.raises(ValueError, match=r"damaged|expecting 9700 features"):
            call()
