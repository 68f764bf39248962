# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Counting how often each bit is one in each class."""

from typing import NamedTuple

import numpy as np

from skbit._numba.memory import CONTAINERS, empty_planes, read_only
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit.bits import CONTAINER_BITS
from skbit.naive_bayes._rows import Ones

# Whole numbers below it are exact as float64. Counts are int64 as long as their sum is.
MOST_EXACT = 2**53
# Sums of counts that exceed it could overflow.
MOST_COUNT = 1e300
# Containers that a thread counts in at a time.
_CONTAINERS_PER_TASK = 64


class Counts(NamedTuple):
    """Numbers of rows, or sums of their weights, as int64 or float64.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        Rows of each class.
    bits : ndarray of shape (n_classes, n_bits)
        Rows of each class in which each bit is one.
    """

    classes: np.ndarray
    bits: np.ndarray


def copy_by_rows(array, dtype=None):
    """Copy an array row by row, so that copying a large one can be interrupted."""
    result = np.empty_like(array, dtype=dtype)
    for row, copy in zip(array, result, strict=True):
        copy[...] = row
    return result


def count(rows, classes, weights, counts, n_jobs):
    """Add rows to counts.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_containers), dtype uint32, or Ones
    classes : ndarray of shape (n_rows,), dtype intp
    weights : ndarray of shape (n_rows,), dtype int64 or float64, or None
    counts : Counts
        They stay as they are.
    n_jobs : int or None

    Returns
    -------
    counts : Counts
        New arrays. Their dtype is float64 if it was, if the weights are fractional, or
        if the sum of all weights exceeds the integers that float64 holds exactly.
    """
    with np.errstate(over="ignore"):
        n_added = len(classes) if weights is None else weights.sum(dtype=np.float64)
        total = counts.classes.sum(dtype=np.float64) + n_added
    if total > MOST_COUNT:
        raise ValueError(
            f"The sum of all sample weights is {total:g}, which is too large to count."
        )
    dtype = np.result_type(counts.classes, np.int64 if weights is None else weights)
    if total >= MOST_EXACT:
        dtype = np.dtype(np.float64)
    class_count = counts.classes.astype(dtype)
    if counts.classes.any():
        feature_count = copy_by_rows(counts.bits, dtype)
    else:
        feature_count = np.zeros(counts.bits.shape, dtype)
    if weights is None:
        class_count += np.bincount(classes, minlength=len(class_count))
    else:
        weights = weights.astype(dtype, copy=False)
        # Added row by row, so that sums do not depend on how a stream is cut.
        np.add.at(class_count, classes, weights)
    is_listed = isinstance(rows, Ones)
    if weights is None and is_listed:
        weights = np.ones(len(classes), dtype=dtype)
    if weights is not None:
        # Rows, classes and weights of the caller may be read-only, or not.
        classes, weights = read_only(classes), read_only(weights)
    if is_listed:
        _count_listed(rows, classes, weights, feature_count)
    elif weights is None:
        _count_bits(read_only(rows), classes, feature_count, n_jobs)
    else:
        _count_weighted(read_only(rows), classes, weights, feature_count, n_jobs)
    return Counts(class_count, feature_count)


def _count_bits(words, classes, feature_count, n_jobs):
    from skbit.naive_bayes._kernels.count import count_bits

    # Integers of 16 bits are sorted several times as fast.
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
            # The rows of each class that are within this part of the order.
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


def _count_listed(ones, classes, weights, feature_count):
    from skbit.naive_bayes._kernels.count import count_listed_bits

    # Each element is a random access to memory, which takes as long as 16 operations.
    for part in slices(len(classes), rows_per_call(16 * int(ones.mean))):
        count_listed_bits(ones[part].lists, classes[part], weights[part], feature_count)


def add_counts(parts, places, n_classes):
    """Add the counts of several classifiers.

    Parameters
    ----------
    parts : list of ndarray of shape (n_classes_of_part, ...)
    places : list of ndarray of int
        Places of the classes of each part in the result.
    n_classes : int

    Returns
    -------
    total : ndarray of shape (n_classes, ...)
        Its dtype is float64 if that of a part is, or if a sum could exceed the
        integers that float64 holds exactly.
    """
    dtype = np.result_type(*parts)
    if sum(part.max(initial=0).astype(float) for part in parts) >= MOST_EXACT:
        dtype = np.dtype(np.float64)
    total = np.zeros((n_classes, *parts[0].shape[1:]), dtype=dtype)
    for part, place in zip(parts, places, strict=True):
        for k, counts in zip(place, part, strict=True):
            total[k] += counts
    return total


def mean_ones(counts):
    """Return the mean number of ones of the rows that were counted, by weight."""
    ones = counts.bits
    if ones.dtype == np.float64:
        # Sums of fractions are rounded, which padding must not change.
        ones = ones[:, ones.any(axis=0)]
    return ones.sum(dtype=np.float64) / counts.classes.sum(dtype=np.float64)
