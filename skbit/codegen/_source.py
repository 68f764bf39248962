# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The source file of a model, which is assembled of blocks."""

import tempfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap
from typing import Any

from numpy.typing import ArrayLike

from skbit._c.source import Block
from skbit._c.taken import Input
from skbit._c.text import (
    AVR_FLASH_BYTES,
    FLASH,
    TOO_LARGE_FOR_AVR,
    Code,
    comment,
    fill,
)
from skbit.codegen._compiler import CModel, load
from skbit.codegen._folder import files_of, write_files
from skbit.codegen._vectors import compute_vectors

_USE = """\
Flash is the bytes of constants, RAM those of static buffers. Code, up to 3 kB, and
stack, about 200 bytes, come on top. Operations are those of an inference, at most:
logic, shifts, additions, multiplications and comparisons of words. Loops, addresses,
loads and stores are not counted: a processor executes up to several times as many
instructions.

Compile with: cc -std=c99 -O2 -c {name}.c
Nothing but <stdint.h> is needed."""
_REENTRANCY = (
    "Buffers are static, so only one call may run at a time: no function may be called "
    "from an interrupt or a thread while another one runs."
)

_WIDTH = 84
_INCLUDE = "#include <stdint.h>\n"
_BEGIN_C = """\
#ifdef __cplusplus
extern "C" {
#endif

"""
_END_C = """\
#ifdef __cplusplus
}
#endif
"""
_UNITS = {"uint8": "BYTES", "float32": "FLOATS"}


@dataclass(frozen=True)
class CSource:
    """A model as C99, with its size and its number of operations.

    ``str`` gives the text.

    Read more in the :ref:`User Guide <codegen>`.

    Parameters
    ----------
    name : str
        Prefix of the names of its functions.

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
        per inference, at most. Loops, addresses, loads and stores are not counted: a
        processor executes up to several times as many instructions.

    taken : Input
        The input of the functions.

    model : estimator
        The estimator that was written, as it was then.

    See Also
    --------
    to_c : Writes a fitted model as C99.
    """

    name: str
    text: str = field(repr=False)
    header: str = field(repr=False)
    flash_bytes: int
    ram_bytes: int
    operations: int
    taken: Input = field(repr=False)
    model: Any = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.text

    def compile(self) -> CModel:
        """Compile the source with the system's C compiler, ``cc``.

        Returns
        -------
        model : CModel
            Its methods call the functions for each row of a matrix.

        Raises
        ------
        FileNotFoundError
            If there is no C compiler.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skbit import OttoScoreClassifier
        >>> from skbit.codegen import to_c
        >>> X, y = load_digits(return_X_y=True)
        >>> classifier = OttoScoreClassifier(binarize=7).fit(X, y)
        >>> compiled = to_c(classifier, input_dtype="uint8").compile()
        >>> int((compiled.predict(X) != classifier.predict(X)).sum())
        0
        """
        with tempfile.TemporaryDirectory() as folder:
            # The library stays loaded when its file is gone.
            return load(folder, self)[0]

    def save(self, folder: str | Path, X: ArrayLike | None = None) -> list[Path]:
        """Write a folder with the source, a self-test and files for build systems.

        The folder is a CMake project, an Arduino library and a Zephyr module.

        Parameters
        ----------
        folder : str or Path
            It is made if it does not exist. Files of an earlier call are replaced.

        X : array-like of shape (n_samples, n_features), default=None
            Rows of the self-test, as the estimator takes them. By default they are 16
            random rows near the thresholds of the model.

        Returns
        -------
        paths : list of Path
            The files.

        Raises
        ------
        FileExistsError
            If a file exists that is not written by this method. Nothing is written.

        ValueError
            If X holds numbers that the input of the C code cannot be.

        Examples
        --------
        >>> import tempfile
        >>> from sklearn.datasets import load_digits
        >>> from skbit import OttoScoreClassifier
        >>> from skbit.codegen import to_c
        >>> X, y = load_digits(return_X_y=True)
        >>> source = to_c(OttoScoreClassifier().fit(X > 7, y), "digits")
        >>> folder = tempfile.mkdtemp()
        >>> len(source.save(folder, X[:100] > 7))
        14
        """
        rows, vectors = compute_vectors(self.model, self.taken, X, self.header)
        return write_files(folder, files_of(self, rows, vectors))


def assemble(
    name: Code, fitted: Any, model: Any, taken: Input, blocks: list[Block]
) -> CSource:
    """Assemble blocks to a source file.

    Parameters
    ----------
    name : Code
    fitted : estimator
        Estimator that the comment at the beginning shows.
    model : estimator
        Estimator that computes what the self-test expects.
    taken : Input
    blocks : list of Block
        Blocks in the order in which they process data.

    Returns
    -------
    source : CSource
    """
    costs = [
        sum(getattr(block, cost) for block in blocks)
        for cost in ("flash_bytes", "ram_bytes", "operations")
    ]
    blocks = [block.with_input_of(taken.dtype) for block in blocks]
    public = _public(name, taken, blocks)
    helpers = dict.fromkeys(text for block in blocks for text in block.helpers)
    text = "\n".join(
        [
            _head(name, fitted, blocks, costs),
            _INCLUDE,
            FLASH,
            *([TOO_LARGE_FOR_AVR] if costs[0] > AVR_FLASH_BYTES else []),
            public,
            *helpers,
            *map(str, blocks),
        ]
    )
    guard = f"{name.upper()}_H"
    about = f"{name}: written by skbit {version('skbit')}. {name}.c has the details."
    header = "\n".join(
        [
            comment([about]),
            f"#ifndef {guard}\n#define {guard}\n",
            _INCLUDE,
            f"{public}\n#endif\n",
        ]
    )
    flash, ram, operations = costs
    return CSource(name, text, header, flash, ram, operations, taken, model)


def _public(name: Code, taken: Input, blocks: list[Block]) -> str:
    """Write what other files may use."""
    about = [f"The input of all functions: {taken.about}", taken.columns, _REENTRANCY]
    size = fill(
        "#define ${NAME}_INPUT_${unit} $n\n",
        NAME=Code(name.upper()),
        unit=Code(_UNITS.get(taken.dtype, "NUMBERS")),
        n=taken.size,
    )
    declared = "".join(block.public for block in blocks)
    lines = [line for part in about for line in wrap(part, _WIDTH)]
    return "\n".join([comment(lines), size, f"{_BEGIN_C}{declared}{_END_C}"])


def _head(name: str, fitted: Any, blocks: list[Block], costs: list[int]) -> str:
    """Write the comment that a source begins with."""

    def row(title: str, flash: int, ram: int, operations: int) -> str:
        return f"{title:48}{flash:>12,}{ram:>10,}{operations:>14,}"

    return comment(
        [
            f"{name}: written by skbit {version('skbit')} from",
            *(f"    {line}" for line in repr(fitted).splitlines()),
            "",
            f"{'':48}{'flash':>12}{'RAM':>10}{'operations':>14}",
            *(row(b.title, b.flash_bytes, b.ram_bytes, b.operations) for b in blocks),
            row("total", *costs),
            "",
            *_USE.format(name=name).splitlines(),
        ]
    )
