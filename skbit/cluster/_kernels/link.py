# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Average linkage of groups by counts of links, in whole numbers.

Two groups are as close as their link over the product of their sizes. The closeness of
a merged group with a third is a mean of the two before, so it never exceeds both. Each
group therefore keeps its partner until that partner is merged.

The links of a group are a chained list. A link leads to a neuron; the group of that
neuron is looked up when the list is walked, and links that lead to the same group are
then added up. So a list is never longer than the lists that it was made of, and memory
is proportional to the number of links.
"""

from skbit._numba.jit import kernel


@kernel
def _tidy(a, state):
    """Add up the links of a group that lead to one other; return the last of them."""
    groups, nexts, others = state.groups, state.nexts, state.others
    firsts, links, places = state.firsts, state.links, state.places
    last, e = -1, firsts[a]
    while e >= 0:
        b, following = groups[others[e]], nexts[e]
        others[e] = b
        if b != a and places[b] < 0:
            places[b] = last = e
        else:
            if b != a:
                links[places[b]] += links[e]
            if last < 0:
                firsts[a] = following
            else:
                nexts[last] = following
        e = following
    e = firsts[a]
    while e >= 0:
        places[others[e]] = -1
        e = nexts[e]
    return last


@kernel
def _find_partner(a, state):
    """Find the first group that a group is closest to, or itself if it has no links.

    Returns
    -------
    work : int
        The number of links that were looked at.
    """
    _tidy(a, state)
    sizes, nexts, others, links = state.sizes, state.nexts, state.others, state.links
    best, link, work, e = a, 0, 1, state.firsts[a]
    while e >= 0:
        b = others[e]
        # The size of the group itself is a factor of both.
        left, right = links[e] * sizes[best], link * sizes[b]
        if best == a or left > right or (left == right and b < best):
            best, link = b, links[e]
        e = nexts[e]
        work += 1
    state.partners[a], state.closest[a] = best, link
    return work


@kernel
def find_partners(start, stop, state):
    """Find the partners of the groups from ``start`` to ``stop``."""
    for a in range(start, stop):
        _find_partner(a, state)


@kernel
def _closest_pair(state):
    """Return the first group of the closest pair, or -1 if no groups are linked."""
    sizes, partners, closest = state.sizes, state.partners, state.closest
    first, link, size = -1, 0, 1
    for a in range(sizes.size):
        b = partners[a]
        if b != a and closest[a] * size > link * (sizes[a] * sizes[b]):
            first, link, size = a, closest[a], sizes[a] * sizes[b]
    return first


@kernel
def _merge_pair(into, gone, state):
    """Let a group take over the members and the links of another."""
    groups, sizes, firsts = state.groups, state.sizes, state.firsts
    for b in range(groups.size):
        if groups[b] == gone:
            groups[b] = into
    last = _tidy(into, state)
    if last < 0:
        firsts[into] = firsts[gone]
    else:
        state.nexts[last] = firsts[gone]
    firsts[gone] = -1
    sizes[into] += sizes[gone]
    sizes[gone] = 0
    state.partners[gone] = gone


@kernel
def merge_groups(n_groups, n_wanted, most_work, state):
    """Merge the two closest groups until few enough are left or none are linked.

    A merged group goes by its lowest member. Among pairs that are equally close, the
    pair with the lowest first group is merged, and among those the pair with the lowest
    second group.

    Parameters
    ----------
    n_groups : int
        The number of groups of a size above 0.
    n_wanted : int
    most_work : int
        The number of links and groups after which the kernel returns, after at least
        one merge.
    state : Groups
        Changed. The sum of all links times the square of the sum of all sizes must stay
        below ``2**63``.

    Returns
    -------
    n_groups : int
        Unchanged if no groups are linked.
    """
    partners, work = state.partners, 0
    while n_groups > n_wanted and work < most_work:
        first = _closest_pair(state)
        if first < 0:
            break
        into, gone = min(first, partners[first]), max(first, partners[first])
        _merge_pair(into, gone, state)
        work += partners.size
        for a in range(partners.size):
            if a == into or (
                a != gone and (partners[a] == into or partners[a] == gone)
            ):
                work += _find_partner(a, state)
        n_groups -= 1
    return n_groups
