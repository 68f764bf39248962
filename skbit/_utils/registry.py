# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What each family of estimators adds to the exports and to the compilation.

A family is a package of skbit. Tables by class stand in modules of equal names in all
families: ``_c.WRITERS``, ``_onnx.CONVERTERS``, ``_verilog.WRITERS`` and
``_examples.EXAMPLES``. They are found here, so a new family changes no list elsewhere.
"""

import functools
import importlib
import pkgutil


@functools.cache
def collect(module, table):
    """Join the tables of all families that have them.

    Parameters
    ----------
    module : str
        Name of the module within the packages of the families.
    table : str
        Name of a dictionary in it.

    Returns
    -------
    joined : dict
        In the alphabetical order of the families.
    """
    root = importlib.import_module("skbit").__path__
    joined = {}
    for family in pkgutil.iter_modules(root):
        folders = [f"{path}/{family.name}" for path in root]
        if any(found.name == module for found in pkgutil.iter_modules(folders)):
            tables = importlib.import_module(f"skbit.{family.name}.{module}")
            joined |= getattr(tables, table)
    return joined
