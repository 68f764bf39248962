# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ensembles are sums of their members on one scale, in whole numbers."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
    cross_validate,
)
from sklearn.pipeline import Pipeline, make_pipeline

from skbit import (
    BitEnsembleClassifier,
    BitHebbianClassifier,
    BitPatchClassifier,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.ensemble import _scale, _selection
from skbit.metrics import bit_mass
from tests.kinds.estimators import state


def digits(n=400):
    X, y = load_digits(return_X_y=True)
    return X[:n], y[:n]


def otto(**params):
    encoder = ThermometerEncoder(3, feature_range=(0, 16))
    return make_pipeline(encoder, OttoScoreClassifier(**params))


def projected(seed=0):
    projection = RandomMAJ3Projection(16, random_state=seed)
    return make_pipeline(ThermometerEncoder(4), projection, OttoScoreClassifier())


def mixed():
    """Return members with units from a bit to 2**-32 and more."""
    return [
        ("otto", otto()),
        ("coarse", otto(precision=10, alpha=0.1)),
        ("hebbian", BitHebbianClassifier(64, binarize=7, random_state=0)),
        (
            "patches",
            BitPatchClassifier(
                4, patch_size=4, image_shape=(8, 8), binarize=7, random_state=0
            ),
        ),
    ]


class Told(ClassifierMixin, BaseEstimator):
    """A classifier whose scores are the columns of X times a number."""

    def __init__(self, factor=1, shift=0):
        self.factor = factor
        self.shift = shift

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[self.integer_scores(X).argmax(axis=1)]

    def integer_scores(self, X):
        return self.factor * np.roll(np.asarray(X, dtype=np.int64), self.shift, 1)


def scores_of(member, X):
    """Return the scores of a fitted member as Python's integers."""
    if isinstance(member, Pipeline):
        X, member = member[:-1].transform(X), member[-1]
    return member.integer_scores(X).astype(object)


def reference_shifts(members, X, weights=None):
    totals = []
    for member in members:
        leads = [high - next_ for *_, next_, high in np.sort(scores_of(member, X), 1)]
        if weights is not None:
            weighted = zip(leads, weights.tolist(), strict=True)
            leads = [lead * Fraction(weight) for lead, weight in weighted]
        totals.append(sum(leads))
    highest = max(totals)
    return [
        min(s for s in range(63) if s == 62 or 2 * (total * 2**s) ** 2 >= highest**2)
        for total in totals
    ]


def test_scores_are_sums_of_members_on_one_scale():
    X, y = digits()
    model = BitEnsembleClassifier(mixed()).fit(X, y)
    shifts = reference_shifts(model.estimators_, X)
    assert len(set(shifts)) == 4
    assert_array_equal(model.shifts_, shifts)
    rows = load_digits(return_X_y=True)[0][400:]
    expected = sum(
        scores_of(member, rows) * 2**shift
        for member, shift in zip(model.estimators_, shifts, strict=True)
    )
    scores = model.integer_scores(rows)
    assert scores.dtype == np.int64
    assert_array_equal(scores, expected)
    assert_array_equal(model.decision_function(rows), expected.astype(float))
    assert_array_equal(model.predict(rows), model.classes_[expected.argmax(axis=1)])
    assert model.selected_ == ["otto", "coarse", "hebbian", "patches"]
    assert not hasattr(model, "selection_scores_")
    for (_, member), fitted in zip(mixed(), model.estimators_, strict=True):
        alone = clone(member).fit(X, y)
        assert_array_equal(scores_of(fitted, rows), scores_of(alone, rows))


def test_members_together_are_better_than_each():
    X, y = load_digits(return_X_y=True)
    members = [(f"p{seed}", projected(seed)) for seed in range(6)]
    model = BitEnsembleClassifier(members).fit(X[:1000], y[:1000])
    alone = [member.score(X[1000:], y[1000:]) for member in model.estimators_]
    assert model.score(X[1000:], y[1000:]) > max(alone)


@given(st.lists(st.integers(0, 2**70), min_size=1, max_size=6))
def test_shifts_bring_leads_within_the_square_root_of_two(totals):
    shifts = _scale.shifts_of(totals)
    highest = max(totals)
    for total, shift in zip(totals, shifts.tolist(), strict=True):
        shifted = total << shift
        assert 0 <= shift <= 62
        if total == 0 or shift == 62:
            continue
        assert 2 * shifted**2 >= highest**2
        assert shift == 0 or shifted**2 < 2 * highest**2
    # Only the ratios matter.
    assert_array_equal(_scale.shifts_of([Fraction(t, 7) for t in totals]), shifts)


def test_leads_are_exact_at_the_ends_of_int64():
    ends = np.iinfo(np.int64)
    scores = np.array([[ends.min, ends.max], [ends.max, ends.max], [-1, 1]])
    assert _scale.total_lead(scores, None) == 2**64 - 1 + 2
    assert _scale.total_lead(scores, np.array([2, 5, 0])) == 2 * (2**64 - 1)
    weights = np.array([0.5, 1.0, 1 / 3])
    expected = Fraction(2**64 - 1, 2) + 2 * Fraction(1 / 3)
    assert _scale.total_lead(scores, weights) == expected


@pytest.mark.parametrize("factor", [1, -1, 2**20, 2**62, -(2**62)])
def test_sums_saturate_and_never_wrap(factor):
    rng = np.random.default_rng(0)
    X = rng.integers(-2, 2, (50, 3))
    y = np.arange(50) % 3
    told = [Told(1), Told(factor, 1), Told(factor, 2)]
    model = BitEnsembleClassifier([(f"m{i}", m) for i, m in enumerate(told)]).fit(X, y)
    shifts = model.shifts_.tolist()
    assert max(shifts) == min(62, abs(factor).bit_length() - 1)
    expected = 0
    for member, shift in zip(told, shifts, strict=True):
        limit = (2**63 - 1) // 3 // 2**shift
        scores = member.integer_scores(X).astype(object)
        expected += np.clip(scores, -limit, limit) * 2**shift
    assert abs(expected).max() < 2**63
    assert_array_equal(model.integer_scores(X), expected)


def test_a_class_that_has_no_rows_by_weight():
    X, y = digits()
    weights = (y != 3).astype(float)
    members = [("a", otto()), ("b", otto(alpha=0.1)), ("c", otto(alpha=3))]
    model = BitEnsembleClassifier(members).fit(X, y, sample_weight=weights)
    scores = model.integer_scores(X)
    assert np.all(scores[:, 3] < -(2**61))
    assert 3 not in model.predict(X)
    assert model.score(X[y != 3], y[y != 3]) > 0.9


def test_weights_are_repetitions():
    X, y = digits(200)
    weights = np.random.default_rng(0).integers(0, 4, 200)
    members = [("a", otto()), ("b", otto(precision=300)), ("c", projected())]
    # Thermometers without a range learn theirs from all rows.
    members[2][1][0].set_params(feature_range=(0, 16))
    params = {"n_selected": 2, "cv": [(np.arange(100), np.arange(100, 200))]}
    weighted = BitEnsembleClassifier(members).fit(X, y, sample_weight=weights)
    repeated = [np.repeat(part, weights, axis=0) for part in (X, y)]
    model = BitEnsembleClassifier(members).fit(*repeated)
    assert_array_equal(model.shifts_, weighted.shifts_)
    assert_array_equal(model.integer_scores(X), weighted.integer_scores(X))
    weighted.set_params(**params).fit(X, y, sample_weight=weights)
    n = weights[:100].sum()
    cv = [(np.arange(n), np.arange(n, weights.sum()))]
    model.set_params(n_selected=2, cv=cv).fit(*repeated)
    assert model.selected_ == weighted.selected_
    np.testing.assert_allclose(model.selection_scores_, weighted.selection_scores_)
    fractions = BitEnsembleClassifier(members).fit(X, y, sample_weight=weights / 3)
    expected = reference_shifts(fractions.estimators_, X, weights / 3)
    assert_array_equal(fractions.shifts_, expected)


def test_weights_reach_classifiers_inside():
    X, y = digits(100)
    weights = np.arange(100) % 3
    search = GridSearchCV(otto(), {"ottoscoreclassifier__alpha": [0.5, 1.0]}, cv=2)
    deep = make_pipeline(ThermometerEncoder(3), make_pipeline("passthrough", search))
    members = [("search", search), ("ensemble", BitEnsembleClassifier())]
    model = BitEnsembleClassifier(members).fit(X, y, sample_weight=weights)
    found = model.named_estimators_.search.best_estimator_[-1]
    assert found.class_count_.sum() == weights.sum()
    inner = model.named_estimators_.ensemble.estimators_[0][-1]
    assert inner.class_count_.sum() == weights.sum()
    deep = make_pipeline(ThermometerEncoder(3), make_pipeline(OttoScoreClassifier()))
    model = BitEnsembleClassifier([("deep", deep)]).fit(X, y, sample_weight=weights)
    found = model.estimators_[0][-1][-1]
    assert found.class_count_.sum() == weights.sum()


def test_weights_that_a_member_does_not_take():
    X, y = digits(100)
    model = BitEnsembleClassifier(mixed()[:3]).fit(X, y)
    before = state(model)
    with pytest.raises(TypeError, match=r"'hebbian' does not support sample weights"):
        model.fit(X, y, sample_weight=np.ones(100))
    assert state(model) == before


def test_weights_are_routed_to_those_that_request_them():
    X, y = digits(100)
    weights = np.arange(100) % 3
    with config_context(enable_metadata_routing=True):
        asks = OttoScoreClassifier(binarize=7).set_fit_request(sample_weight=True)
        asks.set_score_request(sample_weight=False)
        others = OttoScoreClassifier(binarize=7).set_fit_request(sample_weight=False)
        others.set_score_request(sample_weight=False)
        model = BitEnsembleClassifier([("asks", asks), ("other", others)])
        model.set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=False)
        model.fit(X, y, sample_weight=weights)
        counts = [member.class_count_.sum() for member in model.estimators_]
        assert counts == [weights.sum(), 100]
        results = cross_validate(
            model, X, y, params={"sample_weight": weights}, return_estimator=True
        )
        for fitted in results["estimator"]:
            asking, other = fitted.estimators_
            assert asking.class_count_.sum() < other.class_count_.sum() + 20
            assert asking.class_count_.sum() != other.class_count_.sum()


