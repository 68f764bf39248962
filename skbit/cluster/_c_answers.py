# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What clusterers answer in C: the winner of an input, its similarity and its pattern.

The templates are filled in with the places of the neurons: constants, or memory of the
caller if they learn.
"""

from typing import NamedTuple

from skbit._c.source import fill
from skbit._c.text import Code, number
from skbit._c.vectors import Vector, as_bytes
from skbit.bits import n_containers
from skbit.cluster._kernels import similarity

_PUBLIC = """\
/* Returns the cluster. */
int ${name}_predict(const uint8_t *input);

/* Returns the neuron that wins, and writes its similarity$square as a fraction. */
int ${name}_winner(const uint8_t *input, int64_t *numerator, int64_t *denominator);

#define ${NAME}_PATTERN_BYTES $pattern_bytes
/* Returns the neuron that wins, and writes its pattern: containers, the lowest byte
 * first. */
int ${name}_recall(const uint8_t *input, uint8_t *pattern);

"""


class Expression(str):
    """An expression of C, whose operators write longer ones.

    Names and constants in it have 64 bits.
    """

    __slots__ = ()

    def __add__(self, other):
        return Expression(f"{self} + {other}")

    def __sub__(self, other):
        return Expression(f"{self} - {other.in_brackets()}")

    def __mul__(self, other):
        return Expression(f"{self.in_brackets()} * {other.in_brackets()}")

    def in_brackets(self):
        is_sum = " + " in self or " - " in self
        return Expression(f"({self})") if is_sum else self


_EMPTY_WINS = """\
    if (n_ones == 0u) {
        /* An input without ones goes to the first neuron without ones. */
        return ${empty_winner};
    }
"""
_EMPTY_FRACTION = """\
    if (n_ones == 0u) {
        *numerator = ${norms}[winner] == ${norm_of_empty}u ? 1 : 0;
        *denominator = 1;
        return;
    }
"""

_COUNT_SEEN = """\
/* Counts the bits that the input or any row learned before has set. */
static uint32_t count_seen(void)
{
    uint32_t sum = 0u;
    for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
        sum += count_ones(${seen}[w] | $bits[w]);
    }
    return sum > 0u ? sum : 1u;
}

"""

_CODE = """\
/* Sums the levels of neuron n where the input is one. */
static uint32_t overlap(uint32_t n)
{
    uint32_t sum = 0u;
    for (uint32_t d = 0u; d < PATTERN_DIGITS; d++) {
        sum *= 2u;
        for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
            sum += count_ones(${patterns}[n][d][w] & $bits[w]);
        }
    }
    return sum;
}

$count_seen\
/* Tells whether neuron n is more similar than the best one so far; o are overlaps. */
static int exceeds(uint32_t n, uint64_t o, uint32_t best, uint64_t best_o)
{
    const uint64_t norm = ${norms}[n];
    const uint64_t best_norm = ${norms}[best];
    return $exceeds;
}

/* Finds the neuron that is most similar, the first of equals. */
static uint32_t compete(void)
{
    uint32_t best = 0u;
    uint32_t best_o;
    n_ones = 0u;
    for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
        n_ones += count_ones($bits[w]);
    }
$empty_wins\
    best_o = overlap(0u);
    for (uint32_t n = 1u; n < ${n_neurons}; n++) {
        uint32_t o = overlap(n);
        if (exceeds(n, o, best, best_o)) {
            best = n;
            best_o = o;
        }
    }
    return best;
}

/* Writes the similarity of the input with its winner. */
static void measure(uint32_t winner, int64_t *numerator, int64_t *denominator)
{
    int64_t o;
    int64_t norm;
$empty_fraction\
    o = (int64_t)overlap(winner);
    norm = (int64_t)${norms}[winner];
    *numerator = $numerator;
    *denominator = $denominator;
}

int ${name}_predict(const uint8_t *input)
{
    run(input);
    return $label;
}

int ${name}_winner(const uint8_t *input, int64_t *numerator, int64_t *denominator)
{
    uint32_t winner;
    run(input);
    winner = compete();
    measure(winner, numerator, denominator);
    return (int)winner;
}

int ${name}_recall(const uint8_t *input, uint8_t *pattern)
{
    uint32_t winner;
    run(input);
    winner = compete();
    for (uint32_t i = 0u; i < 4u * PATTERN_WORDS; i++) {
        uint32_t word = ${patterns}[winner][0][i / 4u];
        pattern[i] = (uint8_t)((word >> (8u * (i % 4u))) & 0xFFu);
    }
    return (int)winner;
}
"""


class Neurons(NamedTuple):
    """Where the neurons are in C.

    Attributes
    ----------
    patterns, norms, seen, n_neurons : str
        Arrays, and the number of neurons.
    empty_winner : str
        The neuron that wins an input without ones.
    label : str
        The cluster of the winner.
    """

    patterns: Code
    norms: Code
    seen: Code
    n_neurons: Code
    empty_winner: Code
    label: Code


def write_answers(population, neurons, place):
    """Write the functions that answer, and their declarations.

    Parameters
    ----------
    population : dict
    neurons : Neurons
    place : Place

    Returns
    -------
    code, public : str
    """
    kind, n_bits = population["similarity"], population["n_bits"]
    values = neurons._asdict() | {
        "name": place.name,
        "NAME": Code(place.name.upper()),
        "bits": place.bits.buffer,
        "pattern_bytes": 4 * n_containers(n_bits),
        "square": Code(", squared," if kind in similarity.SQUARED else ""),
        "count_seen": Code(),
        "empty_wins": Code(),
        "empty_fraction": Code(),
    }
    if kind in similarity.COUNTING_SEEN_BITS:
        values["count_seen"] = fill(_COUNT_SEEN, **values)
    values["norm_of_empty"] = similarity.norm_of_empty(kind)
    if values["norm_of_empty"] >= 0:
        values["empty_wins"] = fill(_EMPTY_WINS, **values)
        values["empty_fraction"] = fill(_EMPTY_FRACTION, **values)
    values |= _formulas(kind, 2 ** population["n_digits"] - 1, n_bits)
    return fill(_CODE, **values), fill(_PUBLIC, **values)


def _formulas(kind, top, n_bits):
    """Write the comparison of two neurons, and the similarity as a fraction."""
    one = Expression("1")
    top_ones = Expression(number(top)) * Expression("(uint64_t)n_ones")
    left, right = (
        similarity.compared(kind, Expression(o), Expression(norm), top_ones, one)
        for o, norm in (("o", "norm"), ("best_o", "best_norm"))
    )
    exceeds = f"{left[0]} > {right[0]}"
    if left[1] is not one:
        exceeds = f"{left[0] * right[1]} > {right[0] * left[1]}"
    ones = Expression("(int64_t)n_ones")
    top, n_bits = Expression(number(top)), Expression(f"INT64_C({number(n_bits)})")
    seen = Expression("(int64_t)count_seen()")
    fraction = similarity.compared(
        kind, Expression("o"), Expression("norm"), top * ones, one
    )
    numerator, denominator = similarity.completed(
        kind, fraction, ones, top * ones, top * n_bits, top * seen
    )
    return {
        "exceeds": Code(exceeds),
        "numerator": Code(numerator),
        "denominator": Code(denominator),
    }


def vectors(clusterer, X):
    """Return what the functions must answer, but for the similarities."""
    neurons = clusterer.predict_neuron(X)
    return [
        Vector("predict", clusterer.predict(X)),
        Vector("recall", neurons, as_bytes(clusterer.patterns_[neurons])),
    ]
