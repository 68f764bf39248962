# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compilation of exported models, to compare them with Python."""

import ctypes
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbit._c.source import CSource

WARNINGS = [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Wmissing-prototypes",
    "-Werror",
]


def find_compiler() -> str | None:
    """Return the path of the system's C compiler, or None."""
    return shutil.which("cc") or shutil.which("gcc")


def compile_c(folder: str | Path, files: dict[str, str], arguments: list[str]) -> None:
    """Run the compiler on files; raise if it reports errors or warnings."""
    compiler = find_compiler()
    if compiler is None:
        raise FileNotFoundError("There is no C compiler: neither cc nor gcc is found.")
    folder = Path(folder)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="ascii")
    sources = [name for name in files if name.endswith(".c")]
    done = subprocess.run(
        [compiler, *WARNINGS, *arguments, *sources],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode or done.stderr:
        raise RuntimeError(done.stderr)


def load(folder: str | Path, *sources: CSource) -> "list[CModel]":
    """Compile sources of different names to one library; return the models."""
    files = {f"{source.name}.c": source.text for source in sources}
    compile_c(folder, files, ["-O2", "-fPIC", "-shared", "-o", "models.so"])
    library = ctypes.CDLL(str(Path(folder) / "models.so"))
    return [CModel(library, source) for source in sources]


class CModel:
    """A model's functions, called for each row of a matrix of bytes or floats."""

    def __init__(self, library: ctypes.CDLL, source: CSource) -> None:
        self.library, self.source = library, source

    def predict(self, X: NDArray[Any]) -> NDArray[np.int64]:
        """Return the prediction of each row."""
        return self._for_rows("predict", X)

    def scores(self, X: NDArray[Any]) -> NDArray[np.int64]:
        """Return the scores of each row."""
        scores = np.empty((len(X), self._size("N_CLASSES")), np.int64)
        self._for_rows("scores", X, scores)
        return scores

    def transform(self, X: NDArray[Any]) -> NDArray[np.uint32]:
        """Return the containers of each row."""
        words = np.empty((len(X), self._size("OUTPUT_BYTES") // 4), "<u4")
        self._for_rows("transform", X, words)
        return words

    def winner(
        self, X: NDArray[Any]
    ) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return the neuron that wins each row, and its similarity as a fraction."""
        numerators, denominators = np.empty((2, len(X)), np.int64)
        return self._for_rows("winner", X, numerators, denominators), (
            numerators,
            denominators,
        )

    def recall(self, X: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Return the neuron that wins each row, and its pattern."""
        words = np.empty((len(X), self._size("PATTERN_BYTES") // 4), "<u4")
        return self._for_rows("recall", X, words), words

    def address(self, function: str) -> Callable[..., int]:
        """Return a function of the model that takes addresses."""
        found = getattr(self.library, f"{self.source.name}_{function}")
        return lambda *addresses: found(*map(ctypes.c_void_p, addresses))

    def _for_rows(
        self, function: str, X: NDArray[Any], *outputs: NDArray[Any]
    ) -> NDArray[np.int64]:
        if X.dtype == np.uint32:
            X = X.astype("<u4").view(np.uint8)
        is_float = X.dtype == np.float32
        size = self._size("INPUT_FLOATS" if is_float else "INPUT_BYTES")
        if not (is_float or X.dtype == np.uint8) or X.shape[1] != size:
            raise ValueError(f"Not the model's input: {X.shape[1]} of {X.dtype}.")
        arrays = np.ascontiguousarray(X), *outputs
        call = self.address(function)
        return np.array(
            [
                call(*(a.ctypes.data + i * a.strides[0] for a in arrays))
                for i in range(len(X))
            ],
            dtype=np.int64,
        )

    def _size(self, what: str) -> int:
        name = f"{self.source.name.upper()}_{what}"
        (size,) = re.findall(rf"#define {name} (\d+)", self.source.header)
        return int(size)
