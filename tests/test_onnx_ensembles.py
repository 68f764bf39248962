# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs of scikit-learn's meta-estimators: equal to Python, or refused."""

import inspect

import numpy as np
import onnx
import pytest
import skl2onnx
from numpy.testing import assert_allclose, assert_array_equal
from onnxruntime import InferenceSession, SessionOptions
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import (
    RFE,
    RFECV,
    SelectFromModel,
    SequentialFeatureSelector,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, RANSACRegressor
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import (
    OneVsOneClassifier,
    OneVsRestClassifier,
    OutputCodeClassifier,
)
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.utils import all_estimators

from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.onnx import to_onnx

LABELS = {
    "int": np.arange(3),
    "gaps": np.array([-4, 7, 9]),
    "str": np.array(["no", "perhaps", "yes"]),
    "object": np.array(["no", "perhaps", "yes"], dtype=object),
}


def rows(n_classes=3, labels="gaps", dtype="float32"):
    rng = np.random.default_rng(0)
    y = rng.integers(0, n_classes, 200)
    X = rng.integers(0, 17, (200, 8))
    for column, share in enumerate((0.8, 0.5)):
        tells = rng.random(200) < share
        X[tells, column] = 16 * y[tells] // (n_classes - 1)
    return X.astype(dtype), LABELS[labels][y]


def bare():
    return OttoScoreClassifier(binarize=8)


def piped():
    return make_pipeline(ThermometerEncoder(4), OttoScoreClassifier())


def nested():
    return make_pipeline(
        make_pipeline(StandardScaler(), ThermometerEncoder(4)),
        make_pipeline(
            RandomMAJ3Projection(3, random_state=0),
            OttoScoreClassifier(precision=977, max_iter=3, random_state=0),
        ),
    )


def searched():
    return GridSearchCV(piped(), {"ottoscoreclassifier__alpha": [1.0, 9.0]}, cv=2)


def regressor():
    return make_pipeline(ThermometerEncoder(4, packed_output=False), LinearRegression())


def logistic():
    return LogisticRegression(C=0.01, max_iter=1000)


def voting(*models, **params):
    members = [(str(i), model) for i, model in enumerate(models)]
    return VotingClassifier(members, flatten_transform=False, **params)


def stacking(*models, final_estimator=None, **params):
    members = [(str(i), model) for i, model in enumerate(models)]
    final_estimator = final_estimator or logistic()
    return StackingClassifier(members, final_estimator, cv=2, **params)


def bagging(model, **params):
    return BaggingClassifier(model, 3, random_state=0, **params)


def boosting(model):
    return AdaBoostClassifier(model, n_estimators=3, random_state=0)


# Of every meta-estimator around a classifier: how to make it, and the types of X it is
# exact for.
FLOATS = "float32", "float64"
EXACT = {
    "AdaBoostClassifier": [(boosting, ["float32"])],
    "BaggingClassifier": [
        (bagging, ["float64"]),
        (lambda model: bagging(model, max_features=0.6, max_samples=0.8), ["float64"]),
        (lambda model: bagging(model, bootstrap_features=True), ["float64"]),
    ],
    "CalibratedClassifierCV": [
        (lambda model: CalibratedClassifierCV(model, cv=3), FLOATS),
        (lambda model: CalibratedClassifierCV(model, cv=3, ensemble=False), FLOATS),
    ],
    "GridSearchCV": [
        (lambda model: GridSearchCV(stacking(model), {}, cv=2), ["float32"]),
    ],
    "HalvingGridSearchCV": [
        (
            lambda model: HalvingGridSearchCV(
                stacking(model), {"passthrough": [True, False]}, cv=2, min_resources=75
            ),
            ["float64"],
        ),
    ],
    "HalvingRandomSearchCV": [
        (
            lambda model: HalvingRandomSearchCV(
                stacking(model),
                {"passthrough": [True, False]},
                n_candidates=2,
                min_resources=75,
                cv=2,
                random_state=0,
            ),
            ["float32"],
        ),
    ],
    "Pipeline": [
        (lambda model: make_pipeline(StandardScaler(), stacking(model)), FLOATS),
    ],
    "RandomizedSearchCV": [
        (
            lambda model: RandomizedSearchCV(
                stacking(model), {"passthrough": [True]}, n_iter=1, cv=2
            ),
            ["float64"],
        ),
    ],
    "StackingClassifier": [
        (stacking, FLOATS),
        (lambda model: stacking(model, logistic()), FLOATS),
        (lambda model: stacking(model, model, passthrough=True), FLOATS),
        (lambda model: stacking(CalibratedClassifierCV(model, cv=2)), FLOATS),
        (lambda model: stacking(bagging(model), model), ["float64"]),
    ],
    "VotingClassifier": [
        (lambda model: voting(model, logistic(), model), FLOATS),
        (lambda model: voting(model, logistic(), voting="soft"), ["float64"]),
        (
            lambda model: voting(
                CalibratedClassifierCV(model, cv=2),
                model,
                voting="soft",
                weights=np.array([1, 2.5]),
            ),
            ["float64"],
        ),
    ],
}
# Tested below, each by itself.
OTHERS = {
    "ColumnTransformer",
    "FeatureUnion",
    "MultiOutputClassifier",
    "OneVsRestClassifier",
    "RFE",
    "RFECV",
    "SelectFromModel",
}
no_converter = "skl2onnx cannot convert this"
REFUSED = {
    "AdaBoostRegressor": (lambda: AdaBoostRegressor(regressor()), "no test has shown"),
    "BaggingRegressor": (lambda: BaggingRegressor(regressor()), "no test has shown"),
    "ClassifierChain": (lambda: ClassifierChain(bare()), no_converter),
    "FixedThresholdClassifier": (
        lambda: FixedThresholdClassifier(piped(), threshold=0.3),
        no_converter,
    ),
    "FrozenEstimator": (lambda: FrozenEstimator(piped().fit(*rows(2))), no_converter),
    "MultiOutputRegressor": (
        lambda: MultiOutputRegressor(regressor()),
        "no test has shown",
    ),
    "OneVsOneClassifier": (
        lambda: OneVsOneClassifier(piped()),
        "answers places instead of labels",
    ),
    "OutputCodeClassifier": (
        lambda: OutputCodeClassifier(piped(), random_state=0),
        no_converter,
    ),
    "RANSACRegressor": (
        lambda: RANSACRegressor(
            regressor(), min_samples=0.5, residual_threshold=50, random_state=0
        ),
        "no test has shown",
    ),
    "RegressorChain": (lambda: RegressorChain(regressor()), no_converter),
    "SelfTrainingClassifier": (lambda: SelfTrainingClassifier(piped()), no_converter),
    "SequentialFeatureSelector": (
        lambda: SequentialFeatureSelector(bare(), n_features_to_select=2),
        no_converter,
    ),
    "StackingRegressor": (
        lambda: StackingRegressor([("a", regressor())], LinearRegression()),
        "no test has shown",
    ),
    "TransformedTargetRegressor": (
        lambda: TransformedTargetRegressor(regressor()),
        no_converter,
    ),
    "TunedThresholdClassifierCV": (
        lambda: TunedThresholdClassifierCV(piped(), cv=2),
        "leaves out the threshold",
    ),
    "VotingRegressor": (
        lambda: VotingRegressor([("a", regressor())]),
        "no test has shown",
    ),
}


def test_every_meta_estimator_has_a_verdict():
    held = {"estimator", "base_estimator", "estimators", "steps", "regressor"}
    held |= {"transformers", "transformer_list", "classifier", "clusterer"}
    found = {
        name
        for name, cls in all_estimators()
        if held & set(inspect.signature(cls).parameters)
    }
    verdicts = EXACT.keys() | REFUSED.keys() | OTHERS
    assert found <= verdicts
    assert len(verdicts) == len(EXACT) + len(REFUSED) + len(OTHERS)


def run(onnx_model, X):
    onnx.checker.check_model(onnx_model, full_check=True)
    return InferenceSession(onnx_model.SerializeToString()).run(None, {"X": X})


def assert_as_python(onnx_model, model, X):
    label, probabilities = run(onnx_model, X)
    assert_array_equal(label, model.predict(X))
    if hasattr(model, "predict_proba"):
        tolerance = 1e-12 if probabilities.dtype == np.float64 else 1e-6
        assert_allclose(probabilities, model.predict_proba(X), rtol=0, atol=tolerance)
        assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "dtype"),
    [
        pytest.param(make, dtype, id=f"{name}-{i}-{dtype}")
        for name, settings in EXACT.items()
        for i, (make, dtypes) in enumerate(settings)
        for dtype in dtypes
    ],
)
@pytest.mark.parametrize("inner", [bare, piped, nested, searched])
def test_labels_and_probabilities(make, dtype, inner):
    if make is boosting and inner is not bare:
        pytest.skip("AdaBoostClassifier passes weights, which pipelines do not take.")
    kinds = {
        bare: [(2, "gaps"), (3, "object")],
        piped: [(2, "int"), (3, "str")],
        nested: [(3, "gaps")],
        searched: [(2, "str")],
    }[inner]
    for n_classes, labels in kinds:
        X, y = rows(n_classes, labels, dtype)
        model = make(inner()).fit(X[:150], y[:150])
        assert_as_python(to_onnx(model, X), model, X)
        if inner is searched:
            continue
        # skl2onnx by itself makes the same, or refuses.
        last = model[-1] if isinstance(model, Pipeline) else model
        options = {id(last): {"zipmap": False}}
        try:
            plain = skl2onnx.to_onnx(model, X[:1], target_opset=18, options=options)
        except skl2onnx.common.exceptions.MissingShapeCalculator:
            assert "Search" in type(model).__name__
        else:
            assert_as_python(plain, model, X)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    make, match = REFUSED[name]
    X, y = rows(2)
    if "Chain" in name or "MultiOutput" in name:
        y = np.stack([y, y[::-1]], axis=1)
    if name == "ClassifierChain":
        y = y > 0
    if name == "SelfTrainingClassifier":
        y = np.where(np.arange(len(y)) < 50, -1, y > 0)
    model = make().fit(X, y)
    with pytest.raises(NotImplementedError, match=match) as caught:
        to_onnx(model, X)
    assert name in str(caught.value) or no_converter in match
    with pytest.raises(Exception):  # noqa: B017 (each of its own)
        skl2onnx.to_onnx(model, X[:1], target_opset=18)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("inner", [bare, piped, nested])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_one_versus_rest_by_decision_functions(n_classes, inner, dtype):
    X, y = rows(n_classes, "str", dtype)
    model = OneVsRestClassifier(inner()).fit(X, y)
    with pytest.raises(NotImplementedError, match="compares decision functions"):
        to_onnx(model, X)
    onnx_model = to_onnx(model, X, options={id(model): {"raw_scores": True}})
    label, scores = run(onnx_model, X)
    assert_array_equal(label, model.predict(X))
    expected = model.decision_function(X)
    if n_classes == 2:
        expected = np.stack([-expected, expected], axis=1)
    assert_allclose(scores, expected, rtol=0 if dtype == "float64" else 1e-6)


