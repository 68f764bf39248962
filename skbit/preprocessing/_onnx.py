# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX converters of the encoders, from the numbers of a row to its bits."""

import math

import numpy as np
from onnx import TensorProto

from skbit._onnx import bits as _bits
from skbit._onnx.converters import encoder
from skbit._onnx.rows import as_double, as_whole_numbers
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    PixelEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.preprocessing._edges import DIRECTIONS
from skbit.preprocessing._onnx_table import TABLE


def thermometer_row(graph, row, dtype, model):
    """Return the bits of a row: the thermometers of all its features."""
    if model.fitted_params_["curve"] == "raw":
        codes = np.arange(256)[:, np.newaxis] >> np.arange(8) & 1
        return _look_up(graph, codes, _byte(graph, row, dtype))
    levels = np.arange(model._n_levels) < model.levels_[:, np.newaxis]
    return _look_up(graph, levels, _n_passed(graph, row, model.thresholds_))


def scalar_row(graph, row, dtype, model):
    """Return the bits of a row: a run of ones for each feature."""
    place = np.arange(model._feature_bits) - np.arange(model._n_buckets)[:, np.newaxis]
    codes = (place >= 0) & (place < model._n_active)
    return _look_up(graph, codes, _n_passed(graph, row, model.thresholds_))


def _n_passed(graph, row, thresholds):
    """Count the thresholds that each number reaches."""
    if not thresholds.size:
        # Older runtimes leave sums of nothing undefined.
        thresholds = np.full((1, 1), np.inf)
    numbers = graph.Unsqueeze(as_double(graph, row), _bits.int64(1))
    passed = graph.GreaterOrEqual(numbers, thresholds)
    passed = graph.Cast(passed, to=TensorProto.INT32)
    return graph.MatMul(passed, np.ones(thresholds.shape[1], dtype=np.int32))


def _byte(graph, row, dtype):
    """Return whole numbers from 0 to 255, and larger ones for other numbers."""
    if dtype.kind == "f":
        is_whole = graph.Equal(row, graph.Floor(row))
        row = graph.Where(is_whole, row, np.array(256, dtype=dtype))
    return graph.Cast(row, to=TensorProto.INT32)


def _look_up(graph, codes, numbers):
    bits = graph.Gather(codes.astype(np.uint8), numbers, axis=0)
    return graph.Reshape(bits, _bits.int64(-1))


def rank_row(graph, row, dtype, model):
    """Return the bits of a row: which features are among its highest."""
    # Whole numbers are ranked with all their digits.
    numbers = row if dtype == np.int64 else as_double(graph, row)
    levels = []
    for n_ones in model.n_ones_per_level_:
        _, highest = graph.TopK(numbers, _bits.int64(n_ones), n_outputs=2)
        zeros = np.zeros(model.n_features_in_, dtype=np.uint8)
        marks = np.ones(n_ones, dtype=np.uint8)
        level = graph.ScatterElements(zeros, highest, marks, axis=0)
        if not model._fill_ties:
            lowest = graph.ReduceMin(numbers, keepdims=1)
            is_above = graph.Cast(graph.Greater(numbers, lowest), to=TensorProto.UINT8)
            level = graph.BitwiseAnd(level, is_above)
        levels.append(graph.Unsqueeze(level, _bits.int64(1)))
    return graph.Reshape(graph.Concat(*levels, axis=1), _bits.int64(-1))


