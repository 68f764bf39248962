# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The templates of a codebook as full adders for planes of patches."""

from itertools import chain, zip_longest

import numpy as np

from skbit._numba.memory import read_only

# Templates whose adders take turns, because adders that follow each other are faster
# if none waits for the result of another.
_TURNS = 4


class _Adders:
    """A list of full adders, and the planes that they read and write.

    Planes are numbered: first the bits of the patches, then zeros and ones, then the
    results of the adders.
    """

    def __init__(self, n_bits):
        self.zeros, self.ones = n_bits, n_bits + 1
        self.n_planes = n_bits + 2
        self.adders = []

    def add(self, planes):
        """Add two or three planes; return the planes of the sum and the carry."""
        total, carry = self.n_planes, self.n_planes + 1
        self.n_planes += 2
        inputs = [*planes, self.zeros][:3]
        self.adders.append([*inputs, total, carry])
        return total, carry

    def take(self):
        """Return the adders since the last call."""
        adders, self.adders = self.adders, []
        return adders


def write_contest(bits, n_winners):
    """Write the adders that compute the scores of templates.

    Parameters
    ----------
    bits : ndarray of shape (n_templates, n_bits), dtype uint8
        The templates.
    n_winners : int

    Returns
    -------
    contest : Contest
    n_planes : int
        Planes of the pool.
    """
    from skbit.feature_extraction._kernels.compete import Contest

    n_templates, n_bits = bits.shape
    n_ones = bits.sum(axis=1, dtype=np.int64)
    constants = n_ones.max() - n_ones
    n_digits = max(1, int(2 * n_ones.max()).bit_length())
    planner = _Adders(64 * -(-n_bits // 64))
    terms = _shared_terms(bits, planner)
    adders, digits, of_templates = planner.take(), [], []
    for (ones, twos), constant in zip(terms, constants.tolist(), strict=True):
        # Shared ones count twice.
        planes = [[], ones, twos, *([] for _ in range(n_digits))][:n_digits]
        for d in range(n_digits):
            planes[d] += [planner.ones] * (constant >> d & 1)
        digits.append([*_reduce(planes, planner), planner.zeros])
        of_templates.append(planner.take())
    for first in range(0, n_templates, _TURNS):
        turns = zip_longest(*of_templates[first : first + _TURNS])
        adders += [adder for adder in chain.from_iterable(turns) if adder]
    adders, digits, n_planes = _reuse_planes(adders, np.array(digits), planner)
    above = n_planes
    equal = above + n_templates
    counts = equal + n_templates
    contest = Contest(
        read_only(adders),
        read_only(digits),
        planner.zeros,
        planner.ones,
        above,
        equal,
        counts,
        n_winners,
    )
    return contest, counts + n_winners


def _shared_terms(bits, planner):
    """Return the planes whose sum is the number of ones that each template shares.

    Ones are added in groups of three bits. Templates that have the same ones in a group
    share an adder.

    Returns
    -------
    terms : list of tuple of list
        For each template, the planes that count once and those that count twice.
    """
    sums, terms = {}, []
    for template in bits:
        ones, twos = [], []
        for first in range(0, len(template), 3):
            group = tuple(
                (first + np.flatnonzero(template[first : first + 3])).tolist()
            )
            if len(group) == 1:
                ones += group
            elif group:
                if group not in sums:
                    sums[group] = planner.add(group)
                ones.append(sums[group][0])
                twos.append(sums[group][1])
        terms.append((ones, twos))
    return terms


def _reduce(planes, planner):
    """Add planes up to one for each digit, as a tree."""
    digits = []
    for d, queue in enumerate(planes):
        while len(queue) > 1:
            total, carry = planner.add(queue[:3])
            queue = [*queue[3:], total]
            # The carry of the last digit is zero: there are digits for the largest sum.
            if d + 1 < len(planes):
                planes[d + 1].append(carry)
        digits.append(queue[0] if queue else planner.zeros)
    return digits


def _reuse_planes(adders, digits, planner):
    """Give planes that are not needed any more to later adders.

    Returns
    -------
    adders : ndarray of shape (n_adders, 5), dtype int32
    digits : ndarray of shape (n_templates, n_digits + 1), dtype int32
    n_planes : int
    """
    last_use = {}
    for i, (*inputs, _, _) in enumerate(adders):
        last_use.update(dict.fromkeys(inputs, i))
    last_use.update(dict.fromkeys(digits.ravel().tolist(), len(adders)))
    n_planes = planner.ones + 1
    place = np.arange(planner.n_planes)
    free, placed = [], []
    for i, (*inputs, total, carry) in enumerate(adders):
        placed.append([place[plane] for plane in inputs])
        free += [place[p] for p in set(inputs) if p > planner.ones and last_use[p] == i]
        for plane in (total, carry):
            if not free:
                free.append(n_planes)
                n_planes += 1
            place[plane] = free.pop()
            placed[-1].append(place[plane])
        free += [place[p] for p in (total, carry) if p not in last_use]
    placed = np.array(placed, dtype=np.int32).reshape(-1, 5)
    return placed, place[digits].astype(np.int32), n_planes