@pytest.mark.parametrize("labels", ["gaps", "str"])
@pytest.mark.parametrize("inner", [bare, searched])
def test_several_outputs(inner, labels):
    X, y = rows(3, labels)
    model = MultiOutputClassifier(inner()).fit(X, np.stack([y, y[::-1]], axis=1))
    label, probabilities = run(to_onnx(model, X), X)
    assert_array_equal(label, model.predict(X))
    for found, expected in zip(probabilities, model.predict_proba(X), strict=True):
        assert_allclose(found, expected, atol=1e-6)
    piped_model = MultiOutputClassifier(piped()).fit(X, np.stack([y, y], axis=1))
    with pytest.raises(NotImplementedError, match="cannot convert this MultiOutput"):
        to_onnx(piped_model, X)


@pytest.mark.parametrize(
    "selector",
    [
        RFE(bare(), n_features_to_select=3),
        RFECV(bare(), min_features_to_select=2, cv=2),
        SelectFromModel(bare(), threshold="mean"),
    ],
    ids=lambda selector: type(selector).__name__,
)
def test_selectors_ask_and_leave(selector):
    """They select by a classifier; what they convert to is the selection."""
    X, y = rows()
    assert_array_equal(run(to_onnx(selector.fit(X, y), X), X)[0], selector.transform(X))
    model = make_pipeline(selector, piped()).fit(X, y)
    label, scores = run(to_onnx(model, X), X)
    assert_array_equal(label, model.predict(X))
    bits = model[-1][:-1].transform(model[:-1].transform(X))
    assert_array_equal(scores, model[-1][-1].integer_scores(bits))


