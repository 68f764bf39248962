# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pooling of the winners of an image over the cells of a grid.

Counts are kept in binary digits: a word for each digit of 64 templates. No level is
above the highest digit. This digit stays 1 once it is reached, whatever the others are,
so that counts do not wrap around.
"""

from typing import NamedTuple

import numpy as np

from skbit._numba.jit import kernel

_0, _32 = np.uint64(0), np.uint64(32)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Cells(NamedTuple):
    """The cells of a grid.

    Parameters
    ----------
    starts : (n_patches + 1,) intp array
        Where the cells of each patch begin in ``members``, and where the last end.
    members : int32 array
        The cells that contain a patch, patch by patch.
    n_cells : int
    n_templates : int
    n_digits : int
        Binary digits of the counts.
    levels : (n_levels,) intp array
        Counts at which bits become ones, at most ``2**(n_digits - 1)``.
    """

    starts: np.ndarray
    members: np.ndarray
    n_cells: int
    n_templates: int
    n_digits: int
    levels: np.ndarray


@kernel
def count_winners(winners, places, start, stop, cells, counters):
    """Add the winners of patches to the counters of the cells that contain them.

    Parameters
    ----------
    winners : (n_patches, n_words) uint64 array
        A bit for each template.
    places : (n_patches,) intp array
        The number of each patch in its image.
    start, stop : int
        The patches that are counted.
    cells : Cells
    counters : (n_cells * n_words * n_digits,) uint64 array
        Changed.
    """
    n_words, n_digits = winners.shape[1], cells.n_digits
    for s in range(start, stop):
        for k in range(cells.starts[places[s]], cells.starts[places[s] + 1]):
            at = cells.members[k] * n_words * n_digits
            for w in range(n_words):
                carry = winners[s, w]
                for d in range(n_digits - 1):
                    digit = counters[at + d]
                    counters[at + d] = digit ^ carry
                    carry &= digit
                at += n_digits
                # The highest digit stays, whatever the others are.
                counters[at - 1] |= carry


@kernel
def _append(row, first, word, n_bits):
    """Write bits of a word to a row of zeros, from bit ``first`` on."""
    word &= _ALL >> np.uint64(64 - n_bits)
    while word:
        shift = np.uint64(first % 32)
        row[first // 32] |= np.uint32(word << shift)
        word >>= _32 - shift
        first += 32 - np.int64(shift)


@kernel
def write_bits(cells, counters, row):
    """Write the bits of all cells and levels: where counts reach the level.

    Parameters
    ----------
    cells : Cells
    counters : (n_cells * n_words * n_digits,) uint64 array
    row : (n_containers,) uint32 array of zeros
        Written.
    """
    n_templates, n_digits = cells.n_templates, cells.n_digits
    n_words = (n_templates + 63) // 64
    first = 0
    for cell in range(cells.n_cells):
        for v in range(cells.levels.size):
            level = cells.levels[v] - 1
            for w in range(n_words):
                # Whether the count is above level - 1, from the lowest digit up.
                above = _0
                for d in range(n_digits):
                    digit = counters[(cell * n_words + w) * n_digits + d]
                    above = above & digit if (level >> d) & 1 else above | digit
                _append(row, first + 64 * w, above, min(64, n_templates - 64 * w))
            first += n_templates
