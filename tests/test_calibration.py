# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Calibrated probabilities, prediction sets and ``tune`` of the log-odds classifier."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skbit import OttoScoreClassifier, ThermometerEncoder
from skbit.naive_bayes import _calibration, round_log_odds
from skbit.naive_bayes._leave_one_out import score_each_uncounted
from tests import reference
from tests.test_naive_bayes import arrays_of, assert_same_model, problem, rare_class


@pytest.fixture(scope="module")
def digits():
    """Bits and labels of the digits in an order without writers."""
    X, y = load_digits(return_X_y=True)
    X = ThermometerEncoder(4, feature_range=(0, 16)).fit_transform(X)
    order = np.random.default_rng(0).permutation(len(y))
    return X[order], y[order]


def assert_same_state(a, b):
    """Compare all fitted attributes."""
    state_a, state_b = (
        {name: value for name, value in vars(m).items() if name.endswith("_")}
        for m in (a, b)
    )
    assert state_a.keys() == state_b.keys()
    for name, value in state_a.items():
        assert_array_equal(value, state_b[name], err_msg=name)


def best_units(scores, y, weights, n_classes, n):
    """The units with the lowest log-loss, found by plain search."""
    weights = weights / weights.mean()
    share = 1 / (1 + n)
    targets = (1 - share) * np.eye(n_classes)[y] + share / n_classes

    def loss(log_units):
        return -(
            weights * (targets * log_softmax(scores / np.exp(log_units), 1)).sum(1)
        ).sum()

    return np.exp(minimize_scalar(loss, bounds=(0, 30), method="bounded").x)


@pytest.mark.parametrize(
    ("n_rows", "n_classes", "sizes"),
    [
        (0, 2, []),
        (1, 2, []),
        (2, 2, [(1, 1), (1, 1)]),
        (11, 2, [(8, 3), (8, 3), (8, 3), (8, 2)]),
        (500, 2, [(400, 100)] * 5),
        (1000, 10, [(800, 200)] * 3),
        (2560, 10, [(2048, 512)]),
        (10**5, 10, [(4096, 4096)]),
        (10**5, 1000, [(32_000, 1048)]),
    ],
)
def test_folds(n_rows, n_classes, sizes):
    folds = _calibration.folds(n_rows, n_classes)
    assert [tuple(map(len, fold)) for fold in folds] == sizes
    for learned, scored in folds:
        assert not np.intersect1d(learned, scored).size
        assert np.all(np.diff(learned) > 0)
        assert np.all(np.diff(scored) > 0)
        assert learned.max() < n_rows
    everything = np.concatenate([scored for _, scored in folds] or [[]])
    assert len(np.unique(everything)) == len(everything)


