# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The clusterer: who wins, how much that one resonates, and what it recalls.

The formulas are those of the kernels, in the same whole numbers, and
their bounds are the same: products stay below 2**63.
"""

import numpy as np

from skbit._c.helpers import COUNT_ONES, COUNT_ONES_OPERATIONS, STORE_WORDS
from skbit._c.source import Block, Writer, fill
from skbit._c.text import Buffer, Code, Table, check_number, narrowed, unsigned
from skbit.cluster import _competition
from skbit.cluster._bit_wta import SIMILARITIES, BitWTAClusterer

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

# By similarity: whether neuron n, with overlap o, exceeds the best one so far.
_EXCEEDS = {
    "cosine": """\
    return (uint64_t)o * o * NORMS[best] > (uint64_t)best_o * best_o * NORMS[n];
""",
    "jaccard": """\
    uint32_t whole = NORMS[n] + TOP * n_ones - o;
    uint32_t best_whole = NORMS[best] + TOP * n_ones - best_o;
    return (uint64_t)o * best_whole > (uint64_t)best_o * whole;
""",
    "overlap": """\
    return 3u * o + NORMS[n] > 3u * best_o + NORMS[best];
""",
    "hamming": """\
    return 2u * o + NORMS[n] > 2u * best_o + NORMS[best];
""",
}

# By similarity: numerator and denominator.
_FRACTION = {
    "cosine": ("2 * (int64_t)o * o", "(int64_t)NORMS[winner] * n_ones"),
    "jaccard": ("o", "(int64_t)NORMS[winner] + TOP * (int64_t)n_ones - o"),
    "overlap": (
        "3 * (int64_t)o + NORMS[winner] - WHOLE - TOP * (int64_t)n_ones",
        "TOP * (int64_t)count_known()",
    ),
    "hamming": (
        "2 * (int64_t)o + NORMS[winner] - WHOLE - TOP * (int64_t)n_ones\n"
        "        + TOP * (int64_t)count_known()",
        "TOP * (int64_t)count_known()",
    ),
}

_EMPTY_WINS = """\
    if (n_ones == 0u) {
        /* Only nothing resembles nothing. */
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

_COUNT_KNOWN = """\
/* Counts the bits that the input or any row learned before has set. */
static uint32_t count_known(void)
{
    uint32_t sum = 0u;
    for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
        sum += count_ones(KNOWN[w] | $bits[w]);
    }
    return sum > 0u ? sum : 1u;
}

"""

_CODE = """\
/* Sums the numbers of neuron n where the input is one. */
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

$count_known\
/* Tells whether neuron n resonates more than the best one so far; o are overlaps. */
static int exceeds(uint32_t n, uint32_t o, uint32_t best, uint32_t best_o)
{
$exceeds}

/* Finds the neuron that resonates most, the first of equals. */
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
    uint32_t o;
    run(input);
    winner = compete();
$empty_fraction\
    o = overlap(winner);
    *numerator = $numerator;
    *denominator = $denominator;
    return (int)winner;
}

int ${name}_recall(const uint8_t *input, uint8_t *pattern)
{
    uint32_t winner;
    run(input);
    winner = compete();
    store_words(PATTERNS[winner][0], PATTERN_WORDS, pattern);
    return (int)winner;
}
"""


def compete(clusterer, place):
    """Write a BitWTAClusterer; return its block."""
    name, bits = place.name, place.bits
    neurons = clusterer._neurons
    similarity, n_bits = SIMILARITIES[neurons["similarity"]], neurons["n_bits"]
    digits = _competition.digits(neurons)
    norms = _competition.norms(neurons)
    n_neurons, n_digits, n_words = digits.shape
    check_number("neurons", n_neurons)
    labels = clusterer.neuron_labels_
    tables = [
        Table("PATTERNS", "Digits of each neuron, the highest first.", digits),
        Table("NORMS", "Of each neuron.", narrowed(norms)),
    ]
    label = Code("(int)compete()")
    if not np.array_equal(labels, np.arange(n_neurons)):
        tables.append(Table("LABELS", "The neurons' clusters.", narrowed(labels)))
        label = Code("LABELS[compete()]")
    top = 2**n_digits - 1
    constants = {
        "N_NEURONS": unsigned(n_neurons),
        "PATTERN_DIGITS": unsigned(n_digits),
        "PATTERN_WORDS": unsigned(n_words),
    }
    if similarity == "jaccard":
        constants["TOP"] = unsigned(top)
    elif similarity != "cosine":
        constants |= {"TOP": top, "WHOLE": top * n_bits}
        known = neurons["known"]
        tables.append(Table("KNOWN", "The bits that any row has set.", known))
    values = {
        "name": name,
        "NAME": Code(name.upper()),
        "bits": bits.buffer,
        "pattern_bytes": 4 * n_words,
        "square": Code(", squared," if similarity == "cosine" else ""),
        "label": label,
    }
    numerator, denominator = map(Code, _FRACTION[similarity])
    count_known = Code()
    if "WHOLE" in constants:
        count_known = fill(_COUNT_KNOWN, bits=bits.buffer)
    empty_wins, empty_fraction = _empty(similarity, norms)
    block = Block(
        title=f"{type(clusterer).__name__}: {n_neurons} x {n_bits} bits",
        code=fill(
            _CODE,
            count_known=count_known,
            exceeds=Code(_EXCEEDS[similarity]),
            numerator=numerator,
            denominator=denominator,
            empty_wins=empty_wins,
            empty_fraction=empty_fraction,
            **values,
        ),
        operations=(n_neurons + 1) * n_digits * n_words * (COUNT_ONES_OPERATIONS + 2)
        + 8 * n_neurons,
        constants=constants,
        tables=tables,
        buffers=[Buffer("n_ones", "Ones of the input.", np.uint32)],
        helpers=[COUNT_ONES, STORE_WORDS],
        public=fill(_PUBLIC, **values),
    )
    return block, None


def _empty(similarity, norms):
    """Write what becomes of inputs without ones, where they are a case apart."""
    if similarity not in ("cosine", "jaccard"):
        return Code(), Code()
    is_empty = norms == (similarity == "cosine")
    return (
        fill(_EMPTY_WINS, empty_winner=int(is_empty.argmax())),
        fill(_EMPTY_FRACTION, empty_similarity=int(is_empty.any())),
    )


WRITERS = {BitWTAClusterer: Writer(compete, answers=True)}
