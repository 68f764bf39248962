# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The graphs of estimators, and telling skl2onnx of them."""

import numpy as np
from onnx import TensorProto
from skl2onnx import update_registered_converter
from skl2onnx.common import data_types

from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitPatchClassifier,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.bits import n_containers, unpack_bits
from skbit.onnx import _bits
from skbit.onnx._competition import competition_row, novelty_row
from skbit.onnx._enclosing import (
    DECISIONS,
    INTEGERS,
    PROBABILITIES,
    VOTES,
    answer_inside,
)
from skbit.onnx._encoders import edges_row, rank_row, scalar_row, thermometer_row
from skbit.onnx._graph import Graph
from skbit.onnx._log_odds import scores_row
from skbit.onnx._projection import project_row
from skbit.onnx._rows import as_double
from skbit.onnx._signatures import (
    NUMPY_TYPES,
    alias,
    classifier_shapes,
    clusterer_shapes,
    detector_shapes,
    element_type,
    parse_classifier,
    parse_clusterer,
    parse_detector,
    parse_transformer,
    transformer_shapes,
    type_of_labels,
)

_ENCODERS = {
    ThermometerEncoder: thermometer_row,
    ScalarEncoder: scalar_row,
    RankDensityEncoder: rank_row,
    DirectionalEdgeEncoder: edges_row,
}
# Bitwise operators are as old as this.
OLDEST_OPSET = 18


def register():
    """Tell skl2onnx how to convert the estimators."""
    for cls, row in _ENCODERS.items():
        _register(cls, transformer_shapes, parse_transformer, _encoder_converter(row))
    _register(
        RandomMAJ3Projection, transformer_shapes, parse_transformer, _convert_projection
    )
    _register(BitWTAClusterer, clusterer_shapes, parse_clusterer, _convert_clusterer)
    _register(BitNoveltyDetector, detector_shapes, parse_detector, _convert_detector)
    _register(
        OttoScoreClassifier,
        classifier_shapes,
        parse_classifier,
        _convert_classifier,
        {"zipmap": [True, False]},
    )
    for cls in (BitHebbianClassifier, BitPatchClassifier):
        # Inside other estimators, skl2onnx fails on unknown ones with a KeyError.
        _register(
            cls, _refuse, _refuse_parsing, _refuse_conversion, {"zipmap": [True, False]}
        )


def _register(cls, shape, parser, converter, options=None):
    update_registered_converter(
        cls, alias(cls), shape, converter, parser=parser, options=options
    )


def _refuse(operator):
    raise NotImplementedError(
        f"{type(operator.raw_operator).__name__} cannot be converted to ONNX."
    )


def _refuse_parsing(scope, model, inputs, custom_parsers=None):
    raise NotImplementedError(f"{type(model).__name__} cannot be converted to ONNX.")


def _refuse_conversion(scope, operator, container):
    _refuse(operator)


def _encoder_converter(encode_row):
    def convert(scope, operator, container):
        model = operator.raw_operator

        def row_to_bits(graph, row, dtype, model):
            bits = encode_row(graph, row, dtype, model)
            if model.packed_output:
                bits = _bits.pack(graph, bits, model._n_bits)
            return [bits]

        graph = Graph(scope.get_unique_variable_name)
        bits = _map_rows(graph, operator, row_to_bits, [_bits_info(model)])
        _finish(graph, operator, container, bits)

    return convert


def _convert_projection(scope, operator, container):
    model = operator.raw_operator

    def row_to_bits(graph, row, dtype, model):
        words = project_row(graph, row, dtype, model)
        return [
            words if model.packed_output else _bits.unpack(graph, words, model._n_bits)
        ]

    graph = Graph(scope.get_unique_variable_name)
    bits = _map_rows(graph, operator, row_to_bits, [_bits_info(model)])
    _finish(graph, operator, container, bits)


