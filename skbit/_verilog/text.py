# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of Verilog-2005: stages, memories of constants, and counts of ones.

A model is a chain of stages. The first takes numbers, a byte at a time. Each answers
bits, one at a time, and the next takes them in the same order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Stage:
    """A module that is written from an estimator.

    Parameters
    ----------
    code : str
        The module, with the functions that it needs.
    name : str
        Its name.
    n_bits : int
        How many bits it answers for a row; 0 if it answers scores.
    cycles : int
        Clock cycles per row, at most, beyond those of taking its input.
    score_bits : int
        Bits of a score, if it answers scores.
    """

    code: str
    name: str
    n_bits: int
    cycles: int
    score_bits: int = 0


@dataclass(frozen=True)
class Writer:
    """What writes a stage.

    Parameters
    ----------
    write : callable
        Takes an estimator, the name of its module and, of a first stage, the scale of
        the input; returns a stage.
    is_first, is_last : bool
        Whether the stage takes numbers, and whether it answers scores.
    """

    write: Callable[..., Stage]
    is_first: bool = False
    is_last: bool = False


def bits_of(highest: int) -> int:
    """Return how many bits hold whole numbers from 0 to the highest one."""
    return max(1, int(highest).bit_length())


def memory(name: str, width: int, words: list[int]) -> str:
    """Write a memory of constants.

    Parameters
    ----------
    name : str
    width : int
        Bits of a word.
    words : list of int
        Those below 0 are written as two's complements.
    """
    digits = -(-width // 4)
    lines = [
        f"    reg [{width - 1}:0] {name} [0:{len(words) - 1}];",
        "    initial begin",
    ]
    lines += [
        f"        {name}[{place}] = {width}'h{word % 2**width:0{digits}x};"
        for place, word in enumerate(words)
    ]
    return "\n".join([*lines, "    end", ""])


def as_number(bits: NDArray[np.bool_]) -> int:
    """Return bits as a number, the first as its lowest bit."""
    packed = np.packbits(bits, bitorder="little")
    return int.from_bytes(packed.tobytes(), "little")


def count_ones(name: str, n_bits: int) -> str:
    """Write a function that counts ones by a tree of adders of up to three numbers."""
    top = bits_of(n_bits) - 1
    sums = [f"bits[{bit}]" for bit in range(n_bits)]
    lines: list[str] = []
    while len(sums) > 1:
        groups = [sums[i : i + 3] for i in range(0, len(sums), 3)]
        sums = [f"sum{len(lines) + i}" for i in range(len(groups))]
        lines += [
            f"            {total} = {' + '.join(group)};"
            for total, group in zip(sums, groups, strict=True)
        ]
    declared = ""
    if lines:
        names = ", ".join(f"sum{i}" for i in range(len(lines)))
        declared = f"        reg [{top}:0] {names};\n"
    body = "\n".join([*lines, f"            {name} = {sums[0]};"])
    return (
        f"    function [{top}:0] {name};\n"
        f"        input [{n_bits - 1}:0] bits;\n"
        f"{declared}"
        f"        begin\n{body}\n        end\n    endfunction\n"
    )


def comment(lines: list[str]) -> str:
    """Write lines as a comment."""
    return "\n".join(f"// {line}".rstrip() for line in lines) + "\n"


def as_list(values: Any) -> list[int]:
    """Return an array of whole numbers as a list."""
    return [int(value) for value in np.ravel(values)]