def test_means_of_sure_classifiers_that_disagree():
    """Averages are close to a tie, and the last bits of the doubles decide."""
    X, y = load_digits(return_X_y=True)
    projected = make_pipeline(
        ThermometerEncoder(8),
        RandomMAJ3Projection(100, random_state=0),
        OttoScoreClassifier(calibrate=None),
    )
    model = bagging(projected, max_samples=0.15).fit(X[:600], y[:600])
    highest = np.sort(model.predict_proba(X), axis=1)[:, -2:]
    assert np.sum(highest[:, 1] - highest[:, 0] < 1e-6) > 50
    assert_as_python(to_onnx(model, X), model, X)
    with pytest.raises(NotImplementedError, match="X must be float64"):
        to_onnx(model, X.astype(np.float32))


def test_votes_of_classifiers_that_are_in_doubt():
    """Scores differ where probabilities are equal in float32."""
    X = np.zeros((4, 2), dtype=np.float32)
    y, weights = np.array([0, 1, 0, 1]), np.array([1, 1 + 1e-8, 1, 1 + 1e-8])
    model = voting(OttoScoreClassifier(precision=2**31 - 1))
    model.fit(X, y, sample_weight=weights)
    probabilities = model.estimators_[0].predict_proba(X).astype(np.float32)
    assert_array_equal(probabilities[:, 0], probabilities[:, 1])
    assert_array_equal(model.predict(X), 1)
    assert_as_python(to_onnx(model, X), model, X)


