# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The Hebbian network on unpacked booleans, one row and one unit at a time.

Written from the manual, in Python's own integers and fractions. Imports nothing from
skbit.
"""

from fractions import Fraction


class Network:
    def __init__(self, n_hidden, n_classes, n_bits, margin):
        self.n_hidden, self.n_classes, self.n_bits = n_hidden, n_classes, n_bits
        self.margin = max(1, round(margin * 2 * (n_hidden // n_classes)))
        self.counts = [[0] * n_bits for _ in range(n_hidden)]
        self.balance = [0] * n_hidden
        self.n_changes = [0] * n_hidden
        self.weights = [[False] * n_bits for _ in range(n_hidden)]
        self.mean = [Fraction(n_bits)] * n_hidden
        self.ones = [0] * n_bits
        self.seen = 0
        self.n_correct = 0

    def derive(self, unit):
        """Set a unit's weights, and the agreements that it has on average."""
        if self.n_changes[unit] == 0:
            return
        mean = Fraction(0)
        for i, ones in enumerate(self.ones):
            frequency = Fraction(ones, self.seen)
            is_more = self.counts[unit][i] - self.balance[unit] * frequency > 0
            self.weights[unit][i] = is_more
            mean += frequency if is_more else 1 - frequency
        self.mean[unit] = mean

    def activity(self, x):
        """Agreements of a row with each unit, less those on average."""
        return [
            sum(bool(a) == bool(b) for a, b in zip(x, weights, strict=True)) - mean
            for weights, mean in zip(self.weights, self.mean, strict=True)
        ]

    def scores(self, x):
        """Hidden bits that agree with the code of each class."""
        fired = [a > 0 for a in self.activity(x)]
        return [
            sum(f == (j % self.n_classes == k) for j, f in enumerate(fired))
            for k in range(self.n_classes)
        ]

    def change(self, unit, sign, x):
        self.counts[unit] = [
            c + sign * int(b) for c, b in zip(self.counts[unit], x, strict=True)
        ]
        self.balance[unit] += sign
        self.n_changes[unit] += 1
        self.derive(unit)

    def learn(self, x, true):
        self.ones = [n + int(b) for n, b in zip(self.ones, x, strict=True)]
        self.seen += 1
        scores, activity = self.scores(x), self.activity(x)
        others = [k for k in range(self.n_classes) if k != true]
        rival = max(others, key=lambda k: (scores[k], -k))
        self.n_correct += scores.index(max(scores)) == true
        own = range(true, self.n_hidden, self.n_classes)
        unused = [j for j in own if self.n_changes[j] == 0]
        if unused:
            self.change(unused[0], 1, x)
        else:
            wrong = []
            for j in range(self.n_hidden):
                # How many agreements more or less it takes, as whole numbers.
                if j % self.n_classes == true and activity[j] <= 0:
                    wrong.append((-activity[j] // 1 + 1, 0, j))
                if j % self.n_classes == rival and activity[j] > 0:
                    wrong.append((-(-activity[j] // 1), 1, j))
            missing = self.margin - (scores[true] - scores[rival])
            n_wanted = max(0, -(-missing // 2))
            for _, is_rival, j in sorted(wrong)[:n_wanted]:
                self.change(j, -1 if is_rival else 1, x)
        if self.seen % 4096 == 0 or bin(self.seen).count("1") == 1:
            for unit in range(self.n_hidden):
                self.derive(unit)
