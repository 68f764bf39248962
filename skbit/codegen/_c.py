# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pieces of C99: constants, buffers, comments, strings."""

import string
from dataclasses import dataclass

import numpy as np

_LINE = 84
_PLAIN = set(string.ascii_letters + string.digits + " _-.,:+()")


@dataclass(frozen=True)
class Table:
    """A constant array.

    Parameters
    ----------
    name : str
    about : str
        A comment.
    values : ndarray of an integer dtype
        Its dtype is the C type.
    """

    name: str
    about: str
    values: np.ndarray

    def __str__(self):
        sizes = "".join(f"[{size}]" for size in self.values.shape)
        declaration = f"static const {c_type(self.values.dtype)} {self.name}{sizes}"
        initializer = _braced(self.values, len(declaration) + len(" = "))
        return f"/* {self.about} */\n{declaration} = {initializer};\n"

    @property
    def n_bytes(self):
        return self.values.nbytes


@dataclass(frozen=True)
class Strings:
    """A constant array of texts of equal room, for other files to read."""

    name: str
    about: str
    texts: tuple

    @property
    def room(self):
        return max(len(text.encode()) for text in self.texts) + 1

    @property
    def declaration(self):
        return f"const char {self.name}[{len(self.texts)}][{self.room}]"

    def __str__(self):
        literals = ",\n".join(f"    {string_literal(text)}" for text in self.texts)
        return f"/* {self.about} */\n{self.declaration} = {{\n{literals}\n}};\n"

    @property
    def n_bytes(self):
        return len(self.texts) * self.room


@dataclass(frozen=True)
class Buffer:
    """A static array that is written at run time, or a number if its size is 0."""

    name: str
    about: str
    dtype: np.dtype
    size: int = 0

    def __str__(self):
        size = f"[{self.size}]" if self.size else ""
        declaration = f"static {c_type(self.dtype)} {self.name}{size}"
        return f"/* {self.about} */\n{declaration};\n"

    @property
    def n_bytes(self):
        return np.dtype(self.dtype).itemsize * max(1, self.size)


def c_type(dtype):
    """Return the C99 name of an integer dtype."""
    return f"{np.dtype(dtype).name}_t"


def narrowed(values, *, signed=False):
    """Return whole numbers in the smallest integer dtype that holds them."""
    values = np.asarray(values)
    low, high = int(values.min()), int(values.max())
    kind = "int" if signed or low < 0 else "uint"
    for bits in (8, 16, 32, 64):
        ends = np.iinfo(f"{kind}{bits}")
        if ends.min <= low and high <= ends.max:
            break
    return values.astype(f"{kind}{bits}")


def comment(lines):
    """Write a block comment, whatever its lines contain."""
    return "\n".join(
        ["/*", *(f" * {_harmless(line)}".rstrip() for line in lines), " */"]
    )


def string_literal(text):
    """Write a string literal of the UTF-8 bytes of a text.

    Everything but plain characters is escaped with three octal digits, so nothing
    that follows can become part of an escape, nor question marks a trigraph.
    """
    escaped = [
        chr(byte) if chr(byte) in _PLAIN else f"\\{byte:03o}" for byte in text.encode()
    ]
    return f'"{"".join(escaped)}"'


def _harmless(line):
    """Leave nothing in a comment's line that ends it, or that a compiler warns of."""
    line = line.encode("ascii", "backslashreplace").decode()
    for risk in ("*/", "/*", "??"):
        line = line.replace(risk, f"{risk[0]} {risk[1]}")
    return line


def _braced(values, before, indent=""):
    """Write an array's initializer after so many characters, in equal lines."""
    inner = indent + "    "
    if values.ndim > 1:
        lines = [inner + _braced(row, len(inner), inner) for row in values]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if values.dtype == np.uint32:
        items = [f"0x{value:08X}" for value in values.tolist()]
    else:
        items = [str(value) for value in values.tolist()]
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