def refused_settings():
    X, y = rows()
    several = np.stack([y == 7, y == 9], axis=1).astype(int)
    for name, model, match in [
        (
            "isotonic",
            CalibratedClassifierCV(piped(), method="isotonic", cv=2),
            "method='isotonic'",
        ),
        (
            "frozen",
            CalibratedClassifierCV(FrozenEstimator(piped().fit(X, y))),
            "Frozen",
        ),
        (
            "decisions of means",
            CalibratedClassifierCV(make_pipeline(StandardScaler(), bagging(bare()))),
            "decision functions of ensembles",
        ),
        ("mean of float32", voting(piped(), voting="soft"), "X must be float64"),
        (
            "weighted votes",
            voting(piped(), piped(), weights=[1, 2]),
            "VotingClassifier",
        ),
        (
            "weighted votes, array",
            voting(piped(), piped(), weights=np.array([1, 2])),
            "weighted votes",
        ),
        ("final", stacking(logistic(), final_estimator=bare()), "rounded"),
        (
            "final pipeline",
            stacking(logistic(), final_estimator=piped()),
            "rounded",
        ),
        (
            "decisions stacked",
            stacking(piped(), stack_method="decision_function"),
            "stack_method",
        ),
        ("labels stacked", stacking(piped(), stack_method="predict"), "stack_method"),
        (
            "search in a pipeline",
            stacking(
                make_pipeline(
                    ThermometerEncoder(), GridSearchCV(OttoScoreClassifier(), {}, cv=2)
                )
            ),
            "best_estimator_",
        ),
        (
            "OneVsRest inside",
            stacking(OneVsRestClassifier(piped())),
            "probabilities as scikit-learn",
        ),
        ("several labels", OneVsRestClassifier(piped()), "OneVsRestClassifier"),
        (
            "network",
            stacking(make_pipeline(ThermometerEncoder(), BitHebbianClassifier(8))),
            "BitHebbianClassifier cannot be converted",
        ),
        (
            "patches",
            voting(BitPatchClassifier(2, image_shape=(2, 4))),
            "BitPatchClassifier cannot be converted",
        ),
        (
            "clusterer",
            bagging(make_pipeline(BitWTAClusterer(3), logistic())),
            "BitWTAClusterer",
        ),
        (
            "labels to other steps",
            make_pipeline(
                ColumnTransformer(
                    [("a", stacking(bare()), [0, 1]), ("b", "passthrough", [2])]
                ),
                logistic(),
            ),
            "only as the last step",
        ),
        (
            "labels of a union",
            make_pipeline(
                FeatureUnion([("a", stacking(bare())), ("b", StandardScaler())]),
                logistic(),
            ),
            "only as the last step",
        ),
    ]:
        target = several if name == "several labels" else y
        yield pytest.param(model, X, target, match, id=name)


