# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the majority projection: its structure, and projecting by it."""

import numpy as np

from skbit import _kernels
from skbit._blocks import run_blocks, slices
from skbit._splitmix import random_below, random_words
from skbit.bits import CONTAINER_BITS, n_containers

# Batches up to this many rows are projected row by row.
_FEW_ROWS = 256
# Output bits of a block that are computed before they are written, to stay in cache.
_CHUNK_BITS = 8192
# Rows that one thread projects before it takes the next.
_ROWS_PER_TASK = 2048


def draw_windows(seed, n_neurons, receptive_field, grid_shape, image_width):
    """Draw each neuron's window; the rule stands in the class's Notes."""
    draws = random_words(seed ^ 0xFFFFFFFFFFFFFFFF, 3 * n_neurons).reshape(-1, 3).T
    low, high = receptive_field
    height = low + random_below(draws[0], high - low + 1)
    width = np.minimum(-(-height * grid_shape[1] // image_width) + 1, grid_shape[1])
    top = random_below(draws[1], grid_shape[0] - height + 1)
    left = random_below(draws[2], grid_shape[1] - width + 1)
    return np.column_stack([top, left, height, width])


def project(words, random, width, windows, grid_width, thresholds, n_jobs):
    """Project rows of containers.

    Parameters
    ----------
    words : ndarray of shape (n_rows, n_words), dtype uint32
    random : ndarray of shape (n_neurons, n_words), dtype uint32
        What rows are compared with (XNOR).
    width : int
        Bits of a container.
    windows : ndarray of shape (n_neurons, 4), dtype intp, or None
        Top, left, height and width in the grid of containers. If None, all neurons see
        all containers, in their order.
    grid_width : int
    thresholds : ndarray of shape (n_neurons,), dtype intp
        The counts that make exact majorities; empty for trees.
    n_jobs : int or None

    Returns
    -------
    projected : ndarray of shape (n_rows, n_containers), dtype uint32
    """
    if windows is None and len(words) <= _FEW_ROWS:
        return _project_rows(words, random, width, thresholds)
    return _project_blocks(
        words, random, width, windows, grid_width, thresholds, n_jobs
    )


def _project_blocks(words, random, width, windows, grid_width, thresholds, n_jobs):
    """Project many rows, 512 at a time."""
    project, transpose = _kernels.project, _kernels.transpose
    planes_module = _kernels._planes
    n_neurons, n_words = random.shape
    n_inputs = n_words * CONTAINER_BITS // width
    grouped = windows is None and not thresholds.size
    if windows is None:
        windows = np.tile([0, 0, 1, n_inputs], (n_neurons, 1))
    sizes = np.empty(n_neurons, dtype=np.intp)
    if grouped:
        step, scratch = project.n_groups(n_inputs), 3 * n_inputs + 32
    else:
        step, scratch = int((windows[:, 2] * windows[:, 3]).max()), 2 * n_inputs
    lookup_type = np.uint16 if scratch + step <= 2**16 else np.uint32
    at = np.empty(step + width * n_neurons * step, dtype=lookup_type)
    at[:step] = scratch + np.arange(step)
    lookups = at[step:].reshape(width, n_neurons, step)
    if grouped:
        project.look_up_groups(random, n_inputs, width, lookups, sizes)
    else:
        project.look_up_containers(random, windows, grid_width, width, lookups, sizes)
    out = np.empty((len(words), n_containers(n_neurons * width)), dtype=np.uint32)
    chunks = slices(n_neurons, max(1, _CHUNK_BITS // width))

    def project_rows(start, stop):
        planes = planes_module.empty_planes(64 * -(-n_words // 2))
        pool = planes_module.empty_planes(scratch + step)
        projected = planes_module.empty_planes(_CHUNK_BITS)
        for block in slices(stop - start, planes_module.PLANE_BITS):
            rows = slice(start + block.start, start + block.stop)
            transpose.rows_to_planes(words[rows], planes)
            for chunk in chunks:
                project.project_block(
                    planes,
                    width,
                    n_inputs,
                    grouped,
                    thresholds,
                    at,
                    step,
                    sizes,
                    chunk.start,
                    chunk.stop,
                    scratch,
                    pool,
                    projected,
                )
                n_bits = (chunk.stop - chunk.start) * width
                projected[n_bits : n_bits + -n_bits % 64] = 0
                first = chunk.start * width // CONTAINER_BITS
                transpose.planes_to_rows(
                    projected, out[rows], first, first + n_containers(n_bits)
                )

    run_blocks(project_rows, len(words), _ROWS_PER_TASK, n_jobs)
    return out


def _project_rows(words, random, width, thresholds):
    """Project a few rows, with the neurons side by side."""
    planes_module = _kernels._planes
    n_rows, n_neurons = len(words), len(random)
    # A container is a word of its width, or several of 64 bits.
    word_type = np.dtype(f"u{min(width, 64) // 8}")
    n_parts = max(1, width // 64)
    rows = words.view(word_type).reshape(n_rows, -1, 1, n_parts)
    n_inputs = rows.shape[1]
    per_plane = planes_module.PLANE_BITS // width
    n_chunks = -(-n_neurons // per_plane)
    shape = (-1, n_inputs, per_plane, n_parts)

    row_planes = planes_module.empty_planes(n_rows * n_inputs)
    row_planes.view(word_type).reshape(shape)[:] = rows
    neurons = np.zeros((n_chunks * per_plane, *rows.shape[1::2]), dtype=word_type)
    neurons[:n_neurons] = random.view(word_type).reshape(n_neurons, n_inputs, n_parts)
    random_planes = planes_module.empty_planes(n_chunks * n_inputs)
    random_planes.view(word_type).reshape(shape)[:] = neurons.reshape(
        n_chunks, per_plane, n_inputs, n_parts
    ).swapaxes(1, 2)

    at = np.r_[n_inputs : 2 * n_inputs, :n_inputs].astype(np.uint32)
    out = planes_module.empty_planes(n_rows * n_chunks)
    _kernels.project.project_rows(
        row_planes,
        random_planes,
        at,
        thresholds[:n_chunks],
        planes_module.empty_planes(2 * n_inputs),
        out,
    )
    n_bits = n_neurons * width
    out = out.view(np.uint32).reshape(n_rows, -1)[:, : n_containers(n_bits)]
    if n_bits % CONTAINER_BITS:
        # The last plane has more neurons than there are.
        out[:, -1] &= np.uint32((1 << n_bits % CONTAINER_BITS) - 1)
    return np.ascontiguousarray(out)