def noise(seed):
    """Return a member that knows one blank pixel only."""
    column = ColumnTransformer([("one", "passthrough", [seed])])
    return make_pipeline(column, OttoScoreClassifier())


def test_selection_by_rows_that_were_not_learned():
    X, y = digits(300)
    members = [("noise", noise(0)), *mixed()[:2], ("p", projected()), ("n2", noise(8))]
    model = BitEnsembleClassifier(members, n_selected=5, cv=3).fit(X, y)
    assert not {"noise", "n2"} & set(model.selected_)
    splits = list(StratifiedKFold(3).split(X, y))
    parts = []
    for train, test in splits:
        fitted = [clone(member).fit(X[train], y[train]) for _, member in members]
        shifts = reference_shifts(fitted, X[train])
        parts.append(
            [
                scores_of(m, X[test]) * 2**shift
                for m, shift in zip(fitted, shifts, strict=True)
            ]
        )
    scores = [np.concatenate(of_one) for of_one in zip(*parts, strict=True)]
    truth = np.concatenate([y[test] for _, test in splits])
    total, chosen, accuracies = 0, [], []
    for _ in members:
        tried = {
            i: np.mean((total + scores[i]).argmax(axis=1) == truth)
            for i in range(5)
            if i not in chosen
        }
        best = max(tried.values())
        chosen.append(min(i for i, accuracy in tried.items() if accuracy == best))
        accuracies.append(best)
        total = total + scores[chosen[-1]]
    n = accuracies.index(max(accuracies)) + 1
    assert model.selected_ == [members[i][0] for i in chosen[:n]]
    assert model.selection_scores_ == accuracies[:n]
    # All rows are learned in the end.
    assert model.estimators_[0][-1].class_count_.sum() == 300
    kept = [(name, dict(members)[name]) for name in model.selected_]
    assert_array_equal(
        BitEnsembleClassifier(kept).fit(X, y).integer_scores(X),
        model.integer_scores(X),
    )


