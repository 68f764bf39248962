# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competition on unpacked booleans, one input and one neuron at a time.

Written from the manual, in Python's own integers and fractions. Imports nothing from
skbit.
"""

from fractions import Fraction

import numpy as np

M = 2**64 - 1
STEP = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & M
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & M
    return z ^ (z >> 31)


def draw_bits(key, probability, n_bits):
    """Bits that are one with a probability in 65536ths, 64 to a stream."""
    bits = []
    for word in range(-(-n_bits // 64)):
        state = mix(key + STEP * (word + 1) & M)
        result = M if probability >= 65536 else 0
        if probability < 65536:
            digits = [(probability >> d) & 1 for d in range(16)]
            while digits and digits[0] == 0:
                digits.pop(0)
            for digit in digits:
                state = (state + STEP) & M
                result = result | mix(state) if digit else result & mix(state)
        bits += [(result >> b) & 1 for b in range(64)]
    return np.array(bits[:n_bits], dtype=bool)


def similarity(kind, numbers, x, top, known):
    """Similarity (of cosine the square) as a fraction.

    ``known`` are the bits that any row up to now has set.
    """
    numbers = [int(v) for v in numbers]
    o = sum(v for v, bit in zip(numbers, x, strict=True) if bit)
    p, ones = sum(numbers), int(sum(x))
    n_bits = max(1, int(np.sum(known | x)))
    if kind in ("cosine", "jaccard") and ones == 0:
        return Fraction(int(p == 0))
    if kind == "cosine":
        q = sum(v * v for v in numbers)
        return Fraction(o * o, q * ones) if q else Fraction(0)
    if kind == "jaccard":
        return Fraction(o, p + top * ones - o)
    differing = p + top * ones - 2 * o
    if kind == "overlap":
        return Fraction(o - differing, top * n_bits)
    return Fraction(top * n_bits - differing, top * n_bits)


class Neuron:
    def __init__(self, first, wins, settings):
        self.settings = settings
        self.counters = first.astype(int)
        self.weight = 1
        self.numbers = first.astype(int) * settings["top"]
        self.wins = wins
        self.level = 2**20

    def learn(self, n, x, seen, n_neurons):
        s = self.settings
        if s["learning"] == "flip":
            rate = round(s["rate"] * 65536)
            if s["schedule"] == "wins":
                rate = 65536 // (self.wins + 1)
            elif s["schedule"] == "decay":
                a = s["settle_after"]
                rate = rate * a // (a + seen // n_neurons)
            elif s["schedule"] == "shrink" and self.wins >= s["settle_after"]:
                rate = rate // 10
            key = mix(s["seed"] + seen + 1)
            mask = draw_bits(mix(key + n & M), rate, len(x))
            pattern = self.numbers.astype(bool)
            self.numbers = (pattern ^ ((x ^ pattern) & mask)).astype(int)
        elif s["forget"] or self.weight < s["max_count"]:
            if self.weight == s["max_count"]:
                self.counters //= 2
                self.weight //= 2
            self.inherit(self.counters + x, self.weight + 1)
        self.wins += 1

    def inherit(self, counters, weight):
        self.counters, self.weight = counters, weight
        shares = [round(256 * t) for t in self.settings["quantization_levels"]]
        self.numbers = sum(
            (256 * counters > share * weight).astype(int) for share in shares
        )


class Competition:
    """What ``BitWTAClusterer.partial_fit`` does."""

    def __init__(self, **settings):
        is_flip = settings["learning"] == "flip"
        settings["top"] = 1 if is_flip else len(settings["quantization_levels"])
        self.settings = {"n_small": 256} | settings
        self.neurons, self.recent, self.heirs = [], [], {}
        self.seen = self.released = self.novel = 0
        self.usual = None
        self.links = {}
        self.n_links = 0
        # Random patterns may have any bit.
        self.known = settings["init"] != "samples"

    def ranking(self, x):
        s = self.settings
        found = [
            similarity(s["similarity"], m.numbers, x, s["top"], self.known)
            for m in self.neurons
        ]
        return sorted(range(len(found)), key=lambda n: (-found[n], n)), found

    def create(self, n, x):
        s = self.settings
        first, wins = x, 1
        if s["init"] != "samples":
            rate = 65536 // 2
            if s["init"] == "density":
                rate = int(sum(x)) * 65536 // len(x)
            first, wins = draw_bits(mix(s["seed"] + n), rate, len(x)), 0
        neuron = Neuron(first, wins, s)
        if n == len(self.neurons):
            self.neurons.append(neuron)
            self.recent.append(0)
        else:
            self.neurons[n] = neuron
        self.links = {pair: c for pair, c in self.links.items() if n not in pair}

    def recruits(self, winner, level):
        s = self.settings
        n = len(self.neurons)
        if n < s["n_neurons"] - s["reserve_size"]:
            power = 2 if s["similarity"] == "cosine" else 1
            return n == 0 or level < round(s["vigilance"] ** power * 2**20)
        if s["reserve_size"] == 0 or 4 * level >= 3 * self.neurons[winner].level:
            return False
        self.novel += 1
        return n < s["n_neurons"] - s["reserve_size"] + self.released

    def learn(self, x):
        s = self.settings
        winner, runner_up, level = 0, None, 0
        if self.neurons:
            ranking, found = self.ranking(x)
            winner = ranking[0]
            level = found[winner] * 2**20 // 1
            if s["similarity"] in ("cosine", "jaccard") and not any(x):
                pass
            elif len(ranking) > 1:
                second = ranking[1]
                # Nobody is runner-up without sharing a bit.
                if sum(self.neurons[second].numbers[x]) > 0:
                    runner_up = second
        if self.recruits(winner, level):
            winner = len(self.neurons)
            self.create(winner, x)
        elif self.heirs.get(winner) and level < 2**20:
            parent, winner = winner, self.heirs[winner].pop(0)
            counters, weight = (
                self.neurons[parent].counters,
                self.neurons[parent].weight,
            )
            self.create(winner, x)
            if s["learning"] == "counters":
                while weight > min(4, s["max_count"] // 2):
                    counters, weight = counters // 2, weight // 2
                self.neurons[winner].inherit(counters + weight * x, 2 * weight)
        elif s["competition"] == "unbounded":
            for n, neuron in enumerate(self.neurons):
                neuron.learn(n, x, self.seen, len(self.neurons))
        else:
            neuron = self.neurons[winner]
            neuron.learn(winner, x, self.seen, len(self.neurons))
            neuron.level += (level - neuron.level) // min(neuron.wins, 32)
            if runner_up is not None:
                pair = winner, runner_up
                self.links[pair] = self.links.get(pair, 0) + 1
                self.n_links += 1
                if self.n_links == 2**20:
                    halves = {pair: c // 2 for pair, c in self.links.items()}
                    self.links = {pair: c for pair, c in halves.items() if c}
                    self.n_links = sum(self.links.values())
        self.known = self.known | x
        self.recent[winner] += 1
        self.seen += 1
        interval = s["reassignment_interval"]
        if interval == "auto":
            interval = sum(self.recent)
            if self.seen % 4096 == 0 and interval >= 4 * len(self.neurons):
                self.split(interval)
        elif interval and self.seen % interval == 0:
            self.split(interval)
        if s["reserve_size"] and self.seen % 512 == 0:
            self.watch()

    def split(self, interval):
        n_neurons = len(self.neurons)
        self.heirs = {}
        fair = Fraction(interval, n_neurons)
        for n, neuron in enumerate(self.neurons):
            is_used = neuron.wins >= self.settings["max_count"] // 2
            is_idle = self.recent[n] < max(2, fair / 8)
            is_idle = is_idle and self.recent[n] <= 2 * fair
            if is_used or not is_idle:
                continue
            # What each heir of a neuron would be left, if that had one more.
            is_small = n_neurons <= self.settings["n_small"]
            shares = {
                m: Fraction(self.recent[m], 1 + len(self.heirs.get(m, [])))
                for m in range(n_neurons)
                if not (is_small and m in self.heirs)
            }
            busiest = max(shares, key=lambda m: (shares[m], -m))
            if shares[busiest] <= 2 * fair:
                break
            self.heirs.setdefault(busiest, []).append(n)
        self.recent = [0] * n_neurons

    def watch(self):
        novel, self.novel = 16 * self.novel, 0
        if self.usual is None:
            self.usual = novel
            return
        excess = novel - self.usual
        if excess > 0 and excess**2 > 16 * 16 * max(self.usual, 16):
            left = self.settings["reserve_size"] - self.released
            self.released += (left + 1) // 2
        else:
            self.usual += excess // 8

    def pattern(self, n):
        return self.neurons[n].numbers > self.settings["top"] // 2


def group(links, likeness, n_wanted):
    """Groups of neurons, from a dense matrix of links.

    Parameters
    ----------
    links : (n, n) int array
        How often which neuron was the winner and which the runner-up.
    likeness : (n, n) float array
        How much the pattern of each neuron resonates with each neuron.
    n_wanted : int
    """
    n = len(links)
    if n <= n_wanted:
        return list(range(n))
    sizes = [int(size) for size in links.sum(axis=1)]
    links = links + links.T
    # Neurons with a tenth of their fair share are large; there are enough of them.
    is_large = [10 * size * n >= sum(sizes) for size in sizes]
    for a in range(n):
        if sum(is_large) < n_wanted:
            is_large[a] = True
    groups = [[a] for a in range(n) if is_large[a]]
    weight = {a: max(sizes[a], 1) for a in range(n)}

    def size(group):
        return sum(weight[a] for a in group)

    def link(a, b):
        return int(links[np.ix_(a, b)].sum())

    while len(groups) > n_wanted:
        pairs = [(a, b) for a in groups for b in groups if a[0] < b[0]]
        # Of equals max takes the first.
        a, b = max(pairs, key=lambda p: Fraction(link(*p), size(p[0]) * size(p[1])))
        if link(a, b) == 0:
            break
        groups = sorted([g for g in groups if g not in (a, b)] + [sorted(a + b)])
    kept = sorted(sorted(groups, key=lambda g: (-size(g), g[0]))[:n_wanted])
    members = sorted(a for group in kept for a in group)
    joined = [list(group) for group in kept]
    for a in range(n):
        if a in members:
            continue
        by_links = [int(links[a, group].sum()) for group in kept]
        if max(by_links) > 0:
            place = by_links.index(max(by_links))
        else:
            likest = max(members, key=lambda m: (likeness[a, m], -m))
            place = next(i for i, group in enumerate(kept) if likest in group)
        joined[place].append(a)
    labels = [0] * n
    for label, group in enumerate(sorted(joined, key=min)):
        for a in group:
            labels[a] = label
    return labels
