# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in ONNX: a matrix of numbers, or columns of numbers and texts.

A graph has no matrix of numbers and texts. Columns that are inputs of their own are
joined to a matrix first, in which a text is the number of its bit.
"""

import dataclasses

import numpy as np
from onnx import TensorProto
from skl2onnx.common._registration import (
    register_converter,
    register_shape_calculator,
)
from skl2onnx.common.data_types import DoubleTensorType, StringTensorType

from skbit._onnx import bits as _bits
from skbit._onnx.converters import OLDEST_OPSET, encoder
from skbit._onnx.graph import Graph
from skbit._onnx.rows import as_double
from skbit._onnx.signatures import parse_transformer
from skbit.preprocessing._categories import bits_of_categories, codes_of_categories

_COLUMNS = "SkbitColumns"


def table_row(graph, row, dtype, model):
    """Return the bits of a row: thermometers of numbers, and categories by number."""
    values, has_missing = codes_of_categories(model, text_as_bits=True)
    numbers = graph.Unsqueeze(as_double(graph, row), _bits.int64(1))
    is_missing = graph.IsNaN(numbers)
    is_category = model._is_category[:, np.newaxis]
    # A bit that no value has: it makes the other bits a matrix if there are none.
    never = np.zeros((len(values), 1), dtype=np.uint8)
    bits = graph.Or(
        # Thresholds of categories are infinite, and values of numbers are not numbers.
        graph.Or(
            graph.Greater(numbers, model.thresholds_), graph.Equal(numbers, values)
        ),
        graph.And(is_missing, has_missing),
    )
    has_bit = graph.Concat(graph.Cast(bits, to=TensorProto.UINT8), never, axis=1)
    has_bit = graph.Cast(graph.ReduceMax(has_bit, _bits.int64(1)), to=TensorProto.BOOL)
    last = graph.Or(
        graph.And(graph.Not(has_bit), is_category), graph.And(is_missing, ~is_category)
    )
    bits = graph.Concat(bits, last, axis=1)
    return graph.Reshape(graph.Cast(bits, to=TensorProto.UINT8), _bits.int64(-1))


def _parse(scope, model, inputs, custom_parsers=None):
    """Declare bits, and the matrix of several inputs or of texts before."""
    model._check_fitted()
    if len(inputs) == 1 and not isinstance(inputs[0].type, StringTensorType):
        # Raises if texts are expected.
        codes_of_categories(model)
        return parse_transformer(scope, model, inputs)
    operator = scope.declare_local_operator(_COLUMNS, model)
    operator.inputs = inputs
    joined = scope.declare_local_variable("columns", DoubleTensorType())
    operator.outputs.append(joined)
    return parse_transformer(scope, model, [joined])


def register_columns():
    """Tell skl2onnx how to join the columns of tables."""
    register_shape_calculator(_COLUMNS, _set_shape, overwrite=True)
    register_converter(_COLUMNS, _join, overwrite=True)


def _set_shape(operator):
    """Raise if the columns are not those of the fitted table."""
    model, n_features = operator.raw_operator, operator.raw_operator.n_features_in_
    found = list(_columns(operator))
    if len(found) != n_features:
        raise ValueError(
            f"TableEncoder expects {n_features} columns, but the inputs in the graph "
            f"have {len(found)}."
        )
    for f, (variable, _) in enumerate(found):
        is_text = isinstance(variable.type, StringTensorType)
        if is_text != _holds_text(model.categories_[f]):
            kinds = "numbers", "text"
            raise ValueError(
                f"Column {f} held {kinds[not is_text]} when this TableEncoder was "
                f"fitted, but its input in the graph is {kinds[is_text]}."
            )
    n_rows = operator.inputs[0].get_first_dimension()
    operator.outputs[0].type = DoubleTensorType([n_rows, n_features])


def _columns(operator):
    """Yield the input that holds each column, and its place there."""
    for variable in operator.inputs:
        for place in range(variable.type.shape[1]):
            yield variable, place


def _holds_text(categories):
    return categories is not None and categories.dtype == object


def _join(scope, operator, container):
    model = operator.raw_operator
    graph = Graph(scope.get_unique_variable_name)
    columns = []
    for f, (variable, place) in enumerate(_columns(operator)):
        column = graph.Gather(variable.full_name, _bits.int64(place), axis=1)
        if _holds_text(model.categories_[f]):
            bits = bits_of_categories(model.categories_[f], model._column_bits)
            # A tensor of texts has no missing ones.
            numbers = {"": bits.missing} | bits.by_value
            column = graph.LabelEncoder(
                column,
                domain="ai.onnx.ml",
                keys_strings=list(numbers),
                values_floats=list(map(float, numbers.values())),
                default_float=float(bits.other),
            )
        columns.append(graph.Cast(column, to=TensorProto.DOUBLE))
    joined = graph.Concat(*columns, axis=1)
    graph.write(container, {joined: operator.outputs[0].full_name}, OLDEST_OPSET)


TABLE = dataclasses.replace(encoder(table_row), parse=_parse)
