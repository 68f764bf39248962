# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The clusterer's competition in ONNX."""

import numpy as np
from onnx import TensorProto

from skbit._onnx import bits as _bits
from skbit._onnx.converters import clusterer
from skbit._onnx.rows import as_double, bits_of_row
from skbit.bits import unpack_bits
from skbit.cluster import _competition
from skbit.cluster._bit_wta import BitWTAClusterer
from skbit.cluster._kernels import constants


def competition_row(graph, row, dtype, model):
    """Return a row's winner, int64, and its similarity with every neuron, double."""
    return compete(graph, bits_of_row(graph, row, dtype, model), model)


def compete(graph, bits, model):
    neurons = model._neurons
    similarity, n_bits = neurons["similarity"], neurons["n_bits"]
    numbers = _competition.numbers(neurons)
    norms = _competition.norms(neurons)
    # A row of ones counts those of the input, and one more those not seen before.
    known = unpack_bits(neurons["known"][np.newaxis], n_bits)
    columns = np.vstack([numbers, np.ones_like(known), 1 - known]).T
    sums = graph.MatMulInteger(graph.Unsqueeze(bits, _bits.int64(0)), columns)
    sums = graph.Cast(graph.Squeeze(sums, _bits.int64(0)), to=TensorProto.INT64)
    overlaps, ones, news = graph.Split(
        sums, _bits.int64(len(numbers), 1, 1), n_outputs=3
    )
    top = 2 ** neurons["n_digits"] - 1
    weighted_ones = graph.Mul(ones, _bits.int64(top))
    if similarity == constants.COSINE:
        squares = graph.Mul(overlaps, overlaps)
        fractions = squares, graph.Identity(norms)
        shares = graph.Add(squares, squares), graph.Mul(norms, ones)
    elif similarity == constants.JACCARD:
        whole = graph.Sub(graph.Add(weighted_ones, norms), overlaps)
        fractions = shares = overlaps, whole
    else:
        n_known = graph.Add(news, _bits.int64(int(known.sum())))
        n_known = graph.Max(n_known, _bits.int64(1))
        weighted_known = graph.Mul(n_known, _bits.int64(top))
        is_overlap = similarity == constants.OVERLAP
        agreement = graph.Mul(overlaps, _bits.int64(3 if is_overlap else 2))
        constant = norms - top * n_bits
        agreement = graph.Sub(graph.Add(agreement, constant), weighted_ones)
        winner = graph.ArgMax(agreement, axis=0, keepdims=0)
        if not is_overlap:
            agreement = graph.Add(agreement, weighted_known)
        return winner, graph.Div(
            as_double(graph, agreement), as_double(graph, weighted_known)
        )
    winner = _highest_fraction(graph, *fractions, len(numbers))
    # Nothing resembles nothing, and nothing else.
    is_nothing = graph.Equal(ones, _bits.int64(0))
    is_empty = norms == (1 if similarity == constants.COSINE else 0)
    winner = graph.Where(is_nothing, _bits.int64(np.argmax(is_empty)), winner)
    share = graph.Where(is_nothing, is_empty.astype(np.int64), shares[0])
    whole = graph.Max(shares[1], _bits.int64(1))
    whole = graph.Where(is_nothing, _bits.int64(1), whole)
    similarities = graph.Div(as_double(graph, share), as_double(graph, whole))
    if similarity == constants.COSINE:
        similarities = graph.Sqrt(similarities)
    return graph.Squeeze(winner, _bits.int64(0)), similarities


def _highest_fraction(graph, numerators, denominators, n):
    """Find the highest of ``n`` fractions of int64, the first of equals.

    Neighbours are compared, then the winners with their neighbours: ``O(log n)`` nodes.
    Products fit, for fitting saw to that.

    Returns
    -------
    place : name of (1,) int64
    """
    fractions = numerators, denominators, graph.Identity(np.arange(n))
    while n > 1:
        left = [_bits.every(graph, part, 0, n - n % 2, 2) for part in fractions]
        right = [_bits.every(graph, part, 1, n, 2) for part in fractions]
        is_right = graph.Greater(
            graph.Mul(right[0], left[1]), graph.Mul(left[0], right[1])
        )
        better = [
            graph.Where(is_right, *both) for both in zip(right, left, strict=True)
        ]
        if n % 2:
            rest = [_bits.every(graph, part, n - 1, n) for part in fractions]
            better = [
                graph.Concat(*both, axis=0) for both in zip(better, rest, strict=True)
            ]
        fractions, n = better, (n + 1) // 2
    return fractions[2]


CONVERTERS = {BitWTAClusterer: clusterer(competition_row)}
