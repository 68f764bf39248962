# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Learning: rows change a copy of a population."""

import numpy as np

from skbit._base import read_only
from skbit._numba.memory import zero_planes
from skbit._utils.blocks import rows_per_call, slices
from skbit.cluster import _linkage
from skbit.cluster._answers import ROWS_PER_TASK, count_ones
from skbit.cluster._kernels import constants, similarity
from skbit.cluster._population import n_neurons, resized, search_settings, sizes
from skbit.cluster._reassignment import (
    DEFAULT_INTERVAL,
    NOVEL_WINDOW,
    is_due,
    reassign,
    release_reserve,
)

# The number of neurons for which there is room at first.
_SMALLEST_CAPACITY = 64
# Winners and runners-up are logged before they are counted.
_LOG_SIZE = 2**16


def common_settings(population, vigilance, n_open, reserve_size, max_count):
    """Return the first settings of the kernels, which both learning rules have.

    Parameters
    ----------
    population : dict
    vigilance : float
    n_open : int
        The number of neurons that may be made without the reserve.
    reserve_size, max_count : int
    """
    # As a number of Python's: small types of NumPy's overflow.
    vigilance = float(vigilance)
    if population["similarity"] in similarity.SQUARED:
        vigilance **= 2
    return search_settings(population) | {
        constants.VIGILANCE: round(vigilance * constants.ONE),
        constants.N_OPEN: n_open,
        constants.RESERVE_SIZE: reserve_size,
        constants.MAX_COUNT: max_count,
    }


def settings_of_counters(forget, levels):
    """Return the settings for learning with counters.

    Parameters
    ----------
    forget : bool
    levels : ndarray of shape (n_levels,), dtype int64
        The quantization levels in 256ths.
    """
    places = range(constants.FIRST_LEVEL, constants.FIRST_LEVEL + len(levels))
    return {constants.FORGET: forget, **dict(zip(places, levels, strict=True))}


def settings_of_flips(rule, seed):
    """Return the settings for learning by a FlipRule."""
    return {
        constants.SEED: seed,
        constants.INIT: constants.INITS.index(rule.init),
        constants.IS_UNBOUNDED: rule.competition == "unbounded",
        constants.FLIP_RATE: round(float(rule.rate) * constants.CERTAIN),
        constants.SCHEDULE: constants.SCHEDULES.index(rule.schedule),
        constants.SETTLE_AFTER: rule.settle_after,
    }


