# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""OttoScoreClassifier in C."""

import numpy as np

from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    LARGEST_INT,
    Buffer,
    Code,
    Strings,
    Table,
    check_number,
    narrowed,
    unsigned,
)
from skbit.bits import n_containers
from skbit.naive_bayes import OttoScoreClassifier

_LARGEST = np.iinfo(np.int32).max

_PUBLIC = """\
/* Returns $what. */
int ${name}_predict(const uint8_t *input);

#define ${NAME}_N_CLASSES $n_classes
/* Writes the scores of the classes, in units of 1 / $precision nats. */
void ${name}_scores(const uint8_t *input, int64_t *scores);

"""
_PUBLIC_NAMES = """\
/* The names of the classes. */
extern $declaration;

"""

_CODE = """\
void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    run(input);
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        sums[k] = 0;
    }
    for (uint32_t i = 0u; i < SCORED_WORDS; i++) {
        uint32_t bit = 32u * i;
        for (uint32_t word = $bits[i]; word != 0u; word >>= 1) {
            if ((word & 1u) != 0u) {
                for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
                    sums[k] += LOG_ODDS[bit][k];
                }
            }
            bit++;
        }
    }
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        scores[k] = OFFSETS[k] + (int64_t)sums[k]$scale;
    }
}

int ${name}_predict(const uint8_t *input)
{
    int best = 0;
    ${name}_scores(input, scores_found);
    for (int k = 1; k < ${NAME}_N_CLASSES; k++) {
        if (scores_found[k] > scores_found[best]) {
            best = k;
        }
    }
    return $label;
}
"""


def score(classifier, place):
    """Write an OttoScoreClassifier; return its block."""
    name, bits = place.name, place.bits
    n_classes, n_bits = classifier.weights_.shape
    check_number("classes", n_classes)
    weights, scale = _small(classifier.weights_)
    # What sums can reach, whatever the input.
    highest = int(np.abs(weights.astype(np.int64)).sum(axis=1).max())
    sum_type = np.int32 if highest <= _LARGEST else np.int64
    tables = [
        Table("LOG_ODDS", "Of each bit, for each class.", weights.T),
        Table("OFFSETS", "Of each class.", classifier.offsets_),
    ]
    labels = _labels(classifier.classes_)
    constants = {"SCORED_WORDS": unsigned(n_containers(n_bits))}
    if scale != 1:
        constants["SCALE"] = scale
    values = {
        "name": name,
        "NAME": Code(name.upper()),
        "n_classes": n_classes,
        "bits": bits.buffer,
        "precision": classifier.fitted_params_["precision"],
        "scale": Code("" if scale == 1 else " * SCALE"),
        "label": Code("best"),
        "what": Code("the class"),
    }
    public = _PUBLIC
    if labels is None:
        names = tuple(str(label) for label in classifier.classes_)
        strings = Strings(
            fill("${name}_classes", name=name), "The names of the classes.", names
        )
        tables.append(strings)
        values["what"] = fill(
            "the number of the class; $name has its name", name=strings.name
        )
        values["declaration"] = strings.declaration
        public += _PUBLIC_NAMES
    elif not np.array_equal(labels, np.arange(n_classes)):
        tables.append(Table("CLASSES", "The classes.", narrowed(labels)))
        values["label"] = Code("CLASSES[best]")
    block = Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        code=fill(_CODE, **values),
        operations=n_bits * (n_classes + 3) + 4 * n_classes,
        constants=constants,
        tables=tables,
        buffers=[
            Buffer("sums", "Of the log-odds of ones.", sum_type, n_classes),
            Buffer("scores_found", "To predict.", np.int64, n_classes),
        ],
        public=fill(public, **values),
    )
    return block, None


def _small(coef):
    """Divide weights by the power of two that is in all; return quotients, divisor."""
    ones = int(np.bitwise_or.reduce(coef, axis=None))
    scale = ones & -ones if ones else 1
    return narrowed(coef.astype(np.int64) // scale, signed=True), scale


def _labels(classes):
    """Return classes as whole numbers that an int holds, or None."""
    if classes.dtype.kind not in "biuf":
        return None
    if (np.abs(classes.astype(float)) > LARGEST_INT).any():
        return None
    labels = classes.astype(np.int64)
    return labels if np.array_equal(labels, classes) else None


WRITERS = {OttoScoreClassifier: Writer(score, answers=True)}
