# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The majority tree as a graph of majorities of three, and as row commands.

A group of five is four majorities of three, ``<v <xyz> <w x <wyz>>>`` [1]_; a group of
four that asks for three ones is the same with ``v = 0``, an AND of two is ``<0 x y>``.

References
----------
.. [1] D. E. Knuth, "The Art of Computer Programming", volume 4A, section 7.1.1.
"""

from collections.abc import Callable, Iterable

from skbit._numba.majority_tree import levels
from skbit.dram._commands import Writer


class Leaf:
    """A comparison: a row, or what compares two rows."""

    def __init__(self, j: int, inverted: bool) -> None:
        self.j = j
        # Whether the row holds the complement of the value.
        self.inverted = inverted
        self.row: str | None = None
        self.n_uses = 0

    @property
    def address(self) -> str:
        return self.row or f"X{self.j}"


class Majority:
    """A majority of three leaves, majorities or constants, in that physical polarity.

    A node that is None stands for the constant 0.

    ``operands`` are pairs of a node and whether its row has to be inverted; constants
    are the names of their rows. ``inverted`` tells whether what comes out is the
    complement of the value.
    """

    def __init__(self, *nodes: "Node | None") -> None:
        self.row: str | None = None
        self.n_uses = 0
        signals = [node for node in nodes if node is not None]
        for node in signals:
            node.n_uses += 1
        self.inverted = min((False, True), key=lambda flip: _price(signals, flip))
        self.operands = [(node, node.inverted != self.inverted) for node in signals]
        self.constants = ["C1" if self.inverted else "C0"] * (3 - len(signals))

    @property
    def address(self) -> str:
        assert self.row is not None
        return self.row


Node = Leaf | Majority


def _price(signals: "list[Node]", flip: bool) -> tuple[bool, bool, int]:
    """Rank the two polarities: at most one inverted operand, and a result to keep."""
    results = [node.inverted for node in signals if isinstance(node, Majority)]
    n_inverted = sum(node.inverted != flip for node in signals)
    return n_inverted > 1, bool(results) and flip not in results, n_inverted


def _median(nodes: list[Node]) -> Majority:
    """Majority of five, or of four and a zero, with the rarer polarity in front.

    Then no majority in it has two inverted operands, and each can keep a result.
    """
    n_inverted = sum(node.inverted for node in nodes)
    rare = 2 * n_inverted < len(nodes)
    *rarest, x, y, z, w = sorted(nodes, key=lambda node: node.inverted != rare)
    left, right = Majority(x, y, z), Majority(w, x, Majority(w, y, z))
    return Majority(rarest[0] if rarest else None, left, right)


def _group(nodes: list[Node]) -> Node:
    if len(nodes) == 1:
        return nodes[0]
    if len(nodes) == 2:
        return Majority(*nodes, None)
    return Majority(*nodes) if len(nodes) == 3 else _median(nodes)


def tree_of(leaves: Iterable[Leaf]) -> Node:
    """Reduce leaves by the majority tree."""
    nodes: list[Node] = list(leaves)
    for n_full, n_last in levels(len(nodes)):
        groups = [nodes[3 * g : 3 * g + 3] for g in range(n_full)]
        if n_last:
            groups.append(nodes[3 * n_full :])
        nodes = [_group(group) for group in groups]
    return nodes[0]


class TreeWriter:
    """Writes the commands of a tree, depth first."""

    def __init__(self, writer: Writer, gate: str | None, keep: bool) -> None:
        self.writer = writer
        # How two rows are compared; None if the leaves are rows as they are.
        self.gate = gate
        # Whether results stay in the B-group for the next majority.
        self.keep = keep

    def write(self, root: Node) -> None:
        """Write the whole tree; its value goes to ``OUT``."""
        if isinstance(root, Majority):
            self._evaluate_majority(root, lambda: "OUT")
        elif self.gate is not None:
            self.writer.compare(root.j, self.gate, "OUT")
        elif root.inverted:
            self.writer.invert(f"X{root.j}", "OUT")
        else:
            self.writer.aap(f"X{root.j}", "OUT")

    def _evaluate(self, node: Node, stored: bool) -> None:
        """Compute a node, which is left in T1, and store it if asked to."""
        if isinstance(node, Leaf):
            node.row = self.writer.new_row() if stored else None
            # Only leaves that are compared have to be computed.
            assert self.gate is not None
            self.writer.compare(node.j, self.gate, node.row)
        else:
            self._evaluate_majority(node, self.writer.new_row if stored else None)

    def _evaluate_majority(
        self, node: Majority, new_row: Callable[[], str] | None
    ) -> None:
        kept = self._evaluate_operands(node)
        rows = [(constant, False) for constant in node.constants]
        rows += [
            (operand.address, inverted)
            for operand, inverted in node.operands
            if operand is not kept
        ]
        rows.sort(key=lambda pair: pair[1])
        *plain, (last, last_inverted) = rows
        for (source, _), address in zip(plain, ("B2", "B1"), strict=False):
            self.writer.aap(source, address)
        for operand, _ in node.operands:
            operand.n_uses -= 1
            if operand.n_uses == 0 and operand.row is not None:
                self.writer.free(operand.row)
        node.row = new_row() if new_row else None
        if node.row == "OUT" and node.inverted:
            self.writer.aap(last, "B5" if last_inverted else "B4")
            self.writer.ap("B14")
            self.writer.aap("B5", "OUT")
        elif last_inverted:
            self.writer.aap(last, "B5")
            self.writer.compute("B14", node.row)
        else:
            self.writer.aap(last, "B0")
            self.writer.compute("B12", node.row)

    def _evaluate_operands(self, node: Majority) -> Node | None:
        """Compute what is still to be computed; return the operand left in T1."""
        pending = [operand for operand, _ in node.operands if self._is_pending(operand)]
        plain = [o for o, inverted in node.operands if o in pending and not inverted]
        kept = plain[-1] if plain and self.keep else None
        # What the kept operand needs as well is computed, and kept, within it.
        within = [o for o, _ in kept.operands] if isinstance(kept, Majority) else []
        for operand in pending:
            if operand is not kept and operand not in within:
                self._evaluate(operand, stored=True)
        if kept is not None:
            self._evaluate(kept, stored=kept.n_uses > 1)
        return kept

    def _is_pending(self, node: Node) -> bool:
        if node.row is not None:
            return False
        return isinstance(node, Majority) or self.gate is not None
