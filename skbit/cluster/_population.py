# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The state of a clusterer: a population of neurons.

A population is a plain dict of whole numbers and arrays, as large as its neurons need:

==============  ======================================================================
``n_bits``      the number of bits of a row
``n_digits``    the number of binary digits of a level; a neuron has a level per bit
``similarity``  a place in ``_kernels.similarity.SIMILARITIES``
``seed``        the seed of all random bits
``n_clusters``  the number of clusters that neurons are merged to
``patterns``    the levels of all neurons, as ``_kernels.search`` describes
``norms``       a number per neuron, as ``_kernels.similarity`` describes
``counters``    the counters of all neurons; None if patterns are flipped
``neurons``     a row of numbers per neuron; ``_kernels.constants`` lists the columns
``totals``      numbers of the whole population; ``_kernels.constants`` lists them
``seen_bits``   the bits that any row has set, packed as a row
``links``       rows of winner, runner-up and the number of inputs for which they were,
                in rising order; None if these are not counted
==============  ======================================================================

A population is never changed: a ``Learner`` works on a copy.
"""

import numpy as np

from skbit._numba.memory import LANES, rows_of_lanes, zero_planes
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.bits import n_containers, pack_bits, unpack_bits
from skbit.cluster._kernels import constants, similarity


def new_population(n_bits, n_digits, kind, seed, *, flipping, all_seen):
    """Return a population without neurons.

    Parameters
    ----------
    n_bits, n_digits : int
    kind : int
        The similarity.
    seed : int
    flipping : bool
        Whether patterns are flipped, so that neurons have no counters.
    all_seen : bool
        Whether all bits count as set from the beginning, because any bit may be one in
        a pattern of random bits.
    """
    totals = np.zeros(constants.N_TOTALS, dtype=np.int64)
    totals[constants.USUAL_NOVEL] = -1
    population = {
        "n_bits": n_bits,
        "n_digits": n_digits,
        "similarity": kind,
        "seed": seed,
        "counters": None if flipping else zero_planes(0),
        "neurons": np.empty((0, constants.N_COLUMNS), dtype=np.int64),
        "totals": totals,
        "seen_bits": pack_bits(np.full((1, n_bits), all_seen))[0],
        "links": None,
    }
    for name, n_planes in _table_sizes(population, 0).items():
        population[name] = zero_planes(n_planes)
    return population


def check_population(owner, n_bits, n_digits, kind, flipping):
    """Raise if kernels cannot rely on the attribute ``population_`` of an estimator.

    Parameters
    ----------
    owner : estimator
    n_bits, n_digits, kind : int
        The expected numbers.
    flipping : bool
        Whether patterns are flipped.
    """
    population = owner.population_
    if type(population) is not dict:
        raise_damaged(owner, "population_", "a dict", repr(type(population)))
    check_number(owner, "population_.n_bits", n_bits, n_bits)
    check_number(owner, "population_.n_digits", n_digits, n_digits)
    check_number(owner, "population_.similarity", kind, kind)
    check_number(owner, "population_.seed", 0, 2**31 - 1)
    check_number(owner, "population_.n_clusters", 1)
    shape = (n_containers(n_bits),)
    check_array(owner, "population_.seen_bits", np.uint32, shape)
    shape = (constants.N_TOTALS,)
    check_array(owner, "population_.totals", np.int64, shape, -1, 2**40)
    totals = population["totals"]
    if n_neurons(population) < 1 or totals[constants.N_LINKS] > constants.MOST_LINKS:
        raise_damaged(owner, "population_.totals", "counts", totals)
    if flipping != (population["counters"] is None):
        raise_damaged(
            owner, "population_.counters", "counters only if patterns count", "others"
        )
    _check_neurons(owner, population)
    _check_patterns(owner, population)
    _check_links(owner, population)


def _check_neurons(owner, population):
    n, one, many = n_neurons(population), constants.ONE, 2**40
    name = "population_.neurons"
    check_array(owner, name, np.int64, (n, constants.N_COLUMNS))
    neurons = population["neurons"]
    lowest = np.array([0, 0, -one, 0, -1, -1])
    highest = np.array([constants.LARGEST_COUNT, many, one, many, n - 1, n - 1])
    low, high = neurons.min(axis=0), neurons.max(axis=0)
    if (low < lowest).any() or (high > highest).any():
        raise_damaged(
            owner,
            name,
            f"columns from {lowest} to {highest}",
            f"columns from {low} to {high}",
        )


def _check_patterns(owner, population):
    n = n_neurons(population)
    for name, n_planes in _table_sizes(population, n).items():
        check_array(owner, f"population_.{name}", np.uint64, (n_planes, LANES))
    # Places without a neuron must not win.
    n_words, _ = sizes(population)
    n_free = -n % LANES
    last = population["patterns"][-1 - population["n_digits"] * n_words :]
    if (
        last[-1].any()
        or last[:, LANES - n_free :].any()
        or population["norms"][-1, LANES - n_free :].any()
    ):
        raise_damaged(
            owner, "population_.patterns", "zeros beyond the last neuron", "others"
        )
    top = 2 ** population["n_digits"] - 1
    n_bits, kind = population["n_bits"], population["similarity"]
    ends = [
        similarity.norm(kind, total, total * top, top * n_bits, 1)
        for total in (0, top * n_bits)
    ]
    found = population["norms"].reshape(-1)[:n]
    if found.min() < min(ends) or found.max() > max(ends):
        raise_damaged(
            owner,
            "population_.norms",
            f"numbers from {min(ends)} to {max(ends)}",
            f"numbers from {found.min()} to {found.max()}",
        )


def _check_links(owner, population):
    links, name = population["links"], "population_.links"
    if links is None:
        return
    check_array(owner, name, np.int64, (None, 3), 0)
    n, n_links = n_neurons(population), population["totals"][constants.N_LINKS]
    if len(links) and (links[:, :2].max() >= n or links[:, 2].sum() > n_links):
        raise_damaged(owner, name, f"pairs of {n} neurons", "others")


def resized(population, capacity):
    """Return a population whose tables have room for a number of neurons."""
    changed = {}
    for name, n_planes in _table_sizes(population, capacity).items():
        table = zero_planes(n_planes)
        n = min(n_planes, len(population[name]))
        table[:n] = population[name][:n]
        changed[name] = table
    neurons = np.zeros((capacity, constants.N_COLUMNS), dtype=np.int64)
    n = min(capacity, len(population["neurons"]))
    neurons[:n] = population["neurons"][:n]
    return population | changed | {"neurons": neurons}


def n_neurons(population):
    """Return the number of neurons."""
    return int(population["totals"][constants.N_NEURONS])


def patterns(population):
    """Return the pattern of every neuron, packed as rows."""
    return digits(population)[:, 0].copy()


def digits(population):
    """Return the levels of every neuron by their binary digits, packed.

    Returns
    -------
    digits : ndarray of shape (n_neurons, n_digits, n_containers), dtype uint32
        The highest digit, which is the pattern, comes first.
    """
    n_words, _ = sizes(population)
    table = population["patterns"][:-1]
    rows = rows_of_lanes(table, population["n_digits"], n_words)
    return rows[: n_neurons(population), :, : n_containers(population["n_bits"])]


def levels(population):
    """Return the level of every neuron and bit.

    Returns
    -------
    levels : ndarray of shape (n_neurons, n_bits), dtype uint8
    """
    total = 0
    for digit in digits(population).transpose(1, 0, 2):
        total = 2 * total + unpack_bits(digit, population["n_bits"])
    return total


def counters(population):
    """Return the counter of every neuron and bit.

    Returns
    -------
    counters : ndarray of shape (n_neurons, n_bits), dtype uint8
    """
    n, (_, n_planes) = n_neurons(population), sizes(population)
    shape = -1, n_planes, constants.COUNTER_DIGITS, LANES
    table = population["counters"].reshape(shape)[:n].transpose(2, 0, 1, 3)
    total = np.zeros((n, population["n_bits"]), dtype=np.uint8)
    for digit, rows in enumerate(table):
        words = rows.reshape(n, -1).view(np.uint32)[:, : n_containers(total.shape[1])]
        total |= unpack_bits(words, total.shape[1]) << digit
    return total


def norms(population):
    """Return the norm of every neuron.

    Returns
    -------
    norms : ndarray of shape (n_neurons,), dtype int64
    """
    return population["norms"].view(np.int64).reshape(-1)[: n_neurons(population)]


def mean_similarity(population):
    """Return the mean similarity of the last inputs that each neuron won, float64."""
    units = population["neurons"][:, constants.MEAN_SIMILARITY] / constants.ONE
    is_squared = population["similarity"] in similarity.SQUARED
    return np.sqrt(units) if is_squared else units


def search_settings(population):
    """Return the settings of the kernels that a search reads, by their places."""
    kind = population["similarity"]
    return {
        constants.N_BITS: population["n_bits"],
        constants.N_DIGITS: population["n_digits"],
        constants.SIMILARITY: kind,
        constants.NORM_OF_EMPTY: similarity.norm_of_empty(kind),
    }


def sizes(population):
    """Return the number of 64-bit words and of planes that a row of bits takes."""
    n_words = -(-population["n_bits"] // 64)
    return n_words, -(-n_words // LANES)


def _table_sizes(population, capacity):
    """Return the number of planes of each table with room for a number of neurons."""
    n_words, n_planes = sizes(population)
    n_groups = -(-capacity // LANES)
    n_of = {
        # Kernels may look at a word beyond the last.
        "patterns": n_groups * population["n_digits"] * n_words + 1,
        "norms": n_groups,
    }
    if population["counters"] is not None:
        n_of["counters"] = capacity * n_planes * constants.COUNTER_DIGITS
    return n_of
