# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The projection in ONNX."""

import numpy as np

from skbit.onnx import _bits
from skbit.onnx._rows import words_of_row


def project_row(graph, row, dtype, model):
    """Project a row of bits; return the name of a vector of containers."""
    width, n_words = model._container_bits, model.W0_.shape[1]
    words = words_of_row(graph, row, dtype, model)
    n_missing = n_words - model._n_input_containers
    if n_missing:
        words = graph.Concat(words, np.zeros(n_missing, dtype=np.uint32), axis=0)
    inputs = _bits.split(graph, words, width)
    # One operator compares: the NOT of an XNOR is in the constant.
    random = ~model.W0_ if model._gate == "xnor" else model.W0_
    random = _bits.split_constant(random, width)
    containers, sizes = model._wiring()
    majorities, neurons = [], []
    # Neurons that see equally many containers are one operator's work.
    for size in np.unique(sizes):
        group = np.flatnonzero(sizes == size)
        if model._windows is None:
            # All neurons see all containers, in their order.
            compared = random.swapaxes(0, 1)
            shared = graph.Unsqueeze(inputs, _bits.int64(1))
        else:
            seen = containers[group, :size].astype(np.int64).T
            compared = random[group, seen]
            shared = graph.Gather(inputs, seen, axis=0)
        planes = graph.BitwiseXor(shared, compared)
        if model._majority == "tree":
            majority = _bits.tree_majority(graph, planes, int(size))
        else:
            threshold = int(model._thresholds[group[0]])
            majority = _bits.count_majority(graph, planes, int(size), threshold)
        majorities.append(majority)
        neurons.append(group)
    projected = majorities[0]
    if len(majorities) > 1:
        projected = graph.Concat(*majorities, axis=0)
        projected = graph.Gather(projected, np.argsort(np.concatenate(neurons)), axis=0)
    return _bits.join(graph, projected, len(sizes), width)
