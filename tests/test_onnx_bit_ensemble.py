# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs of BitEnsembleClassifier: equal to Python, or refused."""

import numpy as np
import onnx
import pytest
import skl2onnx
from numpy.testing import assert_array_equal
from onnxruntime import InferenceSession
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from skbit import (
    BitEnsembleClassifier,
    BitHebbianClassifier,
    BitPatchEncoder,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    ThermometerEncoder,
)
from skbit.onnx import to_onnx


def digits(dtype="uint8", n=200):
    X, y = load_digits(return_X_y=True)
    return X[:n].astype(dtype), y[:n]


def otto(**params):
    encoder = ThermometerEncoder(3, feature_range=(0, 16))
    return make_pipeline(encoder, OttoScoreClassifier(**params))


def searched():
    return GridSearchCV(otto(), {"ottoscoreclassifier__alpha": [0.1, 9.0]}, cv=2)


def mixed():
    union = make_union(ThermometerEncoder(3), DirectionalEdgeEncoder(distance=1))
    patches = BitPatchEncoder(
        8, patch_size=3, binarize=7, image_shape=(8, 8), random_state=0
    )
    tuned = OttoScoreClassifier(max_iter=3, precision=10, random_state=0)
    return [
        ("plain", OttoScoreClassifier(binarize=7)),
        ("tuned", make_pipeline(ThermometerEncoder(3), make_pipeline(tuned))),
        ("union", make_pipeline(union, OttoScoreClassifier(precision=1000))),
        ("patches", make_pipeline(patches, OttoScoreClassifier())),
        ("inner", BitEnsembleClassifier()),
    ]


def run(onnx_model, X):
    onnx.checker.check_model(onnx_model, full_check=True)
    session = InferenceSession(onnx_model.SerializeToString())
    assert [output.name for output in session.get_outputs()] == ["label", "scores"]
    return session.run(None, {"X": X})


def assert_as_python(onnx_model, model, X, scores):
    label, found = run(onnx_model, X)
    assert found.dtype == np.int64
    assert_array_equal(found, scores)
    assert_array_equal(label, model.predict(X))


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_members_of_all_kinds(dtype):
    X, y = digits(dtype)
    model = BitEnsembleClassifier(mixed()).fit(X, y)
    assert len(set(model.shifts_)) > 2
    assert_as_python(to_onnx(model, X), model, X, model.integer_scores(X))
    plain = skl2onnx.to_onnx(
        model, X[:1], target_opset=18, options={id(model): {"zipmap": False}}
    )
    assert_as_python(plain, model, X, model.integer_scores(X))


@pytest.mark.parametrize("labels", [str, object, bool])
def test_labels(labels):
    X, y = digits()
    y = y > 4 if labels is bool else np.array([f"digit {n}" for n in y], dtype=labels)
    if labels is bool:
        y = y.astype(int)
    model = BitEnsembleClassifier(mixed()[:2]).fit(X, y)
    assert_as_python(to_onnx(model, X), model, X, model.integer_scores(X))


def test_maps_of_scores():
    X, y = digits()
    model = BitEnsembleClassifier(mixed()).fit(X, y)
    options = {BitEnsembleClassifier: {"zipmap": True}}
    for onnx_model in (
        skl2onnx.to_onnx(model, X[:1], target_opset=18),
        to_onnx(model, X, options=options),
    ):
        _, maps = run(onnx_model, X)
        found = np.array([[row[c] for c in range(10)] for row in maps])
        assert_array_equal(found, model.integer_scores(X).astype(np.float32))


def test_scores_saturate():
    X, y = digits()
    members = [("a", otto()), ("b", otto(precision=10)), ("c", otto(alpha=3))]
    model = BitEnsembleClassifier(members).fit(X, y, sample_weight=y != 3)
    scores = model.integer_scores(X)
    assert scores[:, 3].max() < -(2**61)
    assert_as_python(to_onnx(model, X), model, X, scores)


def test_places_of_ensembles():
    X, y = digits("float32")
    piped = make_pipeline(
        StandardScaler(), ThermometerEncoder(4), BitEnsembleClassifier()
    ).fit(X, y)
    bits = piped[:-1].transform(X)
    assert_as_python(to_onnx(piped, X), piped, X, piped[-1].integer_scores(bits))
    packed = piped[-1]
    assert_as_python(to_onnx(packed, bits), packed, bits, packed.integer_scores(bits))
    search = GridSearchCV(
        BitEnsembleClassifier(mixed()[:2]), {"n_selected": [1, 2]}, cv=2
    ).fit(X, y)
    scores = search.best_estimator_.integer_scores(X)
    assert_as_python(to_onnx(search, X), search, X, scores)
    step = make_pipeline(
        ThermometerEncoder(4),
        GridSearchCV(BitEnsembleClassifier(), {"n_selected": [1, 2]}, cv=2),
    ).fit(X, y)
    scores = step[-1].best_estimator_.integer_scores(step[:-1].transform(X))
    assert_as_python(to_onnx(step, X), step, X, scores)


def test_searches_and_frozen_members():
    X, y = digits()
    frozen = FrozenEstimator(otto(alpha=2).fit(X, y))
    model = BitEnsembleClassifier([("search", searched()), ("frozen", frozen)])
    model.fit(X, y)
    assert_as_python(to_onnx(model, X), model, X, model.integer_scores(X))


@pytest.mark.parametrize("n_rows", [1, 7])
def test_numbers_of_rows(n_rows):
    X, y = digits()
    model = BitEnsembleClassifier(mixed()).fit(X, y)
    rows = X[-n_rows:]
    assert_as_python(to_onnx(model, X), model, rows, model.integer_scores(rows))


REFUSED = {
    "member": lambda: BitEnsembleClassifier(
        [("plain", OttoScoreClassifier()), ("network", BitHebbianClassifier(33))]
    ),
    "voting": lambda: VotingClassifier(
        [("it", BitEnsembleClassifier())], flatten_transform=False
    ),
    "calibrated": lambda: CalibratedClassifierCV(BitEnsembleClassifier(), cv=2),
    "piped": lambda: CalibratedClassifierCV(
        make_pipeline(ThermometerEncoder(2), BitEnsembleClassifier()), cv=2
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    X, y = digits("float32")
    model = REFUSED[name]().fit(X, y)
    with pytest.raises(NotImplementedError, match=r"cannot .*convert"):
        to_onnx(model, X)


def test_damaged_models_are_refused():
    X, y = digits()
    model = BitEnsembleClassifier(mixed()[:2]).fit(X, y)
    model.shifts_ = np.zeros(3, dtype=np.int64)
    with pytest.raises(ValueError, match=r"shifts_ .* is damaged"):
        to_onnx(model, X)