class Learner:
    """A copy of a population, which learns.

    Parameters
    ----------
    population : dict
        It stays as it is.
    settings : dict
        A whole number for every place of the settings of the kernels.
    reassignment_interval : int or None
        0 if idle neurons are not looked for, None for the default.
    with_links : bool
        Whether winners and runners-up are counted from now on.
    """

    def __init__(self, population, settings, reassignment_interval, with_links):
        population = resized(population, len(population["neurons"]))
        for name in ("totals", "seen_bits"):
            population[name] = population[name].copy()
        if with_links and population["links"] is None:
            population["links"] = _linkage.no_links()
        self._population, self._totals = population, population["totals"]
        flipping = population["counters"] is None
        numbers = [settings[place] for place in range(len(settings))]
        self.settings = np.array(numbers, dtype=np.int64)
        self._is_unbounded = flipping and settings[constants.IS_UNBOUNDED]
        self.reassignment_interval = reassignment_interval
        # The first row is the number of rows that follow.
        self._log = None
        if population["links"] is not None:
            self._log = np.zeros((1 + _LOG_SIZE, 2), dtype=np.int64)
        _, n_planes = sizes(population)
        self._scratch = constants.Scratch(
            row=zero_planes(n_planes),
            best=zero_planes(constants.N_BEST),
            second=None if self._log is None else zero_planes(constants.N_BEST),
            levels=zero_planes(n_planes * population["n_digits"]),
            mask=zero_planes(n_planes) if flipping else None,
        )

    def population(self):
        """Return what has been learned, as large as it needs to be."""
        self._count_links()
        n = n_neurons(self._population)
        if n < len(self._population["neurons"]):
            self._population = resized(self._population, n)
        return self._population

    def announce(self, words):
        """Mark the bits of rows that will be learned as seen.

        Otherwise the first rows would be compared in few bits.
        """
        for block in slices(len(words), ROWS_PER_TASK):
            self._population["seen_bits"] |= np.bitwise_or.reduce(words[block], axis=0)

    def learn(self, words):
        """Learn the rows of a packed matrix."""
        for block in slices(len(words), ROWS_PER_TASK):
            self._learn_block(words[block])

    def learn_in_order(self, words, order):
        """Learn rows in another order."""
        for block in slices(len(order), ROWS_PER_TASK):
            self._learn_block(read_only(np.take(words, order[block], axis=0)))

    def insert(self, words):
        """Give every row of a packed matrix a neuron of its own."""
        from skbit.cluster._kernels.recruit import insert

        n = n_neurons(self._population)
        self._resize(n + len(words))
        self._count_seen_bits(words)
        _, n_planes = sizes(self._population)
        # Memory of new neurons is touched first here, which takes most of the time.
        for block in slices(len(words), rows_per_call(4096 * n_planes)):
            insert(
                words[block],
                n + block.start,
                self.settings,
                self._tables(),
                self._scratch,
            )
        self._totals[constants.N_NEURONS] = n + len(words)

    def _tables(self):
        names = constants.Tables._fields
        return constants.Tables(*(self._population[name] for name in names))

    def _resize(self, capacity):
        self._population = resized(self._population, capacity)

    def _count_seen_bits(self, words):
        """Mark the bits of rows as seen; return their number after each row."""
        if self._population["similarity"] not in similarity.COUNTING_SEEN_BITS:
            return np.zeros(len(words), dtype=np.int64)
        seen = np.bitwise_or.accumulate(words, axis=0)
        seen |= self._population["seen_bits"]
        self._population["seen_bits"] = seen[-1].copy()
        return np.maximum(count_ones(seen), 1)

    def _learn_block(self, words):
        n_seen_bits = self._count_seen_bits(words)
        start = 0
        while start < len(words):
            n_seen = int(self._totals[constants.N_SEEN])
            self._make_room()
            stop = start + min(len(words) - start, self._n_rows_per_call())
            learned = words[start:stop], n_seen_bits[start:stop]
            n_learned, parent = self._call_kernel(*learned)
            start += n_learned
            if parent >= 0:
                self._inherit(words[start : start + 1], parent)
                start += 1
            if self._totals[constants.N_LINKS] >= constants.MOST_LINKS:
                self._halve_links()
            if self._totals[constants.N_SEEN] > n_seen:
                self._do_what_is_due()

    def _call_kernel(self, words, n_seen_bits):
        """Learn rows; return how many, and the parent of an heir or -1."""
        args = (
            words,
            n_seen_bits,
            self.settings,
            self._tables(),
            self._totals,
            self._log,
            self._scratch,
        )
        if self._population["counters"] is None:
            from skbit.cluster._kernels.learn_by_flips import learn_by_flips

            return learn_by_flips(*args), -1
        from skbit.cluster._kernels.learn import learn

        return learn(*args)

    def _make_room(self):
        """Double the capacity if all places are taken and more neurons are allowed."""
        n = n_neurons(self._population)
        n_allowed = self.settings[constants.N_OPEN]
        n_allowed = int(n_allowed + self._totals[constants.N_RELEASED])
        if n == len(self._population["neurons"]) < n_allowed:
            self._resize(min(n_allowed, max(_SMALLEST_CAPACITY, 2 * n)))

    def _n_rows_per_call(self):
        """Return the number of rows that a kernel may learn in one call."""
        n_words, n_planes = sizes(self._population)
        capacity = len(self._population["neurons"])
        # Planes that a row is compared with, and those of the counters.
        work = -(-capacity // 8) * n_words * self._population["n_digits"]
        work += 64 * n_planes
        if self._is_unbounded:
            work *= 8
        n_rows = rows_per_call(work)
        n_seen = int(self._totals[constants.N_SEEN])
        for period in self._periods():
            n_rows = min(n_rows, period - n_seen % period)
        if self._log is not None:
            if self._log[0, 0] == _LOG_SIZE:
                self._count_links()
            n_rows = min(n_rows, _LOG_SIZE - int(self._log[0, 0]))
        return n_rows

    def _periods(self):
        """Return the numbers of inputs after which something is due."""
        periods = []
        if self.reassignment_interval is None:
            periods.append(DEFAULT_INTERVAL)
        elif self.reassignment_interval > 0:
            periods.append(self.reassignment_interval)
        if self.settings[constants.RESERVE_SIZE] > 0:
            periods.append(NOVEL_WINDOW)
        return periods

    def _do_what_is_due(self):
        """Reassign idle neurons and watch for novel inputs, if the time has come."""
        n_seen = int(self._totals[constants.N_SEEN])
        neurons = self._population["neurons"][: n_neurons(self._population)]
        n_recent = is_due(neurons, n_seen, self.reassignment_interval)
        if n_recent:
            reassign(neurons, n_recent, self.settings[constants.MAX_COUNT])
        reserve_size = int(self.settings[constants.RESERVE_SIZE])
        if reserve_size > 0 and n_seen % NOVEL_WINDOW == 0:
            release_reserve(self._totals, reserve_size)

    def _inherit(self, words, parent):
        """Let an idle neuron move to an input that a busy neuron would win."""
        from skbit.cluster._kernels.recruit import inherit

        neurons = self._population["neurons"]
        heir = int(neurons[parent, constants.PENDING])
        neurons[parent, constants.PENDING] = neurons[heir, constants.NEXT_PENDING]
        if self._log is not None:
            self._log[0, 0] += 1
            self._log[self._log[0, 0]] = heir, -1
        inherit(words, heir, parent, self.settings, self._tables(), self._scratch)
        neurons[heir, constants.RECENT] += 1
        self._totals[constants.N_SEEN] += 1

    def _count_links(self):
        """Count the links in the log, and empty it."""
        if self._log is None or self._log[0, 0] == 0:
            return
        log = self._log[1 : 1 + self._log[0, 0]]
        self._population["links"] = _linkage.with_logged(
            self._population["links"], log, n_neurons(self._population)
        )
        self._log[0, 0] = 0

    def _halve_links(self):
        self._count_links()
        self._population["links"] = links = _linkage.halved(self._population["links"])
        self._totals[constants.N_LINKS] = links[:, 2].sum()
