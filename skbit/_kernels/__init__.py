# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numba kernels, one idea per file.

A submodule is imported, and with it numba, when it is first asked for, so that
``import skbit`` stays light. A kernel takes inputs, then scalars, then scratch
memory and outputs; it allocates nothing, knows nothing of scikit-learn, releases the
GIL and works on integers, so that results never depend on threads or block sizes.
"""

import importlib


def __getattr__(name):
    module = f"{__name__}.{name}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name == module:
            raise AttributeError(f"{__name__} has no kernels {name!r}") from error
        raise
