# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""OttoScoreClassifier in C that is tuned: corrections in memory of the caller."""

import numpy as np

from skbit._c import classes
from skbit._c.source import Block, Learning, fill
from skbit._c.text import Code, Table, check_number, to_smallest_dtype, unsigned
from skbit._c.vectors import Vector
from skbit.naive_bayes._counting import mean_ones
from skbit.naive_bayes._row_weights import row_weights
from skbit.naive_bayes._tuning import margin_in_units, steps_in_units

# A pass that visits rows one by one in their order, with the initial learning rate.
_ONE_PASS = {
    "max_iter": 2,
    "batch_size": 1,
    "shuffle": False,
    "early_stopping": False,
}

_PUBLIC = """\
/* What tuning has added to the log-odds: memory of the caller, about $n_bytes bytes. */
typedef struct {
    int32_t corrections[$n_bits][$n_classes];
} ${name}_memory;

/* Fills memory with what was tuned in Python. All functions use it from then on, so
 * call this first. */
void ${name}_begin(${name}_memory *memory);

/* Corrects the log-odds if an input is not predicted right, or not clearly enough.
 * Classes have numbers from 0 on. Returns 1, or 0 if there is no such class. */
int ${name}_tune(const uint8_t *input, int class_number);

"""
_CODE = """\
/* The memory in use. */
static ${name}_memory *learned;

static int32_t saturated(int64_t value)
{
    if (value > INT32_MAX) {
        return INT32_MAX;
    }
    return value < INT32_MIN ? INT32_MIN : (int32_t)value;
}

static int is_one(uint32_t bit)
{
    return (int)(($bits[bit / 32u] >> (bit % 32u)) & 1u);
}

void ${name}_begin(${name}_memory *memory)
{
    learned = memory;
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
            learned->corrections[bit][k] = $correction;
        }
    }
}

void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    run(input);
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        scores[k] = OFFSETS[k];
    }
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        if (is_one(bit)) {
            for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
                int64_t log_odds = LOG_ODDS[bit][k];
                scores[k] += saturated(log_odds + learned->corrections[bit][k]);
            }
        }
    }
}

/* Adds to the corrections of a class. */
static void add_to_ones(uint32_t k, int64_t step)
{
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        if (is_one(bit)) {
            int32_t *correction = &learned->corrections[bit][k];
            *correction = saturated(*correction + step);
        }
    }
}

${correct}\
int ${name}_tune(const uint8_t *input, int class_number)
{
    uint32_t k = (uint32_t)class_number;
    if (class_number < 0 || k >= ${NAME}_N_CLASSES) {
        return 0;
    }
    ${name}_scores(input, scores_found);
    correct(k);
    return 1;
}
"""
_CORRECT_STRONGEST = """\
/* Corrects the class of the input, and the strongest other one. */
static void correct(uint32_t true_class)
{
    uint32_t wrong = true_class == 0u ? 1u : 0u;
    int64_t lead;
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        if (k != true_class && scores_found[k] > scores_found[wrong]) {
            wrong = k;
        }
    }
    lead = scores_found[true_class] - scores_found[wrong];
    /* The first of equals is predicted. */
    if (lead < MARGIN || (lead == 0 && wrong < true_class)) {
        add_to_ones(wrong, -(int64_t)STEPS[true_class]);
        add_to_ones(true_class, STEPS[true_class]);
    }
}

"""
_CORRECT_ALL = """\
/* Corrects the class of the input, and all others that are too strong. */
static void correct(uint32_t true_class)
{
    int64_t n_rivals = 0;
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        int64_t lead = scores_found[true_class] - scores_found[k];
        /* The first of equals is predicted. */
        if (k != true_class && (lead < MARGIN || (lead == 0 && k < true_class))) {
            add_to_ones(k, -(int64_t)STEPS[true_class]);
            n_rivals++;
        }
    }
    add_to_ones(true_class, n_rivals * STEPS[true_class]);
}

"""


def tune(classifier, place):
    """Write an OttoScoreClassifier that is tuned on the device; return its block."""
    n_classes, n_bits = classifier.weights_.shape
    check_number("classes", n_classes)
    _check(classifier)
    values = {
        "name": place.name,
        "NAME": Code(place.name.upper()),
        "bits": place.bits.buffer,
        "n_classes": n_classes,
        "n_bits": n_bits,
        "n_bytes": 4 * n_bits * n_classes,
        "correction": Code("0"),
    }
    derived, corrections = classifier._derived, classifier._corrections
    log_odds = to_smallest_dtype(derived.weights.T, signed=True)
    tables = [Table("LOG_ODDS", "Log-odds that follow from the counts.", log_odds)]
    if corrections is not None:
        values["correction"] = Code("CORRECTIONS[bit][k]")
        added = to_smallest_dtype(corrections.T, signed=True)
        tables.append(Table("CORRECTIONS", "What tuning in Python has added.", added))
    is_all = classifier.rivals == "all"
    correct = fill(_CORRECT_ALL if is_all else _CORRECT_STRONGEST, **values)
    unit = classes.unit_of(classifier._units_per_nat)
    answer = classes.answer(classifier.classes_, place.name, unit)
    block = Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        code=fill(_CODE, correct=correct, **values) + answer.code,
        operations=n_bits * (3 + 4 * n_classes) + 4 * n_classes,
        constants={
            "N_BITS": unsigned(n_bits),
            "MARGIN": fill("INT64_C($n)", n=_margin(classifier)),
        },
        tables=[
            *tables,
            Table("OFFSETS", "Offsets of the classes.", classifier.offsets_),
            Table("STEPS", "Corrections of a row of each class.", _steps(classifier)),
            *answer.tables,
        ],
        buffers=[answer.buffer],
        public=fill(_PUBLIC, **values) + answer.public,
    )
    return block, None


def _check(classifier):
    """Raise if tuning would change more than corrections."""
    classifier._check_parameters_are_as_fitted()
    wrong = None
    if classifier.fitted_params_["weight_bits"] is not None:
        wrong = "weight_bits rounds its weights"
    elif classifier.calibrate == "offsets":
        wrong = "calibrate='offsets' computes offsets from all rows"
    if wrong:
        raise ValueError(
            f"This {type(classifier).__name__} cannot be tuned in C: {wrong}."
        )


def _margin(classifier):
    """Return the lead that a class must have, in units of the scores."""
    return margin_in_units(classifier, mean_ones(classifier._counts))


def _steps(classifier):
    """Return what a row of each class adds to the log-odds of its ones."""
    every_class = np.arange(len(classifier.classes_))
    factors = row_weights((None, every_class, None), classifier._settings().factors)
    rate, precision = classifier.learning_rate_init, classifier.precision
    return steps_in_units(rate, precision, factors).astype(np.int32)


def _vectors(classifier, X):
    """Return the scores after the rows have tuned the model."""
    classifier.set_params(**_ONE_PASS)
    classifier.tune(X, classes.in_turn(classifier, len(X)))
    return [Vector("scores", written=classifier.integer_scores(X), is_learned=True)]


TUNE = Learning("tune", tune, _vectors)
