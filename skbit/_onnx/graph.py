# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Writing ONNX graphs: nodes by the names of their operators, rows mapped by a Scan."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

import numpy as np
from onnx import TensorProto, helper, numpy_helper

# Bytes of a constant from which on copies of it matter.
_LARGE = 2**16
# What a file may have; the rest of a graph is small.
_LARGEST_FILE = 2**31 - 2**20
# Constants that are left out of the graphs being written, by name; None if none are.
_left_out = ContextVar("left_out", default=None)


@contextmanager
def large_constants_later():
    """Leave large constants out of the graphs that are written meanwhile.

    skl2onnx copies a graph several times. Yields a function that puts the constants
    into the finished model.
    """
    left_out = {}

    def put_in(onnx_model):
        if sum(array.nbytes for array in left_out.values()) > _LARGEST_FILE:
            raise ValueError(
                "The model is too large for ONNX, which allows 2 GiB. Use fewer bits "
                "or classes."
            )
        _put_in(onnx_model.graph, left_out)

    token = _left_out.set(left_out)
    try:
        yield put_in
    finally:
        _left_out.reset(token)


def _put_in(graph, constants):
    for tensor in graph.initializer:
        if tensor.name in constants:
            tensor.raw_data = constants.pop(tensor.name).tobytes()
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _put_in(attribute.g, constants)


# The version of the operators of machine learning that has LabelEncoder with floats.
_ML_VERSION = 2


class Graph:
    """Nodes and constants of a graph that is being written.

    ``graph.BitwiseXor(a, b)`` adds a node and returns the name of what it computes.
    Arguments are such names, or arrays, which become constants.

    Parameters
    ----------
    new_name : callable
        Makes a name unique.
    """

    def __init__(self, new_name):
        self.new_name = new_name
        self.nodes, self.constants = [], []

    def __getattr__(self, operator):
        if not operator[0].isupper():
            raise AttributeError(operator)
        return partial(self._add, operator)

    def _add(self, operator, *inputs, n_outputs=None, domain="", **attributes):
        outputs = [self.new_name(operator) for _ in range(n_outputs or 1)]
        inputs = [i if isinstance(i, str) else self._constant(i) for i in inputs]
        self.nodes.append((operator, inputs, outputs, domain, attributes))
        return outputs[0] if n_outputs is None else outputs

    def _constant(self, array):
        name = self.new_name("constant")
        array, left_out = np.asarray(array), _left_out.get()
        if left_out is None or array.nbytes < _LARGE:
            tensor = numpy_helper.from_array(array, name)
        else:
            left_out[name] = array
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            tensor = TensorProto(name=name, data_type=kind, dims=array.shape)
        self.constants.append(tensor)
        return name

    def map_rows(self, function, rows, row_info, output_infos):
        """Map the rows of a matrix by a function that writes the graph for one of them.

        A Scan goes through the rows, so that memory does not grow with their number.

        Parameters
        ----------
        function : callable
            Takes a graph and the name of a row; returns names, one for each output.
        rows : str
            Name of the matrix.
        row_info, output_infos : tuple (dtype, shape), list of such tuples
            Element type, in terms of ONNX, and shape of a row and of each output.

        Returns
        -------
        names : list of str
            Names of the outputs for all rows.
        """
        body = Graph(self.new_name)
        row = self.new_name("row")
        # Under names of their own, for a Scan's outputs must come from its nodes.
        names = [body.Identity(name) for name in function(body, row)]
        infos = zip(names, output_infos, strict=True)
        graph = helper.make_graph(
            [_as_node(*node) for node in body.nodes],
            self.new_name("one_row"),
            [helper.make_tensor_value_info(row, *row_info)],
            [helper.make_tensor_value_info(name, *info) for name, info in infos],
            body.constants,
        )
        n_outputs = len(names)
        return self._add(
            "Scan", rows, n_outputs=n_outputs, body=graph, num_scan_inputs=1
        )

    def write(self, container, outputs, oldest_opset):
        """Hand the graph over to skl2onnx.

        Parameters
        ----------
        container : skl2onnx.common._container.ModelComponentContainer
        outputs : dict
            New names of some results.
        oldest_opset : int
            What the graph needs at least; skl2onnx raises if it aims at an older one.
        """
        opset = container.target_opset
        for tensor in self.constants:
            container.initializers.append(tensor)
        for operator, inputs, results, domain, attributes in self.nodes:
            container.add_node(
                operator,
                [outputs.get(name, name) for name in inputs],
                [outputs.get(name, name) for name in results],
                op_domain=domain,
                # A body's nodes have no version: it is that of the whole model.
                op_version=_ML_VERSION if domain else max(oldest_opset, opset),
                name=self.new_name(operator),
                **attributes,
            )


def _as_node(operator, inputs, outputs, domain, attributes):
    return helper.make_node(operator, inputs, outputs, domain=domain, **attributes)
