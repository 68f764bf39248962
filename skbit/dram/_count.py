# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The exact majority as row commands: full adders count, then a comparison.

With ``carry = <abc>``, the sum of three bits is ``<~carry <ab~c> c>``. Eight commands
do both, for the sum stays in the B-group for the next adder of its weight. That is what
SIMDRAM charges (8 n for counting n bits; Hajinazar et al., ASPLOS 2021, Table 5).
"""

from skbit.dram._commands import Writer

# Rows of one weight that wait before adders run over them. More of them spare copies
# (one per run of adders), and take scratch rows.
_RUN = 17


class CountWriter:
    """Writes the commands that count rows and compare the count."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        # Rows of weight 1, 2, 4, ... that are still to be added.
        self.pending: list[list[str]] = []

    def add(self, row: str, weight: int = 0) -> None:
        """Count a row."""
        while len(self.pending) <= weight:
            self.pending.append([])
        self.pending[weight].append(row)
        if len(self.pending[weight]) == _RUN:
            self._run(weight)

    def write(self, needed: int) -> None:
        """Write where the count is at least ``needed``; the result goes to ``OUT``."""
        at_least = "C1"
        weight = 0
        while weight < len(self.pending):
            if len(self.pending[weight]) > 1:
                if len(self.pending[weight]) % 2 == 0:
                    self.pending[weight].append("C0")
                self._run(weight)
            (digit,) = self.pending[weight]
            at_least = self._compare(digit, at_least, needed >> weight & 1)
            weight += 1
        self.writer.aap(at_least, "OUT")

    def _compare(self, digit: str, at_least: str, threshold: int) -> str:
        """Go on with the comparison by the next higher digit."""
        if at_least == "C1":
            return digit if threshold else "C1"
        self.writer.aap(digit, "B0")
        self.writer.aap(at_least, "B1")
        self.writer.aap("C0" if threshold else "C1", "B2")
        self.writer.free(digit)
        self.writer.free(at_least)
        row = self.writer.new_row()
        self.writer.compute("B12", row)
        return row

    def _run(self, weight: int) -> None:
        """Add up the rows of a weight: an odd number of them becomes one."""
        total, *rows = self.pending[weight]
        self.writer.aap(total, "B11")
        self.writer.free(total)
        carries = []
        for i in range(0, len(rows), 2):
            carries.append(self._add_two(rows[i], rows[i + 1]))
        self.writer.commands.pop()
        row = self.writer.new_row()
        self.writer.compute("B15", row)
        self.pending[weight] = [row]
        for carry in carries:
            self.add(carry, weight + 1)

    def _add_two(self, b: str, c: str) -> str:
        """Add two rows to the one in T0 and T3; the sum is left there."""
        carry = self.writer.new_row()
        self.writer.aap(c, "B9")
        self.writer.aap(b, "B2")
        self.writer.compute("B12", carry)
        self.writer.aap(b, "B0")
        self.writer.ap("B15")
        self.writer.aap(carry, "B7")
        self.writer.aap(c, "B3")
        self.writer.ap("B15")
        self.writer.free(b)
        self.writer.free(c)
        return carry
