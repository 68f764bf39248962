# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Similarity of inputs with stored patterns, compared as exact fractions.

Neurons lie side by side, eight to a plane. A neuron holds a whole number per bit, from
0 to ``K``, as one to three binary digits; the planes of a digit, a plane per 64 bits,
follow one another, the highest digit first. With ``o`` the sum of the numbers where the
input is one (the overlap), ``p`` the sum of all numbers, ``q`` that of their squares,
``D`` the number of bits that the input or any row before it has set, and ``x`` the ones
of the input, the similarity is

- cosine: ``o / sqrt(q x)``, compared by its square,
- Jaccard: ``o / (p + K x - o)``,
- overlap: shared minus differing, ``(o - (p + K x - 2 o)) / K D``,
- Hamming: what agrees, ``(K D - (p + K x - 2 o)) / K D``.

What all neurons have in common is left out when they are compared. Of each neuron one
number is kept, its norm: ``2 q`` (1 if the neuron is zero in every bit), ``p``,
``K B - p`` or ``K B - p``, where ``B`` is the number of all bits of a row. Products
stay below ``2**64`` if ``2 K**4 B**3`` does.

An input without ones has cosine and Jaccard 0 with every neuron; it goes to the first
one without ones, with which it agrees entirely.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import greater, load, popcount, store
from skbit._numba.rows import count_ones, load_row
from skbit.cluster._kernels.constants import COSINE, JACCARD, OVERLAP

_0, _1 = np.uint64(0), np.uint64(1)
_NOBODY = np.uint64(2**63)


@kernel
def _not_blank(words, n_words):
    """Return where a row's words that are not zero begin and end, an even number.

    Images have blank borders, codes of few ones blank ends: nothing to compare there.
    The last of these words may be the one after the row, which is zero.
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
    """Sum the numbers of a group of eight neurons where the input is one.

    Of two words at a time: so the compiler leaves the loop as short as it is.
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


@kernel
def fraction(similarity, overlap, norm, weighted_ones):
    """Return what is compared: numerator and denominator, of planes or of words."""
    if similarity == COSINE:
        return overlap * overlap, norm
    if similarity == JACCARD:
        return overlap, norm + weighted_ones - overlap
    one = (norm & _0) + _1
    if similarity == OVERLAP:
        return overlap + overlap + overlap + norm, one
    return overlap + overlap + norm, one


@kernel
def search(
    words,
    n_words,
    patterns,
    norms,
    n_digits,
    n_groups,
    similarity,
    weighted_ones,
    with_second,
    found,
):
    """Find the best neuron of every lane, and the second best; of equals the first."""
    begin, end = _not_blank(words, n_words)
    # A literal would have the function compiled for it once more.
    o = _overlaps(words, begin, end, n_words, patterns, np.int64(0), n_digits)
    zero = o & _0
    best_o, best_norm, best_g = o, load(norms, 0), zero
    best_num, best_den = fraction(similarity, o, best_norm, weighted_ones)
    next_o, next_norm, next_g = zero, zero, zero + _NOBODY
    next_num, next_den = zero, zero + _1
    for g in range(1, n_groups):
        o = _overlaps(words, begin, end, n_words, patterns, g, n_digits)
        norm, group = load(norms, g), zero + np.uint64(g)
        num, den = fraction(similarity, o, norm, weighted_ones)
        better = greater(num * best_den, best_num * den)
        if with_second:
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
    store(found, 0, best_o)
    store(found, 1, best_norm)
    store(found, 2, best_g)
    store(found, 3, next_o)
    store(found, 4, next_norm)
    store(found, 5, next_g)


@kernel
def _exceeds(num, den, group, lane, best_num, best_den, best_group, best_lane):
    """Compare two neurons: more similarity, or as much and a lower number."""
    left, right = num * best_den, best_num * den
    if left != right:
        return left > right
    return group < best_group or (group == best_group and lane < best_lane)


