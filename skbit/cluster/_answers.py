# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Winners and similarities of rows among the neurons of a population."""

import numpy as np

from skbit._numba.memory import zero_planes
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit.cluster._kernels import similarity
from skbit.cluster._kernels.constants import N_BEST, Scratch
from skbit.cluster._population import n_neurons, norms, search_settings, sizes

# Rows that one thread takes at a time, at most.
ROWS_PER_TASK = 1024


def find_winners(population, words, n_jobs):
    """Find the neuron with the highest similarity for each row, the first of equals.

    Returns
    -------
    winners : ndarray of shape (n_rows,), dtype intp
    overlaps : ndarray of shape (n_rows,), dtype int64
        The sums of the winners' levels where the rows are one.
    """
    from skbit.cluster._kernels.search import find_winners

    winners = np.empty(len(words), dtype=np.intp)
    overlaps = np.empty(len(words), dtype=np.int64)
    settings = _settings(population)

    def find(start, stop):
        find_winners(
            words[start:stop],
            n_neurons(population),
            settings,
            population["patterns"],
            population["norms"],
            _scratch(population),
            winners[start:stop],
            overlaps[start:stop],
        )

    run_blocks(find, len(words), _rows_per_task(population), n_jobs)
    return winners, overlaps


def similarity_of_winners(population, words, winners, overlaps):
    """Return the similarity of each row with its winner, float64."""
    found, every_norm = np.empty(len(words)), norms(population)
    for block in slices(len(words), ROWS_PER_TASK):
        found[block] = _similarity(
            population, words[block], overlaps[block], every_norm[winners[block]]
        )
    return found


def measure(population, words, n_jobs):
    """Measure the similarity of every row with every neuron.

    Returns
    -------
    similarities : ndarray of shape (n_rows, n_neurons), dtype float64
    """
    from skbit.cluster._kernels.search import measure_overlaps

    n, every_norm = n_neurons(population), norms(population)
    found, settings = np.empty((len(words), n)), _settings(population)

    def measure_rows(start, stop):
        overlaps = np.empty((stop - start, n), dtype=np.int64)
        measure_overlaps(
            words[start:stop],
            settings,
            population["patterns"],
            _scratch(population),
            overlaps,
        )
        rows = words[start:stop, np.newaxis]
        found[start:stop] = _similarity(population, rows, overlaps, every_norm)

    run_blocks(measure_rows, len(words), _rows_per_task(population), n_jobs)
    return found


def count_ones(words):
    """Count the ones of packed rows."""
    return np.bitwise_count(words).sum(axis=-1, dtype=np.int64)


def _settings(population):
    """Return the settings that a search reads."""
    return np.array(list(search_settings(population).values()), dtype=np.int64)


def _scratch(population):
    """Allocate what a search needs: memory for the best neurons and for a row."""
    _, n_planes = sizes(population)
    return Scratch(row=zero_planes(n_planes), best=zero_planes(N_BEST))


def _rows_per_task(population):
    n_words, _ = sizes(population)
    work = len(population["norms"]) * n_words * population["n_digits"]
    return rows_per_call(work, ROWS_PER_TASK)


def _similarity(population, words, overlaps, norms):
    """Turn overlaps of rows and neurons into similarities."""
    kind, top = population["similarity"], 2 ** population["n_digits"] - 1
    ones, top_seen = count_ones(words), None
    if kind in similarity.COUNTING_SEEN_BITS:
        top_seen = top * np.maximum(count_ones(words | population["seen_bits"]), 1)
    top_ones, top_bits = top * ones, top * population["n_bits"]
    fraction = similarity.compared(kind, overlaps, norms, top_ones, 1)
    numerator, denominator = similarity.completed(
        kind, fraction, ones, top_ones, top_bits, top_seen
    )
    norm_of_empty, is_empty = similarity.norm_of_empty(kind), ones == 0
    if norm_of_empty >= 0 and is_empty.any():
        numerator = np.where(is_empty, norms == norm_of_empty, numerator)
        denominator = np.where(is_empty, 1, denominator)
    found = numerator / denominator
    return np.sqrt(found) if kind in similarity.SQUARED else found
