# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The scales of members as powers of two, and sums of scores on one scale.

Members count in units of their own. The lead of a row is the highest score minus the
second highest, and the total lead of the training rows tells how large the unit of a
member is. All arithmetic is that of integers and fractions, so it is exact.
"""

from fractions import Fraction

import numpy as np

LARGEST_SHIFT = 62


def total_lead(scores, weights):
    """Sum the leads of rows.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    weights : ndarray of shape (n_rows,) or None
        Factors of the leads.

    Returns
    -------
    total : int or Fraction
    """
    highest = np.partition(scores, -2, axis=1)[:, -2:].astype(np.uint64)
    # Differences of int64 fit into uint64.
    leads = (highest[:, 1] - highest[:, 0]).tolist()
    if weights is None:
        return sum(leads)
    if weights.dtype.kind == "f":
        weights = map(Fraction, weights.tolist())
    else:
        weights = weights.tolist()
    return sum(lead * weight for lead, weight in zip(leads, weights, strict=True))


def shifts_of(totals):
    """Return the number of bits by which the scores of each member are shifted.

    The shift of a member is the smallest that makes its total lead at least the highest
    one divided by the square root of 2, and at most 62. It is 0 for a member without
    any lead.

    Parameters
    ----------
    totals : list of int or Fraction
        The total leads.

    Returns
    -------
    shifts : ndarray of shape (n_members,), dtype int64
    """
    highest = max(totals)
    return np.array([_shift(total, highest) for total in totals], dtype=np.int64)


def _shift(total, highest):
    shift = 0
    while total and 2 * (total * 2**shift) ** 2 < highest**2 and shift < LARGEST_SHIFT:
        shift += 1
    return shift


def limits_of(shifts):
    """Return the largest absolute value of a score of each member, before its shift.

    Scores beyond it saturate, so that the sum of all members fits into int64.

    Parameters
    ----------
    shifts : ndarray of shape (n_members,), dtype int64

    Returns
    -------
    limits : ndarray of shape (n_members,), dtype int64
    """
    return (2**63 - 1) // len(shifts) >> shifts


def on_one_scale(scores, shifts):
    """Shift the scores of members, so that sums of any of them are exact.

    Parameters
    ----------
    scores : list of ndarray of shape (n_rows, n_classes), dtype int64
    shifts : ndarray of shape (n_members,), dtype int64

    Returns
    -------
    shifted : list of ndarray of shape (n_rows, n_classes), dtype int64
    """
    return [
        np.clip(part, -limit, limit) << shift
        for part, limit, shift in zip(scores, limits_of(shifts), shifts, strict=True)
    ]
