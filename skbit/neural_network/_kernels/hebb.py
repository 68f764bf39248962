# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Layers of binary units: agreements of rows with weights, and learning.

Weights lie in planes of eight units. The planes of a group of eight units, one for
every 64 bits of input, follow one another.

The counts behind the weights are: ``counts``, of every bit over the inputs that a unit
has learned; ``balance``, of these inputs; ``ones`` and ``seen``, the same over all
inputs. An input that is unlearned is subtracted. A weight is 1 if its bit is more
frequent in the inputs of the unit than in all inputs, exactly:
``counts[i] / balance > ones[i] / seen``. A unit fires if the number of bits that are
equal to its weights exceeds the mean of this number over all inputs.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load, popcount, store
from skbit._numba.rows import load_row, mask_ones, top_two_classes

# All units are refreshed after this many inputs, and when the number of inputs is a
# power of two.
_REFRESH_INTERVAL = 4096
# The distance of a unit that must not be updated. Other distances are lower.
_INFINITE = np.int64(2**62)
_0 = np.uint64(0)


@kernel
def agreements(words, n_words, n_bits, weights, scratch, out):
    """Count the bits of an input that are equal to the weights of each unit.

    Parameters
    ----------
    words : (>= n_words,) uint64 array
    n_words, n_bits : int
        Bits beyond ``n_bits`` are zero in the input and in the weights.
    weights : table of planes
    scratch : table of planes
    out : (n_units,) int64 array
        Written.
    """
    for unit in range(0, out.size, LANES):
        first = unit // LANES * n_words
        differing = load(weights, first) & _0
        for w in range(n_words):
            differing = differing + popcount(load(weights, first + w) ^ words[w])
        store(scratch, 0, differing)
        for lane in range(min(LANES, out.size - unit)):
            out[unit + lane] = n_bits - np.int64(scratch[0, lane])


@kernel
def measure_agreements(rows, n_bits, weights, words, scratch, out):
    """Count the agreements of every row with every unit.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    n_bits : int
    weights : table of planes
    words : (>= n_words,) uint64 array
        Scratch memory for a row, zero beyond it.
    scratch : table of planes
    out : (n_rows, n_units) int64 array
        Written.
    """
    n_words = (n_bits + 63) // 64
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        agreements(words, n_words, n_bits, weights, scratch, out[i])


