# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitNoveltyDetector in C: the similarity of the winner, compared with fractions.

Python compares a score, a float64, with a threshold. The score follows from the exact
similarity, a fraction, and from the winner, and it never falls where the similarity
rises. So there is a lowest fraction for each winner that reaches the threshold, among
all whose denominators are possible, and C compares whole numbers.
"""

import functools
import math
from dataclasses import replace

import numpy as np

from skbit._c.source import Writer, fill
from skbit._c.text import Code, Table, to_smallest_dtype
from skbit._c.vectors import Vector
from skbit.cluster import _population
from skbit.cluster._c import compete
from skbit.cluster._kernels import similarity
from skbit.novelty import _scores
from skbit.novelty._bit_novelty import BitNoveltyDetector

# The classes of p-values, as far as there are calibration rows for them.
LEVELS = 0.01, 0.05, 0.1, 0.2

_PUBLIC = """\
/* Returns 1 for a normal input, and -1 for a novel one. */
int ${name}_predict(const uint8_t *input);

"""
_PUBLIC_LEVELS = """\
#define ${NAME}_N_LEVELS $n_levels
/* Returns how many of these numbers the p-value of an input exceeds, so a low number
 * for a novel one: $levels. */
int ${name}_p_value_class(const uint8_t *input);

"""
_CODE = """\
/* Tells how many of the thresholds of its winner an input reaches, from one on. */
static int count_reached(const uint8_t *input, int first, int end)
{
    int64_t numerator;
    int64_t denominator;
    int winner = ${name}_prototypes_winner(input, &numerator, &denominator);
    int n_reached = 0;
    for (int t = first; t < end; t++) {
        if (numerator * DENOMINATORS[$row][t] >= denominator * NUMERATORS[$row][t]) {
            n_reached++;
        }
    }
    return n_reached;
}

int ${name}_predict(const uint8_t *input)
{
    return count_reached(input, 0, 1) == 1 ? 1 : -1;
}
"""
_CODE_LEVELS = """\

