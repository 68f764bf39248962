# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Packing, unpacking and slicing of bits in ONNX.

The functions add nodes to the graph of one row, and take and return names in it.
"""

import numpy as np
from onnx import TensorProto

from skbit.bits import CONTAINER_BITS

_TYPES = {8: np.uint8, 16: np.uint16, 32: np.uint32}


def int64(*numbers):
    """Return an int64 array, as operators take for shapes, axes and indices."""
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
    """Unpack a vector of containers into a vector of its first bits, uint8."""
    words = graph.Unsqueeze(words, int64(1))
    places = np.arange(CONTAINER_BITS, dtype=np.uint32)
    bits = graph.BitShift(words, places, direction="RIGHT")
    bits = graph.Cast(graph.BitwiseAnd(bits, np.uint32(1)), to=TensorProto.UINT8)
    bits = graph.Reshape(bits, int64(-1))
    return bits if n_bits is None else slice_axis0(graph, bits, 0, n_bits)


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
    """Split the rows of a constant, ``(n_rows, n_words)``, as ``split`` does."""
    if width >= CONTAINER_BITS:
        return words.reshape(len(words), -1, width // CONTAINER_BITS)
    places = np.arange(0, CONTAINER_BITS, width, dtype=np.uint32)
    parts = words[..., np.newaxis] >> places & np.uint32(2**width - 1)
    return parts.astype(_TYPES[width]).reshape(len(words), -1, 1)


def join(graph, containers, n, width):
    """Turn ``(n, n_parts)`` containers into a vector of containers of 32 bits."""
    values = graph.Reshape(containers, int64(-1))
    return values if width >= CONTAINER_BITS else pack(graph, values, n, width)


def slice_axis0(graph, planes, start, stop, step=1):
    """Slice planes along the first axis."""
    return graph.Slice(planes, int64(start), int64(stop), int64(0), int64(step))
