# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compilation of exported models, whose functions Python then calls."""

import ctypes
import inspect
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from skbit._c.classes import as_labels
from skbit._classifier import decisions
from skbit._utils.docs import fill_docstring
from skbit._utils.steps import steps_of

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

# Functions that are written only if they are asked for, and how.
_ASKED_FOR = {
    "probabilities": "probabilities=True",
    "partial_fit": "learn=True",
    "learn": "learn=True",
    "tune": 'learn="tune"',
}


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


def load(folder: str | Path, *sources: Any) -> "list[CModel]":
    """Compile sources of different names to one library; return the models."""
    files = {f"{source.name}.c": source.text for source in sources}
    compile_c(folder, files, ["-O2", "-fPIC", "-shared", "-o", "models.so"])
    library = ctypes.CDLL(str(Path(folder) / "models.so"))
    return [CModel(library, source) for source in sources]


class CModel:
    """The compiled functions of a model, which are called for each row of a matrix.

    The methods are those whose functions the model has. X is what the estimator takes.
    An error is raised for numbers that the input of the functions cannot be.

    Read more in the :ref:`User Guide <codegen>`.

    Parameters
    ----------
    library : ctypes.CDLL
        The compiled source.

    source : CSource
        The source.

    See Also
    --------
    CSource.compile : Compiles a source.

    Examples
    --------
    >>> import numpy as np
    >>> from skbit import ThermometerEncoder
    >>> from skbit.codegen import to_c
    >>> X = np.arange(12, dtype=np.uint8).reshape(4, 3)
    >>> encoder = ThermometerEncoder(4).fit(X)
    >>> to_c(encoder).compile().transform(X).tolist() == encoder.transform(X).tolist()
    True
    """

    def __init__(self, library: ctypes.CDLL, source: Any) -> None:
        self.library, self.source = library, source
        # Models that learn are given memory; its sizes are those of the header.
        self._memory = np.zeros(0, np.uint64)
        if f"{source.name}_begin" in source.header:
            (n_bytes,) = re.findall(r"about (\d+) bytes", source.header)
            self._memory = np.zeros(int(n_bytes) // 8 + 8, np.uint64)
            self.address("begin")(self._memory.ctypes.data)

    def partial_fit(self, X: ArrayLike, class_numbers: ArrayLike) -> NDArray[np.int64]:
        """Learn rows, one after the other.

        Parameters
        ----------
        %(X_of_model)s

        class_numbers : array-like of shape (n_samples,)
            Numbers of the classes in ``classes_``.

        Returns
        -------
        are_learned : ndarray of shape (n_samples,)
            1 for rows that were learned, and 0 for others.
        """
        return self._for_rows("partial_fit", X, numbers=class_numbers)

    def tune(self, X: ArrayLike, class_numbers: ArrayLike) -> NDArray[np.int64]:
        """Correct the log-odds by rows, one after the other.

        Parameters
        ----------
        %(X_of_model)s

        class_numbers : array-like of shape (n_samples,)
            Numbers of the classes in ``classes_``.

        Returns
        -------
        have_classes : ndarray of shape (n_samples,)
            0 for rows without a class of the model, and 1 for others.
        """
        return self._for_rows("tune", X, numbers=class_numbers)

    def learn(self, X: ArrayLike) -> NDArray[np.int64]:
        """Let the neurons of a clusterer learn rows, one after the other.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        neuron : ndarray of shape (n_samples,)
            Numbers of the neurons that have learned them.
        """
        return self._for_rows("learn", X)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the class or cluster of each row, or whether it is normal.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        y : ndarray of shape (n_samples,)
            As those of Python. Where the C function returns the number of a class,
            it is the label of this class.
        """
        answers = self._for_rows("predict", X)
        last = steps_of(self.source.model)[-1]
        if not hasattr(last, "classes_"):
            return answers
        return as_labels(answers, last.classes_)

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the scores of the classes, or the difference of those of two.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes) or (n_samples,), dtype float64
            As those of Python.
        """
        return decisions(self.scores(X))

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities of the classes, if the C computes them.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype float64
            About those of Python; the header has a bound of the error.
        """
        return self.probabilities(X) / 65536

    def scores(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the scores of the classes.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes)
            As those of Python.
        """
        return self._written("scores", X, "N_CLASSES", np.int64)[1]

    def probabilities(self, X: ArrayLike) -> NDArray[np.uint32]:
        """Return the probabilities of the classes, in units of 1 / 65536.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype uint32
            About those of Python; the header has a bound of the error.
        """
        return self._written("probabilities", X, "N_CLASSES", np.uint32)[1]

    def transform(self, X: ArrayLike) -> NDArray[np.uint32]:
        """Return the bits of the last step.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            Packed bits.
        """
        return self._written("transform", X, "OUTPUT_BYTES", "<u4")[1]

    def winner(
        self, X: ArrayLike
    ) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return the neuron that wins each row, and its similarity as a fraction.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        neuron : ndarray of shape (n_samples,)
            Numbers of the neurons.
        similarity : tuple of two ndarrays of shape (n_samples,)
            Numerators and denominators.
        """
        numerators, denominators = np.empty((2, len(np.asarray(X))), np.int64)
        neurons = self._for_rows("winner", X, numerators, denominators)
        return neurons, (numerators, denominators)

    def p_value_class(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return how many levels the p-value of each row exceeds.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        n_exceeded : ndarray of shape (n_samples,)
            The header of a novelty detector names the levels.
        """
        return self._for_rows("p_value_class", X)

    def recall(self, X: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Return the neuron that wins each row, and its pattern.

        Parameters
        ----------
        %(X_of_model)s

        Returns
        -------
        neuron : ndarray of shape (n_samples,)
            Numbers of the neurons.
        pattern : ndarray of shape (n_samples, n_containers), dtype uint32
            Packed bits.
        """
        return self._written("recall", X, "PATTERN_BYTES", "<u4")

    def address(self, function: str) -> Callable[..., int]:
        """Return a function of the model that takes addresses.

        Parameters
        ----------
        function : str
            Its name, without the name of the model.

        Returns
        -------
        call : callable
            It takes the addresses of the function's arguments.
        """
        name = f"{self.source.name}_{function}"
        found = getattr(self.library, name, None)
        if found is None:
            ask = "Its functions are those of its last step; see to_c."
            if function in _ASKED_FOR:
                ask = f"Export the model by to_c(..., {_ASKED_FOR[function]})."
            raise AttributeError(f"This model has no function {name} in C. {ask}")
        return lambda *addresses: found(*map(ctypes.c_void_p, addresses))

    def _written(
        self, function: str, X: ArrayLike, size: str, dtype: DTypeLike
    ) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return what a function returns and writes for each row.

        The size of what it writes is a constant of the header.
        """
        self.address(function)
        name = f"{self.source.name.upper()}_{size}"
        (n,) = re.findall(rf"#define {name} (\d+)", self.source.header)
        n_items = int(n) // (np.dtype(dtype).itemsize if "BYTES" in size else 1)
        written = np.empty((len(np.asarray(X)), n_items), dtype)
        return self._for_rows(function, X, written), written

    def _for_rows(
        self,
        function: str,
        X: ArrayLike,
        *outputs: NDArray[Any],
        numbers: ArrayLike | None = None,
    ) -> NDArray[np.int64]:
        """Call a function with each row and its places of outputs, or its number."""
        arrays = self.source.taken.convert(X), *outputs
        call, places = self.address(function), range(len(arrays[0]))
        last = [()] * len(places) if numbers is None else np.ravel(numbers)[:, None]
        return np.array(
            [
                call(*(a.ctypes.data + i * a.strides[0] for a in arrays), *map(int, of))
                for i, of in zip(places, last, strict=True)
            ],
            dtype=np.int64,
        )


for _method in filter(inspect.isfunction, vars(CModel).values()):
    fill_docstring(_method)
