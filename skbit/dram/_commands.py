# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A neuron as a program of row commands for processing-using-DRAM.

The commands are Ambit's [1]_. ``AAP(a, b)`` activates ``a``, then ``b``, and
precharges: what ``a`` holds is copied to ``b``. ``AP(a)`` activates and precharges.
Addresses are names of rows (``X0`` inputs, ``W0`` weights, ``S0`` scratch, ``OUT``, the
constants ``C0`` and ``C1``) or of the B-group, ``B0`` to ``B15``, half of which open
several rows at once. Opening three leaves their majority in all three.

A majority of three needs three copies into the B-group and one command that computes,
and copies out. Three things make programs shorter:

- A result that the next majority needs stays where it is, which saves a copy.
- A complement costs nothing where the operand passes a dual-contact row. A majority has
  room for one of these. It is self-dual, so where two or three operands are inverted it
  takes their complements and passes on the complement of its result.
- In comparisons with bits that the controller knows, the comparison is such a
  complement. So it costs no command, and the rows need not be stored inverted.

References
----------
.. [1] V. Seshadri et al., "Ambit: In-memory accelerator for bulk bitwise operations
   using commodity DRAM technology", MICRO 2017.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

# The wordlines of the B-group's addresses (Ambit, Table 1); "~" is the one by which a
# dual-contact row takes and gives complements.
B_GROUP = {
    "B0": ("T0",),
    "B1": ("T1",),
    "B2": ("T2",),
    "B3": ("T3",),
    "B4": ("DCC0",),
    "B5": ("~DCC0",),
    "B6": ("DCC1",),
    "B7": ("~DCC1",),
    "B8": ("~DCC0", "T0"),
    "B9": ("~DCC1", "T1"),
    "B10": ("T2", "T3"),
    "B11": ("T0", "T3"),
    "B12": ("T0", "T1", "T2"),
    "B13": ("T1", "T2", "T3"),
    "B14": ("DCC0", "T1", "T2"),
    "B15": ("DCC1", "T0", "T3"),
}


class Command(NamedTuple):
    """A row command: ``AAP(first, second)``, or ``AP(first)`` without a second.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    first : str
        Address that is activated first.
    second : str, default=None
        Address that is activated next and takes over the values of the first.
    """

    first: str
    second: str | None = None

    def __str__(self) -> str:
        if self.second is None:
            return f"AP({self.first})"
        return f"AAP({self.first}, {self.second})"


@dataclass(frozen=True)
class Program:
    """Row commands that compute one row of results, ``OUT``.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    commands : tuple of Command
        The commands, in the order of execution.
    n_scratch_rows : int
        Number of scratch rows, from ``S0`` on.

    Attributes
    ----------
    n_aap : int
        Commands that copy.
    n_ap : int
        Commands that compute without copying.
    n_split : int
        Copies with exactly one address in the B-group: those that Ambit's split row
        decoder shortens.
    n_activations : int
        Activations.
    n_extra_wordlines : int
        Wordlines that activations raise beyond their first.
    n_majorities : int
        Activations of three rows.
    """

    commands: tuple[Command, ...]
    n_scratch_rows: int

    def __len__(self) -> int:
        return len(self.commands)

    @cached_property
    def n_aap(self) -> int:
        return sum(second is not None for _, second in self.commands)

    @cached_property
    def n_ap(self) -> int:
        return len(self.commands) - self.n_aap

    @cached_property
    def n_split(self) -> int:
        return sum(
            second is not None and (first in B_GROUP) != (second in B_GROUP)
            for first, second in self.commands
        )

    @cached_property
    def n_activations(self) -> int:
        return 2 * self.n_aap + self.n_ap

    @cached_property
    def n_extra_wordlines(self) -> int:
        addresses = (address for command in self.commands for address in command)
        opened = (B_GROUP.get(address, ()) for address in addresses if address)
        return sum(max(0, len(wordlines) - 1) for wordlines in opened)

    @cached_property
    def n_majorities(self) -> int:
        return sum(len(B_GROUP.get(first, ())) == 3 for first, _ in self.commands)


class Writer:
    """Collects commands and allocates scratch rows."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.n_scratch_rows = 0
        self._free_rows: list[str] = []

    def aap(self, first: str, second: str) -> None:
        self.commands.append(Command(first, second))

    def ap(self, first: str) -> None:
        self.commands.append(Command(first))

    def compute(self, trio: str, row: str | None) -> None:
        """Take a majority; copy it to a row, if one is given."""
        self.commands.append(Command(trio, row))

    def new_row(self) -> str:
        if self._free_rows:
            return self._free_rows.pop()
        self.n_scratch_rows += 1
        return f"S{self.n_scratch_rows - 1}"

    def free(self, row: str) -> None:
        if row.startswith("S"):
            self._free_rows.append(row)

    def compare(self, j: int, gate: str, row: str | None) -> None:
        """Compare input and weight row ``j`` (Ambit, Figure 8); the result is in T0-T2.

        T1 becomes ``~x | w`` and T0 ``x | ~w`` for XNOR, which are then ANDed; for XOR
        AND and OR change places.
        """
        first, last = ("C1", "C0") if gate == "xnor" else ("C0", "C1")
        self.aap(f"X{j}", "B8")
        self.aap(f"W{j}", "B9")
        self.aap(first, "B10")
        self.ap("B14")
        self.ap("B15")
        self.aap(last, "B2")
        self.compute("B12", row)

    def invert(self, source: str, row: str) -> None:
        """Copy the complement of a row."""
        self.aap(source, "B5")
        self.aap("B4", row)

    def program(self) -> Program:
        return Program(tuple(self.commands), self.n_scratch_rows)
