# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the Hebbian network: layers that begin, learn and answer."""

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_planes, rows_of_lanes, zero_planes
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit.bits import n_containers, pack_bits

# What one thread does at a time.
_ROWS_PER_TASK = 1024
# The arrays of a layer.
FIELDS = "weights", "thresholds", "counts", "balance", "n_changes", "ones", "seen"


def types_of_fields(n_units, n_bits):
    """Return the dtype and shape of every array of a layer, by name."""
    n_groups = -(-n_units // LANES)
    return {
        "weights": (np.uint64, (n_groups * _n_words(n_bits), LANES)),
        "thresholds": (np.int64, (n_units,)),
        "counts": (np.int32, (n_units, n_bits)),
        "balance": (np.int64, (n_units,)),
        "n_changes": (np.int64, (n_units,)),
        "ones": (np.int64, (n_bits,)),
        "seen": (np.int64, (1,)),
    }


def layer_of(**arrays):
    """Return arrays as a layer, which is what kernels take."""
    from skbit.neural_network._kernels.hebb import Layer

    return Layer(**arrays)


def begin(n_units, n_bits):
    """Return a layer of units that have not learned anything and do not fire."""
    from skbit.neural_network._kernels.hebb import Layer

    fields = types_of_fields(n_units, n_bits)
    _, (n_planes, _) = fields.pop("weights")
    zeros = {name: np.zeros(shape, dtype) for name, (dtype, shape) in fields.items()}
    layer = Layer(weights=zero_planes(n_planes), **zeros)
    layer.thresholds[:] = n_bits
    return layer


def copy_of(layer):
    """Return a layer that shares no memory with another, which it equals."""
    from skbit.neural_network._kernels.hebb import Layer

    weights = empty_planes(len(layer.weights))
    weights[:] = layer.weights
    others = {name: array.copy() for name, array in layer._asdict().items()}
    return Layer(**{**others, "weights": weights})


def from_counts(class_count, feature_count):
    """Return a layer of one unit per class, which has learned all rows of its class."""
    from skbit.neural_network._kernels.hebb import set_unit

    layer = begin(*feature_count.shape)._replace(
        counts=feature_count.astype(np.int32),
        balance=class_count.astype(np.int64),
        n_changes=class_count.astype(np.int64),
        ones=feature_count.sum(axis=0),
        seen=np.array([class_count.sum()]),
    )
    for unit in range(len(class_count)):
        set_unit(unit, layer)
    return layer


def n_seen(layer):
    """Return how many inputs were seen."""
    return int(layer.seen[0])


def packed_weights(layer):
    """Return a layer's weights as a packed matrix of a row per unit."""
    n_units, n_bits = layer.counts.shape
    rows = rows_of_lanes(layer.weights, _n_words(n_bits))
    return rows[:n_units, : n_containers(n_bits)].copy()


def membership(n_classes, n_units):
    """Return the output weights, packed: unit ``j`` belongs to class ``j % K``."""
    classes = np.arange(n_classes)[:, np.newaxis]
    return pack_bits(np.arange(n_units) % n_classes == classes)


def learn(layer, output_weights, words, classes, order, margin):
    """Let a hidden layer learn rows in an order, in place.

    Parameters
    ----------
    layer : Layer
    output_weights : ndarray of shape (n_classes, n_hidden_containers), dtype uint32
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    classes : ndarray of shape (n_rows,), dtype intp
    order : ndarray of shape (n_visits,), dtype intp
    margin : int

    Returns
    -------
    accuracy : float
        Share of the rows that were predicted right at their visit.
    """
    from skbit.neural_network._kernels.hebb import learn

    n_units, n_bits = layer.counts.shape
    n_classes = len(output_weights)
    output_planes = _as_planes(output_weights)
    scratch = (
        _row(n_bits),
        _row(n_units),
        zero_planes(1),
        np.empty(n_bits, dtype=np.int32),
        np.empty(n_units, dtype=np.int64),
        np.empty(n_units, dtype=np.int64),
        np.empty(n_classes, dtype=np.int64),
    )
    # Two classes change, and all units are set anew at times.
    n_changed = 2 * -(-n_units // n_classes) + n_units // 16
    work_per_row = _work_of_agreements(n_units, n_bits) + n_changed * n_bits
    n_correct = 0
    for visits in slices(len(order), rows_per_call(work_per_row)):
        n_correct += learn(
            words, classes, order[visits], margin, layer, output_planes, *scratch
        )
    return n_correct / len(order)


def activate(layer, words):
    """Count by how much the agreements of rows with units exceed the thresholds.

    Returns
    -------
    activity : ndarray of shape (n_rows, n_units), dtype int64
    """
    return _agreements(words, layer.weights, *layer.counts.shape) - layer.thresholds


def score(layer, output_weights, words, n_jobs):
    """Put rows through the network.

    Parameters
    ----------
    layer : Layer
        The hidden layer or, with ``output_weights=None``, the only one.
    output_weights : ndarray of shape (n_classes, n_hidden_containers), or None
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    n_units = len(layer.thresholds)
    n_classes = n_units if output_weights is None else len(output_weights)
    scores = np.empty((len(words), n_classes), dtype=np.int64)
    if output_weights is not None:
        output_planes = _as_planes(output_weights)

    def score_rows(start, stop):
        activity = activate(layer, words[start:stop])
        if output_weights is None:
            scores[start:stop] = activity
        else:
            fired = read_only(pack_bits(activity > 0))
            scores[start:stop] = _agreements(fired, output_planes, n_classes, n_units)

    work_per_row = _work_of_agreements(*layer.counts.shape)
    size = rows_per_call(work_per_row, most=_ROWS_PER_TASK)
    run_blocks(score_rows, len(words), size, n_jobs)
    return scores


def _work_of_agreements(n_units, n_bits):
    """Return how many planes a row is compared with, times four operations."""
    return 4 * -(-n_units // LANES) * _n_words(n_bits)


def _agreements(words, planes, n_units, n_bits):
    from skbit.neural_network._kernels.hebb import measure_agreements

    out = np.empty((len(words), n_units), dtype=np.int64)
    row, scratch = _row(n_bits), zero_planes(1)
    # Weights that are mapped from a file are read-only, and all are for one type.
    planes = read_only(planes)
    measure_agreements(words, n_bits, planes, row, scratch, out)
    return out


def _as_planes(weights):
    """Lay out packed weights as the kernels take them."""
    n_units, n_columns = weights.shape
    lanes = LANES
    n_groups, n_words = -(-n_units // lanes), -(-n_columns // 2)
    padded = np.zeros((n_groups * lanes, 2 * n_words), dtype=np.uint32)
    padded[:n_units, :n_columns] = weights
    words = padded.view(np.uint64).reshape(n_groups, lanes, n_words)
    planes = zero_planes(n_groups * n_words)
    planes[:] = words.transpose(0, 2, 1).reshape(-1, lanes)
    return planes


def _row(n_bits):
    """Return scratch memory for a row."""
    return zero_planes(-(-_n_words(n_bits) // LANES))


def _n_words(n_bits):
    return -(-n_bits // 64)
