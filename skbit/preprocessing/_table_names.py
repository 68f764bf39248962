# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Names of the bits of tables, which say when a bit is 1."""

import numpy as np


def names_of_numbers(name, thresholds):
    """Return names of the bits of a column of numbers.

    Parameters
    ----------
    name : str
    thresholds : ndarray of shape (n_bits - 1,)
        Unused ones are infinite.
    """
    names = [
        f"{name} > {_plain(threshold)}"
        if threshold < np.inf
        else f"{name} unused {bit}"
        for bit, threshold in enumerate(thresholds.tolist())
    ]
    return [*names, f"{name} is missing"]


def names_of_categories(name, categories, n_bits):
    """Return names of the bits of a column of categories.

    Parameters
    ----------
    name : str
    categories : ndarray of shape (n_categories,)
    n_bits : int
    """
    names = []
    for value in categories.tolist():
        is_missing = value is None or value != value
        names.append(
            f"{name} is missing" if is_missing else f"{name} = {_plain(value)}"
        )
    names += [f"{name} unused {bit}" for bit in range(len(names), n_bits - 1)]
    return [*names, f"{name} is another value"]


def _plain(value):
    """Return a text as it is, and a number as briefly as it can be read back."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else value
