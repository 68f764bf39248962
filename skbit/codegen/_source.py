# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a source is put together from, and the source."""

from dataclasses import dataclass, field, replace
from importlib.metadata import version
from string import Template

from skbit.codegen._c import comment

_USE = """\
Flash is the bytes of constants, RAM those of static buffers. Code, 1 to 3 kB, and
stack, about 200 bytes, come on top. Operations are those of an inference, at most:
logic, shifts, additions, multiplications and comparisons of words, without loops and
addresses.

Compile with: cc -std=c99 -O2 -c {name}.c
Nothing but <stdint.h> is needed. Buffers are static: one call at a time."""


@dataclass(frozen=True)
class Bits:
    """Where a step leaves its bits.

    Parameters
    ----------
    buffer : str
        Name of the array of words; those beyond the bits are zero.
    n_bits : int
    packed : bool
        Whether the next step gets containers or a column per bit.
    """

    buffer: str
    n_bits: int
    packed: bool


@dataclass(frozen=True)
class Block:
    """The C of one step.

    Parameters
    ----------
    title : str
        The estimator and its size.
    code : str
        Functions.
    operations : int
        Per inference.
    constants : dict of str to int
        Names that stand for numbers.
    tables : list of Table
    buffers : list of Buffer
    helpers : list of str
        Functions that other steps may need too.
    call : str
        The statement by which the step is run on the way to an answer; empty for the
        step that answers.
    public : str
        Declarations of what others may call.
    """

    title: str
    code: str
    operations: int
    constants: dict = field(default_factory=dict)
    tables: list = field(default_factory=list)
    buffers: list = field(default_factory=list)
    helpers: list = field(default_factory=list)
    call: str = ""
    public: str = ""

    @property
    def flash_bytes(self):
        return sum(table.n_bytes for table in self.tables)

    @property
    def ram_bytes(self):
        return sum(buffer.n_bytes for buffer in self.buffers)

    def with_room(self, name, size):
        """Return the same with at least so much room in a buffer.

        What is beyond the bits of a step is never written, hence zero.
        """
        buffers = [
            replace(buffer, size=max(buffer.size, size))
            if buffer.name == name
            else buffer
            for buffer in self.buffers
        ]
        return replace(self, buffers=buffers)

    def __str__(self):
        parts = [comment([f"---- {self.title}"])]
        parts.append(
            "".join(f"#define {name} {n}\n" for name, n in self.constants.items())
        )
        parts += map(str, [*self.tables, *self.buffers])
        return "\n".join([*parts, self.code])


@dataclass(frozen=True)
class CSource:
    """A model as C99, and what it costs.

    ``str`` gives the text.

    Parameters
    ----------
    name : str
        What the names of its functions begin with.

    text : str
        The source file.

    header : str
        A header file that declares its functions, for other files that call them.

    flash_bytes : int
        Bytes of constants.

    ram_bytes : int
        Bytes of static buffers.

    operations : int
        Logic operations, shifts, additions, multiplications and comparisons of words
        per inference, at most; loops and addresses are not counted.

    See Also
    --------
    to_c : Writes it.
    """

    name: str
    text: str = field(repr=False)
    header: str = field(repr=False)
    flash_bytes: int
    ram_bytes: int
    operations: int

    def __str__(self):
        return self.text


def fill(template, **values):
    """Fill in a template of C, in which ``$name`` is a value."""
    return Template(template).substitute(values)


def assemble(name, description, n_input_bytes, blocks):
    """Put blocks together.

    Parameters
    ----------
    name : str
    description : str
        The estimator, as Python shows it.
    n_input_bytes : int
    blocks : list of Block
        In the order in which data pass them.

    Returns
    -------
    source : CSource
    """
    flash, ram, operations = (
        sum(getattr(block, cost) for block in blocks)
        for cost in ("flash_bytes", "ram_bytes", "operations")
    )
    head = [
        f"{name}: written by skbit {version('skbit')} from",
        *(f"    {line}" for line in description.splitlines()),
        "",
        f"{'':48}{'flash':>12}{'RAM':>10}{'operations':>14}",
        *(
            f"{b.title:48}{b.flash_bytes:12,}{b.ram_bytes:10,}{b.operations:14,}"
            for b in blocks
        ),
        f"{'total':48}{flash:12,}{ram:10,}{operations:14,}",
        "",
        *_USE.format(name=name).splitlines(),
    ]
    declarations = (
        f"/* The input of all functions: the features, a byte each, or containers, the "
        f"lowest\n * byte first. */\n#define {name.upper()}_INPUT_BYTES "
        f"{n_input_bytes}\n\n" + "".join(block.public for block in blocks)
    )
    helpers = list(dict.fromkeys(text for block in blocks for text in block.helpers))
    *steps, last = blocks
    calls = "".join(f"    {step.call}\n" for step in steps)
    run = f"static void run(const uint8_t *input)\n{{\n{calls}}}\n"
    include = "#include <stdint.h>\n"
    text = "\n".join(
        [
            comment(head),
            include,
            declarations,
            *helpers,
            *map(str, steps),
            comment(["---- All steps but the last"]),
            run,
            str(last),
        ]
    )
    guard = f"{name.upper()}_H"
    header = "\n".join(
        [
            comment([f"{name}: see {name}.c"]),
            f"#ifndef {guard}\n#define {guard}\n",
            include,
            f"{declarations}\n#endif",
        ]
    )
    return CSource(name, text, header + "\n", flash, ram, operations)
