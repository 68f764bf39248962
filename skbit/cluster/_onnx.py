# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitWTAClusterer in ONNX."""

import numpy as np
from onnx import TensorProto

from skbit._onnx import bits as _bits
from skbit._onnx.converters import clusterer
from skbit._onnx.rows import as_double, bits_of_row
from skbit.bits import unpack_bits
from skbit.cluster import _population
from skbit.cluster._bit_wta import BitWTAClusterer
from skbit.cluster._kernels import similarity


class Value:
    """A value in a graph, int64, whose operators add nodes to the graph.

    Parameters
    ----------
    graph : Graph
    name : str or ndarray
        The name of a result, or a constant.
    """

    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def __add__(self, other):
        return Value(self.graph, self.graph.Add(self.name, other.name))

    def __sub__(self, other):
        return Value(self.graph, self.graph.Sub(self.name, other.name))

    def __mul__(self, other):
        return Value(self.graph, self.graph.Mul(self.name, other.name))


def competition_row(graph, row, dtype, model):
    """Return the winner of a row, int64, and all similarities with it, double."""
    return compete(graph, bits_of_row(graph, row, dtype, model), model)


def compete(graph, bits, model):
    """Return the winner for the bits of a row, and the similarities of all neurons."""
    population = model.population_
    kind, norms = population["similarity"], _population.norms(population)
    overlaps, ones, n_seen = _sums(graph, bits, population)
    top = Value(graph, _bits.int64(2 ** population["n_digits"] - 1))
    n_bits = Value(graph, _bits.int64(population["n_bits"]))
    one, top_ones = Value(graph, _bits.int64(1)), top * ones
    fraction = similarity.compared(kind, overlaps, Value(graph, norms), top_ones, one)
    whole = similarity.completed(
        kind, fraction, ones, top_ones, top * n_bits, top * n_seen
    )
    if fraction[1] is one:
        winner = graph.ArgMax(fraction[0].name, axis=0, keepdims=1)
    else:
        names = [graph.Identity(part.name) for part in fraction]
        winner = _highest_fraction(graph, *names, len(norms))
    numerator, denominator = (part.name for part in whole)
    norm_of_empty = similarity.norm_of_empty(kind)
    if norm_of_empty >= 0:
        # An input without ones is a case apart.
        is_empty = graph.Equal(ones.name, _bits.int64(0))
        matches = norms == norm_of_empty
        winner = graph.Where(is_empty, _bits.int64(np.argmax(matches)), winner)
        numerator = graph.Where(is_empty, matches.astype(np.int64), numerator)
        denominator = graph.Where(is_empty, _bits.int64(1), denominator)
    similarities = graph.Div(as_double(graph, numerator), as_double(graph, denominator))
    if kind in similarity.SQUARED:
        similarities = graph.Sqrt(similarities)
    return graph.Squeeze(winner, _bits.int64(0)), similarities


def _sums(graph, bits, population):
    """Return the overlaps of a row, its number of ones, and the number of seen bits."""
    levels, n_bits = _population.levels(population), population["n_bits"]
    # A column of ones counts those of the input, and one more those not seen before.
    seen = unpack_bits(population["seen_bits"][np.newaxis], n_bits)
    columns = np.vstack([levels, np.ones_like(seen), 1 - seen]).T
    sums = graph.MatMulInteger(graph.Unsqueeze(bits, _bits.int64(0)), columns)
    sums = graph.Cast(graph.Squeeze(sums, _bits.int64(0)), to=TensorProto.INT64)
    overlaps, ones, news = graph.Split(
        sums, _bits.int64(len(levels), 1, 1), n_outputs=3
    )
    n_seen = graph.Add(news, _bits.int64(int(seen.sum())))
    n_seen = graph.Max(n_seen, _bits.int64(1))
    return Value(graph, overlaps), Value(graph, ones), Value(graph, n_seen)


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
        left = [_bits.slice_axis0(graph, part, 0, n - n % 2, 2) for part in fractions]
        right = [_bits.slice_axis0(graph, part, 1, n, 2) for part in fractions]
        is_right = graph.Greater(
            graph.Mul(right[0], left[1]), graph.Mul(left[0], right[1])
        )
        better = [
            graph.Where(is_right, *both) for both in zip(right, left, strict=True)
        ]
        if n % 2:
            rest = [_bits.slice_axis0(graph, part, n - 1, n) for part in fractions]
            better = [
                graph.Concat(*both, axis=0) for both in zip(better, rest, strict=True)
            ]
        fractions, n = better, (n + 1) // 2
    return fractions[2]


CONVERTERS = {BitWTAClusterer: clusterer(competition_row)}
