# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The algorithms of the clusterer: populations that learn, answer and fall into groups.

A population is a plain dict of numbers and arrays, as large as its neurons need:

- ``n_bits``, ``n_digits``, ``similarity``, ``seed``: numbers,
- ``patterns``, ``norms``: what answers, see ``_kernels.similarity``,
- ``counters``: see ``_kernels.counters``; None if patterns are flipped,
- ``table``, ``progress``: see ``_kernels.population``,
- ``known``: the bits that any row has set, packed as a row,
- ``links``: rows of winner, runner-up and how often they were that, in rising order;
  None if these are not counted.

It is never changed: a ``Learner`` works on a copy.
"""

import numpy as np
from scipy import sparse

from skbit._base import read_only
from skbit._numba.memory import LANES, rows_of_lanes, zero_planes
from skbit._utils.blocks import rows_per_call, run_blocks, slices
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.bits import n_containers, pack_bits, unpack_bits
from skbit.cluster._kernels import constants

# What one thread does at a time, at most.
_ROWS_PER_TASK = 1024
# Neurons with less than a tenth of their fair share of links join a group last.
_SMALL = 10
# Similarities that are held at a time while neurons are grouped.
_BLOCK_SIZE = 2**22
# Neurons for which there is room at first.
_FEWEST = 64
# Winners and runners-up are written down before they are counted.
_LOG_SIZE = 2**16
# A neuron is idle below one eighth of its fair share of inputs, or if it won none but
# that for which it was made; it is busy above two shares.
_IDLE, _BUSY = 8, 2
_FEW = 2
# With more neurons than that, a busy one may have several heirs at a time.
_SMALL_POPULATION = 256
# By default, idle neurons are looked for after so many inputs, or so many times as many
# that the fair share of a neuron is large enough to tell idleness from chance.
_SPLIT_INTERVAL, _FAIR_SHARE = 4096, 4
# Links and groups that a kernel looks at in one call.
_MOST_WORK = 2**24
# The reserve opens when this window has more novel inputs than usual, by more standard
# deviations (of a Poisson variable) than that.
_NOVEL_WINDOW = 512
_NOVEL_DEVIATIONS = 4


def begin(n_bits, n_digits, similarity, flipping, all_known, seed):
    """Return a population without neurons.

    Parameters
    ----------
    n_bits, n_digits, similarity, seed : int
    flipping : bool
        Whether neurons have no counters.
    all_known : bool
        Whether all bits count as set from the beginning: where patterns begin with
        random bits, any bit may be one of them.
    """
    progress = np.zeros(6, dtype=np.int64)
    progress[constants.USUAL] = -1
    neurons = {
        "n_bits": n_bits,
        "n_digits": n_digits,
        "similarity": similarity,
        "seed": seed,
        "counters": None if flipping else np.empty((0, LANES), "u8"),
        "table": np.empty((0, constants.N_COLUMNS), dtype=np.int64),
        "progress": progress,
        "known": pack_bits(np.full((1, n_bits), all_known))[0],
        "links": None,
    }
    for name, n_planes in _table_sizes(neurons, 0).items():
        neurons[name] = zero_planes(n_planes)
    return neurons


def check(owner, name, n_bits, flipping, n_digits, similarity):
    """Raise if kernels cannot rely on it that an attribute is a population.

    Parameters
    ----------
    owner : estimator
    name : str
        The attribute.
    n_bits, n_digits, similarity : int
    flipping : bool
    """
    lanes = LANES
    neurons = getattr(owner, name)
    if type(neurons) is not dict:
        raise_damaged(owner, name, "a dict", repr(type(neurons)))
    check_number(owner, f"{name}.n_bits", n_bits, n_bits)
    check_number(owner, f"{name}.n_digits", n_digits, n_digits)
    check_number(owner, f"{name}.similarity", similarity, similarity)
    check_number(owner, f"{name}.seed", 0, 2**31 - 1)
    many, one = 2**40, constants.ONE
    check_array(owner, f"{name}.progress", np.int64, (6,), -1, many)
    n = n_neurons(neurons)
    if n < 1 or neurons["progress"][constants.N_LINKS] > (constants.LINKS_AT_MOST):
        raise_damaged(owner, f"{name}.progress", "counts", neurons["progress"])
    check_array(owner, f"{name}.table", np.int64, (n, constants.N_COLUMNS))
    table = neurons["table"]
    lowest = np.array([0, 0, -one, 0, -1, -1])
    highest = np.array([constants.MOST, many, one, many, n - 1, n - 1])
    low, high = table.min(axis=0), table.max(axis=0)
    if (low < lowest).any() or (high > highest).any():
        raise_damaged(
            owner,
            f"{name}.table",
            f"columns from {lowest} to {highest}",
            f"columns from {low} to {high}",
        )
    for part, n_planes in _table_sizes(neurons, n).items():
        check_array(owner, f"{name}.{part}", np.uint64, (n_planes, lanes))
    if flipping != (neurons["counters"] is None):
        raise_damaged(owner, f"{name}.counters", "counters only if counted", "others")
    # Places without a neuron must not win.
    n_words, _ = _sizes(neurons)
    n_free, last = -n % lanes, neurons["patterns"][-1 - n_digits * n_words :]
    if (
        last[-1].any()
        or last[:, lanes - n_free :].any()
        or neurons["norms"][-1, lanes - n_free :].any()
    ):
        raise_damaged(owner, f"{name}.patterns", "zeros beyond the last", "others")
    most = _highest_norm(neurons)
    numbers = neurons["norms"].reshape(-1)[:n]
    if numbers.max() > most or (similarity == constants.COSINE and numbers.min() < 1):
        raise_damaged(owner, f"{name}.norms", f"numbers up to {most}", "others")
    check_array(owner, f"{name}.known", np.uint32, (n_containers(n_bits),))
    links = neurons["links"]
    if links is not None:
        check_array(owner, f"{name}.links", np.int64, (None, 3), 0)
        if len(links) and (
            links[:, :2].max() >= n
            or links[:, 2].sum() > neurons["progress"][constants.N_LINKS]
        ):
            raise_damaged(owner, f"{name}.links", f"pairs of {n} neurons", "others")


class Learner:
    """A copy of a population, which learns.

    Parameters
    ----------
    neurons : dict
        The population, which stays as it is.
    rule : ndarray of shape (14,), dtype int64
        See ``_kernels.population``.
    thresholds : ndarray of shape (n_thresholds,), dtype int64
        In 256ths.
    reassignment_interval : int or None
        0 if idle neurons are not looked for, None for the default.
    with_links : bool
        Whether winners and runners-up are counted from now on.
    """

    def __init__(self, neurons, rule, thresholds, reassignment_interval, with_links):
        self._neurons = neurons | {
            "progress": neurons["progress"].copy(),
            "known": neurons["known"].copy(),
        }
        if with_links and neurons["links"] is None:
            self._neurons["links"] = np.empty((0, 3), dtype=np.int64)
        self._rule, self._thresholds = rule, thresholds
        self._split_interval = reassignment_interval
        self._resize(len(neurons["table"]))
        self._event = np.zeros(3, dtype=np.int64)
        self._log = None
        if self._neurons["links"] is not None:
            self._log = np.empty((_LOG_SIZE, 2), dtype=np.int64)
        self._row, self._found = _scratch(neurons)
        n_planes = len(self._row)
        self._numbers = zero_planes(n_planes * neurons["n_digits"])
        self._mask = None
        if neurons["counters"] is None:
            self._mask = zero_planes(n_planes)

    def population(self):
        """Return what has been learned, as large as it needs to be."""
        self._count_links()
        n = n_neurons(self._neurons)
        if n < len(self._neurons["table"]):
            self._resize(n)
        return self._neurons

    def announce(self, words):
        """Mark the bits of rows that will be learned as set.

        Otherwise the first rows would be compared in few bits.
        """
        for block in slices(len(words), _ROWS_PER_TASK):
            self._neurons["known"] |= np.bitwise_or.reduce(words[block], axis=0)

    def learn(self, words):
        """Learn the rows of a packed matrix."""
        for block in slices(len(words), _ROWS_PER_TASK):
            self._learn_block(words[block])

    def learn_in_order(self, words, order):
        """Learn rows in another order."""
        for block in slices(len(order), _ROWS_PER_TASK):
            self._learn_block(read_only(np.take(words, order[block], axis=0)))

    def insert(self, words):
        """Give every row of a packed matrix a neuron of its own."""
        from skbit.cluster._kernels.recruit import insert

        neurons, progress = self._neurons, self._neurons["progress"]
        n = n_neurons(neurons)
        self._resize(n + len(words))
        self._meet(words)
        _, n_planes = _sizes(neurons)
        # Memory of new neurons is touched first here, which takes most of the time.
        for block in slices(len(words), rows_per_call(4096 * n_planes)):
            insert(
                words[block],
                n + block.start,
                self._rule,
                *self._tables(),
                self._row,
                self._found,
                self._numbers,
            )
        progress[constants.N_NEURONS] = n + len(words)

    def _tables(self):
        neurons = self._neurons
        return [neurons[name] for name in ("patterns", "norms", "counters", "table")]

    def _resize(self, capacity):
        """Copy everything of which there is some for each neuron."""
        neurons = self._neurons
        for name, n_planes in _table_sizes(neurons, capacity).items():
            neurons[name] = _resized(neurons[name], n_planes)
        table = np.zeros((capacity, constants.N_COLUMNS), dtype=np.int64)
        n = min(capacity, len(neurons["table"]))
        table[:n] = neurons["table"][:n]
        neurons["table"] = table

    def _learn_block(self, words):
        from skbit.cluster._kernels.compete import learn

        neurons, progress = self._neurons, self._neurons["progress"]
        known = self._meet(words)
        n_words, n_planes = _sizes(neurons)
        rule, event, i = self._rule, self._event, 0
        while i < len(words):
            n, capacity = n_neurons(neurons), len(neurons["table"])
            n_allowed = int(rule[constants.N_OPEN] + progress[constants.N_RELEASED])
            if n == capacity < n_allowed:
                self._resize(min(n_allowed, max(_FEWEST, 2 * n)))
            n_seen = int(progress[constants.N_SEEN])
            # Planes that a row is compared with, and those of the counters.
            work = -(-capacity // 8) * n_words * neurons["n_digits"] + 64 * n_planes
            if rule[constants.UNBOUNDED]:
                work *= 8
            n_rows = rows_per_call(work)
            for period in self._periods():
                n_rows = min(n_rows, period - n_seen % period)
            if self._log is not None:
                if event[constants.N_LOGGED] == _LOG_SIZE:
                    self._count_links()
                n_rows = min(n_rows, _LOG_SIZE - int(event[constants.N_LOGGED]))
            i = learn(
                words,
                i,
                min(len(words), i + n_rows),
                known,
                rule,
                self._thresholds,
                *self._tables(),
                progress,
                self._log,
                event,
                self._row,
                self._found,
                self._numbers,
                self._mask,
            )
            if event[constants.KIND] != constants.NOTHING:
                self._recruit(words, i)
                i += 1
            if progress[constants.N_LINKS] >= constants.LINKS_AT_MOST:
                self._halve_links()
            if progress[constants.N_SEEN] > n_seen:
                self._pause()

    def _meet(self, words):
        """Mark the bits of rows as set; count them after each row."""
        if self._neurons["similarity"] < constants.OVERLAP:
            # The others do not ask how many bits there are.
            return np.zeros(len(words), dtype=np.int64)
        known = np.bitwise_or.accumulate(words, axis=0)
        known |= self._neurons["known"]
        self._neurons["known"] = known[-1].copy()
        return np.maximum(_count_ones(known), 1)

    def _recruit(self, words, i):
        """Let a neuron begin that does not begin as the input that it wins."""
        from skbit.cluster._kernels.recruit import begin_at_random, inherit, insert

        progress, table = self._neurons["progress"], self._neurons["table"]
        kind, n, _ = self._event.tolist()
        self._event[constants.KIND] = constants.NOTHING
        scratch = self._row, self._found, self._numbers
        is_random = self._rule[constants.INIT] != constants.SAMPLES
        heir = n
        if kind == constants.INHERIT:
            heir = int(table[n, constants.HEIR])
            table[n, constants.HEIR] = table[heir, constants.NEXT_HEIR]
            if self._log is not None:
                self._log[self._event[constants.N_LOGGED]] = heir, -1
                self._event[constants.N_LOGGED] += 1
        else:
            progress[constants.N_NEURONS] += 1
        if kind == constants.INHERIT and self._neurons["counters"] is not None:
            table[heir, constants.COUNT] = not is_random
            table[heir, constants.LEVEL] = constants.ONE
            table[heir, constants.HEIR] = -1
            inherit(
                words,
                i,
                heir,
                n,
                self._rule,
                self._thresholds,
                *self._tables(),
                *scratch,
            )
        elif is_random:
            mask = zero_planes(len(self._row))
            begin_at_random(words, i, heir, self._rule, *self._tables(), *scratch, mask)
        else:
            insert(words[i : i + 1], heir, self._rule, *self._tables(), *scratch)
        table[heir, constants.RECENT] += 1
        progress[constants.N_SEEN] += 1

    def _periods(self):
        """Return after how many inputs something is done."""
        periods = []
        if self._split_interval is None:
            periods.append(_SPLIT_INTERVAL)
        elif self._split_interval > 0:
            periods.append(self._split_interval)
        if self._rule[constants.RESERVE_SIZE] > 0:
            periods.append(_NOVEL_WINDOW)
        return periods

    def _pause(self):
        """Do what is due after the last input."""
        n_seen = int(self._neurons["progress"][constants.N_SEEN])
        interval = self._split_interval
        if interval is None:
            if n_seen % _SPLIT_INTERVAL == 0:
                n = n_neurons(self._neurons)
                interval = int(self._neurons["table"][:n, constants.RECENT].sum())
                if interval >= _FAIR_SHARE * n:
                    self._split(interval)
        elif interval > 0 and n_seen % interval == 0:
            self._split(interval)
        if self._rule[constants.RESERVE_SIZE] > 0 and n_seen % _NOVEL_WINDOW == 0:
            self._watch()

    def _split(self, interval):
        """Let idle neurons wait for inputs of the busiest.

        Neurons that have won half a window of inputs are never idle: they keep what
        they know, though it may be long ago.
        """
        n = n_neurons(self._neurons)
        table = self._neurons["table"][:n]
        recent = table[:, constants.RECENT]
        is_idle = (recent < _FEW) | (recent * n * _IDLE < interval)
        is_idle &= recent * n <= _BUSY * interval
        half = self._rule[constants.WINDOW] // 2
        idle = np.flatnonzero(is_idle & (table[:, constants.COUNT] < half))
        # What is left to each if a busy neuron has one, two, three ... heirs.
        n_heirs = np.maximum((recent * n - 1) // (_BUSY * interval), 0)
        n_heirs = np.minimum(n_heirs, 1 if n <= _SMALL_POPULATION else len(idle))
        parents = np.repeat(np.arange(n), n_heirs)
        shares = recent[parents] / _count_within_runs(n_heirs)
        parents = parents[np.argsort(-shares, kind="stable")]
        table[:, constants.HEIR] = table[:, constants.NEXT_HEIR] = -1
        last = {}
        for parent, heir in zip(parents.tolist(), idle.tolist(), strict=False):
            if parent in last:
                table[last[parent], constants.NEXT_HEIR] = heir
            else:
                table[parent, constants.HEIR] = heir
            last[parent] = heir
        table[:, constants.RECENT] = 0

    def _watch(self):
        """Release half of the reserve if novel inputs became much more frequent."""
        progress = self._neurons["progress"]
        novel = 16 * int(progress[constants.N_NOVEL])
        usual = int(progress[constants.USUAL])
        progress[constants.N_NOVEL] = 0
        if usual < 0:
            progress[constants.USUAL] = novel
            return
        excess = novel - usual
        if excess > 0 and excess**2 > 16 * _NOVEL_DEVIATIONS**2 * max(usual, 16):
            reserve_size = int(self._rule[constants.RESERVE_SIZE])
            n_left = reserve_size - int(progress[constants.N_RELEASED])
            progress[constants.N_RELEASED] += (n_left + 1) // 2
        else:
            progress[constants.USUAL] += excess // 8

    def _count_links(self):
        """Count what the log says: pairs, and neurons whose links are forgotten."""
        n_logged = int(self._event[constants.N_LOGGED])
        if n_logged == 0:
            return
        self._event[constants.N_LOGGED] = 0
        log = self._log[:n_logged]
        is_reset = log[:, 1] < 0
        # A neuron's links before its last reset do not count.
        last_reset = np.full(n_neurons(self._neurons), -1)
        np.maximum.at(last_reset, log[is_reset, 0], np.flatnonzero(is_reset))
        when = np.arange(n_logged)
        is_valid = ~is_reset & (when > last_reset[log].max(axis=1))
        links = self._neurons["links"]
        links = links[last_reset[links[:, :2]].max(axis=1, initial=-1) < 0]
        pairs = np.concatenate([links[:, :2], log[is_valid]])
        counts = np.concatenate([links[:, 2], np.ones(is_valid.sum(), np.int64)])
        self._neurons["links"] = _summed(pairs, counts)

    def _halve_links(self):
        self._count_links()
        links = self._neurons["links"].copy()
        links[:, 2] //= 2
        self._neurons["links"] = links[links[:, 2] > 0]
        n_links = self._neurons["links"][:, 2].sum()
        self._neurons["progress"][constants.N_LINKS] = n_links


def _count_within_runs(lengths):
    """Return 1, 2, 3 ... for each of several lengths, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(1, lengths.sum() + 1) - np.repeat(ends - lengths, lengths)


