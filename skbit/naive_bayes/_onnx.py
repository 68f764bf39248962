# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graph of OttoScoreClassifier, with exact sums."""

import numpy as np
from onnx import TensorProto

from skbit._onnx import bits as _bits
from skbit._onnx.converters import classifier
from skbit._onnx.rows import as_double, bits_of_row
from skbit._utils.blocks import slices
from skbit.naive_bayes._otto_score import OttoScoreClassifier

_LIMB = 256
# Weights that are cut into bytes at a time.
_BLOCK_SIZE = 2**20


def scores_row(graph, row, dtype, model):
    """Score a row of bits; return the name of a vector of int64, one for each class.

    Each weight is written as the lowest weight of its class plus a number of one to
    four bytes. Products of bits with bytes are summed as int32, which is exact and the
    fastest integer product that runtimes have. The sums are combined as int64. The
    lowest weight is multiplied by the number of ones in the row, which a column of ones
    finds.
    """
    bits = bits_of_row(graph, row, dtype, model)
    limbs, lowest = _bytes_of(model.weights_)
    n_classes = len(lowest)
    sums = graph.MatMulInteger(graph.Unsqueeze(bits, np.array([0])), limbs)
    sums = graph.Cast(graph.Squeeze(sums, np.array([0])), to=TensorProto.INT64)
    n_sums = limbs.shape[1] - 1
    sums, ones = graph.Split(sums, np.array([n_sums, 1]), n_outputs=2)
    sums = graph.Reshape(sums, np.array([-1, n_classes]))
    scale = _LIMB ** np.arange(n_sums // n_classes, dtype=np.int64)
    above = graph.MatMul(scale, sums)
    below = graph.Add(graph.Mul(ones, lowest), model.offsets_)
    return graph.Add(above, below)


def _bytes_of(weights):
    """Split weights into bytes.

    Parameters
    ----------
    weights : ndarray of shape (n_classes, n_bits), dtype int32

    Returns
    -------
    limbs : ndarray of shape (n_bits, n_limbs * n_classes + 1), dtype uint8
        The lowest bytes of all classes, then the next ones, then a column of ones.
    lowest : ndarray of shape (n_classes,), dtype int64
        ``weights.T`` is ``lowest`` plus the bytes, each times its power of 256.
    """
    n_classes, n_bits = weights.shape
    if (_LIMB - 1) * n_bits >= 2**31:
        raise ValueError(
            f"{n_bits} bits are too many: the sum of a byte of each could exceed int32."
        )
    lowest = weights.min(axis=1).astype(np.int64)
    highest = int((weights.max(axis=1) - lowest).max())
    n_limbs = max(1, -(-highest.bit_length() // 8))
    limbs = np.ones((n_bits, n_limbs * n_classes + 1), dtype=np.uint8)
    # All weights at once would take many times the memory of the bytes.
    for bits in slices(n_bits, max(1, _BLOCK_SIZE // n_classes)):
        above = (weights[:, bits].T - lowest).astype(np.uint32)
        for limb in range(n_limbs):
            columns = slice(limb * n_classes, (limb + 1) * n_classes)
            limbs[bits, columns] = above >> (8 * limb) & (_LIMB - 1)
    return limbs, lowest


def _probabilities(graph, scores, highest, model):
    units = np.float64(model._units_per_nat)
    joint = graph.Div(as_double(graph, scores), units)
    # The order of operations is that of predict_proba, so that averages of
    # probabilities that round to 1 are equal to the last bit.
    highest = graph.ReduceMax(joint, _bits.int64(1), keepdims=1)
    total = graph.Exp(graph.Sub(joint, highest))
    total = graph.Log(graph.ReduceSum(total, _bits.int64(1), keepdims=1))
    return graph.Exp(graph.Sub(joint, graph.Add(total, highest)))


CONVERTERS = {OttoScoreClassifier: classifier(scores_row, _probabilities)}
