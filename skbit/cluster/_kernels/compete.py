# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competition: every input finds the neuron it resonates with most, which learns it.

Serial by nature, since each input meets the neurons that the one before has changed.
All that happens is a function of the inputs seen so far, whatever calls they came in.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load
from skbit._numba.rows import count_ones, load_row
from skbit.cluster._kernels.constants import (
    CERTAIN,
    COSINE,
    COUNT,
    DECAY,
    DIGITS,
    FLIP_RATE,
    FLIP_SCHEDULE,
    HEIR,
    INHERIT,
    INIT,
    JACCARD,
    KIND,
    LEVEL,
    LINKS_AT_MOST,
    N_BITS,
    N_DIGITS,
    N_LINKS,
    N_LOGGED,
    N_NEURONS,
    N_NOVEL,
    N_OPEN,
    N_RELEASED,
    N_SEEN,
    NEURON,
    ONE,
    OVERLAP,
    PLASTIC,
    RECENT,
    RECRUIT,
    RESERVE_SIZE,
    SAMPLES,
    SEED,
    SETTLE_AFTER,
    SHRINK,
    SIMILARITY,
    UNBOUNDED,
    VIGILANCE,
    WEIGHT,
    WINDOW,
    WINS,
)
from skbit.cluster._kernels.counters import add, count_exceeded, halve
from skbit.cluster._kernels.flips import draw_bits, flip_towards, mix
from skbit.cluster._kernels.population import become, write_pattern
from skbit.cluster._kernels.similarity import (
    first_empty,
    pick_runner_up,
    pick_winner,
    search,
)

# A neuron's level is averaged over this many wins.
_WINS_REMEMBERED = 32
# An input is novel if its level is below this many quarters of its winner's.
_NOVEL_QUARTERS = 3
# A settled neuron's rate of flips is divided by it.
_SHRINKAGE = 10
_0 = np.uint64(0)


@kernel
def _level(similarity, overlap, norm, ones, n_bits, n_known, top):
    """Return a similarity (for cosine its square) in whole units of ``1 / ONE``.

    So it is at least ``m`` units exactly if the level is at least ``m``.
    """
    if similarity == COSINE:
        if ones == 0:
            return ONE if norm == 1 else 0
        return (2 * overlap * overlap * ONE) // (norm * ones)
    if similarity == JACCARD:
        if ones == 0:
            return ONE if norm == 0 else 0
        return overlap * ONE // (norm + top * ones - overlap)
    agreement = 2 * overlap + norm - top * (ones + n_bits - n_known)
    if similarity == OVERLAP:
        agreement += overlap - top * n_known
    return agreement * ONE // (top * n_known)


@kernel
def _recruits(winner, level, table, progress, rule):
    """Tell whether an input becomes a new neuron."""
    n_neurons = progress[N_NEURONS]
    n_free = rule[N_OPEN] - n_neurons
    if n_free > 0:
        return n_neurons == 0 or level < rule[VIGILANCE]
    if rule[RESERVE_SIZE] == 0 or 4 * level >= _NOVEL_QUARTERS * table[winner, LEVEL]:
        return False
    progress[N_NOVEL] += 1
    return n_free + progress[N_RELEASED] > 0