def test_greedy_addition():
    # Wrong in row 0; in row 1; in rows 0 and 2, by much.
    y = np.zeros(4, dtype=int)
    scores = [
        np.array([[0, 1], [9, 0], [1, 0], [1, 0]]),
        np.array([[9, 0], [0, 1], [1, 0], [1, 0]]),
        np.array([[0, 99], [9, 0], [0, 99], [1, 0]]),
    ]
    assert _selection.select(scores, y, None, 3) == ([0, 1], [0.75, 1.0])
    assert _selection.select(scores, y, None, 1) == ([0], [0.75])
    weights = np.array([3, 1, 1, 1])
    assert _selection.select(scores, y, weights, 1) == ([1], [5 / 6])
    assert _selection.select(scores, y, np.array([0, 1, 0, 0]), 3) == ([0], [1.0])
    assert _selection.select(scores[2:], y, None, 9) == ([0], [0.5])


@pytest.mark.parametrize(
    "cv", [2, StratifiedShuffleSplit(1, test_size=0.2, random_state=0), None]
)
def test_divisions_of_rows(cv):
    X, y = digits(200)
    model = BitEnsembleClassifier(mixed()[:2], n_selected=1, cv=cv).fit(X, y)
    assert len(model.estimators_) == len(model.selection_scores_) == 1
    model.set_params(n_selected=None).fit(X, y)
    assert model.selected_ == ["otto", "coarse"]
    assert not hasattr(model, "selection_scores_")


