# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Majorities of bit planes: the tree of small groups, and the exact count."""

from typing import NamedTuple

import numpy as np

from skbit._numba import majority_tree
from skbit._numba.jit import kernel
from skbit._numba.planes import load, store

full_groups = kernel(majority_tree.full_groups)
majority3 = kernel(majority_tree.majority3)
majority4 = kernel(majority_tree.majority4)
majority5 = kernel(majority_tree.majority5)


class Wiring(NamedTuple):
    """The planes of a pool that each neuron reads.

    Neuron ``h`` reads the planes ``pool[lookups[first + h * step]]``,
    ``pool[lookups[first + h * step + 1]]``, ... where ``first`` is an argument of the
    kernels.

    Parameters
    ----------
    lookups : int array
        It begins with ``scratch, scratch + 1, ...``, by which the second level of a
        tree and those above read what the level below has left.
    step : int
        Distance between the lookups of two neurons.
    sizes : (n_neurons,) int array, >= 1
        Planes that each neuron reads.
    required : (n_neurons,) int array, >= 1
        Ones that make an exact majority; empty for trees.
    scratch : int
        The plane of the pool from which on there is room for a neuron's planes.
    """

    lookups: np.ndarray
    step: int
    sizes: np.ndarray
    required: np.ndarray
    scratch: int


# The kernels below serve many neurons per call, whose majorities go to the planes
# ``out[(h - start) * out_step + out_first]``. A call for each neuron would take longer
# than the work.


@kernel
def majorities(pool, wiring, first, start, stop, out, out_first, out_step):
    """Reduce the planes of the neurons from ``start`` to ``stop``.

    Parameters
    ----------
    pool : table of planes
        Planes that neurons read, and scratch memory.
    wiring : Wiring
    first : int
        Place of the first neuron's lookups.
    start, stop : int
    out : table of planes
        Written.
    out_first, out_step : int
    """
    if wiring.required.size > 0:
        count_majorities(pool, wiring, first, start, stop, out, out_first, out_step)
    else:
        tree_majorities(pool, wiring, first, start, stop, out, out_first, out_step)


@kernel
def tree_majorities(pool, wiring, first, start, stop, out, out_first, out_step):
    """Reduce planes by the majority tree (``skbit._numba.majority_tree``).

    The parameters are those of ``majorities``.
    """
    at, scratch = wiring.lookups, wiring.scratch
    for h in range(start, stop):
        i = first + h * wiring.step
        n = wiring.sizes[h]
        while True:
            n_full = full_groups(n)
            for g in range(n_full):
                a, b, c = (
                    load(pool, at[i]),
                    load(pool, at[i + 1]),
                    load(pool, at[i + 2]),
                )
                store(pool, scratch + g, majority3(a, b, c))
                i += 3
            n -= 3 * n_full
            if n > 0:
                last = load(pool, at[i])
                if n == 2:
                    last = last & load(pool, at[i + 1])
                elif n > 2:
                    b, c = load(pool, at[i + 1]), load(pool, at[i + 2])
                    d = load(pool, at[i + 3])
                    if n == 4:
                        last = majority4(last, b, c, d)
                    else:
                        last = majority5(last, b, c, d, load(pool, at[i + 4]))
                store(pool, scratch + n_full, last)
                n_full += 1
            n = n_full
            if n == 1:
                break
            i = 0
        store(out, (h - start) * out_step + out_first, load(pool, scratch))


@kernel
def count_majorities(pool, wiring, first, start, stop, out, out_first, out_step):
    """Find where at least ``required[h]`` of a neuron's planes are 1.

    Full adders turn three planes of one weight into a sum of that weight and a carry
    of twice the weight, until one plane is left of every weight: the binary digits of
    the count, which are compared with those of the required number from the lowest up.
    The parameters are those of ``majorities``.
    """
    scratch = wiring.scratch
    for h in range(start, stop):
        n = wiring.sizes[h]
        i = first + h * wiring.step
        for k in range(n):
            store(pool, scratch + k, load(pool, wiring.lookups[i + k]))
        required = wiring.required[h]
        zeros = load(pool, scratch) & np.uint64(0)
        at_least = ~zeros
        while n > 0:
            total = load(pool, scratch)
            n_carries = 0
            for k in range(1, n - 1, 2):
                b, c = load(pool, scratch + k), load(pool, scratch + k + 1)
                store(pool, scratch + n_carries, majority3(total, b, c))
                n_carries += 1
                total = total ^ b ^ c
            if n % 2 == 0:
                b = load(pool, scratch + n - 1)
                store(pool, scratch + n_carries, total & b)
                n_carries += 1
                total = total ^ b
            at_least = total & at_least if required & 1 else total | at_least
            required >>= 1
            n = n_carries
        if required > 0:
            at_least = zeros
        store(out, (h - start) * out_step + out_first, at_least)
