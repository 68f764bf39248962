# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of fitted attributes, before compiled code relies on them.

Kernels do not check indices. Therefore types, shapes and ranges of everything that they
index with are checked once per call of a method, and when a pickle is loaded. A damaged
model gives a clear error, and no kernel reads or writes outside of its arrays.
"""

from numbers import Integral

import numpy as np


def _get(owner, name):
    value = owner
    for part in name.split("."):
        if type(value) is list:
            value = value[int(part)]
        else:
            value = value[part] if type(value) is dict else getattr(value, part)
    return value


def _fits(expected, found):
    return expected is None or expected == found


def check_array(owner, name, dtypes, shape, low=None, high=None):
    """Raise if a fitted attribute is not an array that kernels can use.

    Parameters
    ----------
    owner : estimator
    name : str
        The attribute. Dots separate it from attributes of it, or keys of a dict.
    dtypes : dtype or tuple of dtypes
    shape : tuple of int
        None as an entry allows any number.
    low, high : int, default=None
        The range of all elements. Checking it takes time in proportion to the size, so
        it is for small arrays that kernels index with.

    Returns
    -------
    array : ndarray

    Raises
    ------
    ValueError
        If the attribute is anything else.
    """
    array = _get(owner, name)
    dtypes = dtypes if isinstance(dtypes, tuple) else (dtypes,)
    if not (
        isinstance(array, np.ndarray)
        and array.dtype in dtypes
        and array.ndim == len(shape)
        and all(map(_fits, shape, array.shape))
        and array.flags.c_contiguous
    ):
        found = type(array).__name__
        if isinstance(array, np.ndarray):
            found = f"one of dtype {array.dtype} and shape {array.shape}"
        types = " or ".join(np.dtype(dtype).name for dtype in dtypes)
        raise_damaged(
            owner, name, f"a C-contiguous {types} array of shape {shape}", found
        )
    if array.size and (
        (low is not None and array.min() < low)
        or (high is not None and array.max() > high)
    ):
        raise_damaged(
            owner,
            name,
            f"numbers from {low} to {high}",
            f"numbers from {array.min()} to {array.max()}",
        )
    return array


def check_number(owner, name, low, high=None):
    """Raise if a fitted attribute is not a whole number from ``low`` to ``high``."""
    number = _get(owner, name)
    if not (
        isinstance(number, Integral)
        and not isinstance(number, bool)
        and low <= number
        and (high is None or number <= high)
    ):
        highest = "" if high is None else f" to {high}"
        raise_damaged(owner, name, f"a whole number from {low}{highest}", repr(number))


def check_choice(owner, name, choices):
    """Raise if a fitted attribute is not one of several values."""
    value = _get(owner, name)
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        raise_damaged(owner, name, f"one of {choices}", repr(value))


def raise_damaged(owner, name, expected, found):
    """Raise an error that names the damaged attribute."""
    raise ValueError(
        f"The fitted attribute {name} of this {type(owner).__name__} is damaged: "
        f"expected {expected}, got {found}. Fit the estimator again, or load it anew."
    )
