# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores and target tuning of rows with few ones, at the cost of the ones.

The bits of random ferns are such rows: one in 32 is a one, or fewer. The results are
those of ``score_rows`` and ``correct_rows``. The weights of a bit for eight classes lie
side by side, or, with two classes, only their difference is kept.
"""

import numpy as np

from skbit._numba.jit import inner_kernel, kernel
from skbit._numba.memory import LANES, LIST_BITS
from skbit._numba.planes import load, load_int32, lowest_one, store, store_int32
from skbit._numba.prefetch import prefetch
from skbit.naive_bayes._kernels.tune import find_rivals

# Containers and bits whose weights are read for all rows before those of the next.
_TILE = 64
TILE_BITS = 32 * _TILE
# Rows that a tile is asked for in advance.
_AHEAD = 8
_1, _32 = np.uint64(1), np.uint64(32)


@kernel
def _copy_tile(weights, first_class, first_bit, table):
    """Copy the weights of some bits, for eight classes side by side."""
    n_bits = min(table.shape[0], weights.shape[1] - first_bit)
    for lane in range(min(LANES, weights.shape[0] - first_class)):
        for j in range(n_bits):
            table[j, lane] = weights[first_class + lane, first_bit + j]


@kernel
def score_many_lists(rows, weights, offsets, table, sums, out):
    """Do the same as ``score_listed_rows`` with a table, which pays for many rows.

    Parameters
    ----------
    rows : Lists
    weights, offsets, out
        As in ``score_rows``.
    table : (n_bits, 8) int32 array
        Scratch memory for the weights of eight classes.
    sums : table of one plane
        Scratch memory.
    """
    signed_sums = sums.view(np.int64)
    for first in range(0, weights.shape[0], LANES):
        n_classes = min(LANES, weights.shape[0] - first)
        _copy_tile(weights, first, 0, table)
        for s in range(out.shape[0]):
            for lane in range(n_classes):
                signed_sums[0, lane] = offsets[first + lane]
            _score_lists(rows, s, sums, table, sums)
            for lane in range(n_classes):
                out[s, first + lane] = signed_sums[0, lane]


@inner_kernel
def _add_ones(word, first, table, total):
    """Add the weights of the ones of a word, which mostly are a single one."""
    if word:
        total = total + load_int32(table, first + np.intp(lowest_one(word)))
        word &= word - _1
        while word:
            total = total + load_int32(table, first + np.intp(lowest_one(word)))
            word &= word - _1
    return total


@kernel
def score_few_ones(rows, weights, offsets, table, sums, out):
    """Do the same as ``score_rows`` for rows with few ones.

    Parameters
    ----------
    rows, weights, offsets, out
        As in ``score_rows``.
    table : (TILE_BITS, 8) int32 array
        Scratch memory.
    sums : table of at least ``n_rows`` planes
        Scratch memory.
    """
    n_rows, n_containers = rows.shape
    signed_sums = sums.view(np.int64)
    for first in range(0, weights.shape[0], LANES):
        n_classes = min(LANES, weights.shape[0] - first)
        for s in range(n_rows):
            for lane in range(n_classes):
                signed_sums[s, lane] = offsets[first + lane]
        for start in range(0, n_containers, _TILE):
            _copy_tile(weights, first, 32 * start, table)
            stop = min(n_containers, start + _TILE)
            for s in range(n_rows):
                if s + _AHEAD < n_rows:
                    # A cache line has 16 containers.
                    for c in range(start, stop, 16):
                        prefetch(rows, (s + _AHEAD) * n_containers + c)
                total = load(sums, s)
                for c in range(start, stop - 1, 2):
                    word = np.uint64(rows[s, c]) | np.uint64(rows[s, c + 1]) << _32
                    total = _add_ones(word, 32 * (c - start), table, total)
                if (stop - start) % 2:
                    word = np.uint64(rows[s, stop - 1])
                    total = _add_ones(word, 32 * (stop - 1 - start), table, total)
                store(sums, s, total)
        for s in range(n_rows):
            for lane in range(n_classes):
                out[s, first + lane] = signed_sums[s, lane]


@kernel
def _prefetch_next(rows, visits, v):
    """Ask for the lists of the row that is visited next."""
    if v + 1 < visits.order.size:
        s = visits.order[v + 1]
        # A cache line has 32 places.
        for place in range(rows.bounds[s, 0], rows.bounds[s, -1], 32):
            prefetch(rows.columns, place)


@kernel
def _sum_differences(rows, s, differences):
    total = 0
    for i in range(rows.bounds.shape[1] - 1):
        # Unsigned indices are not looked at for being negative.
        place, end = np.uintp(rows.bounds[s, i]), np.uintp(rows.bounds[s, i + 1])
        first = np.uintp(LIST_BITS * i)
        while place != end:
            total += np.int64(differences[first + np.uintp(rows.columns[place])])
            place += np.uintp(1)
    return total


@kernel
def _change_differences(rows, s, change, differences):
    for i in range(rows.bounds.shape[1] - 1):
        place, end = np.uintp(rows.bounds[s, i]), np.uintp(rows.bounds[s, i + 1])
        first = np.uintp(LIST_BITS * i)
        while place != end:
            differences[first + np.uintp(rows.columns[place])] += change
            place += np.uintp(1)


@kernel
def tune_two_classes(rows, visits, margin, offset, differences, room):
    """Do the same as ``correct_rows`` for two classes, one row at a time.

    Parameters
    ----------
    rows : Lists
    visits : Visits
    margin : int
        Lead of the true class with which a row is left alone.
    offset : int
        Offset of the second class minus that of the first.
    differences : (n_bits,) int32 array
        Weights of the second class minus those of the first. They are changed: one
        class gains what the other loses.
    room : int
        The most by which a weight may change.

    Returns
    -------
    n_visited : int
        Rows that were visited before there was no room.
    n_correct : int
        Number of these that were predicted right when they were visited.
    change : int
        The most by which a weight can have changed.
    """
    n_correct = change = 0
    for v in range(visits.order.size):
        s, true, step = visits.order[v], visits.classes[v], visits.steps[v]
        _prefetch_next(rows, visits, v)
        lead = offset + _sum_differences(rows, s, differences)
        lead = lead if true else -lead
        # The first of equals is predicted.
        is_right = lead > 0 or (lead == 0 and true == 0)
        if not is_right or lead < margin:
            if change + step > room:
                return v, n_correct, change
            change += step
            twice = np.int32(2 * step if true else -2 * step)
            _change_differences(rows, s, twice, differences)
        n_correct += is_right
    return visits.order.size, n_correct, change


@kernel
def _score_lists(rows, s, offsets, table, scores):
    """Score a row; ``table`` has the bits of eight classes after those of others."""
    n_bits = table.shape[0] // offsets.shape[0]
    for group in range(offsets.shape[0]):
        total = load(offsets, group)
        for i in range(rows.bounds.shape[1] - 1):
            first = group * n_bits + LIST_BITS * i
            for place in range(rows.bounds[s, i], rows.bounds[s, i + 1]):
                j = first + np.intp(rows.columns[np.uintp(place)])
                total = total + load_int32(table, j)
        store(scores, group, total)


@kernel
def _change_lists(rows, s, changes, table):
    """Add what each class gains to the weights of the ones of a row."""
    signed, n_groups = changes.view(np.int64), changes.shape[0]
    n_bits = table.shape[0] // n_groups
    for group in range(n_groups):
        is_changed = False
        for lane in range(LANES):
            is_changed |= signed[group, lane] != 0
        if not is_changed:
            continue
        change = load(changes, group)
        for i in range(rows.bounds.shape[1] - 1):
            first = group * n_bits + LIST_BITS * i
            for place in range(rows.bounds[s, i], rows.bounds[s, i + 1]):
                j = first + np.intp(rows.columns[np.uintp(place)])
                store_int32(table, j, load_int32(table, j) + change)


@kernel
def tune_many_classes(rows, visits, rule, offsets, table, scratch, room):
    """Do the same as ``correct_rows``, one row at a time.

    Parameters
    ----------
    rows : Lists
    visits : Visits
    rule : Rule
        With batches of one row.
    offsets : (n_groups, 8) table of planes
        Those of eight classes each. Lanes beyond the classes are not used.
    table : (n_groups * n_bits, 8) int32 array
        Weights of the bits for eight classes each. They are changed.
    scratch : Scratch
    room : int
        The most by which a weight may change.

    Returns
    -------
    n_visited, n_correct, change : int
        As those of ``tune_two_classes``.
    """
    scores = scratch.scores.view(np.int64).reshape(-1)[: scratch.rivals.size]
    changes = scratch.changes.view(np.int64).reshape(-1)
    for k in range(changes.size):
        changes[k] = 0
    n_correct = change = 0
    for v in range(visits.order.size):
        s, true, step = visits.order[v], visits.classes[v], visits.steps[v]
        _prefetch_next(rows, visits, v)
        _score_lists(rows, s, offsets, table, scratch.scores)
        n_rivals, is_right = find_rivals(scores, true, rule, scratch.rivals)
        if n_rivals > 0:
            if change + n_rivals * step > room:
                return v, n_correct, change
            change += n_rivals * step
            changes[true] = n_rivals * step
            for r in range(n_rivals):
                changes[scratch.rivals[r]] = -step
            _change_lists(rows, s, scratch.changes, table)
            changes[true] = 0
            for r in range(n_rivals):
                changes[scratch.rivals[r]] = 0
        n_correct += is_right
    return visits.order.size, n_correct, change
