# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Neurons that begin in other ways than as an input that they win.

They are rare, so they have kernels of their own, which are compiled when needed.
"""

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store
from skbit._numba.rows import load_row
from skbit.cluster._kernels.constants import (
    COUNT,
    COUNTER_DIGITS,
    FIRST_LEVEL,
    INHERITED,
    MAX_COUNT,
    MEAN_SIMILARITY,
    ONE,
    PENDING,
    WEIGHT,
)
from skbit.cluster._kernels.counters import add, count_exceeded, halve
from skbit.cluster._kernels.population import (
    begin_neuron,
    write_pattern,
)


@kernel
def insert(rows, first, settings, tables, scratch):
    """Give every row a neuron of its own.

    Parameters
    ----------
    rows : (n_rows, n_containers) uint32 array
    first : int
        The neuron of the first row.
    settings, tables, scratch
        As for ``learn``.
    """
    best, row, levels = scratch.best, scratch.row, scratch.levels
    for i in range(rows.shape[0]):
        load_row(rows, i, row.reshape(-1))
        begin_neuron(first + i, 1, row, tables.counters, tables.neurons, levels)
        write_pattern(first + i, levels, settings, tables.patterns, tables.norms, best)


@kernel
def inherit(rows, heir, parent, settings, tables, scratch):
    """Let a neuron begin between a busy neuron and an input of that neuron.

    The heir takes over the counters of its parent, worth a few inputs, and counts the
    new input as often.

    Parameters
    ----------
    rows : (1, n_containers) uint32 array
    heir, parent : int
    settings, tables, scratch
        As for ``learn``.
    """
    best, row, levels = scratch.best, scratch.row, scratch.levels
    counters, neurons = tables.counters, tables.neurons
    load_row(rows, 0, row.reshape(-1))
    n_planes = row.shape[0]
    to, source = heir * n_planes * COUNTER_DIGITS, parent * n_planes * COUNTER_DIGITS
    for p in range(n_planes * COUNTER_DIGITS):
        store(counters, to + p, load(counters, source + p))
    weight = neurons[parent, WEIGHT]
    while weight > min(INHERITED, settings[MAX_COUNT] // 2):
        halve(counters, to, n_planes)
        weight //= 2
    for _ in range(weight):
        add(counters, to, row)
    neurons[heir, WEIGHT] = 2 * weight
    neurons[heir, COUNT] = 1
    neurons[heir, MEAN_SIMILARITY] = ONE
    neurons[heir, PENDING] = -1
    count_exceeded(counters, to, 2 * weight, settings[FIRST_LEVEL:], levels)
    write_pattern(heir, levels, settings, tables.patterns, tables.norms, best)
