# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competitive learning by flips, the rule that ``FlipRule`` describes."""

import numpy as np

from skbit._numba.jit import inner_kernel, kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load
from skbit._numba.rows import count_ones, load_row
from skbit.cluster._kernels.constants import (
    CERTAIN,
    COUNT,
    DECAY,
    DENSITY,
    FLIP_RATE,
    INIT,
    IS_UNBOUNDED,
    MOST_LINKS,
    N_BITS,
    N_LINKS,
    N_NEURONS,
    N_OPEN,
    N_RELEASED,
    N_SEEN,
    NEXT_PENDING,
    ONE,
    PENDING,
    RECENT,
    SAMPLES,
    SCHEDULE,
    SEED,
    SETTLE_AFTER,
    SHRINK,
    WINS,
)
from skbit.cluster._kernels.flips import draw_bits, flip_towards, mix
from skbit.cluster._kernels.learn import (
    find_best,
    is_recruited,
    record_win,
)
from skbit.cluster._kernels.population import (
    begin_neuron,
    write_pattern,
)

# With the schedule "shrink", the rate of a settled neuron is divided by this.
_SHRINKAGE = 10
_0, _1 = np.uint64(0), np.uint64(1)


@kernel
def _rate_of_flips(n, settings, neurons, totals):
    """Return the rate of a neuron that has counted its win, in 65536ths."""
    wins, rate = neurons[n, COUNT], settings[FLIP_RATE]
    schedule, settle_after = settings[SCHEDULE], settings[SETTLE_AFTER]
    if schedule == WINS:
        return CERTAIN // wins
    if schedule == DECAY:
        inputs_per_neuron = totals[N_SEEN] // totals[N_NEURONS]
        return rate * settle_after // (settle_after + inputs_per_neuron)
    if schedule == SHRINK and wins > settle_after:
        return rate // _SHRINKAGE
    return rate


@inner_kernel
def _update(n, is_new, settings, tables, totals, scratch):
    """Let a neuron begin, or flip some of its bits towards the input.

    A neuron begins as the input or with random bits. The mask holds random bits.
    """
    row, levels, mask = scratch.row, scratch.levels, scratch.mask
    neurons, n_bits = tables.neurons, settings[N_BITS]
    begins_at_random = is_new and settings[INIT] != SAMPLES
    if begins_at_random or not is_new:
        # Words wrap around without a warning in planes only, so keys are planes.
        key = (load(row, 0) & _0) + np.uint64(settings[SEED])
        if is_new:
            rate = CERTAIN // 2
            if settings[INIT] == DENSITY:
                ones = np.int64(count_ones(row, scratch.best))
                rate = ones * CERTAIN // n_bits
        else:
            neurons[n, COUNT] += 1
            rate = _rate_of_flips(n, settings, neurons, totals)
            key = mix(key + np.uint64(totals[N_SEEN] + 1))
        draw_bits(mix(key + np.uint64(n)), rate, mask)
    if is_new:
        if begins_at_random:
            words = mask.reshape(-1)
            for j in range(n_bits, 64 * words.size):
                words[j // 64] &= ~(_1 << np.uint64(j % 64))
        bits = mask if begins_at_random else row
        begin_neuron(n, int(not begins_at_random), bits, None, neurons, levels)
    else:
        words = levels.reshape(-1)
        n_words = (n_bits + 63) // 64
        for w in range(n_words):
            words[w] = tables.patterns[n // LANES * n_words + w, n % LANES]
        flip_towards(row, mask, levels)
    write_pattern(n, levels, settings, tables.patterns, tables.norms, scratch.best)


@kernel
def _take_over(parent, neurons, log):
    """Return the idle neuron that moves to an input of a busy one."""
    n = neurons[parent, PENDING]
    neurons[parent, PENDING] = neurons[n, NEXT_PENDING]
    if log is not None:
        # Its links before this row of the log do not count.
        log[0, 0] += 1
        log[log[0, 0], 0] = n
        log[log[0, 0], 1] = -1
    return n


@kernel
def learn_by_flips(rows, n_seen_bits, settings, tables, totals, log, scratch):
    """Learn rows, one after the other, by flips.

    The kernel stops before a row for which the tables must grow, and after a row with
    which links must be halved. The arguments are those of ``learn``.

    Returns
    -------
    n_learned : int
    """
    neurons, row = tables.neurons, scratch.row
    n_allowed = settings[N_OPEN] + totals[N_RELEASED]
    for i in range(rows.shape[0]):
        n_neurons = totals[N_NEURONS]
        if n_neurons == neurons.shape[0] and n_neurons < n_allowed:
            return i
        load_row(rows, i, row.reshape(-1))
        winner, runner_up, similarity = 0, -1, 0
        if n_neurons > 0:
            winner, runner_up, similarity = find_best(
                n_neurons,
                n_seen_bits[i],
                settings,
                tables.patterns,
                tables.norms,
                row,
                scratch.best,
                scratch.second,
            )
        is_new = is_recruited(winner, similarity, neurons, totals, settings)
        if is_new:
            winner = n_neurons
            totals[N_NEURONS] += 1
        elif neurons[winner, PENDING] >= 0 and similarity < ONE:
            is_new = True
            winner = _take_over(winner, neurons, log)
        first, last = winner, winner + 1
        if settings[IS_UNBOUNDED] and not is_new:
            first, last = 0, n_neurons
        for n in range(first, last):
            _update(n, is_new, settings, tables, totals, scratch)
        if not is_new and not settings[IS_UNBOUNDED]:
            record_win(winner, runner_up, similarity, neurons, totals, log)
        neurons[winner, RECENT] += 1
        totals[N_SEEN] += 1
        if totals[N_LINKS] >= MOST_LINKS:
            return i + 1
    return rows.shape[0]
