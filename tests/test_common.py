# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What every estimator promises: scikit-learn's checks, and skbit's own."""

import inspect
import multiprocessing
import pickle
import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import ClassifierMixin, OutlierMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomFernEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit._utils.registry import collect
from skbit.cluster import FlipRule

ENCODERS = [
    ThermometerEncoder(),
    ThermometerEncoder(5, strategy="quantile", packed_output=False),
    ThermometerEncoder(curve="exp", feature_range=(-3, 3)),
    RankDensityEncoder(),
    RankDensityEncoder(0.5, packed_output=False),
    RankDensityEncoder([0.1, 0.3, 0.6], fill_ties=False),
    ScalarEncoder(),
    ScalarEncoder(7, 3, strategy="uniform", packed_output=False),
    DirectionalEdgeEncoder(),
    DirectionalEdgeEncoder(image_shape=(1, -1)),
    DirectionalEdgeEncoder(8, density=0.5, image_shape=(-1, 1), packed_output=False),
    PixelEncoder(),
    PixelEncoder((0.2, 0.7), min_rise=0.1, relative=True, image_shape=(1, -1)),
    PixelEncoder(0, min_rise=0, distance=(1, 3), packed_output=False),
]
PROJECTIONS = [
    RandomMAJ3Projection(16),
    RandomFernEncoder(16),
    RandomFernEncoder(8, 9, packed_output=False, n_jobs=2),
    RandomMAJ3Projection(8, gate="xor", majority="exact", container_bits=64),
    RandomMAJ3Projection(8, container_bits=8, packed_output=False, n_jobs=2),
]
CLASSIFIERS = [
    OttoScoreClassifier(),
    OttoScoreClassifier(alpha=0.5, class_weight="balanced", n_jobs=2),
    BitPatchClassifier(),
    BitPatchClassifier(image_shape=(1, -1)),
    BitPatchClassifier(
        5,
        patch_size=3,
        stride=1,
        similarity="overlap",
        masked=False,
        image_shape=(-1, 1),
    ),
    BitHebbianClassifier(),
    BitHebbianClassifier(33, margin=1, max_iter=2, n_jobs=2),
    BitHebbianClassifier(n_hidden=0),
]
CLUSTERERS = [
    BitWTAClusterer(),
    BitWTAClusterer(
        n_neurons=32, similarity="jaccard", quantization_levels=(0.3,), n_jobs=2
    ),
    BitWTAClusterer(learning=FlipRule(schedule="wins"), similarity="hamming"),
]
DETECTORS = [
    BitNoveltyDetector(),
    BitNoveltyDetector(BitWTAClusterer(8, max_iter=3), normalization="neuron"),
    BitNoveltyDetector(normalization="local"),
]
LISTED = ENCODERS + PROJECTIONS + CLASSIFIERS + CLUSTERERS + DETECTORS
# Families that are not listed are checked with their default parameters.
OTHERS = [
    cls()
    for cls in collect("_examples", "EXAMPLES")
    if not any(isinstance(estimator, cls) for estimator in LISTED)
]
ESTIMATORS = LISTED + OTHERS
TRANSFORMERS = [e for e in ESTIMATORS if hasattr(e, "transform")]


def name_of(value):
    return repr(value) if not inspect.isfunction(value) else value.__name__


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


# Learning row after row, tuning cannot treat a weight of two as two rows: they would
# be visited one after the other. Everything else holds for it too.
@parametrize_with_checks([OttoScoreClassifier(max_iter=4, margin=0.1)])
def test_scikit_learn_checks_of_tuning(estimator, check):
    if "check_sample_weight_equivalence" not in str(check):
        check(estimator)


# Checks that scikit-learn runs on its own estimators, but does not offer to others.
UNOFFERED_CHECKS = [
    "check_param_validation",
    "check_dataframe_column_names_consistency",
]
UNOFFERED_TRANSFORMER_CHECKS = [
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
]


@pytest.mark.parametrize("name", UNOFFERED_CHECKS)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_unoffered_checks(estimator, name):
    check = getattr(estimator_checks, name)
    check(type(estimator).__name__, clone(estimator))


# These checks fit data frames and transform arrays.
@pytest.mark.filterwarnings(
    "ignore:X (has|does not have valid) feature names:UserWarning"
)
@pytest.mark.parametrize("name", UNOFFERED_TRANSFORMER_CHECKS)
@pytest.mark.parametrize("estimator", TRANSFORMERS, ids=name_of)
def test_unoffered_transformer_checks(estimator, name):
    check = getattr(estimator_checks, name)
    check(type(estimator).__name__, clone(estimator))


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:600], y[:600]


def fitted(estimator, digits):
    return clone(estimator).fit(*digits)


