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
    digits : (n_templates + 1, n_digits) int32 array
        Planes with the digits of each template's score, the lowest first. The last
        entry is scratch memory.
    best : int
        The first of ``n_winners * n_digits`` planes with the highest scores.
    n_winners : int
    zeros, ones : int
        Planes that are all zero and all one.
    """

    adders: np.ndarray
    digits: np.ndarray
    best: int
    n_winners: int
    zeros: int
    ones: int


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
def _is_above(pool, digits, k, best, equal):
    """Find where a template's score is above another one, or not below it."""
    above = equal
    for d in range(digits.shape[1]):
        score, other = load(pool, digits[k, d]), load(pool, best + d)
        above = score & ~other | above & ~(score ^ other)
    return above


@kernel
def _find_best(contest, pool):
    """Find the highest scores of every patch, in descending order."""
    digits, best, n_winners = contest.digits, contest.best, contest.n_winners
    n_templates, n_digits = digits.shape[0] - 1, digits.shape[1]
    zeros = load(pool, contest.zeros)
    for p in range(n_winners * n_digits):
        store(pool, best + p, zeros)
    for k in range(n_templates):
        # The score takes the place of a lower one, which goes on to the next place.
        of = k
        for i in range(n_winners):
            first = best + i * n_digits
            above = _is_above(pool, digits, of, first, zeros)
            for d in range(n_digits):
                score, other = load(pool, digits[of, d]), load(pool, first + d)
                change = (score ^ other) & above
                store(pool, first + d, other ^ change)
                if i + 1 < n_winners:
                    store(pool, digits[n_templates, d], score ^ change)
            of = n_templates


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
    _find_best(contest, pool)
    last = contest.best + (contest.n_winners - 1) * contest.digits.shape[1]
    for k in range(contest.digits.shape[0] - 1):
        store(winners, k, _is_above(pool, contest.digits, k, last, ~zeros))
