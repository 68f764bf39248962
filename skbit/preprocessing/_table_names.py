# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Names of the bits of tables, which say when a bit is 1."""

import numpy as np


def names_of_numbers(name, thresholds, n_active, n_bits):
    """Return names of the bits of a column of numbers.

    Parameters
    ----------
    name : str
    thresholds : ndarray of shape (n_thresholds,)
        Unused ones are infinite.
    n_active : int
        Number of ones of a number, or 0 if it is the number of thresholds passed.
    n_bits : int
    """
    used = [_plain(threshold) for threshold in thresholds[thresholds < np.inf].tolist()]
    cells = np.arange(len(used) + 1)
    firsts, ends = np.zeros_like(cells), cells
    if n_active:
        firsts = cells * len(thresholds) // max(1, len(used))
        ends = firsts + n_active
    names = []
    for bit in range(n_bits - 1):
        ones = np.flatnonzero((firsts <= bit) & (bit < ends))
        text = _name_of_cells(name, used, ones) if len(ones) else f"{name} unused {bit}"
        names.append(f"{text} (bit {bit})" if text in names else text)
    return [*names, f"{name} is missing"]


def _name_of_cells(name, thresholds, cells):
    """Return a name of adjacent cells between thresholds."""
    low, high = cells[0], cells[-1]
    above = f"{thresholds[low - 1]} < " if low > 0 else ""
    if high == len(thresholds):
        return f"{name} > {thresholds[low - 1]}" if low > 0 else f"{name} is present"
    return f"{above}{name} <= {thresholds[high]}"


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