def edges_row(graph, row, dtype, model):
    """Return the bits of an image: its edges in every direction."""
    height, width = model.image_shape_
    fixed = model.fitted_params_
    n_directions, dilation = fixed["n_directions"], fixed["dilation"]
    numbers = row
    if dtype not in (np.float32, np.float64):
        # Whole numbers are subtracted as such, and floats in the type of X.
        to = TensorProto.INT32 if dtype in (bool, np.uint8) else TensorProto.DOUBLE
        numbers = graph.Cast(row, to=to)
    # Pixels that are farther away than the image is wide or high are outside.
    distance = min(fixed["distance"], max(height, width))
    steps = distance * np.array(list(DIRECTIONS.values())[:n_directions])
    there = graph.Gather(numbers, _neighbors(model.image_shape_, steps), axis=0)
    rises = graph.Sub(there, numbers)
    highest, places = graph.TopK(rises, _bits.int64(model.n_edges_), n_outputs=2)
    is_edge = graph.Greater(graph.Cast(highest, to=TensorProto.DOUBLE), np.float64(0))
    zeros = np.zeros((n_directions, height * width), dtype=np.uint8)
    edges = graph.ScatterElements(
        zeros, places, graph.Cast(is_edge, to=TensorProto.UINT8), axis=1
    )
    # Dilation beyond the height or the width of the image has no effect.
    down, right = (min(dilation, n - 1) for n in (height, width))
    if down or right:
        shape = _bits.int64(1, n_directions, height, width)
        edges = graph.MaxPool(
            graph.Reshape(edges, shape),
            kernel_shape=[2 * down + 1, 2 * right + 1],
            pads=[down, right, down, right],
        )
        edges = graph.Reshape(edges, _bits.int64(n_directions, -1))
    return graph.Reshape(graph.Transpose(edges, perm=[1, 0]), _bits.int64(-1))


def pixels_row(graph, row, dtype, model):
    """Return the bits of an image: thresholds and edges of every number."""
    height, width = model.image_shape_
    n_channels = model._n_channels
    numbers, above = as_double(graph, row), model.thresholds_
    if dtype.kind in "biu":
        # Whole numbers are compared exactly, and above the next lower one.
        numbers = as_whole_numbers(graph, row)
        above = _clipped_floor(above, -(2**63))
    shape = _bits.int64(height * width, n_channels, 1)
    here = graph.Reshape(numbers, shape)
    parts = []
    if above.size:
        parts.append(graph.Greater(here, above))
    if model.min_rise_ is not None:
        parts.append(_rises(graph, here, dtype, model))
    bits = parts[0] if len(parts) == 1 else graph.Concat(*parts, axis=2)
    return graph.Reshape(graph.Cast(bits, to=TensorProto.UINT8), _bits.int64(-1))


def _rises(graph, here, dtype, model):
    """Return where the numbers of pixels some steps away are higher."""
    n_channels = model._n_channels
    neighbors = _neighbors(model.image_shape_, model._steps).T
    there = graph.Gather(here, neighbors, axis=0)
    # By pixel and channel, then by step.
    there = graph.Transpose(graph.Squeeze(there, _bits.int64(3)), perm=[0, 2, 1])
    rises = graph.Sub(there, here)
    limits = model.min_rise_.reshape(n_channels, 1)
    if dtype.kind not in "biu":
        return graph.Greater(rises, limits)
    # Rises up to 2**64 - 1, which wrap, are lowered by half as much, and so are limits.
    lowered = graph.Add(rises, np.int64(-(2**63)))
    limits = _clipped_floor(np.minimum(limits, 2.0**64), -(2**63), -(2**63))
    return graph.And(graph.Greater(there, here), graph.Greater(lowered, limits))


def _clipped_floor(numbers, low, shift=0):
    """Return the next lower whole numbers, plus a shift, from ``low`` on as int64."""
    floors = [
        min(max(math.floor(n) + shift, low), 2**63 - 1)
        for n in numbers.ravel().tolist()
    ]
    return np.array(floors, dtype=np.int64).reshape(numbers.shape)


def _neighbors(image_shape, steps):
    """Return the pixel that each pixel is compared with, or the pixel itself."""
    height, width = image_shape
    down, right = np.divmod(np.arange(height * width), width)
    neighbors = []
    for step_down, step_right in steps:
        to_down, to_right = down + step_down, right + step_right
        is_inside = (to_down >= 0) & (to_down < height)
        is_inside &= (to_right >= 0) & (to_right < width)
        there = np.where(is_inside, to_down * width + to_right, down * width + right)
        neighbors.append(there)
    return np.array(neighbors, dtype=np.int64)


CONVERTERS = {
    ThermometerEncoder: encoder(thermometer_row),
    ScalarEncoder: encoder(scalar_row),
    RankDensityEncoder: encoder(rank_row),
    DirectionalEdgeEncoder: encoder(edges_row),
    PixelEncoder: encoder(pixels_row),
    TableEncoder: TABLE,
}
