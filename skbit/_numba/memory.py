# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Memory for bit planes, allocated and read without numba."""

import numpy as np

LANES = 8
PLANE_BITS = 64 * LANES
CONTAINERS = PLANE_BITS // 32
# Bits of a row whose ones have a list of their own, with places of 16 bits.
LIST_BITS = 2**16


def empty_planes(n_planes):
    """Allocate a table of planes, aligned so that no plane straddles a cache line."""
    return _aligned(np.empty, n_planes)


def zero_planes(n_planes):
    """Allocate a table of planes that are zero."""
    # The system hands out large zeros page by page, when they are used.
    return _aligned(np.zeros, n_planes)


def empty_int32_lanes(n_rows):
    """Allocate a table with eight int32 in each row, aligned as planes are."""
    planes = empty_planes(-(-n_rows // 2))
    return planes.reshape(-1).view(np.int32).reshape(-1, LANES)[:n_rows]


def _aligned(allocate, n_planes):
    n_bytes = n_planes * PLANE_BITS // 8
    memory = allocate(n_bytes + 63, dtype=np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + n_bytes].view(np.uint64).reshape(n_planes, LANES)


def rows_of_lanes(table, *shape):
    """Return what every lane of a table holds, as a packed row or several.

    Parameters
    ----------
    table : (n_groups * prod(shape), LANES) uint64 array
    *shape : int
        How many words a lane has, or how many rows of how many words.

    Returns
    -------
    rows : (n_groups * LANES, ..., n_containers) uint32 array
        Lane by lane, with two containers for a word.
    """
    planes = np.moveaxis(table.reshape(-1, *shape, LANES), -1, 1)
    rows = np.ascontiguousarray(planes).reshape(-1, *shape)
    return rows.view(np.uint32)


def read_only(array):
    """Return a view of an array that cannot be written to.

    A kernel is compiled for the types of its arguments, and whether an array can be
    written to is a part of its type. Arrays that kernels only read are all passed as
    read-only, so that those mapped from a file need no compilation of their own.
    """
    view = array.view()
    view.flags.writeable = False
    return view
