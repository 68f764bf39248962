# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""OttoScoreClassifier in C that learns: counts in memory of the caller.

Log-odds follow from counts as in Python, by logarithms of whole numbers. A logarithm is
found bit by bit: the number, between 1 and 2, is multiplied by factors ``1 + 2**-i`` as
long as it stays below 2, and their logarithms are subtracted from that of 2. It is
wrong by less than ``2**-50``, so that rounded log-odds are those of Python's floats.
"""

from decimal import Decimal, localcontext

import numpy as np

from skbit._c import classes
from skbit._c.source import Block, Learning, fill
from skbit._c.text import (
    Code,
    Table,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit._c.vectors import Vector
from skbit.bits import n_containers
from skbit.naive_bayes import _log_odds

# Factors of a logarithm. The rest is linear, up to 2**-60.
_N_FACTORS = 30
_MOST_PRECISION = 2**25
_MOST_COUNT = 2**16 - 1

_PUBLIC = """\
/* What the model has learned: memory of the caller, about $n_bytes bytes. */
typedef struct {
    int64_t shares[$n_classes];
    int64_t offsets[$n_classes];
    int32_t log_odds[$n_bits][$n_classes];
    uint32_t seen[$n_words];
    uint16_t class_count[$n_classes];
    uint16_t bit_count[$n_bits][$n_classes];
} ${name}_memory;

/* Fills memory with what was learned in Python. All functions use it from then on, so
 * call this first. */
void ${name}_begin(${name}_memory *memory);

/* Learns an input of a class, by its number from 0 on. Returns 1, or 0 if there is no
 * such class, or if it has been learned $most times, which is all that is counted. */
int ${name}_partial_fit(const uint8_t *input, int class_number);

"""
_CODE = """\
/* The memory in use. */
static ${name}_memory *learned;

/* The natural logarithm of a whole number above 0, times 2 to the power of 58. */
static uint64_t logarithm(uint32_t number)
{
    uint32_t exponent = 31u;
    uint64_t y;
    uint64_t sum;
    while (exponent > 0u && number >> exponent == 0u) {
        exponent--;
    }
    y = (uint64_t)number << (62u - exponent);
    sum = (exponent + 1u) * LOG_2;
    for (uint32_t i = 0u; i < N_FACTORS; i++) {
        uint64_t product = y + (y >> (i + 1u));
        if (product <= UINT64_C(1) << 63) {
            y = product;
            sum -= LOG_FACTORS[i];
        }
    }
    return sum - (((UINT64_C(1) << 63) - y) >> 5);
}

/* The difference of two logarithms in units of the scores, rounded. */
static int32_t in_units(uint64_t a, uint64_t b)
{
    uint64_t difference = a > b ? a - b : b - a;
    uint64_t units = PRECISION * (difference >> 32)
                     + (PRECISION * (difference & UINT32_MAX) >> 32);
    int32_t rounded = (int32_t)((units + (UINT64_C(1) << 25)) >> 26);
    return a > b ? rounded : -rounded;
}

/* Sets the log-odds of a bit of a class, and adds its share to the offset. */
static void derive_bit(uint32_t bit, uint32_t k)
{
    uint32_t n = learned->class_count[k];
    uint32_t n_ones = learned->bit_count[bit][k];
    uint64_t ones = logarithm(n_ones * ALPHA_UNITS + ALPHA);
    uint64_t zeros = logarithm((n - n_ones) * ALPHA_UNITS + ALPHA);
    uint64_t all = logarithm(n * ALPHA_UNITS + 2u * ALPHA);
    learned->log_odds[bit][k] = in_units(ones, zeros);
    learned->shares[k] += in_units(zeros, all);
}

static int is_seen(uint32_t bit)
{
    return (int)((learned->seen[bit / 32u] >> (bit % 32u)) & 1u);
}

static void derive_class(uint32_t k)
{
    learned->shares[k] = 0;
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        learned->log_odds[bit][k] = 0;
        if (is_seen(bit)) {
            derive_bit(bit, k);
        }
    }
}

static void set_offsets(void)
{
    uint32_t n = 0u;
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        n += learned->class_count[k];
    }
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        int64_t prior = 0;
$prior\
        learned->offsets[k] = learned->shares[k] + prior + OFFSET_CORRECTIONS[k];
    }
}

void ${name}_begin(${name}_memory *memory)
{
    learned = memory;
    for (uint32_t i = 0u; i < SCORED_WORDS; i++) {
        learned->seen[i] = 0u;
    }
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
            learned->bit_count[bit][k] = BIT_COUNTS[bit][k];
            if (BIT_COUNTS[bit][k] > 0u) {
                learned->seen[bit / 32u] |= UINT32_C(1) << (bit % 32u);
            }
        }
    }
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        learned->class_count[k] = CLASS_COUNTS[k];
        derive_class(k);
    }
    set_offsets();
}

int ${name}_partial_fit(const uint8_t *input, int class_number)
{
    uint32_t k = (uint32_t)class_number;
    if (class_number < 0 || k >= ${NAME}_N_CLASSES
        || learned->class_count[k] == UINT16_MAX) {
        return 0;
    }
    run(input);
    learned->class_count[k]++;
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        if ((($bits[bit / 32u] >> (bit % 32u)) & 1u) != 0u) {
            learned->bit_count[bit][k]++;
            if (!is_seen(bit)) {
                learned->seen[bit / 32u] |= UINT32_C(1) << (bit % 32u);
                for (uint32_t j = 0u; j < ${NAME}_N_CLASSES; j++) {
                    derive_bit(bit, j);
                }
            }
        }
    }
    derive_class(k);
    set_offsets();
    return 1;
}