def _summed(pairs, counts):
    """Add up the counts of equal pairs; return rows in rising order."""
    keys = pairs[:, 0] << 32 | pairs[:, 1]
    keys, place = np.unique(keys, return_inverse=True)
    # Sums of whole numbers below 2**53 are exact.
    sums = np.bincount(place, counts, minlength=len(keys)).astype(np.int64)
    return np.array([keys >> 32, keys & 0xFFFFFFFF, sums]).T.copy()


def n_neurons(neurons):
    """Return how many neurons there are."""
    return int(neurons["progress"][constants.N_NEURONS])


def n_seen(neurons):
    """Return how many inputs were learned."""
    return int(neurons["progress"][constants.N_SEEN])


def patterns(neurons):
    """Return the highest digit of every neuron, packed as rows."""
    return digits(neurons)[:, 0].copy()


def digits(neurons):
    """Return what every neuron holds, packed; what it means stands in ``resonate``.

    Returns
    -------
    digits : ndarray of shape (n_neurons, n_digits, n_containers), dtype uint32
        The highest digit first.
    """
    n_words, _ = _sizes(neurons)
    table = neurons["patterns"][:-1]
    rows = rows_of_lanes(table, neurons["n_digits"], n_words)
    return rows[: n_neurons(neurons), :, : n_containers(neurons["n_bits"])]


