# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The search for the neuron with the highest similarity, by exact fractions.

Neurons lie side by side, eight to a plane: a group. The levels of a group are stored by
their binary digits, the highest first; a digit takes as many planes as a row of bits
has 64-bit words. ``similarity`` describes the fractions that are compared.
"""

import numpy as np

from skbit._numba.jit import inlined_kernel, inner_kernel, kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import greater, load, popcount, store
from skbit._numba.rows import count_ones, load_row
from skbit.cluster._kernels import similarity as formulas
from skbit.cluster._kernels.constants import (
    GROUP,
    N_BITS,
    N_DIGITS,
    NORM,
    NORM_OF_EMPTY,
    OVERLAP,
    SIMILARITY,
)

_0, _1 = np.uint64(0), np.uint64(1)
_NO_GROUP = np.uint64(2**63)

compared = inner_kernel(formulas.compared)


@kernel
def _not_blank(words, n_words):
    """Return where the words of a row that are not zero begin and end.

    Images have blank borders, and sparse codes often end with zeros, which need not be
    compared. The number of words between is even; the last of them may be the word
    after the row, which is zero.
    """
    begin, end = 0, n_words
    while begin < end and words[begin] == _0:
        begin += 1
    while end > begin and words[end - 1] == _0:
        end -= 1
    if (end - begin) % 2:
        if begin > 0:
            begin -= 1
        else:
            end += 1
    return begin, end


@kernel
def _overlaps(words, begin, end, n_words, patterns, group, n_digits):
    """Sum the levels of a group of eight neurons where the input is one.

    The loop takes two words at a time, so that the compiler does not unroll it further.
    """
    first = group * n_words * n_digits
    total = load(patterns, first) & _0
    other = total
    for _ in range(n_digits):
        total = total + total
        other = other + other
        for w in range(begin, end, 2):
            total = total + popcount(load(patterns, first + w) & words[w])
            other = other + popcount(load(patterns, first + w + 1) & words[w + 1])
        first += n_words
    return total + other


@inlined_kernel
def search(words, n_groups, settings, patterns, norms, top_ones, best, second):
    """Find the best neuron of every lane, and the second best; the first of equals.

    Parameters
    ----------
    words : uint64 array
        The input; zero beyond it.
    n_groups : int
    settings : int64 array
    patterns, norms : tables of planes
    top_ones : uint64
    best : table of planes
        Written.
    second : table of planes or None
        Written if it is given.
    """
    n_words, n_digits = (settings[N_BITS] + 63) // 64, settings[N_DIGITS]
    kind = settings[SIMILARITY]
    begin, end = _not_blank(words, n_words)
    # A literal would have the function compiled for it once more.
    o = _overlaps(words, begin, end, n_words, patterns, np.int64(0), n_digits)
    zero = o & _0
    one = zero + _1
    best_o, best_norm, best_g = o, load(norms, 0), zero
    best_num, best_den = compared(kind, o, best_norm, top_ones, one)
    # Code for None is not even compiled.
    next_o, next_norm, next_g = zero, zero, zero + _NO_GROUP
    next_num, next_den = zero, one
    for g in range(1, n_groups):
        o = _overlaps(words, begin, end, n_words, patterns, g, n_digits)
        norm, group = load(norms, g), zero + np.uint64(g)
        num, den = compared(kind, o, norm, top_ones, one)
        better = greater(num * best_den, best_num * den)
        if second is not None:
            close = greater(num * next_den, next_num * den) & ~better
            same = ~(better | close)
            next_o = best_o & better | o & close | next_o & same
            next_norm = best_norm & better | norm & close | next_norm & same
            next_g = best_g & better | group & close | next_g & same
            next_num = best_num & better | num & close | next_num & same
            next_den = best_den & better | den & close | next_den & same
        best_o = o & better | best_o & ~better
        best_norm = norm & better | best_norm & ~better
        best_g = group & better | best_g & ~better
        best_num = num & better | best_num & ~better
        best_den = den & better | best_den & ~better
    store(best, OVERLAP, best_o)
    store(best, NORM, best_norm)
    store(best, GROUP, best_g)
    if second is not None:
        store(second, OVERLAP, next_o)
        store(second, NORM, next_norm)
        store(second, GROUP, next_g)


@kernel
def _exceeds(num, den, group, lane, best_num, best_den, best_group, best_lane):
    """Tell whether a neuron has more similarity, or as much and a lower number."""
    left, right = num * best_den, best_num * den
    if left != right:
        return left > right
    return group < best_group or (group == best_group and lane < best_lane)


@inlined_kernel
def pick_winner(best, n_neurons, kind, top_ones):
    """Return the lane of the winner.

    Parameters
    ----------
    best : table of planes
        As ``search`` wrote it.
    n_neurons : int
    kind : int
        The similarity.
    top_ones : uint64
    """
    best_lane, best_group = np.int64(0), best[GROUP, 0]
    best_num, best_den = compared(kind, best[OVERLAP, 0], best[NORM, 0], top_ones, _1)
    for lane in range(1, min(LANES, n_neurons)):
        overlap, norm = best[OVERLAP, lane], best[NORM, lane]
        group = best[GROUP, lane]
        num, den = compared(kind, overlap, norm, top_ones, _1)
        if _exceeds(num, den, group, lane, best_num, best_den, best_group, best_lane):
            best_lane, best_group, best_num, best_den = lane, group, num, den
    return best_lane


@kernel
def pick_runner_up(best, second, n_neurons, winner, kind, top_ones):
    """Return the number of the runner-up, or -1 if it shares no bit with the input.

    ``winner`` is the lane of the winner. ``search`` wrote ``best`` and ``second``; the
    other arguments are those of ``pick_winner``.
    """
    best_lane, best_group, best_overlap = np.int64(0), _NO_GROUP, _0
    best_num, best_den = _0, _1
    for lane in range(min(LANES, n_neurons)):
        # The runner-up may be the second best of the winner's lane.
        of_lane = second if lane == winner else best
        overlap, group = of_lane[OVERLAP, lane], of_lane[GROUP, lane]
        if group == _NO_GROUP:
            continue
        num, den = compared(kind, overlap, of_lane[NORM, lane], top_ones, _1)
        if best_group == _NO_GROUP or _exceeds(
            num, den, group, lane, best_num, best_den, best_group, best_lane
        ):
            best_lane, best_group, best_overlap = lane, group, overlap
            best_num, best_den = num, den
    if best_overlap == _0:
        return np.intp(-1)
    return np.intp(best_group) * LANES + best_lane


@kernel
def first_empty(norms, n_neurons, norm):
    """Return the first neuron with the norm of an empty one, or else the first one."""
    for n in range(n_neurons):
        if norms[n // LANES, n % LANES] == np.uint64(norm):
            return n
    return 0


@kernel
def find_winners(rows, n_neurons, settings, patterns, norms, scratch, winners, shared):
    """Find the neuron with the highest similarity for every row, the first of equals.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    n_neurons : int, >= 1
    settings : int64 array
        The first four places are read.
    patterns : table of planes
        With one plane more than the neurons have.
    norms : table of planes
        Like the patterns, zero beyond the last neuron.
    scratch : Scratch
    winners : (n_rows,) intp array
        Written.
    shared : (n_rows,) int64 array
        Written: overlaps of rows and winners.
    """
    best, row = scratch.best, scratch.row
    words = row.reshape(-1)
    n_groups = (n_neurons + LANES - 1) // LANES
    kind = settings[SIMILARITY]
    top = np.uint64((1 << settings[N_DIGITS]) - 1)
    empty = settings[NORM_OF_EMPTY]
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        top_ones = top * count_ones(row, best)
        if top_ones == _0 and empty >= 0:
            winners[i], shared[i] = first_empty(norms, n_neurons, empty), 0
            continue
        search(words, n_groups, settings, patterns, norms, top_ones, best, None)
        lane = pick_winner(best, n_neurons, kind, top_ones)
        winners[i] = np.intp(best[GROUP, lane]) * LANES + lane
        shared[i] = np.int64(best[OVERLAP, lane])


@kernel
def measure_overlaps(rows, settings, patterns, scratch, out):
    """Measure the overlap of every row with every neuron.

    Parameters
    ----------
    rows, settings, patterns, scratch
        As in ``find_winners``.
    out : (n_rows, n_neurons) int64 array
        Written.
    """
    best, words = scratch.best, scratch.row.reshape(-1)
    n_words, n_digits = (settings[N_BITS] + 63) // 64, settings[N_DIGITS]
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        begin, end = _not_blank(words, n_words)
        for n in range(0, out.shape[1], LANES):
            g = n // LANES
            o = _overlaps(words, begin, end, n_words, patterns, g, n_digits)
            store(best, 0, o)
            for lane in range(min(LANES, out.shape[1] - n)):
                out[i, n + lane] = np.int64(best[0, lane])
