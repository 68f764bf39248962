# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Converters for kinds of estimators, from what happens to one row."""

from dataclasses import dataclass, field

import numpy as np
from onnx import TensorProto
from skl2onnx.common import data_types

from skbit._onnx import bits as _bits
from skbit._onnx.enclosing import (
    DECISIONS,
    INTEGERS,
    PROBABILITIES,
    VOTES,
    answer_inside,
)
from skbit._onnx.graph import Graph
from skbit._onnx.signatures import (
    NUMPY_TYPES,
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
from skbit.bits import n_containers, unpack_bits

# Bitwise operators are as old as this.
OLDEST_OPSET = 18


@dataclass(frozen=True)
class Converter:
    """What skl2onnx needs to know of a class of estimators.

    Parameters
    ----------
    parse : callable
        Declares the outputs.
    set_shapes : callable
        Checks the input and sets the shapes of the outputs.
    convert : callable
        Writes the graph.
    options : dict
        Options of the converter, and their values.
    """

    parse: object
    set_shapes: object
    convert: object
    options: dict = field(default_factory=dict)


def encoder(encode_row):
    """Return the converter of a transformer, from what makes the bits of a row."""

    def row_to_output(graph, row, dtype, model):
        bits = encode_row(graph, row, dtype, model)
        return _bits.pack(graph, bits, model._n_bits) if model.packed_output else bits

    return _transformer(row_to_output)


def projection(project_row):
    """Return the converter of a transformer, from what makes the words of a row."""

    def row_to_output(graph, row, dtype, model):
        words = project_row(graph, row, dtype, model)
        return (
            words if model.packed_output else _bits.unpack(graph, words, model._n_bits)
        )

    return _transformer(row_to_output)


def _transformer(row_to_output):
    def convert(scope, operator, container):
        model = operator.raw_operator
        info = TensorProto.UINT8, [model._n_bits]
        if model.packed_output:
            info = TensorProto.UINT32, [n_containers(model._n_bits)]
        graph = Graph(scope.get_unique_variable_name)
        bits = _map_rows(graph, operator, lambda *args: [row_to_output(*args)], [info])
        _finish(graph, operator, container, bits)

    return Converter(parse_transformer, transformer_shapes, convert)


def classifier(scores_row, probabilities):
    """Return the converter of a classifier.

    Parameters
    ----------
    scores_row : callable
        Makes the integer scores of a row.
    probabilities : callable
        Makes probabilities of the scores of all rows.
    """
    answers = {PROBABILITIES: probabilities, DECISIONS: _decisions, VOTES: _votes}

    def convert(scope, operator, container):
        graph = Graph(scope.get_unique_variable_name)
        info = TensorProto.INT64, [len(operator.raw_operator.classes_)]
        [scores] = _map_rows(graph, operator, lambda *args: [scores_row(*args)], [info])
        answer_classes(graph, operator, container, scores, answers)

    options = {"zipmap": [True, False]}
    return Converter(parse_classifier, classifier_shapes, convert, options)


def answer_classes(graph, operator, container, scores, answers):
    """Write the answers of a classifier, and hand the graph over to skl2onnx.

    Parameters
    ----------
    graph : Graph
    operator : skl2onnx.common._topology.Operator
    container : skl2onnx.common._container.ModelComponentContainer
    scores : str
        Name of the integer scores of all rows.
    answers : dict
        What makes another answer of the scores, by the answer.
    """
    model, scope = operator.raw_operator, operator.scope_inst
    highest = graph.ArgMax(scores, axis=1, keepdims=0)
    if type_of_labels(model) is data_types.StringTensorType:
        classes, kind = model.classes_.astype(object), "strings"
    else:
        classes, kind = model.classes_.astype(np.int64), "int64s"
    label = graph.Gather(classes, highest)
    answer = answer_inside(scope, model)
    if answer != INTEGERS:
        scores = graph.Cast(
            answers[answer](graph, scores, highest, model),
            to=element_type(operator.outputs[1].type),
        )
    if isinstance(operator.outputs[1].type, data_types.SequenceType):
        scores = graph.Cast(scores, to=TensorProto.FLOAT)
        classes = {f"classlabels_{kind}": classes.tolist()}
        scores = graph.ZipMap(scores, domain="ai.onnx.ml", **classes)
    _finish(graph, operator, container, [label, scores])


def _decisions(graph, scores, highest, model):
    if len(model.classes_) == 2:
        # As skl2onnx has it: how far each class is above the other one.
        first, second = graph.Split(scores, axis=1, num_outputs=2, n_outputs=2)
        ahead = graph.Sub(second, first)
        return graph.Concat(graph.Neg(ahead), ahead, axis=1)
    return scores


def _votes(graph, scores, highest, model):
    return graph.OneHot(highest, _bits.int64(len(model.classes_)), _bits.int64(0, 1))


def clusterer(competition_row):
    """Return the converter of a clusterer.

    Parameters
    ----------
    competition_row : callable
        Makes the winner of a row and its similarities with all neurons.
    """

    def convert(scope, operator, container):
        model = operator.raw_operator
        graph = Graph(scope.get_unique_variable_name)
        infos = [(TensorProto.INT64, []), (TensorProto.DOUBLE, [model.n_neurons_])]
        winners, scores = _map_rows(graph, operator, competition_row, infos)
        label = graph.Gather(model.neuron_labels_.astype(np.int64), winners)
        patterns = model.patterns_
        if model.input_format_ == "dense":
            patterns = unpack_bits(patterns, model.n_features_in_)
        pattern = graph.Gather(patterns, winners)
        _finish(graph, operator, container, [label, scores, pattern])

    return Converter(parse_clusterer, clusterer_shapes, convert)


def detector(novelty_row):
    """Return the converter of a detector.

    Parameters
    ----------
    novelty_row : callable
        Makes the score of a row, negative if it is novel.
    """

    def convert(scope, operator, container):
        graph = Graph(scope.get_unique_variable_name)
        [scores] = _map_rows(graph, operator, novelty_row, [(TensorProto.DOUBLE, [])])
        is_novel = graph.Less(scores, np.float64(0))
        label = graph.Where(is_novel, _bits.int64(-1), _bits.int64(1))
        _finish(graph, operator, container, [label, scores])

    return Converter(parse_detector, detector_shapes, convert)


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
