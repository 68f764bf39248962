# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competitive learning with counters: the most similar neuron learns each input.

The inputs are learned one after the other, since each meets the neurons that the one
before has changed. The result is a function of the inputs seen so far, however they
were cut into calls.
"""

import numpy as np

from skbit._numba.jit import inner_kernel, kernel
from skbit._numba.memory import LANES
from skbit._numba.rows import count_ones, load_row
from skbit.cluster._kernels import similarity as formulas
from skbit.cluster._kernels.constants import (
    COUNT,
    COUNTER_DIGITS,
    FIRST_LEVEL,
    FORGET,
    GROUP,
    MAX_COUNT,
    MEAN_SIMILARITY,
    MOST_LINKS,
    N_BITS,
    N_DIGITS,
    N_LINKS,
    N_NEURONS,
    N_NOVEL,
    N_OPEN,
    N_RELEASED,
    N_SEEN,
    NORM_OF_EMPTY,
    ONE,
    OVERLAP,
    PENDING,
    RECENT,
    RESERVE_SIZE,
    SIMILARITY,
    VIGILANCE,
    WEIGHT,
)
from skbit.cluster._kernels.counters import add, count_exceeded, halve
from skbit.cluster._kernels.population import (
    begin_neuron,
    write_pattern,
)
from skbit.cluster._kernels.search import (
    compared,
    first_empty,
    pick_runner_up,
    pick_winner,
    search,
)

# The mean similarity of a neuron is averaged over this many wins.
_WINS_REMEMBERED = 32
# An input is novel if its similarity is below this many quarters of the winner's mean.
_NOVEL_QUARTERS = 3

completed = inner_kernel(formulas.completed)


@kernel
def _in_units(overlap, norm, ones, n_seen_bits, settings):
    """Return a similarity (the square, for cosine) in whole units of ``1 / ONE``.

    It is rounded down, so it is at least ``m`` units exactly if the result is.
    """
    kind = settings[SIMILARITY]
    empty = settings[NORM_OF_EMPTY]
    if ones == 0 and empty >= 0:
        return ONE if norm == empty else 0
    top = (1 << settings[N_DIGITS]) - 1
    top_ones = top * ones
    fraction = compared(kind, overlap, norm, top_ones, np.int64(1))
    numerator, denominator = completed(
        kind, fraction, ones, top_ones, top * settings[N_BITS], top * n_seen_bits
    )
    return numerator * ONE // denominator


@inner_kernel
def find_best(n_neurons, n_seen_bits, settings, patterns, norms, row, best, second):
    """Return the winner, the runner-up or -1, and the similarity of the winner.

    Parameters
    ----------
    n_neurons : int, >= 1
    n_seen_bits : int
        The number of bits that the input or any row before it has set.
    settings : int64 array
    patterns, norms : tables of planes
    row : table of planes
        The input.
    best : table of planes
        Written.
    second : table of planes or None
        Written. If it is None, there is no runner-up.
    """
    kind = settings[SIMILARITY]
    ones = count_ones(row, best)
    winner, runner_up, overlap = 0, -1, 0
    empty = settings[NORM_OF_EMPTY]
    if ones == 0 and empty >= 0:
        winner = first_empty(norms, n_neurons, empty)
    else:
        top_ones = np.uint64((1 << settings[N_DIGITS]) - 1) * ones
        n_groups = (n_neurons + LANES - 1) // LANES
        words = row.reshape(-1)
        search(words, n_groups, settings, patterns, norms, top_ones, best, second)
        lane = pick_winner(best, n_neurons, kind, top_ones)
        winner = np.int64(best[GROUP, lane]) * LANES + lane
        overlap = np.int64(best[OVERLAP, lane])
        # Code for None is not even compiled.
        if second is not None:
            runner_up = pick_runner_up(best, second, n_neurons, lane, kind, top_ones)
    norm = np.int64(norms[winner // LANES, winner % LANES])
    similarity = _in_units(overlap, norm, np.int64(ones), n_seen_bits, settings)
    return winner, runner_up, similarity


@inner_kernel
def is_recruited(winner, similarity, neurons, totals, settings):
    """Tell whether an input becomes a new neuron; count it if it is novel."""
    n_neurons = totals[N_NEURONS]
    n_free = settings[N_OPEN] - n_neurons
    if n_free > 0:
        return n_neurons == 0 or similarity < settings[VIGILANCE]
    usual = neurons[winner, MEAN_SIMILARITY]
    if settings[RESERVE_SIZE] == 0 or 4 * similarity >= _NOVEL_QUARTERS * usual:
        return False
    totals[N_NOVEL] += 1
    return n_free + totals[N_RELEASED] > 0


@inner_kernel
def record_win(winner, runner_up, similarity, neurons, totals, log):
    """Average the similarity of a neuron, and log who won and who was next.

    Row 0 of the log holds the number of rows that follow.
    """
    usual = neurons[winner, MEAN_SIMILARITY]
    remembered = min(neurons[winner, COUNT], _WINS_REMEMBERED)
    neurons[winner, MEAN_SIMILARITY] += (similarity - usual) // remembered
    if log is not None and runner_up >= 0:
        log[0, 0] += 1
        log[log[0, 0], 0] = winner
        log[log[0, 0], 1] = runner_up
        totals[N_LINKS] += 1


@inner_kernel
def _count(n, row, settings, counters, neurons, levels):
    """Count an input for a neuron, and find the levels anew."""
    n_planes = row.shape[0]
    first = n * n_planes * COUNTER_DIGITS
    # The weight is above the maximum if that was larger before.
    if neurons[n, WEIGHT] >= settings[MAX_COUNT]:
        halve(counters, first, n_planes)
        neurons[n, WEIGHT] //= 2
    add(counters, first, row)
    neurons[n, WEIGHT] += 1
    limits = settings[FIRST_LEVEL:]
    count_exceeded(counters, first, neurons[n, WEIGHT], limits, levels)


@kernel
def learn(rows, n_seen_bits, settings, tables, totals, log, scratch):
    """Learn rows, one after the other.

    The kernel stops before a row for which the tables must grow, before a row that an
    idle neuron takes over, and after a row with which links must be halved.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    n_seen_bits : (n_rows,) int64 array
        The number of bits that any row up to this one has set.
    settings : int64 array
    tables : Tables
        Changed, as all that follows.
    totals : (6,) int64 array
    log : (n_rows, 2) int64 array or None
        Winners and runners-up; None if they are not counted.
    scratch : Scratch

    Returns
    -------
    n_learned : int
    parent : int
        The winner of the next row if an idle neuron takes it over, or else -1.
    """
    best, row, levels = scratch.best, scratch.row, scratch.levels
    neurons, words = tables.neurons, row.reshape(-1)
    n_allowed = settings[N_OPEN] + totals[N_RELEASED]
    for i in range(rows.shape[0]):
        n_neurons = totals[N_NEURONS]
        if n_neurons == neurons.shape[0] and n_neurons < n_allowed:
            return i, -1
        load_row(rows, i, words)
        winner, runner_up, similarity = 0, -1, 0
        if n_neurons > 0:
            winner, runner_up, similarity = find_best(
                n_neurons,
                n_seen_bits[i],
                settings,
                tables.patterns,
                tables.norms,
                row,
                best,
                scratch.second,
            )
        is_learned = True
        if is_recruited(winner, similarity, neurons, totals, settings):
            winner = n_neurons
            totals[N_NEURONS] += 1
            begin_neuron(winner, 1, row, tables.counters, tables.neurons, levels)
        elif neurons[winner, PENDING] >= 0 and similarity < ONE:
            return i, winner
        else:
            neurons[winner, COUNT] += 1
            is_learned = (
                settings[FORGET] > 0 or neurons[winner, WEIGHT] < settings[MAX_COUNT]
            )
            if is_learned:
                _count(winner, row, settings, tables.counters, neurons, levels)
            record_win(winner, runner_up, similarity, neurons, totals, log)
        if is_learned:
            write_pattern(winner, levels, settings, tables.patterns, tables.norms, best)
        neurons[winner, RECENT] += 1
        totals[N_SEEN] += 1
        if totals[N_LINKS] >= MOST_LINKS:
            return i + 1, -1
    return rows.shape[0], -1