int ${name}_p_value_class(const uint8_t *input)
{
    return count_reached(input, 1, ${NAME}_N_LEVELS + 1);
}
"""


def detect(detector, place):
    """Write a BitNoveltyDetector; return its block."""
    if detector.fitted_params_["normalization"] == "local":
        raise ValueError(
            "normalization='local' divides means of similarities by others, which "
            "whole numbers cannot. Use 'none' or 'neuron' for models in C."
        )
    clusterer = detector.clusterer_
    inner = Code(f"{place.name}_prototypes")
    block, _ = compete(clusterer, replace(place, name=inner))
    levels, thresholds = thresholds_of(detector)
    rows, row_of = np.unique(thresholds, axis=0, return_inverse=True)
    tables, row = [], Code("winner")
    if len(rows) < len(thresholds):
        about = "The row of thresholds of each neuron."
        thresholds, row = rows, Code("ROWS[winner]")
        tables.append(Table("ROWS", about, to_smallest_dtype(row_of.ravel())))
    for name, part in zip(("NUMERATORS", "DENOMINATORS"), thresholds.T, strict=True):
        about = "Thresholds as fractions: that of normal inputs, and those of p-values."
        tables.append(Table(name, about, to_smallest_dtype(part.T, signed=True)))
    values = {
        "name": place.name,
        "NAME": Code(place.name.upper()),
        "row": row,
        "n_levels": len(levels),
        "levels": Code(", ".join(f"{level:g}" for level in levels)),
    }
    code, public = _CODE, _PUBLIC
    if levels:
        code, public = code + _CODE_LEVELS, public + _PUBLIC_LEVELS
    block.title = f"{type(detector).__name__}: {block.title}"
    block.code += "\n" + fill(code, **values)
    block.tables += tables
    block.operations += 3 * thresholds.shape[1]
    block.public += fill(public, **values)
    return block, None


def thresholds_of(detector):
    """Return the lowest fractions that reach the thresholds of each winner.

    Returns
    -------
    levels : list of float
        The p-values among the thresholds.
    thresholds : ndarray of shape (n_neurons, 1 + n_levels, 2), dtype int64
        Numerators and denominators: those of normal rows, and of the levels.

    Raises
    ------
    ValueError
        If products of them may exceed 63 bits.
    """
    clusterer, normalization = (
        detector.clusterer_,
        detector.fitted_params_["normalization"],
    )
    kind = clusterer.population_["similarity"]
    most = _highest_denominator(clusterer.population_)
    levels, needed = _levels(detector.calibration_scores_)
    # A normal score is not below 0 after the offset was subtracted.
    needed = [(detector.offset_, 0.0), *((0.0, score) for score in needed)]
    penalties = _scores.penalties(clusterer, normalization)
    found = [
        [
            lowest_fraction(functools.partial(_reaches, kind, subtracted, score), most)
            for subtracted, score in (
                ((*of_winner, offset), score) for offset, score in needed
            )
        ]
        for of_winner in zip(*(part.tolist() for part in penalties), strict=True)
    ]
    thresholds = np.array(found)
    # Similarities are from -2 to 1.
    if 2 * most * int(np.abs(thresholds).max()) >= 2**63:
        raise ValueError(
            f"The similarities of {type(detector).__name__} are too fine to be "
            "compared in 64 bits. Choose fewer quantization_levels for the clusterer."
        )
    return levels, thresholds


def _highest_denominator(population):
    """Return a number that no denominator of a similarity exceeds."""
    top_bits = (2 ** population["n_digits"] - 1) * population["n_bits"]
    norm = int(_population.norms(population).max())
    if population["similarity"] in similarity.SQUARED:
        return norm * population["n_bits"]
    return norm + top_bits


def _levels(scores):
    """Return p-values, and the score that a row must reach to have a higher one."""
    n, levels, needed = len(scores), [], []
    p_values = (1 + np.arange(n + 1)) / (1 + n)
    for level in LEVELS:
        n_as_low = int(np.searchsorted(p_values, level, side="right"))
        if 0 < n_as_low <= n:
            levels.append(level)
            needed.append(float(scores[n_as_low - 1]))
    return levels, needed


def _reaches(kind, subtracted, needed, numerator, denominator):
    """Tell whether the score of a similarity reaches a number, as in Python."""
    score = numerator / denominator
    if kind in similarity.SQUARED:
        score = math.sqrt(max(0.0, score))
    for number in subtracted:
        score -= number
    return score >= needed


def lowest_fraction(reaches, most):
    """Return the lowest fraction from -4 to 3 that reaches something.

    Parameters
    ----------
    reaches : callable
        Takes numerator and denominator. Where a fraction reaches it, higher ones do so.
    most : int
        The highest denominator.

    Returns
    -------
    fraction : tuple of (numerator, denominator)
        It is 3 if no lower one reaches it.
    """
    whole = next((n for n in range(-4, 3) if reaches(n, 1)), 3)
    if whole in (-4, 3):
        return whole, 1
    # Neighbours among the fractions with denominators up to theirs.
    below, above = (whole - 1, 1), (whole, 1)
    while below[1] + above[1] <= most:
        above = _step(above, below, most, reaches)
        below = _step(below, above, most, lambda p, q: not reaches(p, q))
    return above


def _step(start, towards, most, is_right):
    """Return the last fraction on the way to another one for which something holds."""
    low, high = 0, (most - start[1]) // towards[1]
    while low < high:
        middle = (low + high + 1) // 2
        p, q = (a + middle * b for a, b in zip(start, towards, strict=True))
        if is_right(p, q):
            low = middle
        else:
            high = middle - 1
    return tuple(a + low * b for a, b in zip(start, towards, strict=True))


def vectors(detector, X):
    """Return what the functions must answer."""
    found = [Vector("predict", detector.predict(X))]
    levels, _ = _levels(detector.calibration_scores_)
    if levels:
        reached = np.searchsorted(levels, detector.p_values(X), side="left")
        found.append(Vector("p_value_class", reached))
    return found


WRITERS = {BitNoveltyDetector: Writer(detect, vectors=vectors)}
