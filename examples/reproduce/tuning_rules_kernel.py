# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning in floating point with rules that the package does not have."""

from typing import NamedTuple

import numba
import numpy as np

from skbit.bits import unpack_bits


class Rule(NamedTuple):
    """How weights are counted and tuned.

    Attributes
    ----------
    n_passes : int
    step : float
        The first one, in nats.
    margin : float
        As that of ``OttoScoreClassifier``.
    is_cosine : bool
        Whether steps fall.
    is_averaged : bool
        Whether the corrections are the mean of those after every visit.
    decay : float
        Share of the corrections that is lost after a pass.
    dropped : float
        Share of the ferns that is not read at a visit.
    counts_balance, steps_balance : float
        Exponent of the factors of classes that make them equally frequent.
    alpha : float
        Smoothing of the counts.
    stops_on : {"accuracy", "loss"} or None
        What of a tenth of the rows that is not learned decides which pass is kept.
    """

    n_passes: int
    step: float
    margin: float
    is_cosine: bool = True
    is_averaged: bool = False
    decay: float = 0.0
    dropped: float = 0.0
    counts_balance: float = 0.0
    steps_balance: float = 0.0
    alpha: float = 1.0
    stops_on: str | None = None


def tune(rule, X, y, X_test, n_classes):
    """Return the scores of test rows, after learning packed rows with a rule."""
    rng = np.random.RandomState(0)
    ones, ones_test = places_of_ones(X), places_of_ones(X_test)
    n_bits = 32 * X.shape[1]
    learned, held = np.arange(len(y)), None
    if rule.stops_on is not None:
        order = rng.permutation(len(y))
        held, learned = order[: len(y) // 10], order[len(y) // 10 :]
    counted, offsets, balance = count(
        ones[learned], y[learned], n_bits, n_classes, rule
    )
    weights, total = counted.copy(), np.zeros_like(counted)
    margin = rule.margin * 2 * rule.step * ones.shape[1]
    best, n_visits = None, 0
    for i in range(rule.n_passes):
        fall = (1 + np.cos(np.pi * i / rule.n_passes)) / 2 if rule.is_cosine else 1
        order = rng.permutation(learned)
        steps = rule.step * fall * balance[y[order]] ** rule.steps_balance
        is_read = rng.rand(64, ones.shape[1]) >= rule.dropped
        visit(
            ones, y, order, steps, margin, is_read, rng.randint(64, size=len(order)),
            offsets, weights, total, n_visits,
        )  # fmt: skip
        n_visits += len(order)
        weights += rule.decay * (counted - weights)
        if held is not None:
            value = -loss_of(
                add(ones[held], weights, offsets), y[held], margin, rule.stops_on
            )
            if best is None or value > best[0]:
                best = value, weights.copy()
    if rule.is_averaged:
        # Each correction counts for the visits that were left.
        weights -= total / n_visits
    if best is not None:
        weights = best[1]
    return add(ones_test, weights, offsets)


def loss_of(scores, y, margin, kind):
    """Return the share of errors, or the mean of what leads lack of the margin."""
    own = scores[np.arange(len(y)), y].copy()
    scores[np.arange(len(y)), y] = -np.inf
    lacking = margin - (own - scores.max(axis=1))
    return np.mean(lacking > margin if kind == "accuracy" else np.maximum(lacking, 0))


def places_of_ones(X):
    """Return the places of the ones of rows that have equally many of them."""
    return np.nonzero(unpack_bits(X))[1].reshape(len(X), -1)


def count(ones, y, n_bits, n_classes, rule):
    """Return the log-odds and offsets of naive Bayes, and factors of the classes."""
    rows = np.bincount(y, minlength=n_classes).astype(float)
    counts = np.zeros((n_bits, n_classes))
    np.add.at(counts, (ones, y[:, None]), 1.0)
    balance = np.where(rows > 0, rows.sum() / (n_classes * np.maximum(rows, 1)), 1)
    counts, rows = (part * balance**rule.counts_balance for part in (counts, rows))
    is_seen = counts.any(axis=1, keepdims=True)
    zeros = rows - counts + rule.alpha
    weights = np.where(is_seen, np.log((counts + rule.alpha) / zeros), 0)
    shares = np.where(is_seen, np.log(zeros / (rows + 2 * rule.alpha)), 0)
    with np.errstate(divide="ignore"):
        priors = np.maximum(np.log(rows / rows.sum()), -1e9)
    return weights, shares.sum(axis=0) + priors, balance


@numba.njit
def add(ones, weights, offsets):
    """Return the scores of rows."""
    scores = np.empty((ones.shape[0], weights.shape[1]))
    for i in range(ones.shape[0]):
        scores[i] = offsets
        for place in ones[i]:
            scores[i] += weights[place]
    return scores


@numba.njit
def visit(
    ones, y, order, steps, margin, is_read, masks, offsets, weights, total, n_before
):
    """Visit rows once and correct weights; ``total`` weighs corrections by time."""
    n_ferns, n_classes = ones.shape[1], weights.shape[1]
    for o in range(order.size):
        i, step, mask = order[o], steps[o], is_read[masks[o]]
        scores = np.zeros(n_classes)
        n_read = 0
        for f in range(n_ferns):
            if mask[f]:
                n_read += 1
                for k in range(n_classes):
                    scores[k] += weights[ones[i, f], k]
        scores = scores * (n_ferns / max(n_read, 1)) + offsets
        true, rival = y[i], -1
        for k in range(n_classes):
            if k != true and (rival < 0 or scores[k] > scores[rival]):
                rival = k
        if scores[true] - scores[rival] >= margin:
            continue
        for f in range(n_ferns):
            if mask[f]:
                place = ones[i, f]
                weights[place, true] += step
                weights[place, rival] -= step
                total[place, true] += step * (n_before + o)
                total[place, rival] -= step * (n_before + o)