@kernel
def _flip(n, row, patterns, table, progress, rule, numbers, mask):
    """Let random bits of a neuron become those of the input, which counts already."""
    wins, rate = table[n, COUNT], rule[FLIP_RATE]
    schedule, settle_after = rule[FLIP_SCHEDULE], rule[SETTLE_AFTER]
    if schedule == WINS:
        rate = CERTAIN // wins
    elif schedule == DECAY:
        share = progress[N_SEEN] // progress[N_NEURONS]
        rate = rate * settle_after // (settle_after + share)
    elif schedule == SHRINK and wins > settle_after:
        rate //= _SHRINKAGE
    # Words wrap around without a warning in planes only, so keys are planes.
    seed = (load(row, 0) & _0) + np.uint64(rule[SEED])
    key = mix(seed + np.uint64(progress[N_SEEN] + 1))
    draw_bits(mix(key + np.uint64(n)), rate, mask)
    words = numbers.reshape(-1)
    n_words = (rule[N_BITS] + 63) // 64
    for w in range(n_words):
        words[w] = patterns[n // LANES * n_words + w, n % LANES]
    flip_towards(row, mask, numbers)


@kernel
def _count(n, row, counters, table, rule, thresholds, numbers):
    """Count an input."""
    n_planes = row.shape[0]
    first = n * n_planes * DIGITS
    # Above it if the window was larger before.
    if table[n, WEIGHT] >= rule[WINDOW]:
        halve(counters, first, n_planes)
        table[n, WEIGHT] //= 2
    add(counters, first, row)
    table[n, WEIGHT] += 1
    weight = table[n, WEIGHT]
    count_exceeded(counters, first, weight, thresholds, n_planes, numbers)


@kernel
def learn(
    rows,
    i,
    stop,
    known,
    rule,
    thresholds,
    patterns,
    norms,
    counters,
    table,
    progress,
    log,
    event,
    row,
    found,
    numbers,
    mask,
):
    """Let a population learn rows, one after the other.

    It stops before a row that needs another kernel (``event`` tells), before one for
    which there may be no room, and after one with which links must be halved.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    i, stop : int
        The first row, and the one after the last.
    known : (n_rows,) int64 array
        How many bits any row up to that one has set.
    rule : (14,) int64 array
    thresholds : (n_thresholds,) int64 array
        In 256ths.
    patterns : table of planes
        See ``resonate``. Changed, as all down to ``event``.
    norms : table of planes
        One word per neuron.
    counters : table of planes or None
        See ``counters``; None if patterns are flipped.
    table : (n_neurons, 6) int64 array
    progress : (6,) int64 array
    log : (n_rows, 2) int64 array or None
        Winners and runners-up; None if they are not counted.
    event : (3,) int64 array
    row : table of planes
        Scratch memory for a row; zero beyond it.
    found : table of 6 planes
        Scratch memory.
    numbers : table of planes
        As many for each digit as the row has. Scratch memory.
    mask : table of planes or None
        As many as the row has; None if patterns are not flipped. Scratch memory.

    Returns
    -------
    i : int
        The first row that has not been learned.
    """
    words = row.reshape(-1)
    n_bits, n_digits, similarity = rule[N_BITS], rule[N_DIGITS], rule[SIMILARITY]
    top = (1 << n_digits) - 1
    with_links = False
    if log is not None:
        with_links = True
    n_allowed = rule[N_OPEN] + progress[N_RELEASED]
    while i < stop:
        n_neurons = progress[N_NEURONS]
        if n_neurons == table.shape[0] and n_neurons < n_allowed:
            break
        load_row(rows, i, words)
        ones = np.int64(count_ones(row, found))
        winner, runner_up, level = 0, -1, 0
        if n_neurons > 0:
            overlap = 0
            if ones == 0 and similarity <= JACCARD:
                winner = first_empty(norms, n_neurons, similarity)
            else:
                weighted_ones = np.uint64(top * ones)
                search(
                    words,
                    (n_bits + 63) // 64,
                    patterns,
                    norms,
                    n_digits,
                    (n_neurons + LANES - 1) // LANES,
                    similarity,
                    weighted_ones,
                    with_links,
                    found,
                )
                lane = pick_winner(found, n_neurons, similarity, weighted_ones)
                winner = np.int64(found[2, lane]) * LANES + lane
                overlap = np.int64(found[0, lane])
                if log is not None:
                    runner_up = pick_runner_up(
                        found, n_neurons, lane, similarity, weighted_ones
                    )
            norm = np.int64(norms[winner // LANES, winner % LANES])
            level = _level(similarity, overlap, norm, ones, n_bits, known[i], top)
        is_new = _recruits(winner, level, table, progress, rule)
        if is_new:
            if rule[INIT] != SAMPLES:
                event[KIND], event[NEURON] = RECRUIT, n_neurons
                break
            winner = n_neurons
            progress[N_NEURONS] += 1
        elif table[winner, HEIR] >= 0 and level < ONE:
            event[KIND], event[NEURON] = INHERIT, winner
            break
        first, last = winner, winner + 1
        if rule[UNBOUNDED] and not is_new:
            first, last = 0, n_neurons
        for n in range(first, last):
            table[n, COUNT] += 1
            # What is None is not even compiled.
            if is_new:
                become(n, 1, row, counters, table, numbers)
            elif mask is not None:
                _flip(n, row, patterns, table, progress, rule, numbers, mask)
            elif counters is not None:
                if not rule[PLASTIC] and table[n, WEIGHT] >= rule[WINDOW]:
                    continue
                _count(n, row, counters, table, rule, thresholds, numbers)
            write_pattern(n, numbers, rule, patterns, norms, found)
        if not is_new and not rule[UNBOUNDED]:
            remembered = min(table[winner, COUNT], _WINS_REMEMBERED)
            table[winner, LEVEL] += (level - table[winner, LEVEL]) // remembered
            if log is not None and runner_up >= 0:
                log[event[N_LOGGED], 0] = winner
                log[event[N_LOGGED], 1] = runner_up
                event[N_LOGGED] += 1
                progress[N_LINKS] += 1
        table[winner, RECENT] += 1
        progress[N_SEEN] += 1
        i += 1
        if progress[N_LINKS] >= LINKS_AT_MOST:
            break
    return i
