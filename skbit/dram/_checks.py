# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of arguments."""

from numbers import Integral, Real


def check_whole(name, value, lowest, highest=None):
    """Raise unless a value is a whole number in a range."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or value < lowest or (highest is not None and value > highest):
        expected = f"of {lowest} or more" if highest is None else f"{lowest}..{highest}"
        raise ValueError(f"{name} must be a whole number {expected}, got {value!r}.")


def check_real(name, value, lowest, highest):
    """Raise unless a value is a number in a range."""
    if not isinstance(value, Real) or not lowest <= value <= highest:
        raise ValueError(
            f"{name} must be a number from {lowest:g} to {highest:g}, got {value!r}."
        )


def check_choice(name, value, choices):
    """Raise unless a value is one of some."""
    if value not in list(choices):
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}.")
