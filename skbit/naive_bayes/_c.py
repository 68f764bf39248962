# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C code of OttoScoreClassifier."""

import numpy as np

from skbit._c import classes
from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit.bits import n_containers
from skbit.naive_bayes import OttoScoreClassifier

_INT32_MAX = np.iinfo(np.int32).max

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
    unit = fill("in units of 1 / $precision nats", **values)
    answer = classes.answer(classifier.classes_, place.name, unit)
    block = Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        code=unpack + fill(_CODE, **values) + answer.code,
        operations=n_bits * (n_classes * per_class + 3) + 4 * n_classes,
        constants=constants,
        tables=[
            table,
            Table("OFFSETS", "Offsets of the classes.", classifier.offsets_),
            *answer.tables,
        ],
        buffers=[
            Buffer("sums", "Sums of the log-odds of ones.", sum_type, n_classes),
            answer.buffer,
        ],
        public=answer.public,
    )
    return block, None


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


WRITERS = {OttoScoreClassifier: Writer(score, vectors=classes.vectors)}
