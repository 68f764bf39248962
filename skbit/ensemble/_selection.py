# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Scores of rows that were not learned, and the choice of members by them."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from skbit.ensemble._members import fit_member, integer_scores
from skbit.ensemble._scale import on_one_scale, shifts_of


def scores_of_others(members, rows, keywords, classes, splits, n_jobs):
    """Score the test rows of splits by members that learn the training rows.

    Parameters
    ----------
    members : list of estimator
    rows : Rows
    keywords : list of str or None
        How each member takes weights.
    classes : ndarray of shape (n_classes,)
    splits : list of tuple (train, test)
        Places of rows.
    n_jobs : int or None

    Returns
    -------
    scores : list of ndarray of shape (n_scored, n_classes), dtype int64
        Those of each member on one scale, which is learned on the training rows of a
        split. Sums of any of them are exact.
    """
    found = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_score_others)(clone(member), rows, keyword, classes, split)
        for split in splits
        for member, keyword in zip(members, keywords, strict=True)
    )
    parts = []
    for start in range(0, len(found), len(members)):
        scores, totals = zip(*found[start : start + len(members)], strict=True)
        parts.append(on_one_scale(scores, shifts_of(totals)))
    return [np.concatenate(scores) for scores in zip(*parts, strict=True)]


def _score_others(member, rows, keyword, classes, split):
    train, test = split
    member, total = fit_member(member, rows.take(train), keyword, classes)
    return integer_scores(member, rows.take(test).X), total


def select(scores, y, weights, n_selected):
    """Add the member that helps most, one after another.

    Parameters
    ----------
    scores : list of ndarray of shape (n_rows, n_classes), dtype int64
        Those of each member, on one scale.
    y : ndarray of shape (n_rows,)
        Places of the true classes.
    weights : ndarray of shape (n_rows,) or None
    n_selected : int
        The largest number of members.

    Returns
    -------
    selected : list of int
        Places of members, in the order in which they were added, up to the sum with
        the highest accuracy, the first of several equal ones.
    accuracies : list of float
        The accuracy of the sum after each of them.
    """
    total, left = np.zeros_like(scores[0]), list(range(len(scores)))
    selected, accuracies = [], []
    while left and len(selected) < n_selected:
        found = [_accuracy(total + scores[place], y, weights) for place in left]
        best = int(np.argmax(found))
        accuracies.append(found[best])
        selected.append(left.pop(best))
        total += scores[selected[-1]]
    n = int(np.argmax(accuracies)) + 1
    return selected[:n], accuracies[:n]


def _accuracy(scores, y, weights):
    return float(np.average(scores.argmax(axis=1) == y, weights=weights))
