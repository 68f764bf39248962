# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Majorities of bit planes: the tree of small groups, and the exact count.

The tree [1]_ works level by level. Each level cuts its planes into groups of three,
the bitwise majority of which goes to the next level. What does not divide by three:

- 3 m + 1 planes, more than four: the last group has four (1 where three are),
- 3 m + 2 planes, more than five: the last group has five (1 where three are),
- otherwise, one plane left over passes and two are ANDed (so do the last two).

References
----------
.. [1] A. Otto, "DRAM-Native &|~ Classification", 2026, section "MAJ3 Library".
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store


@kernel
def majority3(a, b, c):
    """One where at least two of three are; of words or planes."""
    return a & b | c & (a | b)


@kernel
def majority4(a, b, c, d):
    """One where at least three of four are."""
    return a & b & (c | d) | c & d & (a | b)


@kernel
def majority5(a, b, c, d, e):
    """One where at least three of five are."""
    return a & b & (c | d | e) | (a | b) & majority3(c, d, e) | c & d & e


@kernel
def full_groups(n):
    """Count the groups of three that a level of ``n`` begins with."""
    if n % 3 == 1 and n > 4:
        return (n - 4) // 3
    if n % 3 == 2 and n > 5:
        return (n - 5) // 3
    return n // 3


# Both kernels below serve many neurons per call: neuron ``h`` reads the planes
# ``pool[at[first + h * step]], pool[at[first + h * step + 1]], ...``, ``sizes[h]`` of
# them, and its majority goes to ``out[(h - start) * out_step + out_first]``. A call for
# each would cost more than the work, for numba counts references to arrays at calls.


@kernel
def tree_majorities(
    pool, at, first, step, sizes, start, stop, scratch, out, out_first, out_step
):
    """Reduce the planes of the neurons from ``start`` to ``stop`` by the tree.

    Parameters
    ----------
    pool : table of planes
        What is looked up, and from plane ``scratch`` on room for a level.
    at : int array
        Lookups. They begin with ``scratch, scratch + 1, ...``: how the second level and
        those above read what the level below has left.
    first, step : int
    sizes : (n_neurons,) int array, >= 1
    start, stop : int
    scratch : int
    out : table of planes
        Written.
    out_first, out_step : int
    """
    for h in range(start, stop):
        i = first + h * step
        n = sizes[h]
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
                elif n == 4:
                    b, c = load(pool, at[i + 1]), load(pool, at[i + 2])
                    last = majority4(last, b, c, load(pool, at[i + 3]))
                elif n == 5:
                    b, c = load(pool, at[i + 1]), load(pool, at[i + 2])
                    d, e = load(pool, at[i + 3]), load(pool, at[i + 4])
                    last = majority5(last, b, c, d, e)
                store(pool, scratch + n_full, last)
                n_full += 1
            n = n_full
            if n == 1:
                break
            i = 0
        store(out, (h - start) * out_step + out_first, load(pool, scratch))


@kernel
def count_majorities(
    pool,
    at,
    first,
    step,
    sizes,
    thresholds,
    start,
    stop,
    scratch,
    out,
    out_first,
    out_step,
):
    """Tell where at least ``thresholds[h]`` of a neuron's planes are one.

    Full adders turn three planes of one weight into a sum of that weight and a carry
    of twice the weight, until one plane is left of every weight: the binary digits of
    the count, compared with those of the threshold from the lowest up.

    Parameters
    ----------
    pool : table of planes
        What is looked up, and from plane ``scratch`` on room for the largest size.
    thresholds : (n_neurons,) int array, >= 1
    at, first, step, sizes, start, stop, scratch, out, out_first, out_step
        As in ``tree_majorities``.
    """
    for h in range(start, stop):
        n = sizes[h]
        i = first + h * step
        for k in range(n):
            store(pool, scratch + k, load(pool, at[i + k]))
        threshold = thresholds[h]
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
            at_least = total & at_least if threshold & 1 else total | at_least
            threshold >>= 1
            n = n_carries
        if threshold > 0:
            at_least = zeros
        store(out, (h - start) * out_step + out_first, at_least)
