# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels that add up the weights of the bits that are one, per class."""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES, LIST_BITS
from skbit._numba.planes import load, store
from skbit._numba.rows import mask_ones

_ONE = np.uint32(1)
_NIBBLE = np.uint32(15)
# Planes of one container's table: 16 sums for each of its eight nibbles.
TABLE = 8 * 16


@kernel
def _tabulate_sums(weights, first_class, container, table):
    """Sum every combination of every four weights, for eight classes in the lanes."""
    n_classes = min(LANES, weights.shape[0] - first_class)
    for q in range(8):
        for lane in range(LANES):
            table[16 * q, lane] = 0
        for b in range(4):
            j = 32 * container + 4 * q + b
            single = 16 * q + (1 << b)
            for lane in range(LANES):
                table[single, lane] = 0
            if j < weights.shape[1]:
                for lane in range(n_classes):
                    table[single, lane] = weights[first_class + lane, j]
            for low in range(1, 1 << b):
                total = load(table, single) + load(table, 16 * q + low)
                store(table, single + low, total)


@kernel
def score_rows(rows, weights, offsets, table, sums, out):
    """Add up offsets and the weights of ones, for every row and class.

    Classes lie side by side, eight to a plane of int64. Four bits at a time select
    their sum from a table, which is computed once for all rows.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    weights : (n_classes, n_bits) int32 array
        ``n_bits`` is at most ``32 * n_containers``; the bits beyond are zeros.
    offsets : (n_classes,) int64 array
    table : table of 128 planes
        Scratch memory.
    sums : table of at least ``n_rows`` planes
        Scratch memory.
    out : (n_rows, n_classes) int64 array
        Written.
    """
    n_rows, n_containers = rows.shape
    signed_table, signed_sums = table.view(np.int64), sums.view(np.int64)
    for first in range(0, weights.shape[0], LANES):
        n_classes = min(LANES, weights.shape[0] - first)
        for s in range(n_rows):
            for lane in range(LANES):
                signed_sums[s, lane] = 0
            for lane in range(n_classes):
                signed_sums[s, lane] = offsets[first + lane]
        for c in range(n_containers):
            _tabulate_sums(weights, first, c, signed_table)
            for s in range(n_rows):
                word = rows[s, c]
                total = load(sums, s)
                for q in range(8):
                    nibble = (word >> np.uint32(4 * q)) & _NIBBLE
                    total = total + load(table, 16 * q + np.intp(nibble))
                store(sums, s, total)
        for s in range(n_rows):
            for lane in range(n_classes):
                out[s, first + lane] = signed_sums[s, lane]


@kernel
def score_few_rows(rows, weights, offsets, masks, out):
    """Do the same as ``score_rows`` without a table, which is faster for few rows.

    Parameters
    ----------
    rows, weights, offsets, out
        As in ``score_rows``.
    masks : (n_bits,) int32 array
        Scratch memory.
    """
    for s in range(rows.shape[0]):
        mask_ones(rows[s], masks)
        for k in range(weights.shape[0]):
            total = offsets[k]
            for j in range(masks.size):
                total += np.int64(weights[k, j] & masks[j])
            out[s, k] = total


@kernel
def score_listed_rows(rows, weights, offsets, out):
    """Do the same as ``score_rows`` for rows that are lists of their ones.

    Parameters
    ----------
    rows : Lists
    weights, offsets, out
        As in ``score_rows``.
    """
    bounds, columns = rows
    for s in range(out.shape[0]):
        for k in range(weights.shape[0]):
            total = offsets[k]
            for i in range(bounds.shape[1] - 1):
                for place in range(bounds[s, i], bounds[s, i + 1]):
                    j = LIST_BITS * i + np.intp(columns[place])
                    total += np.int64(weights[k, j])
            out[s, k] = total
