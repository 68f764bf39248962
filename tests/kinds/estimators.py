# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""All public estimators, with data, the methods that learn and those that answer."""

import copy
import functools
import warnings
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_digits

from skbit import OttoScoreClassifier, ThermometerEncoder
from skbit._base import BitInputMixin
from skbit._utils.registry import collect

# Methods that change what was learned; clone, set_params and the like do not.
LEARNING = (
    "fit",
    "partial_fit",
    "store",
    "merge",
    "tune",
    "merge_corrections",
    "fit_calibration",
)

# Methods that take rows and answer.
ANSWERING = (
    "transform",
    "predict",
    "predict_neuron",
    "predict_proba",
    "predict_log_proba",
    "predict_joint_log_proba",
    "decision_function",
    "integer_scores",
    "score_samples",
    "p_values",
    "recall",
)

# Other public methods, of skbit and scikit-learn.
OTHER = (
    "dram_cost",
    "fit_predict",
    "fit_transform",
    "get_feature_names_out",
    "get_metadata_routing",
    "get_params",
    "inverse_transform",
    "predict_set",
    "score",
    "set_callbacks",
    "set_output",
    "set_params",
    "set_fit_request",
    "set_partial_fit_request",
    "set_score_request",
)


class Kind(NamedTuple):
    """An estimator and the data that it is fitted on."""

    name: str
    estimator: BaseEstimator
    packed: bool

    def data(self, n_rows=200):
        """Return rows and labels."""
        X, y = digits()
        return (pack(X) if self.packed else X)[:n_rows].copy(), y[:n_rows].copy()

    def fitted(self, n_rows=200):
        """Return a clone, fitted."""
        return clone(self.estimator).fit(*self.data(n_rows))

    def begun(self, method, n_rows=200):
        """Return a clone that has learned, and can learn more by a method."""
        model = clone(self.estimator)
        if method in ("partial_fit", "merge") and not getattr(
            model, "_keeps_parts", True
        ):
            return model.partial_fit(*self.data(n_rows))
        return model.fit(*self.data(n_rows))


@functools.cache
def digits():
    X, y = load_digits(return_X_y=True)
    return X, y


def pack(X):
    return ThermometerEncoder(4, feature_range=(0, 16)).fit_transform(X)


def _kinds():
    """Yield every example of the families, on numbers and, if it takes them, bits."""
    for cls, examples in collect("_examples", "EXAMPLES").items():
        for name, params in examples.items():
            estimator = cls(**params)
            if "random_state" in estimator.get_params():
                estimator.set_params(random_state=0)
            yield Kind(f"{cls.__name__}-{name}, dense", estimator, False)
            if isinstance(estimator, BitInputMixin):
                yield Kind(f"{cls.__name__}-{name}, packed", estimator, True)


KINDS = list(_kinds())


def is_learning(kind, method):
    """Tell whether a kind learns by a method."""
    if method == "merge" and isinstance(kind.estimator, OttoScoreClassifier):
        # Corrections belong to their own data.
        return kind.estimator.max_iter == 1 and kind.estimator.calibrate != "offsets"
    if method == "merge_corrections":
        return hasattr(kind.estimator, method) and kind.estimator.max_iter > 1
    return hasattr(kind.estimator, method)


LESSONS = [
    (kind, method) for kind in KINDS for method in LEARNING if is_learning(kind, method)
]


def name_of(value):
    return value.name if isinstance(value, Kind) else str(value)


def teach(model, method, X, y):
    """Let a fitted model learn rows by a method."""
    if method == "merge":
        name = "partial_fit" if hasattr(model, "summary_") else "fit"
        return model.merge(getattr(clone(model), name)(X, y))
    if method == "merge_corrections":
        return model.merge_corrections(copy.deepcopy(model).tune(X, y))
    if method == "store":
        return model.store(X)
    return getattr(model, method)(X, y)


def answers(model, X):
    """Return everything that a fitted model says, by name."""
    found = {}
    for name in ANSWERING:
        if hasattr(model, name):
            found[name] = np.asarray(getattr(model, name)(X))
    if hasattr(model, "inverse_transform"):
        found["inverse_transform"] = model.inverse_transform(found["transform"])
    if hasattr(model, "get_feature_names_out"):
        found["get_feature_names_out"] = model.get_feature_names_out()
    for name in properties(model):
        found[name] = getattr(model, name)
    return found


def properties(model):
    """Return the public names of attributes that are computed when read."""
    cls = type(model)
    return sorted(
        name
        for name in dir(cls)
        if name.endswith("_")
        and not name.startswith("_")
        # Models are no answers.
        and name != "named_estimators_"
        and not callable(getattr(cls, name))
    )


def state(model):
    """Return all that a model has learned as something that can be compared.

    Attributes that are computed when they are first read are no part of it.
    """
    return _frozen(model)


def _frozen(value):
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return "array", value.shape, _frozen(value.tolist())
        return "array", value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: repr(item[0]))
        return "dict", tuple((repr(key), _frozen(item)) for key, item in items)
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(_frozen(item) for item in value)
    if isinstance(value, np.random.RandomState):
        return "RandomState", _frozen(value.get_state())
    if isinstance(value, np.random.Generator):
        return "Generator", _frozen(value.bit_generator.state)
    if isinstance(value, BaseEstimator):
        return type(value).__name__, _frozen(value.__getstate__())
    if hasattr(value, "__dict__") and not callable(value):
        return type(value).__name__, _frozen(vars(value))
    return type(value).__name__, repr(value)


def assert_same_answers(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert _frozen(found[name]) == _frozen(value), name


def differing(found, expected):
    """Return the names of answers that are not equal."""
    return [
        name
        for name, value in expected.items()
        if name not in found or _frozen(found[name]) != _frozen(value)
    ]


class quietly(warnings.catch_warnings):
    """Turn off warnings of skbit's own that a test provokes on purpose."""

    def __enter__(self):
        super().__enter__()
        warnings.simplefilter("ignore", UserWarning)
