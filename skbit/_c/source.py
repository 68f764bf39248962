# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Blocks of C, of which a source file is assembled."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from skbit._c.scale import Scale
from skbit._c.text import Buffer, Code, Strings, Table, c_type, comment, fill
from skbit._c.vectors import Vector

_FUNCTION = re.compile(r"^static [\w ]+?\**(\w+)\(", re.MULTILINE)
_RUN = """\
static void run(const uint8_t *input)
{
$calls\
}

"""


@dataclass(frozen=True)
class Bits:
    """The buffer that holds the bits of a step.

    Parameters
    ----------
    buffer : Code
        Name of the array of words; those beyond the bits are zero.
    n_bits : int
    packed : bool
        Whether the next step gets containers or a column per bit.
    """

    buffer: Code
    n_bits: int
    packed: bool


@dataclass
class Block:
    """The C code of one step.

    Parameters
    ----------
    title : str
        The estimator and its size.
    operations : int
        Per inference.
    code : str
        Functions.
    constants : dict of str to int or Code
        Names that stand for numbers.
    tables : list of Table
    buffers : list of Buffer
    helpers : list of str
        Functions that several steps can share.
    call : str
        The statement by which the step is run on the way to an answer; empty for the
        step that answers.
    public : str
        Declarations of what others may call.
    n_words_read : int
        Words of the buffer of the step before that are read, if these may be more than
        its bits need.
    """

    title: str
    operations: int
    code: str = ""
    constants: dict[str, Any] = field(default_factory=dict)
    tables: list[Table | Strings] = field(default_factory=list)
    buffers: list[Buffer] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    call: str = ""
    public: str = ""
    n_words_read: int = 0

    @property
    def flash_bytes(self) -> int:
        return sum(table.n_bytes for table in self.tables)

    @property
    def ram_bytes(self) -> int:
        return sum(buffer.n_bytes for buffer in self.buffers)

    def grow_buffer(self, name: str, size: int) -> None:
        """Enlarge a buffer to at least ``size`` words.

        Words beyond the bits of a step are never written, hence zero.
        """
        self.buffers = [
            replace(b, size=max(b.size, size)) if b.name == name else b
            for b in self.buffers
        ]

    @property
    def names(self) -> set[str]:
        """Names that the block declares for itself; others cannot see them."""
        tables = [table.name for table in self.tables if isinstance(table, Table)]
        buffers = [buffer.name for buffer in self.buffers]
        return {*self.constants, *tables, *buffers, *_FUNCTION.findall(self.code)}

    def rename(self, names: set[str], suffix: Code) -> "Block":
        """Return a block in which some names have a suffix, except in comments."""
        words = re.compile(rf"/\*.*?\*/|\b(?:{'|'.join(sorted(names))})\b", re.DOTALL)

        def rename(text: str) -> str:
            return words.sub(
                lambda found: found[0] + ("" if found[0][0] == "/" else suffix), text
            )

        return replace(
            self,
            code=rename(self.code),
            call=rename(self.call),
            constants={
                rename(name): Code(rename(value)) if isinstance(value, str) else value
                for name, value in self.constants.items()
            },
            tables=[
                replace(table, name=rename(table.name))
                if isinstance(table, Table)
                else table
                for table in self.tables
            ],
            buffers=[replace(b, name=rename(b.name)) for b in self.buffers],
        )

    def with_input_of(self, dtype: str) -> "Block":
        """Return a block whose functions take numbers where they took bytes."""
        code, public = (
            text.replace("const uint8_t *input", f"const {c_type(dtype)} *input")
            for text in (self.code, self.public)
        )
        return replace(self, code=code, public=public)

    def __str__(self) -> str:
        parts = [comment([f"---- {self.title}"])]
        parts.append(
            "".join(
                fill("#define $name $value\n", name=Code(name), value=value)
                for name, value in self.constants.items()
            )
        )
        parts += map(str, [*self.tables, *self.buffers])
        return "\n".join([*parts, self.code])


@dataclass(frozen=True)
class Place:
    """The context of a step in a pipeline.

    Parameters
    ----------
    name : Code
        Prefix of the names of the functions.
    bits : Bits or None
        Bits of the step before; None for encoders, which read bytes.
    scale : Scale
        The scalers before the first step.
    suffix : Code
        Suffix that makes the names of each projection unique.
    from_seed : bool
        Whether random words are computed from the seed instead of stored.
    following : estimator or None
        The next step, if there is one and it does not learn in C.
    """

    name: Code
    bits: Bits | None
    scale: Scale
    suffix: Code
    from_seed: bool
    following: Any = None


@dataclass(frozen=True)
class Writer:
    """The writer of a class of estimators.

    Parameters
    ----------
    write : callable
        Takes an estimator and its place; returns a block, and the bits that it leaves
        (None if it answers).
    reads_numbers : bool
        Whether the input is numbers, so that the step can only be the first.
    input_dtype : str
        Type of the input unless the user chooses another one.
    vectors : callable or None
        Takes an estimator and its X, and returns what its functions must answer; None
        if the step does not answer.
    learning : tuple of Learning
        The ways in which a model learns in C, the usual one first.
    members : callable or None
        Takes an estimator and the name of the model, and returns the names and steps of
        models that are written before; None if there are none.
    """

    write: Callable[[Any, Place], tuple[Block, Bits | None]]
    reads_numbers: bool = False
    input_dtype: str = "uint8"
    vectors: Callable[[Any, Any], list[Vector]] | None = None
    learning: tuple["Learning", ...] = ()
    members: Callable[[Any, Code], list[tuple[Code, list[Any]]]] | None = None

    @property
    def answers(self) -> bool:
        """Whether the step can only be the last."""
        return self.vectors is not None


@dataclass(frozen=True)
class Learning:
    """A way in which a model learns in C.

    Parameters
    ----------
    function : str
        The function that learns an input, without the name of the model.
    write : callable
        Like that of ``Writer``, with this function.
    vectors : callable
        Takes an estimator and its X, and returns what the functions must answer after
        the rows were learned.
    """

    function: str
    write: Callable[[Any, Place], tuple[Block, Bits | None]]
    vectors: Callable[[Any, Any], list[Vector]]


def with_run(blocks: list[Block]) -> list[Block]:
    """Write the function that runs all steps but the last, before the last one."""
    *steps, last = blocks
    calls = Code("".join(f"    {step.call}\n" for step in steps if step.call))
    about = comment(["---- All steps but the last"])
    code = f"{about}\n{fill(_RUN, calls=calls)}{last.code}"
    return [*steps, replace(last, code=code)]
