# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the clusterer: populations that learn, answer and fall into groups.

A population is the arrays that its kernels work on, ``_kernels.population.Neurons``,
and its rule is ``_kernels.population.Rule``.
"""

import numpy as np

from skbit import _kernels
from skbit._blocks import run_blocks, slices
from skbit.bits import n_containers, unpack_bits

# What one thread does at a time.
_ROWS_PER_TASK = 1024
# Neurons with less than a tenth of their fair share of links join a group last.
_SMALL = 10


def begin(rule, capacity, with_links):
    """Return a population without neurons."""
    population = _kernels.population
    n_words, n_planes = _sizes(rule)
    n_groups = -(-capacity // _kernels._planes.LANES)
    per_neuron = [np.zeros(capacity, dtype=np.int64) for _ in range(5)]
    progress = np.zeros(6, dtype=np.int64)
    progress[population.USUAL] = -1
    digits = 0 if rule.flipping else _kernels.counters.DIGITS
    n_links = capacity if with_links else 0
    return population.Neurons(
        # Kernels may look at a word beyond the last.
        _kernels._planes.zero_planes(n_groups * rule.n_digits * n_words + 1),
        _kernels._planes.zero_planes(n_groups),
        _kernels._planes.zero_planes(capacity * n_planes * digits),
        *per_neuron,
        np.zeros((n_links, n_links), dtype=np.int64),
        progress,
    )


def grown(neurons, rule, capacity, with_links):
    """Return a population with space for more; the same one if it has it."""
    with_links |= has_links(neurons)
    if capacity <= len(neurons.weights) and with_links == has_links(neurons):
        return neurons
    larger = begin(rule, max(capacity, len(neurons.weights)), with_links)
    for name, old, new in zip(neurons._fields, neurons, larger, strict=True):
        if name == "links":
            new[: len(old), : len(old)] = old
        else:
            new[: len(old)] = old
    return larger


def has_links(neurons):
    """Tell whether winners and runners-up are counted."""
    return len(neurons.links) > 0


def learn(neurons, rule, words):
    """Let a population learn the rows of a packed matrix, in place."""
    _kernels.compete.learn(words, rule, neurons, *_scratch(rule))


def learn_in_order(neurons, rule, words, order):
    """Do the same with rows in another order."""
    for block in slices(len(order), _ROWS_PER_TASK):
        learn(neurons, rule, np.take(words, order[block], axis=0))


def insert(neurons, rule, words):
    """Give every row of a packed matrix a neuron of its own, in place."""
    _kernels.compete.insert(words, rule, neurons, *_scratch(rule))


def n_neurons(neurons):
    """Return how many neurons there are."""
    return int(neurons.progress[_kernels.population.N_NEURONS])


def n_seen(neurons):
    """Return how many inputs were learned."""
    return int(neurons.progress[_kernels.population.N_SEEN])


def patterns(neurons, rule):
    """Return the highest digit of every neuron, packed as rows."""
    return digits(neurons, rule)[:, 0].copy()


def digits(neurons, rule):
    """Return what every neuron holds, packed; what it means stands in ``resonate``.

    Returns
    -------
    digits : ndarray of shape (n_neurons, n_digits, n_containers), dtype uint32
        The highest digit first.
    """
    n_words, _ = _sizes(rule)
    rows = _kernels._planes.rows_of_lanes(neurons.patterns[:-1], rule.n_digits, n_words)
    return rows[: n_neurons(neurons), :, : n_containers(rule.n_bits)]


def numbers(neurons, rule):
    """Return what every neuron holds, bit by bit: the numbers that its digits make.

    Returns
    -------
    numbers : ndarray of shape (n_neurons, n_bits), dtype uint8
    """
    total = 0
    for digit in digits(neurons, rule).transpose(1, 0, 2):
        total = 2 * total + unpack_bits(digit, rule.n_bits)
    return total


def norms(neurons):
    """Return the norm of every neuron: see ``_kernels.resonate``.

    Returns
    -------
    norms : ndarray of shape (n_neurons,), dtype int64
    """
    return neurons.norms.view(np.int64).reshape(-1)[: n_neurons(neurons)]


def find_winners(neurons, rule, words, n_jobs):
    """Find the neuron that resonates most with each row, the first of equals.

    Returns
    -------
    winners : ndarray of shape (n_rows,), dtype intp
    overlaps : ndarray of shape (n_rows,), dtype int64
        What ``resonance_of_winners`` needs.
    """
    winners = np.empty(len(words), dtype=np.intp)
    overlaps = np.empty(len(words), dtype=np.int64)

    def find(start, stop):
        row, found, _, _ = _scratch(rule)
        _kernels.resonate.find_winners(
            words[start:stop],
            neurons.patterns,
            neurons.norms,
            rule.n_digits,
            n_neurons(neurons),
            rule.resonance,
            row,
            found,
            winners[start:stop],
            overlaps[start:stop],
        )

    run_blocks(find, len(words), _ROWS_PER_TASK, n_jobs)
    return winners, overlaps


def resonance_of_winners(neurons, rule, words, winners, overlaps):
    """Turn what ``find_winners`` found into resonances, float64."""
    return _resonance(rule, overlaps, norms(neurons)[winners], _count_ones(words))


def measure(neurons, rule, words, n_jobs):
    """Measure the resonance of every row with every neuron.

    Returns
    -------
    resonance : ndarray of shape (n_rows, n_neurons), dtype float64
    """
    n = n_neurons(neurons)
    resonance = np.empty((len(words), n))

    def measure_rows(start, stop):
        row, found, _, _ = _scratch(rule)
        overlaps = np.empty((stop - start, n), dtype=np.int64)
        _kernels.resonate.measure_overlaps(
            words[start:stop], neurons.patterns, rule.n_digits, row, found, overlaps
        )
        ones = _count_ones(words[start:stop])[:, np.newaxis]
        resonance[start:stop] = _resonance(rule, overlaps, norms(neurons), ones)

    run_blocks(measure_rows, len(words), _ROWS_PER_TASK, n_jobs)
    return resonance


def familiarity(neurons, rule):
    """Return how much the inputs that each neuron won have resonated."""
    levels = neurons.levels[: n_neurons(neurons)] / _kernels.population.ONE
    if rule.resonance == _kernels.resonate.COSINE:
        return np.sqrt(levels)
    return levels


def group(neurons, rule, n_wanted):
    """Merge neurons that inputs lie between into groups, by average linkage.

    Two groups are as close as the number of inputs for which a member of one was the
    winner and one of the other the runner-up, over the product of their sizes, a size
    being such inputs won. Neurons that won few, and groups that nothing links with
    others, join at the end where they are linked most, or else where the neuron is that
    resembles them most.

    Returns
    -------
    groups : ndarray of shape (n_neurons,), dtype intp
        From 0 on, in the order of their first members.
    """
    n = n_neurons(neurons)
    if n <= n_wanted:
        return np.arange(n)
    links = neurons.links[:n, :n]
    sizes = links.sum(axis=1)
    links = links + links.T
    np.fill_diagonal(links, 0)
    is_large = sizes * n * _SMALL >= sizes.sum()
    # Without links to go by, the first ones stay apart.
    is_large[np.argsort(~is_large, kind="stable")[:n_wanted]] = True
    groups = np.arange(n)
    group_sizes = np.where(is_large, np.maximum(sizes, 1), 0)
    _kernels.link.merge_groups(
        np.where(np.outer(is_large, is_large), links, 0),
        group_sizes,
        int(is_large.sum()),
        n_wanted,
        np.empty(n, dtype=np.intp),
        groups,
    )
    kept = np.sort(np.argsort(-group_sizes, kind="stable")[:n_wanted])
    is_kept = np.isin(groups, kept)
    membership = groups[:, np.newaxis] == kept
    rest = np.flatnonzero(~is_kept)
    affinity = links[rest] @ membership
    is_lonely = affinity.max(axis=1, initial=0) == 0
    lonely = rest[is_lonely]
    if len(lonely):
        likeness = measure(neurons, rule, patterns(neurons, rule)[lonely], None)
        likeness[:, ~is_kept] = -np.inf
        affinity[is_lonely] = membership[likeness.argmax(axis=1)]
    groups[rest] = kept[affinity.argmax(axis=1)]
    firsts, groups = np.unique(groups, return_inverse=True)
    # A group's first member may have joined at the end.
    order = np.argsort([np.flatnonzero(groups == g)[0] for g in range(len(firsts))])
    return np.argsort(order)[groups]


def _sizes(rule):
    """Return how many words and planes a row of bits takes."""
    n_words = -(-rule.n_bits // 64)
    return n_words, -(-n_words // _kernels._planes.LANES)


def _scratch(rule):
    """Allocate what kernels need: a row, what is found, numbers and a mask."""
    _, n_planes = _sizes(rule)
    found = _kernels.resonate.FOUND
    sizes = n_planes, found, n_planes * rule.n_digits, n_planes
    return [_kernels._planes.zero_planes(size) for size in sizes]


def _count_ones(words):
    return np.bitwise_count(words).sum(axis=1, dtype=np.int64)


def _resonance(rule, overlaps, norms, ones):
    """Turn overlaps into resonances; the formulas are in ``_kernels.resonate``."""
    resonate = _kernels.resonate
    top = 2**rule.n_digits - 1
    if rule.resonance in (resonate.COSINE, resonate.JACCARD):
        if rule.resonance == resonate.COSINE:
            share, empty = 2 * overlaps**2, 1
            whole = norms * ones
        else:
            share, empty = overlaps, 0
            whole = norms + top * ones - overlaps
        # Nothing resembles nothing, and nothing else.
        is_nothing = ones == 0
        share = np.where(is_nothing, norms == empty, share)
        resonance = share / np.where(is_nothing, 1, np.maximum(whole, 1))
        return np.sqrt(resonance) if empty else resonance
    whole = top * rule.n_bits
    if rule.resonance == resonate.OVERLAP:
        return (3 * overlaps + norms - whole - top * ones) / whole
    return (2 * overlaps + norms - top * ones) / whole
