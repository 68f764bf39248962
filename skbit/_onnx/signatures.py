# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What goes into a graph and what comes out of it, estimator by estimator.

Before skl2onnx converts anything, parsers declare the outputs, and shape calculators
check the input and say how wide the outputs are.
"""

import numpy as np
from onnx import TensorProto, helper
from skl2onnx.common import data_types

from skbit._onnx.enclosing import (
    INTEGERS,
    answer_inside,
    check_enclosing,
    is_in_search,
    is_member,
    pass_on,
)
from skbit.bits import n_containers


def alias(cls):
    """Return the name of an estimator within skl2onnx."""
    return f"Skbit{cls.__name__}"


def parse_transformer(scope, model, inputs, custom_parsers=None):
    """Declare bits."""
    return _declare(scope, model, inputs, {"bits": _type_of_bits(model)()})


def parse_clusterer(scope, model, inputs, custom_parsers=None):
    """Declare labels, similarities and patterns."""
    outputs = {
        "label": data_types.Int64TensorType(),
        "scores": data_types.DoubleTensorType(),
        "pattern": data_types.UInt32TensorType(),
    }
    return _declare(scope, model, inputs, outputs)


def parse_detector(scope, model, inputs, custom_parsers=None):
    """Declare labels and scores."""
    outputs = {
        "label": data_types.Int64TensorType(),
        "scores": data_types.DoubleTensorType(),
    }
    return _declare(scope, model, inputs, outputs)


def parse_classifier(scope, model, inputs, custom_parsers=None):
    """Declare labels and scores, or maps of scores."""
    model._check_fitted()
    label = type_of_labels(model)
    if answer_inside(scope, model) != INTEGERS:
        pass_on(scope, model, label)
        floats = data_types.DoubleTensorType()
        return _declare(scope, model, inputs, {"label": label(), "scores": floats})
    scores = data_types.Int64TensorType()
    if is_member(scope, model):
        outputs = {"member_label": label(), "member_scores": scores}
        return _declare(scope, model, inputs, outputs)
    # As all classifiers there: a map of floats unless asked for the plain scores.
    if scope.get_options(model, {"zipmap": True})["zipmap"]:
        scores = data_types.DictionaryType(label([None]), data_types.FloatTensorType())
        scores = data_types.SequenceType(scores)
    return _declare(scope, model, inputs, {"label": label(), "scores": scores})


def _declare(scope, model, inputs, outputs):
    operator = scope.declare_local_operator(alias(type(model)), model)
    operator.inputs = inputs
    for name, kind in outputs.items():
        operator.outputs.append(scope.declare_local_variable(name, kind))
    return operator.outputs


def type_of_labels(model):
    """Return the type of a classifier's labels."""
    kind = model.classes_.dtype.kind
    if kind in "iu" and np.can_cast(model.classes_.dtype, np.int64):
        return data_types.Int64TensorType
    if kind == "U" or all(isinstance(label, str) for label in model.classes_):
        return data_types.StringTensorType
    raise NotImplementedError(
        f"Classes of dtype {model.classes_.dtype} cannot be converted to ONNX: fit "
        "the classifier with labels that are integers or strings."
    )


def _type_of_bits(model):
    packed = data_types.UInt32TensorType
    return packed if model.packed_output else data_types.UInt8TensorType


def transformer_shapes(operator):
    """Set the width of bits."""
    n_rows = _check_input(operator)
    model = operator.raw_operator
    width = n_containers(model._n_bits) if model.packed_output else model._n_bits
    if not operator.outputs[0].is_leaf:
        # skl2onnx joins matrices of unsigned numbers only if it takes them for equally
        # wide; whether they fit the next step was settled when the model was fitted.
        width = None
    operator.outputs[0].type = _type_of_bits(model)([n_rows, width])


