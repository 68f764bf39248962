# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitWTAClusterer in C that learns: counters in memory of the caller.

Patterns and norms follow from counters, so that only these are constants.
"""

from dataclasses import replace

import numpy as np

from skbit._c.helpers import COUNT_ONES, COUNT_ONES_OPERATIONS
from skbit._c.source import Block, Learning, fill
from skbit._c.text import Buffer, Code, Table, number, to_smallest_dtype, unsigned
from skbit.bits import n_containers
from skbit.cluster import _population, _reassignment
from skbit.cluster._c_answers import Expression, Neurons, vectors, write_answers
from skbit.cluster._kernels import constants, similarity

_PUBLIC = """\
/* The neurons: memory of the caller, about $n_bytes bytes. */
typedef struct {
    uint32_t patterns[$most][$n_digits][$n_words];
    uint32_t norms[$most];
    uint32_t recent_wins[$most];
    uint32_t seen[$n_words];
    uint32_t n_neurons;
    uint32_t until_due;
    uint16_t n_learned[$most];
    int16_t pending[$most];
    uint8_t n_counted[$most];
    uint8_t counters[$most][$n_bits];
} ${name}_memory;

/* Fills memory with what was learned in Python. All functions use it from then on, so
 * call this first. */
void ${name}_begin(${name}_memory *memory);

/* Learns an input; returns the neuron that has won or begins with it. */
int ${name}_learn(const uint8_t *input);

"""
_MEMORY = """\
/* The memory in use. */
static ${name}_memory *learned;

${first_empty}\
"""
_FIRST_EMPTY = """\
static uint32_t first_empty(void)
{
    for (uint32_t n = 0u; n < learned->n_neurons; n++) {
        if (learned->norms[n] == ${norm_of_empty}u) {
            return n;
        }
    }
    return 0u;
}

"""
_CODE = """\

static uint8_t is_one(uint32_t bit)
{
    return (uint8_t)(($bits[bit / 32u] >> (bit % 32u)) & 1u);
}

/* Finds the levels of a neuron and their norm. */
static void derive(uint32_t n)
{
    uint32_t sum = 0u;
    for (uint32_t d = 0u; d < PATTERN_DIGITS; d++) {
        for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
            learned->patterns[n][d][w] = 0u;
        }
    }
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        uint32_t level = 0u;
        for (uint32_t t = 0u; t < N_LEVELS; t++) {
            uint32_t limit = ((uint32_t)LEVELS[t] * learned->n_counted[n]) >> 8;
            level += learned->counters[n][bit] > limit ? 1u : 0u;
        }
        sum += $added;
        for (uint32_t d = PATTERN_DIGITS; d > 0u; d--) {
            learned->patterns[n][d - 1u][bit / 32u] |= (level & 1u) << (bit % 32u);
            level >>= 1;
        }
    }
    learned->norms[n] = $norm;
}

static void halve(uint32_t n)
{
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        learned->counters[n][bit] = (uint8_t)(learned->counters[n][bit] >> 1);
    }
    learned->n_counted[n] = (uint8_t)(learned->n_counted[n] >> 1);
}

/* Counts the input, so many times. */
static void count(uint32_t n, uint8_t times)
{
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        uint8_t *counter = &learned->counters[n][bit];
        *counter = (uint8_t)(*counter + times * is_one(bit));
    }
    learned->n_counted[n] = (uint8_t)(learned->n_counted[n] + times);
    derive(n);
}

/* Lets a neuron that takes over counters, worth a few inputs, begin with the input. */
static void begin_neuron(uint32_t n, uint8_t n_inherited)
{
    learned->n_learned[n] = 1u;
    learned->pending[n] = -1;
    count(n, n_inherited);
}

static void begin_anew(uint32_t n)
{
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        learned->counters[n][bit] = 0u;
    }
    learned->n_counted[n] = 0u;
    learned->recent_wins[n] = 0u;
    begin_neuron(n, 1u);
}

