# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the Hebbian network: layers that begin, learn and answer."""

import numpy as np

from skbit import _kernels
from skbit._blocks import run_blocks
from skbit.bits import n_containers, pack_bits

# What one thread does at a time.
_ROWS_PER_TASK = 1024


def begin(n_units, n_bits):
    """Return a layer of units that have not learned anything and do not fire."""
    n_groups = -(-n_units // _kernels._planes.LANES)
    return _kernels.hebb.Layer(
        weights=_kernels._planes.zero_planes(n_groups * _n_words(n_bits)),
        thresholds=np.full(n_units, n_bits, dtype=np.int64),
        counts=np.zeros((n_units, n_bits), dtype=np.int32),
        balance=np.zeros(n_units, dtype=np.int64),
        n_changes=np.zeros(n_units, dtype=np.int64),
        ones=np.zeros(n_bits, dtype=np.int64),
        seen=np.zeros(1, dtype=np.int64),
    )


def from_counts(class_count, feature_count):
    """Return a layer of one unit per class, which has learned all rows of its class."""
    layer = begin(*feature_count.shape)._replace(
        counts=feature_count.astype(np.int32),
        balance=class_count,
        n_changes=class_count,
        ones=feature_count.sum(axis=0),
        seen=np.array([class_count.sum()]),
    )
    for unit in range(len(class_count)):
        _kernels.hebb.set_unit(unit, layer)
    return layer


def n_seen(layer):
    """Return how many inputs were seen."""
    return int(layer.seen[0])


def packed_weights(layer):
    """Return a layer's weights as a packed matrix of a row per unit."""
    n_units, n_bits = layer.counts.shape
    rows = _kernels._planes.rows_of_lanes(layer.weights, _n_words(n_bits))
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
    n_units, n_bits = layer.counts.shape
    n_correct = _kernels.hebb.learn(
        words,
        classes,
        order,
        margin,
        layer,
        _as_planes(output_weights),
        _row(n_bits),
        _row(n_units),
        _kernels._planes.zero_planes(1),
        np.empty(n_bits, dtype=np.int32),
        np.empty(n_units, dtype=np.int64),
        np.empty(n_units, dtype=np.int64),
        np.empty(len(output_weights), dtype=np.int64),
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
            fired = pack_bits(activity > 0)
            scores[start:stop] = _agreements(fired, output_planes, n_classes, n_units)

    run_blocks(score_rows, len(words), _ROWS_PER_TASK, n_jobs)
    return scores


def _agreements(words, planes, n_units, n_bits):
    out = np.empty((len(words), n_units), dtype=np.int64)
    row, scratch = _row(n_bits), _kernels._planes.zero_planes(1)
    _kernels.hebb.measure_agreements(words, n_bits, planes, row, scratch, out)
    return out


def _as_planes(weights):
    """Lay out packed weights as the kernels take them."""
    n_units, n_columns = weights.shape
    lanes = _kernels._planes.LANES
    n_groups, n_words = -(-n_units // lanes), -(-n_columns // 2)
    padded = np.zeros((n_groups * lanes, 2 * n_words), dtype=np.uint32)
    padded[:n_units, :n_columns] = weights
    words = padded.view(np.uint64).reshape(n_groups, lanes, n_words)
    planes = _kernels._planes.zero_planes(n_groups * n_words)
    planes[:] = words.transpose(0, 2, 1).reshape(-1, lanes)
    return planes


def _row(n_bits):
    """Return scratch memory for a row."""
    return _kernels._planes.zero_planes(-(-_n_words(n_bits) // _kernels._planes.LANES))


def _n_words(n_bits):
    return -(-n_bits // 64)
