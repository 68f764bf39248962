# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Layers of binary units: how many bits agree with their weights, and how they learn.

Units lie side by side, eight to a plane; the planes of a group of eight, a plane per 64
bits of input, follow one another. Behind the weights are counts: of every input bit
among the inputs that a unit has learned, of these inputs, and of both over all inputs
seen. An input that is unlearned is counted down. A weight is 1 where its bit was more
frequent among the unit's inputs than it is on the whole, exactly:
``counts[i] / balance > ones[i] / seen``. A unit fires if more bits agree with its
weights than do so on average over all inputs.
"""

from typing import NamedTuple

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load, popcount, store
from skbit._numba.rows import load_row, mask_ones, top_two_classes

# All units are set anew after so many inputs, and when their number is a power of two.
_INTERVAL = 4096
# Further away than any unit.
_FAR = np.int64(2**62)
_0, _1 = np.uint64(0), np.uint64(1)


class Layer(NamedTuple):
    """Units that learn, ``U`` of them, with ``D`` bits of input."""

    weights: np.ndarray  # table of planes
    thresholds: np.ndarray  # (U,) int64
    counts: np.ndarray  # (U, D) int32
    balance: np.ndarray  # (U,) int64, inputs learned less inputs unlearned
    n_changes: np.ndarray  # (U,) int64, inputs learned or unlearned
    ones: np.ndarray  # (D,) int64
    seen: np.ndarray  # (1,) int64


@kernel
def agreements(words, n_words, n_bits, weights, scratch, out):
    """Count the bits of an input that agree with each unit's weights: XNOR, popcount.

    Parameters
    ----------
    words : (>= n_words,) uint64 array
    n_words, n_bits : int
        Bits beyond ``n_bits`` are zero here as in the weights.
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
def measure_agreements(rows, n_bits, weights, row, scratch, out):
    """Count agreements of every row with every unit.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    n_bits : int
    weights : table of planes
    row : table of planes
        Scratch memory for a row.
    scratch : table of planes
    out : (n_rows, n_units) int64 array
        Written.
    """
    words = row.reshape(-1)
    n_words = (n_bits + 63) // 64
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        agreements(words, n_words, n_bits, weights, scratch, out[i])


@kernel
def set_unit(unit, layer):
    """Derive a unit's weights and threshold from the counts.

    The threshold is the mean number of agreements over all inputs seen, rounded down,
    which for whole numbers is as good as the mean itself. A unit that never learned
    does not fire.
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
            # Without a branch, so that the compiler takes several bits at a time.
            is_more = np.int64(counts[i]) * seen > balance * ones[i]
            word |= np.uint64(is_more) << np.uint64(b)
            expected += ones[i] if is_more else seen - ones[i]
        layer.weights[unit // LANES * n_words + w, unit % LANES] = word
    learned = layer.n_changes[unit] > 0
    layer.thresholds[unit] = expected // seen if learned else n_bits


@kernel
def _change(unit, sign, masks, layer):
    """Learn an input (``sign`` 1) or unlearn it (-1)."""
    counts = layer.counts[unit]
    sign_of_ones = np.int32(-sign)
    for i in range(masks.size):
        counts[i] += sign_of_ones * masks[i]
    layer.balance[unit] += sign
    layer.n_changes[unit] += 1
    set_unit(unit, layer)


@kernel
def _first_unused(true, n_classes, n_changes):
    """Return the first unit of a class that has not learned yet, or -1."""
    for unit in range(true, n_changes.size, n_classes):
        if n_changes[unit] == 0:
            return unit
    return -1


@kernel
def _correct(true, rival, n_classes, n_wanted, masks, activity, distances, layer):
    """Change the units whose answer is wrong by the least, until enough have changed.

    These are the true class's that are silent, which learn the input, and its rival's
    that fire, which unlearn it. Of units equally close the lowest number comes first,
    and the true class's before its rival's.
    """
    for unit in range(true, activity.size, n_classes):
        distances[unit] = 1 - activity[unit] if activity[unit] <= 0 else _FAR
    for unit in range(rival, activity.size, n_classes):
        distances[unit] = activity[unit] if activity[unit] > 0 else _FAR
    for _ in range(n_wanted):
        nearest, sign = true, 1
        for unit in range(true, activity.size, n_classes):
            if distances[unit] < distances[nearest]:
                nearest = unit
        for unit in range(rival, activity.size, n_classes):
            if distances[unit] < distances[nearest]:
                nearest, sign = unit, -1
        if distances[nearest] == _FAR:
            break
        distances[nearest] = _FAR
        _change(nearest, sign, masks, layer)


@kernel
def learn(
    rows,
    classes,
    order,
    margin,
    layer,
    output_weights,
    row,
    hidden,
    scratch,
    masks,
    activity,
    distances,
    scores,
):
    """Let a hidden layer learn rows, one after the other.

    Unit ``j`` belongs to class ``j % n_classes``. A row whose class has units that
    never learned becomes the first one of these. Any other is put through the network;
    if its class does not lead by the margin, as many units change as it takes, each of
    them worth two points of the difference.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    classes : (n_rows,) intp array
    order : (n_visits,) intp array
    margin : int
    layer : Layer
        Changed.
    output_weights : table of planes
        Of one unit per class, whose inputs are the hidden units.
    row, hidden : tables of planes
        Scratch memory for a row and for the hidden bits; zero beyond them.
    scratch : table of planes
    masks : (n_bits,) int32 array
    activity, distances : (n_units,) int64 arrays
    scores : (n_classes,) int64 array
        Scratch memory, as the five before it.

    Returns
    -------
    n_correct : int
        How many rows were predicted right when they were visited.
    """
    words, bits = row.reshape(-1), hidden.reshape(-1)
    n_bits, n_units, n_classes = masks.size, activity.size, scores.size
    n_words, n_hidden_words = (n_bits + 63) // 64, (n_units + 63) // 64
    n_correct = 0
    for i in order:
        true = classes[i]
        load_row(rows, i, words)
        mask_ones(rows[i], masks)
        for j in range(n_bits):
            layer.ones[j] -= masks[j]
        layer.seen[0] += 1
        agreements(words, n_words, n_bits, layer.weights, scratch, activity)
        for w in range(n_hidden_words):
            bits[w] = _0
        for unit in range(n_units):
            activity[unit] -= layer.thresholds[unit]
            bits[unit // 64] |= np.uint64(activity[unit] > 0) << np.uint64(unit % 64)
        agreements(bits, n_hidden_words, n_units, output_weights, scratch, scores)
        predicted, rival = top_two_classes(scores, true)
        n_correct += predicted == true
        unused = _first_unused(true, n_classes, layer.n_changes)
        missing = margin - (scores[true] - scores[rival])
        if unused >= 0:
            _change(unused, 1, masks, layer)
        elif missing > 0:
            n_wanted = (missing + 1) // 2
            _correct(
                true, rival, n_classes, n_wanted, masks, activity, distances, layer
            )
        seen = layer.seen[0]
        if seen % _INTERVAL == 0 or seen & (seen - 1) == 0:
            for unit in range(n_units):
                set_unit(unit, layer)
    return n_correct