@pytest.mark.parametrize(
    ("params", "weights"),
    [
        ({"max_iter": 4}, None),
        ({"max_iter": 3, "weight_bits": 3, "shuffle": False}, "whole"),
        ({"weight_bits": 4}, None),
        ({"class_weight": {0: 2, 1: 0.5, 2: 1}, "max_iter": 2}, "fractional"),
        ({}, "fractional"),
    ],
)
def test_units_are_those_of_classifiers_that_have_not_learned_the_rows(params, weights):
    X, y = problem(1, 300, 70)
    rng = np.random.default_rng(2)
    weights = {
        None: np.ones(300, dtype=int),
        "whole": rng.integers(0, 4, 300),
        "fractional": rng.integers(0, 4, 300) / 2,
    }[weights]
    model = OttoScoreClassifier(**params, random_state=5)
    model.fit(X, y, sample_weight=weights)
    used = np.flatnonzero(weights)
    scores = np.empty((len(y), 3))
    # Half of the tuning passes, rounded up.
    params = params | {"max_iter": 1 + params.get("max_iter", 1) // 2}
    for learned, scored in _calibration.folds(len(used), 3):
        part = OttoScoreClassifier(**params, calibrate=None, random_state=0)
        part.fit(X[used[learned]], y[used[learned]], weights[used[learned]])
        scores[used[scored]] = part.integer_scores(X[used[scored]])
    n = weights.sum() if weights.dtype == int else len(used)
    weights = weights * model._settings().factors[y]
    expected = best_units(scores[used], y[used], weights[used], 3, n)
    assert_allclose(model.units_per_nat_, expected, rtol=3e-3)
    assert model.units_per_nat_ != model.precision
    probabilities = log_softmax(model.integer_scores(X) / model.units_per_nat_, 1)
    assert_allclose(model.predict_log_proba(X), probabilities)
    assert_allclose(model.predict_proba(X), np.exp(probabilities))


def scores_without(model, X, y, weights, i):
    """Return the scores of a row by a classifier that is fitted with one less of it."""
    weights = weights - (np.arange(len(y)) == i)
    part = OttoScoreClassifier(**model.get_params()).set_params(calibrate=None)
    part.partial_fit(X, y, classes=model.classes_, sample_weight=weights)
    return part.integer_scores(X[i : i + 1])[0]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"fit_prior": False, "alpha": 0.01},
        {"class_weight": {0: 2, 1: 0.5, 2: 1, 3: 1}, "precision": 1000},
        {"class_weight": {0: 2, 1: 0, 2: 1, 3: 1}},
    ],
)
@pytest.mark.parametrize("density", [0.03, 0.5])
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array, reference.pack])
def test_units_of_counts_are_those_without_each_row(params, density, form):
    rng = np.random.default_rng(4)
    y = np.r_[rng.integers(3, size=60), 3]
    X = rng.random((61, 90)) < density * rng.uniform(0.5, 1.5, (4, 90))[y]
    weights = np.r_[rng.integers(0, 3, 60), 1]
    model = OttoScoreClassifier(**params).fit(form(X), y, sample_weight=weights)
    factors = model._settings().factors
    used = np.flatnonzero((weights * factors[y] > 0) & (model.class_count_[y] > 1))
    expected = [scores_without(model, X, y, weights, i) for i in used]
    found = score_each_uncounted(
        model._as_rows(model._validate_bits(form(X), reset=False))[used],
        y[used],
        model._counts,
        model._derived,
        model._settings(),
        None,
    )
    assert_array_equal(found, expected)
    seen = np.flatnonzero(model.class_count_ * factors > 0)
    places = np.searchsorted(seen, y[used])
    units = best_units(
        found[:, seen] * 1.0,
        places,
        (weights * factors[y])[used],
        len(seen),
        weights[used].sum(),
    )
    assert_allclose(model.units_per_nat_, units, rtol=3e-3)


def test_whole_weights_are_repetitions():
    X, y = problem(1, 100, 40)
    weights = np.random.default_rng(0).integers(0, 4, 100)
    order = np.random.default_rng(1).permutation(np.repeat(np.arange(100), weights))
    for calibrate in ("temperature", "offsets"):
        weighted = OttoScoreClassifier(calibrate=calibrate)
        weighted.fit(X, y, sample_weight=weights)
        repeated = OttoScoreClassifier(calibrate=calibrate).fit(X[order], y[order])
        assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), 1e-4)


def test_many_rows_are_not_all_scored(monkeypatch):
    X, y = problem(1, 600, 40)
    whole = OttoScoreClassifier().fit(X, y).units_per_nat_
    monkeypatch.setattr(_calibration, "_MOST_SCORED", 512)
    some = OttoScoreClassifier().fit(X, y).units_per_nat_
    assert some != whole
    assert abs(np.log(some / whole)) < 0.1


@pytest.mark.parametrize(("n_right", "n_wrong", "lead"), [(30, 10, 7e5), (99, 1, 5e9)])
def test_units_by_hand(n_right, n_wrong, lead):
    # The probability of the leading class is the share of right rows, but for the share
    # of a row that could be of any class.
    n = n_right + n_wrong
    scores = np.zeros((n, 2))
    scores[:, 1] = np.r_[np.full(n_right, -lead), np.full(n_wrong, lead)]
    scored = _calibration.Scored(scores, np.zeros(n, dtype=int), np.ones(n), n)
    p = n_right / n - (n_right - n_wrong) / (2 * n * (n + 1))
    expected = lead / np.log(p / (1 - p))
    assert_allclose(_calibration.learn_units(scored, 7), expected, rtol=2e-3)


def test_units_without_evidence():
    n = 20
    equal = _calibration.Scored(np.zeros((n, 3)), np.zeros(n, dtype=int), np.ones(n), n)
    assert _calibration.learn_units(equal, 7) == 7
    wrong = np.zeros((n, 2))
    wrong[:, 1] = 100
    scored = _calibration.Scored(wrong, np.zeros(n, dtype=int), np.ones(n), n)
    assert _calibration.learn_units(scored, 7) == 2**53
    right = _calibration.Scored(-wrong / 1000, np.zeros(n, dtype=int), np.ones(n), n)
    assert _calibration.learn_units(right, 7) == 1


