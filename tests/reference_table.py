# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The bits of tables in plain Python, column by column. It imports nothing of skbit."""

import math
from collections import Counter
from decimal import MAX_EMAX, MIN_EMIN, Decimal, localcontext
from fractions import Fraction
from itertools import accumulate, pairwise


def is_missing(value):
    """Tell whether an entry is None or not a number."""
    return value is None or value != value


def middle(low, high):
    """Return a number from ``low`` on that is below ``high``."""
    half = low / 2 + high / 2
    return half if low <= half < high else low


def quantile(counts, n):
    """Place thresholds so that equal weights lie between them.

    ``counts`` are the weights by value. No value counts for more than a cell, and what
    it counts for beyond that is left to nobody.
    """
    values = sorted(counts)
    if len(values) <= n + 1:
        return [middle(*pair) for pair in pairwise(values)]
    heavy, cell = set(), None
    while True:
        rest = sum(Fraction(counts[v]) for v in values if v not in heavy)
        cell = rest / (n + 1 - len(heavy))
        found = {v for v in values if counts[v] >= cell} | heavy
        if found == heavy or len(found) > n:
            break
        heavy = found
    thresholds, passed, cells = [], Fraction(0), 1
    for value, following in pairwise(values):
        passed += min(Fraction(counts[value]), cell)
        if passed >= cells * cell and cells <= n:
            thresholds.append(middle(value, following))
            while passed >= cells * cell:
                cells += 1
    return thresholds


def uniform(counts, n):
    """Place thresholds at equal distances between the lowest and the highest number."""
    values = sorted(counts)
    finite = [v for v in values if math.isfinite(v)]
    if len(values) <= n + 1 or len(finite) < 2:
        return [middle(*pair) for pair in pairwise(values)][:n]
    low, high = finite[0], finite[-1]
    shares = [i / (n + 1) for i in range(1, n + 1)]
    places = {low * (1 - share) + high * share for share in shares}
    return sorted(t for t in places if low <= t < high)


def tails(counts, n):
    """Place thresholds evenly on a scale that shrinks the tails, and beyond the ends.

    They are of decimals with 60 digits, so that nothing is rounded or too large.
    """
    values = sorted(v for v in counts if math.isfinite(v))
    if len(values) < 2:
        around = [(math.nextafter(v, -math.inf), v) for v in values]
        return (
            [t for pair in around for t in pair if math.isfinite(t)][-n:] if n else []
        )
    with localcontext(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN):
        weights = {Decimal(v): counts[v] for v in values}
        numbers = list(weights)
        lowest, middle, highest = (_decile(weights, tenths) for tenths in (1, 5, 9))
        unit = highest - lowest
        if unit == 0:
            distances = Counter()
            for v in numbers:
                distances[abs(v - middle)] += weights[v]
            del distances[0]
            unit = _decile(distances, 5)
        low, high = (_arsinh((v - middle) / unit) for v in (numbers[0], numbers[-1]))
        start, span = low - (high - low) / 4, (high - low) * 3 / 2
        places = [start + span * i / (n + 1) for i in range(1, n + 1)]
        return [float(middle + unit * (p.exp() - (-p).exp()) / 2) for p in places]


def _decile(weights, tenths):
    share = sum(map(Fraction, weights.values())) * Fraction(tenths, 10)
    sums = accumulate(Fraction(weights[v]) for v in sorted(weights))
    return next(v for v, s in zip(sorted(weights), sums, strict=True) if s >= share)


def _arsinh(x):
    return (x + (x * x + 1).sqrt()).ln() if x >= 0 else -_arsinh(-x)


def counted(column, weights):
    """Return the weights of the values of a column, without those of no weight."""
    counts = Counter()
    for value, weight in zip(column, weights, strict=True):
        counts[None if is_missing(value) else value] += weight
    return {value: weight for value, weight in counts.items() if weight > 0}


def number_bits(column, thresholds, n_bits):
    """Return the bits of a column of numbers."""
    rows = []
    for value in column:
        if is_missing(value):
            rows.append([0] * (n_bits - 1) + [1])
            continue
        ones = [int(value > t) for t in thresholds]
        rows.append(ones + [0] * (n_bits - len(ones)))
    return rows


def categories_of(counts, n_bits):
    """Return the values that have a bit of their own, in the order of their bits."""
    present = sorted(value for value in counts if value is not None)
    order = present + [None] * (None in counts)
    return sorted(order, key=lambda value: -counts[value])[: n_bits - 1]


def category_bits(column, categories, n_bits):
    """Return the bits of a column of categories."""
    rows = []
    for value in column:
        value = None if is_missing(value) else value
        bit = categories.index(value) if value in categories else n_bits - 1
        rows.append([int(b == bit) for b in range(n_bits)])
    return rows