void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    run(input);
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        scores[k] = learned->offsets[k];
    }
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        if ((($bits[bit / 32u] >> (bit % 32u)) & 1u) != 0u) {
            for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
                scores[k] += learned->log_odds[bit][k];
            }
        }
    }
}
"""
_PRIOR = Code("""\
        if (learned->class_count[k] > 0u) {
            prior = in_units(logarithm(learned->class_count[k]), logarithm(n));
        } else {
            prior = MIN_OFFSET;
        }
""")


def learn(classifier, place):
    """Write an OttoScoreClassifier that learns; return its block."""
    n_classes, n_bits = classifier.weights_.shape
    check_number("classes", n_classes)
    _check(classifier)
    alpha, alpha_units = _alpha(classifier)
    n_words = n_containers(n_bits)
    fitted = classifier.fitted_params_
    values = {
        "name": place.name,
        "NAME": Code(place.name.upper()),
        "bits": place.bits.buffer,
        "n_classes": n_classes,
        "n_bits": n_bits,
        "n_words": n_words,
        "most": _MOST_COUNT,
        "n_bytes": n_classes * (6 * n_bits + 18) + 4 * n_words,
        "prior": _PRIOR if fitted["fit_prior"] else Code(),
    }
    unit = classes.unit_of(classifier._units_per_nat)
    answer = classes.answer(classifier.classes_, place.name, unit)
    corrections = np.zeros(n_classes, dtype=np.int64) + classifier._offset_corrections
    block = Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        code=fill(_CODE, **values) + answer.code,
        operations=n_bits * (3 + n_classes) + 4 * n_classes,
        constants={
            "N_BITS": unsigned(n_bits),
            "SCORED_WORDS": unsigned(n_words),
            "PRECISION": fill("UINT64_C($n)", n=fitted["precision"]),
            "ALPHA": unsigned(alpha),
            "ALPHA_UNITS": unsigned(alpha_units),
            "LOG_2": fill("UINT64_C($n)", n=_fixed(Decimal(2))),
            "N_FACTORS": unsigned(_N_FACTORS),
            "MIN_OFFSET": fill("INT64_C($n)", n=_log_odds.MIN_OFFSET),
        },
        tables=[
            *_tables(classifier),
            Table("OFFSET_CORRECTIONS", "Added to the offsets.", corrections),
            *answer.tables,
        ],
        buffers=[answer.buffer],
        public=fill(_PUBLIC, **values) + answer.public,
    )
    return block, None


def _check(classifier):
    """Raise if what a classifier learns does not follow from whole counts alone."""
    fitted = classifier.fitted_params_
    wrong = None
    if classifier._corrections is not None:
        wrong = "it was tuned"
    elif fitted["weight_bits"] is not None:
        wrong = "weight_bits rounds its weights"
    elif fitted["class_weight"] is not None:
        wrong = "it has class_weight"
    elif classifier.class_count_.dtype != np.int64:
        wrong = "its counts are sums of fractional sample weights"
    elif classifier.class_count_.max() > _MOST_COUNT:
        wrong = f"a class has more than {_MOST_COUNT} rows"
    elif fitted["precision"] > _MOST_PRECISION:
        wrong = f"precision is above {_MOST_PRECISION}"
    if wrong:
        raise ValueError(
            f"This {type(classifier).__name__} cannot learn in C: {wrong}. Fit one "
            "that counts whole rows, with max_iter=1."
        )


def _alpha(classifier):
    """Return the smoothing as a fraction; raise if it is too fine."""
    alpha = classifier.fitted_params_["alpha"]
    numerator, denominator = float(alpha).as_integer_ratio()
    if max(denominator, numerator) * (_MOST_COUNT + 2) * 2 >= 2**32:
        raise ValueError(
            f"alpha={alpha} is no multiple of 2 to the power of -14, up to 2 to the "
            "power of 14, by which counts are smoothed in C."
        )
    return numerator, denominator


def _tables(classifier):
    """Return counts, and logarithms of factors."""
    factors = [_fixed(1 + Decimal(2) ** -i) for i in range(1, _N_FACTORS + 1)]
    return [
        Table(
            "CLASS_COUNTS",
            "Rows of each class.",
            classifier.class_count_.astype(np.uint16),
        ),
        Table(
            "BIT_COUNTS",
            "Rows of each class with each bit.",
            to_smallest_dtype(classifier.feature_count_.T),
        ),
        Table(
            "LOG_FACTORS",
            "Logarithms of 1 + 1/2, 1 + 1/4 and so on, times 2 to the power of 58.",
            np.array(factors, dtype=np.uint64),
        ),
    ]


def _fixed(number):
    """Return the natural logarithm of a decimal number, times 2**58."""
    with localcontext(prec=40):
        return int((number.ln() * 2**58).to_integral_value())


def _vectors(classifier, X):
    """Return the scores after the rows were counted."""
    classifier.partial_fit(X, classes.in_turn(classifier, len(X)))
    return [Vector("scores", written=classifier.integer_scores(X), is_learned=True)]


PARTIAL_FIT = Learning("partial_fit", learn, _vectors)