@pytest.mark.parametrize(("model", "X", "y", "match"), list(refused_settings()))
def test_refused_settings(model, X, y, match):
    model.fit(X, y)
    options = None
    if isinstance(model, OneVsRestClassifier):
        options = {id(model): {"raw_scores": True}}
    with pytest.raises(NotImplementedError, match=match):
        to_onnx(model, X, options=options)
    with pytest.raises(Exception):  # noqa: B017 (some are skl2onnx's own)
        skl2onnx.to_onnx(model, X[:1], target_opset=18, options=options)


def test_raw_scores_of_means_are_refused():
    X, y = rows(dtype="float64")
    model = bagging(piped()).fit(X, y)
    with pytest.raises(NotImplementedError, match="raw_scores=True"):
        to_onnx(model, X, options={id(model): {"raw_scores": True}})


def test_votes_inside_means_are_refused():
    X, y = rows(dtype="float64")
    model = bagging(voting(bare())).fit(X, y)
    with pytest.raises(NotImplementedError, match="has no probabilities"):
        to_onnx(model, X)


def test_labels_that_skl2onnx_would_change_are_refused():
    X, y = rows()
    for labels in (np.array([0, 1, 2**40]), np.array([0, 1, 200], dtype=np.uint8)):
        target = labels[np.searchsorted(LABELS["gaps"], y)]
        for model in (stacking(piped()), CalibratedClassifierCV(piped(), cv=2)):
            # With onnx 1.18, a ValueError of its own.
            with pytest.raises((NotImplementedError, ValueError)):
                to_onnx(model.fit(X, target), X)
    model = stacking(bare()).fit(X, y / 1)
    with pytest.raises(NotImplementedError, match="neither signed integers nor"):
        to_onnx(model, X)
    model = stacking(bare()).fit(X, y > 0)
    assert_as_python(to_onnx(model, X), model, X)


def test_members_that_have_not_seen_all_classes_are_refused():
    X, y = rows(dtype="float64")
    y[5:] = np.where(y[5:] == 9, 7, y[5:])
    model = bagging(piped(), max_samples=0.05).fit(X, y)
    assert {len(member.classes_) for member in model.estimators_} != {3}
    with pytest.raises(NotImplementedError, match="have not seen all classes"):
        to_onnx(model, X)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "uint32"])
