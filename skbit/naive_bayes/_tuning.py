# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning: rows that are misclassified, or not clearly enough, correct the log-odds."""

import functools
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from skbit._base import read_only
from skbit._numba.memory import LANES, empty_planes
from skbit._utils.blocks import rows_per_call, slices
from skbit.bits import n_containers
from skbit.naive_bayes._counting import copy_by_rows, mean_ones
from skbit.naive_bayes._few_ones import TuningOfFewOnes, largest_absolute
from skbit.naive_bayes._kernels.structures import Block, Rule, Visits, Weights
from skbit.naive_bayes._log_odds import MIN_OFFSET, saturated_sum
from skbit.naive_bayes._low_precision import (
    Rounding,
    find_rounding,
    lower_precision,
    shares_of,
)
from skbit.naive_bayes._rows import take_rows
from skbit.naive_bayes._scoring import MOST_WITHOUT_TABLE, score

_INT32_MAX = np.iinfo(np.int32).max
# Rows that are scored at once, at most, if a batch is not larger.
_MOST_ROWS_PER_BLOCK = 128


def _cosine(learning_rate_init, i, n_passes):
    return learning_rate_init * ((1 + np.cos(np.pi * i / n_passes)) / 2)


def _constant(learning_rate_init, i, n_passes):
    return learning_rate_init


# The learning rate, in nats, of tuning pass ``i`` of ``n_passes``, counted from 0.
LEARNING_RATES = {"cosine": _cosine, "constant": _constant}


class Settings(NamedTuple):
    """The parameters of the classifier that decide how it is tuned."""

    precision: int
    weight_bits: int | None
    max_iter: int
    learning_rate_init: float
    learning_rate: str
    margin: float
    rivals: str
    batch_size: int
    shuffle: bool
    n_iter_no_change: int
    tol: float
    random_state: object
    n_jobs: int | None


class Start(NamedTuple):
    """Where tuning begins, if earlier calls have tuned on other rows.

    Attributes
    ----------
    number : int
        That of the pass.
    shift : int or None
        Exponent of the power of two that weights of few bits are rounded to, if it has
        been chosen.
    """

    number: int = 0
    shift: int | None = None


START = Start()


class Rows(NamedTuple):
    """Rows with their classes and weights.

    Attributes
    ----------
    bits : ndarray of shape (n_rows, n_containers), dtype uint32, or Ones
    classes : ndarray of shape (n_rows,), dtype intp
    weights : ndarray of shape (n_rows,)
        Factors of the corrections, not negative.
    """

    bits: object
    classes: np.ndarray
    weights: np.ndarray


class Tuned(NamedTuple):
    """What tuning returns.

    Attributes
    ----------
    corrections, weights : ndarrays of shape (n_classes, n_bits), dtype int32
    shift : int or None
        Exponent of the power of two that the weights are rounded to, of few bits.
    train_scores : list of float
        Accuracy of each pass.
    validation_scores : list of float
        Accuracy before tuning and after each pass. Empty without validation.
    """

    corrections: np.ndarray
    weights: np.ndarray
    shift: int | None
    train_scores: list
    validation_scores: list


def tune(
    model, corrections, counts, train, validation, settings, progress, start=START
):
    """Tune in passes over the training rows.

    Parameters
    ----------
    model : LogOdds
    corrections : ndarray of shape (n_classes, n_bits), dtype int32, or None
        Those to begin with, if there are any.
    counts : Counts
        The unit of the margin depends on the mean number of ones of a row, and the
        rounding of weights on the number of rows with each bit.
    train : Rows
    validation : Rows or None
        With these, tuning stops early and the best corrections are returned.
    settings : Settings
    progress : Progress
        The passes that are left are those of tuning.
    start : Start
        Where tuning begins.

    Returns
    -------
    tuned : Tuned
        New arrays.
    """
    _check_rows(train, validation)
    log_odds, offsets = read_only(model.weights), read_only(model.offsets)
    if corrections is None:
        weights = Weights(log_odds, np.zeros_like(log_odds), copy_by_rows(log_odds))
    else:
        sums = saturated_sum(log_odds, corrections)
        weights = Weights(log_odds, copy_by_rows(corrections), sums)
    train_scores, validation_scores, shift = [], [], None
    n_ones = mean_ones(counts)
    shares = None if settings.weight_bits is None else shares_of(counts)

    in_lists = TuningOfFewOnes(weights, offsets, train.bits)

    def stored():
        in_lists.write_back()
        return _stored(weights.sums, offsets, settings.weight_bits, shares, shift)

    if validation is not None:
        best, best_shift, n_waited = copy_by_rows(weights.corrections), None, 0
        validation_scores.append(_accuracy(validation, stored(), settings))
    margin = margin_in_units(settings, n_ones)
    passes = _passes(weights, in_lists, offsets, train, margin, shares, settings, start)
    # The pass begins when progress yields its number.
    for _, (accuracy, shift) in zip(progress, passes, strict=False):
        train_scores.append(accuracy)
        figures = {"training": accuracy}
        if validation is not None:
            highest = max(validation_scores)
            validation_scores.append(_accuracy(validation, stored(), settings))
            rise = validation_scores[-1] - highest
            if rise > 0:
                best, best_shift = copy_by_rows(weights.corrections), shift
            n_waited = 0 if rise > settings.tol else n_waited + 1
            figures["validation"] = validation_scores[-1]
            if n_waited == settings.n_iter_no_change:
                progress.stop()
        attributes = functools.partial(_attributes, weights, stored)
        progress.report(attributes, **figures)
    in_lists.write_back()
    if validation is None:
        best, sums = weights.corrections, weights.sums
    else:
        sums, shift = saturated_sum(log_odds, best), best_shift
    return Tuned(best, sums, shift, train_scores, validation_scores)


