# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitWTAClusterer in C: the winner of an input, its similarity and its pattern."""

import numpy as np

from skbit._c.helpers import COUNT_ONES, COUNT_ONES_OPERATIONS
from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    check_number,
    number,
    to_smallest_dtype,
    unsigned,
)
from skbit._c.vectors import Vector, as_bytes
from skbit.cluster import _population
from skbit.cluster._bit_wta import BitWTAClusterer
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
        return ${empty_winner}u;
    }
"""
_EMPTY_FRACTION = """\
    if (n_ones == 0u) {
        *numerator = $empty_similarity;
        *denominator = 1;
        return (int)winner;
    }
"""

_COUNT_SEEN = """\
/* Counts the bits that the input or any row learned before has set. */
static uint32_t count_seen(void)
{
    uint32_t sum = 0u;
    for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
        sum += count_ones(SEEN_BITS[w] | $bits[w]);
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
            sum += count_ones(PATTERNS[n][d][w] & $bits[w]);
        }
    }
    return sum;
}

$count_seen\
/* Tells whether neuron n is more similar than the best one so far; o are overlaps. */
static int exceeds(uint32_t n, uint64_t o, uint32_t best, uint64_t best_o)
{
    const uint64_t norm = NORMS[n];
    const uint64_t best_norm = NORMS[best];
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
    for (uint32_t n = 1u; n < N_NEURONS; n++) {
        uint32_t o = overlap(n);
        if (exceeds(n, o, best, best_o)) {
            best = n;
            best_o = o;
        }
    }
    return best;
}

int ${name}_predict(const uint8_t *input)
{
    run(input);
    return $label;
}

int ${name}_winner(const uint8_t *input, int64_t *numerator, int64_t *denominator)
{
    uint32_t winner;
    int64_t o;
    int64_t norm;
    run(input);
    winner = compete();
$empty_fraction\
    o = (int64_t)overlap(winner);
    norm = (int64_t)NORMS[winner];
    *numerator = $numerator;
    *denominator = $denominator;
    return (int)winner;
}

int ${name}_recall(const uint8_t *input, uint8_t *pattern)
{
    uint32_t winner;
    run(input);
    winner = compete();
    for (uint32_t i = 0u; i < 4u * PATTERN_WORDS; i++) {
        uint32_t word = PATTERNS[winner][0][i / 4u];
        pattern[i] = (uint8_t)((word >> (8u * (i % 4u))) & 0xFFu);
    }
    return (int)winner;
}
"""


def compete(clusterer, place):
    """Write a BitWTAClusterer; return its block."""
    name, bits = place.name, place.bits
    population = clusterer.population_
    kind, n_bits = population["similarity"], population["n_bits"]
    digits, norms = _population.digits(population), _population.norms(population)
    n_neurons, n_digits, n_words = digits.shape
    check_number("neurons", n_neurons)
    tables = [
        Table("PATTERNS", "Digits of the levels of each neuron.", digits),
        Table("NORMS", "Of each neuron.", to_smallest_dtype(norms)),
    ]
    label = _label(clusterer.neuron_labels_, tables)
    count_seen = Code()
    if kind in similarity.COUNTING_SEEN_BITS:
        seen = population["seen_bits"]
        tables.append(Table("SEEN_BITS", "The bits that any row has set.", seen))
        count_seen = fill(_COUNT_SEEN, bits=bits.buffer)
    values = {
        "name": name,
        "NAME": Code(name.upper()),
        "bits": bits.buffer,
        "pattern_bytes": 4 * n_words,
        "square": Code(", squared," if kind in similarity.SQUARED else ""),
        "label": label,
    }
    block = Block(
        title=f"{type(clusterer).__name__}: {n_neurons} x {n_bits} bits",
        code=fill(
            _CODE,
            count_seen=count_seen,
            **_formulas(kind, 2**n_digits - 1, n_bits),
            **_empty_inputs(kind, norms),
            **values,
        ),
        operations=(n_neurons + 1) * n_digits * n_words * (COUNT_ONES_OPERATIONS + 2)
        + 8 * n_neurons,
        constants={
            "N_NEURONS": unsigned(n_neurons),
            "PATTERN_DIGITS": unsigned(n_digits),
            "PATTERN_WORDS": unsigned(n_words),
        },
        tables=tables,
        buffers=[Buffer("n_ones", "Ones of the input.", np.uint32)],
        helpers=[COUNT_ONES],
        public=fill(_PUBLIC, **values),
    )
    return block, None


def _label(labels, tables):
    """Write the cluster of the winner; add a table if it is not the neuron itself."""
    if np.array_equal(labels, np.arange(len(labels))):
        return Code("(int)compete()")
    tables.append(
        Table("LABELS", "The clusters of the neurons.", to_smallest_dtype(labels))
    )
    return Code("LABELS[compete()]")


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


def _empty_inputs(kind, norms):
    """Write what becomes of inputs without ones, where they are a case apart."""
    norm_of_empty = similarity.norm_of_empty(kind)
    if norm_of_empty < 0:
        return {"empty_wins": Code(), "empty_fraction": Code()}
    is_empty = norms == norm_of_empty
    return {
        "empty_wins": fill(_EMPTY_WINS, empty_winner=int(is_empty.argmax())),
        "empty_fraction": fill(_EMPTY_FRACTION, empty_similarity=int(is_empty.any())),
    }


def vectors(clusterer, X):
    """Return what the functions must answer, but for the similarities."""
    neurons = clusterer.predict_neuron(X)
    return [
        Vector("predict", clusterer.predict(X)),
        Vector("recall", neurons, as_bytes(clusterer.patterns_[neurons])),
    ]


WRITERS = {BitWTAClusterer: Writer(compete, vectors=vectors)}