def test_whole_numbers_and_packed_rows(dtype):
    """Equal, or refused: most of skl2onnx knows neither uint8 nor uint32."""
    X, y = rows(dtype=dtype)
    inner = OttoScoreClassifier(input_format="packed") if dtype == "uint32" else bare()
    right = {
        "int64": {CalibratedClassifierCV, MultiOutputClassifier, VotingClassifier},
        "uint8": {MultiOutputClassifier, VotingClassifier},
        "uint32": set(),
    }[dtype]
    for model in (
        CalibratedClassifierCV(inner, cv=2),
        CalibratedClassifierCV(inner if dtype == "uint32" else piped(), cv=2),
        voting(inner if dtype == "uint32" else piped()),
        stacking(inner),
        voting(inner),
        bagging(inner),
        boosting(inner),
        MultiOutputClassifier(inner),
    ):
        target = y
        if isinstance(model, MultiOutputClassifier):
            target = np.stack([y, y[::-1]], axis=1)
        model.fit(X, target)
        if type(model) in right:
            label, _ = run(to_onnx(model, X), X)
            assert_array_equal(label, model.predict(X))
        else:
            name = type(model).__name__
            with pytest.raises(NotImplementedError, match=f"{name}|Type"):
                to_onnx(model, X)


def test_scores_at_the_end_of_a_pipeline_stay_whole():
    X, y = rows()
    search = GridSearchCV(OttoScoreClassifier(), {}, cv=2)
    for model in (
        piped(),
        nested(),
        searched(),
        search,
        make_pipeline(ThermometerEncoder(), search),
        GridSearchCV(
            make_pipeline(ThermometerEncoder(), search),
            {},
            cv=2,
        ),
    ):
        model.fit(X, y)
        label, scores = run(to_onnx(model, X), X)
        assert_array_equal(label, model.predict(X))
        assert scores.dtype == np.int64
        assert_array_equal(
            scores.argmax(axis=1), np.searchsorted(LABELS["gaps"], label)
        )
        if isinstance(model, GridSearchCV) and not isinstance(
            model.best_estimator_, OttoScoreClassifier | Pipeline
        ):
            continue
    inner = GridSearchCV(bare(), {}, cv=2).fit(X, y)
    with pytest.raises(NotImplementedError, match='"zipmap": False'):
        skl2onnx.to_onnx(inner, X[:1], target_opset=18)
    with pytest.raises(ValueError, match="refit=True"):
        to_onnx(GridSearchCV(bare(), {}, cv=2, refit=False).fit(X, y), X)


def test_searches_of_clusterers_and_detectors():
    X, y = rows()
    search = GridSearchCV(
        BitWTAClusterer(3, random_state=0), {}, cv=2, scoring=lambda *_: 0.0
    ).fit(X)
    assert_array_equal(run(to_onnx(search, X), X)[0], search.predict(X))
    with pytest.raises(NotImplementedError, match="only as the last step"):
        to_onnx(make_pipeline(search, logistic()).fit(X, y), X)
    detector = make_pipeline(
        ThermometerEncoder(), BitNoveltyDetector(BitWTAClusterer(3, random_state=0))
    ).fit(X)
    assert_array_equal(run(to_onnx(detector, X), X)[0], detector.predict(X))


def test_threads_of_the_runtime_change_nothing():
    X, y = rows(dtype="float64")
    model = bagging(piped()).fit(X, y)
    onnx_model = to_onnx(model, X).SerializeToString()
    answers = []
    for n_threads in (1, 3):
        options = SessionOptions()
        options.intra_op_num_threads = n_threads
        answers.append(InferenceSession(onnx_model, options).run(None, {"X": X}))
    for one, other in zip(*answers, strict=True):
        assert_array_equal(one, other)
