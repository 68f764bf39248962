# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The majority tree as a graph of majorities of three, and as row commands.

A group of five is four majorities of three, ``<v <xyz> <w x <wyz>>>`` [1]_; a group of
four that asks for three ones is the same with ``v = 0``, an AND of two is ``<0 x y>``.

References
----------
.. [1] D. E. Knuth, "The Art of Computer Programming", volume 4A, section 7.1.1.
"""

from skbit._numba.majority_tree import levels

ZERO = "zero"


class Leaf:
    """A comparison: a row, or what compares two rows."""

    def __init__(self, j, inverted):
        self.j = j
        # Whether the row holds the complement of the value.
        self.inverted = inverted
        self.row = None
        self.n_uses = 0


class Majority:
    """A majority of three leaves, majorities or constants, in that physical polarity.

    ``operands`` are pairs of a node and whether its row has to be inverted; constants
    are the names of their rows. ``inverted`` tells whether what comes out is the
    complement of the value.
    """

    def __init__(self, *nodes):
        self.row = None
        self.n_uses = 0
        signals = [node for node in nodes if node is not ZERO]
        for node in signals:
            node.n_uses += 1
        self.inverted = min((False, True), key=lambda flip: _price(signals, flip))
        self.operands = [(node, node.inverted != self.inverted) for node in signals]
        self.constants = ["C1" if self.inverted else "C0"] * (3 - len(signals))


def _price(signals, flip):
    """Rank the two polarities: at most one inverted operand, and a result to keep."""
    results = [node.inverted for node in signals if isinstance(node, Majority)]
    n_inverted = sum(node.inverted != flip for node in signals)
    return n_inverted > 1, bool(results) and flip not in results, n_inverted


def _median(nodes):
    """Majority of five, or of four and a zero, with the rarer polarity in front.

    Then no majority in it has two inverted operands, and each can keep a result.
    """
    n_inverted = sum(node.inverted for node in nodes)
    rare = 2 * n_inverted < len(nodes)
    x, y, z, w, *v = sorted(nodes, key=lambda node: node.inverted != rare)
    if v:
        x, y, z, w, v = y, z, w, v[0], x
    left, right = Majority(x, y, z), Majority(w, x, Majority(w, y, z))
    return Majority(v or ZERO, left, right)


def _group(nodes):
    if len(nodes) == 1:
        return nodes[0]
    if len(nodes) == 2:
        return Majority(*nodes, ZERO)
    return Majority(*nodes) if len(nodes) == 3 else _median(nodes)


def tree_of(leaves):
    """Reduce leaves by the majority tree."""
    nodes = list(leaves)
    for n_full, n_last in levels(len(nodes)):
        groups = [nodes[3 * g : 3 * g + 3] for g in range(n_full)]
        if n_last:
            groups.append(nodes[3 * n_full :])
        nodes = [_group(group) for group in groups]
    return nodes[0]


class TreeWriter:
    """Writes the commands of a tree, depth first."""

    def __init__(self, writer, gate, keep):
        self.writer = writer
        # How two rows are compared; None if the leaves are rows as they are.
        self.gate = gate
        # Whether results stay in the B-group for the next majority.
        self.keep = keep

    def write(self, root):
        """Write the whole tree; its value goes to ``OUT``."""
        if isinstance(root, Majority):
            self._evaluate_majority(root, lambda: "OUT")
        elif self.gate is not None:
            self.writer.compare(root.j, self.gate, "OUT")
        elif root.inverted:
            self.writer.invert(f"X{root.j}", "OUT")
        else:
            self.writer.aap(f"X{root.j}", "OUT")

    def _evaluate(self, node, stored):
        """Compute a node, which is left in T1, and store it if asked to."""
        if isinstance(node, Leaf):
            node.row = self.writer.new_row() if stored else None
            self.writer.compare(node.j, self.gate, node.row)
        else:
            self._evaluate_majority(node, self.writer.new_row if stored else None)

    def _evaluate_majority(self, node, new_row):
        kept = self._evaluate_operands(node)
        rows = [(constant, False) for constant in node.constants]
        rows += [
            (operand.row or f"X{operand.j}", inverted)
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

    def _evaluate_operands(self, node):
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

    def _is_pending(self, node):
        if node.row is not None:
            return False
        return isinstance(node, Majority) or self.gate is not None
