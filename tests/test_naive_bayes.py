# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The log-odds classifier."""

import copy
import importlib
import itertools
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.inspection import permutation_importance
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, ThermometerEncoder, _classifier
from skbit._utils import blocks as _blocks
from skbit.metrics import bit_mass
from skbit.naive_bayes import (
    _counting,
    _few_ones,
    _fitted,
    _rows,
    _scoring,
    _tuning,
    round_log_odds,
)
from skbit.naive_bayes._kernels import score as score_kernels
from skbit.naive_bayes._kernels.structures import Rule, Visits, Weights
from tests import reference

LARGEST = 2**31 - 1


def problem(seed, n_rows, n_bits, n_classes=3):
    """Random bits of which some depend on the class."""
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(n_classes), rng.integers(0, n_classes, n_rows - n_classes)]
    frequency = rng.uniform(0.2, 0.8, (n_classes, n_bits))
    return rng.random((n_rows, n_bits)) < frequency[y], y


def counted(X, y):
    return OttoScoreClassifier().fit(X, y)


def assert_same_model(a, b):
    for name in (
        "classes_",
        "class_count_",
        "feature_count_",
        "feature_log_odds_",
        "correction_",
        "weights_",
        "offsets_",
        "class_log_prior_",
        "seen_bits_",
    ):
        assert_array_equal(getattr(a, name), getattr(b, name), strict=True)


problems = st.builds(
    problem,
    seed=st.integers(0, 2**32 - 1),
    n_rows=st.integers(10, 40),
    n_bits=st.integers(1, 100),
    n_classes=st.sampled_from([2, 3, 10]),
)


def test_by_hand():
    X = np.array([[1, 0], [1, 1], [0, 1], [0, 1]])
    y = ["a", "a", "b", "b"]
    model = OttoScoreClassifier(precision=1000).fit(X, y)
    assert model.class_count_.tolist() == [2, 2]
    assert model.feature_count_.tolist() == [[2, 1], [0, 2]]
    # ln(3 / 1), ln(2 / 2); ln(1 / 3), ln(3 / 1), in thousandths.
    assert model.feature_log_odds_.tolist() == [[1099, 0], [-1099, 1099]]
    # ln(1 / 4) + ln(2 / 4) + ln(1 / 2); ln(3 / 4) + ln(1 / 4) + ln(1 / 2).
    assert model.intercept_.tolist() == [-1386 - 693 - 693, -288 - 1386 - 693]
    assert model.decision_function([[1, 0]]).tolist() == [
        (-2367 - 1099) - (-2772 + 1099)
    ]
    assert model.predict([[1, 0], [0, 1]]).tolist() == ["a", "b"]


@given(
    problems,
    st.floats(0.01, 10),
    st.booleans(),
    st.sampled_from([1, 100, 100_000]),
)
def test_fit_and_scores_equal_reference(data, alpha, fit_prior, precision):
    X, y = data
    model = OttoScoreClassifier(alpha, fit_prior=fit_prior, precision=precision)
    model.fit(reference.pack(X), y)
    n_classes, n_bits = len(model.classes_), X.shape[1]
    coef, intercept = reference.log_odds(X, y, n_classes, alpha, fit_prior, precision)
    assert_array_equal(model.coef_[:, :n_bits], coef)
    dense = OttoScoreClassifier(alpha, fit_prior=fit_prior, precision=precision).fit(
        X, y
    )
    assert_array_equal(dense.coef_, coef)
    assert_array_equal(dense.intercept_, intercept)
    assert dense.weights_.dtype == np.int32
    assert dense.offsets_.dtype == np.int64
    expected = reference.scores(X, coef, intercept)
    for rows in (slice(None), slice(0, 2)):
        found = dense.integer_scores(X[rows])
        assert found.dtype == np.int64
        assert_array_equal(found, expected[rows])
        decision = expected[:, 1] - expected[:, 0] if n_classes == 2 else expected
        assert_array_equal(dense.decision_function(X[rows]), decision[rows])
    assert_array_equal(dense.predict(X), expected.argmax(axis=1))


@pytest.mark.parametrize("n_rows", [254, 255, 256, 1100])
@pytest.mark.parametrize("n_containers", [1, 15, 16, 17, 33, 70])
def test_counts_over_blocks_and_threads(n_rows, n_containers):
    X, y = problem(n_rows, n_rows, 32 * n_containers, n_classes=2)
    expected = np.array([X[y == k].sum(axis=0) for k in range(2)])
    for n_jobs in (1, 2):
        model = OttoScoreClassifier(n_jobs=n_jobs).fit(reference.pack(X), y)
        assert_array_equal(model.feature_count_, expected)
        assert model.feature_count_.dtype == np.int64


@pytest.mark.parametrize("n_rows", [1, 4, 5, 1023, 1024, 1025, 2500])
@pytest.mark.parametrize("n_classes", [2, 8, 9, 17])
def test_scores_over_blocks_and_threads(n_rows, n_classes):
    X, y = problem(0, 100, 70, n_classes)
    model = OttoScoreClassifier(n_jobs=2).fit(X, y)
    rng = np.random.default_rng(n_rows)
    model.weights_ = rng.integers(-LARGEST, LARGEST, (n_classes, 70), dtype=np.int32)
    rows = rng.random((n_rows, 70)) < 0.5
    expected = rows.astype(np.int64) @ model.coef_.T.astype(np.int64)
    assert_array_equal(model.integer_scores(rows), expected + model.intercept_)


def test_the_model_is_bernoulli_naive_bayes(mnist):
    X, y = mnist[0][:3000] > 127, mnist[1][:3000]
    # Bits that no row has set are no evidence here, and are evidence there.
    is_set = X.any(axis=0)
    X, X_test = X[:, is_set], (mnist[2][:500] > 127)[:, is_set]
    model = OttoScoreClassifier(precision=10**7, calibrate=None).fit(X, y)
    bernoulli = BernoulliNB().fit(X, y)
    assert_allclose(
        model.predict_joint_log_proba(X_test),
        bernoulli.predict_joint_log_proba(X_test),
        atol=1e-4,
    )
    assert_allclose(
        model.predict_proba(X_test), bernoulli.predict_proba(X_test), atol=1e-4
    )
    assert_array_equal(model.predict(X_test), bernoulli.predict(X_test))


@given(problems, st.lists(st.integers(0, 40), max_size=4), st.booleans())
def test_any_split_of_a_stream_gives_the_same_model(data, cuts, weighted):
    X, y = data
    weights = None
    if weighted:
        weights = np.random.default_rng(0).random(len(y))
    whole = OttoScoreClassifier().fit(X, y, sample_weight=weights)
    stream = OttoScoreClassifier()
    edges = sorted({0, len(y), *[min(cut, len(y)) for cut in cuts]})
    for start, stop in itertools.pairwise(edges):
        part = weights if weights is None else weights[start:stop]
        stream.partial_fit(
            X[start:stop], y[start:stop], classes=whole.classes_, sample_weight=part
        )
    assert_same_model(stream, whole)


