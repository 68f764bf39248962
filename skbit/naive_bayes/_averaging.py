# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Averaged tuning: the mean of what copies of a classifier learned from their parts.

Sums are integers, so they are the same in any order and by any tree.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from skbit._utils.merging import are_equal, check_alike


class Changes(NamedTuple):
    """What tuning has changed in copies of a classifier, summed over them.

    Attributes
    ----------
    n : int
        Number of copies.
    weight_corrections : ndarray of shape (n_classes, n_bits), dtype int64
    offset_corrections : ndarray of shape (n_classes,), dtype object
        Integers of Python, because int64 could overflow.
    units : int
    shifts : set of int or None
        The exponents to which weights of few bits were rounded.
    n_iter : int
        Number of tuning passes, the largest of all copies.
    n_samples_seen : int
        Rows that were visited.
    train_scores : list of list of float
        Those of each copy.
    """

    n: int
    weight_corrections: np.ndarray
    offset_corrections: np.ndarray
    units: int
    shifts: frozenset
    n_iter: int
    n_samples_seen: int
    train_scores: list


def what_tuning_changed(model, tuned, stacklevel=2):
    """Return what has changed in one copy of a classifier.

    Parameters
    ----------
    model, tuned : OttoScoreClassifier
        ``tuned`` must have the counts of ``model`` and more tuning passes.
    stacklevel : int
        That of a warning about names of features.
    """
    check_alike(model, tuned, "classifiers", stacklevel=stacklevel + 1)
    for name in ("classes_", "class_count_", "feature_count_"):
        if not are_equal(getattr(tuned, name), getattr(model, name)):
            raise ValueError(
                "Only corrections of copies of this classifier can be averaged, but "
                f"one has another {name}."
            )
    n_iter = tuned.n_iter_ - model.n_iter_
    if tuned._corrections is None or n_iter < 1:
        raise ValueError("A copy was not tuned further than this classifier. Tune it.")
    offsets = np.zeros(len(model.classes_), dtype=np.int64) + tuned._offset_corrections
    return Changes(
        1,
        tuned._corrections.astype(np.int64),
        offsets.astype(object),
        int(tuned.units_per_nat_),
        frozenset([getattr(tuned, "weight_shift_", None)]),
        n_iter,
        tuned.n_samples_seen_ - model.n_samples_seen_,
        [tuned.train_scores_[-n_iter:]],
    )


def add_changes(a, b):
    """Return the changes of the copies of both."""
    return Changes(
        a.n + b.n,
        a.weight_corrections + b.weight_corrections,
        a.offset_corrections + b.offset_corrections,
        a.units + b.units,
        a.shifts | b.shifts,
        max(a.n_iter, b.n_iter),
        a.n_samples_seen + b.n_samples_seen,
        a.train_scores + b.train_scores,
    )


def rounded_mean(total, n):
    """Return a sum of n integers divided by n and rounded; halves are rounded up."""
    return (2 * total + n) // (2 * n)


def mean_scores(train_scores):
    """Return the mean accuracy of each pass, over the copies that made it."""
    of_passes = itertools.zip_longest(*train_scores)
    made = ([score for score in scores if score is not None] for scores in of_passes)
    # The sum is rounded once, so the order of the copies does not matter.
    return [math.fsum(scores) / len(scores) for scores in made]
