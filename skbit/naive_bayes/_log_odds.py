# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Integer log-odds and offsets that follow from counts."""

from typing import NamedTuple

import numpy as np

from skbit.naive_bayes._counting import copy_by_rows

_INT32_MAX = np.iinfo(np.int32).max
# The offset of a class without rows: no sum of log-odds makes up for it.
MIN_OFFSET = -(2**62)
# The lowest share of a bit in an offset. Only counts beside a denormal alpha reach it.
_MIN_SHARE = -(2.0**41)


class Settings(NamedTuple):
    """Parameters that decide which log-odds follow from counts.

    Attributes
    ----------
    alpha : float
        Smoothing.
    fit_prior : bool
        Whether offsets contain the logarithms of the prior probabilities.
    precision : int
        Units of a nat.
    factors : ndarray of shape (n_classes,)
        Factors of the counts of each class.
    """

    alpha: float
    fit_prior: bool
    precision: int
    factors: np.ndarray


class LogOdds(NamedTuple):
    """Log-odds and offsets, in units of ``1 / precision`` nats.

    Attributes
    ----------
    weights : ndarray of shape (n_classes, n_bits), dtype int32
        Log-odds.
    offsets : ndarray of shape (n_classes,), dtype int64
    is_seen : ndarray of shape (n_bits,), dtype bool
        Whether each bit is one in some row, by weight.
    """

    weights: np.ndarray
    offsets: np.ndarray
    is_seen: np.ndarray


def derive(counts, settings):
    """Turn counts into integer log-odds and offsets.

    Bits that are one in no row are no evidence: their log-odds are 0, and they have no
    share in the offsets. So padding does not count, wherever in a row it is.

    Parameters
    ----------
    counts : Counts
    settings : Settings

    Returns
    -------
    derived : LogOdds
    """
    log_odds = np.empty(counts.bits.shape, dtype=np.int32)
    classes, shares = np.arange(len(log_odds)), np.zeros(len(log_odds), dtype=np.int64)
    is_seen = _seen_bits(counts, settings, classes)
    _derive_classes(classes, counts, settings, is_seen, log_odds, shares)
    return LogOdds(log_odds, shares + log_priors(counts.classes, settings), is_seen)


def derive_changes(counts, settings, earlier_class_count, earlier, changed):
    """Do the same as :func:`derive`, but only for what differs from earlier counts.

    Parameters
    ----------
    counts : Counts
    settings : Settings
        Those with which ``earlier`` was derived.
    earlier_class_count : ndarray of shape (n_classes,)
    earlier : LogOdds
        What followed from the earlier counts.
    changed : ndarray of int
        Classes whose counts have grown since.

    Returns
    -------
    derived : LogOdds
        New arrays.
    """
    log_odds = copy_by_rows(earlier.weights)
    shares = earlier.offsets - log_priors(earlier_class_count, settings)
    is_seen = earlier.is_seen | _seen_bits(counts, settings, changed)
    _derive_classes(changed, counts, settings, is_seen, log_odds, shares)
    new_bits = np.flatnonzero(is_seen & ~earlier.is_seen)
    if len(new_bits):
        # The other classes have no row in which these bits are one.
        for k in np.setdiff1d(np.arange(len(log_odds)), changed):
            weight, share = log_odds_of_class(k, counts, settings, np.zeros(1))
            log_odds[k, new_bits] = weight
            shares[k] += len(new_bits) * share[0]
    return LogOdds(log_odds, shares + log_priors(counts.classes, settings), is_seen)


def _seen_bits(counts, settings, classes):
    """Tell which bits are one in some row of these classes, by weight."""
    is_seen = np.zeros(counts.bits.shape[1], dtype=bool)
    for k in classes:
        if settings.factors[k] > 0:
            is_seen |= counts.bits[k] > 0
    return is_seen


def _derive_classes(classes, counts, settings, is_seen, log_odds, shares):
    """Write the log-odds of some classes, and the sums of their bits' shares."""
    for k in classes:
        weights, shares_of_bits = log_odds_of_class(k, counts, settings, counts.bits[k])
        np.multiply(weights, is_seen, out=log_odds[k])
        shares[k] = shares_of_bits @ is_seen.astype(np.int64)


def log_odds_of_class(k, counts, settings, bits):
    """Return the log-odds of bits of a class, and their shares in its offset.

    Parameters
    ----------
    k : int
    counts : Counts
    settings : Settings
    bits : ndarray of shape (n_bits,)
        Rows of the class in which each bit is one.

    Returns
    -------
    log_odds : ndarray of shape (n_bits,), dtype int32
    shares : ndarray of shape (n_bits,), dtype int64
    """
    n = counts.classes[k]
    if not (bits.min() >= 0 and bits.max() <= n):
        raise ValueError(
            f"feature_count_ is damaged: a class of {n} rows has bits that are one in "
            f"{bits.min()} to {bits.max()} of them."
        )
    if bits.dtype == np.int64 and n < len(bits):
        # There are fewer counts than bits: each logarithm is computed once.
        of_counts = log_odds_of_class(k, counts, settings, np.arange(n + 1.0))
        return tuple(part[bits] for part in of_counts)
    alpha, precision, factor = settings.alpha, settings.precision, settings.factors[k]
    n, bits = n * factor, bits * factor
    ones, zeros = bits + alpha, n - bits + alpha
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        log_odds = np.rint(np.log(ones / zeros) * precision)
        shares = np.rint(np.log(zeros / (n + 2 * alpha)) * precision)
    log_odds = np.clip(log_odds, -_INT32_MAX - 1, _INT32_MAX).astype(np.int32)
    return log_odds, np.maximum(shares, _MIN_SHARE).astype(np.int64)


def log_priors(class_count, settings):
    """Return the parts of the offsets that come from the frequencies of the classes."""
    if not settings.fit_prior:
        return np.zeros(len(class_count), dtype=np.int64)
    class_count = class_count * settings.factors
    is_seen = class_count > 0
    priors = np.full(len(class_count), MIN_OFFSET, dtype=np.int64)
    with np.errstate(under="ignore"):
        shares = class_count[is_seen] / class_count.sum()
    shares = np.maximum(shares, np.finfo(np.float64).tiny)
    priors[is_seen] = np.rint(np.log(shares) * settings.precision).astype(np.int64)
    return priors


def class_log_prior(class_count, settings):
    """Return the logarithms of the prior probabilities of the classes."""
    if not settings.fit_prior:
        return np.full(len(class_count), -np.log(len(class_count)))
    class_count = class_count * settings.factors
    is_seen = class_count > 0
    priors = np.full(len(class_count), -np.inf)
    with np.errstate(divide="ignore"):
        priors[is_seen] = np.log(class_count[is_seen]) - np.log(class_count.sum())
    return priors


def saturated_sum(a, b):
    """Add int32 arrays without wrapping."""
    result = np.empty_like(a)
    for row_a, row_b, row in zip(a, b, result, strict=True):
        total = row_a.astype(np.int64) + row_b
        row[:] = np.clip(total, -_INT32_MAX - 1, _INT32_MAX)
    return result
