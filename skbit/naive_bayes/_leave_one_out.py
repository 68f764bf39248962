# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores that rows would have if they had not been counted.

One row less changes the log-odds of its class and the priors. Bits that no other row
has are no evidence any more. The scores are equal to those of a classifier that was
fitted without the row.
"""

import numpy as np

from skbit.naive_bayes import _log_odds
from skbit.naive_bayes._counting import Counts
from skbit.naive_bayes._scoring import score

_INT32 = np.iinfo(np.int32)


def score_each_uncounted(rows, classes, counts, derived, settings, n_jobs):
    """Score counted rows, each with the counts of all others.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or Ones
    classes : ndarray of shape (n_rows,), dtype intp
        The classes of the rows; each has another row.
    counts : Counts
        Whole numbers, with the rows.
    derived : LogOdds
        What followed from the counts.
    settings : skbit.naive_bayes._log_odds.Settings
        The factors of the classes are taken as they are.
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    weights, offsets, is_seen = derived
    # The counts of some classes at once would be a copy of them.
    totals = sum(counts.bits[k] for k in np.flatnonzero(settings.factors))
    # Bits that no row has without this one. They are no evidence then.
    alone = (totals == 1).astype(np.int32)
    n_alone = score(rows, alone[None], np.zeros(1, dtype=np.int64), n_jobs)
    scores = score(rows, weights, offsets, n_jobs)
    for k in range(len(offsets)):
        is_own = classes == k
        evidence, shares = _log_odds.log_odds_of_class(
            k, counts, settings, np.zeros(1, dtype=np.int64)
        )
        scores[:, k] -= n_alone[:, 0] * (int(evidence[0]) + shares[0])
        if is_own.any():
            scores[is_own, k] = _score_own(
                rows[is_own], k, counts, settings, is_seen, alone, n_jobs
            )
    return _with_priors(scores, classes, counts.classes, settings)


def _score_own(rows, k, counts, settings, is_seen, alone, n_jobs):
    """Score rows of a class with one row of it less; without the prior."""
    ones = counts.bits[k]
    fewer = Counts(counts.classes - 1, counts.bits)
    n_fewer = fewer.classes[k]
    _, shares_of_zeros = _log_odds.log_odds_of_class(
        k, fewer, settings, np.minimum(ones, n_fewer)
    )
    log_odds, shares_of_ones = _log_odds.log_odds_of_class(
        k, fewer, settings, np.maximum(ones - 1, 0)
    )
    of_ones = np.where(alone, 0, shares_of_ones + log_odds) - shares_of_zeros
    of_ones = np.clip(of_ones * is_seen, _INT32.min, _INT32.max).astype(np.int32)
    offset = shares_of_zeros[is_seen].sum(keepdims=True)
    return score(rows, of_ones[None], offset, n_jobs)[:, 0]


def _with_priors(scores, classes, class_count, settings):
    """Replace the priors that scores contain by those of one row less."""
    present = _log_odds.log_priors(class_count, settings)
    for k in np.unique(classes):
        is_own = classes == k
        fewer = class_count - (np.arange(len(class_count)) == k)
        priors = _log_odds.log_priors(fewer, settings)
        own = scores[is_own]
        own += priors - present
        # The scores of the class itself have no prior yet.
        own[:, k] += present[k]
        scores[is_own] = own
    return scores
