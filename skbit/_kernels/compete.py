# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competition: every input finds the neuron it resonates with most, which learns it.

Serial by nature, since each input meets the neurons that the one before has changed.
All that happens is a function of the inputs seen so far, whatever calls they came in.
"""

import numpy as np

from skbit._kernels._jit import kernel
from skbit._kernels._planes import LANES, load, popcount, store
from skbit._kernels.counters import DIGITS, add, begin, count_exceeded, halve
from skbit._kernels.flips import CERTAIN, draw_bits, flip_towards, mix
from skbit._kernels.population import (
    DECAY,
    DENSITY,
    N_LINKS,
    N_NEURONS,
    N_NOVEL,
    N_RELEASED,
    N_SEEN,
    ONE,
    SAMPLES,
    SHRINK,
    USUAL,
    WINS,
)
from skbit._kernels.resonate import (
    COSINE,
    JACCARD,
    OVERLAP,
    count_ones,
    first_empty,
    load_row,
    pick_runner_up,
    pick_winner,
    search,
    sum_lanes,
)

# A neuron's level is averaged over this many wins.
_WINS_REMEMBERED = 32
# When so many links are counted, all are halved, so that products of sums of links stay
# below 2**63 and links of long ago fade.
_LINKS_AT_MOST = 1 << 20
# An input is novel if its level is below this many quarters of its winner's.
_NOVEL_QUARTERS = 3
# The reserve opens when this window has more novel inputs than usual, by more standard
# deviations (of a Poisson variable) than that.
_NOVEL_WINDOW = 512
_NOVEL_DEVIATIONS = 4
# A neuron is idle below one eighth of its fair share of inputs, busy above two shares.
_IDLE, _BUSY = 8, 2
# An heir starts with at most so many inputs of its parent.
_INHERITED = 4
# A settled neuron's rate of flips is divided by it.
_SHRINKAGE = 10
_0, _1 = np.uint64(0), np.uint64(1)


@kernel
def _level(resonance, overlap, norm, ones, n_bits, top):
    """Return a resonance (for cosine its square) in units of ``1 / ONE``, rounded down.

    So it is at least ``m`` units exactly if the level is at least ``m``.
    """
    if resonance == COSINE:
        if ones == 0:
            return ONE if norm == 1 else 0
        return (2 * overlap * overlap * ONE) // (norm * ones)
    if resonance == JACCARD:
        if ones == 0:
            return ONE if norm == 0 else 0
        return overlap * ONE // (norm + top * ones - overlap)
    if resonance == OVERLAP:
        return (3 * overlap + norm - top * (n_bits + ones)) * ONE // (top * n_bits)
    return (2 * overlap + norm - top * ones) * ONE // (top * n_bits)


@kernel
def write_pattern(n, numbers, rule, neurons, scratch):
    """Store a neuron's numbers and their norm.

    Parameters
    ----------
    n : int
    numbers : table of planes
        Binary digits, the lowest first, as many planes of each as a row has.
    rule : Rule
    neurons : Neurons
        ``patterns`` and ``norms`` are written.
    scratch : table of planes
    """
    n_digits = rule.n_digits
    n_planes = numbers.shape[0] // n_digits
    n_words = (rule.n_bits + 63) // 64
    g, lane = n // LANES, n % LANES
    words = numbers.reshape(-1)
    patterns = neurons.patterns
    for d in range(n_digits):
        first = (g * n_digits + n_digits - 1 - d) * n_words
        for w in range(n_words):
            patterns[first + w, lane] = words[d * n_planes * LANES + w]
    total = load(numbers, 0) & _0
    for p in range(n_planes):
        for d in range(n_digits):
            digit = load(numbers, d * n_planes + p)
            if rule.resonance == COSINE:
                for e in range(n_digits):
                    other = load(numbers, e * n_planes + p)
                    total = total + (popcount(digit & other) << np.uint64(d + e + 1))
            else:
                total = total + (popcount(digit) << np.uint64(d))
    norm = sum_lanes(total, scratch)
    if rule.resonance == COSINE:
        norm = max(norm, _1)
    elif rule.resonance != JACCARD:
        norm = np.uint64(((1 << n_digits) - 1) * rule.n_bits) - norm
    neurons.norms[g, lane] = norm


@kernel
def _create(n, row, ones, rule, neurons, numbers, mask, scratch):
    """Give a neuron its first pattern."""
    n_planes = row.shape[0]
    for p in range(n_planes):
        store(mask, p, load(row, p))
    if rule.init != SAMPLES:
        rate = CERTAIN // 2
        if rule.init == DENSITY:
            rate = ones * CERTAIN // rule.n_bits
        # Words wrap around without a warning in planes only, so keys are planes.
        seed = (load(mask, 0) & _0) + np.uint64(rule.seed)
        draw_bits(mix(seed + np.uint64(n)), rate, mask)
        words = mask.reshape(-1)
        for j in range(rule.n_bits, 64 * words.size):
            words[j // 64] &= ~(_1 << np.uint64(j % 64))
    for d in range(rule.n_digits):
        for p in range(n_planes):
            store(numbers, d * n_planes + p, load(mask, p))
    if not rule.flipping:
        begin(neurons.counters, n * n_planes * DIGITS, mask)
    neurons.weights[n] = 1
    neurons.counts[n] = rule.init == SAMPLES
    neurons.levels[n] = ONE
    neurons.heirs[n] = -1
    if neurons.links.shape[0] > 0:
        neurons.links[n, :] = 0
        neurons.links[:, n] = 0
    write_pattern(n, numbers, rule, neurons, scratch)


@kernel
def _inherit(heir, parent, row, ones, rule, neurons, numbers, mask, scratch):
    """Move an idle neuron to an input of a busy one: between that one and the input.

    With counters, it takes over the parent's, worth a few inputs, and counts the new
    input as often.
    """
    _create(heir, row, ones, rule, neurons, numbers, mask, scratch)
    if rule.flipping:
        return
    n_planes = row.shape[0]
    to, source = heir * n_planes * DIGITS, parent * n_planes * DIGITS
    for p in range(n_planes * DIGITS):
        store(neurons.counters, to + p, load(neurons.counters, source + p))
    weight = neurons.weights[parent]
    while weight > min(_INHERITED, rule.window // 2):
        halve(neurons.counters, to, n_planes)
        weight //= 2
    for _ in range(weight):
        add(neurons.counters, to, row)
    neurons.weights[heir] = 2 * weight
    count_exceeded(neurons.counters, to, 2 * weight, rule.thresholds, n_planes, numbers)
    write_pattern(heir, numbers, rule, neurons, scratch)


@kernel
def _flip_rate(n, rule, neurons):
    """Return the probability with which the winner's bits may flip, in 65536ths."""
    wins = neurons.counts[n]
    if rule.flip_schedule == WINS:
        return CERTAIN // (wins + 1)
    if rule.flip_schedule == DECAY:
        share = neurons.progress[N_SEEN] // neurons.progress[N_NEURONS]
        return rule.flip_rate * rule.settle_after // (rule.settle_after + share)
    if rule.flip_schedule == SHRINK and wins >= rule.settle_after:
        return rule.flip_rate // _SHRINKAGE
    return rule.flip_rate


