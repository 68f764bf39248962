# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The structure of the majority projection, and the projection of rows."""

import numpy as np

from skbit._numba.majority_tree import full_groups
from skbit._numba.memory import PLANE_BITS, empty_planes, read_only
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit._utils.splitmix import random_below, random_words, splitmix64
from skbit.bits import CONTAINER_BITS, n_containers, unpack_bits

# Batches up to this many rows are projected row by row.
_FEW_ROWS = 32
# Output bits of a block that are computed before they are written, to stay in cache.
_CHUNK_BITS = 8192
# Blocks of rows that one thread projects before it takes the next, at most.
_BLOCKS_PER_TASK = 4
# Neurons that share a permutation.
PER_PERMUTATION = 32


def draw_windows(seed, n_neurons, receptive_field, grid_shape, image_width):
    """Draw each neuron's window by the rule in the Notes of the class."""
    draws = random_words(seed ^ 0xFFFFFFFFFFFFFFFF, 3 * n_neurons).reshape(-1, 3).T
    low, high = receptive_field
    height = low + random_below(draws[0], high - low + 1)
    width = np.minimum(-(-height * grid_shape[1] // image_width) + 1, grid_shape[1])
    top = random_below(draws[1], grid_shape[0] - height + 1)
    left = random_below(draws[2], grid_shape[1] - width + 1)
    return np.column_stack([top, left, height, width])


def draw_containers(seed, n_neurons, n_inputs, n_seen):
    """Draw the containers that each neuron sees by the rule in the Notes."""
    numbers = splitmix64(seed ^ 0xFFFFFFFFFFFFFFFF, n_neurons * n_inputs)
    order = numbers.reshape(n_neurons, n_inputs).argsort(axis=1)
    return np.ascontiguousarray(order[:, :n_seen])


def draw_permutations(seed, n_neurons, bits, n_places):
    """Draw the bit at each place of each permuted row by the rule in the Notes."""
    n_permutations = -(-n_neurons // PER_PERMUTATION)
    n_orders = -(-n_places // len(bits))
    numbers = splitmix64(seed ^ 2**63, n_permutations * n_orders * len(bits))
    orders = numbers.reshape(n_permutations, n_orders, len(bits)).argsort(axis=2)
    return bits[orders.reshape(n_permutations, -1)[:, :n_places]]


def varying_bits(words, n_bits):
    """Return the bits that are not the same in all rows, or all if all are."""
    varies = np.bitwise_or.reduce(words) ^ np.bitwise_and.reduce(words)
    bits = np.flatnonzero(unpack_bits(varies[np.newaxis], n_bits)[0])
    return (bits if len(bits) else np.arange(n_bits)).astype(np.uint32)


def wiring(windows, n_neurons, n_inputs, grid_width):
    """List the containers that each neuron sees, in the order of the tree's leaves.

    Parameters
    ----------
    windows : ndarray of shape (n_neurons, 4), dtype intp, or None
        Top, left, height and width in the grid of containers. If None, all neurons see
        all containers, in their order.
    n_neurons, n_inputs, grid_width : int

    Returns
    -------
    containers : ndarray of shape (n_neurons, largest size), dtype uint32
    sizes : ndarray of shape (n_neurons,), dtype intp
        Number of containers that each neuron sees.
    """
    if windows is None:
        containers = np.arange(n_inputs, dtype=np.uint32)
        containers = np.broadcast_to(containers, (n_neurons, n_inputs))
        return containers, np.full(n_neurons, n_inputs)
    from skbit.random_projection._kernels.project import interleave_thirds

    sizes = windows[:, 2] * windows[:, 3]
    containers = np.empty((n_neurons, sizes.max()), dtype=np.uint32)
    interleave_thirds(windows, grid_width, containers)
    return containers, sizes


def project(words, random, width, containers, sizes, required, permutations, n_jobs):
    """Project rows of containers.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_words), dtype uint32
    random : ndarray of shape (n_neurons, n_words), dtype uint32
        Random containers that rows are compared with (XNOR).
    width : int
        Bits of a container.
    containers, sizes
        What ``wiring`` returns.
    required : ndarray of shape (n_neurons,), dtype intp
        Ones that make an exact majority; empty for trees.
    permutations : ndarray of shape (n_permutations, n_places), dtype uint32, or None
        The bit of a row at each place of the permuted row that ``PER_PERMUTATION``
        neurons read. If None, all read the row itself.
    n_jobs : int or None

    Returns
    -------
    projected : ndarray of shape (n_rows, n_containers), dtype uint32
    """
    if permutations is not None:
        wired = _wire_bits(random, width, containers, required, permutations, words)
        return _project_blocks(words, 1, *wired, n_jobs)
    if len(words) <= _FEW_ROWS:
        return _project_rows(words, random, width, containers, sizes, required)
    if containers.strides[0] == 0 and not required.size:
        lookups = _wire_groups(random, width)
    else:
        lookups = _wire_containers(random, width, containers, sizes, required)
    return _project_blocks(words, width, *lookups, n_jobs)


def _project_rows(words, random, width, containers, sizes, required):
    """Project a few rows, with the neurons side by side."""
    from skbit.random_projection._kernels.majority import Wiring
    from skbit.random_projection._kernels.project import project_rows

    # A container is a word of its width, or several of 64 bits.
    word_type = np.dtype(f"u{min(width, 64) // 8}")
    n_parts = max(1, width // 64)
    n_neurons, largest = containers.shape
    n_out = n_containers(n_neurons * width)
    out = np.zeros((len(words), n_out * CONTAINER_BITS // width, n_parts), word_type)
    pool = empty_planes(2 * largest + 1)
    rows = words.view(word_type).reshape(len(words), -1, n_parts)
    # First ``largest, largest + 1, ...``, then ``0, 1, ...``
    lookups = np.arange(largest, 3 * largest, dtype=np.uint32) % (2 * largest)
    if containers.strides[0] == 0:
        # One row for all neurons, so that the array is contiguous as with windows.
        containers = containers[:1]
    others = (
        random.view(word_type).reshape(n_neurons, -1, n_parts),
        read_only(containers),
        np.argsort(sizes, kind="stable"),
        Wiring(lookups, 0, sizes, required, largest),
        pool,
        pool.view(word_type),
    )
    # Gathering a container takes about as long as sixteen operations on words.
    n_rows = rows_per_call(16 * n_neurons * largest * n_parts)
    for block in slices(len(rows), n_rows):
        project_rows(rows[block], *others, out[block])
    return out.reshape(len(words), -1).view(np.uint32)


def _wire_groups(random, width):
    """Let all neurons look up the groups of the first level of the tree.

    Returns
    -------
    wiring : Wiring
    grouped : bool
        True.
    n_inputs : int
        Containers of a row.
    """
    from skbit.random_projection._kernels.majority import Wiring
    from skbit.random_projection._kernels.project import group_lookups

    n_neurons, n_inputs = len(random), random.shape[1] * CONTAINER_BITS // width
    n_full = full_groups(n_inputs)
    n_groups = n_full + (3 * n_full < n_inputs)
    # Three containers take eight entries, and the last group up to 32.
    scratch = 3 * n_inputs + 32
    lookups, rest = _empty_lookups(scratch, n_groups, width, n_neurons)
    group_lookups(random, n_inputs, width, rest)
    sizes, required = np.full(n_neurons, n_groups), np.empty(0, dtype=np.intp)
    return Wiring(lookups, n_groups, sizes, required, scratch), True, n_inputs


def _wire_containers(random, width, containers, sizes, required):
    """Let neurons look up containers; returns what ``_wire_groups`` returns."""
    from skbit.random_projection._kernels.majority import Wiring
    from skbit.random_projection._kernels.project import container_lookups

    n_neurons, n_inputs = len(random), random.shape[1] * CONTAINER_BITS // width
    step, scratch = containers.shape[1], 2 * n_inputs
    lookups, rest = _empty_lookups(scratch, step, width, n_neurons)
    container_lookups(random, containers, sizes, width, rest)
    return Wiring(lookups, step, sizes, required, scratch), False, n_inputs


def _wire_bits(random, width, containers, required, permutations, words):
    """Let every bit of a neuron look up bits; returns what ``_wire_groups`` returns.

    A bit of a neuron is to the kernel a neuron of its own, with containers of one bit.
    """
    from skbit.random_projection._kernels.majority import Wiring
    from skbit.random_projection._kernels.project import bit_lookups

    n_neurons, step = containers.shape
    n_inputs = words.shape[1] * CONTAINER_BITS
    scratch = 2 * n_inputs
    lookups, rest = _empty_lookups(scratch, step, n_neurons, width)
    if containers.strides[0] == 0:
        containers = containers[:1]
    places = permutations.reshape(len(permutations), -1, width)
    bit_lookups(random, read_only(containers), places, PER_PERMUTATION, rest)
    sizes = np.full(n_neurons * width, step)
    required = required.repeat(width)
    return Wiring(lookups, step, sizes, required, scratch), False, n_inputs


def _empty_lookups(scratch, step, width, n_neurons):
    """Allocate lookups; return all of them, and those that are still to be written."""
    dtype = np.uint16 if scratch + step <= 2**16 else np.uint32
    lookups = np.empty(step + width * n_neurons * step, dtype=dtype)
    lookups[:step] = scratch + np.arange(step)
    return lookups, lookups[step:].reshape(width, n_neurons, step)


def _project_blocks(words, width, wiring, grouped, n_inputs, n_jobs):
    """Project many rows, 512 at a time."""
    from skbit._numba.transpose import planes_to_rows, rows_to_planes
    from skbit.random_projection._kernels.project import project_block

    n_neurons = len(wiring.sizes)
    out = np.empty((len(words), n_containers(n_neurons * width)), dtype=np.uint32)
    chunks = slices(n_neurons, max(1, _CHUNK_BITS // width))

    def project_rows(start, stop):
        planes = empty_planes(64 * -(-words.shape[1] // 2))
        inputs = planes[: n_inputs * width]
        pool = empty_planes(wiring.scratch + wiring.step)
        projected = empty_planes(_CHUNK_BITS)
        for block in slices(stop - start, PLANE_BITS):
            rows = slice(start + block.start, start + block.stop)
            rows_to_planes(words[rows], planes)
            for chunk in chunks:
                ends = chunk.start, chunk.stop
                project_block(inputs, width, grouped, wiring, *ends, pool, projected)
                n_bits = (chunk.stop - chunk.start) * width
                projected[n_bits : n_bits + -n_bits % 64] = 0
                first = chunk.start * width // CONTAINER_BITS
                last = first + n_containers(n_bits)
                planes_to_rows(projected, out[rows], first, last)

    n_read = 3 * wiring.step if grouped else wiring.step
    n_blocks = rows_per_call(n_neurons * width * n_read, _BLOCKS_PER_TASK)
    run_blocks(project_rows, len(words), PLANE_BITS * n_blocks, n_jobs)
    return out