@given(problems, st.integers(0, 2**32 - 1))
def test_merging_in_any_order_gives_the_same_model(data, seed):
    X, y = data
    whole = OttoScoreClassifier().fit(X, y)
    # Parts need not know all classes; two of each suffice to be fitted.
    order = np.argsort(y, kind="stable")
    parts = [
        OttoScoreClassifier().partial_fit(X[rows], y[rows], classes=known)
        for rows, known in (
            (order[: len(y) // 2], np.unique(y)),
            (order[len(y) // 2 :], np.unique(y)),
        )
    ]
    np.random.default_rng(seed).shuffle(parts)
    assert_same_model(parts[0].merge(*parts[1:]), whole)


def test_merging_keeps_classes_that_only_one_knows():
    X, y = problem(0, 60, 40, n_classes=4)
    low, high = y < 2, y >= 2
    merged = (
        OttoScoreClassifier()
        .fit(X[high], y[high])
        .merge(OttoScoreClassifier().fit(X[low], y[low]))
    )
    assert_same_model(merged, OttoScoreClassifier().fit(X, y))


def frames(X):
    """The same rows with two orders of named columns."""
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X * 1, columns=[f"c{i}" for i in range(X.shape[1])])
    return frame, frame[frame.columns[::-1]]


def test_merge_refuses():
    X, y = problem(0, 60, 40)
    frame, backwards = frames(X)
    model = OttoScoreClassifier().fit(frame, y)
    before = pickle.dumps(model)
    good = OttoScoreClassifier().fit(frame, y)
    renamed = OttoScoreClassifier().fit(frame, y)
    renamed.alpha = 3.0
    for other, message in (
        (OttoScoreClassifier().fit(X[:, 1:], y), "n_features_in_ is 40"),
        (OttoScoreClassifier().fit(reference.pack(X), y), "n_features_in_ is"),
        (OttoScoreClassifier().fit(reference.pack(np.tile(X, 32)), y), "input_format_"),
        (OttoScoreClassifier(binarize=0.5).fit(X, y), "binarize"),
        (OttoScoreClassifier(0.5).fit(X, y), "alpha is 1.0 here and 0.5 there"),
        (OttoScoreClassifier(precision=10).fit(X, y), "precision"),
        (OttoScoreClassifier(fit_prior=False).fit(X, y), "fit_prior"),
        (OttoScoreClassifier(class_weight="balanced").fit(X, y), "class_weight is"),
        (OttoScoreClassifier(class_weight={0: 2}).fit(X, y), "class_weight is"),
        (OttoScoreClassifier(max_iter=4, margin=50).fit(frame, y), "tuned"),
        (OttoScoreClassifier().fit(backwards, y), "feature names are"),
        (OttoScoreClassifier().fit(frame, y.astype(str)), "labels of the same type"),
        (OttoScoreClassifier().fit(frame, y.astype(float)), "labels of the same type"),
        (OttoScoreClassifier().fit(frame, y > 0), "labels of the same type"),
        (OttoScoreClassifier().fit(frame, y.astype(np.uint64)), "same type"),
        (OttoScoreClassifier(), "not fitted"),
    ):
        with pytest.raises(ValueError, match=message):
            model.merge(good, other)
        assert pickle.dumps(model) == before
    with pytest.raises(TypeError, match="got BernoulliNB"):
        model.merge(good, BernoulliNB().fit(X, y))
    renamed_before = pickle.dumps(renamed)
    with pytest.raises(ValueError, match=r"alpha was .* when"):
        renamed.merge(good)
    assert pickle.dumps(renamed) == renamed_before
    with pytest.warns(UserWarning, match="Only one of two .* feature names"):
        model.merge(OttoScoreClassifier().fit(X, y))


def test_merging_with_itself_counts_twice():
    X, y = problem(0, 60, 40)
    twice = OttoScoreClassifier().fit(np.vstack([X, X]), np.r_[y, y])
    model = OttoScoreClassifier().fit(X, y)
    assert_same_model(model.merge(model), twice)
    thrice = OttoScoreClassifier().fit(np.vstack([X, X, X]), np.r_[y, y, y])
    model = OttoScoreClassifier().fit(X, y)
    assert_same_model(model.merge(model, model), thrice)


@pytest.mark.parametrize("dtypes", [(np.int64, np.uint32), (np.int8, np.int64)])
def test_merging_keeps_large_labels_exact(dtypes):
    X, y = problem(0, 60, 40, n_classes=2)
    large = np.array([2**53, 2**53 + 1])
    small = np.array([1, 3])
    a = OttoScoreClassifier().fit(X, small.astype(dtypes[1])[y])
    b = OttoScoreClassifier().fit(X, large[y])
    assert a.merge(b).classes_.tolist() == [1, 3, 2**53, 2**53 + 1]
    assert a.classes_.dtype == np.int64
    strings = OttoScoreClassifier().fit(X, np.array(["a", "b"])[y])
    longer = OttoScoreClassifier().fit(X, np.array(["b", "long"], dtype=object)[y])
    assert strings.merge(longer).classes_.tolist() == ["a", "b", "long"]


def test_merging_leaves_what_it_is_given():
    X, y = problem(0, 60, 40)
    model, other = (OttoScoreClassifier().fit(X, y) for _ in range(2))
    model.merge(other)
    assert_same_model(other, OttoScoreClassifier().fit(X, y))


@given(problems)
def test_whole_weights_are_repetitions(data):
    X, y = data
    weights = np.random.default_rng(len(y)).integers(1, 4, len(y))
    weighted = OttoScoreClassifier().fit(X, y, sample_weight=weights.astype(float))
    repeated = OttoScoreClassifier().fit(
        np.repeat(X, weights, axis=0), np.repeat(y, weights)
    )
    assert_same_model(weighted, repeated)
    assert weighted.feature_count_.dtype == np.int64


@given(problems)
def test_fractional_weights_equal_reference(data):
    X, y = data
    weights = np.random.default_rng(len(y)).random(len(y)) * 3
    model = OttoScoreClassifier().fit(X, y, sample_weight=weights)
    coef, intercept = reference.log_odds(
        X, y, len(model.classes_), 1.0, True, 100_000, weights
    )
    assert np.abs(model.coef_ - coef).max() <= 1
    assert np.abs(model.intercept_ - intercept).max() <= X.shape[1] + 1
    assert model.feature_count_.dtype == np.float64


def test_class_weights_are_sample_weights():
    X, y = problem(0, 100, 50)
    weights = {0: 3, 1: 1, 2: 2}
    by_class = OttoScoreClassifier(class_weight=weights).fit(X, y)
    by_sample = OttoScoreClassifier().fit(
        X, y, sample_weight=np.array([weights[k] for k in y])
    )
    assert_array_equal(by_class.coef_, by_sample.coef_)
    assert_array_equal(by_class.intercept_, by_sample.intercept_)
    # The counts themselves stay counts, so that a stream can go on.
    assert_array_equal(by_class.class_count_, np.bincount(y))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({0: -1}, "not negative.*has -1 for 0"),
        ({0: np.nan}, "finite numbers.*nan"),
        ({0: np.inf}, "finite numbers.*inf"),
        ({0: "2"}, "finite numbers.*'2'"),
        ({0: None}, "finite numbers.*None"),
        ({0: 1, 7: 2}, "not in class_weight"),
        ({0: 1e300}, "class_weight is too large"),
        ({0: 0, 1: 0, 2: 0}, "weight of zero"),
    ],
)
def test_class_weights_are_checked(weights, message):
    X, y = problem(0, 60, 20)
    for max_iter in (1, 3):
        model = OttoScoreClassifier(class_weight=weights, max_iter=max_iter)
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        assert not hasattr(model, "classes_")


def test_large_class_weights_and_steps_saturate():
    X, y = problem(0, 200, 20)
    y = np.random.default_rng(0).permutation(y)
    model = OttoScoreClassifier(
        class_weight={0: 1e290, 1: 1e-290, 2: 1},
        max_iter=3,
        learning_rate_init=1e300,
        margin=1e308,
        random_state=0,
    ).fit(X, y)
    assert model.correction_.max() == LARGEST
    assert model.correction_.min() == -LARGEST - 1
    assert model.weights_[0].min() == -LARGEST - 1


@pytest.mark.parametrize("weight", [2.0**52, 2.0**53, 2.0**62, 1e200])
def test_large_sums_of_weights_do_not_wrap(weight):
    X, y = problem(0, 60, 20)
    weights = np.full(len(y), weight)
    model = OttoScoreClassifier().fit(X, y, sample_weight=weights)
    for _ in range(3):
        model.partial_fit(X, y, sample_weight=weights)
    model.merge(model)
    plain = OttoScoreClassifier().fit(X, y)
    assert_allclose(model.class_count_, plain.class_count_ * weight * 8)
    assert_allclose(model.feature_count_, plain.feature_count_ * weight * 8)
    whole = OttoScoreClassifier().fit(X, y, sample_weight=np.full(len(y), 2**46))
    for _ in range(3):
        whole.partial_fit(X, y, sample_weight=np.full(len(y), 2**46))
    assert_array_equal(whole.feature_count_, plain.feature_count_ * 2.0**48)


def test_sums_of_weights_that_overflow_are_refused():
    X, y = problem(0, 60, 20)
    model = OttoScoreClassifier().fit(X, y)
    before = pickle.dumps(model)
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="too large to count"):
            method(X, y, sample_weight=np.full(len(y), 1e307))
        assert pickle.dumps(model) == before


def test_balanced_classes_have_equal_priors():
    X, y = problem(0, 300, 50)
    X, y = X[y < 2][:60], y[y < 2][:60]
    keep = np.r_[np.flatnonzero(y == 0)[:5], np.flatnonzero(y == 1)]
    model = OttoScoreClassifier(class_weight="balanced", fit_prior=True)
    model.partial_fit(X[keep[:3]], y[keep[:3]], classes=[0, 1])
    model.partial_fit(X[keep[3:]], y[keep[3:]])
    factors = model._settings().factors
    assert_allclose(model.class_count_ * factors, len(keep) / 2)
    with_prior = model.intercept_
    without = OttoScoreClassifier(class_weight="balanced", fit_prior=False)
    without.fit(X[keep], y[keep])
    assert_array_equal(with_prior - without.intercept_, round(np.log(0.5) * 100_000))


