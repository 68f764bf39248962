# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the log-odds classifier: counting, scoring, tuning.

Rows are packed, or the ones of a sparse matrix (:func:`ones_of_sparse`), whose columns
are bits.
"""

import numpy as np
from scipy import sparse

from skbit._base import read_only
from skbit._numba.memory import CONTAINERS, LANES, empty_planes
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit.bits import CONTAINER_BITS, n_containers

_LARGEST = np.iinfo(np.int32).max
# The offset of a class that was never seen: no sum of log-odds makes up for it.
_NEVER = -(2**62)
# The lowest share of a bit in an offset; only counts beside a denormal alpha reach it.
_LOWEST_SHARE = -(2.0**41)
# Whole numbers below it are exact as float64. Counts are int64 as long as they are.
MOST_EXACT = 2**53
# Beyond it, sums of counts could overflow.
MOST_COUNT = 1e300
# Batches up to this many rows are scored without a table.
_FEW_ROWS = 4
# What one thread does at a time: rows to score, containers to count in.
_ROWS_PER_TASK = 1024
_CONTAINERS_PER_TASK = 64
# Rows that tuning scores at once, at most, if a batch is not larger.
_TUNING_BLOCK = 128


def ones_of_sparse(X, binarize):
    """Return the elements of a sparse matrix that are above ``binarize``.

    Parameters
    ----------
    X : sparse matrix or array in CSR format
    binarize : float
        Not negative, so that zeros are not above it.

    Returns
    -------
    ones : csr_array
        Its indices say where the ones are, each once; its data mean nothing.
    """
    X = sparse.csr_array(X)
    # Compiled code does not check indices.
    X.check_format(full_check=True)
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    is_one = X.data > binarize
    if not is_one.all():
        X = sparse.csr_array((is_one, X.indices, X.indptr), X.shape, copy=True)
        X.eliminate_zeros()
    return X


def take_rows(rows, index):
    """Return some rows, packed."""
    if not sparse.issparse(rows):
        return rows[index]
    ones = rows[index]
    words = np.zeros((ones.shape[0], n_containers(ones.shape[1])), dtype=np.uint32)
    first = np.repeat(np.arange(len(words)) * words.shape[1], np.diff(ones.indptr))
    bits = np.uint32(1) << (ones.indices % CONTAINER_BITS).astype(np.uint32)
    # Every one is there once, so that sums set bits.
    np.add.at(words.reshape(-1), first + ones.indices // CONTAINER_BITS, bits)
    return words


def _pointers(ones):
    """Return where rows begin and the columns of their ones, of one type."""
    return tuple(
        read_only(np.asarray(part, dtype=np.intp))
        for part in (ones.indptr, ones.indices)
    )


def copied(array, dtype=None):
    """Copy row by row: of large arrays, this can be interrupted."""
    result = np.empty_like(array, dtype=dtype)
    for row, copy in zip(array, result, strict=True):
        copy[...] = row
    return result


def count(rows, classes, weights, class_count, feature_count, n_jobs):
    """Return the counts with those of more rows added.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or csr_array
    classes : ndarray of shape (n_rows,), dtype intp
    weights : ndarray of shape (n_rows,), dtype int64 or float64, or None
    class_count : ndarray of shape (n_classes,)
    feature_count : ndarray of shape (n_classes, n_bits)
    n_jobs : int or None

    Returns
    -------
    class_count, feature_count : ndarrays
        New arrays; of dtype float64 if they or the weights were, or if the sum of
        all weights exceeds what float64 holds exactly.
    """
    with np.errstate(over="ignore"):
        n_added = len(classes) if weights is None else weights.sum(dtype=np.float64)
        total = class_count.sum(dtype=np.float64) + n_added
    if total > MOST_COUNT:
        raise ValueError(
            f"The sum of all sample weights is {total:g}, which is too large to count."
        )
    dtype = np.result_type(class_count, np.int64 if weights is None else weights)
    if total >= MOST_EXACT:
        dtype = np.dtype(np.float64)
    class_count, feature_count = class_count.astype(dtype), copied(feature_count, dtype)
    if weights is None:
        class_count += np.bincount(classes, minlength=len(class_count))
    else:
        weights = weights.astype(dtype, copy=False)
        # Added one by one, so that the sums of a stream do not depend on its cuts.
        np.add.at(class_count, classes, weights)
    if sparse.issparse(rows):
        if weights is None:
            weights = np.ones(len(classes), dtype=dtype)
        _count_sparse(rows, classes, weights, feature_count)
    elif weights is None:
        _count_bits(rows, classes, feature_count, n_jobs)
    else:
        _count_weighted(rows, classes, weights, feature_count, n_jobs)
    return class_count, feature_count


def _count_bits(words, classes, feature_count, n_jobs):
    # Numbers of 16 bits are sorted several times as fast.
    from skbit.naive_bayes._kernels.count import count_bits

    small = len(feature_count) <= 2**16
    labels = classes.astype(np.uint16) if small else classes
    order = np.argsort(labels, kind="stable")
    n_rows = np.bincount(classes)
    seen = np.flatnonzero(n_rows)
    bounds = np.append(0, np.cumsum(n_rows[seen]))
    counts = feature_count
    if len(seen) < len(feature_count) or counts.dtype != np.int64:
        counts = np.empty((len(seen), feature_count.shape[1]), dtype=np.int64)
        for row in counts:
            row[:] = 0
    parts = slices(len(order), rows_per_call(_CONTAINERS_PER_TASK, most=2**21))

    def count_containers(start, stop):
        tail = np.zeros((1, CONTAINERS), dtype=np.uint32)
        digits = empty_planes(8)
        for part in parts:
            # The rows of a part that belong to a class, of those in order.
            within = np.clip(bounds, part.start, part.stop)
            count_bits(words, order, within, start, stop, tail, digits, counts)

    run_blocks(count_containers, words.shape[1], _CONTAINERS_PER_TASK, n_jobs)
    if counts is not feature_count:
        for k, added in zip(seen, counts, strict=True):
            feature_count[k] += added


def _count_weighted(words, classes, weights, feature_count, n_jobs):
    from skbit.naive_bayes._kernels.count import count_weighted_bits

    work_per_row = CONTAINER_BITS * min(_CONTAINERS_PER_TASK, words.shape[1])
    parts = slices(len(words), rows_per_call(work_per_row))

    def count_containers(start, stop):
        for part in parts:
            count_weighted_bits(
                words[part], classes[part], weights[part], start, stop, feature_count
            )

    run_blocks(count_containers, words.shape[1], _CONTAINERS_PER_TASK, n_jobs)


def _count_sparse(ones, classes, weights, feature_count):
    from skbit.naive_bayes._kernels.count import count_sparse_bits

    starts, columns = _pointers(ones)
    n_per_row = len(columns) // max(1, len(classes))
    # An element is a random access to memory.
    for part in slices(len(classes), rows_per_call(16 * n_per_row)):
        count_sparse_bits(
            starts[part.start : part.stop + 1],
            columns,
            classes[part],
            weights[part],
            feature_count,
        )


def add_counts(parts, places, n_classes):
    """Add counts of several classifiers.

    Parameters
    ----------
    parts : list of ndarray of shape (n_classes_of_part, ...)
    places : list of ndarray of int
        Where in the result the classes of each part are.
    n_classes : int

    Returns
    -------
    total : ndarray of shape (n_classes, ...)
        Of dtype float64 if a part is or if it could exceed what int64 counts.
    """
    dtype = np.result_type(*parts)
    if sum(part.max(initial=0).astype(float) for part in parts) >= MOST_EXACT:
        dtype = np.dtype(np.float64)
    total = np.zeros((n_classes, *parts[0].shape[1:]), dtype=dtype)
    for part, place in zip(parts, places, strict=True):
        for k, counts in zip(place, part, strict=True):
            total[k] += counts
    return total


def derive(
    class_count,
    feature_count,
    factors,
    alpha,
    fit_prior,
    precision,
    earlier=None,
    changed=None,
):
    """Turn counts into integer log-odds and offsets.

    Bits that are one in no row are no evidence: their log-odds are 0, and they have no
    share in the offsets. So padding does not count, wherever in a row it is.

    Parameters
    ----------
    class_count : ndarray of shape (n_classes,)
    feature_count : ndarray of shape (n_classes, n_bits)
    factors : ndarray of shape (n_classes,)
        What the counts of each class are multiplied by.
    alpha, precision : number
    fit_prior : bool
    earlier : tuple, default=None
        An earlier ``class_count`` and what was derived with it. Only what is different
        now is derived; the result is the same.
    changed : ndarray of int, default=None
        The classes whose counts have grown since.

    Returns
    -------
    log_odds : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    is_set : ndarray of shape (n_bits,), dtype bool
        Which bits are one in some row.
    """
    n_classes, n_bits = feature_count.shape
    if earlier is None:
        changed = np.arange(n_classes)
        log_odds = np.empty(feature_count.shape, dtype=np.int32)
        shares = np.zeros(n_classes, dtype=np.int64)
        was_set = np.zeros(n_bits, dtype=bool)
    else:
        earlier_count, log_odds, offsets, was_set = earlier
        log_odds = copied(log_odds)
        shares = offsets - _log_priors(earlier_count, factors, fit_prior, precision)
    is_set = was_set.copy()
    for k in changed:
        if factors[k] > 0:
            is_set |= feature_count[k] > 0
    for k in changed:
        units, shares_of_bits = _units(
            class_count[k], feature_count[k], factors[k], alpha, precision
        )
        np.multiply(units, is_set, out=log_odds[k])
        shares[k] = shares_of_bits[is_set].sum()
    fresh = np.flatnonzero(is_set & ~was_set)
    if len(fresh):
        none = np.zeros(1)
        for k in np.setdiff1d(np.arange(n_classes), changed):
            units, share = _units(class_count[k], none, factors[k], alpha, precision)
            log_odds[k, fresh] = units
            shares[k] += len(fresh) * share[0]
    priors = _log_priors(class_count, factors, fit_prior, precision)
    return log_odds, shares + priors, is_set


def _units(n, counts, factor, alpha, precision):
    """Return the log-odds of bits of a class, and their shares in its offset.

    Parameters
    ----------
    n : int or float
        Rows of the class.
    counts : ndarray of shape (n_bits,)
        Those in which the bits are one.
    factor, alpha, precision : number

    Returns
    -------
    log_odds : ndarray of shape (n_bits,), dtype int32
    shares : ndarray of shape (n_bits,), dtype int64
    """
    if not (counts.min() >= 0 and counts.max() <= n):
        raise ValueError(
            f"feature_count_ is damaged: a class of {n} rows has bits that are one in "
            f"{counts.min()} to {counts.max()} of them."
        )
    if counts.dtype == np.int64 and n < len(counts):
        # With fewer counts than bits, logarithms are taken of each count once.
        of_counts = _units(n, np.arange(n + 1.0), factor, alpha, precision)
        return tuple(part[counts] for part in of_counts)
    n, counts = n * factor, counts * factor
    ones, zeros = counts + alpha, n - counts + alpha
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        log_odds = np.rint(np.log(ones / zeros) * precision)
        shares = np.rint(np.log(zeros / (n + 2 * alpha)) * precision)
    log_odds = np.clip(log_odds, -_LARGEST - 1, _LARGEST).astype(np.int32)
    return log_odds, np.maximum(shares, _LOWEST_SHARE).astype(np.int64)


def _log_priors(class_count, factors, fit_prior, precision):
    """Return what the frequencies of the classes add to their offsets."""
    if not fit_prior:
        return np.zeros(len(class_count), dtype=np.int64)
    class_count = class_count * factors
    is_seen = class_count > 0
    priors = np.full(len(class_count), _NEVER, dtype=np.int64)
    with np.errstate(under="ignore"):
        shares = class_count[is_seen] / class_count.sum()
    shares = np.maximum(shares, np.finfo(np.float64).tiny)
    priors[is_seen] = np.rint(np.log(shares) * precision).astype(np.int64)
    return priors


def saturated_sum(a, b):
    """Add int32 arrays without wrapping."""
    result = np.empty_like(a)
    for row_a, row_b, row in zip(a, b, result, strict=True):
        total = row_a.astype(np.int64) + row_b
        row[:] = np.clip(total, -_LARGEST - 1, _LARGEST)
    return result


def score(rows, weights, offsets, n_jobs):
    """Add up the weights of the ones of every row, for every class.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or csr_array
    weights : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    n_jobs : int or None

    Returns
    -------
    scores : ndarray of shape (n_rows, n_classes), dtype int64
    """
    from skbit.naive_bayes._kernels.score import (
        TABLE,
        score_few_rows,
        score_rows,
        score_sparse_rows,
    )

    n_rows, n_classes = rows.shape[0], len(offsets)
    weights, offsets = read_only(weights), read_only(offsets)
    scores = np.empty((n_rows, n_classes), dtype=np.int64)
    if sparse.issparse(rows):
        starts, columns = _pointers(rows)

        def score_block(start, stop):
            score_sparse_rows(
                starts[start : stop + 1], columns, weights, offsets, scores[start:stop]
            )

        work_per_row = n_classes * (1 + len(columns) // n_rows)
    elif n_rows <= _FEW_ROWS:
        masks = np.empty(weights.shape[1], dtype=np.int32)
        score_few_rows(read_only(rows), weights, offsets, masks, scores)
        return scores
    else:
        rows = read_only(rows)

        def score_block(start, stop):
            table = empty_planes(TABLE)
            sums = empty_planes(stop - start)
            score_rows(
                rows[start:stop], weights, offsets, table, sums, scores[start:stop]
            )

        # Eight sums for every container and eight classes.
        work_per_row = rows.shape[1] * max(n_classes, LANES)
    run_blocks(score_block, n_rows, rows_per_call(work_per_row, _ROWS_PER_TASK), n_jobs)
    return scores


def rate_of_pass(i, n_passes, learning_rate_init, learning_rate):
    """Return the learning rate of a tuning pass, in nats."""
    if learning_rate == "cosine":
        return learning_rate_init * (1 + np.cos(np.pi * i / n_passes)) / 2
    return learning_rate_init


def mean_ones(class_count, feature_count):
    """Return the mean number of ones of the rows that were counted, by weight.

    Columns without ones are left out of the sum, so that padding changes nothing even
    where fractions are added up.
    """
    ones = feature_count[:, feature_count.any(axis=0)]
    return ones.sum(dtype=np.float64) / class_count.sum(dtype=np.float64)


def margin_in_units(margin, learning_rate_init, mean_ones, precision):
    """Convert a margin to units of the scores; one far too large saturates.

    Parameters
    ----------
    margin : float
        In units of what one correction at the initial learning rate changes about the
        difference of two scores, for a row with the mean number of ones: it raises the
        one score and lowers the other.
    learning_rate_init, mean_ones : float
    precision : int

    Returns
    -------
    units : int
    """
    if margin == 0 or mean_ones == 0:
        return 0
    with np.errstate(over="ignore", under="ignore"):
        units = np.rint(
            np.float64(margin) * 2 * learning_rate_init * mean_ones * precision
        )
    return int(min(units, -_NEVER))


def class_log_prior(class_count, factors, fit_prior):
    """Return the logarithms of the prior probabilities of the classes."""
    if not fit_prior:
        return np.full(len(class_count), -np.log(len(class_count)))
    class_count = class_count * factors
    is_seen = class_count > 0
    priors = np.full(len(class_count), -np.inf)
    with np.errstate(divide="ignore"):
        priors[is_seen] = np.log(class_count[is_seen]) - np.log(class_count.sum())
    return priors


def in_units(nats, precision, row_weights=1.0):
    """Convert learning rates to units of log-odds.

    Parameters
    ----------
    nats : float
    precision : int
    row_weights : float or ndarray of shape (n_rows,), default=1.0
        Factors, above 0.

    Returns
    -------
    units : float64 or ndarray of shape (n_rows,), dtype float64
        Whole numbers.
    """
    with np.errstate(over="ignore"):
        return np.rint(np.float64(nats) * precision * row_weights)


def tune_epoch(
    rows,
    classes,
    order,
    steps,
    margin,
    batch_size,
    log_odds,
    offsets,
    correction,
    weights,
):
    """Tune for one epoch, in place.

    Rows are scored a block at a time, because that is several times faster than row by
    row, and the kernel keeps the scores of the block up to date while it learns. It
    could not where a weight saturates; there, blocks shrink to one batch.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or csr_array
    classes : ndarray of shape (n_rows,), dtype intp
    order : ndarray of shape (n_visits,), dtype intp
    steps : ndarray of shape (n_visits,), dtype float64
        What the correction of each visited row adds. Saturated at the largest int32.
    margin : int
        In units of the log-odds, as the steps.
    batch_size : int
    log_odds : ndarray of shape (n_classes, n_bits), dtype int32
    offsets : ndarray of shape (n_classes,), dtype int64
    correction, weights : ndarrays of shape (n_classes, n_bits), dtype int32
        Changed.

    Returns
    -------
    accuracy : float
        Share of the visited rows that were predicted right at their visit.
    """
    from skbit.naive_bayes._kernels.score import TABLE, score_rows
    from skbit.naive_bayes._kernels.tune import learn_rows

    n_classes, n_bits = weights.shape
    n_words = n_containers(n_bits)
    batch_size = min(int(batch_size), len(order))
    most = rows_per_call(n_words * max(n_classes, 8), _TUNING_BLOCK)
    block_size = batch_size * max(1, most // batch_size)
    # A correction reads and writes the weights of two classes.
    n_at_once = rows_per_call(n_words * (16 + block_size // 8))
    steps = np.minimum(steps, _LARGEST).astype(np.int64)
    sums_of_steps = np.append(0, np.cumsum(steps))
    classes = classes[order]
    log_odds, offsets, fixed = map(read_only, (log_odds, offsets, weights))
    table = empty_planes(TABLE)
    sums = empty_planes(most)
    scores_of_block = np.empty((most, n_classes), dtype=np.int64)
    masks = np.empty(n_bits, dtype=np.int32)
    peak, is_exact = _peak(weights, correction), True
    n_correct = begin = 0
    while begin < len(order):
        end = min(begin + block_size, len(order))
        change = int(sums_of_steps[end] - sums_of_steps[begin])
        if peak + change > _LARGEST and not is_exact:
            peak, is_exact = _peak(weights, correction), True
        may_saturate = peak + change > _LARGEST
        if may_saturate:
            end = min(begin + batch_size, len(order))
        block = read_only(take_rows(rows, order[begin:end]))
        if _FEW_ROWS < end - begin <= most:
            scores = scores_of_block[: end - begin]
            score_rows(block, fixed, offsets, table, sums, scores)
        else:
            scores = score(block, weights, offsets, None)
        for part in slices(len(block), n_at_once):
            n_right, change = learn_rows(
                block,
                classes[begin:end],
                steps[begin:end],
                part.start,
                part.stop,
                batch_size,
                margin,
                may_saturate,
                log_odds,
                scores,
                masks,
                correction,
                weights,
            )
            n_correct += n_right
            peak += change
            is_exact = is_exact and change == 0
        begin = end
    return n_correct / len(order)


def _peak(weights, correction):
    """Return the largest absolute value."""
    # Of the smallest int32, which has no positive int32, it is right as an int only.
    return max(max(int(a.max()), -int(a.min())) for a in (weights, correction))