def test_a_training_part_without_a_class_is_refused():
    X, y = digits(100)
    order = np.argsort(y, kind="stable")
    model = BitEnsembleClassifier(mixed()[:2], n_selected=1, cv=KFold(5))
    with pytest.raises(ValueError, match="must have rows of all classes"):
        model.fit(X[order], y[order])
    assert not hasattr(model, "classes_")


def test_parameters_of_members():
    model = BitEnsembleClassifier(mixed()[:2])
    assert model.get_params()["otto__ottoscoreclassifier__alpha"] == 1.0
    assert model.get_params()["coarse"] is model.estimators[1][1]
    assert set(model.get_params(deep=False)) == {
        *("estimators", "n_selected", "cv", "n_jobs")
    }
    other = clone(model).set_params(otto__ottoscoreclassifier__alpha=0.3, n_jobs=2)
    assert other.estimators[0][1][-1].alpha == 0.3
    assert model.estimators[0][1][-1].alpha == 1.0
    with pytest.raises(ValueError, match="Invalid parameter 'noise'"):
        model.set_params(noise=None)


def test_dropped_members():
    X, y = digits(200)
    model = BitEnsembleClassifier(mixed()[:2]).set_params(otto="drop").fit(X, y)
    assert model.selected_ == ["coarse"]
    alone = mixed()[1][1].fit(X, y)
    assert_array_equal(model.integer_scores(X), scores_of(alone, X))
    grid = {"otto": ["drop", otto()], "coarse__ottoscoreclassifier__alpha": [0.1, 900]}
    search = GridSearchCV(model, grid, cv=2).fit(X, y)
    assert search.best_params_["coarse__ottoscoreclassifier__alpha"] == 0.1
    assert search.predict(X).shape == (200,)


REFUSED = [
    ([], "has none"),
    ([("a", "drop")], "has none"),
    ([otto()], r"list of \(str, estimator\) tuples"),
    ([(0, otto())], r"list of \(str, estimator\) tuples"),
    ([("a", otto()), ("a", otto())], "not unique"),
    ([("a__b", otto())], "must not contain __"),
    ([("n_jobs", otto())], "conflict with constructor"),
    ([("a", LinearRegression())], "'a' must be a classifier"),
    ([("a", OttoScoreClassifier)], "'a' must be a classifier"),
    ([("a", None)], "'a' must be a classifier"),
    ([("a", ThermometerEncoder())], "'a' must be a classifier"),
    ([("a", LogisticRegression())], "LogisticRegression has no integer_scores"),
    ([("a", make_pipeline(LogisticRegression()))], "LogisticRegression has no int"),
    ([("a", GridSearchCV(LogisticRegression(), {}))], "LogisticRegression has no"),
    ([("a", otto(alpha=-1))], "alpha"),
]


@pytest.mark.parametrize(("estimators", "match"), REFUSED)
def test_refused_members(estimators, match):
    with pytest.raises(ValueError, match=match):
        BitEnsembleClassifier(estimators).fit(*digits(50))


def test_scores_that_are_no_int64_are_refused():
    class Floats(Told):
        def integer_scores(self, X):
            return super().integer_scores(X).astype(float)

    with pytest.raises(ValueError, match="must be an array of int64, got float64"):
        BitEnsembleClassifier([("a", Floats())]).fit(np.eye(2), [0, 1])


CONTEXTS = [
    {"backend": "loky", "n_jobs": 2},
    {"backend": "threading", "n_jobs": 2},
    {"backend": "loky", "n_jobs": 1},
]


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("n_selected", [None, 2])
def test_contexts_change_nothing(context, n_selected):
    X, y = digits(150)
    members = [*mixed(), ("more", otto(n_jobs=2))]
    model = BitEnsembleClassifier(members, n_selected=n_selected, cv=2)
    expected = clone(model).fit(X, y)
    with parallel_config(**context):
        found = clone(model).fit(X, y)
        assert_array_equal(found.integer_scores(X), expected.integer_scores(X))
    assert_array_equal(found.integer_scores(X), expected.integer_scores(X))
    assert found.selected_ == expected.selected_
    for member in found.estimators_:
        assert_array_equal(member.classes_, np.arange(10))


