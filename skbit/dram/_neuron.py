# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The program of a neuron, and its error rate if majorities err."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skbit.dram._checks import check_choice, check_whole
from skbit.dram._commands import Program, Writer
from skbit.dram._count import CountWriter
from skbit.dram._subarray import Subarray
from skbit.dram._tree import Leaf, TreeWriter, tree_of

# Lanes on which errors are tried out, 64 to a word.
_N_LANES = 2**16


def neuron_program(
    n_containers: int,
    *,
    majority: str = "tree",
    gate: str = "xnor",
    inverted: ArrayLike | None = None,
    needed: int | None = None,
    keep_results: bool = True,
) -> Program:
    """Write a neuron as row commands.

    Run on a :class:`Subarray`, they leave in the row ``OUT`` what
    :class:`~skbit.random_projection.RandomMAJ3Projection` computes, in every lane.
    Without ``inverted`` a lane is a bit of a neuron, and the rows ``X0``, ``X1``, ...
    and ``W0``, ``W1``, ... are compared. With it, the comparisons are with bits that
    the controller knows (of a sample, or of a neuron), and the rows ``X0``, ``X1``, ...
    hold the other side of them.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    n_containers : int
        Number of containers that the neuron compares.
    majority : {"tree", "exact"}, default="tree"
        As in the projection.
    gate : {"xnor", "xor"}, default="xnor"
        As in the projection. Both take seven commands. It is ignored with ``inverted``.
    inverted : array-like of bool of shape (n_containers,), default=None
        Whether each row is inverted: for XNOR, rows that are compared with a 0 are.
    needed : int, default=None
        With ``majority="exact"``, the number of ones that gives a one. None means more
        than half.
    keep_results : bool, default=True
        Whether a result stays in the B-group for the next majority. If False, a
        majority is four commands and a comparison seven, as in Ambit's Figure 8.

    Returns
    -------
    program : Program
        The commands, which reuse scratch rows.

    References
    ----------
    .. [1] V. Seshadri et al., "Ambit: In-memory accelerator for bulk bitwise operations
       using commodity DRAM technology", MICRO 2017.

    Examples
    --------
    >>> from skbit.dram import neuron_program
    >>> for command in neuron_program(3, inverted=[False, True, False]).commands:
    ...     print(command)
    AAP(X0, B2)
    AAP(X2, B1)
    AAP(X1, B5)
    AAP(B14, OUT)
    >>> len(neuron_program(784)), len(neuron_program(784, keep_results=False))
    (6676, 7072)
    """
    check_whole("n_containers", n_containers, 1)
    check_choice("majority", majority, ("tree", "exact"))
    check_choice("gate", gate, ("xnor", "xor"))
    writer = Writer()
    compares = inverted is None
    signs = np.zeros(n_containers, bool) if compares else np.asarray(inverted, bool)
    if signs.shape != (n_containers,):
        raise ValueError(
            f"inverted must have one value for each of {n_containers} containers, got "
            f"shape {signs.shape}."
        )
    if majority == "tree":
        leaves = [Leaf(j, bool(sign)) for j, sign in enumerate(signs)]
        tree_writer = TreeWriter(writer, gate if compares else None, keep_results)
        tree_writer.write(tree_of(leaves))
        return writer.program()
    needed = n_containers // 2 + 1 if needed is None else needed
    check_whole("needed", needed, 1, n_containers)
    count_writer = CountWriter(writer)
    for j, sign in enumerate(signs):
        row = f"X{j}"
        if compares or sign:
            row = writer.new_row()
            writer.compare(j, gate, row) if compares else writer.invert(f"X{j}", row)
        count_writer.add(row)
    count_writer.write(int(needed))
    return writer.program()


def count_majorities(n_containers: int) -> int:
    """Count the majorities of three of the tree; an AND counts as one.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    n_containers : int
        Containers that enter the tree.

    Returns
    -------
    n : int
        The number of majorities; a group of four or five takes four.

    Examples
    --------
    >>> from skbit.dram import count_majorities
    >>> [count_majorities(n) for n in (196, 256, 784)]
    [105, 135, 396]
    """
    check_whole("n_containers", n_containers, 1)
    as_they_are = [False] * n_containers
    return neuron_program(n_containers, inverted=as_they_are).n_majorities


@functools.lru_cache(maxsize=256)
def typical_program(n_containers: int, majority: str, compares: bool) -> Program:
    """Write the program that is priced; if it selects, every other row is inverted."""
    inverted = None if compares else np.arange(n_containers) % 2 == 1
    return neuron_program(n_containers, majority=majority, inverted=inverted)


@functools.lru_cache(maxsize=256)
def _fault_weight(n_containers: int, majority: str, compares: bool) -> float:
    """Count the majorities of a program by how often a fault flips the result.

    One majority, drawn at random, goes wrong in each lane of a subarray with random
    rows. The weighted count is the share of lanes whose result changes, multiplied by
    the number of majorities.
    """
    program = typical_program(n_containers, majority, compares)
    if program.n_majorities == 0:
        return 0.0
    rng = np.random.default_rng(0)
    wrong = rng.integers(program.n_majorities, size=_N_LANES)
    order = np.argsort(wrong, kind="stable")
    ends = np.cumsum(np.bincount(wrong, minlength=program.n_majorities))
    subarray = Subarray(_N_LANES // 64, np.uint64)
    for kind in "XW" if compares else "X":
        for j in range(n_containers):
            words = rng.integers(2**64, size=_N_LANES // 64, dtype=np.uint64)
            subarray.write(f"{kind}{j}", words)

    def faults() -> Iterator[NDArray[Any]]:
        for lanes in np.split(order, ends[:-1]):
            bits = np.zeros(_N_LANES, dtype=bool)
            bits[lanes] = True
            yield np.packbits(bits).view(np.uint64)

    subarray.run(program.commands)
    right = subarray.read("OUT")
    subarray.run(program.commands, list(faults()))
    n_changed = np.bitwise_count(right ^ subarray.read("OUT")).sum()
    return program.n_majorities * float(n_changed) / _N_LANES


def flip_rate(
    n_containers: int, majority: str, compares: bool, error_rate: float
) -> float:
    """Return the probability that a bit of the result is wrong.

    Faults are independent, and each inverts the result with the same probability. Two
    faults that invert the result cancel out.
    """
    if error_rate == 0:
        return 0.0
    weight = _fault_weight(n_containers, majority, compares)
    return float(-np.expm1(-2 * error_rate * weight) / 2)