def _check_rows(train, validation):
    """Raise if no row has a weight above 0, to tune on or to validate with."""
    if not np.any(train.weights):
        raise ValueError("All rows that tuning could visit have a weight of zero.")
    if validation is not None and not np.any(validation.weights):
        raise ValueError(
            "All rows that early stopping has set aside have a weight of zero."
        )


def _attributes(weights, stored):
    """Return copies of the fitted attributes that tuning changes, by name."""
    rounded, offsets, change = stored()
    attributes = {
        "untuned_weights_": weights.log_odds,
        "weight_corrections_": copy_by_rows(weights.corrections),
        "weights_": copy_by_rows(rounded),
    }
    if change is not None:
        attributes |= {"offsets_": offsets, "rounding_offsets_": change}
    return attributes


def _stored(sums, offsets, bits, shares, shift):
    """Return the weights and offsets that predict.

    If the weights have few bits, they are rounded, and the change of the offsets is
    returned as well, else None.
    """
    if bits is None:
        return sums, offsets, None
    rounding = Rounding(bits, shift, shares)
    if shift is None:
        rounding = find_rounding(sums, bits, shares)
    rounded, change = lower_precision(sums, rounding)
    return rounded, offsets + change, change


def _accuracy(rows, stored, settings):
    """Return the accuracy on rows, weighted by their weights."""
    stored, offsets, _ = stored
    scores = score(rows.bits, stored, offsets, settings.n_jobs)
    return float(
        np.average(scores.argmax(axis=1) == rows.classes, weights=rows.weights)
    )


def margin_in_units(settings, mean_ones):
    """Convert the margin to units of the scores. It saturates at the highest offset.

    A correction at the initial learning rate raises the score of one class and lowers
    that of another, each by the learning rate times the ones of the row. Margins are
    multiples of this change for a row with the mean number of ones.

    Parameters
    ----------
    settings : Settings
    mean_ones : float

    Returns
    -------
    units : int
    """
    if settings.margin == 0 or mean_ones == 0:
        return 0
    with np.errstate(over="ignore", under="ignore"):
        change = 2 * np.float64(settings.learning_rate_init) * mean_ones
        units = np.rint(settings.margin * change * settings.precision)
    return int(min(units, -MIN_OFFSET))


def steps_in_units(learning_rate, precision, row_weights):
    """Return what the corrections of rows add to weights. Too large ones saturate.

    Parameters
    ----------
    learning_rate : float
        In nats.
    precision : int
    row_weights : ndarray of shape (n_rows,)

    Returns
    -------
    steps : ndarray of shape (n_rows,), dtype int64
        From 0 to the largest int32.
    """
    with np.errstate(over="ignore"):
        steps = np.rint(np.float64(learning_rate) * precision * row_weights)
    return np.minimum(steps, _INT32_MAX).astype(np.int64)


def _passes(weights, in_lists, offsets, train, margin, shares, settings, start):
    """Run the tuning passes one by one; yield the training accuracy of each.

    ``weights`` are changed in place, or by ``in_lists``. Weights of few bits are tuned
    exactly in the first half of the passes, and through their rounding in the others.
    The power of two that they are rounded to is chosen in between, and yielded as well.
    """
    rng = check_random_state(settings.random_state)
    visited = np.flatnonzero(train.weights)
    batch_size = min(int(settings.batch_size), len(visited))
    rule = Rule(margin, batch_size, settings.rivals == "all")
    n_passes, rounding = settings.max_iter - 1, None
    if start.shift is not None:
        rounding = Rounding(settings.weight_bits, start.shift, shares)
    for i in range(start.number, n_passes):
        rate = LEARNING_RATES[settings.learning_rate](
            settings.learning_rate_init, i, n_passes
        )
        order = rng.permutation(visited) if settings.shuffle else visited
        steps = steps_in_units(rate, settings.precision, train.weights[order])
        is_rounded = settings.weight_bits is not None and i >= n_passes // 2
        if is_rounded and rounding is None:
            in_lists.write_back()
            rounding = find_rounding(weights.sums, settings.weight_bits, shares)
        visits, n_correct = Visits(order, train.classes[order], steps), 0
        if in_lists.pays and batch_size == 1 and rounding is None:
            n_visited, n_correct = in_lists.run(visits, rule)
            visits = Visits(*(array[n_visited:] for array in visits))
        n_correct += _run_pass(weights, rounding, offsets, train.bits, visits, rule)
        yield n_correct / len(order), None if rounding is None else rounding.shift


