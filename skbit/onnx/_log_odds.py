# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The classifier's scores in ONNX, summed exactly."""

import numpy as np
from onnx import TensorProto

from skbit.onnx._rows import bits_of_row

_LIMB = 256


def scores_row(graph, row, dtype, model):
    """Score a row of bits; return the name of a vector of int64, one for each class.

    Log-odds are written as a class's lowest one plus a number of one to four bytes.
    Products of bits with bytes are summed as int32, which is exact and the fastest
    that runtimes have, and put together as int64. The lowest one counts as often as
    there are ones in the row, which a column of ones finds.
    """
    bits = bits_of_row(graph, row, dtype, model)
    limbs, values = _limbs(model.weights_)
    sums = graph.MatMulInteger(graph.Unsqueeze(bits, np.array([0])), limbs)
    sums = graph.Cast(graph.Squeeze(sums, np.array([0])), to=TensorProto.INT64)
    return graph.Add(graph.MatMul(sums, values), model.offsets_)


def _limbs(coef):
    """Split coefficients into bytes.

    Parameters
    ----------
    coef : ndarray of shape (n_classes, n_bits), dtype int32

    Returns
    -------
    limbs : ndarray of shape (n_bits, n_limbs * n_classes + 1), dtype uint8
    values : ndarray of shape (n_limbs * n_classes + 1, n_classes), dtype int64
        ``limbs @ values`` is ``coef.T``.
    """
    n_classes, n_bits = coef.shape
    if (_LIMB - 1) * n_bits >= 2**31:
        raise ValueError(
            f"{n_bits} bits are too many: sums of so many bytes could exceed int32."
        )
    lowest = coef.min(axis=1, keepdims=True).astype(np.int64)
    above = coef - lowest
    n_limbs = max(1, -(-int(above.max()).bit_length() // 8))
    scale = _LIMB ** np.arange(n_limbs, dtype=np.int64)
    limbs = above // scale[:, np.newaxis, np.newaxis] % _LIMB
    limbs = limbs.reshape(n_limbs * n_classes, n_bits).T.astype(np.uint8)
    values = np.kron(scale[:, np.newaxis], np.eye(n_classes, dtype=np.int64))
    ones = np.ones((n_bits, 1), dtype=np.uint8)
    return np.hstack([limbs, ones]), np.vstack([values, lowest.T])
