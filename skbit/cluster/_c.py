# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitWTAClusterer in C, with the neurons as constants."""

import numpy as np

from skbit._c.helpers import COUNT_ONES, COUNT_ONES_OPERATIONS
from skbit._c.source import Block, Writer
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit.cluster import _population
from skbit.cluster._bit_wta import BitWTAClusterer
from skbit.cluster._c_answers import Neurons, vectors, write_answers
from skbit.cluster._c_learn import LEARN
from skbit.cluster._kernels import similarity


def compete(clusterer, place):
    """Write a BitWTAClusterer; return its block."""
    population = clusterer.population_
    kind = population["similarity"]
    digits, norms = _population.digits(population), _population.norms(population)
    n_neurons, n_digits, n_words = digits.shape
    check_number("neurons", n_neurons)
    tables = [
        Table("PATTERNS", "Digits of the levels of each neuron.", digits),
        Table("NORMS", "Of each neuron.", to_smallest_dtype(norms)),
    ]
    label = _label(clusterer.neuron_labels_, tables)
    if kind in similarity.COUNTING_SEEN_BITS:
        seen = population["seen_bits"]
        tables.append(Table("SEEN_BITS", "The bits that any row has set.", seen))
    neurons = Neurons(
        patterns=Code("PATTERNS"),
        norms=Code("NORMS"),
        seen=Code("SEEN_BITS"),
        n_neurons=Code("N_NEURONS"),
        empty_winner=unsigned((norms == similarity.norm_of_empty(kind)).argmax()),
        label=label,
    )
    code, public = write_answers(population, neurons, place)
    block = Block(
        title=f"{type(clusterer).__name__}: {n_neurons} x {population['n_bits']} bits",
        code=code,
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
        public=public,
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


WRITERS = {
    BitWTAClusterer: Writer(compete, vectors=vectors, learning=(LEARN,)),
}
