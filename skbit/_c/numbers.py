# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The types of the input, and a search among their numbers.

The numbers of a type are ordered by keys, which are whole numbers without gaps. Keys of
floats are those of their bits.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

INPUT_DTYPES = "uint8", "int16", "int32", "float32"
_INFINITY = int(np.float32(np.inf).view(np.int32))


def ends_of(dtype: str) -> tuple[int, int]:
    """Return the keys of the lowest and of the highest number of a type."""
    if dtype == "float32":
        return -_INFINITY, _INFINITY
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def from_keys(keys: NDArray[np.int64], dtype: str) -> NDArray[Any]:
    """Return the numbers of keys; a key below all numbers is a number of its own."""
    if dtype != "float32":
        return keys
    bits = np.abs(keys).astype(np.int32)
    return np.where(keys < 0, np.float32(-1), np.float32(1)) * bits.view(np.float32)


def highest_below(
    reaches: Callable[[NDArray[Any]], NDArray[np.bool_]],
    shape: tuple[int, ...],
    dtype: str,
) -> NDArray[np.int64]:
    """Find the highest keys whose numbers do not reach something.

    Parameters
    ----------
    reaches : callable
        Takes an array of numbers of the type, and returns which of them reach it. Where
        a number does, higher ones do so as well.
    shape : tuple
        Shape of the array.
    dtype : str
        Type of the numbers.

    Returns
    -------
    keys : ndarray of the shape
        One less than the lowest key where all numbers reach it.
    """
    lowest, highest = ends_of(dtype)
    below = np.full(shape, lowest - 1)
    above = np.full(shape, highest + 1)
    while (above - below > 1).any():
        middle = np.clip((below + above) // 2, lowest, highest)
        is_reached = reaches(from_keys(middle, dtype).astype(dtype))
        # Ends that met stay as they are.
        above = np.where(is_reached & (middle > below), middle, above)
        below = np.where(~is_reached & (middle < above), middle, below)
    return below