@pytest.mark.parametrize("n_jobs", [1, 2, -1])
def test_numbers_of_threads_change_nothing(n_jobs):
    X, y = digits(150)
    members = [("a", otto(n_jobs=2)), ("b", BitEnsembleClassifier(n_jobs=2))]
    expected = BitEnsembleClassifier(members).fit(X, y)
    found = BitEnsembleClassifier(members, n_jobs=n_jobs).fit(X, y)
    assert_array_equal(found.integer_scores(X), expected.integer_scores(X))


def test_packed_sparse_and_listed_rows():
    X, y = digits(200)
    packed = ThermometerEncoder(4).fit_transform(X)
    members = [("a", OttoScoreClassifier()), ("b", BitEnsembleClassifier())]
    model = BitEnsembleClassifier(members, n_selected=2, cv=2).fit(packed, y)
    expected = 0
    for member, shift in zip(model.estimators_, model.shifts_, strict=True):
        expected = expected + (member.integer_scores(packed) << shift)
    assert_array_equal(model.integer_scores(packed), expected)
    assert model.n_features_in_ == packed.shape[1]
    with pytest.raises(ValueError, match="fitted on a packed bit matrix"):
        model.predict(packed.astype(float))
    dense = clone(model).fit(X, y)
    for rows in (csr_array(X), X.tolist()):
        other = clone(model).fit(rows, y)
        assert_array_equal(other.integer_scores(rows), dense.integer_scores(X))


def test_columns_of_data_frames():
    X, y = digits(200)
    frame = pd.DataFrame(X, columns=[f"pixel{i}" for i in range(64)])
    names = list(frame.columns)
    halves = [
        (
            name,
            make_pipeline(
                ColumnTransformer([("t", ThermometerEncoder(4), part)]),
                OttoScoreClassifier(),
            ),
        )
        for name, part in [("top", names[:32]), ("bottom", names[32:])]
    ]
    model = BitEnsembleClassifier(halves, n_selected=2, cv=2).fit(frame, y)
    assert model.selected_ == ["top", "bottom"] or model.selected_ == ["bottom", "top"]
    assert_array_equal(model.feature_names_in_, names)
    assert model.n_features_in_ == 64
    # Columns are taken by their names.
    assert_array_equal(
        model.integer_scores(frame[names[::-1]]), model.integer_scores(frame)
    )
    assert model.score(frame, y) > 0.9


def test_labels_are_those_of_y():
    X, y = digits(200)
    names = np.array([f"digit {i}" for i in range(10)])[y]
    plain = BitEnsembleClassifier(mixed()[:2]).fit(X, y)
    for labels in (names, names.astype(object), pd.Series(names)):
        model = BitEnsembleClassifier(mixed()[:2]).fit(X, labels)
        assert_array_equal(model.integer_scores(X), plain.integer_scores(X))
        assert set(model.predict(X)) <= set(names)
        assert_array_equal(model.estimators_[0].classes_, model.classes_)


def test_two_classes():
    X, y = digits(200)
    model = BitEnsembleClassifier(mixed()).fit(X, y > 4)
    first, second = model.integer_scores(X).T
    assert_array_equal(model.decision_function(X), (second - first).astype(float))
    assert_array_equal(model.predict(X), second > first)


def test_searches_and_frozen_members():
    X, y = digits(200)
    search = GridSearchCV(otto(), {"ottoscoreclassifier__alpha": [0.1, 900]}, cv=2)
    frozen = FrozenEstimator(otto(alpha=2).fit(X[:100], y[:100]))
    model = BitEnsembleClassifier([("search", search), ("frozen", frozen)]).fit(X, y)
    assert model.named_estimators_.search.best_index_ == 0
    expected = 0
    for member, shift in zip(
        [otto(alpha=0.1).fit(X, y), otto(alpha=2).fit(X[:100], y[:100])],
        model.shifts_,
        strict=True,
    ):
        expected = expected + (scores_of(member, X) << int(shift))
    assert_array_equal(model.integer_scores(X), expected)


