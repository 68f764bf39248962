# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Checks of arguments."""

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any


def is_whole(value: object) -> bool:
    """Tell whether a value is a whole number, of Python or numpy."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def check_whole(name: str, value: Any, lowest: int, highest: int | None = None) -> None:
    """Raise unless a value is a whole number in a range."""
    if (
        not is_whole(value)
        or value < lowest
        or (highest is not None and value > highest)
    ):
        expected = f"of {lowest} or more" if highest is None else f"{lowest}..{highest}"
        raise ValueError(f"{name} must be a whole number {expected}, got {value!r}.")


def check_real(name: str, value: Any, lowest: float, highest: float) -> None:
    """Raise unless a value is a number in a range."""
    is_real = isinstance(value, Real)
    if not is_real or not lowest <= value <= highest:
        raise ValueError(
            f"{name} must be a number from {lowest:g} to {highest:g}, got {value!r}."
        )


def check_choice(name: str, value: object, choices: Iterable[Any]) -> None:
    """Raise unless a value is one of the choices."""
    # Other values, such as arrays, cannot be compared with all choices.
    is_plain = value is None or isinstance(value, str) or is_whole(value)
    if not is_plain or value not in list(choices):
        raise ValueError(f"{name} must be one of {list(choices)}, got {value!r}.")