def numbers(neurons):
    """Return what every neuron holds, bit by bit: the numbers that its digits make.

    Returns
    -------
    numbers : ndarray of shape (n_neurons, n_bits), dtype uint8
    """
    total = 0
    for digit in digits(neurons).transpose(1, 0, 2):
        total = 2 * total + unpack_bits(digit, neurons["n_bits"])
    return total


def norms(neurons):
    """Return the norm of every neuron: see ``_kernels.similarity``.

    Returns
    -------
    norms : ndarray of shape (n_neurons,), dtype int64
    """
    return neurons["norms"].view(np.int64).reshape(-1)[: n_neurons(neurons)]


def find_winners(neurons, words, n_jobs):
    """Find the neuron that resonates most with each row, the first of equals.

    Returns
    -------
    winners : ndarray of shape (n_rows,), dtype intp
    overlaps : ndarray of shape (n_rows,), dtype int64
        What ``similarity_of_winners`` needs.
    """
    from skbit.cluster._kernels.similarity import find_winners

    winners = np.empty(len(words), dtype=np.intp)
    overlaps = np.empty(len(words), dtype=np.int64)

    def find(start, stop):
        find_winners(
            words[start:stop],
            neurons["patterns"],
            neurons["norms"],
            neurons["n_digits"],
            n_neurons(neurons),
            neurons["similarity"],
            *_scratch(neurons),
            winners[start:stop],
            overlaps[start:stop],
        )

    run_blocks(find, len(words), _rows_per_task(neurons), n_jobs)
    return winners, overlaps


