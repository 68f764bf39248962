# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX converters of the projection and of ferns."""

import numpy as np
from onnx import TensorProto

from skbit._numba.majority_tree import last_group, levels, majority3
from skbit._onnx import bits as _bits
from skbit._onnx.converters import projection
from skbit._onnx.rows import bits_of_row, words_of_row
from skbit.bits import CONTAINER_BITS
from skbit.random_projection._random_fern import RandomFernEncoder
from skbit.random_projection._random_maj3 import RandomMAJ3Projection
from skbit.random_projection._structure import PER_PERMUTATION


def project_row(graph, row, dtype, model):
    """Project a row of bits; return the name of a vector of containers."""
    width = model._container_bits
    inputs = _bits.split(graph, _inputs_of_row(graph, row, dtype, model), width)
    # One operator compares: the NOT of an XNOR is in the constant.
    random = ~model.W0_ if model._gate == "xnor" else model.W0_
    random = _bits.split_constant(random, width)
    containers, sizes = model._wiring()
    permuted = model._permutations
    majorities, neurons = [], []
    # Neurons that see equally many containers are one operator's work.
    for size in np.unique(sizes):
        group = np.flatnonzero(sizes == size)
        if model.fitted_params_["receptive_field"] is None and permuted is None:
            # All neurons see all containers, in their order.
            compared = random.swapaxes(0, 1)
            shared = graph.Unsqueeze(inputs, _bits.int64(1))
        else:
            seen = containers[group, :size].astype(np.int64).T
            compared = random[group, seen]
            if permuted is not None:
                # The permuted rows follow one another.
                seen = seen + group // PER_PERMUTATION * random.shape[1]
            shared = graph.Gather(inputs, seen, axis=0)
        planes = graph.BitwiseXor(shared, compared)
        if model._majority == "tree":
            majority = _tree_majority(graph, planes, int(size))
        else:
            required = int(model._required_ones[group[0]])
            majority = _count_majority(graph, planes, int(size), required)
        majorities.append(majority)
        neurons.append(group)
    projected = majorities[0]
    if len(majorities) > 1:
        projected = graph.Concat(*majorities, axis=0)
        projected = graph.Gather(projected, np.argsort(np.concatenate(neurons)), axis=0)
    return _bits.join(graph, projected, len(sizes), width)


def _inputs_of_row(graph, row, dtype, model):
    """Return the words that neurons compare, of all permuted rows one after another."""
    if model._permutations is not None:
        bits = bits_of_row(graph, row, dtype, model)
        places = model._permutations.ravel().astype(np.int64)
        return _bits.pack(graph, graph.Gather(bits, places, axis=0), len(places))
    words = words_of_row(graph, row, dtype, model)
    n_missing = model.W0_.shape[1] - model._n_input_containers
    if n_missing:
        words = graph.Concat(words, np.zeros(n_missing, dtype=np.uint32), axis=0)
    return words


class _Planes:
    """Planes in a graph; ``&``, ``|`` and ``^`` of two of them add a node."""

    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def __and__(self, other):
        return _Planes(self.graph, self.graph.BitwiseAnd(self.name, other.name))

    def __or__(self, other):
        return _Planes(self.graph, self.graph.BitwiseOr(self.name, other.name))

    def __xor__(self, other):
        return _Planes(self.graph, self.graph.BitwiseXor(self.name, other.name))

    def slice(self, start, stop, step=1):
        """Slice the first axis."""
        name = _bits.slice_axis0(self.graph, self.name, start, stop, step)
        return _Planes(self.graph, name)

    def followed_by(self, *others):
        """Concatenate planes along the first axis."""
        names = [self.name, *(planes.name for planes in others)]
        return _Planes(self.graph, self.graph.Concat(*names, axis=0))


def _tree_majority(graph, planes, n):
    """Reduce ``n`` planes, the first axis, by the majority tree.

    Takes ``O(log n)`` nodes: each level is a handful of operators on all its groups.
    """
    planes = _Planes(graph, planes)
    for n_full, n_last in levels(n):
        groups, stop = [], 3 * n_full
        if n_full:
            groups.append(majority3(*(planes.slice(i, stop, 3) for i in range(3))))
        if n_last:
            rest = [planes.slice(i, i + 1) for i in range(stop, stop + n_last)]
            groups.append(last_group(rest))
        planes = groups[0].followed_by(*groups[1:])
    return graph.Squeeze(planes.name, _bits.int64(0))


def _count_majority(graph, planes, n, required):
    """Find where at least ``required`` of ``n`` planes, the first axis, are 1.

    Full adders add all groups of three at once: ``O(log(n) ** 2)`` nodes.
    """
    planes, at_least = _Planes(graph, planes), None
    while n > 0:
        carries, n_carries = [], 0
        while n > 1:
            n_adders = max(1, n // 3)
            stop = min(n, 3 * n_adders)
            a, b = planes.slice(0, stop, 3), planes.slice(1, stop, 3)
            total = a ^ b
            if n == 2:
                carries.append(a & b)
            else:
                c = planes.slice(2, stop, 3)
                carries.append(majority3(a, b, c))
                total = total ^ c
            if n > stop:
                total = total.followed_by(planes.slice(stop, n))
            n_carries += n_adders
            planes, n = total, n_adders + n - stop
        if required & 1:
            at_least = planes if at_least is None else planes & at_least
        elif at_least is not None:
            at_least = planes | at_least
        required >>= 1
        if not carries:
            break
        planes, n = carries[0].followed_by(*carries[1:]), n_carries
    if required > 0:
        # More ones are required than there are planes.
        at_least = planes ^ planes
    return graph.Squeeze(at_least.name, _bits.int64(0))


def ferns_row(graph, row, dtype, model):
    """Encode a row of bits by ferns; return the name of a vector of containers."""
    n_ferns, size = model.ferns_.shape
    bits = bits_of_row(graph, row, dtype, model)
    digits = graph.Gather(bits, model.ferns_.astype(np.int64), axis=0)
    digits = graph.Cast(digits, to=TensorProto.UINT32)
    codes = graph.MatMul(digits, np.uint32(1) << np.arange(size, dtype=np.uint32))
    places = graph.BitwiseAnd(codes, np.uint32(CONTAINER_BITS - 1))
    width = min(1 << size, CONTAINER_BITS)
    # The containers of a fern, all but one of which are zero.
    containers = np.arange((1 << size) // width, dtype=np.int64)
    number = graph.BitShift(codes, np.uint32(5), direction="RIGHT")
    number = graph.Unsqueeze(graph.Cast(number, to=TensorProto.INT64), _bits.int64(1))
    is_set = graph.Cast(graph.Equal(number, containers), to=TensorProto.UINT32)
    places = graph.Unsqueeze(places, _bits.int64(1))
    words = graph.BitShift(is_set, places, direction="LEFT")
    words = graph.Reshape(words, _bits.int64(-1))
    if width == CONTAINER_BITS:
        return words
    return _bits.pack(graph, words, n_ferns, width)


CONVERTERS = {
    RandomMAJ3Projection: projection(project_row),
    RandomFernEncoder: projection(ferns_row),
}
