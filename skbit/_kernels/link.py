# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Average linkage over counts, in whole numbers.

Two groups are as close as their link over the product of their sizes; that of a merged
group with a third is a mean of the two before, so it never exceeds both. Each group
therefore keeps its partner until that one is merged.
"""

from skbit._kernels._jit import kernel


@kernel
def _closer(links, sizes, a, b, c, d):
    """Tell whether the link of a and b per pair of members exceeds that of c and d."""
    return links[a, b] * sizes[c] * sizes[d] > links[c, d] * sizes[a] * sizes[b]


@kernel
def _find_partner(a, links, sizes, partners):
    """Find the first group that a group is closest to; itself if linked with none."""
    partners[a] = a
    for b in range(sizes.size):
        if b == a or links[a, b] == 0:
            continue
        if partners[a] == a or _closer(links, sizes, a, b, a, partners[a]):
            partners[a] = b


@kernel
def merge_groups(links, sizes, n_groups, n_wanted, partners, groups):
    """Merge the two closest groups until few enough are left or none are linked.

    A merged group goes by its lowest member. Of pairs that are equally close, that one
    merges whose lower group is lowest, and of several such that one whose other group
    is lowest. Takes time proportional to the square of ``n`` per merge at worst.

    Parameters
    ----------
    links : (n, n) int64 array
        Symmetric, zero on the diagonal. Changed. The sum of all links times the square
        of the sum of all sizes must stay below ``2**63``.
    sizes : (n,) int64 array
        Changed. Groups of size 0 do not take part; they have no links.
    n_groups : int
        Groups of a size above 0.
    n_wanted : int
    partners : (n,) intp array
        Scratch memory.
    groups : (n,) intp array
        Each its own group. Changed: the lowest member of each one's group.

    Returns
    -------
    n_groups : int
    """
    n = sizes.size
    for a in range(n):
        _find_partner(a, links, sizes, partners)
    while n_groups > n_wanted:
        first = -1
        for a in range(n):
            if partners[a] != a and (
                first < 0
                or _closer(links, sizes, a, partners[a], first, partners[first])
            ):
                first = a
        if first < 0:
            break
        into, gone = min(first, partners[first]), max(first, partners[first])
        for b in range(n):
            links[into, b] += links[gone, b]
            links[gone, b] = 0
        for b in range(n):
            links[b, into] += links[b, gone]
            links[b, gone] = 0
            if groups[b] == gone:
                groups[b] = into
        links[into, into] = 0
        sizes[into] += sizes[gone]
        sizes[gone] = 0
        partners[gone] = gone
        for a in range(n):
            if a == into or (a != gone and partners[a] in (into, gone)):
                _find_partner(a, links, sizes, partners)
        n_groups -= 1
    return n_groups
