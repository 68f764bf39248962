# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the log-odds classifier: counting, scoring, tuning."""

import numpy as np

from skbit import _kernels
from skbit._blocks import run_blocks

_LARGEST = np.iinfo(np.int32).max
# The offset of a class that was never seen: no sum of log-odds makes up for it.
_NEVER = -(2**62)
# Batches up to this many rows are scored without a table.
_FEW_ROWS = 4
# What one thread does at a time: rows to score, containers to count in.
_ROWS_PER_TASK = 1024
_CONTAINERS_PER_TASK = 64
# Rows that tuning scores at once, at least.
_TUNING_BLOCK = 128


def count(words, classes, weights, class_count, feature_count, n_jobs):
    """Return the counts with those of more rows added.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    classes : ndarray of shape (n_rows,), dtype intp
    weights : ndarray of shape (n_rows,), dtype int64 or float64, or None
    class_count : ndarray of shape (n_classes,)
    feature_count : ndarray of shape (n_classes, n_bits)
    n_jobs : int or None

    Returns
    -------
    class_count, feature_count : ndarrays
        New arrays; of dtype float64 if they or the weights were.
    """
    n_classes = len(class_count)
    if weights is None:
        order = np.argsort(classes, kind="stable")
        bounds = np.searchsorted(classes[order], np.arange(n_classes + 1))
        added = np.zeros(feature_count.shape, dtype=np.int64)

        def count_containers(start, stop):
            _kernels.count.count_bits(
                words,
                order,
                bounds,
                start,
                stop,
                np.zeros((1, _kernels._planes.CONTAINERS), dtype=np.uint32),
                _kernels._planes.empty_planes(8),
                added,
            )

        run_blocks(count_containers, words.shape[1], _CONTAINERS_PER_TASK, n_jobs)
        return class_count + np.diff(bounds), feature_count + added

    dtype = np.result_type(feature_count, weights)
    class_count, feature_count = class_count.astype(dtype), feature_count.astype(dtype)
    # Added one by one, so that the sums of a stream do not depend on how it is cut.
    np.add.at(class_count, classes, weights)

    def count_weighted(start, stop):
        _kernels.count.count_weighted_bits(
            words, classes, weights, start, stop, feature_count
        )

    run_blocks(count_weighted, words.shape[1], _CONTAINERS_PER_TASK, n_jobs)
    return class_count, feature_count


def log_odds(class_count, feature_count, n_bits, alpha, fit_prior, precision):
    """Turn counts into integer log-odds, and offsets over the first ``n_bits``.

    Returns
    -------
    log_odds : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    """
    result = np.empty(feature_count.shape, dtype=np.int32)
    offsets = np.empty(len(class_count), dtype=np.int64)
    total = class_count.sum()
    for k, n in enumerate(class_count):
        ones = feature_count[k] + alpha
        zeros = n - feature_count[k] + alpha
        units = np.rint(np.log(ones / zeros) * precision)
        result[k] = np.clip(units, -_LARGEST - 1, _LARGEST)
        units = np.rint(np.log(zeros / (n + 2 * alpha)) * precision)
        offsets[k] = units[:n_bits].astype(np.int64).sum()
        if fit_prior:
            offsets[k] += round(np.log(n / total) * precision) if n > 0 else _NEVER
    return result, offsets


def score(words, coef, offsets, n_jobs):
    """Add up the weights of the ones of every row, for every class.

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    kernels = _kernels.score
    scores = np.empty((len(words), len(offsets)), dtype=np.int64)
    if len(words) <= _FEW_ROWS:
        masks = np.empty(coef.shape[1], dtype=np.int32)
        kernels.score_few_rows(words, coef, offsets, masks, scores)
        return scores

    def score_rows(start, stop):
        table = _kernels._planes.empty_planes(kernels.TABLE)
        sums = _kernels._planes.empty_planes(stop - start)
        kernels.score_rows(
            words[start:stop], coef, offsets, table, sums, scores[start:stop]
        )

    run_blocks(score_rows, len(words), _ROWS_PER_TASK, n_jobs)
    return scores


def saturated_sum(a, b):
    """Add int32 arrays without wrapping."""
    result = np.empty_like(a)
    for row_a, row_b, row in zip(a, b, result, strict=True):
        total = row_a.astype(np.int64) + row_b
        row[:] = np.clip(total, -_LARGEST - 1, _LARGEST)
    return result


def step_of_epoch(epoch, max_iter, step, schedule):
    """Return the step of an epoch, in nats."""
    if schedule == "cosine":
        return step * (1 + np.cos(np.pi * epoch / max_iter)) / 2
    return step


def tune_epoch(
    words,
    classes,
    order,
    steps,
    margin,
    batch_size,
    base,
    offsets,
    correction,
    coef,
):
    """Tune for one epoch, in place.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    classes : ndarray of shape (n_rows,), dtype intp
    order : ndarray of shape (n_visits,), dtype intp
    steps : ndarray of shape (n_rows,), dtype float64
        In units of the log-odds; rounded, and saturated at the largest int32.
    margin : float
        In the same units.
    batch_size : int
    base : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    correction, coef : ndarrays of shape (n_classes, n_bits), dtype int32
        Changed.

    Returns
    -------
    accuracy : float
        Share of the visited rows that were predicted right at their visit.
    """
    batch_size = min(batch_size, len(order))
    block_size = batch_size * -(-_TUNING_BLOCK // batch_size)
    # Of the smallest int32, which has no positive int32, the absolute value is right
    # in int64 only.
    peak = max(max(int(a.max()), -int(a.min())) for a in (coef, correction))
    n_correct = _kernels.tune.tune_epoch(
        words,
        classes,
        order,
        np.minimum(np.rint(steps), _LARGEST).astype(np.int64),
        min(round(margin), -_NEVER),
        batch_size,
        block_size,
        peak,
        base,
        offsets,
        correction,
        coef,
        np.empty((block_size, words.shape[1]), dtype=np.uint32),
        np.empty(coef.shape[1], dtype=np.int32),
        np.empty((block_size, len(offsets)), dtype=np.int64),
        _kernels._planes.empty_planes(_kernels.score.TABLE),
        _kernels._planes.empty_planes(block_size),
    )
    return n_correct / len(order)
