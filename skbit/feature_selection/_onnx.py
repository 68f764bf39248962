# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX converter of the selector."""

from skbit._onnx.converters import projection
from skbit._onnx.rows import words_of_row
from skbit.bits import pack_bits
from skbit.feature_selection._bit_selector import BitSelector


def select_row(graph, row, dtype, model):
    """Set bits of a row to 0; return the name of a vector of containers."""
    words = words_of_row(graph, row, dtype, model)
    return graph.BitwiseAnd(words, pack_bits(model.support_[None])[0])


CONVERTERS = {BitSelector: projection(select_row)}
