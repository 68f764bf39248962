# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes of models by part, and the choice of models by size."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbit import (
    BitEnsembleClassifier,
    BitNoveltyDetector,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import SizeReport, fit_to, size_report, size_scoring, to_c
from skbit.codegen._size_report import SizePart
from skbit.naive_bayes import round_log_odds

GRID = {"randommaj3projection__n_components": [8, 32, 16, 64]}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:600], y[:600]


def make_model():
    return make_pipeline(
        ThermometerEncoder(feature_range=(0, 16)),
        RandomMAJ3Projection(16, random_state=0),
        OttoScoreClassifier(weight_bits=4, random_state=0),
    )


def search_for(digits, search=GridSearchCV, grid=GRID, n_jobs=None, **budget):
    options = {"scoring": size_scoring(), "refit": fit_to(**budget), "cv": 2}
    return search(make_model(), grid, n_jobs=n_jobs, **options).fit(*digits)


def sizes_of(digits, key):
    """Return the accuracy and the largest size of each candidate, by hand."""
    X, y = digits
    halves = GridSearchCV(make_model(), GRID, cv=2).fit(X, y)
    splits = [train for train, _ in StratifiedKFold(2).split(X, y)]
    sizes = []
    for value in GRID["randommaj3projection__n_components"]:
        model = make_model().set_params(randommaj3projection__n_components=value)
        sizes.append(max(getattr(to_c(model.fit(X[i], y[i])), key) for i in splits))
    return halves.cv_results_["mean_test_score"], np.array(sizes)


@pytest.mark.parametrize(
    ("budget", "attribute"),
    [
        ("flash", "flash_bytes"),
        ("ram", "ram_bytes"),
        ("operations", "operations"),
    ],
)
def test_the_most_accurate_that_fits(budget, attribute, digits):
    accuracies, sizes = sizes_of(digits, attribute)
    for limit in np.sort(sizes)[1:]:
        search = search_for(digits, **{budget: int(limit)})
        best = np.flatnonzero(sizes <= limit)
        assert search.best_index_ == best[np.argmax(accuracies[best])]
        exactly_one_less = search_for(digits, **{budget: int(limit) - 1})
        assert sizes[exactly_one_less.best_index_] < limit
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], accuracies)


def test_the_search_predicts_and_scores(digits):
    search = search_for(digits, flash=10**6)
    best = search.best_estimator_
    assert search.score(*digits) == best.score(*digits)
    assert search.predict(digits[0]).shape == digits[1].shape
    found = size_scoring()(best, *digits)
    assert found["score"] == best.score(*digits)
    assert found["flash"] == to_c(best).flash_bytes
    with pytest.raises(KeyError):
        found["cycles"]


def test_several_limits_count_together(digits):
    _, flash = sizes_of(digits, "flash_bytes")
    _, ram = sizes_of(digits, "ram_bytes")
    search = search_for(digits, flash=int(np.sort(flash)[2]), ram=int(np.sort(ram)[0]))
    assert search.best_index_ == np.argmin(ram)


def test_equally_accurate_candidates():
    results = {
        "mean_test_score": np.array([0.9, 0.95, 0.95, 0.95]),
        "split0_test_flash": np.array([10, 50, 40, 40]),
        "split1_test_flash": np.array([10, 50, 45, 45]),
    }
    assert fit_to(flash=100)(results) == 2
    # The largest of the splits counts.
    assert fit_to(flash=44)(results) == 0


def test_nothing_fits(digits):
    message = r"flash=10, ram=20\. .* flash [\d,]+, ram [\d,]+\."
    with pytest.raises(ValueError, match=message):
        search_for(digits, flash=10, ram=20)


def test_candidates_that_fail_do_not_fit(digits):
    grid = GRID | {"ottoscoreclassifier__weight_bits": [99, 4]}
    with (
        pytest.warns(FitFailedWarning, match="fits failed"),
        pytest.warns(UserWarning, match="non-finite"),
    ):
        search = search_for(digits, grid=grid, flash=10**6)
    assert search.best_params_["ottoscoreclassifier__weight_bits"] == 4
    results = {
        "mean_test_score": np.array([np.nan, 0.5]),
        "split0_test_flash": np.array([10, 20]),
    }
    assert fit_to(flash=100)(results) == 1
    results = {
        "mean_test_score": np.array([np.nan]),
        "split0_test_flash": np.array([np.nan]),
    }
    with pytest.raises(ValueError, match="no fit succeeded"):
        fit_to(flash=100)(results)


def test_random_search_on_two_processes(digits):
    grid = search_for(digits, flash=4000)
    random = search_for(
        digits,
        lambda *a, **k: RandomizedSearchCV(*a, n_iter=4, random_state=0, **k),
        n_jobs=2,
        flash=4000,
    )
    assert random.best_params_ == grid.best_params_


