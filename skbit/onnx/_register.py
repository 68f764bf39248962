# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Telling skl2onnx of the converters."""

from skl2onnx import update_registered_converter, update_registered_parser
from skl2onnx._parse import _parse_sklearn, sklearn_parsers_map
from skl2onnx.common.data_types import UInt32TensorType
from sklearn.base import is_classifier
from sklearn.pipeline import FeatureUnion

from skbit._onnx.converters import Converter
from skbit._onnx.signatures import alias
from skbit._utils.registry import collect


def register():
    """Tell skl2onnx how to convert the estimators of all families."""
    converters = collect("_onnx", "CONVERTERS")
    for cls in collect("_examples", "EXAMPLES"):
        # Inside other estimators, skl2onnx fails on unknown ones with a KeyError.
        options = {"zipmap": [True, False]} if is_classifier(cls()) else {}
        unknown = Converter(_refuse_parsing, _refuse, _refuse_conversion, options)
        converter = converters.get(cls, unknown)
        update_registered_converter(
            cls,
            alias(cls),
            converter.set_shapes,
            converter.convert,
            parser=converter.parse,
            options=converter.options or None,
        )
    update_registered_parser(FeatureUnion, _parse_union)


_parse_other_union = sklearn_parsers_map[FeatureUnion]


def _parse_union(scope, model, inputs, custom_parsers=None):
    """Declare the union of packed bits, which skl2onnx has no type for."""
    if not isinstance(inputs[0].type, UInt32TensorType) or model.transformer_weights:
        return _parse_other_union(scope, model, inputs, custom_parsers)
    operator = scope.declare_local_operator("SklearnConcat")
    operator.inputs = [
        _parse_sklearn(scope, part, inputs, custom_parsers)[0]
        for _, part in model.transformer_list
    ]
    kind = type(operator.inputs[0].type)
    operator.outputs.append(scope.declare_local_variable("union", kind()))
    return operator.outputs


def _refuse(operator):
    raise NotImplementedError(
        f"{type(operator.raw_operator).__name__} cannot be converted to ONNX."
    )


def _refuse_parsing(scope, model, inputs, custom_parsers=None):
    raise NotImplementedError(f"{type(model).__name__} cannot be converted to ONNX.")


def _refuse_conversion(scope, operator, container):
    _refuse(operator)
