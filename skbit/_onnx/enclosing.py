# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators inside other estimators: what skl2onnx makes of them, and what is refused.

skl2onnx has a converter for many of scikit-learn's meta-estimators. Each expects
certain outputs of the estimators inside, and some do not compute what scikit-learn
computes. Only those that the tests compare with Python are let through: ``_RULES`` says
which, what they need from a classifier inside, and in which settings they are right.
"""

from weakref import WeakKeyDictionary

import numpy as np
from skl2onnx.common import data_types
from sklearn.base import (
    BaseEstimator,
    is_classifier,
    is_clusterer,
    is_outlier_detector,
)
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline

# What a classifier answers besides labels.
INTEGERS, PROBABILITIES, DECISIONS, VOTES = range(4)

_TRANSPARENT = Pipeline, GridSearchCV
# Operators that only write probabilities in another form.
_ZIPMAPS = "SklearnZipMap", "SklearnZipMapColumns"
_FLOATS = data_types.FloatTensorType, data_types.DoubleTensorType


# For each conversion, by their identities: ensembles of skbit that were taken apart,
# and the classifiers at the ends of their members.
_TAKEN_APART, _MEMBERS = WeakKeyDictionary(), WeakKeyDictionary()


def take_apart(scope, ensemble, classifiers):
    """Record that the members of an ensemble are written as a part of the graph."""
    _TAKEN_APART.setdefault(scope, set()).add(id(ensemble))
    _MEMBERS.setdefault(scope, set()).update(map(id, classifiers))


def is_taken_apart(scope, model):
    """Tell whether the members of an ensemble are written as a part of the graph."""
    return id(model) in _TAKEN_APART.get(scope, ())


def is_member(scope, model):
    """Tell whether an ensemble adds the integer scores of a classifier."""
    return id(model) in _MEMBERS.get(scope, ())


def answer_inside(scope, model):
    """Return what a classifier has to answer where it stands."""
    around = _opaque_operators(scope, model)
    if not around:
        return INTEGERS
    nearest = around[-1].raw_operator
    answer, _ = _RULES.get(type(nearest), (PROBABILITIES, None))
    return answer(nearest) if callable(answer) else answer


def is_in_search(operator):
    """Tell whether an estimator is the best one of a search, or inside of it."""
    return bool(_operators_around(operator.scope_inst, operator.raw_operator))


def pass_on(scope, model, label):
    """Let the pipelines that end in a classifier pass its answers on as they are.

    skl2onnx declares their outputs with the type of their inputs, and would cast
    probabilities to integers.
    """
    for operator in reversed(_operators_around(scope, model)):
        if not isinstance(operator.raw_operator, _TRANSPARENT):
            break
        operator.outputs[0].type = label()
        if not isinstance(operator.outputs[1].type, _FLOATS):
            operator.outputs[1].type = data_types.FloatTensorType()


def check_enclosing(operator):
    """Raise if an estimator stands where skl2onnx would make something else of it."""
    model, scope = operator.raw_operator, operator.scope_inst
    around = [*_operators_around(scope, model), operator]
    opaque = _opaque_operators(scope, model)
    for one in opaque:
        reason = _reason(one, opaque, model)
        if reason:
            raise NotImplementedError(
                f"{type(model).__name__} inside {type(one.raw_operator).__name__} "
                f"cannot be converted to ONNX: {reason}."
            )
    for one in around[around.index(opaque[0]) + 1 :] if opaque else ():
        # skl2onnx takes all answers of a search for outputs of the whole graph.
        if any(output.is_leaf for output in one.outputs):
            raise NotImplementedError(
                f"{type(model).__name__} in a search inside a pipeline inside "
                f"{type(opaque[0].raw_operator).__name__} cannot be converted to ONNX: "
                "replace the search by its best_estimator_ before fitting."
            )
    for one in around:
        if _answers_labels(one.raw_operator) and _is_read_on(one):
            raise NotImplementedError(
                f"{type(one.raw_operator).__name__} can be converted to ONNX only as "
                "the last step: it answers labels too, and other steps would take them."
            )


def _operators_around(scope, model):
    """Return skl2onnx's operators of the estimators around one, outermost first.

    Pipelines, unions and searches at the outside are not among them: skl2onnx has
    taken them apart. Nor are ensembles of skbit.
    """
    return [
        operator
        for operator in scope.operators.values()
        if operator.raw_operator is not model
        and not is_taken_apart(scope, operator.raw_operator)
        and id(model) in _ids_inside(scope, operator.raw_operator)
    ]


def _opaque_operators(scope, model):
    return [
        operator
        for operator in _operators_around(scope, model)
        if not isinstance(operator.raw_operator, _TRANSPARENT)
    ]


# For each conversion, by the identity of an estimator: what it holds, at any depth.
_INSIDE = WeakKeyDictionary()


def _ids_inside(scope, whole):
    known = _INSIDE.setdefault(scope, {})
    if id(whole) not in known:
        known[id(whole)] = _ids_of_parts(whole)
    return known[id(whole)]


def _ids_of_parts(whole):
    seen, to_do = set(), [whole]
    while to_do:
        part = to_do.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, dict):
            to_do.extend(part.values())
        elif isinstance(part, list | tuple):
            to_do.extend(part)
        elif isinstance(part, BaseEstimator) or _is_of_sklearn(part):
            to_do.extend(vars(part).values())
    return seen


def _is_of_sklearn(thing):
    """Tell whether a thing is a helper of scikit-learn, such as a calibrator."""
    return type(thing).__module__.startswith("sklearn.") and hasattr(thing, "__dict__")


def _answers_labels(model):
    return is_classifier(model) or is_clusterer(model) or is_outlier_detector(model)


def _is_read_on(operator):
    """Tell whether other operators take an operator's answers, as such or as maps."""
    return any(
        reader.type not in _ZIPMAPS or _is_read_on(reader)
        for output in operator.outputs
        for reader in output.operators_inputs_
        if not _adds_scores(reader)
    )