def test_certain_rows_do_not_make_probabilities_of_one():
    X = np.repeat(np.eye(3), 10, axis=0)
    y = np.repeat([0, 1, 2], 10)
    probabilities = OttoScoreClassifier().fit(X, y).predict_proba(X)
    assert 0.9 < probabilities.max(axis=1).min() < 1 - 1e-4


@pytest.mark.parametrize("max_iter", [1, 11])
def test_probabilities_of_unseen_rows(digits, max_iter):
    X, y = digits
    train, test = slice(0, 1000), slice(1000, None)
    losses = []
    for calibrate in ("temperature", None):
        model = OttoScoreClassifier(
            max_iter=max_iter, calibrate=calibrate, random_state=0
        )
        model.fit(X[train], y[train])
        probabilities = model.predict_proba(X[test])
        losses.append(log_loss(y[test], probabilities))
        if calibrate is not None:
            confidence = probabilities.max(axis=1).mean()
            assert abs(confidence - model.score(X[test], y[test])) < 0.02
    assert losses[0] < 0.6 * losses[1]


@pytest.mark.parametrize("max_iter", [1, 3])
def test_the_temperature_changes_no_weight_and_no_random_number(max_iter):
    X, y = problem(0, 100, 40)
    states = []
    models = []
    for calibrate in ("temperature", None):
        rng = np.random.RandomState(3)
        model = OttoScoreClassifier(
            max_iter=max_iter, calibrate=calibrate, random_state=rng
        )
        models.append(model.fit(X, y))
        states.append(rng.randint(2**31))
    assert states[0] == states[1]
    assert_same_model(*models)
    assert models[1].units_per_nat_ == models[1].precision


def test_early_stopping_calibrates_with_the_validation_part():
    X, y = problem(0, 300, 40)
    params = {"max_iter": 5, "early_stopping": True, "random_state": 0}
    model = OttoScoreClassifier(**params).fit(X, y)
    _, held = train_test_split(
        np.arange(300), test_size=0.1, stratify=y, random_state=0
    )
    scores = model.integer_scores(X[held])
    expected = best_units(scores, y[held], np.ones(30), 3, 30)
    assert_allclose(model.units_per_nat_, expected, rtol=3e-3)


@pytest.mark.parametrize("y", [[0, 1], [0, 1, 1], [0, 1, 2], [0, 0, 1, 2, 3]])
@pytest.mark.parametrize("calibrate", ["temperature", "offsets"])
def test_few_rows(y, calibrate):
    X = np.eye(len(y))
    for max_iter in (1, 3):
        model = OttoScoreClassifier(calibrate=calibrate, max_iter=max_iter)
        probabilities = model.fit(X, y).predict_proba(X)
        assert_allclose(probabilities.sum(axis=1), 1)
        if calibrate == "temperature":
            assert_array_equal(probabilities.argmax(axis=1), y)


def test_classes_without_rows_have_no_say():
    X, y = problem(0, 100, 40)
    model = OttoScoreClassifier(calibrate="offsets", class_weight={0: 1, 1: 1, 2: 0})
    model.fit(X, y)
    assert model.offset_corrections_[2] == 0
    assert_array_equal(model.predict_proba(X)[:, 2], 0)
    stream = OttoScoreClassifier().partial_fit(X, y, classes=range(5))
    stream.fit_calibration(X, y)
    assert stream.units_per_nat_ > 1
    assert_array_equal(stream.predict_proba(X)[:, 3:], 0)


def test_offsets_find_how_rare_a_class_is():
    rng = np.random.default_rng(0)
    # Ten copies of each bit: counting takes the evidence for ten times what it is.
    y = (rng.random(4000) < 0.05).astype(int)
    X = np.repeat(rng.random((4000, 6)) < np.where(y, 0.7, 0.3)[:, None], 10, axis=1)
    train, test = slice(0, 2000), slice(2000, None)
    accuracy, models = {}, {}
    for calibrate in ("temperature", "offsets"):
        model = OttoScoreClassifier(calibrate=calibrate).fit(X[train], y[train])
        accuracy[calibrate] = model.score(X[test], y[test])
        models[calibrate] = model
    assert accuracy["temperature"] < 0.93
    assert accuracy["offsets"] > 0.95
    plain, corrected = models.values()
    assert_array_equal(
        corrected.offsets_, plain.offsets_ + corrected.offset_corrections_
    )
    assert corrected.offset_corrections_.dtype == np.int64
    assert_array_equal(corrected.weights_, plain.weights_)


