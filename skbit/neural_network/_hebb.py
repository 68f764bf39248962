# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the Hebbian network: learning rows, and scoring rows."""

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import LANES, zero_planes
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit.bits import pack_bits
from skbit.neural_network import _layer

# Rows that a thread scores at a time.
_ROWS_PER_TASK = 1024


def from_counts(class_count, feature_count):
    """Return a layer with one unit per class, which has learned the rows of its class.

    Parameters
    ----------
    class_count : ndarray of shape (n_classes,), dtype int64
    feature_count : ndarray of shape (n_classes, n_bits)

    Returns
    -------
    layer : Layer
    """
    from skbit.neural_network._kernels.hebb import refresh_unit

    layer = _layer.new(*feature_count.shape)._replace(
        counts=feature_count.astype(np.int32),
        balance=class_count.astype(np.int64),
        n_changes=class_count.astype(np.int64),
        ones=feature_count.sum(axis=0),
        seen=np.array([class_count.sum()]),
    )
    for unit in range(len(class_count)):
        refresh_unit(unit, layer)
    return layer


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
        Share of the rows that were predicted right when they were visited.
    """
    from skbit.neural_network._kernels.hebb import learn

    n_units, n_bits = layer.counts.shape
    n_classes = len(output_weights)
    output_planes = _layer.as_planes(output_weights)
    scratch = _layer.scratch_for(layer, n_classes)
    # The units of two classes are updated, and all units are refreshed now and then.
    n_refreshed = 2 * -(-n_units // n_classes) + n_units // 16
    work_per_row = _work_of_agreements(n_units, n_bits) + n_refreshed * n_bits
    n_correct = 0
    for visits in slices(len(order), rows_per_call(work_per_row)):
        n_correct += learn(
            words, classes, order[visits], margin, layer, output_planes, scratch
        )
    return n_correct / len(order)


def activate(layer, words):
    """Count by how much the agreements of rows with units exceed the thresholds.

    Returns
    -------
    activity : ndarray of shape (n_rows, n_units), dtype int64
        A unit fires if its activity is above 0.
    """
    n_units, n_bits = layer.counts.shape
    return agreements(words, layer.weights, n_units, n_bits) - layer.thresholds


def score(layer, output_weights, words, n_jobs):
    """Compute the scores of the classes.

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
        output_planes = _layer.as_planes(output_weights)

    def score_rows(start, stop):
        activity = activate(layer, words[start:stop])
        if output_weights is None:
            scores[start:stop] = activity
        else:
            fired = read_only(pack_bits(activity > 0))
            scores[start:stop] = agreements(fired, output_planes, n_classes, n_units)

    work_per_row = _work_of_agreements(*layer.counts.shape)
    size = rows_per_call(work_per_row, most=_ROWS_PER_TASK)
    run_blocks(score_rows, len(words), size, n_jobs)
    return scores


def agreements(words, planes, n_units, n_bits):
    """Count the bits of rows that are equal to the weights of units.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    planes : table of planes
        The weights.
    n_units, n_bits : int

    Returns
    -------
    agreements : ndarray of shape (n_rows, n_units), dtype int64
    """
    from skbit.neural_network._kernels.hebb import measure_agreements

    out = np.empty((len(words), n_units), dtype=np.int64)
    row, scratch = _layer.zero_row(n_bits), zero_planes(1)
    # Weights that are mapped from a file are read-only. With all weights read-only, the
    # kernel is compiled for one type.
    measure_agreements(words, n_bits, read_only(planes), row, scratch, out)
    return out


def _work_of_agreements(n_units, n_bits):
    """Return the operations on words that comparing a row with all units takes."""
    return 4 * -(-n_units // LANES) * _layer.n_words(n_bits)
