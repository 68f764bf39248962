# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Unions of packed bits in ONNX, which skl2onnx has no type for."""

from skl2onnx import update_registered_parser
from skl2onnx._parse import _parse_sklearn, sklearn_parsers_map
from skl2onnx.common._registration import (
    register_converter,
    register_shape_calculator,
)
from skl2onnx.common.data_types import UInt32TensorType
from sklearn.pipeline import FeatureUnion

from skbit._onnx.converters import OLDEST_OPSET
from skbit._onnx.graph import Graph
from skbit._utils.steps import is_passthrough

_ALIAS = "SkbitUnion"
_parse_other_union = sklearn_parsers_map[FeatureUnion]


def register():
    """Tell skl2onnx how to convert unions of packed bits."""
    update_registered_parser(FeatureUnion, _parse)
    register_shape_calculator(_ALIAS, _set_shapes, overwrite=True)
    register_converter(_ALIAS, _convert, overwrite=True)


def _parse(scope, model, inputs, custom_parsers=None):
    """Declare the parts of a union, and the bits that they make together."""
    if not isinstance(inputs[0].type, UInt32TensorType) or model.transformer_weights:
        return _parse_other_union(scope, model, inputs, custom_parsers)
    operator = scope.declare_local_operator(_ALIAS)
    operator.inputs = [
        inputs[0]
        if is_passthrough(part)
        else _parse_sklearn(scope, part, inputs, custom_parsers)[0]
        for _, part in model.transformer_list
        if not (isinstance(part, str) and part == "drop")
    ]
    kinds = {type(part.type) for part in operator.inputs}
    if len(kinds) > 1:
        raise ValueError(
            "FeatureUnion joins packed and dense bits: set packed_output to the same "
            "value in all of its estimators."
        )
    operator.outputs.append(scope.declare_local_variable("union", kinds.pop()()))
    return operator.outputs


def _set_shapes(operator):
    [output] = operator.outputs
    output.type = type(output.type)([operator.inputs[0].get_first_dimension(), None])


def _convert(scope, operator, container):
    graph = Graph(scope.get_unique_variable_name)
    joined = graph.Concat(*(part.full_name for part in operator.inputs), axis=1)
    graph.write(container, {joined: operator.outputs[0].full_name}, OLDEST_OPSET)
