# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Writing ONNX graphs: nodes by the names of their operators, rows mapped by a Scan."""

from functools import partial

import numpy as np
from onnx import helper, numpy_helper


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
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
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
        for tensor in self.constants:
            container.initializers.append(tensor)
        for operator, inputs, results, domain, attributes in self.nodes:
            container.add_node(
                operator,
                [outputs.get(name, name) for name in inputs],
                [outputs.get(name, name) for name in results],
                op_domain=domain,
                # A body's nodes have no version: it is that of the whole model.
                op_version=1 if domain else max(oldest_opset, container.target_opset),
                name=self.new_name(operator),
                **attributes,
            )


def _as_node(operator, inputs, outputs, domain, attributes):
    return helper.make_node(operator, inputs, outputs, domain=domain, **attributes)