def _adds_scores(operator):
    """Tell whether an operator is an ensemble that was taken apart, or its search."""
    whole = operator.raw_operator
    whole = getattr(whole, "best_estimator_", whole)
    return is_taken_apart(operator.scope_inst, whole)


def _reason(operator, opaque, model):
    """Say why an estimator cannot be inside another; None if it can.

    ``opaque`` are the operators of all meta-estimators around it, outermost first.
    """
    whole, scope = operator.raw_operator, operator.scope_inst
    if type(whole) not in _RULES:
        default = "no test has shown that skl2onnx converts this meta-estimator right"
        return _REFUSED.get(type(whole), default)
    final = getattr(whole, "final_estimator_", None)
    if final is not None and id(model) in _ids_inside(scope, final):
        return (
            "as final estimator it would make bits of rounded probabilities, which are "
            "not always those of Python"
        )
    answer, check = _RULES[type(whole)]
    if operator is not opaque[-1] and answer == DECISIONS:
        return "skl2onnx does not compute decision functions of ensembles right"
    if operator is not opaque[0] and not hasattr(whole, "predict_proba"):
        return "it has no probabilities for the estimator around it"
    if answer != DECISIONS and _answers_raw_scores(operator):
        return "raw_scores=True is not what scikit-learn's decision_function answers"
    return check(operator)


def _answers_raw_scores(operator):
    options = operator.scope_inst.get_options(
        operator.raw_operator, {"raw_scores": False}, fail=False
    )
    # None where a converter has no such option.
    return options is not None and options["raw_scores"]


def _check_labels(operator):
    """Refuse labels that skl2onnx changes in silence."""
    classes = operator.raw_operator.classes_
    for some in classes if isinstance(classes, list) else [classes]:
        if some.dtype.kind in "ib":
            if some.dtype.kind == "i" and np.abs(some).max() >= 2**31:
                return "skl2onnx takes labels that fit into int32 only"
        elif not all(isinstance(label, str) for label in some):
            return "its labels are neither signed integers nor strings"
    return None


def _check_calibrated(operator):
    whole = operator.raw_operator
    if whole.method != "sigmoid":
        return f"skl2onnx does not compute method={whole.method!r} as scikit-learn does"
    members = [one.estimator for one in whole.calibrated_classifiers_]
    return _check_classes_seen(whole, members) or _check_labels(operator)


def _check_one_vs_rest(operator):
    whole, scope = operator.raw_operator, operator.scope_inst
    if _opaque_operators(scope, whole):
        return "skl2onnx does not compute its probabilities as scikit-learn does"
    if not _answers_raw_scores(operator):
        return (
            "scikit-learn compares decision functions, and skl2onnx probabilities, "
            'unless options={id(classifier): {"raw_scores": True}} are given'
        )
    if whole.multilabel_:
        return "skl2onnx compares the scores of several labels with another threshold"
    return _check_labels(operator)


def _check_stacking(operator):
    whole = operator.raw_operator
    if set(whole.stack_method_) != {"predict_proba"}:
        return "skl2onnx is right for stack_method='predict_proba' only"
    if not isinstance(operator.inputs[0].type, _FLOATS):
        return "skl2onnx casts probabilities to the type of X, which must be a float"
    return _check_labels(operator)


def _check_voting(operator):
    whole = operator.raw_operator
    if whole.weights is not None:
        if whole.voting == "hard":
            return "weighted votes that are equal in Python may differ in float32"
        if not isinstance(whole.weights, np.ndarray) or "drop" in [
            estimator for _, estimator in whole.estimators
        ]:
            return "skl2onnx takes weights as an array only, and none of them dropped"
    return _check_members(operator) if whole.voting == "hard" else _check_mean(operator)


def _check_mean(operator):
    """Refuse means in float32, in which sure classifiers that disagree are equal."""
    if not isinstance(operator.inputs[0].type, data_types.DoubleTensorType):
        return (
            "the last bits of means of probabilities decide, so that X must be float64"
        )
    return _check_members(operator)


def _check_ada_boost(operator):
    if not isinstance(operator.inputs[0].type, data_types.FloatTensorType):
        return "skl2onnx mixes float32 with the type of X, which must be float32"
    return _check_members(operator)


def _check_members(operator):
    whole = operator.raw_operator
    return _check_classes_seen(whole, whole.estimators_) or _check_labels(operator)


def _check_classes_seen(whole, members):
    """Refuse ensembles of which some members do not know all classes."""
    if any(len(member.classes_) != len(whole.classes_) for member in members):
        return "some of its estimators have not seen all classes"
    return None


def _answer_of_voting(whole):
    return VOTES if whole.voting == "hard" else PROBABILITIES


# What a classifier inside has to answer, and a function that says why not.
_RULES = {
    AdaBoostClassifier: (VOTES, _check_ada_boost),
    BaggingClassifier: (PROBABILITIES, _check_mean),
    CalibratedClassifierCV: (DECISIONS, _check_calibrated),
    MultiOutputClassifier: (PROBABILITIES, _check_labels),
    OneVsRestClassifier: (DECISIONS, _check_one_vs_rest),
    StackingClassifier: (PROBABILITIES, _check_stacking),
    VotingClassifier: (_answer_of_voting, _check_voting),
}
_REFUSED = {
    OneVsOneClassifier: "skl2onnx answers places instead of labels",
    TunedThresholdClassifierCV: "skl2onnx leaves out the threshold",
}
META_CLASSIFIERS = frozenset(_RULES)
