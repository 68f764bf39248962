# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How kernels are compiled and cached: the only place that says so."""

import os

import numba


def kernel(function):
    """Compile a serial kernel that releases the GIL, on its first call.

    Machine code is cached on disk unless ``SKBIT_NUMBA_CACHE=0``. numba does not
    notice an edit in a callee that lives in another file, so whoever edits kernels
    switches the cache off (the test suite does).

    Reference counts are left out: kernels allocate nothing (with this option, one that
    does fails to compile), and counting the references to arrays that one function
    passes to another takes longer than most of what they do.
    """
    options = {"nogil": True, "_nrt": False}
    if os.environ.get("SKBIT_NUMBA_CACHE", "1") != "0":
        try:
            return numba.njit(cache=True, **options)(function)
        except RuntimeError:
            # No folder is writable (read-only image, zipped install).
            pass
    return numba.njit(**options)(function)
