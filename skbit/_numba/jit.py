# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How kernels are compiled: the only place that says so."""

import logging
import os

import numba
from numba.core import event

from skbit._numba.cache import KernelCache, warn_of_no_cache

logger = logging.getLogger("skbit")


class _Announcer(event.Listener):
    """Says which kernel is compiled, since that can take seconds."""

    def on_start(self, event):
        dispatcher = event.data["dispatcher"]
        if dispatcher.__module__.startswith("skbit."):
            module = dispatcher.__module__.rpartition(".")[2]
            logger.info("Compiling %s.%s", module, dispatcher.__name__)

    def on_end(self, event):
        pass


event.register("numba:compile", _Announcer())


def inner_kernel(function):
    """Compile a kernel that only other kernels call, so that Python cannot.

    It is inlined as by ``inlined_kernel``.
    """
    return _compiled(function, no_cpython_wrapper=True, forceinline=True)


def inlined_kernel(function):
    """Compile a kernel as a part of the kernels that call it.

    A call in the machine code copies at least seven words per array. If there is one
    for every row, that takes a considerable part of the time.
    """
    return _compiled(function, no_cpython_wrapper=False, forceinline=True)


def kernel(function):
    """Compile a serial kernel that releases the GIL, on its first call.

    Machine code is cached on disk unless ``SKBIT_NUMBA_CACHE=0``. Each compilation is
    logged by the logger ``skbit`` at level INFO.

    Reference counts are left out: kernels allocate nothing (with this option, one that
    does fails to compile), and counting the references to arrays that one function
    passes to another takes longer than most of what they do. What nobody needs takes
    time to compile and is left out: wrappers for C, those for Python of functions that
    are private to a file, and exceptions of divisions by zero, which give 0.
    """
    is_private = function.__name__.startswith("_")
    return _compiled(function, no_cpython_wrapper=is_private, forceinline=False)


def _compiled(function, no_cpython_wrapper, forceinline):
    compiled = numba.njit(
        nogil=True,
        _nrt=False,
        no_cfunc_wrapper=True,
        no_cpython_wrapper=no_cpython_wrapper,
        # Without a value, that of the first caller to be compiled is inherited.
        forceinline=forceinline,
        error_model="numpy",
    )(function)
    is_compiled = not numba.config.DISABLE_JIT
    if is_compiled and os.environ.get("SKBIT_NUMBA_CACHE", "1") != "0":
        try:
            compiled._cache = KernelCache(function)
        except RuntimeError as error:
            warn_of_no_cache(error)
    return compiled