@kernel
def pick_winner(found, n_neurons, similarity, weighted_ones):
    """Return the lane of the winner."""
    best_lane, best_group = np.int64(0), found[2, 0]
    best_num, best_den = fraction(similarity, found[0, 0], found[1, 0], weighted_ones)
    for lane in range(1, min(LANES, n_neurons)):
        group = found[2, lane]
        num, den = fraction(similarity, found[0, lane], found[1, lane], weighted_ones)
        if _exceeds(num, den, group, lane, best_num, best_den, best_group, best_lane):
            best_lane, best_group, best_num, best_den = lane, group, num, den
    return best_lane


@kernel
def pick_runner_up(found, n_neurons, winner, similarity, weighted_ones):
    """Return the number of the runner-up, or -1 if that one shares no bit."""
    best_lane, best_group, best_overlap = np.int64(0), _NOBODY, _0
    best_num, best_den = _0, _1
    for lane in range(min(LANES, n_neurons)):
        # The runner-up may be the second best of the winner's lane.
        at = 3 if lane == winner else 0
        overlap, group = found[at, lane], found[at + 2, lane]
        if group == _NOBODY:
            continue
        num, den = fraction(similarity, overlap, found[at + 1, lane], weighted_ones)
        if best_group == _NOBODY or _exceeds(
            num, den, group, lane, best_num, best_den, best_group, best_lane
        ):
            best_lane, best_group, best_overlap = lane, group, overlap
            best_num, best_den = num, den
    if best_overlap == _0:
        return np.intp(-1)
    return np.intp(best_group) * LANES + best_lane


@kernel
def first_empty(norms, n_neurons, similarity):
    """Return the first neuron that is zero in every bit, or else the first."""
    norm_of_empty = _1 if similarity == COSINE else _0
    for n in range(n_neurons):
        if norms[n // LANES, n % LANES] == norm_of_empty:
            return n
    return 0


@kernel
def find_winners(
    rows, patterns, norms, n_digits, n_neurons, similarity, row, found, winners, shared
):
    """Find the neuron that resonates most with every row, the first of equals.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    patterns : table of planes
        With one plane more than the neurons have.
    norms : table of planes
        As the patterns, zero beyond the last neuron.
    n_digits : int
    n_neurons : int, >= 1
    similarity : int
    row : table of planes
        Scratch memory for a row; zero beyond it.
    found : table of 6 planes
        Scratch memory.
    winners : (n_rows,) intp array
        Written.
    shared : (n_rows,) int64 array
        Written: overlaps of rows and winners.
    """
    n_words = (rows.shape[1] + 1) // 2
    n_groups = (n_neurons + LANES - 1) // LANES
    top = np.uint64((1 << n_digits) - 1)
    words = row.reshape(-1)
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        ones = top * count_ones(row, found)
        if ones == _0 and similarity <= JACCARD:
            winners[i], shared[i] = first_empty(norms, n_neurons, similarity), 0
            continue
        search(
            words,
            n_words,
            patterns,
            norms,
            n_digits,
            n_groups,
            similarity,
            ones,
            False,
            found,
        )
        lane = pick_winner(found, n_neurons, similarity, ones)
        winners[i] = np.intp(found[2, lane]) * LANES + lane
        shared[i] = np.int64(found[0, lane])


@kernel
def measure_overlaps(rows, patterns, n_digits, row, found, out):
    """Measure the overlap of every row with every neuron.

    Parameters
    ----------
    rows, patterns, n_digits, row, found
        As in ``find_winners``.
    out : (n_rows, n_neurons) int64 array
        Written.
    """
    n_words = (rows.shape[1] + 1) // 2
    words = row.reshape(-1)
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        begin, end = _not_blank(words, n_words)
        for n in range(0, out.shape[1], LANES):
            g = n // LANES
            o = _overlaps(words, begin, end, n_words, patterns, g, n_digits)
            store(found, 0, o)
            for lane in range(min(LANES, out.shape[1] - n)):
                out[i, n + lane] = np.int64(found[0, lane])