@given(
    seed=st.integers(0, 2**32 - 1),
    batch_size=st.sampled_from([1, 2, 7, 64, 1000]),
    margin=st.sampled_from([0.0, 0.3, 1.5, 1e30]),
    schedule=st.sampled_from(["cosine", "constant"]),
    step=st.sampled_from([0.05, 1.0, 9000.0, 1e30]),
    n_bits=st.sampled_from([3, 32, 45]),
    n_classes=st.sampled_from([2, 3, 11]),
    rivals=st.sampled_from(["strongest", "all"]),
)
def test_tuning_equals_reference(
    seed, batch_size, margin, schedule, step, n_bits, n_classes, rivals
):
    # Steps of 9000 nats saturate within a few rows, those of 1e30 at once.
    X, y = problem(seed, 150, n_bits, n_classes)
    model = OttoScoreClassifier(
        max_iter=4,
        learning_rate_init=step,
        learning_rate=schedule,
        margin=margin,
        rivals=rivals,
        batch_size=batch_size,
        random_state=seed,
    ).fit(X, y)
    untuned = OttoScoreClassifier().fit(X, y)
    rng = np.random.RandomState(seed)
    epochs = np.arange(3)
    factors = (1 + np.cos(np.pi * epochs / 3)) / 2 if schedule == "cosine" else [1] * 3
    correction, coef, _, accuracies = reference.tune(
        X,
        y,
        untuned.coef_.astype(np.int64),
        untuned.intercept_,
        [rng.permutation(len(y)) for _ in epochs],
        [min(round(step * factor * 100_000), LARGEST) for factor in factors],
        # A correction moves two scores apart, by the mean number of ones each.
        min(round(margin * 2 * step * X.sum() / len(y) * 100_000), 2**62),
        batch_size,
        all_rivals=rivals == "all",
    )
    assert_array_equal(model.correction_, correction)
    assert_array_equal(model.coef_, coef)
    assert_allclose(model.train_scores_, accuracies)
    assert model.n_iter_ == 4
    assert_array_equal(model.feature_log_odds_, untuned.coef_)


@pytest.mark.parametrize("weight_bits", [2, 3, 4, 8, 16])
@pytest.mark.parametrize("batch_size", [100, 128, 1000])
def test_tuning_through_rounding_equals_reference(weight_bits, batch_size):
    X, y = problem(weight_bits, 300, 45, 5)
    X[:, 7], X[:, 8] = True, False
    X[:299, 9] = True
    model = OttoScoreClassifier(
        max_iter=4, weight_bits=weight_bits, batch_size=batch_size, random_state=0
    ).fit(X, y)
    untuned = OttoScoreClassifier().fit(X, y)
    rng = np.random.RandomState(0)
    factors = (1 + np.cos(np.pi * np.arange(3) / 3)) / 2
    correction, coef, offsets, accuracies = reference.tune(
        X,
        y,
        untuned.weights_.astype(np.int64),
        untuned.offsets_,
        [rng.permutation(len(y)) for _ in factors],
        [round(0.05 * factor * 100_000) for factor in factors],
        round(2.0 * 2 * 0.05 * X.sum() / len(y) * 100_000),
        batch_size,
        weight_bits,
    )
    assert_array_equal(model.weight_corrections_, correction)
    assert_array_equal(model.weights_, coef)
    assert_array_equal(model.offsets_, offsets)
    assert_array_equal(model.rounding_offsets_, offsets - untuned.offsets_)
    assert_allclose(model.train_scores_, accuracies)
    assert_array_equal(model.untuned_weights_, untuned.weights_)


@pytest.mark.parametrize("max_iter", [1, 3])
def test_weights_have_few_values_whatever_happens(max_iter):
    X, y = problem(0, 300, 45, 3)
    model = OttoScoreClassifier(max_iter=max_iter, weight_bits=3, random_state=0)

    X[:200, 7] = True

    def assert_is_rounded(model, rows, exact_offsets):
        exact = model.feature_log_odds_ + model.correction_
        step = 2**model.weight_shift_
        weights, change, _ = reference.round_weights(exact, 3, rows, step)
        assert_array_equal(model.weights_, weights)
        assert_array_equal(model.offsets_, exact_offsets + change)
        assert_array_equal(model.rounding_offsets_, change)
        assert len(np.unique(model.weights_)) <= 8

    model.fit(X[:200], y[:200])
    assert_is_rounded(model, X[:200], counted(X[:200], y[:200]).offsets_)
    assert not model.weights_[:, 7].any()
    model.partial_fit(X[200:], y[200:])
    assert_is_rounded(model, X, counted(X, y).offsets_)
    assert model.weights_[:, 7].any()
    model.merge(OttoScoreClassifier(weight_bits=3).fit(X[:90], y[:90]))
    more, labels = np.vstack([X, X[:90]]), np.append(y, y[:90])
    assert_is_rounded(model, more, counted(more, labels).offsets_)
    model.set_params(warm_start=True).fit(X, y)
    assert_is_rounded(model, X, counted(X, y).offsets_)
    model.set_params(max_iter=2).tune(X, y)
    assert_is_rounded(model, X, counted(X, y).offsets_)
    early = clone(model).set_params(early_stopping=True, max_iter=6).fit(X, y)
    # The rows that are set aside are not counted.
    assert early.rounding_offsets_.any()
    assert early.validation_scores_


def test_rounding_a_fitted_model_is_like_few_bits_without_tuning():
    X, y = problem(0, 300, 45, 3)
    rounded = round_log_odds(OttoScoreClassifier().fit(X, y), 4)
    learned = OttoScoreClassifier(weight_bits=4).fit(X, y)
    assert_same_model(rounded, learned)
    assert_same_model(round_log_odds(rounded, 4), learned)
    assert bit_mass(rounded) == bit_mass(learned)
    assert bit_mass(learned).neuron_view == ((45, 3, 4),)


def test_saturation_instead_of_wrapping():
    X, y = problem(0, 200, 40)
    y = np.random.default_rng(0).permutation(y)
    model = OttoScoreClassifier(
        max_iter=21, learning_rate_init=20_000, learning_rate="constant"
    )
    model.fit(X, y)
    assert model.coef_.max() == LARGEST
    assert model.coef_.min() == -LARGEST - 1
    # Precision so high that the log-odds themselves saturate.
    certain = OttoScoreClassifier(precision=LARGEST).fit(np.eye(2), [0, 1])
    very_certain = OttoScoreClassifier(1e-9, precision=LARGEST).fit(np.eye(2), [0, 1])
    assert np.abs(certain.coef_).max() < LARGEST
    assert very_certain.coef_.tolist() == [
        [LARGEST, -LARGEST - 1],
        [-LARGEST - 1, LARGEST],
    ]
    # Sums of saturated weights are int64.
    assert very_certain.integer_scores([[1, 1]]).dtype == np.int64


def test_weights_that_reach_the_end_within_an_epoch_saturate():
    # Blocks of 128 steps of 2**22 are harmless at first; 512 rows reach the end.
    X = np.ones((1000, 3), dtype=bool)
    X[:, 2] = np.arange(1000) % 3 == 0
    y = np.zeros(1000, dtype=int)
    y[-1] = 1
    step = 2**22 / 100_000
    model = OttoScoreClassifier(
        max_iter=2,
        learning_rate_init=step,
        learning_rate="constant",
        margin=1e9,
        random_state=0,
    ).fit(X, y)
    untuned = OttoScoreClassifier().fit(X, y)
    correction, weights, *_ = reference.tune(
        X,
        y,
        untuned.weights_.astype(np.int64),
        untuned.offsets_,
        [np.random.RandomState(0).permutation(1000)],
        [2**22],
        1e14,
        1,
    )
    assert correction.max() == LARGEST
    assert_array_equal(model.correction_, correction)
    assert_array_equal(model.weights_, weights)


def test_tuning_does_not_depend_on_threads_but_on_the_seed():
    X, y = problem(0, 400, 64)
    models = [
        OttoScoreClassifier(max_iter=5, margin=1.5, random_state=seed, n_jobs=n_jobs)
        for seed, n_jobs in ((0, 1), (0, 2), (1, 1))
    ]
    for model in models:
        model.fit(X, y)
    assert_same_model(models[0], models[1])
    assert np.any(models[0].coef_ != models[2].coef_)


def test_streaming_after_tuning_keeps_both_exact():
    X, y = problem(0, 300, 40)
    model = OttoScoreClassifier(max_iter=4, margin=4.5, random_state=0)
    model.fit(X[:200], y[:200])
    correction = model.correction_.copy()
    model.partial_fit(X[200:], y[200:])
    untuned = OttoScoreClassifier().fit(X, y)
    assert_array_equal(model.correction_, correction)
    assert_array_equal(model.feature_count_, untuned.feature_count_)
    assert_array_equal(model.feature_log_odds_, untuned.coef_)
    assert_array_equal(model.coef_, untuned.coef_ + correction)