@kernel
def _learn(n, row, rule, neurons, numbers, mask, scratch):
    """Move a neuron's pattern towards an input."""
    n_planes = row.shape[0]
    if rule.flipping:
        seed = (load(mask, 0) & _0) + np.uint64(rule.seed)
        key = mix(seed + np.uint64(neurons.progress[N_SEEN] + 1))
        rate = _flip_rate(n, rule, neurons)
        draw_bits(mix(key + np.uint64(n)), rate, mask)
        words = numbers.reshape(-1)
        n_words = (rule.n_bits + 63) // 64
        for w in range(n_words):
            words[w] = neurons.patterns[n // LANES * n_words + w, n % LANES]
        flip_towards(row, mask, numbers)
        write_pattern(n, numbers, rule, neurons, scratch)
    elif rule.plastic or neurons.weights[n] < rule.window:
        first = n * n_planes * DIGITS
        # Above it if the window was larger before.
        if neurons.weights[n] >= rule.window:
            halve(neurons.counters, first, n_planes)
            neurons.weights[n] //= 2
        add(neurons.counters, first, row)
        neurons.weights[n] += 1
        count_exceeded(
            neurons.counters,
            first,
            neurons.weights[n],
            rule.thresholds,
            n_planes,
            numbers,
        )
        write_pattern(n, numbers, rule, neurons, scratch)
    neurons.counts[n] += 1


@kernel
def _link(winner, runner_up, neurons):
    """Count that an input lies between two neurons."""
    links, progress = neurons.links, neurons.progress
    links[winner, runner_up] += 1
    progress[N_LINKS] += 1
    if progress[N_LINKS] == _LINKS_AT_MOST:
        progress[N_LINKS] = 0
        for a in range(links.shape[0]):
            for b in range(links.shape[0]):
                links[a, b] //= 2
                progress[N_LINKS] += links[a, b]


@kernel
def _split(rule, neurons):
    """Let every idle neuron wait for an input of one of the busiest.

    Neurons that have won half a window of inputs are never idle: they keep what they
    know, though it may be long ago.
    """
    n_neurons = neurons.progress[N_NEURONS]
    recent, heirs = neurons.recent, neurons.heirs
    heirs[:] = -1
    for n in range(n_neurons):
        is_idle = recent[n] * n_neurons * _IDLE < rule.split_interval
        if not is_idle or neurons.counts[n] >= rule.window // 2:
            continue
        busiest = n
        for other in range(n_neurons):
            if heirs[other] < 0 and recent[other] > recent[busiest]:
                busiest = other
        if recent[busiest] * n_neurons <= _BUSY * rule.split_interval:
            break
        heirs[busiest] = n
    recent[:] = 0


@kernel
def _watch(rule, progress):
    """Release half of the reserve if novel inputs have become much more frequent."""
    novel, usual = 16 * progress[N_NOVEL], progress[USUAL]
    progress[N_NOVEL] = 0
    if usual < 0:
        progress[USUAL] = novel
        return
    excess = novel - usual
    if excess > 0 and excess * excess > 16 * _NOVEL_DEVIATIONS**2 * max(usual, 16):
        progress[N_RELEASED] += (rule.n_reserved - progress[N_RELEASED] + 1) // 2
    else:
        progress[USUAL] += excess // 8


@kernel
def _meet(row, words, ones, rule, neurons, found):
    """Find winner, runner-up (or -1) and the winner's level."""
    n_neurons, resonance = neurons.progress[N_NEURONS], rule.resonance
    top = (1 << rule.n_digits) - 1
    if ones == 0 and resonance <= JACCARD:
        winner = first_empty(neurons.norms, n_neurons, resonance)
        norm = np.int64(neurons.norms[winner // LANES, winner % LANES])
        return winner, -1, _level(resonance, 0, norm, ones, rule.n_bits, top)
    with_links = neurons.links.shape[0] > 0
    weighted_ones = np.uint64(top * ones)
    search(
        words,
        (rule.n_bits + 63) // 64,
        neurons.patterns,
        neurons.norms,
        rule.n_digits,
        (n_neurons + LANES - 1) // LANES,
        resonance,
        weighted_ones,
        with_links,
        found,
    )
    lane = pick_winner(found, n_neurons, resonance, weighted_ones)
    runner_up = -1
    if with_links:
        runner_up = pick_runner_up(found, n_neurons, lane, resonance, weighted_ones)
    overlap, norm = np.int64(found[0, lane]), np.int64(found[1, lane])
    level = _level(resonance, overlap, norm, ones, rule.n_bits, top)
    return np.int64(found[2, lane]) * LANES + lane, runner_up, level


@kernel
def _recruits(winner, level, rule, neurons):
    """Tell whether an input becomes a new neuron."""
    progress = neurons.progress
    n_neurons = progress[N_NEURONS]
    n_free = rule.n_neurons - rule.n_reserved - n_neurons
    if n_free > 0:
        return n_neurons == 0 or level < rule.vigilance
    if rule.n_reserved == 0 or 4 * level >= _NOVEL_QUARTERS * neurons.levels[winner]:
        return False
    progress[N_NOVEL] += 1
    return n_free + progress[N_RELEASED] > 0


@kernel
def learn(rows, rule, neurons, row, found, numbers, mask):
    """Let a population learn rows, one after the other.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    rule : Rule
    neurons : Neurons
        Changed.
    row : table of planes
        Scratch memory for a row; zero beyond it.
    found : table of 6 planes
    numbers : table of planes
        As many for each digit as the row has.
    mask : table of planes
        As many as the row has. Scratch memory, as the two before it.
    """
    words = row.reshape(-1)
    progress, levels = neurons.progress, neurons.levels
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        ones = np.int64(count_ones(row, found))
        winner, runner_up, level = 0, -1, 0
        if progress[N_NEURONS] > 0:
            winner, runner_up, level = _meet(row, words, ones, rule, neurons, found)
        if _recruits(winner, level, rule, neurons):
            winner = progress[N_NEURONS]
            progress[N_NEURONS] += 1
            _create(winner, row, ones, rule, neurons, numbers, mask, found)
        elif neurons.heirs[winner] >= 0 and level < ONE:
            parent, winner = winner, neurons.heirs[winner]
            neurons.heirs[parent] = -1
            _inherit(winner, parent, row, ones, rule, neurons, numbers, mask, found)
        elif rule.unbounded:
            for n in range(progress[N_NEURONS]):
                _learn(n, row, rule, neurons, numbers, mask, found)
        else:
            _learn(winner, row, rule, neurons, numbers, mask, found)
            remembered = min(neurons.counts[winner], _WINS_REMEMBERED)
            levels[winner] += (level - levels[winner]) // remembered
            if runner_up >= 0:
                _link(winner, runner_up, neurons)
        neurons.recent[winner] += 1
        progress[N_SEEN] += 1
        if rule.split_interval > 0 and progress[N_SEEN] % rule.split_interval == 0:
            _split(rule, neurons)
        if rule.n_reserved > 0 and progress[N_SEEN] % _NOVEL_WINDOW == 0:
            _watch(rule, progress)


@kernel
def insert(rows, rule, neurons, row, found, numbers, mask):
    """Give every row a neuron of its own; the arguments are those of ``learn``."""
    words = row.reshape(-1)
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        ones = np.int64(count_ones(row, found))
        n = neurons.progress[N_NEURONS]
        neurons.progress[N_NEURONS] += 1
        _create(n, row, ones, rule, neurons, numbers, mask, found)
