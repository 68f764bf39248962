# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graph of BitEnsembleClassifier: members side by side, and their sum."""

import numpy as np
from skl2onnx._parse import parse_sklearn

from skbit._onnx.converters import Converter, answer_classes
from skbit._onnx.enclosing import check_enclosing, is_taken_apart, take_apart
from skbit._onnx.graph import Graph
from skbit._onnx.signatures import parse_classifier, set_classes
from skbit.ensemble._bit_ensemble import BitEnsembleClassifier
from skbit.ensemble._members import parts_of
from skbit.ensemble._scale import limits_of


def parse(scope, model, inputs, custom_parsers=None):
    """Declare the members, each on its own, and the sum of their scores."""
    model._check_fitted()
    members = [parts_of(member) for member in model.estimators_]
    take_apart(scope, model, [classifier for _, classifier in members])
    scores = []
    for transformers, classifier in members:
        found = inputs
        for step in (*transformers, classifier):
            found = parse_sklearn(scope, step, found, custom_parsers)
            for output in found:
                # skl2onnx takes them for outputs of the whole graph.
                output.init_status(is_leaf=False)
        scores.append(found[1])
    return parse_classifier(scope, model, scores)


def set_shapes(operator):
    """Set how many classes there are, where the members are a part of the graph."""
    model = operator.raw_operator
    model._check_fitted()
    check_enclosing(operator)
    if not is_taken_apart(operator.scope_inst, model):
        raise NotImplementedError(
            f"{type(model).__name__} inside another classifier cannot be converted to "
            "ONNX. Convert it alone or as the last step of a pipeline."
        )
    set_classes(operator, operator.inputs[0].type.shape[0])


def convert(scope, operator, container):
    """Write the sum of the members' scores, which saturate as in Python."""
    graph = Graph(scope.get_unique_variable_name)
    shifts, scores = operator.raw_operator.shifts_, None
    for member, limit, shift in zip(
        operator.inputs, limits_of(shifts), shifts, strict=True
    ):
        part = graph.Clip(member.full_name, -limit, limit)
        part = graph.Mul(part, np.int64(1) << shift)
        scores = part if scores is None else graph.Add(scores, part)
    answer_classes(graph, operator, container, scores, {})


CONVERTERS = {
    BitEnsembleClassifier: Converter(
        parse, set_shapes, convert, {"zipmap": [True, False]}
    )
}