def answer(estimator, X):
    if isinstance(estimator, ClassifierMixin | OutlierMixin):
        return estimator.decision_function(X)
    return estimator.transform(X)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_pickles(estimator, digits):
    estimator = fitted(estimator, digits)
    copy = pickle.loads(pickle.dumps(estimator))
    assert_array_equal(answer(copy, digits[0]), answer(estimator, digits[0]))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_rows_do_not_depend_on_their_company(estimator, digits):
    X = np.tile(digits[0], (2, 1))
    estimator = fitted(estimator, digits)
    together = answer(estimator, X)
    assert_array_equal(together[:1], answer(estimator, X[:1]))
    assert_array_equal(together[37:137], answer(estimator, X[37:137]))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_threads_side_by_side(estimator, digits):
    estimator = fitted(estimator, digits)
    expected = answer(estimator, digits[0])
    answers = [None] * 4

    def work(i):
        answers[i] = answer(estimator, digits[0])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for found in answers:
        assert_array_equal(found, expected)


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="no fork here"
)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_child_can_work(digits):
    model = OttoScoreClassifier(n_jobs=2).fit(*digits)
    expected = model.decision_function(digits[0])
    with multiprocessing.get_context("fork").Pool(1) as pool:
        found = pool.apply_async(model.decision_function, (digits[0],)).get(60)
    assert_array_equal(found, expected)


def make_model(**params):
    return make_pipeline(
        ThermometerEncoder(feature_range=(0, 16)),
        RandomMAJ3Projection(64, random_state=0),
        OttoScoreClassifier(max_iter=4, random_state=0),
    ).set_params(**params)


def test_grid_search_in_processes(digits):
    grid = {
        "randommaj3projection__n_components": [2, 64],
        "ottoscoreclassifier__margin": [0, 2],
    }
    search = GridSearchCV(make_model(), grid, cv=3, n_jobs=2).fit(*digits)
    assert search.best_params_["randommaj3projection__n_components"] == 64
    alone = cross_val_score(
        make_model(**search.best_params_), *digits, cv=3, n_jobs=1
    ).mean()
    assert search.best_score_ == alone > 0.75


def test_in_column_transformer_and_feature_union(digits):
    X, y = digits
    halves = ColumnTransformer(
        [
            ("left", ThermometerEncoder(feature_range=(0, 16)), slice(0, 32)),
            ("right", RankDensityEncoder(), slice(32, 64)),
        ]
    )
    words = halves.fit_transform(X)
    assert words.dtype == np.uint32
    assert words.shape == (600, 8 + 1)
    model = make_pipeline(halves, OttoScoreClassifier())
    assert cross_val_score(model, X, y, cv=3).mean() > 0.7
    union = FeatureUnion(
        [
            ("thermometer", ThermometerEncoder(feature_range=(0, 16))),
            ("rank", RankDensityEncoder()),
        ]
    )
    model = make_pipeline(union, RandomMAJ3Projection(64), OttoScoreClassifier())
    assert model.fit(X, y).score(X, y) > 0.8


def test_a_union_with_floats_is_refused_and_can_be_insisted_on(digits):
    X, y = digits
    packed = ThermometerEncoder(feature_range=(0, 16)).fit_transform(X)
    union = FeatureUnion(
        [
            ("packed", ThermometerEncoder(feature_range=(0, 16))),
            ("floats", StandardScaler()),
        ]
    )
    mixed = union.fit_transform(X)
    assert mixed.dtype == np.float64
    model = OttoScoreClassifier().fit(packed, y)
    with pytest.raises(ValueError, match="matrix of numbers"):
        model.predict(mixed[:, :16])
    # The containers themselves survive as floats.
    insisting = OttoScoreClassifier(input_format="packed").fit(mixed[:, :16], y)
    assert_array_equal(insisting.predict(packed), model.predict(packed))
    with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
        insisting.fit(mixed, y)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_data_frames_between_all_steps(library, digits):
    pytest.importorskip(library)
    X, y = digits
    model = make_model().set_output(transform=library).fit(X, y)
    plain = make_model().fit(X, y)
    assert_array_equal(model.predict(X), plain.predict(X))
    frame = model[:-1].transform(X)
    assert frame.shape == (600, 64)
    assert list(frame.columns) == list(model[:-1].get_feature_names_out())
    assert model[-1].input_format_ == "packed"


def test_sample_weight_is_routed(digits):
    from sklearn import config_context
    from sklearn.model_selection import cross_validate

    X, y = digits
    weights = np.ones(len(y))
    with config_context(enable_metadata_routing=True):
        model = OttoScoreClassifier().set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        result = cross_validate(model, X, y, params={"sample_weight": weights})
    assert np.all(result["test_score"] > 0.7)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=name_of)
def test_html_representation_links_to_the_manual(estimator, digits):
    html = fitted(estimator, digits)._repr_html_()
    module = type(estimator).__module__.split("._")[0]
    assert f"generated/{module}.{type(estimator).__name__}.html" in html
