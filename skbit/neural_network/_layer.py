# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The layer of binary units that learns: its arrays, as kernels and pickles need them.

This module does not import numba, so that models can be loaded without it.
"""

from typing import NamedTuple

import numpy as np

from skbit._numba.memory import LANES, empty_planes, rows_of_lanes, zero_planes
from skbit.bits import n_containers, pack_bits

# The number of rows stays below it, so that a count fits into 31 bits, and the product
# of two into 62.
MAX_ROWS = 2**31


class Layer(NamedTuple):
    """``U`` binary units with ``D`` bits of input, and the counts behind them."""

    weights: np.ndarray  # table of planes
    thresholds: np.ndarray  # (U,) int64
    counts: np.ndarray  # (U, D) int32
    balance: np.ndarray  # (U,) int64, inputs learned minus inputs unlearned
    n_changes: np.ndarray  # (U,) int64, inputs learned or unlearned
    ones: np.ndarray  # (D,) int64
    seen: np.ndarray  # (1,) int64


class Scratch(NamedTuple):
    """Memory that the kernel for learning needs for a row, with ``K`` classes."""

    row: np.ndarray  # (>= n_words,) uint64, zero beyond the row
    hidden: np.ndarray  # (>= n_words,) uint64, zero beyond the hidden bits
    plane: np.ndarray  # table of one plane
    masks: np.ndarray  # (D,) int32
    activity: np.ndarray  # (U,) int64
    distances: np.ndarray  # (U,) int64
    scores: np.ndarray  # (K,) int64


def types_of_fields(n_units, n_bits):
    """Return the dtype and shape of every array of a layer, by name."""
    n_groups = -(-n_units // LANES)
    return {
        "weights": (np.uint64, (n_groups * n_words(n_bits), LANES)),
        "thresholds": (np.int64, (n_units,)),
        "counts": (np.int32, (n_units, n_bits)),
        "balance": (np.int64, (n_units,)),
        "n_changes": (np.int64, (n_units,)),
        "ones": (np.int64, (n_bits,)),
        "seen": (np.int64, (1,)),
    }


def new(n_units, n_bits):
    """Return a layer of units that have not learned anything and do not fire."""
    fields = types_of_fields(n_units, n_bits)
    _, (n_planes, _) = fields.pop("weights")
    zeros = {name: np.zeros(shape, dtype) for name, (dtype, shape) in fields.items()}
    layer = Layer(weights=zero_planes(n_planes), **zeros)
    layer.thresholds[:] = n_bits
    return layer


def copy(layer):
    """Return an equal layer that shares no memory with the given one."""
    weights = empty_planes(len(layer.weights))
    weights[:] = layer.weights
    others = {name: array.copy() for name, array in layer._asdict().items()}
    return Layer(**{**others, "weights": weights})


def scratch_for(layer, n_classes):
    """Allocate the memory that the kernel for learning needs."""
    n_units, n_bits = layer.counts.shape
    return Scratch(
        row=zero_row(n_bits),
        hidden=zero_row(n_units),
        plane=zero_planes(1),
        masks=np.empty(n_bits, dtype=np.int32),
        activity=np.empty(n_units, dtype=np.int64),
        distances=np.empty(n_units, dtype=np.int64),
        scores=np.empty(n_classes, dtype=np.int64),
    )


def packed_weights(layer):
    """Return the weights of a layer as a packed matrix with one row per unit."""
    n_units, n_bits = layer.counts.shape
    rows = rows_of_lanes(layer.weights, n_words(n_bits))
    return rows[:n_units, : n_containers(n_bits)].copy()


def as_planes(weights):
    """Return packed weights, one row per unit, in the layout of the kernels."""
    n_units, n_columns = weights.shape
    n_groups, n_words = -(-n_units // LANES), -(-n_columns // 2)
    padded = np.zeros((n_groups * LANES, 2 * n_words), dtype=np.uint32)
    padded[:n_units, :n_columns] = weights
    words = padded.view(np.uint64).reshape(n_groups, LANES, n_words)
    planes = zero_planes(n_groups * n_words)
    planes[:] = words.transpose(0, 2, 1).reshape(-1, LANES)
    return planes


def membership(n_classes, n_units):
    """Return the output weights, packed: unit ``j`` belongs to class ``j % K``."""
    classes = np.arange(n_classes)[:, np.newaxis]
    return pack_bits(np.arange(n_units) % n_classes == classes)


def zero_row(n_bits):
    """Allocate the 64-bit words of a row."""
    return np.zeros(n_words(n_bits), dtype=np.uint64)


def n_words(n_bits):
    """Return the number of 64-bit words of a row."""
    return -(-n_bits // 64)