def test_pickles(digits):
    choose, scorer = fit_to(flash=5, ram=6), size_scoring("balanced_accuracy")
    assert pickle.loads(pickle.dumps(choose)) == choose
    model = make_model().fit(*digits)
    again = pickle.loads(pickle.dumps(scorer))
    assert again(model, *digits) == scorer(model, *digits)
    assert again(model, *digits)["score"] == get_scorer("balanced_accuracy")(
        model, *digits
    )
    seed = size_scoring(random_words="seed")(model, *digits)
    assert seed["flash"] == to_c(model, random_words="seed").flash_bytes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_to(), "at least one"),
        (lambda: fit_to(flash=0), "above 0"),
        (lambda: fit_to(ram=2.5), "whole number"),
        (lambda: size_scoring("accurate"), "accurate"),
        (lambda: fit_to(flash=5)({"mean_test_score": [1]}), "size_scoring"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_unknown_arguments_are_named():
    with pytest.raises(TypeError, match="no arguments words"):
        size_scoring(words="seed")


def assert_parts_add_up(report, source):
    for cost in ("flash_bytes", "ram_bytes", "operations"):
        total = sum(getattr(part, cost) for part in report.parts)
        assert total == getattr(source, cost) == getattr(report.variants[0], cost)
    assert "nan" not in repr(report)


def test_parts_add_up_to_the_export(digits):
    model = make_model().fit(*digits)
    ensemble = BitEnsembleClassifier([("a", model), ("b", make_model())])
    clusterer = BitWTAClusterer(4, binarize=7, random_state=0)
    for one in (model, ensemble.fit(*digits), clusterer.fit(digits[0])):
        report = size_report(one, input_dtype="uint8")
        assert_parts_add_up(report, to_c(one, input_dtype="uint8"))
    assert len(report.variants) == 1


def test_detectors_and_clusterers(digits):
    X, y = digits
    clusterer = BitWTAClusterer(6, random_state=0)
    detector = make_pipeline(
        ThermometerEncoder(2),
        RandomMAJ3Projection(16, random_state=0),
        BitNoveltyDetector(clusterer),
    ).fit(X[y < 5])
    is_normal = np.where(y < 5, 1, -1)
    none, seed = size_report(detector, X, is_normal).variants
    assert none.accuracy == seed.accuracy == np.mean(detector.predict(X) == is_normal)
    assert 0.5 < none.accuracy < 1
    assert seed.flash_bytes < none.flash_bytes
    for model in (clusterer.fit(X > 7), detector[:-1]):
        rows = X > 7 if model is clusterer else X
        with pytest.raises(ValueError, match="has no accuracy: leave X and y out"):
            size_report(model, rows, y)
        assert np.isnan(size_report(model).variants[0].accuracy)


def test_variants_are_those_of_the_functions(digits):
    X, y = digits
    model = make_model().set_params(ottoscoreclassifier__weight_bits=None).fit(X, y)
    none, seed, *rounded = size_report(model, X, y).variants
    assert none.accuracy == seed.accuracy == model.score(X, y)
    assert seed.flash_bytes == to_c(model, random_words="seed").flash_bytes
    for bits, variant in zip((8, 4, 3, 2), rounded, strict=True):
        other = round_log_odds(model, bits)
        assert variant.accuracy == other.score(X, y)
        assert variant.flash_bytes == to_c(other).flash_bytes
    assert len({variant.accuracy for variant in rounded}) > 1
    four = size_report(make_model().fit(X, y)).variants
    assert [v.change for v in four[2:]] == ["weights of 3 bits", "weights of 2 bits"]
    assert np.isnan(four[0].accuracy)


def test_report_is_readable(digits):
    model = make_model().fit(*digits)
    text = repr(size_report(model, *digits))
    assert max(map(len, text.splitlines())) <= 100
    assert f"{to_c(model).flash_bytes:,}" in text
    assert f"{model.score(*digits):.4f}" in text
    assert "RandomMAJ3Projection: 16" in text
    ferns = RandomFernEncoder(9, random_state=0).fit(digits[0] > 7)
    assert "  The bits that each fern reads  " in repr(size_report(ferns))
    part = SizePart("step", "Words of up to nine letters" + 9 * " each", 7)
    (_, _, line) = repr(SizeReport([part], [])).splitlines()[:3]
    assert "each each ...   " in line


def test_type_of_the_input(digits):
    X, y = digits
    model = make_pipeline(StandardScaler(), *make_model()).fit(X * 100, y)
    with pytest.raises(ValueError, match="input_dtype"):
        size_report(model)
    report = size_report(model, input_dtype="int16")
    source = to_c(model, input_dtype="int16")
    assert report.variants[0].flash_bytes == source.flash_bytes
    assert sum(part.flash_bytes for part in report.parts) == source.flash_bytes
    found = size_scoring(input_dtype="int16")(model, X * 100, y)
    assert found["flash"] == source.flash_bytes


def test_report_leaves_the_model_alone(digits):
    model = make_model().fit(*digits)
    before = pickle.dumps(model)
    size_report(model, *digits)
    assert pickle.dumps(model) == before
    with pytest.raises(ValueError, match="together"):
        size_report(model, digits[0])
    with pytest.raises(NotFittedError):
        size_report(make_model())


@pytest.mark.filterwarnings("ignore:Scoring failed", "ignore:One or more of the test")
def test_models_without_c_are_explained():
    X, y = load_digits(return_X_y=True)
    model = make_pipeline(ThermometerEncoder(2), OttoScoreClassifier())
    search = GridSearchCV(
        model,
        {"ottoscoreclassifier__alpha": [0.5, 1.0]},
        scoring=size_scoring("accuracy"),
        refit=fit_to(flash=10_000),
        cv=2,
    )
    with pytest.raises(ValueError, match=r"No model .* has a size; .* input_dtype"):
        search.fit(X * 100, y)
    search.set_params(scoring=size_scoring("accuracy", input_dtype="int16"))
    assert search.fit(X * 100, y).best_estimator_.score(X * 100, y) > 0.8