def test_offsets_are_where_the_loss_is_lowest():
    X, y = rare_class(0)
    model = OttoScoreClassifier(calibrate="offsets").fit(X, y)
    weights = np.ones(300, dtype=int)
    scores = np.array([scores_without(model, X, y, weights, i) for i in range(300)])

    def loss(units, corrections):
        logits = log_softmax((scores + corrections) / units, axis=1)
        penalty = np.sum((corrections / units) ** 2) / 2
        return penalty - logits[np.arange(300), y].sum()

    units, corrections = model.units_per_nat_, model.offset_corrections_
    lowest = loss(units, corrections)
    for step in (-0.05, 0.05):
        shifted = units * (1 + step)
        assert loss(shifted, corrections * (1 + step)) > lowest
        for k in range(2):
            assert loss(units, corrections + np.eye(2)[k] * step * units) > lowest


def test_what_comes_later_keeps_the_calibration():
    X, y = problem(0, 200, 40)
    for calibrate in ("temperature", "offsets"):
        model = OttoScoreClassifier(calibrate=calibrate).fit(X[:100], y[:100])
        units = model.units_per_nat_
        corrections = getattr(model, "offset_corrections_", 0)
        part = OttoScoreClassifier().fit(X[150:], y[150:])
        model.partial_fit(X[100:150], y[100:150]).merge(part)
        whole = OttoScoreClassifier().fit(X, y)
        assert model.units_per_nat_ == units != whole.units_per_nat_
        assert_array_equal(model.weights_, whole.weights_)
        assert_array_equal(model.offsets_, whole.offsets_ + corrections)


def test_corrections_of_offsets_are_added_once():
    X, y = rare_class(0)
    corrected = OttoScoreClassifier(calibrate="offsets").fit(X, y)
    # The other class keeps what followed from its counts.
    corrected.partial_fit(X[:5], y[:5])
    plain = OttoScoreClassifier().fit(X, y).partial_fit(X[:5], y[:5])
    corrections = corrected.offset_corrections_
    assert_array_equal(corrected.offsets_, plain.offsets_ + corrections)
    for model in (corrected, plain):
        model.set_params(calibrate=None, max_iter=2, margin=0, shuffle=False).tune(X, y)
    assert np.any(corrected.weight_corrections_ != plain.weight_corrections_)


def test_merging_offsets():
    X, y = problem(0, 200, 40)
    model = OttoScoreClassifier(calibrate="offsets").fit(X[y > 0], y[y > 0])
    other = OttoScoreClassifier().fit(X[y < 2], y[y < 2])
    corrections = model.offset_corrections_
    with pytest.raises(ValueError, match="corrections of its offsets"):
        other.merge(model)
    model.merge(other)
    assert_array_equal(model.offset_corrections_, [0, *corrections])
    whole = OttoScoreClassifier().partial_fit(X[y > 0], y[y > 0], classes=range(3))
    whole.partial_fit(X[y < 2], y[y < 2])
    assert_array_equal(model.offsets_, whole.offsets_ + np.r_[0, corrections])


@pytest.mark.parametrize("calibrate", ["temperature", "offsets", None])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "params", [{"max_iter": 4}, {"max_iter": 1}, {"max_iter": 3, "weight_bits": 4}]
)
def test_counting_and_tuning_are_fitting(calibrate, weighted, params):
    X, y = problem(0, 100, 40)
    weights = np.random.default_rng(0).integers(0, 3, 100) if weighted else None
    params = {**params, "calibrate": calibrate, "random_state": 0}
    whole = OttoScoreClassifier(**params).fit(X, y, sample_weight=weights)
    parts = OttoScoreClassifier(**params)
    parts.partial_fit(X, y, classes=[0, 1, 2], sample_weight=weights)
    if params["max_iter"] == 1 and calibrate is None:
        with pytest.raises(ValueError, match="nothing to do"):
            parts.tune(X, y, sample_weight=weights)
        return
    assert parts.tune(X, y, sample_weight=weights) is parts
    assert_same_state(parts, whole)


