# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The projection of rows, in blocks on threads or a few at a time."""

import numpy as np

from skbit._numba.majority_tree import full_groups
from skbit._numba.memory import PLANE_BITS, empty_planes, read_only
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit.bits import CONTAINER_BITS, n_containers
from skbit.random_projection._structure import PER_PERMUTATION

# Batches up to this many rows are projected row by row.
_FEW_ROWS = 32
# Output bits of a block that are computed before they are written, to stay in cache.
_CHUNK_BITS = 8192
# Blocks of rows that one thread projects before it takes the next, at most.
_BLOCKS_PER_TASK = 4


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
        What ``_structure.wiring`` returns.
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
    if len(words) <= _FEW_ROWS:
        return _project_rows(
            words, random, width, containers, sizes, required, permutations
        )
    if containers.strides[0] == 0 and not required.size:
        return _project_blocks(
            words, width, *_wire_groups(random, width), n_jobs, permutations
        )
    if permutations is not None:
        wired = _wire_bits(random, width, containers, required, permutations, words)
        return _project_blocks(words, 1, *wired, n_jobs)
    wired = _wire_containers(random, width, containers, sizes, required)
    return _project_blocks(words, width, *wired, n_jobs)


def _project_rows(words, random, width, containers, sizes, required, permutations):
    """Project a few rows, with the neurons side by side."""
    from skbit.random_projection._kernels import project as kernels
    from skbit.random_projection._kernels.majority import Wiring

    # A container is a word of its width, or several of 64 bits.
    word_type = np.dtype(f"u{min(width, 64) // 8}")
    n_parts = max(1, width // 64)
    n_neurons, largest = containers.shape
    n_out = n_containers(n_neurons * width)
    out = np.zeros((len(words), n_out * CONTAINER_BITS // width, n_parts), word_type)
    pool = empty_planes(2 * largest + 1)
    # First ``largest, largest + 1, ...``, then ``0, 1, ...``
    lookups = np.arange(largest, 3 * largest, dtype=np.uint32) % (2 * largest)
    if containers.strides[0] == 0:
        # One row for all neurons, so that the array is contiguous as with windows.
        containers = containers[:1]
    order = np.argsort(sizes, kind="stable")
    if permutations is not None:
        order = order[:PER_PERMUTATION]
    others = (
        random.view(word_type).reshape(n_neurons, -1, n_parts),
        read_only(containers),
        order,
        Wiring(lookups, 0, sizes, required, largest),
        pool,
        pool.view(word_type),
    )
    # Gathering a container takes about as long as sixteen operations on words.
    n_rows = rows_per_call(16 * n_neurons * largest * n_parts)
    for block in slices(len(words), n_rows):
        rows = words[block]
        shape = len(rows), -1, n_parts
        if permutations is None:
            kernels.project_rows(
                rows.view(word_type).reshape(shape), *others, out[block]
            )
            continue
        permuted = np.empty((len(permutations), len(rows), random.shape[1]), np.uint32)
        kernels.permute_rows(rows, permutations, permuted)
        permuted = permuted.view(word_type).reshape(len(permutations), *shape)
        kernels.project_permuted_rows(permuted, *others, out[block])
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


def _project_blocks(words, width, wiring, grouped, n_inputs, n_jobs, permutations=None):
    """Project many rows, 512 at a time."""
    from skbit._numba.transpose import planes_to_rows, rows_to_planes
    from skbit.random_projection._kernels.project import permute_planes, project_block

    n_neurons = len(wiring.sizes)
    out = np.empty((len(words), n_containers(n_neurons * width)), dtype=np.uint32)
    n_per_chunk = max(1, _CHUNK_BITS // width)
    if permutations is not None:
        n_per_chunk = PER_PERMUTATION
    chunks = slices(n_neurons, n_per_chunk)

    def project_rows(start, stop):
        planes = empty_planes(64 * -(-words.shape[1] // 2))
        inputs = planes[: n_inputs * width]
        if permutations is not None:
            inputs = empty_planes(n_inputs * width)
        pool = empty_planes(wiring.scratch + wiring.step)
        projected = empty_planes(_CHUNK_BITS)
        for block in slices(stop - start, PLANE_BITS):
            rows = slice(start + block.start, start + block.stop)
            rows_to_planes(words[rows], planes)
            for k, chunk in enumerate(chunks):
                if permutations is not None:
                    permute_planes(planes, permutations[k], inputs)
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
