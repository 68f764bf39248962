# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of C99: numbers, constants, buffers, comments, strings.

A source is made of constant strings of this package and of what comes from a model.
The two must not be confused, or a string in a tampered model would become compiled
code. Text that is meant as C has the type ``Code``; ``fill`` refuses any other text.
What comes from a model enters in one of four ways: as a number (``number``), as an
array of integers (``Table``), as a string literal (``Strings``) or as a comment
(``comment``).
"""

import operator
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from skbit._utils.text import fill as fill_plain

_LINE = 84
_PLAIN = set(string.ascii_letters + string.digits + " _-.,:+()")


# What stands before the type of a constant array. 24-bit addresses (__memx) would reach
# more, but avr-gcc 5.4 compiles them wrongly.
FLASH = """\
/* Constants stay in flash. An AVR reads them by instructions of its own. */
#ifndef FLASH
#if defined(__AVR__) && !defined(__cplusplus) && !defined(__STRICT_ANSI__)
#define FLASH __flash const
#else
#define FLASH const
#endif
#endif
"""
# Bytes of constants that the 16-bit addresses of an AVR reach, less some for others.
AVR_FLASH_BYTES = 60_000
TOO_LARGE_FOR_AVR = """\
#ifdef __AVR__
#error "The constants are more than the 64 kB that an AVR can address."
#endif
"""

# The largest number that an int holds on every platform.
LARGEST_INT = 2**15 - 1


class Code(str):
    """Text that is C: a constant of this package, or put together from such."""

    __slots__ = ()


def identifier(name: object) -> Code:
    """Return a name as code if it is a C identifier; raise if it is none."""
    if not (isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)):
        raise ValueError(
            f"name must be a C identifier, a letter and then letters, digits and "
            f"underscores, got {name!r}."
        )
    return Code(name)


def number(value: Any, low: int = -(2**63), high: int = 2**64 - 1) -> Code:
    """Return a whole number as code; raise if it is something else."""
    try:
        whole = operator.index(value)
    except TypeError:
        whole = None
    if whole is None or not low <= whole <= high:
        raise ValueError(
            f"A number of the model is damaged: expected a whole number from {low} to "
            f"{high}, got {value!r}."
        )
    return Code(whole)


def unsigned(value: Any) -> Code:
    """Return a whole number that is not negative as an unsigned constant."""
    return Code(number(value, 0, 2**32 - 1) + "u")


def fill(template: str, **values: object) -> Code:
    """Fill in a template of C, in which ``$name`` is a whole number or code."""
    for name, value in values.items():
        if not isinstance(value, Code):
            values[name] = number(value)
    return Code(fill_plain(template, **values))


@dataclass(frozen=True)
class Table:
    """A constant array.

    Parameters
    ----------
    name : str
    about : str
        A comment.
    values : ndarray of an integer dtype, or of finite float32
        Its dtype is the C type.

    Raises
    ------
    ValueError
        If the values are no such array.
    """

    name: str
    about: str
    values: np.ndarray

    def __post_init__(self) -> None:
        is_array = isinstance(self.values, np.ndarray)
        if is_array and self.values.dtype == np.float32:
            is_array = bool(np.isfinite(self.values).all())
        elif is_array:
            is_array = self.values.dtype.kind in "iu"
        if not is_array:
            found = getattr(self.values, "dtype", type(self.values).__name__)
            raise ValueError(
                f"An array of the model is damaged: {self.name} must hold whole "
                f"numbers or finite float32, got {found}."
            )

    def __str__(self) -> str:
        sizes = "".join(f"[{size}]" for size in self.values.shape)
        declaration = f"static FLASH {c_type(self.values.dtype)} {self.name}{sizes}"
        initializer = format_array(self.values, len(declaration) + len(" = "))
        return f"/* {self.about} */\n{declaration} = {initializer};\n"

    @property
    def n_bytes(self) -> int:
        return self.values.nbytes


@dataclass(frozen=True)
class Strings:
    """A constant array of texts with equal room, which other files can read."""

    name: str
    about: str
    texts: tuple[str, ...]

    @property
    def room(self) -> int:
        return max(len(_utf8(text)) for text in self.texts) + 1

    @property
    def declaration(self) -> Code:
        return Code(f"const char {self.name}[{len(self.texts)}][{self.room}]")

    def __str__(self) -> str:
        literals = ",\n".join(f"    {string_literal(text)}" for text in self.texts)
        return f"/* {self.about} */\n{self.declaration} = {{\n{literals}\n}};\n"

    @property
    def n_bytes(self) -> int:
        return len(self.texts) * self.room


@dataclass(frozen=True)
class Buffer:
    """A static array that is written at run time, or a number if its size is 0."""

    name: str
    about: str
    dtype: DTypeLike
    size: int = 0

    def __str__(self) -> str:
        size = f"[{self.size}]" if self.size else ""
        declaration = f"static {c_type(self.dtype)} {self.name}{size}"
        return f"/* {self.about} */\n{declaration};\n"

    @property
    def n_bytes(self) -> int:
        return np.dtype(self.dtype).itemsize * max(1, self.size)


def c_type(dtype: DTypeLike) -> str:
    """Return the C99 name of an integer dtype or of float32."""
    dtype = np.dtype(dtype)
    return "float" if dtype == np.float32 else f"{dtype.name}_t"


def to_smallest_dtype(values: ArrayLike, *, signed: bool = False) -> NDArray[Any]:
    """Return whole numbers in the smallest integer dtype that holds them."""
    values = np.asarray(values)
    low, high = int(values.min()), int(values.max())
    kind = "int" if signed or low < 0 else "uint"
    for bits in (8, 16, 32, 64):
        ends = np.iinfo(f"{kind}{bits}")
        if ends.min <= low and high <= ends.max:
            break
    return values.astype(f"{kind}{bits}")


def comment(lines: Iterable[str]) -> str:
    """Write a block comment; the lines may contain any text."""
    return "\n".join(
        ["/*", *(f" * {_escape_comment(line)}".rstrip() for line in lines), " */"]
    )


def string_literal(text: str) -> str:
    """Write a string literal of the UTF-8 bytes of a text.

    Everything but plain characters is escaped with three octal digits, so nothing
    that follows can become part of an escape, nor question marks a trigraph.
    """
    escaped = [
        chr(byte) if chr(byte) in _PLAIN else f"\\{byte:03o}" for byte in _utf8(text)
    ]
    return f'"{"".join(escaped)}"'


def _utf8(text: str) -> bytes:
    """Encode a text as UTF-8, with surrogates spelled out."""
    return text.encode(errors="backslashreplace")


def _escape_comment(line: str) -> str:
    """Escape characters of a comment that would end it, or cause a compiler warning.

    Other characters than printable ASCII are spelled out, and a space separates what
    together would begin or end a comment or be a trigraph. A backslash at the end
    would join the line with the next.
    """
    line = re.sub(
        r"[^ -~]", lambda found: found[0].encode("unicode_escape").decode(), line
    )
    line = re.sub(r"(?<=\*)(?=/)|(?<=/)(?=\*)|(?<=\?)(?=\?)", " ", line)
    return f"{line} ." if line.endswith("\\") else line


def format_array(values: NDArray[Any], before: int, indent: str = "") -> str:
    """Write an array's initializer in equal lines, after ``before`` characters."""
    inner = indent + "    "
    if values.ndim > 1:
        lines = [inner + format_array(row, len(inner), inner) for row in values]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if values.dtype == np.uint32:
        items = [f"0x{value:08X}" for value in values.tolist()]
    else:
        write = _float if values.dtype == np.float32 else _decimal
        items = [write(value) for value in values.tolist()]
        width = max(map(len, items))
        items = [item.rjust(width) for item in items]
    line = ", ".join(items)
    if before + len(line) <= _LINE:
        return f"{{{line}}}"
    per_line = (_LINE - len(inner)) // (len(items[0]) + 2)
    lines = [
        inner + ", ".join(items[start : start + per_line])
        for start in range(0, len(items), per_line)
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _decimal(value: int) -> str:
    """Write a number; C has no negative constants, so the lowest is a difference."""
    return f"({value + 1} - 1)" if value == -(2**63) else str(value)


def _float(value: float) -> str:
    """Write a float with as few digits as tell it from other floats.

    What is no finite number has a name in ``<math.h>``.
    """
    if np.isfinite(value):
        return f"{np.float32(value)!s}f"
    return "NAN" if np.isnan(value) else f"{'-' if value < 0 else ''}INFINITY"


def check_number(what: str, n: int) -> None:
    """Raise if ``n`` exceeds what an int can number on every platform."""
    if n > LARGEST_INT:
        raise ValueError(
            f"{n} {what} are more than {LARGEST_INT}, which is all that an int can "
            "number on every platform."
        )
