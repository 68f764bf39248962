# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitHebbianClassifier against one row at a time, and what it promises."""

import copy
import pickle
import signal
import threading
import time
from itertools import pairwise

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skbit import (
    BitHebbianClassifier,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.bits import pack_bits
from skbit.datasets import make_bit_clusters
from tests import reference
from tests.reference_hebbian import Network


def labelled_rows(seed, n_rows, n_bits, n_classes, noise=0.2):
    """Rows around a few prototypes, some with any label."""
    X, y = make_bit_clusters(
        n_rows,
        n_bits,
        n_clusters=2 * n_classes,
        noise=noise,
        packed_output=False,
        random_state=seed,
    )
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n_rows) < 0.1, rng.integers(n_classes, size=n_rows), y // 2)
    return X, y


def assert_same(model, network):
    weights = reference.unpack(model.weights_[0])[:, : network.n_bits]
    assert_array_equal(weights, network.weights)
    assert_array_equal(model.unit_thresholds_, [mean // 1 for mean in network.mean])
    assert_array_equal(model.n_changes_, network.n_changes)
    assert_array_equal(model.unit_bit_count_, network.counts)
    assert_array_equal(model.unit_balance_, network.balance)
    assert model.n_samples_seen_ == network.seen


@given(
    seed=st.integers(0, 10**6),
    n_bits=st.integers(1, 140),
    n_classes=st.integers(2, 5),
    units_per_class=st.floats(1, 5),
    margin=st.sampled_from([0, 0.3, 0.5, 1]),
)
def test_learns_like_the_reference(seed, n_bits, n_classes, units_per_class, margin):
    n_hidden = int(units_per_class * n_classes)
    X, y = labelled_rows(seed, 45, n_bits, n_classes)
    model = BitHebbianClassifier(n_hidden, margin=margin)
    model.partial_fit(X, y, classes=np.arange(n_classes))
    network = Network(n_hidden, n_classes, n_bits, margin)
    for x, true in zip(X, y, strict=True):
        network.learn(x, true)
    assert_same(model, network)
    assert_array_equal(model.integer_scores(X), [network.scores(x) for x in X])


def test_fit_is_passes_in_random_order():
    X, y = labelled_rows(0, 150, 70, 3)
    model = BitHebbianClassifier(20, max_iter=3, random_state=7).fit(X, y)
    network, rng = Network(20, 3, 70, 0.3), np.random.RandomState(7)
    for train_score in model.train_scores_:
        network.n_correct = 0
        for i in rng.permutation(150):
            network.learn(X[i], y[i])
        assert train_score == network.n_correct / 150
    assert_same(model, network)
    assert model.n_iter_ == len(model.train_scores_) == 3


def test_without_shuffling_passes_are_in_order():
    X, y = labelled_rows(0, 150, 70, 3)
    model = BitHebbianClassifier(20, max_iter=2, shuffle=False).fit(X, y)
    streamed = BitHebbianClassifier(20)
    for _ in range(2):
        streamed.partial_fit(X, y, classes=[0, 1, 2])
    assert model.n_samples_seen_ == streamed.n_samples_seen_ == 300
    assert_array_equal(model.unit_bit_count_, streamed.unit_bit_count_)
    assert_array_equal(model.unit_thresholds_, streamed.unit_thresholds_)


@pytest.mark.parametrize("n_hidden", [0, 20])
def test_no_private_attributes_are_pickled(n_hidden):
    X, y = labelled_rows(0, 150, 70, 3)
    model = BitHebbianClassifier(n_hidden).fit(X, y)
    model.predict(X)
    private = {name for name in model.__getstate__() if name.startswith("_")}
    assert private == {"_skbit_format"}


def test_all_units_are_derived_anew_at_times():
    # Ones get more frequent, so that what units learned long ago changes its meaning.
    X = (
        np.random.default_rng(0).random((4200, 9))
        < np.linspace(0.1, 0.9, 4200)[:, None]
    )
    y = X[:, :3].sum(axis=1) % 2
    for n_rows in (4095, 4096, 4200):
        model = BitHebbianClassifier(6, margin=0).partial_fit(
            X[:n_rows], y[:n_rows], [0, 1]
        )
        network = Network(6, 2, 9, 0)
        for x, true in zip(X[:n_rows], y[:n_rows], strict=True):
            network.learn(x, true)
        assert_same(model, network)


@given(seed=st.integers(0, 10**6), cuts=st.lists(st.integers(0, 120), max_size=6))
@pytest.mark.parametrize("n_hidden", [0, 12])
def test_streams_can_be_cut_anywhere(n_hidden, seed, cuts):
    X, y = labelled_rows(seed, 120, 50, 3)
    whole = BitHebbianClassifier(n_hidden).partial_fit(X, y, classes=[0, 1, 2])
    parts = BitHebbianClassifier(n_hidden)
    bounds = sorted({0, *cuts, 120})
    for start, stop in pairwise(bounds):
        parts.partial_fit(X[start:stop], y[start:stop], classes=[0, 1, 2])
    for a, b in zip(parts.weights_, whole.weights_, strict=True):
        assert_array_equal(a, b)
    assert_array_equal(parts.unit_thresholds_, whole.unit_thresholds_)
    assert_array_equal(parts.n_changes_, whole.n_changes_)


@given(seed=st.integers(0, 10**6), n_bits=st.integers(1, 140))
def test_without_hidden_units_weights_are_signs_of_covariances(seed, n_bits):
    X, y = labelled_rows(seed, 90, n_bits, 4)
    model = BitHebbianClassifier(0).fit(X, y)
    (weights,) = model.weights_
    weights = reference.unpack(weights)[:, :n_bits]
    for k, row in zip(model.classes_, weights, strict=True):
        is_k = y == k
        covariance = 90 * X[is_k].sum(axis=0).astype(int) - is_k.sum() * X.sum(axis=0)
        assert_array_equal(row, covariance > 0)
    agreements = np.sum(X[:, np.newaxis] == weights, axis=2)
    assert_array_equal(model.unit_thresholds_, agreements.sum(axis=0) // 90)
    assert_array_equal(model.integer_scores(X), agreements - model.unit_thresholds_)
    assert_array_equal(model.n_changes_, np.bincount(y))
    assert model.n_iter_ == 1
    assert model.train_scores_ == []


@pytest.mark.parametrize("n_hidden", [0, 40])
def test_predicting_is_agreements_and_thresholds(n_hidden):
    X, y = labelled_rows(1, 300, 100, 4)
    model = BitHebbianClassifier(n_hidden, random_state=0).fit(X, y)
    values, weights = X.astype(bool), [reference.unpack(w) for w in model.weights_]
    agreements = np.sum(values[:, np.newaxis] == weights[0][:, :100], axis=2)
    scores = agreements - model.unit_thresholds_
    if n_hidden:
        fired = agreements > model.unit_thresholds_
        scores = np.sum(fired[:, np.newaxis] == weights[1][:, :n_hidden], axis=2)
        assert_array_equal(np.flatnonzero(weights[1][1]), range(1, n_hidden, 4))
    found = model.integer_scores(X)
    assert found.dtype == np.int64
    assert_array_equal(found, scores)
    assert_array_equal(model.predict(X), model.classes_[scores.argmax(axis=1)])
    assert_array_equal(model.decision_function(X), scores)
    pair = BitHebbianClassifier(n_hidden).fit(X[y < 2], y[y < 2])
    both = pair.integer_scores(X)
    assert_array_equal(pair.decision_function(X), both[:, 1] - both[:, 0])


@pytest.mark.parametrize("n_hidden", [0, 30])
def test_the_form_of_the_input_does_not_matter(n_hidden):
    X, y = labelled_rows(2, 2100, 77, 3)
    y = np.array(["a", "b", "c"])[y]
    model = BitHebbianClassifier(n_hidden, max_iter=2, random_state=0)
    dense = clone(model).fit(X, y)
    words = pack_bits(X)
    words.flags.writeable = False
    packed = clone(model).fit(words, y)
    assert_array_equal(packed.predict(words), dense.predict(X))
    assert_array_equal(packed.weights_[0], dense.weights_[0])
    # Padding agrees always.
    n_padding = 3 * 32 - 77
    assert_array_equal(packed.unit_thresholds_, dense.unit_thresholds_ + n_padding)
    for form in (sparse.csr_matrix(X), np.asfortranarray(X), X * 0.5, X.astype(bool)):
        other = clone(model).set_params(n_jobs=2, binarize=0.2).fit(form, y)
        assert_array_equal(other.weights_[0], dense.weights_[0])
        assert_array_equal(other.decision_function(form), dense.decision_function(X))
    with pytest.raises(ValueError, match="was fitted on a packed bit matrix"):
        packed.predict(words.astype(float))


def test_a_class_without_rows_is_not_predicted():
    X, y = labelled_rows(3, 400, 90, 3, noise=0.05)
    model = BitHebbianClassifier(40).partial_fit(X, y, classes=[0, 1, 2, 3])
    assert_array_equal(model.n_changes_[3::4], 0)
    assert_array_equal(model.unit_thresholds_[3::4], 90)
    assert np.mean(model.predict(X) == y) > 0.7
    assert 3 not in model.predict(X)


def test_fit_forgets():
    X, y = labelled_rows(4, 200, 60, 3)
    model = BitHebbianClassifier(15, random_state=0).fit(X[::-1, ::-1], y)
    fresh = clone(model).fit(X, y)
    assert_array_equal(model.fit(X, y).weights_[0], fresh.weights_[0])
    assert_array_equal(model.decision_function(X), fresh.decision_function(X))


def test_what_is_refused_changes_nothing():
    X, y = labelled_rows(5, 60, 40, 3)
    with pytest.raises(ValueError, match=r"n_hidden=2 must be 0 or at least.*3"):
        BitHebbianClassifier(2).fit(X, y)
    with pytest.raises(ValueError, match="at least 2 classes"):
        BitHebbianClassifier().fit(X, np.zeros(60))
    model = BitHebbianClassifier(9).partial_fit(X, y, classes=[0, 1, 2])
    before = model.decision_function(X)
    with pytest.raises(ValueError, match=r"labels \[7\] that are not among"):
        model.partial_fit(X, np.where(y == 0, 7, y))
    model.set_params(n_hidden=12)
    with pytest.raises(ValueError, match="n_hidden was 9 when this"):
        model.partial_fit(X, y)
    model.set_params(n_hidden=9)
    model.n_samples_seen_ = 2**31 - 60
    with pytest.raises(ValueError, match="counters would overflow"):
        model.partial_fit(X, y)
    assert_array_equal(model.decision_function(X), before)
    model.n_samples_seen_ -= 1
    model.partial_fit(X, y)


def test_the_largest_counts_do_not_wrap():
    """Almost 2**31 rows, in all of which the first bit was 1."""
    X, y = np.array([[1, 0, 1], [1, 1, 0]]), [0, 1]
    model = BitHebbianClassifier(2).partial_fit(X, y, classes=[0, 1])
    n_rows = 2**31 - 3
    model.n_samples_seen_ = n_rows
    model.unit_balance_[:] = n_rows // 2, n_rows - n_rows // 2
    model.bit_count_[:] = n_rows, n_rows // 2, n_rows - n_rows // 2
    model.unit_bit_count_[0] = n_rows // 2, 0, n_rows // 2
    model.unit_bit_count_[1] = n_rows - n_rows // 2, n_rows // 2, 0
    model.partial_fit(X, y)
    assert model.n_samples_seen_ == 2**31 - 1
    assert_array_equal(model.predict(X), y)


def stream_of_changing_density(n_rows):
    """Rows whose ones get more frequent: old units' weights change their meaning."""
    rng = np.random.default_rng(1)
    X = rng.random((n_rows, 26)) < np.linspace(0.05, 0.95, n_rows)[:, None]
    # Told by 16 bits, so that no unit changes after the beginning.
    y = rng.integers(2, size=n_rows)
    X[:, :16] = y[:, None]
    return X, y


def test_units_are_derived_anew_every_4096_rows():
    """At each power of two and multiple of 4096, and at no other time."""
    X, y = stream_of_changing_density(12_288)
    model = BitHebbianClassifier(2, margin=0)
    network = Network(2, 2, 26, 0)
    start = 0
    # 12,288 is the first multiple of 4096 that is no power of two.
    times = 4096, 8192, 12_288
    for stop in sorted([*times, *(n - 1 for n in times), 32, 48, 2049, 6144, 10_240]):
        model.partial_fit(X[start:stop], y[start:stop], [0, 1])
        for x, true in zip(X[start:stop], y[start:stop], strict=True):
            before = [mean // 1 for mean in network.mean]
            network.learn(x, true)
        assert_same(model, network)
        # Otherwise this would show nothing.
        after = [mean // 1 for mean in network.mean]
        if stop in times:
            assert after != before
        start = stop


def test_calls_of_the_kernel_do_not_matter(monkeypatch):
    X, y = stream_of_changing_density(5000)
    whole = BitHebbianClassifier(6, random_state=0, max_iter=2).fit(X, y)
    monkeypatch.setattr(
        "skbit.neural_network._hebb.rows_per_call", lambda work, most=7: min(7, most)
    )
    cut = BitHebbianClassifier(6, random_state=0, max_iter=2).fit(X, y)
    assert cut.train_scores_ == whole.train_scores_
    assert_array_equal(cut.weights_[0], whole.weights_[0])
    assert_array_equal(cut.unit_bit_count_, whole.unit_bit_count_)
    assert_array_equal(cut.integer_scores(X), whole.integer_scores(X))


@pytest.mark.parametrize("n_hidden", [0, 30])
def test_padding_in_the_middle_is_no_evidence(n_hidden):
    """Unions of packed encoders have bits that no row sets."""
    X, y = labelled_rows(7, 900, 77, 3)
    parts = np.split(X, [5, 38, 71], axis=1)
    packed = np.hstack([pack_bits(part) for part in parts])
    model = BitHebbianClassifier(n_hidden, max_iter=2, random_state=0)
    dense, union = clone(model).fit(X, y), clone(model).fit(packed, y)
    assert_array_equal(union.integer_scores(packed), dense.integer_scores(X))
    assert_array_equal(union.predict(packed), dense.predict(X))
    dense.partial_fit(X, y)
    union.partial_fit(packed, y)
    assert_array_equal(union.integer_scores(packed), dense.integer_scores(X))


@pytest.mark.parametrize("n_hidden", [0, 30])
def test_learning_starts_from_memory_of_its_own(n_hidden, tmp_path):
    X, y = labelled_rows(8, 600, 4000, 3)
    model = BitHebbianClassifier(n_hidden, max_iter=1, random_state=0)
    model.fit(X[:300], y[:300])
    joblib.dump(model, tmp_path / "model")
    buffers = []
    data = pickle.dumps(model, protocol=5, buffer_callback=buffers.append)
    contents = [bytes(buffer) for buffer in buffers]
    assert sum(map(len, contents)) > 10_000
    others = [
        copy.copy(model),
        joblib.load(tmp_path / "model", mmap_mode="r"),
        pickle.loads(data, buffers=contents),
    ]
    before = [pickle.dumps(other.integer_scores(X)) for other in (model, *others)]
    assert len(set(before)) == 1
    for other in others:
        other.partial_fit(X[300:], y[300:])
        assert pickle.dumps(model.integer_scores(X)) == before[0]
    assert [bytes(buffer) for buffer in buffers] == contents
    model.partial_fit(X[300:], y[300:])
    for other in others:
        assert_array_equal(other.integer_scores(X), model.integer_scores(X))
        assert_array_equal(other.weights_[0], model.weights_[0])


@pytest.mark.parametrize("n_hidden", [0, 30])
def test_what_was_fitted_decides(n_hidden):
    X, y = labelled_rows(9, 200, 60, 3)
    model = BitHebbianClassifier(n_hidden, random_state=0).fit(X, y)
    scores = model.integer_scores(X)
    for name, value in {"n_hidden": 12, "binarize": 7.0, "margin": 1.0}.items():
        changed = copy.copy(model).set_params(**{name: value})
        assert_array_equal(changed.integer_scores(X), scores)
        with pytest.raises(ValueError, match=f"{name} was"):
            changed.partial_fit(X, y)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight_planes_", np.zeros((3, 8), dtype=np.uint64)),
        ("weight_planes_", np.zeros((4, 8), dtype=np.int64)),
        ("weight_planes_", np.zeros((4, 8), dtype=np.uint64, order="F")),
        ("unit_thresholds_", np.zeros(29, dtype=np.int64)),
        ("unit_bit_count_", np.zeros((30, 59), dtype=np.int32)),
        ("unit_bit_count_", np.zeros((30, 60))),
        ("unit_balance_", None),
        ("n_changes_", np.zeros(31, dtype=np.int64)),
        ("bit_count_", np.zeros(59, dtype=np.int64)),
        ("n_samples_seen_", -1),
        ("n_samples_seen_", 2**31),
        ("n_samples_seen_", np.array([5])),
        ("output_weights_", None),
        ("output_weights_", np.zeros((2, 1), dtype=np.uint32)),
        ("n_features_in_", 6000),
        ("classes_", np.arange(4)),
    ],
)
def test_damaged_state_is_refused(name, value):
    X, y = labelled_rows(10, 200, 60, 3)
    model = BitHebbianClassifier(30, random_state=0).fit(X, y)
    vars(model)[name] = value
    for call in (
        lambda: model.predict(X),
        lambda: model.partial_fit(X, y),
        lambda: pickle.loads(pickle.dumps(model)),
    ):
        with pytest.raises(ValueError, match=r"damaged|expecting 6000 features"):
            call()


def interrupt_after(seconds, call):
    """Return how long a call took to answer Ctrl-C; None if it had ended before."""
    sent = []

    def send():
        sent.append(time.perf_counter())
        signal.raise_signal(signal.SIGINT)

    # A shell starts background jobs with SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, send)
    timer.start()
    try:
        call()
    except KeyboardInterrupt:
        return time.perf_counter() - sent[0]
    finally:
        timer.cancel()
        timer.join()
        signal.signal(signal.SIGINT, before)
    return None


def test_interrupts_are_answered_and_undone():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2**32, (30_000, 64), dtype=np.uint32)
    y = rng.integers(0, 5, 30_000)
    model = BitHebbianClassifier(200, margin=1).partial_fit(X[:99], y[:99], range(5))
    before = {name: pickle.dumps(value) for name, value in vars(model).items()}
    for delay in (0.05, 0.3):
        answer = interrupt_after(delay, lambda: model.partial_fit(X, y))
        assert answer is not None
        assert answer < 1
        after = {name: pickle.dumps(value) for name, value in vars(model).items()}
        assert after == before


def test_digits():
    X, y = load_digits(return_X_y=True)
    model = BitHebbianClassifier(binarize=7, random_state=0)
    assert cross_val_score(model, X, y, cv=3).mean() > 0.87
    encoder = ThermometerEncoder(feature_range=(0, 16))
    model = BitHebbianClassifier(random_state=0)
    assert cross_val_score(make_pipeline(encoder, model), X, y, cv=3).mean() > 0.88
    projected = make_pipeline(
        encoder, RandomMAJ3Projection(256, random_state=0), BitHebbianClassifier(0)
    )
    assert cross_val_score(projected, X, y, cv=3).mean() > 0.8


# The figures of the guide; settings were chosen on the training file.
@pytest.mark.parametrize(
    ("params", "accuracy"),
    [({"max_iter": 3}, 0.915), ({}, 0.925), ({"n_hidden": 0}, 0.74)],
)
def test_mnist(mnist, params, accuracy):
    X, y, X_test, y_test = mnist
    model = BitHebbianClassifier(binarize=63, random_state=0, **params)
    assert model.fit(X[:50_000], y[:50_000]).score(X_test, y_test) > accuracy


def test_scores_must_be_centred(mnist):
    """Without thresholds, the class that agrees with most rows wins nearly all."""
    X, y, X_test, y_test = mnist
    projection = RandomMAJ3Projection(128, random_state=42, n_jobs=2)
    encoder = ThermometerEncoder(curve="raw").fit(X)
    bits = projection.fit_transform(encoder.transform(X[:20_000]))
    test_bits = projection.transform(encoder.transform(X_test))
    model = BitHebbianClassifier(0, n_jobs=2).fit(bits, y[:20_000])
    assert model.score(test_bits, y_test) > 0.78
    agreements = model.integer_scores(test_bits) + model.unit_thresholds_
    assert np.mean(agreements.argmax(axis=1) == y_test) < 0.2
    log_odds = OttoScoreClassifier(n_jobs=2).fit(bits, y[:20_000])
    assert log_odds.score(test_bits, y_test) > model.score(test_bits, y_test)