def test_warm_start_tunes_on():
    X, y = problem(0, 300, 40)
    rng = np.random.RandomState(0)
    params = {"learning_rate": "constant", "margin": 4.5}
    warm = OttoScoreClassifier(max_iter=3, warm_start=True, random_state=rng, **params)
    warm.fit(X, y).fit(X, y)
    cold = OttoScoreClassifier(
        max_iter=5, random_state=np.random.RandomState(0), **params
    ).fit(X, y)
    assert_same_model(warm, cold)
    before = pickle.dumps(warm)
    frame, _ = frames(X)
    for params, rows, labels in (
        ({}, X[:, 1:], y),
        ({}, X, y.astype(str)),
        ({}, frame, y),
        ({}, reference.pack(np.tile(X, 32)), y),
        ({"precision": 1000}, X, y),
    ):
        changed = copy.deepcopy(warm).set_params(**params)
        with pytest.raises(ValueError, match="warm_start=True needs"):
            changed.fit(rows, labels)
        changed.set_params(precision=100_000)
        assert pickle.dumps(changed) == before
    # A shallow copy goes its own way.
    other = copy.copy(warm)
    other.fit(X, y)
    assert pickle.dumps(warm.set_params(random_state=warm.random_state)) != before
    for name in ("weight_corrections_", "weights_"):
        assert not np.shares_memory(getattr(warm, name), getattr(other, name))


def test_early_stopping_keeps_the_best_and_never_sees_the_validation_part():
    X, y = problem(0, 600, 30)
    model = OttoScoreClassifier(
        max_iter=51,
        learning_rate_init=2.0,
        learning_rate="constant",
        early_stopping=True,
        n_iter_no_change=3,
        validation_fraction=0.25,
        random_state=0,
    ).fit(X, y)
    assert model.class_count_.sum() == 450
    scores = model.validation_scores_
    assert len(scores) == model.n_iter_ == len(model.train_scores_) + 1
    assert model.n_iter_ < 51
    assert np.argmax(scores) == len(scores) - 1 - 3
    # The part can be drawn again; the kept corrections score on it what was noted.
    _, part = train_test_split(
        np.arange(600), test_size=0.25, stratify=y, random_state=0
    )
    assert model.score(X[part], y[part]) == max(scores)


def test_early_stopping_keeps_the_first_of_equally_good_epochs():
    # Two bits tell the classes apart: the accuracy does not change any more, but with
    # the margin the corrections do.
    X = np.tile([[1, 0], [0, 1]], (100, 1))
    params = {"margin": 1e4, "learning_rate": "constant", "random_state": 0}
    model = OttoScoreClassifier(
        max_iter=10, early_stopping=True, n_iter_no_change=4, **params
    ).fit(X, [0, 1] * 100)
    assert model.validation_scores_ == [1.0] * 5
    assert_array_equal(model.correction_, 0)
    rng = np.random.default_rng(1)
    X, y = problem(3, 400, 12)
    y = np.where(rng.random(len(y)) < 0.3, (y + 1) % 3, y)
    params = {
        "learning_rate_init": 0.5,
        "learning_rate": "constant",
        "margin": 0.51,
        "random_state": 0,
    }
    stopped = OttoScoreClassifier(
        max_iter=31, early_stopping=True, n_iter_no_change=30, **params
    ).fit(X, y)
    scores = np.array(stopped.validation_scores_)
    first = int(np.argmax(scores))
    assert np.sum(scores == scores[first]) > 1
    assert first > 0
    train, _ = train_test_split(
        np.arange(len(y)), test_size=0.1, stratify=y, random_state=0
    )
    same = OttoScoreClassifier(max_iter=first + 1, **params).fit(X[train], y[train])
    assert_array_equal(stopped.correction_, same.correction_)
    assert_array_equal(stopped.weights_, same.weights_)


def test_rows_of_zero_weight_have_no_vote_in_early_stopping():
    X, y = problem(0, 400, 30)
    y[-3:] = 7
    # A class, too, that has rows of weight zero only, and too few to be split.
    weights = np.r_[np.ones(300), np.zeros(100)]
    params = {"max_iter": 10, "margin": 2.5, "early_stopping": True, "random_state": 0}
    model = OttoScoreClassifier(**params).fit(X, y, sample_weight=weights)
    shorter = OttoScoreClassifier(**params).fit(X[:300], y[:300])
    assert model.validation_scores_ == shorter.validation_scores_
    assert_array_equal(model.correction_[:3], shorter.correction_)
    assert_array_equal(model.classes_, [0, 1, 2, 7])


def test_validation_scores_are_weighted():
    X, y = problem(0, 400, 10)
    weights = np.random.default_rng(0).random(400) * 5
    model = OttoScoreClassifier(
        max_iter=3, early_stopping=True, random_state=0, class_weight={0: 1, 1: 2, 2: 0}
    ).fit(X, y, sample_weight=weights)
    _, part = train_test_split(
        np.arange(400), test_size=0.1, stratify=y, random_state=0
    )
    expected = np.average(
        model.predict(X[part]) == y[part],
        weights=weights[part] * np.array([1, 2, 0])[y[part]],
    )
    assert max(model.validation_scores_) == expected


def test_early_stopping_says_what_it_cannot_split():
    X, y = problem(0, 100, 10)
    weights = np.ones(100)
    weights[np.flatnonzero(y == 2)[1:]] = 0
    model = OttoScoreClassifier(max_iter=3, early_stopping=True)
    with pytest.raises(ValueError, match="least populated class"):
        model.fit(X, y, sample_weight=weights)
    model.set_params(class_weight={0: 1, 1: 1, 2: 1}, validation_fraction=0.5)
    weights = np.ones(100)
    model.fit(X, y, sample_weight=weights)


def test_rows_are_tuned_in_their_order_without_shuffling():
    X, y = problem(0, 150, 40)
    model = OttoScoreClassifier(max_iter=3, margin=1.0, shuffle=False).fit(X, y)
    untuned = OttoScoreClassifier().fit(X, y)
    correction, *_ = reference.tune(
        X,
        y,
        untuned.weights_.astype(np.int64),
        untuned.offsets_,
        [np.arange(150)] * 2,
        [5000, 2500],
        round(2 * 0.05 * X.sum() / 150 * 100_000),
        1,
    )
    assert_array_equal(model.correction_, correction)


@pytest.mark.parametrize("weights", [None, [3, 1, 1], [0.3, 0.1, 0.1]])
@pytest.mark.parametrize("packed", [False, True])
def test_margin_is_in_units_of_a_correction(weights, packed):
    X, y = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]), [0, 1, 1]
    rows = reference.pack(X) if packed else X
    untuned = OttoScoreClassifier(precision=1000).fit(rows, y, sample_weight=weights)
    leads = np.diff(untuned.integer_scores(rows))[:, 0] * [-1, 1, 1]
    assert leads.min() > 0
    mean_ones = np.average([2, 2, 1], weights=weights)
    # A row is corrected if its lead is below the margin, here by one unit or not.
    for rate in (0.05, 3.0):
        for lead, is_tuned in ((leads.min(), False), (leads.min() + 1, True)):
            margin = lead / (2 * rate * mean_ones * 1000)
            model = OttoScoreClassifier(
                precision=1000, max_iter=2, learning_rate_init=rate, margin=margin
            ).fit(rows, y, sample_weight=weights)
            assert model.correction_.any() == is_tuned


def test_margin_does_not_depend_on_the_number_of_bits():
    X, y = problem(0, 300, 20)
    # With every bit four times, all scores and margins are four times as large.
    params = {"max_iter": 5, "fit_prior": False, "random_state": 0}
    once = OttoScoreClassifier(**params).fit(X, y)
    four = OttoScoreClassifier(**params).fit(np.tile(X, 4), y)
    assert_array_equal(four.weights_, np.tile(once.weights_, 4))
    assert once.correction_.any()


def test_margin_of_rows_without_ones():
    X = np.zeros((6, 3))
    model = OttoScoreClassifier(
        max_iter=2, learning_rate_init=1e308, margin=1e308, random_state=0
    ).fit(X, [0, 1, 0, 1, 0, 0])
    assert_array_equal(model.weights_, 0)


def test_early_stopping_by_tol():
    X, y = problem(0, 600, 30)
    params = {"max_iter": 30, "early_stopping": True, "random_state": 0}
    params |= {"learning_rate_init": 0.5, "learning_rate": "constant", "margin": 1.0}
    model = OttoScoreClassifier(**params, n_iter_no_change=30).fit(X, y)
    scores = model.validation_scores_
    assert max(scores) > scores[0]
    # No accuracy rises by more than 1, so the first passes are the last ones.
    early = OttoScoreClassifier(**params, n_iter_no_change=3, tol=1.0).fit(X, y)
    assert early.validation_scores_ == scores[:4]
    assert early.n_iter_ == 4
    # What is kept is still the best, however small the rise.
    _, part = train_test_split(
        np.arange(600), test_size=0.1, stratify=y, random_state=0
    )
    assert early.score(X[part], y[part]) == max(scores[:4])
    # A rise from the best so far by exactly tol is none.
    rises = np.array(scores[1:]) - np.maximum.accumulate(scores)[:-1]
    tol = rises[rises > 0].min()
    exact = OttoScoreClassifier(**params, n_iter_no_change=1, tol=tol).fit(X, y)
    assert exact.n_iter_ == 2 + np.flatnonzero(~(rises > tol))[0]


