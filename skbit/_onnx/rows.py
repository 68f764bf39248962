# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The bits and words of a row of X, as the estimators would see them."""

import math

import numpy as np
from onnx import TensorProto

from skbit._onnx import bits as _bits


def words_of_row(graph, row, dtype, model):
    """Return the containers of a row of X as the estimator would pack them."""
    if model.input_format_ == "packed":
        return row
    ones = _ones_of_numbers(graph, row, dtype, model)
    return _bits.pack(graph, ones, model.n_features_in_)


def bits_of_row(graph, row, dtype, model):
    """Return the bits of a row of X, uint8; all those of its containers if packed."""
    if model.input_format_ == "packed":
        return _bits.unpack(graph, row)
    ones = _ones_of_numbers(graph, row, dtype, model)
    return graph.Cast(ones, to=TensorProto.UINT8)


def as_double(graph, row):
    """Return numbers as double, as numpy does to compare them with thresholds."""
    return graph.Cast(row, to=TensorProto.DOUBLE)


def as_whole_numbers(graph, row):
    """Return whole numbers or truth values as int64."""
    return graph.Cast(row, to=TensorProto.INT64)


def _ones_of_numbers(graph, row, dtype, model):
    threshold = model.fitted_params_["binarize"]
    if dtype.kind in "biu":
        # Whole numbers above 2**53 are compared exactly too.
        threshold = min(max(math.floor(threshold), -(2**63)), 2**63 - 1)
        return graph.Greater(as_whole_numbers(graph, row), np.int64(threshold))
    if dtype == np.float32 and not isinstance(threshold, np.float64):
        # numpy compares float32 with a number of Python's as float32.
        threshold = np.float32(threshold)
    return graph.Greater(as_double(graph, row), np.float64(threshold))