def similarity_of_winners(neurons, words, winners, overlaps):
    """Turn what ``find_winners`` found into similarities, float64."""
    similarity, every_norm = np.empty(len(words)), norms(neurons)
    for block in slices(len(words), _ROWS_PER_TASK):
        similarity[block] = _similarity(
            neurons, words[block], overlaps[block], every_norm[winners[block]]
        )
    return similarity


def measure(neurons, words, n_jobs):
    """Measure the similarity of every row with every neuron.

    Returns
    -------
    similarity : ndarray of shape (n_rows, n_neurons), dtype float64
    """
    from skbit.cluster._kernels.similarity import measure_overlaps

    n, every_norm = n_neurons(neurons), norms(neurons)
    similarity = np.empty((len(words), n))

    def measure_rows(start, stop):
        overlaps = np.empty((stop - start, n), dtype=np.int64)
        measure_overlaps(
            words[start:stop],
            neurons["patterns"],
            neurons["n_digits"],
            *_scratch(neurons),
            overlaps,
        )
        rows = words[start:stop, np.newaxis]
        similarity[start:stop] = _similarity(neurons, rows, overlaps, every_norm)

    run_blocks(measure_rows, len(words), _rows_per_task(neurons), n_jobs)
    return similarity


def familiarity(neurons):
    """Return how much the inputs that each neuron won have resonated."""
    levels = neurons["table"][:, constants.LEVEL] / constants.ONE
    if neurons["similarity"] == constants.COSINE:
        return np.sqrt(levels)
    return levels


