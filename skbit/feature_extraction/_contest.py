# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The templates of a codebook as full adders for planes of patches."""

import numpy as np

from skbit._numba.memory import read_only


class _Adders:
    """A list of full adders, and the planes that they read and write.

    Planes are numbered: first the bits of the patches, then zeros and ones, then the
    results of the adders.
    """

    def __init__(self, n_bits):
        self.zeros, self.ones = n_bits, n_bits + 1
        self.n_planes = n_bits + 2
        self.adders = []

    def new_planes(self, n):
        """Return the numbers of further planes."""
        self.n_planes += n
        return range(self.n_planes - n, self.n_planes)

    def add(self, planes):
        """Add two or three planes; return the planes of the sum and the carry."""
        outputs = self.new_planes(2)
        self.adders.append([*planes, self.zeros][:3] + list(outputs))
        return outputs


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

    n_bits = bits.shape[1]
    n_ones = bits.sum(axis=1, dtype=np.int64)
    highest = int(n_ones.max())
    n_digits = max(1, (2 * highest).bit_length())
    list_of = _Adders(64 * -(-n_bits // 64))
    sums = {}
    digits = []
    for template, constant in zip(bits, highest - n_ones, strict=True):
        # The planes of each digit: shared ones count twice.
        planes = [[] for _ in range(n_digits + 1)]
        for d in range(n_digits):
            if constant >> d & 1:
                planes[d].append(list_of.ones)
        for first in range(0, n_bits, 3):
            # Templates with the same bits among these three share an adder.
            group = tuple(first + np.flatnonzero(template[first : first + 3]))
            if len(group) == 1:
                planes[1].append(group[0])
            elif group:
                if group not in sums:
                    sums[group] = list_of.add(group)
                planes[1].append(sums[group][0])
                planes[2].append(sums[group][1])
        digits.append(_reduce(planes[:n_digits], list_of))
    adders, digits, n_planes = _reuse_planes(list_of, np.array(digits))
    scratch = n_planes + np.arange(n_digits)
    contest = Contest(
        read_only(adders.astype(np.int32)),
        read_only(np.vstack([digits, scratch]).astype(np.int32)),
        n_planes + n_digits,
        n_winners,
        list_of.zeros,
        list_of.ones,
    )
    return contest, n_planes + (1 + n_winners) * n_digits


def _reduce(planes, list_of):
    """Add planes up to one for each digit, as a tree."""
    digits = []
    for d, queue in enumerate(planes):
        while len(queue) > 1:
            total, carry = list_of.add(queue[:3])
            queue = [*queue[3:], total]
            # The score is below 2**n_digits: the carry of the last digit is zero.
            if d + 1 < len(planes):
                planes[d + 1].append(carry)
        digits.append(queue[0] if queue else list_of.zeros)
    return digits


def _reuse_planes(list_of, digits):
    """Give planes that are not needed any more to later adders.

    Returns
    -------
    adders : ndarray of shape (n_adders, 5)
    digits : ndarray of shape (n_templates, n_digits)
    n_planes : int
    """
    last_use = {}
    for i, (*inputs, _, _) in enumerate(list_of.adders):
        last_use.update(dict.fromkeys(inputs, i))
    last_use.update(dict.fromkeys(digits.ravel().tolist(), len(list_of.adders)))
    n_planes = list_of.ones + 1
    place = list(range(n_planes))
    free, adders = [], []
    for i, (*inputs, total, carry) in enumerate(list_of.adders):
        adders.append([place[plane] for plane in inputs])
        free += [place[p] for p in set(inputs) if p > list_of.ones and last_use[p] == i]
        for plane in (total, carry):
            if not free:
                free.append(n_planes)
                n_planes += 1
            place.append(free.pop())
            adders[-1].append(place[plane])
        free += [place[p] for p in (total, carry) if p not in last_use]
    return np.array(adders).reshape(-1, 5), np.array(place)[digits], n_planes