@pytest.mark.parametrize("fit_prior", [True, False])
@pytest.mark.parametrize("weighted", [False, True])
def test_class_log_prior_is_that_of_bernoulli_naive_bayes(fit_prior, weighted):
    X, y = problem(0, 100, 40)
    weights = np.random.default_rng(0).random(100) if weighted else None
    model = OttoScoreClassifier(fit_prior=fit_prior).fit(X, y, sample_weight=weights)
    theirs = BernoulliNB(fit_prior=fit_prior).fit(X, y, sample_weight=weights)
    assert_allclose(model.class_log_prior_, theirs.class_log_prior_, rtol=1e-14)
    part = OttoScoreClassifier().partial_fit(X, y, classes=[0, 1, 2, 7])
    assert_array_equal(part.class_log_prior_[3], -np.inf)


def test_class_log_prior_has_the_weights_of_the_classes():
    X, y = problem(0, 100, 40)
    model = OttoScoreClassifier(class_weight="balanced").fit(X, y)
    assert_allclose(model.class_log_prior_, np.log(1 / 3))
    model = OttoScoreClassifier(class_weight={0: 2, 1: 0, 2: 1}).fit(X, y)
    n = np.bincount(y) * [2, 0, 1]
    with np.errstate(divide="ignore"):
        assert_allclose(model.class_log_prior_, np.log(n / n.sum()))


def test_rows_are_numbered_over_all_passes():
    X, y = problem(0, 100, 40)
    weights = np.r_[np.ones(60), np.zeros(40)]
    model = OttoScoreClassifier(max_iter=4).fit(X, y, sample_weight=weights)
    assert model.n_iter_ == 4
    assert model.n_samples_seen_ == 100 + 3 * 60
    assert type(model.n_samples_seen_) is int
    assert model.partial_fit(X[:7], y[:7]).n_samples_seen_ == 287
    other = OttoScoreClassifier().fit(X[:20], y[:20])
    assert model.merge(other, other).n_samples_seen_ == 327
    assert model.fit(X, y).n_samples_seen_ == 400


def test_attributes_of_an_earlier_fit_do_not_stay():
    X, y = problem(0, 200, 30)
    model = OttoScoreClassifier(max_iter=3, early_stopping=True).fit(X, y)
    model.set_params(early_stopping=False).fit(X, y)
    assert not hasattr(model, "validation_scores_")


def test_no_row_to_tune_on():
    X, y = problem(0, 100, 30)
    model = OttoScoreClassifier(max_iter=3, class_weight=dict.fromkeys(range(3), 0))
    with pytest.raises(ValueError, match="weight of zero"):
        model.fit(X, y)
    assert not hasattr(model, "classes_")


def test_verbose_prints_a_line_per_pass(capsys):
    X, y = problem(0, 100, 30)
    OttoScoreClassifier(max_iter=3, verbose=1, early_stopping=True).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0] == "Pass 1/3"
    assert lines[1].startswith("Pass 2/3, training 0.")
    assert ", validation " in lines[1]


def test_rows_of_zero_weight_are_not_visited():
    X, y = problem(0, 200, 40)
    weights = np.r_[np.ones(100), np.zeros(100)]
    params = {"max_iter": 4, "margin": 4.5, "random_state": 0}
    weighted = OttoScoreClassifier(**params).fit(X, y, sample_weight=weights)
    shorter = OttoScoreClassifier(**params).fit(X[:100], y[:100])
    assert_same_model(weighted, shorter)


def test_probabilities():
    X, y = problem(0, 200, 40)
    model = OttoScoreClassifier(calibrate=None).fit(X, y)
    joint = model.predict_joint_log_proba(X)
    probabilities = np.exp(joint) / np.exp(joint).sum(axis=1, keepdims=True)
    assert_allclose(model.predict_proba(X), probabilities)
    assert_allclose(model.predict_log_proba(X), np.log(probabilities))


def test_classes_that_were_never_seen_are_never_predicted():
    X, y = problem(0, 100, 40)
    model = OttoScoreClassifier().partial_fit(X, y, classes=[0, 1, 2, 7])
    assert set(model.predict(X)) <= {0, 1, 2}
    assert_array_equal(model.predict_proba(X)[:, 3], 0)


def sparse_forms(X):
    """The same numbers, stored in other ways."""
    rows = sparse.csr_array(X.astype(float))
    yield rows
    yield sparse.csr_matrix(X.astype(np.float32))
    yield sparse.csc_array(X.astype(np.int64))
    yield sparse.csr_array(X)
    # Unsorted, with numbers to be added up: to more than 0 for ones, else to less.
    twice = sparse.vstack([rows, rows]).tocoo()
    values = np.where(twice.row < len(X), 1.5, 0.5)
    place = twice.row % len(X), twice.col
    values = np.r_[values, np.ones(len(X)), np.full(len(X), -2.0)]
    empty = np.argmin(X, axis=1)
    index = np.r_[place[0], np.arange(len(X)), np.arange(len(X))]
    columns = np.r_[place[1], empty, empty]
    order = np.random.default_rng(0).permutation(len(index))
    order = order[np.argsort(index[order], kind="stable")]
    starts = np.searchsorted(index[order], np.arange(len(X) + 1))
    messy = sparse.csr_array((values[order], columns[order], starts), shape=X.shape)
    assert not messy.has_canonical_format
    yield messy
    long = rows.copy()
    long.indices, long.indptr = long.indices.astype(np.int64), long.indptr.astype(int)
    yield long


@pytest.mark.parametrize("weighted", [None, "whole", "fractional"])
def test_sparse_rows_equal_dense_rows(weighted):
    X, y = problem(0, 150, 70)
    X &= np.random.default_rng(1).random(X.shape) < 0.3
    X[:, 5] = False
    X[3] = False
    rng = np.random.default_rng(2)
    weights = {
        None: None,
        "whole": rng.integers(0, 3, len(y)),
        "fractional": rng.random(len(y)),
    }[weighted]
    params = {"max_iter": 3, "margin": 3.0, "random_state": 0, "n_jobs": 2}
    counted = OttoScoreClassifier().fit(X, y, sample_weight=weights)
    tuned = OttoScoreClassifier(**params, early_stopping=True)
    tuned.fit(X, y, sample_weight=weights)
    for rows in sparse_forms(X):
        before = rows.copy()
        model = OttoScoreClassifier()
        for part in (slice(0, 40), slice(40, 150)):
            model.partial_fit(
                rows[part].tocsr(),
                y[part],
                classes=[0, 1, 2],
                sample_weight=None if weights is None else weights[part],
            )
        assert_same_model(model, counted)
        assert_array_equal(model.predict(rows), counted.predict(X))
        model = OttoScoreClassifier(**params, early_stopping=True)
        model.fit(rows, y, sample_weight=weights)
        assert_same_model(model, tuned)
        assert model.validation_scores_ == tuned.validation_scores_
        for answer in ("integer_scores", "predict", "predict_log_proba"):
            expected = getattr(tuned, answer)(X)
            assert_array_equal(getattr(model, answer)(rows), expected)
            assert_array_equal(getattr(model, answer)(rows[:1]), expected[:1])
        assert_array_equal(rows.toarray(), before.toarray())
        assert_array_equal(rows.tocsr().indices, before.tocsr().indices)


@pytest.mark.parametrize("binarize", [-0.5, 0.0, 0.3, 2.0])
def test_sparse_numbers_are_compared_as_dense_ones(binarize):
    rng = np.random.default_rng(0)
    X = rng.integers(-3, 4, (100, 40)) * (rng.random((100, 40)) < 0.4)
    y = rng.integers(0, 3, 100)
    for dtype in (np.float64, np.float32, np.int8):
        dense = OttoScoreClassifier(binarize=binarize).fit(X.astype(dtype), y)
        rows = sparse.csr_array(X.astype(dtype))
        model = OttoScoreClassifier(binarize=binarize).fit(rows, y)
        assert_same_model(model, dense)
        assert_array_equal(model.integer_scores(rows), dense.integer_scores(X))


def test_invalid_sparse_rows_are_refused():
    X, y = problem(0, 60, 40)
    model = OttoScoreClassifier().fit(X, y)
    for indices, starts in (([0, 40], [0, 1, 2]), ([0, -1], [0, 1, 2])):
        rows = sparse.csr_array((np.ones(2), [0, 1], [0, 1, 2]), shape=(2, 40))
        rows.indices[:], rows.indptr[:] = indices, starts
        for method in (model.predict, lambda rows: model.partial_fit(rows, [0, 1])):
            with pytest.raises(ValueError, match=r"index|indices"):
                method(rows)


