# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The majority tree: the groups of each level, and the majority of a group.

The tree [1]_ works level by level. A level cuts its planes into groups of three, whose
majorities go to the next level. The planes that groups of three leave over are reduced
as the last group:

- of 3 m + 1 planes, more than four, the last group has four (1 where three are);
- of 3 m + 2 planes, more than five, the last group has five (1 where three are);
- of four planes, one is left over and passes;
- of two or five planes, two are left over and are ANDed.

Kernels compile these functions. The ONNX graphs, the operation counts of the C code and
the DRAM programs are derived from them.

References
----------
.. [1] A. Otto, "DRAM-Native &|~ Classification", 2026, section "MAJ3 Library".
"""


def full_groups(n):
    """Count the groups of three at the beginning of a level of ``n`` planes."""
    if n % 3 == 1 and n > 4:
        return (n - 4) // 3
    if n % 3 == 2 and n > 5:
        return (n - 5) // 3
    return n // 3


def levels(n):
    """List the levels of the tree of ``n`` planes, the leaves first.

    Returns
    -------
    levels : list of tuple (n_full, n_last)
        The groups of three of each level, and the planes of its last group: 1, 2, 4 or
        5, or 0 if there is no such group.
    """
    found = []
    while n > 1:
        n_full = full_groups(n)
        n_last = n - 3 * n_full
        found.append((n_full, n_last))
        n = n_full + (n_last > 0)
    return found


def majority3(a, b, c):
    """Return 1 where at least two of three are 1."""
    return a & b | c & (a | b)


def majority4(a, b, c, d):
    """Return 1 where at least three of four are 1."""
    return a & b & (c | d) | c & d & (a | b)


def majority5(a, b, c, d, e):
    """Return 1 where at least three of five are 1."""
    return a & b & (c | d | e) | (a | b) & (c & d | e & (c | d)) | c & d & e


def last_group(planes):
    """Reduce the 1, 2, 4 or 5 planes of a level's last group."""
    if len(planes) == 1:
        return planes[0]
    if len(planes) == 2:
        return planes[0] & planes[1]
    return majority4(*planes) if len(planes) == 4 else majority5(*planes)
