# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competition of templates for 512 patches side by side, as bit planes.

The distance of a patch and a template is ``ones(patch) + ones(template) - 2 * shared``,
so that for one patch ``2 * shared - ones(template)`` ranks the templates. A constant is
added to make it positive. This *score* is a sum of planes: those of the template's
ones, and planes of ones for the digits of the constant. Full adders, each of which
turns three planes into a sum and a carry, compute its binary digits.
"""

from typing import NamedTuple

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store

_0 = np.uint64(0)


class Contest(NamedTuple):
    """The templates, as instructions for a pool of planes.

    Parameters
    ----------
    adders : (n_adders, 5) int32 array
        Planes of the pool: three that are added, the sum and the carry.
    digits : (n_templates, n_digits + 1) int32 array
        Planes with the digits of each template's score, the lowest first, and zeros.
    zeros, ones : int
        Planes that are all zero and all one.
    above, equal : int
        The first of ``n_templates`` planes that tell where the higher digits of a
        template's score are above those of the lowest score that wins, or equal.
    counts : int
        The first of ``n_winners`` planes.
    n_winners : int
    """

    adders: np.ndarray
    digits: np.ndarray
    zeros: int
    ones: int
    above: int
    equal: int
    counts: int
    n_winners: int


@kernel
def _add(adders, pool):
    """Execute full adders, one after the other."""
    for i in range(adders.shape[0]):
        a = load(pool, adders[i, 0])
        b = load(pool, adders[i, 1])
        c = load(pool, adders[i, 2])
        either = a ^ b
        store(pool, adders[i, 3], either ^ c)
        store(pool, adders[i, 4], a & b | either & c)


@kernel
def _select(contest, pool, winners):
    """Find the winners, digit by digit of the lowest score that wins, from the top.

    A digit of this score is 1 if ``n_winners`` templates reach the score with it.
    """
    digits, above, equal = contest.digits, contest.above, contest.equal
    first, last = contest.counts, contest.counts + contest.n_winners - 1
    zeros = load(pool, contest.zeros)
    reached = zeros
    for d in range(digits.shape[1] - 2, -1, -1):
        # Plane i of the counts tells where more than i templates reach the score.
        for i in range(first, last + 1):
            store(pool, i, zeros)
        for k in range(digits.shape[0]):
            # The state is that of the digits above the last one, whose result is known.
            digit = load(pool, digits[k, d + 1])
            is_above, is_equal = load(pool, above + k), load(pool, equal + k)
            is_above = is_above | is_equal & digit & ~reached
            is_equal = is_equal & ~(digit ^ reached)
            store(pool, above + k, is_above)
            store(pool, equal + k, is_equal)
            reaches = is_above | is_equal & load(pool, digits[k, d])
            for i in range(last, first, -1):
                store(pool, i, load(pool, i) | load(pool, i - 1) & reaches)
            store(pool, first, load(pool, first) | reaches)
        reached = load(pool, last)
    for k in range(digits.shape[0]):
        digit = load(pool, digits[k, 0])
        is_above, is_equal = load(pool, above + k), load(pool, equal + k)
        store(winners, k, is_above | is_equal & (digit | ~reached))


@kernel
def compete(contest, pool, winners):
    """Find the winners of 512 patches.

    Parameters
    ----------
    contest : Contest
    pool : table of planes
        The patches, and scratch memory.
    winners : (>= n_templates, 8) table of planes
        Written: where each template is at most as far as the ``n_winners``-th nearest.
    """
    zeros = load(pool, 0) & _0
    store(pool, contest.zeros, zeros)
    store(pool, contest.ones, ~zeros)
    _add(contest.adders, pool)
    for k in range(contest.digits.shape[0]):
        store(pool, contest.above + k, zeros)
        store(pool, contest.equal + k, ~zeros)
    _select(contest, pool, winners)
