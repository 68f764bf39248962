# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The random majority projection of blocks of rows, and of single rows.

A neuron compares the containers of its window with its random containers (XNOR) and
reduces them, bit position by bit position, to one container of majorities.

A block of 512 rows is projected as bit planes, one bit position after the other. At
one position a neuron reads every input plane as it is or inverted, so comparisons are
looked up in a table instead of computed. Where all neurons see all containers, the
first level of the tree is looked up as well, because a group of three has only eight
results. That reduces the work of a neuron to a third.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store
from skbit.random_projection._kernels.majority import (
    full_groups,
    majorities,
    majority3,
    majority4,
    majority5,
)

_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)


@kernel
def _bit(rows, h, j):
    return (rows[h, j // 32] >> np.uint32(j % 32)) & np.uint32(1)


@kernel
def interleave_thirds(windows, grid_width, containers):
    """List the containers of each neuron's window in the order of the tree's leaves.

    Containers are numbered row by row and interleaved by thirds: 0, q, 2 q, 1, q + 1,
    2 q + 1, ... with q a third of their number, rounded up. Adjacent containers are
    correlated, so the first level of the tree combines distant ones.

    Parameters
    ----------
    windows : (n_neurons, 4) intp array
        Top, left, height and width of each neuron's window in the grid of containers.
    grid_width : int
        Containers in a row of the grid.
    containers : (n_neurons, largest size) int array
        Written, as far as a neuron's window goes.
    """
    for h in range(windows.shape[0]):
        top, left, n_rows, n_columns = windows[h]
        n = n_rows * n_columns
        third = (n + 2) // 3
        i = 0
        for first in range(third):
            for j in range(first, n, third):
                row, column = top + j // n_columns, left + j % n_columns
                containers[h, i] = row * grid_width + column
                i += 1


@kernel
def container_lookups(random, containers, sizes, width, lookups):
    """Find the entries of the table of containers that each neuron reads.

    Entry ``2 c`` is container ``c`` inverted, and entry ``2 c + 1`` is container ``c``.

    Parameters
    ----------
    random : (n_neurons, n_words) uint32 array
    containers : (n_neurons, largest size) int array
        Containers that each neuron reads, in the order of the tree's leaves.
    sizes : (n_neurons,) intp array
        Number of containers that each neuron reads.
    width : int
        Bits of a container.
    lookups : (width, n_neurons, largest size) unsigned array
        Written, for each bit position.
    """
    for p in range(width):
        for h in range(random.shape[0]):
            for i in range(sizes[h]):
                c = containers[h, i]
                lookups[p, h, i] = 2 * c + _bit(random, h, c * width + p)


@kernel
def bit_lookups(random, containers, permutations, per_permutation, lookups):
    """Find the entries of the table of bits that each bit of a neuron reads.

    Entry ``2 j`` is bit ``j`` inverted, and entry ``2 j + 1`` is bit ``j``.

    Parameters
    ----------
    random : (n_neurons, n_words) uint32 array
    containers : (n_neurons or 1, size) int array
        Containers of the permuted row that each neuron reads, or all of them, in the
        order of the tree's leaves.
    permutations : (n_permutations, n_containers, width) int array
        The bit of a row at each place of the permuted rows.
    per_permutation : int
        Neurons that read the same permuted row.
    lookups : (n_neurons, width, size) unsigned array
        Written.
    """
    width = permutations.shape[2]
    for h in range(random.shape[0]):
        row = min(h, containers.shape[0] - 1)
        for p in range(width):
            for i in range(containers.shape[1]):
                c = containers[row, i]
                j = permutations[h // per_permutation, c, p]
                lookups[h, p, i] = 2 * j + _bit(random, h, c * width + p)


@kernel
def group_lookups(random, n_containers, width, lookups):
    """Find the entries of the table of groups that each neuron reads.

    The groups are those of the first level of the tree over all containers. Bit ``k``
    of an entry's number within its group is 1 if container ``k`` is not inverted. The
    parameters are those of ``container_lookups``.
    """
    n_full = full_groups(n_containers)
    for p in range(width):
        for h in range(random.shape[0]):
            for g in range(n_full):
                j = 3 * g * width + p
                lookups[p, h, g] = (
                    8 * g
                    + _bit(random, h, j)
                    + 2 * _bit(random, h, j + width)
                    + 4 * _bit(random, h, j + 2 * width)
                )
            if 3 * n_full < n_containers:
                entry = 0
                for c in range(3 * n_full, n_containers):
                    bit = _bit(random, h, c * width + p)
                    entry += int(bit) << (c - 3 * n_full)
                lookups[p, h, n_full] = 8 * n_full + entry


@kernel
def _tabulate_containers(planes, n_containers, width, position, table):
    for c in range(n_containers):
        plane = load(planes, c * width + position)
        store(table, 2 * c, ~plane)
        store(table, 2 * c + 1, plane)


@kernel
def _signed(planes, j, entry, k):
    """Return plane ``j``, inverted if bit ``k`` of the entry's number is 0."""
    return load(planes, j) ^ (_ZERO if (entry >> k) & 1 else _ONES)


@kernel
def _tabulate_groups(planes, n_containers, width, position, table):
    n_full = full_groups(n_containers)
    for g in range(n_full):
        j = 3 * g * width + position
        a, b, c = load(planes, j), load(planes, j + width), load(planes, j + 2 * width)
        for low in range(4):
            # Majority is self-dual: the opposite signs give the opposite result.
            result = majority3(
                a ^ (_ZERO if low & 1 else _ONES), b ^ (_ZERO if low & 2 else _ONES), ~c
            )
            store(table, 8 * g + low, result)
            store(table, 8 * g + 7 - low, ~result)
    size = n_containers - 3 * n_full
    j = 3 * n_full * width + position
    for entry in range(1 << size if size else 0):
        last = _signed(planes, j, entry, 0)
        if size == 2:
            last = last & _signed(planes, j + width, entry, 1)
        elif size > 2:
            b = _signed(planes, j + width, entry, 1)
            c = _signed(planes, j + 2 * width, entry, 2)
            d = _signed(planes, j + 3 * width, entry, 3)
            if size == 4:
                last = majority4(last, b, c, d)
            else:
                e = _signed(planes, j + 4 * width, entry, 4)
                last = majority5(last, b, c, d, e)
        store(table, 8 * n_full + entry, last)


@kernel
def project_block(planes, width, grouped, wiring, start, stop, pool, out):
    """Project 512 rows by the neurons from ``start`` to ``stop``.

    Parameters
    ----------
    planes : (n_containers * width, 8) table of planes
        The rows.
    width : int
        Bits of a container.
    grouped : bool
        Whether neurons look up groups instead of containers.
    wiring : Wiring
        ``lookups`` has those of each bit position in turn after the first ``step``
        entries.
    start, stop : int
    pool : table of ``scratch + step`` planes
        Scratch memory.
    out : (>= (stop - start) * width, 8) table of planes
        Written: the neurons' containers.
    """
    n_containers = planes.shape[0] // width
    for p in range(width):
        if grouped:
            _tabulate_groups(planes, n_containers, width, p, pool)
        else:
            _tabulate_containers(planes, n_containers, width, p, pool)
        first = (1 + p * wiring.sizes.size) * wiring.step
        majorities(pool, wiring, first, start, stop, out, p, width)


@kernel
def project_rows(rows, random, containers, order, wiring, pool, pool_words, out):
    """Project rows one by one, with neurons side by side in the planes.

    Parameters
    ----------
    rows : (n_rows, n_containers, n_words) unsigned array
        A container is a word of its width, or several of 64 bits.
    random : (n_neurons, n_containers, n_words) array of the same type
    containers : (n_neurons or 1, largest size) int array
        Containers that each neuron reads, or all of them, in the order of the tree's
        leaves.
    order : (n_neurons,) intp array
        The neurons, ordered by size.
    wiring : Wiring
        ``lookups`` are ``largest size, largest size + 1, ...``, then ``0, 1, ...``, and
        ``step`` is 0, because all neurons read the first planes of the pool.
    pool : table of ``2 * largest size + 1`` planes
        Scratch memory.
    pool_words : the pool's memory as an array of the rows' type, a row per plane
    out : (n_rows, n_neurons, n_words) array of the rows' type
        Written.
    """
    n_neurons, n_words = random.shape[0], rows.shape[2]
    largest = containers.shape[1]
    n_lanes = pool_words.shape[1] // n_words
    for s in range(rows.shape[0]):
        start = 0
        while start < n_neurons:
            # As many neurons of one size as fit into a plane.
            first = order[start]
            size = wiring.sizes[first]
            stop = start
            end = min(n_neurons, start + n_lanes)
            while stop < end and wiring.sizes[order[stop]] == size:
                h = order[stop]
                row = min(h, containers.shape[0] - 1)
                for k in range(n_words):
                    lane = (stop - start) * n_words + k
                    for i in range(size):
                        c = containers[row, i]
                        pool_words[i, lane] = ~(rows[s, c, k] ^ random[h, c, k])
                stop += 1
            majorities(pool, wiring, largest, first, first + 1, pool, 2 * largest, 0)
            for i in range(start, stop):
                for k in range(n_words):
                    lane = (i - start) * n_words + k
                    out[s, order[i], k] = pool_words[2 * largest, lane]
            start = stop


@kernel
def permute_planes(planes, places, permuted):
    """Copy planes into another order.

    Parameters
    ----------
    planes : table of planes
    places : (n_places,) int array
        The plane at each place.
    permuted : table of ``n_places`` planes
        Written.
    """
    for i in range(places.shape[0]):
        store(permuted, i, load(planes, places[i]))


@kernel
def permute_rows(rows, permutations, permuted):
    """Put the bits of rows into several orders.

    Parameters
    ----------
    rows : (n_rows, n_words) uint32 array
    permutations : (n_permutations, n_places) int array
        The bit of a row at each place of the permuted rows.
    permuted : (n_permutations, n_rows, n_places // 32) uint32 array
        Written.
    """
    for k in range(permutations.shape[0]):
        for s in range(rows.shape[0]):
            for i in range(permuted.shape[2]):
                word = np.uint32(0)
                for p in range(32):
                    j = permutations[k, 32 * i + p]
                    word |= _bit(rows, s, j) << np.uint32(p)
                permuted[k, s, i] = word


@kernel
def project_permuted_rows(
    permuted, random, containers, order, wiring, pool, pool_words, out
):
    """Project rows one by one, of which every ``len(order)`` neurons read another.

    Parameters
    ----------
    permuted : (n_permutations, n_rows, n_containers, n_words) unsigned array
        The rows that the neurons read.
    order : (neurons that read the same row,) intp array
        ``0, 1, ...``: all neurons read equally many containers.
    random, containers, wiring, pool, pool_words, out
        As in ``project_rows``.
    """
    n_neurons = random.shape[0]
    seen = containers
    for k in range(permuted.shape[0]):
        start = k * len(order)
        stop = min(start + len(order), n_neurons)
        if containers.shape[0] > 1:
            seen = containers[start:stop]
        project_rows(
            permuted[k],
            random[start:stop],
            seen,
            order[: stop - start],
            wiring,
            pool,
            pool_words,
            out[:, start:stop],
        )
