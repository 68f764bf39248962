# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The frozen structure of the majority projection: what each neuron reads."""

from numbers import Integral

import numpy as np

from skbit._utils.splitmix import random_below, random_words, splitmix64
from skbit._utils.state import check_array, raise_damaged
from skbit.bits import CONTAINER_BITS

# Neurons that share a permutation.
PER_PERMUTATION = 32


def check_windows(receptive_field, width, height, n_inputs):
    """Raise if windows of these heights do not fit an image of ``height`` rows."""
    if not (
        len(receptive_field) == 2
        and all(isinstance(n, Integral) for n in receptive_field)
        and 1 <= receptive_field[0] <= receptive_field[1] <= height
    ):
        raise ValueError(
            "receptive_field must be one whole number, or two whole numbers, the "
            f"smaller first, from 1 to the {height} rows of the image, got "
            f"{receptive_field!r}."
        )
    if n_inputs % height:
        raise ValueError(
            f"The {height} rows of the image cannot share {n_inputs} containers of "
            f"{width} bits: every image row must fill whole containers. Choose "
            "container_bits or the encoder's n_levels to fit."
        )


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
    if n_seen > n_inputs:
        raise ValueError(
            f"receptive_field={n_seen} is more than the {n_inputs} containers of a row."
        )
    numbers = splitmix64(seed ^ 0xFFFFFFFFFFFFFFFF, n_neurons * n_inputs)
    order = numbers.reshape(n_neurons, n_inputs).argsort(axis=1)
    return np.ascontiguousarray(order[:, :n_seen])


def draw_permutations(seed, n_neurons, bits, n_seen, width):
    """Draw the bit at each place of each permuted row by the rule in the Notes.

    Parameters
    ----------
    seed : int
    n_neurons : int
    bits : int ndarray
        The bits that take part.
    n_seen : int or None
        Containers that a neuron sees.
    width : int
        Bits of a container.

    Returns
    -------
    permutations : ndarray of shape (n_permutations, n_places), dtype uint32
    """
    n_places = width * max(-(-len(bits) // width), n_seen or 1)
    n_places += -n_places % CONTAINER_BITS
    n_permutations = -(-n_neurons // PER_PERMUTATION)
    n_orders = -(-n_places // len(bits))
    numbers = splitmix64(seed ^ 2**63, n_permutations * n_orders * len(bits))
    orders = numbers.reshape(n_permutations, n_orders, len(bits)).argsort(axis=2)
    places = orders.reshape(n_permutations, -1)[:, :n_places]
    return bits.astype(np.uint32)[places]


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


def check_structure(projection):
    """Raise if kernels cannot rely on what the neurons of a fitted projection read."""
    n_words = projection._n_words
    if projection._permutations is not None:
        check_array(projection, "W0_", np.uint32, (None, None))
        n_permutations = -(-len(projection.W0_) // PER_PERMUTATION)
        n_words = projection.W0_.shape[1]
        shape = n_permutations, n_words * CONTAINER_BITS
        last_bit = projection._n_input_bits - 1
        check_array(projection, "permutations_", np.uint32, shape, 0, last_bit)
    check_array(projection, "W0_", np.uint32, (None, n_words))
    n_neurons = len(projection.W0_)
    n_inputs = n_words * CONTAINER_BITS // projection._container_bits
    height, width = projection.grid_shape_
    if n_neurons == 0 or min(height, width) < 1 or height * width != n_inputs:
        raise_damaged(
            projection,
            "grid_shape_",
            f"the height and width of a grid of {n_inputs} containers",
            repr(projection.grid_shape_),
        )
    name = "receptive_fields_"
    if projection._n_seen is not None:
        shape = n_neurons, projection._n_seen
        check_array(projection, name, np.intp, shape, 0, n_inputs - 1)
        return
    # With numbers in this range, the sums below cannot overflow.
    check_array(projection, name, np.intp, (n_neurons, 4), 0, n_inputs)
    windows = projection.receptive_fields_
    first, size = windows[:, :2], windows[:, 2:]
    if projection._windows is None:
        is_valid = (first == 0).all() and (size == projection.grid_shape_).all()
    else:
        last = first + size
        is_valid = size.min() >= 1 and (last <= projection.grid_shape_).all()
    if not is_valid:
        grid = f"windows in a grid of {height} x {width} containers"
        raise_damaged(projection, name, grid, "others")
