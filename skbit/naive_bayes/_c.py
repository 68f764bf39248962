# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C code of OttoScoreClassifier."""

import numpy as np

from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    LARGEST_INT,
    Buffer,
    Code,
    Strings,
    Table,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit.bits import n_containers
from skbit.naive_bayes import OttoScoreClassifier

_INT32_MAX = np.iinfo(np.int32).max

_PUBLIC = """\
/* Returns $what. */
int ${name}_predict(const uint8_t *input);

#define ${NAME}_N_CLASSES $n_classes
/* Writes the scores of the classes, in units of 1 / $precision nats. */
void ${name}_scores(const uint8_t *input, int64_t *scores);

"""
_PUBLIC_NAMES = """\
/* Names of the classes. */
extern $declaration;

"""

_UNPACK = """\
/* Returns log-odds by their number. They have few bits, which may lie in two bytes. */
static int32_t log_odds(uint32_t i)
{
    uint32_t first = i * LOG_ODDS_BITS;
    uint32_t bits = (uint32_t)LOG_ODDS[first / 8u + 1u] << 8;
    bits = (bits | LOG_ODDS[first / 8u]) >> (first % 8u) & LOG_ODDS_MASK;
    return (int32_t)bits + LOWEST_LOG_ODDS;
}

"""
_UNPACK_OPERATIONS = 7

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
                    sums[k] += $log_odds;
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
    n_classes, n_bits = classifier.weights_.shape
    check_number("classes", n_classes)
    weights, divisor = _divided(classifier.weights_)
    # The largest absolute value that sums reach, whatever the input.
    highest = int(np.abs(weights.astype(np.int64)).sum(axis=1).max())
    sum_type = np.int32 if highest <= _INT32_MAX else np.int64
    table, constants = _log_odds(weights)
    unpack, per_class = (_UNPACK, 1 + _UNPACK_OPERATIONS) if constants else ("", 1)
    constants["SCORED_WORDS"] = unsigned(n_containers(n_bits))
    if divisor != 1:
        constants["SCALE"] = divisor
    values = {
        "name": place.name,
        "NAME": Code(place.name.upper()),
        "n_classes": n_classes,
        "bits": place.bits.buffer,
        "log_odds": Code("LOG_ODDS[bit][k]"),
        "precision": classifier.fitted_params_["precision"],
        "scale": Code("" if divisor == 1 else " * SCALE"),
    }
    if unpack:
        values["log_odds"] = fill("log_odds(bit * ${NAME}_N_CLASSES + k)", **values)
    answer, label_tables, public = _labelled(classifier.classes_, place.name)
    values |= answer
    block = Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        code=unpack + fill(_CODE, **values),
        operations=n_bits * (n_classes * per_class + 3) + 4 * n_classes,
        constants=constants,
        tables=[
            table,
            Table("OFFSETS", "Offsets of the classes.", classifier.offsets_),
            *label_tables,
        ],
        buffers=[
            Buffer("sums", "Sums of the log-odds of ones.", sum_type, n_classes),
            Buffer(
                "scores_found",
                "Scores of the row that is predicted.",
                np.int64,
                n_classes,
            ),
        ],
        public=fill(public, **values),
    )
    return block, None


def _labelled(classes, name):
    """Write what ``predict`` returns.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
    name : str
        Name of the model.

    Returns
    -------
    values : dict
        Values for the placeholders of the code and of the declarations.
    tables : list
        Tables of the labels, if they are not the numbers of the classes.
    public : str
        Declarations.
    """
    labels = _integer_labels(classes)
    if labels is None:
        names = tuple(str(label) for label in classes)
        strings = Strings(
            fill("${name}_classes", name=name), "Names of the classes.", names
        )
        what = fill("the number of the class; $name has its name", name=strings.name)
        values = {
            "label": Code("best"),
            "what": what,
            "declaration": strings.declaration,
        }
        return values, [strings], _PUBLIC + _PUBLIC_NAMES
    values = {"label": Code("best"), "what": Code("the class")}
    if np.array_equal(labels, np.arange(len(labels))):
        return values, [], _PUBLIC
    values["label"] = Code("CLASSES[best]")
    return (
        values,
        [Table("CLASSES", "Classes by their numbers.", to_smallest_dtype(labels))],
        _PUBLIC,
    )


def _divided(weights):
    """Divide weights by their largest common power of two; return it as well."""
    ones = int(np.bitwise_or.reduce(weights, axis=None))
    divisor = ones & -ones if ones else 1
    return to_smallest_dtype(weights.astype(np.int64) // divisor, signed=True), divisor


def _log_odds(weights):
    """Write log-odds, packed if they have fewer bits than a byte.

    Returns
    -------
    table : Table
    constants : dict
        Constants of the function that unpacks them; empty if they are not packed.
    """
    about = "Log-odds of each bit for each class."
    lowest = int(weights.min())
    n_bits = max(1, (int(weights.max()) - lowest).bit_length())
    if n_bits >= 8:
        return Table("LOG_ODDS", about, weights.T), {}
    above = (weights.T.astype(np.int64) - lowest).reshape(-1, 1)
    packed = np.packbits(above >> np.arange(n_bits) & 1, bitorder="little")
    constants = {
        "LOG_ODDS_BITS": unsigned(n_bits),
        "LOG_ODDS_MASK": unsigned(2**n_bits - 1),
        "LOWEST_LOG_ODDS": lowest,
    }
    # Two bytes are read, also at the end.
    return Table("LOG_ODDS", about, np.append(packed, np.uint8(0))), constants


def _integer_labels(classes):
    """Return classes as whole numbers that an int holds, or None if they are not."""
    if classes.dtype.kind not in "biuf":
        return None
    if (np.abs(classes.astype(float)) > LARGEST_INT).any():
        return None
    labels = classes.astype(np.int64)
    return labels if np.array_equal(labels, classes) else None


WRITERS = {OttoScoreClassifier: Writer(score, answers=True)}
