# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Links between neurons, and neurons that are merged to clusters by them.

A link is an input for which one neuron was the winner and another the runner-up. Links
are rows of winner, runner-up and count, in rising order.
"""

import numpy as np
from scipy import sparse

from skbit._base import read_only
from skbit._utils.blocks import slices
from skbit.cluster._answers import measure
from skbit.cluster._kernels.constants import Groups
from skbit.cluster._population import n_neurons, patterns

# Neurons with less than a tenth of their fair share of links join a group last.
_SMALL = 10
# The number of similarities that are held at a time while neurons are grouped.
_BLOCK_SIZE = 2**22
# Groups whose partners are found in one call of a kernel, and links and groups that
# the merging kernel looks at in one call.
_GROUPS_PER_CALL = 1024
_MOST_WORK = 2**24


def no_links():
    """Return an empty array of links."""
    return np.empty((0, 3), dtype=np.int64)


def with_logged(links, log, n_neurons):
    """Add the links of a log.

    Parameters
    ----------
    links : ndarray of shape (n_links, 3), dtype int64
    log : ndarray of shape (n_logged, 2), dtype int64
        Rows of winner and runner-up, or of a neuron that was moved and -1. What links
        such a neuron had before does not count.
    n_neurons : int
    """
    n_logged, is_reset = len(log), log[:, 1] < 0
    last_reset = np.full(n_neurons, -1)
    np.maximum.at(last_reset, log[is_reset, 0], np.flatnonzero(is_reset))
    when = np.arange(n_logged)
    is_valid = ~is_reset & (when > last_reset[log].max(axis=1))
    links = links[last_reset[links[:, :2]].max(axis=1, initial=-1) < 0]
    pairs = np.concatenate([links[:, :2], log[is_valid]])
    counts = np.concatenate([links[:, 2], np.ones(is_valid.sum(), np.int64)])
    return _summed(pairs, counts)


def halved(links):
    """Halve all counts, and drop links whose count becomes 0."""
    links = links.copy()
    links[:, 2] //= 2
    return links[links[:, 2] > 0]


def _summed(pairs, counts):
    """Add up the counts of equal pairs; return rows in rising order."""
    keys = pairs[:, 0] << 32 | pairs[:, 1]
    keys, place = np.unique(keys, return_inverse=True)
    # Sums of whole numbers below 2**53 are exact.
    sums = np.bincount(place, counts, minlength=len(keys)).astype(np.int64)
    return np.array([keys >> 32, keys & 0xFFFFFFFF, sums]).T.copy()


def group(population):
    """Merge neurons to clusters.

    Large neurons are merged by average linkage: two groups are as close as the number
    of their links over the product of their sizes, where a size is a number of inputs
    won. Small neurons, and groups without links to others, then join the group with
    which they have most links, or else that of the neuron that resembles them most.

    Returns
    -------
    groups : ndarray of shape (n_neurons,), dtype intp
        From 0 on, in the order of their first members.
    """
    n, n_wanted = n_neurons(population), population["n_clusters"]
    if population["links"] is None or n <= n_wanted:
        return np.arange(n)
    winners, runners_up, counts = population["links"].T
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
    lonely = _join_by_links(groups, kept, is_kept, links)
    _join_by_similarity(groups, is_kept, lonely, population)
    # A group's first member may have joined at the end.
    _, firsts, groups = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[groups]


def _join_by_links(groups, kept, is_kept, links):
    """Let neurons join the groups that they have most links with.

    Parameters
    ----------
    groups : ndarray of shape (n_neurons,), dtype intp
        Changed.
    kept : ndarray of shape (n_kept,), dtype intp
        The groups that can be joined.
    is_kept : ndarray of shape (n_neurons,), dtype bool
        Whether each neuron is in one of them.
    links : sparse array of shape (n_neurons, n_neurons)

    Returns
    -------
    lonely : ndarray of shape (n_lonely,), dtype intp
        The neurons without links to these groups.
    """
    members, rest = np.flatnonzero(is_kept), np.flatnonzero(~is_kept)
    places = np.searchsorted(kept, groups[members])
    membership = sparse.csr_array(
        (np.ones(len(places), np.int64), (members, places)),
        shape=(len(groups), len(kept)),
    )
    affinity = (links[rest] @ membership).tocoo()
    # The highest affinity of every row that has one, the first of equals.
    order = np.lexsort([affinity.col, -affinity.data, affinity.row])
    linked, first = np.unique(affinity.row[order], return_index=True)
    groups[rest[linked]] = kept[affinity.col[order][first]]
    return np.delete(rest, linked)


def _join_by_similarity(groups, is_kept, lonely, population):
    """Let neurons without links join the group of the most similar neuron.

    Parameters
    ----------
    groups : ndarray of shape (n_neurons,), dtype intp
        Changed.
    is_kept : ndarray of shape (n_neurons,), dtype bool
        The neurons that can be joined.
    lonely : ndarray of shape (n_lonely,), dtype intp
    population : dict
    """
    own = patterns(population)
    likest = np.empty(len(lonely), dtype=np.intp)
    for block in slices(len(lonely), max(1, _BLOCK_SIZE // len(groups))):
        likeness = measure(population, read_only(own[lonely[block]]), None)
        likeness[:, ~is_kept] = -np.inf
        likest[block] = likeness.argmax(axis=1)
    groups[lonely] = groups[likest]


def merge(links, sizes, n_wanted):
    """Merge the closest groups of neurons until few enough are left.

    Parameters
    ----------
    links : sparse array of shape (n, n)
        Symmetric.
    sizes : ndarray of shape (n,), dtype int64
        Neurons of size 0 do not take part. Changed to the sizes of the groups.
    n_wanted : int

    Returns
    -------
    groups : ndarray of shape (n,), dtype intp
        The lowest member of the group of each neuron.
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
    firsts = np.full(n, -1)
    linked, first = np.unique(rows, return_index=True)
    firsts[linked] = first
    groups = np.arange(n)
    state = Groups(
        sizes=sizes,
        groups=groups,
        firsts=firsts,
        nexts=nexts,
        others=links.col[is_between].astype(np.intp)[order],
        links=links.data[is_between].astype(np.int64)[order],
        places=np.full(n, -1),
        partners=np.arange(n),
        closest=np.zeros(n, dtype=np.int64),
    )
    for block in slices(n, _GROUPS_PER_CALL):
        find_partners(block.start, block.stop, state)
    n_groups, before = int(np.count_nonzero(sizes)), None
    while n_groups > n_wanted and n_groups != before:
        before = n_groups
        n_groups = merge_groups(n_groups, n_wanted, _MOST_WORK, state)
    return groups