def clusterer_shapes(operator):
    """Set how many neurons and columns there are."""
    n_rows = _check_input(operator)
    model = operator.raw_operator
    label, scores, pattern = operator.outputs
    label.type = data_types.Int64TensorType([n_rows])
    scores.type = data_types.DoubleTensorType([n_rows, model.n_neurons_])
    kind = data_types.UInt8TensorType
    if model.input_format_ == "packed":
        kind = data_types.UInt32TensorType
    pattern.type = kind([n_rows, model.n_features_in_])


def detector_shapes(operator):
    """Set one number for each row."""
    n_rows = _check_input(operator)
    if operator.raw_operator.normalization == "local":
        raise NotImplementedError(
            "normalization='local' cannot be converted to ONNX to the bit, because its "
            "means of floats depend on the order of summation. Use 'none' or 'neuron'."
        )
    label, scores = operator.outputs
    label.type = data_types.Int64TensorType([n_rows])
    scores.type = data_types.DoubleTensorType([n_rows])


def classifier_shapes(operator):
    """Set how many classes there are."""
    set_classes(operator, _check_input(operator))


def set_classes(operator, n_rows):
    """Set the types of the answers of a classifier."""
    model = operator.raw_operator
    label, scores = operator.outputs
    label.type = type_of_labels(model)([n_rows])
    if answer_inside(operator.scope_inst, model) != INTEGERS:
        # The others reckon with floats of the type of their X.
        is_double = isinstance(scores.type, data_types.DoubleTensorType)
        kind = data_types.DoubleTensorType if is_double else data_types.FloatTensorType
        scores.type = kind([n_rows, len(model.classes_)])
    elif isinstance(scores.type, data_types.SequenceType):
        if is_in_search(operator):
            raise NotImplementedError(
                f"{type(model).__name__} in a search cannot be converted to ONNX with "
                'a ZipMap: give options={id(search): {"zipmap": False}}.'
            )
    else:
        scores.type = data_types.Int64TensorType([n_rows, len(model.classes_)])


def _check_input(operator):
    """Raise if the estimator would refuse the input; return its number of rows."""
    model, name = operator.raw_operator, type(operator.raw_operator).__name__
    model._check_fitted()
    check_enclosing(operator)
    texts = [
        x for x in operator.inputs if isinstance(x.type, data_types.StringTensorType)
    ]
    if len(operator.inputs) != 1 and not texts:
        raise ValueError(
            f"{name} takes one matrix, but the graph has {len(operator.inputs)} inputs "
            "for it. Declare one input with all columns."
        )
    kind = (texts or operator.inputs)[0].type
    is_packed = isinstance(kind, data_types.UInt32TensorType)
    takes_packed = getattr(model, "input_format_", "dense") == "packed"
    if is_packed != takes_packed:
        expected = "packed bits" if takes_packed else "numbers, not packed bits"
        raise ValueError(
            f"{name} was fitted on {expected}, but the input in the graph is a "
            f"{type(kind).__name__}. Packed bits are a UInt32TensorType."
        )
    if not takes_packed and element_type(kind) not in NUMPY_TYPES:
        raise ValueError(
            f"{name} takes numbers, but the input in the graph is a "
            f"{type(kind).__name__}."
        )
    n_rows, n_columns = kind.shape if len(kind.shape) == 2 else (None, None)
    if n_columns not in (None, model.n_features_in_):
        raise ValueError(
            f"{name} expects {model.n_features_in_} columns, but the input in the "
            f"graph has {n_columns}."
        )
    return n_rows


NUMPY_TYPES = {
    kind: np.dtype(helper.tensor_dtype_to_np_dtype(kind))
    for kind in (
        TensorProto.BOOL,
        TensorProto.UINT8,
        TensorProto.INT8,
        TensorProto.INT16,
        TensorProto.INT32,
        TensorProto.INT64,
        TensorProto.FLOAT,
        TensorProto.DOUBLE,
    )
}


def element_type(kind):
    """Return a tensor's type of elements, in terms of ONNX."""
    return kind.to_onnx_type().tensor_type.elem_type
