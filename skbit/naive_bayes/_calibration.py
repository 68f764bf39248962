# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Calibration: what the scores of rows that were not learned say about probabilities.

The calibrated probabilities of the classes are proportional to the exponentials of
their scores, divided by the number of units in a nat.
"""

from typing import NamedTuple

import numpy as np

from skbit._utils.splitmix import splitmix64

# Rows that are learned by a model that scores others, at most, or so many per class.
_MOST_LEARNED, _MOST_LEARNED_PER_CLASS = 4096, 32
# Rows that are scored, at most, and the number below which there are more models.
_MOST_SCORED, _ENOUGH_SCORED = 4096, 512
# Scores that are used, at most, unless they are those of fewer than _ENOUGH_SCORED.
_MOST_SCORES = 2**20
_N_FOLDS = 5
# The stream of SplitMix64 that assigns rows to folds.
_SEED = 0
# The largest number of units in a nat: all whole numbers up to it are exact as float64.
_MOST_UNITS = 2**53
# Corrections of offsets saturate here, so that scores cannot overflow.
_MOST_OFFSET = 2**60


class Scored(NamedTuple):
    """Scores of rows that the scoring model has not learned.

    Attributes
    ----------
    scores : ndarray of shape (n_rows, n_classes), dtype float64
        Differences from the score of the true class; minus infinity for classes that
        the model has not seen.
    classes : ndarray of shape (n_rows,), dtype intp
    weights : ndarray of shape (n_rows,), dtype float64
    n : int
        Number of rows, by whole weights.
    """

    scores: np.ndarray
    classes: np.ndarray
    weights: np.ndarray
    n: int


def folds(n_rows, n_classes):
    """Choose rows that are scored, and rows that the models that score them learn.

    The cost is bounded: models learn at most 4,096 rows in all, or 32 per class.

    Parameters
    ----------
    n_rows, n_classes : int

    Returns
    -------
    folds : list of (learned, scored)
        Places of rows. No row is scored twice.
    """
    most_learned = max(_MOST_LEARNED, _MOST_LEARNED_PER_CLASS * n_classes)
    most_scored = max(_ENOUGH_SCORED, min(_MOST_SCORED, _MOST_SCORES // n_classes))
    if n_rows < 2:
        return []
    order = np.argsort(splitmix64(_SEED, n_rows), kind="stable")
    n_scored = -(-n_rows // _N_FOLDS)
    n_folds = -(-min(n_rows, _ENOUGH_SCORED) // n_scored)
    return [
        (
            np.sort(np.roll(order, -k * n_scored)[n_scored:][:most_learned]),
            np.sort(order[k * n_scored : (k + 1) * n_scored][:most_scored]),
        )
        for k in range(n_folds)
    ]


def scored_rows(scores, classes, weights, factors, is_seen):
    """Prepare the scores of rows.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    classes : ndarray of shape (n_rows,), dtype intp
    weights : ndarray of shape (n_rows,), or None
        Whole weights are numbers of rows.
    factors : ndarray of shape (n_classes,)
        Factors of the weights.
    is_seen : ndarray of shape (n_classes,), dtype bool
        Whether the scoring model has learned rows of each class.

    Returns
    -------
    scored : Scored
        Rows of classes that the model has not seen are left out.
    """
    known = is_seen[classes]
    scores, classes = scores[known], classes[known]
    own = np.take_along_axis(scores, classes[:, None], axis=1)
    differences = (scores - own).astype(np.float64)
    differences[:, ~is_seen] = -np.inf
    weights = np.ones(len(known), dtype=np.int64) if weights is None else weights
    weights = weights[known]
    n = weights.sum() if weights.dtype == np.int64 else len(weights)
    return Scored(differences, classes, weights * factors[classes], int(n))


def join(parts):
    """Join scored rows; the sum of their weights becomes their number."""
    scores, classes, weights, n = zip(*parts, strict=True)
    scores, classes, weights = map(np.concatenate, (scores, classes, weights))
    # A sum of large weights could overflow.
    weights = weights / weights.max(initial=1)
    return Scored(scores, classes, weights * (sum(n) / weights.sum()), sum(n))


def choose(places, n_classes):
    """Choose some of the places of rows to be scored, if they are many."""
    most = max(_ENOUGH_SCORED, min(_MOST_SCORED, _MOST_SCORES // n_classes))
    if len(places) <= most:
        return places
    return np.sort(places[np.argsort(splitmix64(_SEED, len(places)))[:most]])


def learn_units(scored, precision):
    """Return the number of units in a nat with the lowest log-loss.

    A share ``1 / (n + 1)`` of each of ``n`` rows is taken to be of any class, with
    equal probability. This keeps probabilities below 1 if no row is misclassified.

    Parameters
    ----------
    scored : Scored
    precision : int
        The result without any rows, or if all scores are equal.

    Returns
    -------
    units : int
        From 1 to ``2**53``.
    """
    from scipy.optimize import brentq

    scores, _, weights, n = scored
    finite = np.where(np.isfinite(scores), scores, 0)
    if not finite.any():
        return precision
    n_seen = np.isfinite(scores).sum(axis=1)
    target = weights @ (finite.sum(axis=1) / n_seen) / (1 + n)

    def slope(log_units):
        expected = (_softmax(scores * np.exp(-log_units)) * finite).sum(axis=1)
        return weights @ expected - target

    lowest, highest = 0.0, np.log(_MOST_UNITS)
    if slope(lowest) <= 0:
        return 1
    if slope(highest) >= 0:
        return _MOST_UNITS
    return round(np.exp(brentq(slope, lowest, highest, xtol=1e-3)))


def learn_units_and_offsets(scored, precision):
    """Return the units in a nat, and one correction for the offset of each class.

    Corrections are penalized by half of their squares in nats, so that those of classes
    with few rows stay small.

    Parameters
    ----------
    scored : Scored
    precision : int

    Returns
    -------
    units : int
    corrections : ndarray of shape (n_classes,), dtype int64
        0 for classes without scored rows.
    """
    from scipy.optimize import minimize

    units = learn_units(scored, precision)
    scores, classes, weights, _ = scored
    n_classes = scores.shape[1]
    totals = np.bincount(classes, weights, minlength=n_classes)
    finite = np.where(np.isfinite(scores), scores, 0) / units
    own = np.arange(len(classes)), classes

    def loss(parameters):
        steepness, offsets = np.exp(parameters[0]), parameters[1:]
        logits = scores / units * steepness + offsets
        likelihoods = _softmax(logits)
        with np.errstate(divide="ignore"):
            losses = -np.log(np.maximum(likelihoods[own], np.finfo(float).tiny))
        weighted = weights[:, None] * likelihoods
        slopes = (weighted * finite).sum() * steepness, weighted.sum(axis=0) - totals
        return weights @ losses + offsets @ offsets / 2, np.hstack(
            [slopes[0], slopes[1] + offsets]
        )

    found = minimize(loss, np.zeros(1 + n_classes), jac=True, method="L-BFGS-B").x
    units = int(np.clip(np.rint(units / np.exp(found[0])), 1, _MOST_UNITS))
    offsets = np.where(totals > 0, np.rint(found[1:] * units), 0)
    return units, np.clip(offsets, -_MOST_OFFSET, _MOST_OFFSET).astype(np.int64)


def _softmax(logits):
    likelihoods = np.exp(logits - logits.max(axis=1, keepdims=True))
    return likelihoods / likelihoods.sum(axis=1, keepdims=True)


def leads(scores):
    """Return by how much the score of each class exceeds the highest of the others.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_classes), dtype int64

    Returns
    -------
    leads : ndarray of shape (n_rows, n_classes), dtype int64
    """
    second, first = np.partition(scores, -2, axis=1)[:, -2:].T
    is_first = np.arange(scores.shape[1]) == scores.argmax(axis=1)[:, None]
    others = np.where(is_first, second[:, None], first[:, None])
    return scores - others


def p_values(leads_of_rows, calibration_leads, calibration_classes, by_class):
    """Return conformal p-values of all classes.

    Parameters
    ----------
    leads_of_rows : ndarray of shape (n_rows, n_classes), dtype int64
    calibration_leads : ndarray of shape (n_calibration,), dtype int64
        Leads of the true classes of the calibration rows.
    calibration_classes : ndarray of shape (n_calibration,), dtype intp
    by_class : bool
        Whether each class is compared with calibration rows of this class only.

    Returns
    -------
    p_values : ndarray of shape (n_rows, n_classes), dtype float64
    """
    result = np.empty(leads_of_rows.shape)
    everything = np.sort(calibration_leads)
    for k, column in enumerate(leads_of_rows.T):
        chosen = everything
        if by_class:
            chosen = np.sort(calibration_leads[calibration_classes == k])
        n_lower = np.searchsorted(chosen, column, side="right")
        result[:, k] = (1 + n_lower) / (1 + len(chosen))
    return result
