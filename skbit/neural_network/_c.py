# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitHebbianClassifier in C: bits that differ from weights are counted."""

import numpy as np

from skbit._c import classes
from skbit._c.helpers import COUNT_ONES, COUNT_ONES_OPERATIONS
from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit.neural_network import BitHebbianClassifier

_HIDDEN = """\
/* Finds the hidden units that fire. */
static void fire(void)
{
    for (uint32_t i = 0u; i < HIDDEN_WORDS; i++) {
        fired[i] = 0u;
    }
    for (uint32_t u = 0u; u < N_HIDDEN; u++) {
        uint32_t n_differing = 0u;
        for (uint32_t w = 0u; w < INPUT_WORDS; w++) {
            n_differing += count_ones(HIDDEN_WEIGHTS[u][w] ^ $bits[w]);
        }
        if (n_differing < HIDDEN_LIMITS[u]) {
            fired[u / 32u] |= UINT32_C(1) << (u % 32u);
        }
    }
}

"""
_SCORES = """\
void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    run(input);
$fire\
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        uint32_t n_differing = 0u;
        for (uint32_t w = 0u; w < $n_words; w++) {
            n_differing += count_ones(OUTPUT_WEIGHTS[k][w] ^ $read[w]);
        }
        scores[k] = (int64_t)OUTPUT_LIMITS[k] - (int64_t)n_differing;
    }
}
"""
_OPERATIONS_PER_WORD = COUNT_ONES_OPERATIONS + 2


def network(classifier, place):
    """Write a BitHebbianClassifier; return its block."""
    *hidden, output = classifier.weights_
    n_classes, n_hidden = len(output), classifier._n_hidden
    check_number("classes", n_classes)
    # As many bits must differ that a unit does not fire.
    limits = classifier._n_input_bits - classifier.unit_thresholds_
    constants, buffers, tables = {}, [], []
    values = {"bits": place.bits.buffer}
    fire, code = Code(), ""
    if hidden:
        (weights,) = hidden
        n_words = output.shape[1]
        constants = {
            "N_HIDDEN": unsigned(n_hidden),
            "HIDDEN_WORDS": unsigned(n_words),
            "INPUT_WORDS": unsigned(weights.shape[1]),
        }
        about = "Differing bits from which on a unit does not fire."
        tables = [
            Table("HIDDEN_WEIGHTS", "Weights of each hidden unit.", weights),
            Table("HIDDEN_LIMITS", about, to_smallest_dtype(limits)),
        ]
        buffers.append(Buffer("fired", "The hidden bits.", np.uint32, n_words))
        fire, code = Code("    fire();\n"), fill(_HIDDEN, **values)
        limits = np.full(n_classes, n_hidden)
    answer = classes.answer(classifier.classes_, place.name, Code("in equal bits"))
    n_words, read = ("HIDDEN_WORDS", "fired") if hidden else ("INPUT_WORDS", None)
    values |= {"name": place.name, "NAME": Code(place.name.upper()), "fire": fire}
    values |= {"n_words": Code(n_words), "read": Code(read or place.bits.buffer)}
    constants.setdefault("INPUT_WORDS", unsigned(output.shape[1]))
    n_words_read = sum(layer.size for layer in classifier.weights_)
    block = Block(
        title=f"{type(classifier).__name__}: {n_hidden} units, {n_classes} classes",
        code=code + fill(_SCORES, **values) + answer.code,
        operations=n_words_read * _OPERATIONS_PER_WORD + 6 * n_hidden + 4 * n_classes,
        constants=constants,
        tables=[
            *tables,
            Table("OUTPUT_WEIGHTS", "Weights of each class.", output),
            Table("OUTPUT_LIMITS", "Added to scores.", to_smallest_dtype(limits)),
            *answer.tables,
        ],
        buffers=[*buffers, answer.buffer],
        helpers=[COUNT_ONES],
        public=answer.public,
    )
    return block, None


WRITERS = {BitHebbianClassifier: Writer(network, vectors=classes.vectors)}