def test_ensembles_inside_others():
    X, y = digits(300)
    inner = BitEnsembleClassifier(mixed()[:2])
    outer = BitEnsembleClassifier([("inner", inner), ("p", projected())]).fit(X, y)
    parts = outer.named_estimators_
    assert_array_equal(
        outer.integer_scores(X),
        (parts.inner.integer_scores(X) << outer.shifts_[0])
        + (scores_of(parts.p, X).astype(np.int64) << outer.shifts_[1]),
    )
    piped = make_pipeline(ThermometerEncoder(4), BitEnsembleClassifier()).fit(X, y)
    grid = {
        "bitensembleclassifier__n_selected": [1, 2],
        "thermometerencoder": [ThermometerEncoder(2), ThermometerEncoder(8)],
    }
    search = GridSearchCV(piped, grid, cv=2).fit(X, y)
    assert search.score(X, y) > 0.9


def test_pickles_and_copies():
    X, y = digits(150)
    model = BitEnsembleClassifier(mixed(), n_selected=3, cv=2).fit(X, y)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert state(other) == state(model)
        assert_array_equal(other.integer_scores(X), model.integer_scores(X))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("estimators_", []),
        ("estimators_", None),
        ("estimators_", [otto(), otto()]),
        ("estimators_", [make_pipeline(ThermometerEncoder())] * 2),
        ("shifts_", np.zeros(2)),
        ("shifts_", np.array([0, 63])),
        ("shifts_", np.array([0])),
        ("selected_", ["a"]),
        ("selected_", [0, 1]),
        ("classes_", np.arange(9)),
    ],
)
def test_damaged(name, value):
    X, y = digits(150)
    model = BitEnsembleClassifier(mixed()[:2]).fit(X, y)
    data = model.__getstate__()
    vars(model)[name] = value
    with pytest.raises(ValueError, match="damaged"):
        model.predict(X)
    with pytest.raises(ValueError, match="damaged"):
        BitEnsembleClassifier().__setstate__({**data, name: value})


def test_bit_mass_is_that_of_all_members():
    X, y = digits(150)
    members = mixed()
    model = BitEnsembleClassifier([*members, ("inner", BitEnsembleClassifier())])
    model.fit(X, y)
    masses = [bit_mass(member) for member in model.estimators_]
    assert bit_mass(model).total == sum(mass.total for mass in masses)
    layers = sum((mass.neuron_view for mass in masses), ())
    assert bit_mass(model).neuron_view == layers
    assert bit_mass(model).n_other_bits == sum(mass.n_other_bits for mass in masses)
    assert len(bit_mass(model.estimators_[-1]).neuron_view) == 6


def test_probabilities_are_weighted_geometric_means():
    X, y = load_digits(return_X_y=True)
    members = [
        (str(seed), OttoScoreClassifier(binarize=seed, precision=precision, **tuned))
        for seed, precision, tuned in [
            (4, 1000, {}),
            (7, 30, {"max_iter": 4, "random_state": 0}),
            (10, 8000, {"calibrate": None}),
        ]
    ]
    model = BitEnsembleClassifier(members).fit(X[:900], y[:900])
    assert len(set(model.shifts_)) > 1
    logs = [member.predict_log_proba(X[900:]) for member in model.estimators_]
    units = [
        getattr(member, "units_per_nat_", member.precision) * 2.0**shift
        for member, shift in zip(model.estimators_, model.shifts_, strict=True)
    ]
    expected = np.exp(np.average(logs, axis=0, weights=units))
    expected /= expected.sum(axis=1, keepdims=True)
    found = model.predict_proba(X[900:])
    assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert_allclose(np.exp(model.predict_log_proba(X[900:])), found)
    assert_array_equal(model.classes_[found.argmax(axis=1)], model.predict(X[900:]))
    worst = max(log_loss(y[900:], np.exp(part)) for part in logs)
    assert log_loss(y[900:], found) < worst


def test_probabilities_need_members_that_have_them():
    assert hasattr(BitEnsembleClassifier(), "predict_proba")
    members = [("log_odds", OttoScoreClassifier()), ("network", BitHebbianClassifier())]
    model = BitEnsembleClassifier(members)
    assert not hasattr(model, "predict_proba")
    assert hasattr(model.set_params(network="drop"), "predict_proba")
    fitted = model.fit(*digits())
    assert hasattr(fitted.set_params(network=BitHebbianClassifier()), "predict_proba")
    # What is refused in fit has no methods either.
    assert not hasattr(BitEnsembleClassifier([("a", 3)]), "predict_proba")
    assert not hasattr(BitEnsembleClassifier("members"), "predict_proba")
