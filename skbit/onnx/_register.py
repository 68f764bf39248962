# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Telling skl2onnx of the converters."""

from skl2onnx import update_registered_converter
from sklearn.base import is_classifier

from skbit._onnx.converters import Converter
from skbit._onnx.signatures import alias
from skbit._utils.registry import collect
from skbit.onnx import _union
from skbit.preprocessing._onnx_table import register_columns


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
    _union.register()
    register_columns()


def _refuse(operator):
    raise NotImplementedError(
        f"{type(operator.raw_operator).__name__} cannot be converted to ONNX."
    )


def _refuse_parsing(scope, model, inputs, custom_parsers=None):
    raise NotImplementedError(f"{type(model).__name__} cannot be converted to ONNX.")


def _refuse_conversion(scope, operator, container):
    _refuse(operator)
