# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Neurons that begin in other ways than as an input that they win.

These are rare, so they are kernels of their own, which are compiled if needed.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store
from skbit._numba.rows import count_ones, load_row
from skbit.cluster._kernels.constants import (
    CERTAIN,
    DENSITY,
    DIGITS,
    INIT,
    N_BITS,
    SEED,
    WEIGHT,
    WINDOW,
)
from skbit.cluster._kernels.counters import add, count_exceeded, halve
from skbit.cluster._kernels.flips import draw_bits, mix
from skbit.cluster._kernels.population import become, write_pattern

# An heir starts with at most so many inputs of its parent.
_INHERITED = 4
_0, _1 = np.uint64(0), np.uint64(1)


@kernel
def insert(rows, first, rule, patterns, norms, counters, table, row, found, numbers):
    """Give every row a neuron of its own.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    first : int
        The neuron of the first row.
    rule, patterns, norms, counters, table
        As for ``compete.learn``; ``rule`` and ``rows`` are read.
    row, found, numbers : tables of planes
        Scratch memory, as for ``compete.learn``.
    """
    words = row.reshape(-1)
    for i in range(rows.shape[0]):
        load_row(rows, i, words)
        become(first + i, 1, row, counters, table, numbers)
        write_pattern(first + i, numbers, rule, patterns, norms, found)


@kernel
def begin_at_random(
    rows, i, n, rule, patterns, norms, counters, table, row, found, numbers, mask
):
    """Let neuron ``n`` begin with random bits, all as likely or as dense as row ``i``.

    ``mask`` is one more table of scratch memory; the other arguments are those of
    ``insert``.
    """
    load_row(rows, i, row.reshape(-1))
    n_bits = rule[N_BITS]
    rate = CERTAIN // 2
    if rule[INIT] == DENSITY:
        rate = np.int64(count_ones(row, found)) * CERTAIN // n_bits
    # Words wrap around without a warning in planes only, so keys are planes.
    seed = (load(row, 0) & _0) + np.uint64(rule[SEED])
    draw_bits(mix(seed + np.uint64(n)), rate, mask)
    words = mask.reshape(-1)
    for j in range(n_bits, 64 * words.size):
        words[j // 64] &= ~(_1 << np.uint64(j % 64))
    become(n, 0, mask, counters, table, numbers)
    write_pattern(n, numbers, rule, patterns, norms, found)


@kernel
def inherit(
    rows,
    i,
    heir,
    parent,
    rule,
    thresholds,
    patterns,
    norms,
    counters,
    table,
    row,
    found,
    numbers,
):
    """Let a neuron begin between a busy one and an input of that one.

    The heir takes over the counters of its parent, worth a few inputs, and counts the
    new input as often. The arguments are those of ``insert`` and ``compete.learn``.
    """
    load_row(rows, i, row.reshape(-1))
    n_planes = row.shape[0]
    to, source = heir * n_planes * DIGITS, parent * n_planes * DIGITS
    for p in range(n_planes * DIGITS):
        store(counters, to + p, load(counters, source + p))
    weight = table[parent, WEIGHT]
    while weight > min(_INHERITED, rule[WINDOW] // 2):
        halve(counters, to, n_planes)
        weight //= 2
    for _ in range(weight):
        add(counters, to, row)
    table[heir, WEIGHT] = 2 * weight
    count_exceeded(counters, to, 2 * weight, thresholds, n_planes, numbers)
    write_pattern(heir, numbers, rule, patterns, norms, found)
