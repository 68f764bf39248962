# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Average linkage over counts, in whole numbers, of links that are few.

Two groups are as close as their link over the product of their sizes; that of a merged
group with a third is a mean of the two before, so it never exceeds both. Each group
therefore keeps its partner until that one is merged.

The links of a group are a chained list. A link leads to a neuron; which group that
belongs to now is looked up when the list is walked, and links that lead to the same
group are then added up. So a list is never longer than what it was made of, and memory
is proportional to the number of links.
"""

from skbit._numba.jit import kernel


@kernel
def _tidy(a, groups, heads, nexts, others, links, places):
    """Add up the links of a group that lead to the same one; return the last of them.

    ``places`` is scratch memory, -1 before and after.
    """
    last, e = -1, heads[a]
    while e >= 0:
        b, following = groups[others[e]], nexts[e]
        others[e] = b
        if b != a and places[b] < 0:
            places[b] = last = e
        else:
            if b != a:
                links[places[b]] += links[e]
            if last < 0:
                heads[a] = following
            else:
                nexts[last] = following
        e = following
    e = heads[a]
    while e >= 0:
        places[others[e]] = -1
        e = nexts[e]
    return last


@kernel
def find_partner(
    a, sizes, groups, heads, nexts, others, links, places, partners, closest
):
    """Find the first group that a group is closest to; itself if linked with none.

    Returns
    -------
    work : int
        The links that were looked at.
    """
    _tidy(a, groups, heads, nexts, others, links, places)
    best, link, work, e = a, 0, 1, heads[a]
    while e >= 0:
        b = others[e]
        # The size of the group itself is a factor of both.
        left, right = links[e] * sizes[best], link * sizes[b]
        if best == a or left > right or (left == right and b < best):
            best, link = b, links[e]
        e = nexts[e]
        work += 1
    partners[a], closest[a] = best, link
    return work


@kernel
def find_partners(
    first, last, sizes, groups, heads, nexts, others, links, places, partners, closest
):
    """Find the partners of some groups; the arguments are those of ``merge_groups``."""
    for a in range(first, last):
        find_partner(
            a, sizes, groups, heads, nexts, others, links, places, partners, closest
        )


@kernel
def merge_groups(
    n_groups,
    n_wanted,
    most_work,
    sizes,
    groups,
    heads,
    nexts,
    others,
    links,
    places,
    partners,
    closest,
):
    """Merge the two closest groups until few enough are left or none are linked.

    A merged group goes by its lowest member. Of pairs that are equally close, that one
    merges whose lower group is lowest, and of several such that one whose other group
    is lowest.

    Parameters
    ----------
    n_groups : int
        Groups of a size above 0.
    n_wanted : int
    most_work : int
        After so many links and groups looked at, and at least one merge, it returns.
    sizes : (n,) int64 array
        Changed, as all that follow. Groups of size 0 do not take part; they have no
        links. The sum of all links times the square of the sum of all sizes must stay
        below ``2**63``.
    groups : (n,) intp array
        The lowest member of each one's group.
    heads : (n,) intp array
        The first link of each group, or -1.
    nexts : (n_links,) intp array
        The next link of the same group, or -1.
    others : (n_links,) intp array
        The neuron that a link leads to. The same link leads back.
    links : (n_links,) int64 array
    places : (n,) intp array
        Scratch memory, -1.
    partners, closest : (n,) intp and int64 arrays
        What ``find_partners`` has found: the group that each is closest to, or itself,
        and their link.

    Returns
    -------
    n_groups : int
        As before if no groups are linked.
    """
    n, work = sizes.size, 0
    while n_groups > n_wanted and work < most_work:
        first, link, size = -1, 0, 1
        for a in range(n):
            b = partners[a]
            if b != a and closest[a] * size > link * (sizes[a] * sizes[b]):
                first, link, size = a, closest[a], sizes[a] * sizes[b]
        if first < 0:
            break
        into, gone = min(first, partners[first]), max(first, partners[first])
        for b in range(n):
            if groups[b] == gone:
                groups[b] = into
        last = _tidy(into, groups, heads, nexts, others, links, places)
        if last < 0:
            heads[into] = heads[gone]
        else:
            nexts[last] = heads[gone]
        heads[gone] = -1
        sizes[into] += sizes[gone]
        sizes[gone] = 0
        partners[gone] = gone
        work += n
        for a in range(n):
            if a == into or (
                a != gone and (partners[a] == into or partners[a] == gone)
            ):
                work += find_partner(
                    a,
                    sizes,
                    groups,
                    heads,
                    nexts,
                    others,
                    links,
                    places,
                    partners,
                    closest,
                )
        n_groups -= 1
    return n_groups