def test_tuning_goes_on():
    X, y = problem(0, 200, 40)
    model = OttoScoreClassifier(max_iter=3, random_state=0).fit(X, y)
    first = model.train_scores_
    corrections = model.weight_corrections_
    counts = model.feature_count_
    model.tune(X, y)
    assert model.n_iter_ == 5
    assert model.n_samples_seen_ == 5 * 200
    assert model.train_scores_[:2] == first
    assert len(model.train_scores_) == 4
    assert model.feature_count_ is counts
    again = OttoScoreClassifier(max_iter=3, random_state=0, warm_start=True)
    again.fit(X, y).fit(X, y)
    assert np.any(model.weight_corrections_ != corrections)
    assert_same_model(model, again)


def test_tuning_what_was_merged():
    X, y = problem(0, 200, 40)
    params = {"max_iter": 6, "random_state": 0}
    parts = [OttoScoreClassifier().fit(X[i::2], y[i::2]) for i in range(2)]
    merged = parts[0].merge(parts[1]).set_params(**params).tune(X, y)
    assert_same_model(merged, OttoScoreClassifier(**params).fit(X, y))


def test_tuning_with_early_stopping():
    X, y = problem(0, 300, 40)
    params = {"max_iter": 30, "early_stopping": True, "random_state": 0}
    model = OttoScoreClassifier(**params).partial_fit(X, y, classes=range(3))
    model.tune(X, y)
    assert model.class_count_.sum() == 300
    assert len(model.validation_scores_) == model.n_iter_
    model.set_params(early_stopping=False, max_iter=2).tune(X, y)
    assert not hasattr(model, "validation_scores_")


def test_tuning_again_replaces_offsets():
    X, y = rare_class(0)
    model = OttoScoreClassifier(calibrate="offsets").fit(X, y)
    state = pickle.dumps(model)
    assert_same_state(model.tune(X, y), pickle.loads(state))
    # Offsets that are not learned anew stay, and are tuned with.
    model.set_params(calibrate="temperature", max_iter=3, random_state=0).tune(X, y)
    assert_array_equal(
        model.offset_corrections_, pickle.loads(state).offset_corrections_
    )
    assert_array_equal(model.offsets_, pickle.loads(state).offsets_)


def bad_rows(X, y):
    return {
        "labels": ((X, y + 1), "labels"),
        "width": ((X[:, 1:], y), "features"),
        "weights": ((X, y, -np.ones(len(y))), "Negative"),
        "no weights": ((X, y, np.zeros(len(y))), "non-zero"),
    }


@pytest.mark.parametrize("method", ["tune", "fit_calibration"])
@pytest.mark.parametrize("kind", ["labels", "width", "weights", "no weights"])
def test_bad_input_leaves_the_classifier_as_it_was(method, kind):
    X, y = problem(0, 100, 40)
    model = OttoScoreClassifier(max_iter=2, random_state=0).fit(X, y)
    before = arrays_of(model)
    args, message = bad_rows(X, y)[kind]
    with pytest.raises(ValueError, match=message):
        getattr(model, method)(*args)
    assert_array_equal(arrays_of(model)["weights_"], before["weights_"])
    assert not hasattr(model, "calibration_leads_")


def p_value_by_definition(scores, k, calibration):
    """The p-value of class ``k`` by its definition; calibration is (scores, class)."""
    lead = scores[k] - max(np.delete(scores, k))
    leads = [s[c] - max(np.delete(s, c)) for s, c in calibration]
    return (1 + sum(other <= lead for other in leads)) / (1 + len(leads))


@given(
    seed=st.integers(0, 2**32 - 1),
    n_classes=st.integers(2, 5),
    n=st.integers(0, 30),
    by_class=st.booleans(),
)
def test_p_values_equal_their_definition(seed, n_classes, n, by_class):
    rng = np.random.default_rng(seed)
    rows = rng.integers(-3, 4, (7, n_classes))
    cal, y = rng.integers(-3, 4, (n, n_classes)), rng.integers(n_classes, size=n)
    own = _calibration.leads(cal)[np.arange(n), y]
    found = _calibration.p_values(_calibration.leads(rows), own, y, by_class)
    for row, values in zip(rows, found, strict=True):
        for k, value in enumerate(values):
            pairs = [
                (s, c) for s, c in zip(cal, y, strict=True) if not by_class or c == k
            ]
            assert value == p_value_by_definition(row, k, pairs)