def _convert_classifier(scope, operator, container):
    model = operator.raw_operator
    graph = Graph(scope.get_unique_variable_name)
    info = TensorProto.INT64, [len(model.classes_)]
    [scores] = _map_rows(graph, operator, lambda *args: [scores_row(*args)], [info])
    highest = graph.ArgMax(scores, axis=1, keepdims=0)
    if type_of_labels(model) is data_types.StringTensorType:
        classes, kind = model.classes_.astype(object), "strings"
    else:
        classes, kind = model.classes_.astype(np.int64), "int64s"
    label = graph.Gather(classes, highest)
    answer = answer_inside(scope, model)
    if answer != INTEGERS:
        scores = graph.Cast(
            _ANSWERS[answer](graph, scores, highest, model),
            to=element_type(operator.outputs[1].type),
        )
    if isinstance(operator.outputs[1].type, data_types.SequenceType):
        scores = graph.Cast(scores, to=TensorProto.FLOAT)
        classes = {f"classlabels_{kind}": classes.tolist()}
        scores = graph.ZipMap(scores, domain="ai.onnx.ml", **classes)
    _finish(graph, operator, container, [label, scores])


def _probabilities(graph, scores, highest, model):
    precision = np.float64(model.fitted_params_["precision"])
    joint = graph.Div(as_double(graph, scores), precision)
    # In the order of predict_proba: where two probabilities round to 1, the last bits
    # of their averages decide.
    highest = graph.ReduceMax(joint, _bits.int64(1), keepdims=1)
    total = graph.Exp(graph.Sub(joint, highest))
    total = graph.Log(graph.ReduceSum(total, _bits.int64(1), keepdims=1))
    return graph.Exp(graph.Sub(joint, graph.Add(total, highest)))


def _decisions(graph, scores, highest, model):
    if len(model.classes_) == 2:
        # As skl2onnx has it: how far each class is above the other one.
        first, second = graph.Split(scores, axis=1, num_outputs=2, n_outputs=2)
        ahead = graph.Sub(second, first)
        return graph.Concat(graph.Neg(ahead), ahead, axis=1)
    return scores


def _votes(graph, scores, highest, model):
    return graph.OneHot(highest, _bits.int64(len(model.classes_)), _bits.int64(0, 1))


_ANSWERS = {PROBABILITIES: _probabilities, DECISIONS: _decisions, VOTES: _votes}


def _convert_clusterer(scope, operator, container):
    model = operator.raw_operator
    graph = Graph(scope.get_unique_variable_name)
    infos = [(TensorProto.INT64, []), (TensorProto.DOUBLE, [model.n_neurons_])]
    winners, scores = _map_rows(graph, operator, competition_row, infos)
    label = graph.Gather(model.neuron_labels_.astype(np.int64), winners)
    patterns = model.patterns_
    if model.input_kind_ == "dense":
        patterns = unpack_bits(patterns, model.n_features_in_)
    pattern = graph.Gather(patterns, winners)
    _finish(graph, operator, container, [label, scores, pattern])


def _convert_detector(scope, operator, container):
    graph = Graph(scope.get_unique_variable_name)
    [scores] = _map_rows(graph, operator, novelty_row, [(TensorProto.DOUBLE, [])])
    is_novel = graph.Less(scores, np.float64(0))
    label = graph.Where(is_novel, _bits.int64(-1), _bits.int64(1))
    _finish(graph, operator, container, [label, scores])


def _bits_info(model):
    if model.packed_output:
        return TensorProto.UINT32, [n_containers(model._n_bits)]
    return TensorProto.UINT8, [model._n_bits]


def _map_rows(graph, operator, row_function, output_infos):
    model, [rows] = operator.raw_operator, operator.inputs
    kind = element_type(rows.type)
    dtype = NUMPY_TYPES.get(kind)
    return graph.map_rows(
        lambda body, row: row_function(body, row, dtype, model),
        rows.full_name,
        (kind, [model.n_features_in_]),
        output_infos,
    )


def _finish(graph, operator, container, results):
    """Hand a graph over to skl2onnx, which has names for its results."""
    names = [output.full_name for output in operator.outputs]
    outputs = dict(zip(results, names, strict=True))
    graph.write(container, outputs, OLDEST_OPSET)