def group(neurons, n_wanted):
    """Merge neurons that inputs lie between into groups, by average linkage.

    Two groups are as close as the number of inputs for which a member of one was the
    winner and one of the other the runner-up, over the product of their sizes, a size
    being such inputs won. Neurons that won few, and groups that nothing links with
    others, join at the end where they are linked most, or else where the neuron is that
    resembles them most.

    Returns
    -------
    groups : ndarray of shape (n_neurons,), dtype intp
        From 0 on, in the order of their first members.
    """
    n = n_neurons(neurons)
    if n <= n_wanted:
        return np.arange(n)
    winners, runners_up, counts = neurons["links"].T
    sizes = np.bincount(winners, counts, minlength=n).astype(np.int64)
    links = sparse.csr_array((counts, (winners, runners_up)), shape=(n, n))
    links = (links + links.T).tocsr()
    is_large = sizes * n * _SMALL >= sizes.sum()
    # Without links to go by, the first ones stay apart.
    is_large[np.argsort(~is_large, kind="stable")[:n_wanted]] = True
    group_sizes = np.where(is_large, np.maximum(sizes, 1), 0)
    groups = merge(links, group_sizes, n_wanted)
    kept = np.sort(np.argsort(-group_sizes, kind="stable")[:n_wanted])
    is_kept = np.isin(groups, kept)
    rest = np.flatnonzero(~is_kept)
    places = np.searchsorted(kept, groups[is_kept])
    membership = sparse.csr_array(
        (np.ones(len(places), np.int64), (np.flatnonzero(is_kept), places)),
        shape=(n, len(kept)),
    )
    affinity = (links[rest] @ membership).tocoo()
    # The highest affinity of every row that has one, the first of equals.
    order = np.lexsort([affinity.col, -affinity.data, affinity.row])
    linked, first = np.unique(affinity.row[order], return_index=True)
    groups[rest[linked]] = kept[affinity.col[order][first]]
    lonely = np.delete(rest, linked)
    own = patterns(neurons)
    likest = np.empty(len(lonely), dtype=np.intp)
    for block in slices(len(lonely), max(1, _BLOCK_SIZE // n)):
        likeness = measure(neurons, read_only(own[lonely[block]]), None)
        likeness[:, ~is_kept] = -np.inf
        likest[block] = likeness.argmax(axis=1)
    groups[lonely] = groups[likest]
    # A group's first member may have joined at the end.
    _, firsts, groups = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[groups]


def merge(links, sizes, n_wanted):
    """Merge the closest of some groups of neurons, until few enough are left.

    Parameters
    ----------
    links : sparse array of shape (n, n)
        Symmetric.
    sizes : ndarray of shape (n,), dtype int64
        Those of size 0 do not take part. Changed: the sizes of the groups.
    n_wanted : int

    Returns
    -------
    groups : ndarray of shape (n,), dtype intp
        The lowest member of each one's group.
    """
    from skbit.cluster._kernels.link import find_partners, merge_groups

    n = len(sizes)
    links = links.tocoo()
    is_between = (links.row != links.col) & (sizes[links.row] > 0)
    is_between &= sizes[links.col] > 0
    rows = links.row[is_between].astype(np.intp)
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    # The links of a neuron follow one another; each leads to the next.
    nexts = np.arange(1, len(rows) + 1)
    is_last = np.append(rows[1:] != rows[:-1], True)[: len(rows)]
    nexts[is_last] = -1
    heads = np.full(n, -1)
    linked, first = np.unique(rows, return_index=True)
    heads[linked] = first
    groups = np.arange(n)
    lists = (
        sizes,
        groups,
        heads,
        nexts,
        links.col[is_between].astype(np.intp)[order],
        links.data[is_between].astype(np.int64)[order],
        np.full(n, -1),
        np.arange(n),
        np.zeros(n, dtype=np.int64),
    )
    for block in slices(n, _ROWS_PER_TASK):
        find_partners(block.start, block.stop, *lists)
    n_groups, before = int(np.count_nonzero(sizes)), None
    while n_groups > n_wanted and n_groups != before:
        before = n_groups
        n_groups = merge_groups(n_groups, n_wanted, _MOST_WORK, *lists)
    return groups


def _sizes(neurons):
    """Return how many words and planes a row of bits takes."""
    n_words = -(-neurons["n_bits"] // 64)
    return n_words, -(-n_words // LANES)


def _table_sizes(neurons, capacity):
    """Return how many planes the tables have with room for so many neurons."""
    n_words, n_planes = _sizes(neurons)
    n_groups = -(-capacity // LANES)
    sizes = {
        # Kernels may look at a word beyond the last.
        "patterns": n_groups * neurons["n_digits"] * n_words + 1,
        "norms": n_groups,
    }
    if neurons["counters"] is not None:
        sizes["counters"] = capacity * n_planes * constants.DIGITS
    return sizes


def _resized(table, n_planes):
    """Copy a table of planes; what is new is zero."""
    resized = zero_planes(n_planes)
    n = min(len(table), n_planes)
    resized[:n] = table[:n]
    return resized


def _highest_norm(neurons):
    top = 2 ** neurons["n_digits"] - 1
    if neurons["similarity"] == constants.COSINE:
        return 2 * top**2 * neurons["n_bits"]
    return top * neurons["n_bits"]


def _rows_per_task(neurons):
    n_words, _ = _sizes(neurons)
    work = len(neurons["norms"]) * n_words * neurons["n_digits"]
    return rows_per_call(work, _ROWS_PER_TASK)


def _scratch(neurons):
    """Allocate what kernels need for a row, and for what is found."""
    _, n_planes = _sizes(neurons)
    return zero_planes(n_planes), zero_planes(constants.FOUND)


def _count_ones(words):
    return np.bitwise_count(words).sum(axis=-1, dtype=np.int64)


def _similarity(neurons, words, overlaps, norms):
    """Turn overlaps into similarities; the formulas are in ``_kernels.similarity``."""
    kind = neurons["similarity"]
    top = 2 ** neurons["n_digits"] - 1
    ones = _count_ones(words)
    if kind in (constants.COSINE, constants.JACCARD):
        if kind == constants.COSINE:
            share, empty = 2 * overlaps**2, 1
            whole = norms * ones
        else:
            share, empty = overlaps, 0
            whole = norms + top * ones - overlaps
        # Nothing resembles nothing, and nothing else.
        is_nothing = ones == 0
        share = np.where(is_nothing, norms == empty, share)
        similarity = share / np.where(is_nothing, 1, np.maximum(whole, 1))
        return np.sqrt(similarity) if empty else similarity
    n_known = np.maximum(_count_ones(words | neurons["known"]), 1)
    agreement = 2 * overlaps + norms - top * (ones + neurons["n_bits"] - n_known)
    if kind == constants.OVERLAP:
        agreement += overlaps - top * n_known
    return agreement / (top * n_known)
