# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bits in ONNX: packing, unpacking, and majorities of many bits at once.

All functions add to the graph of one row, and take and return names in it.
"""

import numpy as np
from onnx import TensorProto

from skbit import _kernels
from skbit.bits import CONTAINER_BITS

_TYPES = {8: np.uint8, 16: np.uint16, 32: np.uint32}


def int64(*numbers):
    """Return what operators take for shapes, axes and places."""
    return np.array(numbers, dtype=np.int64)


def pack(graph, values, n_values, width=1):
    """Pack a vector of numbers of ``width`` bits each into containers."""
    per_container = CONTAINER_BITS // width
    words = graph.Cast(values, to=TensorProto.UINT32)
    padding = -n_values % per_container
    if padding:
        words = graph.Concat(words, np.zeros(padding, dtype=np.uint32), axis=0)
    words = graph.Reshape(words, int64(-1, per_container))
    # Exact for uint32; a sum would go through double.
    places = np.arange(per_container, dtype=np.uint32) * np.uint32(width)
    return graph.MatMul(words, np.uint32(1) << places)


def unpack(graph, words, n_bits=None):
    """Unpack a vector of containers into a vector of bits, uint8; the first ones."""
    words = graph.Unsqueeze(words, int64(1))
    places = np.arange(CONTAINER_BITS, dtype=np.uint32)
    bits = graph.BitShift(words, places, direction="RIGHT")
    bits = graph.Cast(graph.BitwiseAnd(bits, np.uint32(1)), to=TensorProto.UINT8)
    bits = graph.Reshape(bits, int64(-1))
    return bits if n_bits is None else every(graph, bits, 0, n_bits)


def split(graph, words, width):
    """Cut containers of 32 bits into some of another width, or join them.

    Returns
    -------
    containers : name of (n_containers, n_parts) uint8, uint16 or uint32
    """
    if width >= CONTAINER_BITS:
        return graph.Reshape(words, int64(-1, width // CONTAINER_BITS))
    places = np.arange(0, CONTAINER_BITS, width, dtype=np.uint32)
    parts = graph.BitShift(graph.Unsqueeze(words, int64(1)), places, direction="RIGHT")
    parts = graph.BitwiseAnd(parts, np.uint32(2**width - 1))
    parts = graph.Cast(
        parts, to=TensorProto.UINT8 if width == 8 else TensorProto.UINT16
    )
    return graph.Reshape(parts, int64(-1, 1))


def split_constant(words, width):
    """Do the same with rows of an array, ``(n_rows, n_words)``."""
    if width >= CONTAINER_BITS:
        return words.reshape(len(words), -1, width // CONTAINER_BITS)
    places = np.arange(0, CONTAINER_BITS, width, dtype=np.uint32)
    parts = words[..., np.newaxis] >> places & np.uint32(2**width - 1)
    return parts.astype(_TYPES[width]).reshape(len(words), -1, 1)


def join(graph, containers, n, width):
    """Turn ``(n, n_parts)`` containers into a vector of containers of 32 bits."""
    values = graph.Reshape(containers, int64(-1))
    return values if width >= CONTAINER_BITS else pack(graph, values, n, width)


def every(graph, planes, start, stop, step=1):
    """Slice the first axis."""
    return graph.Slice(planes, int64(start), int64(stop), int64(0), int64(step))


def majority3(graph, a, b, c):
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
    two = graph.BitwiseAnd(graph.BitwiseOr(a, b), majority3(graph, c, d, e))
    return graph.BitwiseOr(three, two)


_LAST_GROUPS = {
    1: lambda graph, a: a,
    2: lambda graph, a, b: graph.BitwiseAnd(a, b),
    4: _majority4,
    5: _majority5,
}


def tree_majority(graph, planes, n):
    """Reduce ``n`` planes, the first axis, by the tree of ``_kernels.majority``.

    Takes ``O(log n)`` nodes: each level is a handful of operators on all its groups.
    """
    while n > 1:
        n_full = _kernels.majority.full_groups(n)
        level = []
        if n_full:
            a, b, c = (every(graph, planes, i, 3 * n_full, 3) for i in range(3))
            level.append(majority3(graph, a, b, c))
        if n > 3 * n_full:
            rest = [every(graph, planes, i, i + 1) for i in range(3 * n_full, n)]
            level.append(_LAST_GROUPS[len(rest)](graph, *rest))
        n = n_full + (n > 3 * n_full)
        planes = graph.Concat(*level, axis=0)
    return graph.Squeeze(planes, int64(0))


def count_majority(graph, planes, n, threshold):
    """Tell where at least ``threshold`` of ``n`` planes, the first axis, are one.

    Full adders add all groups of three at once: ``O(log(n) ** 2)`` nodes.
    """
    at_least = None
    while n > 0:
        carries, n_carries = [], 0
        while n > 1:
            n_adders = max(1, n // 3)
            stop = min(n, 3 * n_adders)
            a, b = (every(graph, planes, i, stop, 3) for i in range(2))
            total = graph.BitwiseXor(a, b)
            if n == 2:
                carries.append(graph.BitwiseAnd(a, b))
            else:
                c = every(graph, planes, 2, stop, 3)
                carries.append(majority3(graph, a, b, c))
                total = graph.BitwiseXor(total, c)
            if n > stop:
                rest = every(graph, planes, stop, n)
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
    return graph.Squeeze(at_least, int64(0))