def _run_pass(weights, rounding, offsets, bits, visits, rule):
    """Visit rows once, and correct ``weights`` in place.

    Rows are scored a block at a time, because that is several times faster than row by
    row, and the kernel keeps the scores of the block up to date while weights change.
    It could not where a weight saturates; there, blocks shrink to one batch. Weights
    of few bits are rounded anew for every block.

    Parameters
    ----------
    weights : Weights
    rounding : Rounding or None
    offsets : ndarray of shape (n_classes,), dtype int64
    bits : ndarray of shape (n_rows, n_containers), dtype uint32, or Ones
    visits : Visits
    rule : Rule

    Returns
    -------
    n_correct : int
        Visited rows that were predicted right at their visit.
    """
    order, classes, steps = visits
    n_correct = begin = 0
    if not len(order):
        return n_correct
    batch_size = rule.batch_size
    n_words = n_containers(weights.sums.shape[1])
    most = rows_per_call(n_words * max(len(offsets), LANES), _MOST_ROWS_PER_BLOCK)
    block_size = batch_size * max(1, most // batch_size)
    scratch = _make_scratch(most, *weights.sums.shape)
    sums_of_steps = np.append(0, np.cumsum(steps))
    highest, is_exact = largest_absolute(weights), True
    most_steps = len(offsets) - 1 if rule.all_rivals else 1
    while begin < len(order):
        end = min(begin + block_size, len(order))
        change = most_steps * int(sums_of_steps[end] - sums_of_steps[begin])
        if highest + change > _INT32_MAX and not is_exact:
            highest, is_exact = largest_absolute(weights), True
        may_saturate = highest + change > _INT32_MAX
        if may_saturate:
            end = min(begin + batch_size, len(order))
        rows = read_only(take_rows(bits, order[begin:end]))
        stored, changed = weights.sums, offsets
        if rounding is not None:
            stored, change = lower_precision(stored, rounding)
            changed = offsets + change
        scores = _score_block(rows, stored, changed, scratch)
        block = Block(
            rows, classes[begin:end], steps[begin:end], scores, scratch.rivals
        )
        n_right, change = _correct_block(block, rule, may_saturate, weights, scratch)
        n_correct += n_right
        highest += change
        is_exact = is_exact and change == 0
        begin = end
    return n_correct


def _correct_block(block, rule, may_saturate, weights, scratch):
    """Correct the rows of a block, so many in a call that it takes no long time."""
    from skbit.naive_bayes._kernels.tune import correct_rows

    n_rows, n_words = block.rows.shape
    # A correction reads and writes the weights of two classes, or of all.
    n_at_once = rows_per_call(n_words * (16 + n_rows // 8))
    n_correct = total_change = 0
    for part in slices(n_rows, n_at_once):
        n_right, change = correct_rows(
            block, part.start, part.stop, rule, may_saturate, weights, scratch.masks
        )
        n_correct += n_right
        total_change += change
    return n_correct, total_change


class _Scratch(NamedTuple):
    """Memory that is used again for every block of a pass."""

    table: np.ndarray
    sums: np.ndarray
    scores: np.ndarray
    masks: np.ndarray
    rivals: np.ndarray


def _make_scratch(n_rows, n_classes, n_bits):
    from skbit.naive_bayes._kernels.score import TABLE

    return _Scratch(
        table=empty_planes(TABLE),
        sums=empty_planes(n_rows),
        scores=np.empty((n_rows, n_classes), dtype=np.int64),
        masks=np.empty(n_bits, dtype=np.int32),
        rivals=np.empty(n_classes, dtype=np.intp),
    )


def _score_block(rows, weights, offsets, scratch):
    """Score the rows of a block, in memory of ``scratch`` where this pays."""
    from skbit.naive_bayes._kernels.score import score_rows

    if not MOST_WITHOUT_TABLE < len(rows) <= len(scratch.scores):
        return score(rows, weights, offsets, None)
    scores = scratch.scores[: len(rows)]
    score_rows(rows, read_only(weights), offsets, scratch.table, scratch.sums, scores)
    return scores