/* Lets an idle neuron begin between a busy neuron and the input. */
static void inherit(uint32_t heir, uint32_t parent)
{
    for (uint32_t bit = 0u; bit < N_BITS; bit++) {
        learned->counters[heir][bit] = learned->counters[parent][bit];
    }
    learned->n_counted[heir] = learned->n_counted[parent];
    while (learned->n_counted[heir] > INHERITED) {
        halve(heir);
    }
    begin_neuron(heir, learned->n_counted[heir]);
}

/* Tells whether the similarity with the winner is below a limit; 1 is ONE. */
static int is_below(uint32_t winner, int64_t limit)
{
    int64_t numerator;
    int64_t denominator;
    measure(winner, &numerator, &denominator);
    return numerator * ONE < limit * denominator;
}

${reassign}\
void ${name}_begin(${name}_memory *memory)
{
    learned = memory;
    learned->n_neurons = N_BEGUN;
    learned->until_due = UNTIL_DUE;
    for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
        learned->seen[w] = SEEN_BITS[w];
    }
    for (uint32_t n = 0u; n < N_BEGUN; n++) {
        learned->recent_wins[n] = RECENT_WINS[n];
        learned->n_learned[n] = N_LEARNED[n];
        learned->pending[n] = PENDING[n];
        learned->n_counted[n] = N_COUNTED[n];
        for (uint32_t bit = 0u; bit < N_BITS; bit++) {
            learned->counters[n][bit] = COUNTERS[n][bit];
        }
        derive(n);
    }
}

int ${name}_learn(const uint8_t *input)
{
    uint32_t n;
    run(input);
    for (uint32_t w = 0u; w < PATTERN_WORDS; w++) {
        learned->seen[w] |= $bits[w];
    }
    n = compete();
    if (learned->n_neurons < MOST_NEURONS && is_below(n, VIGILANCE)) {
        n = learned->n_neurons;
        learned->n_neurons++;
        begin_anew(n);
    } else if (learned->pending[n] >= 0 && is_below(n, ONE)) {
        uint32_t parent = n;
        n = (uint32_t)learned->pending[parent];
        learned->pending[parent] = -1;
        inherit(n, parent);
    } else {
        if (learned->n_learned[n] < UINT16_MAX) {
            learned->n_learned[n]++;
        }
${count}\
    }
    if (learned->recent_wins[n] < UINT32_MAX) {
        learned->recent_wins[n]++;
    }
${due}\
    return (int)n;
}
"""
_COUNT_AND_FORGET = Code("""\
        if (learned->n_counted[n] >= MAX_COUNT) {
            halve(n);
        }
        count(n, 1u);
""")
_COUNT_AND_STOP = Code("""\
        if (learned->n_counted[n] < MAX_COUNT) {
            count(n, 1u);
        }
""")
_DUE = Code("""\
    learned->until_due--;
    if (learned->until_due == 0u) {
        learned->until_due = INTERVAL;
        reassign();
    }
""")
_REASSIGN = """\
/* Tells whether a neuron has won few inputs, of n_inputs by n neurons. */
static int is_idle(uint32_t i, uint64_t n, uint64_t n_inputs)
{
    uint64_t wins = learned->recent_wins[i];
    return (wins < ${FEW}u || wins * n * ${IDLE}u < n_inputs)
           && wins * n <= ${BUSY}u * n_inputs
           && learned->n_learned[i] < MAX_COUNT / 2u;
}

/* Returns the busiest neuron that none moves to, or n. */
static uint32_t busiest(uint32_t n, uint64_t n_inputs)
{
    uint32_t best = n;
    for (uint32_t i = 0u; i < n; i++) {
        uint32_t wins = learned->recent_wins[i];
        if ((uint64_t)wins * n > ${BUSY}u * n_inputs && learned->pending[i] < 0
            && (best == n || wins > learned->recent_wins[best])) {
            best = i;
        }
    }
    return best;
}