def test_results_do_not_depend_on_where_work_is_cut(monkeypatch):
    X, y = problem(0, 300, 70, n_classes=11)
    weights = np.random.default_rng(0).random(len(y))
    forms = (X, reference.pack(X), sparse.csr_array(X))
    answers = "integer_scores", "predict", "decision_function", "predict_proba"

    def results():
        for rows in forms:
            for batch_size in (1, 3, 100, 1000):
                model = OttoScoreClassifier(
                    max_iter=3, batch_size=batch_size, margin=1.5, random_state=0
                )
                for sample_weight in (None, weights):
                    model.fit(rows, y, sample_weight=sample_weight)
                    found = [getattr(model, answer)(rows) for answer in answers]
                    yield model.feature_count_, model.weights_, *found

    expected = list(results())
    monkeypatch.setattr(_blocks, "_WORK_PER_CALL", 500)
    monkeypatch.setattr(_classifier, "_BYTES_PER_BLOCK", 1000)
    sizes = []
    original = score_kernels.score_rows

    def score_rows(rows, *args):
        sizes.append(len(rows))
        original(rows, *args)

    monkeypatch.setattr(score_kernels, "score_rows", score_rows)
    for found, whole in zip(results(), expected, strict=True):
        for a, b in zip(found, whole, strict=True):
            assert_array_equal(a, b, strict=True)
    # 500 operations are 15 rows of three containers and eleven classes.
    assert max(sizes) == 15


def test_no_call_of_a_kernel_takes_long():
    """For large models, few rows make a call."""
    assert rows_of_a_call(65_536, 1000) <= 66
    assert rows_of_a_call(32, 2) == 1024