@pytest.mark.parametrize("load", [load_digits, load_breast_cancer])
@pytest.mark.parametrize("by_class", [False, True])
def test_sets_cover_as_promised(load, by_class):
    X, y = load(return_X_y=True)
    X = ThermometerEncoder(4).fit_transform(X)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(y))
    n_learned = len(y) // 3
    model = OttoScoreClassifier().fit(X[order[:n_learned]], y[order[:n_learned]])
    alphas = (0.02, 0.1, 0.3)
    covered = {alpha: [] for alpha in alphas}
    for _ in range(60):
        rest = rng.permutation(order[n_learned:])
        cal, test = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        model.fit_calibration(X[cal], y[cal])
        for alpha in alphas:
            sets = model.predict_set(X[test], alpha, by_class=by_class)
            assert sets.dtype == bool
            hits = sets[np.arange(len(test)), y[test]]
            if by_class:
                hits = [hits[y[test] == k].mean() for k in model.classes_]
            covered[alpha].append(np.mean(hits))
    smallest = np.bincount(y[order[n_learned:]]).min() / 2 if by_class else len(cal)
    for alpha, shares in covered.items():
        error = 3 * np.std(shares) / np.sqrt(60)
        assert np.mean(shares) > 1 - alpha - error
        assert np.mean(shares) < 1 - alpha + 1 / (smallest + 1) + 0.01 + error


def test_sets_belong_to_the_weights(digits):
    X, y = digits
    model = OttoScoreClassifier().fit(X[:500], y[:500])
    with pytest.raises(ValueError, match="Call fit_calibration"):
        model.predict_set(X)
    model.fit_calibration(X[500:700], y[500:700])
    sets = model.predict_set(X)
    assert_array_equal(pickle.loads(pickle.dumps(model)).predict_set(X), sets)
    leads = _calibration.leads(model.integer_scores(X[500:700]))
    assert_array_equal(model.calibration_leads_, leads[np.arange(200), y[500:700]])
    for changed in (
        pickle.loads(pickle.dumps(model)).partial_fit(X[:5], y[:5]),
        pickle.loads(pickle.dumps(model)).tune(X[:50], y[:50]),
        pickle.loads(pickle.dumps(model)).merge(model),
        round_log_odds(model, 4),
    ):
        with pytest.raises(ValueError, match="Call fit_calibration"):
            changed.predict_set(X)
    for alpha in (0, 1, -0.1, 2):
        with pytest.raises(ValueError, match="alpha"):
            model.predict_set(X, alpha)


def test_a_p_value_of_alpha_is_not_above_it(digits):
    X, y = digits
    model = OttoScoreClassifier().fit(X[:500], y[:500])
    model.fit_calibration(X[500:501], y[500:501])
    lowest = model.predict_set(X[500:700], 0.5)
    assert not lowest[np.arange(200) > 0].all()
    assert model.predict_set(X[500:700], 0.49).all()


def test_weights_of_calibration_rows(digits):
    X, y = digits
    model = OttoScoreClassifier().fit(X[:500], y[:500])
    some = np.arange(500) % 3 > 0
    rows, labels = X[500:1000], y[500:1000]
    model.fit_calibration(rows[some], labels[some])
    leads, units = model.calibration_leads_, model.units_per_nat_
    model.fit_calibration(rows, labels, sample_weight=some)
    assert_array_equal(model.calibration_leads_, leads)
    assert model.units_per_nat_ == units
    weights = np.where(labels < 3, 9, 1)
    model.fit_calibration(rows, labels, sample_weight=weights)
    assert model.units_per_nat_ != units
    expected = best_units(
        model.integer_scores(rows), labels, weights, 10, weights.sum()
    )
    assert_allclose(model.units_per_nat_, expected, rtol=3e-3)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("units_per_nat_", [0, 1.5, None]),
        ("offset_corrections_", [np.zeros(3), np.zeros(2, dtype=np.int64)]),
        ("calibration_leads_", [np.zeros(5), None]),
        ("calibration_classes_", [np.zeros(5, dtype=np.intp), None]),
    ],
)
def test_damaged_calibration_is_refused(name, values):
    X, y = problem(0, 60, 40)
    for value in values:
        model = OttoScoreClassifier(calibrate="offsets").fit(X, y)
        model.fit_calibration(X, y)
        setattr(model, name, value)
        with pytest.raises(ValueError, match="damaged"):
            model.predict_set(X)


def test_classifiers_saved_before_they_could_be_calibrated():
    X, y = problem(0, 60, 40)
    model = OttoScoreClassifier().fit(X, y)
    del model.units_per_nat_
    model = pickle.loads(pickle.dumps(model))
    joint = model.predict_joint_log_proba(X)
    assert_allclose(model.predict_log_proba(X), log_softmax(joint, axis=1))
