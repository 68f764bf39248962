# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The projection in ONNX."""

import numpy as np

from skbit._onnx import bits as _bits
from skbit._onnx.converters import projection
from skbit._onnx.rows import words_of_row
from skbit.random_projection._random_maj3 import RandomMAJ3Projection


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
            majority = _tree_majority(graph, planes, int(size))
        else:
            threshold = int(model._required_ones[group[0]])
            majority = _count_majority(graph, planes, int(size), threshold)
        majorities.append(majority)
        neurons.append(group)
    projected = majorities[0]
    if len(majorities) > 1:
        projected = graph.Concat(*majorities, axis=0)
        projected = graph.Gather(projected, np.argsort(np.concatenate(neurons)), axis=0)
    return _bits.join(graph, projected, len(sizes), width)


def _majority3(graph, a, b, c):
    """One where at least two of three are."""
    either = graph.BitwiseAnd(c, graph.BitwiseOr(a, b))
    return graph.BitwiseOr(graph.BitwiseAnd(a, b), either)


def _majority4(graph, a, b, c, d):
    both = graph.BitwiseAnd(a, b), graph.BitwiseAnd(c, d)
    either = graph.BitwiseOr(a, b), graph.BitwiseOr(c, d)
    return graph.BitwiseOr(
        graph.BitwiseAnd(both[0], either[1]), graph.BitwiseAnd(both[1], either[0])
    )


def _majority5(graph, a, b, c, d, e):
    cd = graph.BitwiseAnd(c, d)
    one = graph.BitwiseOr(graph.BitwiseOr(c, d), e)
    three = graph.BitwiseOr(
        graph.BitwiseAnd(graph.BitwiseAnd(a, b), one), graph.BitwiseAnd(cd, e)
    )
    two = graph.BitwiseAnd(graph.BitwiseOr(a, b), _majority3(graph, c, d, e))
    return graph.BitwiseOr(three, two)


_LAST_GROUPS = {
    1: lambda graph, a: a,
    2: lambda graph, a, b: graph.BitwiseAnd(a, b),
    4: _majority4,
    5: _majority5,
}


def _tree_majority(graph, planes, n):
    """Reduce ``n`` planes, the first axis, by the tree of ``_kernels.majority``.

    Takes ``O(log n)`` nodes: each level is a handful of operators on all its groups.
    """
    from skbit.random_projection._kernels.majority import full_groups

    while n > 1:
        n_full = full_groups(n)
        level = []
        if n_full:
            a, b, c = (_bits.every(graph, planes, i, 3 * n_full, 3) for i in range(3))
            level.append(_majority3(graph, a, b, c))
        if n > 3 * n_full:
            rest = [_bits.every(graph, planes, i, i + 1) for i in range(3 * n_full, n)]
            level.append(_LAST_GROUPS[len(rest)](graph, *rest))
        n = n_full + (n > 3 * n_full)
        planes = graph.Concat(*level, axis=0)
    return graph.Squeeze(planes, _bits.int64(0))


def _count_majority(graph, planes, n, threshold):
    """Tell where at least ``threshold`` of ``n`` planes, the first axis, are one.

    Full adders add all groups of three at once: ``O(log(n) ** 2)`` nodes.
    """
    at_least = None
    while n > 0:
        carries, n_carries = [], 0
        while n > 1:
            n_adders = max(1, n // 3)
            stop = min(n, 3 * n_adders)
            a, b = (_bits.every(graph, planes, i, stop, 3) for i in range(2))
            total = graph.BitwiseXor(a, b)
            if n == 2:
                carries.append(graph.BitwiseAnd(a, b))
            else:
                c = _bits.every(graph, planes, 2, stop, 3)
                carries.append(_majority3(graph, a, b, c))
                total = graph.BitwiseXor(total, c)
            if n > stop:
                rest = _bits.every(graph, planes, stop, n)
                total = graph.Concat(total, rest, axis=0)
            n_carries += n_adders
            planes, n = total, n_adders + n - stop
        if threshold & 1:
            at_least = (
                planes if at_least is None else graph.BitwiseAnd(planes, at_least)
            )
        elif at_least is not None:
            at_least = graph.BitwiseOr(planes, at_least)
        threshold >>= 1
        if not carries:
            break
        planes, n = graph.Concat(*carries, axis=0), n_carries
    if threshold > 0:
        # More than there are.
        at_least = graph.BitwiseXor(planes, planes)
    return graph.Squeeze(at_least, _bits.int64(0))


CONVERTERS = {RandomMAJ3Projection: projection(project_row)}