def rows_of_a_call(n_bits, n_classes):
    sizes = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            score_kernels, "score_rows", lambda rows, *args: sizes.append(len(rows))
        )
        words = np.broadcast_to(~np.uint32(0), (5000, n_bits // 32))
        weights = np.broadcast_to(np.int32(0), (n_classes, n_bits))
        _scoring.score(words, weights, np.zeros(n_classes, dtype=np.int64), None)
    assert sum(sizes) == 5000
    return max(sizes)


def fern_codes(seed, n_rows, n_codes, code_size, n_classes):
    """Rows of a one among each ``code_size`` bits; first rows without and with all."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_rows)
    y[:n_classes] = np.arange(n_classes)
    codes = rng.integers(0, code_size, (n_rows, n_codes))
    codes = np.where(rng.random(codes.shape) < 0.4, y[:, None] % code_size, codes)
    bits = (codes[:, :, None] == np.arange(code_size)).reshape(n_rows, -1)
    bits[0], bits[1] = False, True
    return bits, y


@given(
    seed=st.integers(0, 2**32 - 1),
    rivals=st.sampled_from(["strongest", "all"]),
    margin=st.sampled_from([0.0, 2.5]),
    step=st.sampled_from([0.05, 1.0, 900.0]),
    n_codes=st.sampled_from([1, 3, 5]),
    code_size=st.sampled_from([11, 32, 64]),
    n_classes=st.sampled_from([2, 3, 11]),
)
def test_rows_with_few_ones_are_tuned_as_the_reference(
    seed, rivals, margin, step, n_codes, code_size, n_classes
):
    # Steps of 900 nats saturate after some rows.
    X, y = fern_codes(seed, 150, n_codes, code_size, n_classes)
    model = OttoScoreClassifier(
        max_iter=4,
        learning_rate_init=step,
        margin=margin,
        rivals=rivals,
        random_state=seed,
    ).fit(X, y)
    untuned = OttoScoreClassifier().fit(X, y)
    rng = np.random.RandomState(seed)
    steps = [step * (1 + np.cos(np.pi * i / 3)) / 2 * 100_000 for i in range(3)]
    correction, coef, _, accuracies = reference.tune(
        X,
        y,
        untuned.coef_.astype(np.int64),
        untuned.intercept_,
        [rng.permutation(len(y)) for _ in range(3)],
        np.rint(steps).astype(np.int64),
        min(round(margin * 2 * step * X.sum() / len(y) * 100_000), 2**62),
        1,
        all_rivals=rivals == "all",
    )
    assert_array_equal(model.correction_, correction)
    assert_array_equal(model.coef_, coef)
    assert_allclose(model.train_scores_, accuracies)
    scores = reference.scores(X, coef, model.intercept_)
    assert_array_equal(model.integer_scores(X), scores)
    assert_array_equal(model.integer_scores(X[2:3]), scores[2:3])


@pytest.mark.parametrize("n_bits", [1, 33, 96, 2**16, 2**16 + 1, 2**17 + 40])
def test_lists_of_ones(n_bits):
    rng = np.random.default_rng(n_bits)
    X = rng.random((9, n_bits)) < 3 / n_bits
    # Ones on both sides of every edge, a row without ones, and one full of them.
    edges = np.arange(0, n_bits, 2**16)
    X[0, edges], X[0, edges - 1], X[1], X[2] = True, True, False, True
    packed = reference.pack(X)
    numbers = sparse.csr_array(X.astype(float))
    for ones in (
        _rows.ones_of_packed(packed, n_bits),
        _rows.ones_of_sparse(numbers, 0.5),
    ):
        assert len(ones) == 9
        assert ones.mean == X.sum() / 9
        for s, bounds in enumerate(ones.bounds):
            listed = [
                2**16 * i + ones.columns[begin:end].astype(int)
                for i, (begin, end) in enumerate(itertools.pairwise(bounds))
            ]
            assert_array_equal(np.concatenate(listed), np.flatnonzero(X[s]))
        chosen = np.array([2, 0, 5, 5])
        assert_array_equal(_rows.take_rows(ones, chosen), packed[chosen])


@pytest.mark.parametrize("n_classes", [2, 10])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"weight_bits": 3},
        {"batch_size": 8},
        {"early_stopping": True, "weight_bits": 4},
        {"early_stopping": True, "tol": 0.01, "n_iter_no_change": 1},
        {"class_weight": "balanced", "calibrate": "offsets"},
    ],
)
def test_lists_of_ones_change_no_fit(n_classes, params, monkeypatch):
    X, y = fern_codes(3, 400, 6, 64, n_classes)
    # The first rows have no ones, and all.
    X, y = reference.pack(X[2:]), y[2:]
    params = params | {"max_iter": 6, "rivals": "all", "random_state": 0}
    in_lists = OttoScoreClassifier(**params).fit(X, y)
    runs = []
    monkeypatch.setattr(_few_ones.TuningOfFewOnes, "run", runs.append)
    monkeypatch.setattr(_fitted, "have_few_ones", lambda rows: False)
    packed = OttoScoreClassifier(**params).fit(X, y)
    assert not runs
    assert_same_model(in_lists, packed)
    assert in_lists.train_scores_ == packed.train_scores_
    assert in_lists.units_per_nat_ == packed.units_per_nat_


def test_two_classes_of_equal_or_very_different_weights():
    ones = _rows.ones_of_packed(np.ones((2, 1), dtype=np.uint32), 32)
    order, steps = np.arange(2), np.array([7, 7])
    for weight, n_visited, n_correct in ((0, 2, 1), (1_500_000_000, 0, 0)):
        base = np.full((2, 32), weight, dtype=np.int32)
        base[0] *= -1
        weights = Weights(base, np.zeros_like(base), base.copy())
        tuning = _few_ones.TuningOfFewOnes(weights, np.zeros(2, dtype=np.int64), ones)
        # Of equal scores the first class is predicted, so the second row is wrong.
        visits = Visits(order, np.array([0, 1]), steps)
        assert tuning.run(visits, Rule(0, 1, True)) == (n_visited, n_correct)
        tuning.write_back()
        gain = 7 if n_visited else 0
        assert weights.corrections[:, 0].tolist() == [-gain, gain]
        assert_array_equal(weights.sums, base + weights.corrections)


def test_more_than_65536_bits_are_as_fewer():
    X, y = fern_codes(0, 150, 4, 64, 3)
    wide = np.zeros((len(X), 2**17 + 5), dtype=bool)
    places = np.linspace(0, wide.shape[1] - 1, X.shape[1]).astype(int)
    wide[:, places] = X
    for classes in (y, y % 2):
        params = {"max_iter": 4, "random_state": 0}
        expected = OttoScoreClassifier(**params).fit(X, classes)
        for form in (sparse.csr_array, reference.pack):
            rows = form(wide)
            model = OttoScoreClassifier(**params).fit(rows, classes)
            assert_array_equal(model.weights_[:, places], expected.weights_)
            assert_array_equal(model.integer_scores(rows), expected.integer_scores(X))
            assert model.train_scores_ == expected.train_scores_
            assert model.units_per_nat_ == expected.units_per_nat_


@pytest.mark.parametrize("n_rows", [1, 64, 65, 1100])
@pytest.mark.parametrize("n_classes", [2, 8, 11])
def test_scores_of_few_ones(n_rows, n_classes):
    # 100 containers are more than one tile, and 99 leave one without a partner.
    for n_codes in (100, 99):
        X, _ = fern_codes(n_rows, max(n_rows, n_classes), n_codes, 32, n_classes)
        rng = np.random.default_rng(n_rows)
        shape = n_classes, 32 * n_codes
        weights = rng.integers(-(2**31), 2**31, shape, dtype=np.int32)
        offsets = rng.integers(-(2**40), 2**40, n_classes)
        rows = reference.pack(X)[-n_rows:]
        assert _scoring.have_few_ones(rows) or n_rows == 1
        ones = _rows.ones_of_packed(rows, 32 * n_codes)
        expected = X[-n_rows:].astype(np.int64) @ weights.T.astype(np.int64) + offsets
        for form in (rows, ones):
            assert_array_equal(_scoring.score(form, weights, offsets, None), expected)


@pytest.mark.parametrize("method", ["fit", "predict", "weighted", "sparse"])
def test_n_jobs_threads_work_at_the_same_time(method, monkeypatch):
    X, y = problem(0, 3000, 32 * 200)
    rows = sparse.csr_array(X) if method == "sparse" else reference.pack(X)
    kernel, call = {
        "fit": ("count.count_bits", lambda model: model.fit(rows, y)),
        "weighted": (
            "count.count_weighted_bits",
            lambda model: model.fit(rows, y, sample_weight=np.full(len(y), 0.5)),
        ),
        "predict": ("score.score_rows", lambda model: model.predict(rows)),
        "sparse": ("score.score_listed_rows", lambda model: model.predict(rows)),
    }[method]
    model = OttoScoreClassifier().fit(rows, y)
    module, name = kernel.split(".")
    module = importlib.import_module(f"skbit.naive_bayes._kernels.{module}")
    original, barrier, threads = getattr(module, name), threading.Barrier(2), []

    def together(*args):
        # Two calls must wait for each other, which one thread alone cannot do.
        if len(threads) < 2:
            threads.append(threading.get_ident())
            barrier.wait(timeout=30)
        original(*args)

    monkeypatch.setattr(module, name, together)
    call(model.set_params(n_jobs=2))
    assert len(set(threads)) == 2


@pytest.mark.parametrize("n_rows", [254, 255, 256, 257, 511, 600])
@pytest.mark.parametrize("n_bits", [1, 31, 512, 513, 700])
def test_bits_that_are_always_one_are_counted(n_rows, n_bits):
    X = np.ones((2 * n_rows, n_bits), dtype=bool)
    X[0, n_bits // 2] = False
    y = np.arange(2 * n_rows) % 2
    expected = np.array([X[y == k].sum(axis=0) for k in range(2)])
    for rows in (X, reference.pack(X), sparse.csr_array(X)):
        model = OttoScoreClassifier(n_jobs=2).fit(rows, y)
        assert_array_equal(model.feature_count_[:, :n_bits], expected)
        assert not model.feature_count_[:, n_bits:].any()


def test_counts_are_those_of_hand_made_rows():
    # Straight into the kernel: one class, a counter of eight digits would wrap.
    rows = np.full((1000, 3), 0xFFFFFFFF, dtype=np.uint32)
    zeros = _counting.Counts(np.zeros(1, np.int64), np.zeros((1, 90), np.int64))
    counts = _counting.count(rows, np.zeros(1000, dtype=np.intp), None, zeros, None)
    assert_array_equal(counts.bits, np.full((1, 90), 1000))


LEARNING = {
    "partial_fit": lambda model, X, y: model.partial_fit(X, y),
    "merge": lambda model, X, y: model.merge(OttoScoreClassifier().fit(X, y)),
    "fit": lambda model, X, y: model.fit(X, y),
    "warm fit": lambda model, X, y: model.set_params(warm_start=True).fit(X, y),
}


def arrays_of(model):
    return {k: v for k, v in vars(model).items() if isinstance(v, np.ndarray)}


@pytest.mark.parametrize("learn", LEARNING.values(), ids=LEARNING)
@pytest.mark.parametrize("max_iter", [1, 4])
def test_learning_never_writes_into_earlier_arrays(learn, max_iter):
    X, y = problem(0, 120, 40)
    params = {"max_iter": max_iter, "margin": 4.5, "random_state": 0}
    model = OttoScoreClassifier(**params).fit(X[:60], y[:60])
    expected = learn(copy.deepcopy(model), X[60:], y[60:])
    snapshot = copy.deepcopy(arrays_of(model))
    shallow = copy.copy(model)
    for array in arrays_of(model).values():
        array.flags.writeable = False
    learn(model, X[60:], y[60:])
    assert_same_model(model, expected)
    for name, array in arrays_of(shallow).items():
        assert_array_equal(array, snapshot[name])


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 2, 1: 0, 2: 0.3}])
@pytest.mark.parametrize("fit_prior", [True, False])
@pytest.mark.parametrize("tuned", [False, True])
def test_what_changes_is_all_that_is_derived(class_weight, fit_prior, tuned):
    """Row after row, new bits, classes and weights; equal to deriving everything."""
    rng = np.random.default_rng(0)
    X = rng.random((40, 200)) < np.linspace(0, 0.3, 40)[:, None]
    y = np.r_[0, 1, 2, rng.integers(0, 4, 37)]
    params = {"class_weight": class_weight, "fit_prior": fit_prior}
    model = OttoScoreClassifier(**params)
    if tuned:
        model.set_params(max_iter=3, margin=10, random_state=0).fit(X[:20], y[:20])
        start = 20
    else:
        model.partial_fit(X[:1], y[:1], classes=range(4))
        start = 1
    for i in range(start, 40):
        weight = [[1], [2], [0.5], [1]][i % 4]
        model.partial_fit(X[i : i + 1], y[i : i + 1], sample_weight=weight)
        anew = copy.copy(model)
        anew._derive()
        assert_same_model(model, anew)


DAMAGES = {
    "classes_": [np.array([1, 0, 2]), np.array([0, 0, 1]), np.arange(2), [0, 1, 2]],
    "class_count_": [np.ones(2, dtype=np.int64), np.array([-1, 2, 3]), None],
    "feature_count_": [np.ones((3, 39), dtype=np.int64), np.ones((3, 40))],
    "weights_": [
        np.ones((3, 40)),
        np.ones((3, 39), dtype=np.int32),
    ],
    "offsets_": [np.ones(2, dtype=np.int64), np.ones(3), 5],
    "seen_bits_": [np.ones(39, dtype=bool), np.ones(40)],
    "n_samples_seen_": [-1, 2.5, None],
    "weight_corrections_": [None, np.ones((3, 40))],
    "untuned_weights_": [None, np.ones((2, 40), dtype=np.int32)],
    "n_features_in_": [39, 41, "x", -1],
    "input_format_": ["packed", None],
    "fitted_params_": [{}, None],
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_attributes_are_refused(name):
    X, y = problem(0, 60, 40)
    for value in DAMAGES[name]:
        model = OttoScoreClassifier(max_iter=2, margin=50, random_state=0).fit(X, y)
        setattr(model, name, value)
        assert_damaged(model, X, y)
        with pytest.raises(ValueError, match="damaged"):
            pickle.loads(pickle.dumps(model))
    model = OttoScoreClassifier().fit(X, y)
    model.weights_ = np.repeat(model.weights_, 2, axis=1)[:, ::2]
    assert_damaged(model, X, y)
    # Counts that are not counts are noticed when something is derived from them.
    for counts in (np.full((3, 40), -1000), np.full((3, 40), 61)):
        model = OttoScoreClassifier().fit(X, y)
        model.feature_count_ = counts
        with pytest.raises(ValueError, match="damaged"):
            model.partial_fit(X, y)


def assert_damaged(model, X, y):
    for call in (
        model.predict,
        model.predict_proba,
        model.integer_scores,
        model.decision_function,
        lambda X: model.partial_fit(X, y),
        lambda X: model.merge(OttoScoreClassifier().fit(X, y)),
        lambda X: OttoScoreClassifier().fit(X, y).merge(model),
    ):
        with pytest.raises(ValueError, match="damaged"):
            call(X)


def test_parameters_are_fixed_by_fitting():
    X, y = problem(0, 60, 40)
    model = OttoScoreClassifier().fit(X, y)
    expected = {
        name: getattr(model, name)(X)
        for name in ("predict", "predict_proba", "decision_function")
    }
    for name, value in {
        "alpha": 9.0,
        "fit_prior": False,
        "precision": 7,
        "binarize": 0.5,
        "class_weight": "balanced",
    }.items():
        before = getattr(model, name)
        model.set_params(**{name: value})
        for method, answer in expected.items():
            assert_array_equal(getattr(model, method)(X), answer)
        for learn in (LEARNING["partial_fit"], LEARNING["merge"]):
            with pytest.raises(ValueError, match=f"{name} was .* when"):
                learn(model, X, y)
        model.set_params(**{name: before})
    model.set_params(
        n_jobs=2, verbose=1, max_iter=6, learning_rate_init=3.0, margin=2.0
    )
    model.partial_fit(X, y)


def test_other_tools_can_compute_with_coefficients():
    X, y = load_digits(return_X_y=True)
    # Log-odds of hundreds of thousands, whose squares exceed int32.
    model = OttoScoreClassifier(binarize=7).fit(X, y)
    squares = model.weights_.astype(object) ** 2
    assert squares.max() > LARGEST
    for name, exact in (
        ("coef_", model.weights_),
        ("feature_log_odds_", model.weights_),
        ("intercept_", model.offsets_),
    ):
        found = getattr(model, name)
        assert_array_equal(found, exact)
        assert_allclose(found**2, (exact.astype(object) ** 2).astype(float))
    ranked = RFE(OttoScoreClassifier(binarize=7), n_features_to_select=63).fit(X, y)
    least = np.argmin(squares.sum(axis=0))
    assert_array_equal(np.flatnonzero(~ranked.support_), [least])
    saturated = OttoScoreClassifier(1e-9, precision=LARGEST).fit(np.eye(3), [0, 1, 2])
    assert (saturated.coef_**2).sum() > 2**63
    chosen = SelectFromModel(model, prefit=True, max_features=20, threshold=-np.inf)
    norms = np.abs(model.weights_.astype(np.int64)).sum(axis=0)
    assert set(np.flatnonzero(chosen.get_support())) == set(np.argsort(-norms)[:20])
    importance = permutation_importance(
        model, X[:300], y[:300], n_repeats=2, random_state=0
    )
    # A pixel that is dark in all images has no part.
    assert_array_equal(importance.importances_mean[model.weights_[0] == 0], 0)
    assert importance.importances_mean.max() > 0


@pytest.mark.parametrize("form", ["list", "object", "bool", "categorical", "polars"])
def test_forms_of_labels(form):
    X, y = problem(0, 100, 40, n_classes=2)
    names = np.array(["no", "yes"])[y]
    if form == "list":
        labels = names.tolist()
    elif form == "object":
        labels = names.astype(object)
    elif form == "bool":
        labels, names = y > 0, y > 0
    elif form == "categorical":
        pd = pytest.importorskip("pandas")
        labels = pd.Series(pd.Categorical(names, categories=["yes", "never", "no"]))
    else:
        labels = pytest.importorskip("polars").Series(names)
    model = OttoScoreClassifier().fit(X, labels)
    assert_array_equal(model.classes_, np.unique(names))
    expected = OttoScoreClassifier().fit(X, y).predict(X)
    assert_array_equal(model.predict(X), np.unique(names)[expected])
    stream = OttoScoreClassifier().partial_fit(X, labels, classes=np.unique(names))
    assert_array_equal(stream.predict(X), model.predict(X))
    with pytest.raises(ValueError, match=r"not among|labels"):
        stream.partial_fit(X, y + 5)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[np.nan], [1]], [0, 1], "NaN"),
        ([[np.inf], [1]], [0, 1], "infinity"),
        ([["x"], ["y"]], [0, 1], "convert|compatible"),
        ([[0], [1]], [3, 3], "at least 2 classes"),
        ([[0], [1]], [0.5, 1.2], "continuous"),
        ([[0], [1]], [0], "inconsistent numbers of samples"),
        ([[0], [1]], None, "requires y"),
        (np.empty((0, 2)), [], "0 sample"),
        (np.empty((2, 0)), [0, 1], "0 feature"),
    ],
)
def test_bad_input_leaves_the_model_as_it_was(X, y, message):
    fresh, fitted = OttoScoreClassifier(), OttoScoreClassifier()
    fitted.fit([[0], [1]], [0, 1])
    for model in (fresh, fitted):
        before = pickle.dumps(model)
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        assert pickle.dumps(model) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": [0, 5]}, r"labels \[5\] that are not among"),
        ({"classes": [0, 2]}, "not the same as on last call"),
        ({"X": [[1, 0, 1], [0, 1, 1]]}, "3 features"),
        ({"X": np.ones((2, 2), dtype=np.uint32)}, "packed bit matrix"),
        ({"sample_weight": [1.0, -1.0]}, "Negative values"),
        ({"sample_weight": [0.0, 0.0]}, "at least one non-zero"),
        ({"sample_weight": [1.0]}, "sample_weight.shape"),
        ({"X": [[1, np.nan], [0, 1]]}, "NaN"),
    ],
)
def test_a_failed_partial_fit_leaves_the_model_as_it_was(changes, message):
    model = OttoScoreClassifier().fit([[1, 0], [0, 1]], [0, 1])
    before = pickle.dumps(model)
    arguments = {"X": [[1, 0], [0, 1]], "y": [0, 1], **changes}
    with pytest.raises(ValueError, match=message):
        model.partial_fit(**arguments)
    assert pickle.dumps(model) == before


def test_first_partial_fit():
    model = OttoScoreClassifier()
    with pytest.raises(ValueError, match="classes must be passed"):
        model.partial_fit([[0]], [0])
    with pytest.raises(ValueError, match="at least 2 classes"):
        model.partial_fit([[0]], [0], classes=[0])
    assert not hasattr(model, "classes_")
    assert not hasattr(model, "n_features_in_")


def test_an_interrupted_fit_leaves_the_model_as_it_was(monkeypatch):
    X, y = problem(0, 100, 40)
    model = OttoScoreClassifier(max_iter=4, margin=4.5).fit(X, y)
    before = pickle.dumps(model)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(_tuning, "_run_pass", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X[:50], y[:50])
    assert pickle.dumps(model) == before


def rare_class(seed, n_rows=300):
    """Bits of two classes, one so rare that a bit that is never 1 would tell."""
    rng = np.random.default_rng(seed)
    y = np.r_[np.ones(15, dtype=int), np.zeros(n_rows - 15, dtype=int)]
    X = rng.random((n_rows, 40)) < np.where(y, 0.6, 0.3)[:, None]
    X[0] = True
    return X, y


@pytest.mark.parametrize("params", [{}, {"max_iter": 4, "random_state": 0}])
@pytest.mark.parametrize("weighted", [None, "whole", "fractional", "class"])
@pytest.mark.parametrize("by_parts", [False, True])
def test_bits_that_no_row_has_set_are_no_evidence(params, weighted, by_parts):
    X, y = rare_class(0)
    without = np.hstack([X[:, :20], X[:, 20:]])
    with_gaps = np.zeros((len(X), 700), dtype=bool)
    places = np.r_[3:23, 300:320]
    with_gaps[:, places] = X
    weights = None
    if weighted in ("whole", "fractional"):
        weights = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)
        weights *= 1 if weighted == "whole" else 0.3
        weights[0] = 1
    elif weighted == "class":
        params = {**params, "class_weight": {0: 0.5, 1: 3}}

    def fitted(rows):
        model = OttoScoreClassifier(**params)
        if not by_parts:
            return model.fit(rows, y, sample_weight=weights)
        for part in (slice(1, 200), slice(200, 300), slice(0, 1)):
            model.partial_fit(
                rows[part],
                y[part],
                classes=[0, 1],
                sample_weight=None if weights is None else weights[part],
            )
        return model

    expected = fitted(without)
    scores = expected.integer_scores(without)
    assert 0 < (expected.predict(without) == 1).sum() < 100
    for rows in (
        with_gaps,
        reference.pack(with_gaps),
        reference.pack(without),
        sparse.csr_array(with_gaps),
    ):
        model = fitted(rows)
        assert_array_equal(model.offsets_, expected.offsets_)
        assert_array_equal(model.integer_scores(rows), scores)
        assert_array_equal(model.predict(rows), expected.predict(without))
    gaps = np.setdiff1d(np.arange(700), places)
    gapped = fitted(with_gaps)
    assert not gapped.weights_[:, gaps].any()
    assert_array_equal(gapped.weights_[:, places], expected.weights_)


def test_unions_of_packed_encoders_call_the_rare_class():
    X, y = np.random.default_rng(0).normal(size=(1000, 10)), np.zeros(1000, dtype=int)
    y[-15:] = 1
    X += 1.5 * y[:, None]
    answers = []
    for packed in (False, True):
        encoders = [
            (
                str(i),
                ThermometerEncoder(1, strategy="quantile", packed_output=packed),
                [i],
            )
            for i in range(10)
        ]
        model = make_pipeline(ColumnTransformer(encoders), OttoScoreClassifier())
        model.fit(X, y)
        answers.append(model.decision_function(X))
    assert (answers[0] > 0).sum() > 10
    assert_array_equal(answers[1], answers[0])


def test_probabilities_can_be_calibrated():
    X, y = problem(0, 300, 40)
    for method in ("sigmoid", "isotonic"):
        model = CalibratedClassifierCV(OttoScoreClassifier(), method=method, cv=3)
        assert model.fit(X, y).score(X, y) > 0.9


def test_counts_in_the_docstring_units():
    X, y = problem(0, 50, 64)
    packed = OttoScoreClassifier().fit(reference.pack(X), y)
    assert packed.feature_count_.shape == (3, 64)
    assert packed.n_features_in_ == 2
    assert packed.weights_.dtype == np.int32
    for name in ("coef_", "intercept_", "feature_log_odds_", "correction_"):
        assert getattr(packed, name).dtype == np.float64