/* Lets idle neurons wait for inputs of the busiest ones. */
static void reassign(void)
{
    const uint32_t n = learned->n_neurons;
${n_inputs}\
    for (uint32_t i = 0u; i < n; i++) {
        learned->pending[i] = -1;
    }
    for (uint32_t i = 0u; i < n; i++) {
        if (is_idle(i, n, n_inputs)) {
            uint32_t parent = busiest(n, n_inputs);
            if (parent == n) {
                break;
            }
            learned->pending[parent] = (int16_t)i;
        }
    }
    for (uint32_t i = 0u; i < n; i++) {
        learned->recent_wins[i] = 0u;
    }
}

"""
_GIVEN_INPUTS = Code("""\
    const uint64_t n_inputs = INTERVAL;
""")
_COUNTED_INPUTS = """\
    uint64_t n_inputs = 0u;
    for (uint32_t i = 0u; i < n; i++) {
        n_inputs += learned->recent_wins[i];
    }
    if (n_inputs < (uint64_t)${FAIR_SHARE}u * n) {
        return;
    }
"""


def learn(clusterer, place):
    """Write a BitWTAClusterer that learns; return its block."""
    clusterer._check_parameters_are_as_fitted()
    population = clusterer.population_
    learner = clusterer._learner(population)
    numbers = _constants(population, learner)
    most = numbers["MOST_NEURONS"]
    _check(clusterer, population, most)
    n_bits, n_digits, n_words = (
        numbers[name] for name in ("N_BITS", "PATTERN_DIGITS", "PATTERN_WORDS")
    )
    code, public = write_answers(population, _NEURONS, place)
    values = {
        "name": place.name,
        "most": most,
        "bits": place.bits.buffer,
        "n_bits": n_bits,
        "n_digits": n_digits,
        "n_words": n_words,
        "n_bytes": most * (4 * n_digits * n_words + 13 + n_bits) + 4 * n_words + 8,
        **_parts(population, learner),
    }
    levels = learner.settings[constants.FIRST_LEVEL :]
    block = Block(
        title=f"{type(clusterer).__name__}: {most} x {n_bits} bits",
        code=fill(_MEMORY, **values) + code + fill(_CODE, **values),
        operations=(most + 1) * n_digits * n_words * (COUNT_ONES_OPERATIONS + 2)
        + 8 * most,
        constants={name: unsigned(value) for name, value in numbers.items()}
        | {
            "ONE": number(constants.ONE),
            "VIGILANCE": number(learner.settings[constants.VIGILANCE]),
        },
        tables=[
            Table("LEVELS", "In 256ths of the inputs.", to_smallest_dtype(levels)),
            *_tables(population),
        ],
        buffers=[Buffer("n_ones", "Ones of the input.", np.uint32)],
        helpers=[COUNT_ONES],
        public=fill(_PUBLIC, **values) + public,
    )
    return block, None


def _constants(population, learner):
    """Return unsigned numbers of the code, by name."""
    n_neurons, settings = _population.n_neurons(population), learner.settings
    n_seen = int(population["totals"][constants.N_SEEN])
    period = learner.reassignment_interval
    if period is None:
        period = _reassignment.DEFAULT_INTERVAL
    return {
        "MOST_NEURONS": max(n_neurons, int(settings[constants.N_OPEN])),
        "N_BEGUN": n_neurons,
        "N_BITS": population["n_bits"],
        "N_LEVELS": len(settings) - constants.FIRST_LEVEL,
        "PATTERN_DIGITS": population["n_digits"],
        "PATTERN_WORDS": n_containers(population["n_bits"]),
        "MAX_COUNT": settings[constants.MAX_COUNT],
        "INHERITED": min(constants.INHERITED, settings[constants.MAX_COUNT] // 2),
        "INTERVAL": period,
        "UNTIL_DUE": period - n_seen % period if period else 0,
    }


_NEURONS = Neurons(
    patterns=Code("learned->patterns"),
    norms=Code("learned->norms"),
    seen=Code("learned->seen"),
    n_neurons=Code("learned->n_neurons"),
    empty_winner=Code("first_empty()"),
    label=Code("(int)compete()"),
)


def _check(clusterer, population, most):
    """Raise if a clusterer learns in a way that there is no C for."""
    wrong = None
    if population["counters"] is None:
        wrong = "learning=FlipRule() flips bits at random"
    elif clusterer.reserve_size > 0:
        wrong = "it has reserve_size"
    elif (
        population["links"] is not None
        or (clusterer.n_neurons or 1) > clusterer.n_clusters
    ):
        wrong = "its neurons are merged to clusters, so leave n_neurons=None"
    elif most > _reassignment.SMALL_POPULATION:
        wrong = f"it has more than {_reassignment.SMALL_POPULATION} neurons"
    if wrong:
        raise ValueError(f"This {type(clusterer).__name__} cannot learn in C: {wrong}.")


def _parts(population, learner):
    """Write the parts of the code that depend on parameters."""
    kind, interval = population["similarity"], learner.reassignment_interval
    norm_of_empty = similarity.norm_of_empty(kind)
    forgets = learner.settings[constants.FORGET]
    parts = {
        "count": _COUNT_AND_FORGET if forgets else _COUNT_AND_STOP,
        "first_empty": Code(),
        "due": Code(),
        "reassign": Code(),
        **_derivation(population),
    }
    if norm_of_empty >= 0:
        parts["first_empty"] = fill(_FIRST_EMPTY, norm_of_empty=norm_of_empty)
    if interval != 0:
        names = "FEW", "IDLE", "BUSY", "FAIR_SHARE"
        numbers = {name: getattr(_reassignment, name) for name in names}
        n_inputs = _GIVEN_INPUTS if interval else fill(_COUNTED_INPUTS, **numbers)
        parts["reassign"] = fill(_REASSIGN, n_inputs=n_inputs, **numbers)
        parts["due"] = _DUE
    return parts


def _derivation(population):
    """Write how levels become a norm."""
    kind, n_bits = population["similarity"], population["n_bits"]
    top_bits = Expression(f"{number((2 ** population['n_digits'] - 1) * n_bits)}u")
    total = Expression("sum")
    # The highest of texts is the last one.
    norm = similarity.norm(kind, total, total, top_bits, Expression(""))
    if similarity.norm_of_empty(kind) > 0:
        norm = f"sum > 0u ? {norm} : {similarity.norm_of_empty(kind)}u"
    is_square = kind in similarity.SQUARED
    return {
        "norm": Code(norm),
        "added": Code("level * level" if is_square else "level"),
    }


def _tables(population):
    """Return what the neurons begin with."""
    n = _population.n_neurons(population)
    neurons = population["neurons"][:n]
    counts = np.minimum(neurons[:, constants.COUNT], 2**16 - 1)
    recent = np.minimum(neurons[:, constants.RECENT], 2**32 - 1)
    pending = neurons[:, constants.PENDING]
    counted = neurons[:, constants.WEIGHT]
    return [
        Table("SEEN_BITS", "The bits that any row has set.", population["seen_bits"]),
        Table("RECENT_WINS", "Inputs that each neuron won.", to_smallest_dtype(recent)),
        Table("N_LEARNED", "Inputs of each neuron.", to_smallest_dtype(counts)),
        Table(
            "PENDING",
            "The neurons that move to the next inputs.",
            to_smallest_dtype(pending, signed=True),
        ),
        Table("N_COUNTED", "Inputs in the counters.", to_smallest_dtype(counted)),
        Table(
            "COUNTERS",
            "Inputs that have each bit.",
            _population.counters(population).astype(np.uint8),
        ),
    ]


def _vectors(clusterer, X):
    """Return what the functions must answer after the rows were learned."""
    clusterer.partial_fit(X)
    return [replace(vector, is_learned=True) for vector in vectors(clusterer, X)]


LEARN = Learning("learn", learn, _vectors)
