# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of bits inside kernels: loading, counting, masks; and the two best classes."""

import numpy as np

from skbit._numba.jit import inner_kernel, kernel
from skbit._numba.memory import LANES, LIST_BITS
from skbit._numba.planes import load, lowest_one, popcount, store

_0, _1, _32 = np.uint64(0), np.uint64(1), np.uint64(32)
_ONE = np.uint32(1)
# Containers between two looks at the room for their ones.
_ROOM = 64


@kernel
def load_row(rows, i, words):
    """Copy a row of containers to 64-bit words."""
    n_containers = rows.shape[1]
    for w in range(n_containers // 2):
        words[w] = np.uint64(rows[i, 2 * w]) | np.uint64(rows[i, 2 * w + 1]) << _32
    if n_containers % 2:
        words[n_containers // 2] = np.uint64(rows[i, n_containers - 1])


@kernel
def sum_lanes(plane, scratch):
    """Add up the eight words of a plane, by way of the first row of a table."""
    store(scratch, 0, plane)
    total = _0
    for lane in range(LANES):
        total += scratch[0, lane]
    return total


@kernel
def count_ones(row, scratch):
    """Count the ones of a table of planes."""
    total = load(row, 0) & _0
    for p in range(row.shape[0]):
        total = total + popcount(load(row, p))
    return sum_lanes(total, scratch)


@kernel
def mask_ones(row, masks):
    """Unpack a row to words that are all ones where a bit is one, and else zero.

    Parameters
    ----------
    row : (n_containers,) uint32 array
    masks : (n_bits,) int32 array
        Written.
    """
    for j in range(masks.size):
        masks[j] = -np.int32((row[j // 32] >> np.uint32(j % 32)) & _ONE)


@inner_kernel
def _list_word(word, first, place, columns):
    """List the ones of a word, which mostly are a single one."""
    if word:
        columns[place] = first + lowest_one(word)
        place += np.uintp(1)
        word &= word - _1
        while word:
            columns[place] = first + lowest_one(word)
            place += np.uintp(1)
            word &= word - _1
    return place


@kernel
def list_ones(rows, bounds, columns):
    """List the places of the ones of each row, in rising order, while there is room.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    bounds : (n_rows, n_lists + 1) intp array
        Written: where the lists of each row begin in ``columns``, and where the last
        one ends. The first list of the first row begins where ``bounds[0, 0]`` says.
        Each list has the ones of 65,536 bits, the last one fewer.
    columns : (n_places,) uint16 array
        Written: the places of ones from the first bit of their list on.

    Returns
    -------
    n_listed : int
        Rows that were listed before there was room for less than 2,048 ones.
    """
    n_words = LIST_BITS // 32
    place = np.uintp(bounds[0, 0])
    for s in range(rows.shape[0]):
        bounds[s, 0] = place
        for start in range(0, rows.shape[1], _ROOM):
            if np.intp(place) + 32 * _ROOM > columns.size:
                return s
            stop, first = min(start + _ROOM, rows.shape[1]), 32 * (start % n_words)
            for c in range(start, stop - 1, 2):
                word = np.uint64(rows[s, c]) | np.uint64(rows[s, c + 1]) << _32
                at = np.uint64(first + 32 * (c - start))
                place = _list_word(word, at, place, columns)
            if (stop - start) % 2:
                at = np.uint64(first + 32 * (stop - 1 - start))
                word = np.uint64(rows[s, stop - 1])
                place = _list_word(word, at, place, columns)
            bounds[s, 1 + start // n_words] = place
    return rows.shape[0]


@kernel
def set_listed_ones(bounds, columns, out):
    """Set the bits whose places are listed: the inverse of ``list_ones``.

    Parameters
    ----------
    bounds : (n_rows, n_lists + 1) intp array
    columns : (n_ones,) uint16 array
    out : (n_rows, n_containers) uint32 array of zeros
        Written.
    """
    for s in range(out.shape[0]):
        for i in range(bounds.shape[1] - 1):
            for place in range(bounds[s, i], bounds[s, i + 1]):
                j = LIST_BITS * i + np.intp(columns[place])
                out[s, j // 32] |= _ONE << np.uint32(j % 32)


@kernel
def set_bits(indices, places, is_one, out):
    """Set the bits of every row of a sparse matrix.

    Parameters
    ----------
    indices : (n_stored,) int array
        Columns of the numbers that are stored.
    places : (n_rows + 1,) int array
        Where each row begins among them, and where the last one ends.
    is_one : (n_stored,) bool array
    out : (n_rows, n_containers) uint32 array of zeros
        Written.
    """
    for s in range(out.shape[0]):
        for i in range(places[s], places[s + 1]):
            if is_one[i]:
                j = indices[i]
                out[s, j // 32] |= np.uint32(1) << np.uint32(j % 32)


@kernel
def top_two_classes(scores, true_class):
    """Return the predicted class and the strongest wrong one; the first of equals."""
    predicted = 0
    wrong = 1 if true_class == 0 else 0
    for k in range(1, scores.size):
        if scores[k] > scores[predicted]:
            predicted = k
        if k != true_class and scores[k] > scores[wrong]:
            wrong = k
    return predicted, wrong
