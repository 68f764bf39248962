# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the novelty detector: scores, calibration rows and offsets."""

import numpy as np

from skbit._base import read_only
from skbit._utils.blocks import slices
from skbit._utils.splitmix import splitmix64
from skbit.cluster._answers import measure

# Rows with equal scores differ by up to this number. Different similarities are
# further apart.
TIE_STEP = 2.0**-30
# The lowest density of a prototype that shares no bit with the others.
MIN_DENSITY = 2.0**-10
# Number of similarities that are computed at a time.
_BLOCK_SIZE = 2**20
# The stream of SplitMix64 that chooses the calibration rows. Its first number is 0.88
# of the largest, so that the first row is always learned.
_SEED = 0


def are_set_aside(fraction, start, stop):
    """Tell which places of a stream, from ``start`` to ``stop``, are set aside.

    One place of those from ``k / fraction`` to ``(k + 1) / fraction`` is set aside,
    for every ``k``. The ``k``-th number of a frozen stream chooses it.

    Returns
    -------
    is_set_aside : ndarray of shape (stop - start,), dtype bool
    """
    first = max(0, int(start * fraction) - 1)
    n = int(stop * fraction) + 2 - first
    bounds = np.ceil(np.arange(first, first + n + 1) / fraction)
    lows, highs = bounds[:-1], bounds[1:]
    shares = (splitmix64(_SEED, n, first) >> np.uint64(11)) * 2.0**-53
    places = np.minimum(lows + np.floor(shares * (highs - lows)), highs - 1)
    is_set_aside = np.zeros(stop - start, dtype=bool)
    places = places[(places >= start) & (places < stop)].astype(np.intp)
    is_set_aside[places - start] = True
    return is_set_aside


def offset_of(calibration_scores, contamination):
    """Return the score below which rows are novel.

    Parameters
    ----------
    calibration_scores : ndarray of shape (n_calibration,), dtype float64
        In rising order.
    contamination : float or "auto"
        A quantile of these scores, or "auto" for the lowest score whose conformal
        p-value is above 1/20.

    Returns
    -------
    offset : float
        Minus infinity if no row can be novel.
    """
    n_calibration = len(calibration_scores)
    if contamination == "auto":
        n_below = (n_calibration + 1) // 20 - 1
        return float(calibration_scores[n_below]) if n_below >= 0 else -np.inf
    if n_calibration == 0:
        return -np.inf
    return float(np.quantile(calibration_scores, contamination))


def penalties(clusterer, normalization):
    """Return what is subtracted from the score of a row, for every winner.

    Returns
    -------
    penalties : tuple of ndarray of shape (n_neurons,), dtype float64
        They are subtracted one after the other, which fixes how sums are rounded.
    """
    of_ties = TIE_STEP / (1 + clusterer.counts_)
    if normalization == "neuron":
        return clusterer.mean_similarity_ / 2, of_ties
    return (of_ties,)


def local_densities(clusterer, n_neighbors):
    """Return the mean similarity of each prototype with its nearest neighbours.

    Returns
    -------
    densities : ndarray of shape (n_neurons,), dtype float64
    """
    patterns = read_only(clusterer.patterns_)
    n_neurons = len(patterns)
    if n_neurons == 1:
        return np.ones(1)
    densities = np.empty(n_neurons)
    for rows in _blocks(patterns, clusterer):
        similarities = _similarities(patterns[rows], clusterer)
        own = np.arange(n_neurons)[rows]
        similarities[np.arange(len(own)), own] = -np.inf
        nearest = _nearest(similarities, min(n_neighbors, n_neurons - 1))
        densities[rows] = np.take_along_axis(similarities, nearest, 1).mean(1)
    return np.maximum(densities, MIN_DENSITY)


def score(words, clusterer, normalization, n_neighbors, densities):
    """Score packed rows: the higher, the more normal.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_containers), dtype uint32
    clusterer : BitWTAClusterer
    normalization : {"none", "neuron", "local"}
    n_neighbors : int
    densities : ndarray of shape (n_neurons,), dtype float64, or None
        The ``local_densities``, with ``normalization="local"`` only.

    Returns
    -------
    scores : ndarray of shape (n_rows,), dtype float64
    """
    words = read_only(words)
    n_neighbors = min(n_neighbors, clusterer.n_neurons_)
    subtracted = penalties(clusterer, normalization)
    scores = np.empty(len(words))
    for rows in _blocks(words, clusterer):
        scores[rows] = _score_block(
            words[rows], clusterer, subtracted, n_neighbors, densities
        )
    return scores


def _score_block(words, clusterer, subtracted, n_neighbors, densities):
    winners, scores = clusterer._find_winners_and_scores(words)
    if densities is not None:
        similarities = _similarities(words, clusterer)
        nearest = _nearest(similarities, n_neighbors)
        scores = np.take_along_axis(similarities, nearest, 1).mean(1)
        scores /= densities[nearest].mean(1)
    for penalty in subtracted:
        scores -= penalty[winners]
    return scores


def _similarities(words, clusterer):
    # The method transform may return a data frame.
    return measure(clusterer.population_, words, clusterer.n_jobs)


def _blocks(words, clusterer):
    return slices(len(words), max(1, _BLOCK_SIZE // clusterer.n_neurons_))


def _nearest(similarities, n):
    """Return the columns of each row's ``n`` highest numbers, in any order."""
    return np.argpartition(similarities, -n, axis=1)[:, -n:]