@kernel
def refresh_unit(unit, layer):
    """Compute the weights and the threshold of a unit from the counts.

    The threshold is the mean number of agreements over all inputs seen, rounded down.
    Rounding does not change which units fire, because agreements are whole numbers. A
    unit that has not learned anything does not fire.
    """
    n_bits = layer.ones.size
    n_words = (n_bits + 63) // 64
    counts, ones = layer.counts[unit], layer.ones
    balance, seen = layer.balance[unit], layer.seen[0]
    expected = 0
    for w in range(n_words):
        word = _0
        for b in range(min(64, n_bits - 64 * w)):
            i = 64 * w + b
            # Without a branch, so that the compiler vectorizes the loop.
            is_more = np.int64(counts[i]) * seen > balance * ones[i]
            word |= np.uint64(is_more) << np.uint64(b)
            expected += ones[i] if is_more else seen - ones[i]
        layer.weights[unit // LANES * n_words + w, unit % LANES] = word
    learned = layer.n_changes[unit] > 0
    layer.thresholds[unit] = expected // seen if learned else n_bits


@kernel
def _update_unit(unit, sign, masks, layer):
    """Let a unit learn an input (``sign`` 1) or unlearn it (-1)."""
    counts = layer.counts[unit]
    sign_of_ones = np.int32(-sign)
    for i in range(masks.size):
        counts[i] += sign_of_ones * masks[i]
    layer.balance[unit] += sign
    layer.n_changes[unit] += 1
    refresh_unit(unit, layer)


@kernel
def _first_unused(true, n_classes, n_changes):
    """Return the first unit of a class that has not learned anything, or -1."""
    for unit in range(true, n_changes.size, n_classes):
        if n_changes[unit] == 0:
            return unit
    return -1


@kernel
def _correct(true, rival, n_classes, n_wanted, masks, activity, distances, layer):
    """Update up to ``n_wanted`` units, those that come closest to the right answer.

    Silent units of the true class learn the input, and firing units of its rival
    unlearn it. Of units equally close, the true class's come first, and then the lowest
    number.
    """
    n_units = activity.size
    for unit in range(true, n_units, n_classes):
        distances[unit] = 1 - activity[unit] if activity[unit] <= 0 else _INFINITE
    for unit in range(rival, n_units, n_classes):
        distances[unit] = activity[unit] if activity[unit] > 0 else _INFINITE
    for _ in range(n_wanted):
        nearest, sign = true, 1
        for unit in range(true, n_units, n_classes):
            if distances[unit] < distances[nearest]:
                nearest = unit
        for unit in range(rival, n_units, n_classes):
            if distances[unit] < distances[nearest]:
                nearest, sign = unit, -1
        if distances[nearest] == _INFINITE:
            break
        distances[nearest] = _INFINITE
        _update_unit(nearest, sign, masks, layer)


@kernel
def _count_input(rows, i, words, masks, ones):
    """Load a row, and count its ones among those of all inputs."""
    load_row(rows, i, words)
    mask_ones(rows[i], masks)
    for j in range(masks.size):
        ones[j] -= masks[j]


@kernel
def _propagate(weights, thresholds, output_weights, scratch):
    """Compute activities, hidden bits and the scores of the classes for a row."""
    words, bits = scratch.row, scratch.hidden
    activity, scores = scratch.activity, scratch.scores
    n_bits, n_units = scratch.masks.size, activity.size
    n_words, n_hidden_words = (n_bits + 63) // 64, (n_units + 63) // 64
    agreements(words, n_words, n_bits, weights, scratch.plane, activity)
    for w in range(n_hidden_words):
        bits[w] = _0
    for unit in range(n_units):
        activity[unit] -= thresholds[unit]
        bits[unit // 64] |= np.uint64(activity[unit] > 0) << np.uint64(unit % 64)
    agreements(bits, n_hidden_words, n_units, output_weights, scratch.plane, scores)


@kernel
def learn(rows, classes, order, margin, layer, output_weights, scratch):
    """Let a hidden layer learn rows, one after the other.

    Unit ``j`` belongs to class ``j % n_classes``. If units of the class of a row have
    not learned anything, the first of them learns the row. Otherwise, if the class does
    not lead by the margin, as many units are updated as the missing lead needs. Each of
    them is worth two points of the lead.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    classes : (n_rows,) intp array
    order : (n_visits,) intp array
    margin : int
    layer : Layer
        Changed.
    output_weights : table of planes
        One unit per class, whose inputs are the hidden units.
    scratch : Scratch

    Returns
    -------
    n_correct : int
        Number of rows that were predicted right when they were visited.
    """
    words, masks, scores = scratch.row, scratch.masks, scratch.scores
    n_classes, n_correct = scores.size, 0
    for i in order:
        true = classes[i]
        _count_input(rows, i, words, masks, layer.ones)
        layer.seen[0] += 1
        _propagate(layer.weights, layer.thresholds, output_weights, scratch)
        predicted, rival = top_two_classes(scores, true)
        n_correct += predicted == true
        unused = _first_unused(true, n_classes, layer.n_changes)
        missing = margin - (scores[true] - scores[rival])
        if unused >= 0:
            _update_unit(unused, 1, masks, layer)
        elif missing > 0:
            n_wanted = (missing + 1) // 2
            activity, distances = scratch.activity, scratch.distances
            _correct(
                true, rival, n_classes, n_wanted, masks, activity, distances, layer
            )
        seen = layer.seen[0]
        if seen % _REFRESH_INTERVAL == 0 or seen & (seen - 1) == 0:
            for unit in range(layer.balance.size):
                refresh_unit(unit, layer)
    return n_correct
