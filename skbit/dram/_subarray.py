# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A subarray that executes row commands bit by bit."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from skbit._numba.majority_tree import majority3
from skbit.dram._commands import B_GROUP, Command

_CELLS = ("T0", "T1", "T2", "T3", "DCC0", "DCC1")


class Subarray:
    """A DRAM subarray with Ambit's B-group, which executes row commands.

    It computes the effect of commands on rows, without time or energy. Every column is
    a lane. A row is an array of booleans, or of unsigned integers whose bits are lanes.

    An activation connects the rows that its address opens to the sense amplifiers: one
    row gives what it holds, three give their majority. The amplifiers then write that
    back to all rows that are open, and to those that the second address of an AAP
    opens. So a majority destroys its three sources.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    n_columns : int
        Elements of a row.
    dtype : dtype, default=bool
        Boolean, or an unsigned integer type.

    Examples
    --------
    >>> import numpy as np
    >>> from skbit.dram import Command, Subarray
    >>> subarray = Subarray(4)
    >>> for row, bits in zip("abc", ([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 1])):
    ...     subarray.write(row, np.array(bits, dtype=bool))
    >>> subarray.run([Command("a", "B0"), Command("b", "B1"), Command("c", "B2"),
    ...               Command("B12", "majority")])
    >>> subarray.read("majority").astype(int)
    array([0, 1, 1, 1])
    >>> subarray.read("T0").astype(int)
    array([0, 1, 1, 1])
    """

    def __init__(self, n_columns: int, dtype: DTypeLike = bool) -> None:
        zeros = np.zeros(n_columns, dtype=dtype)
        if zeros.dtype.kind not in "bu":
            raise ValueError(
                f"Rows are boolean or of unsigned integers, got dtype {zeros.dtype}."
            )
        self._rows = {"C0": zeros, "C1": ~zeros}

    def write(self, row: str, values: ArrayLike) -> None:
        """Write a row from outside.

        Parameters
        ----------
        row : str
            Name of a row; not an address of the B-group, and not a constant.
        values : array-like of shape (n_columns,)
            The new values, in the dtype of the subarray.
        """
        self._check_writable(row)
        zeros = self._rows["C0"]
        values = np.array(values)
        if values.shape != zeros.shape or values.dtype != zeros.dtype:
            raise ValueError(
                f"A row holds {zeros.size} elements of {zeros.dtype}, got an array of "
                f"shape {values.shape} and dtype {values.dtype}."
            )
        self._rows[row] = values

    def read(self, row: str) -> NDArray[Any]:
        """Read a row, or a cell of the B-group such as ``T0`` or ``DCC0``.

        Parameters
        ----------
        row : str
            Name of a row that was written.

        Returns
        -------
        values : ndarray of shape (n_columns,)
            A copy of the values of the row.
        """
        return self._held(row).copy()

    def run(
        self, commands: Iterable[Command], faults: Sequence[NDArray[Any]] | None = None
    ) -> None:
        """Execute commands.

        Parameters
        ----------
        commands : iterable of Command
            The commands, such as those of a :class:`Program`.
        faults : sequence of ndarray of shape (n_columns,), default=None
            For each majority, in order, the lanes in which its result is inverted.
        """
        n_majorities = 0
        for first, second in commands:
            opened = B_GROUP.get(first, (first,))
            if len(opened) == 2:
                raise ValueError(
                    f"{first} opens two rows, whose charges can cancel out: it can "
                    "only be the second address of an AAP."
                )
            held = [self._sensed(wordline) for wordline in opened]
            sensed = held[0]
            if len(held) == 3:
                sensed = majority3(*held)
                if faults is not None:
                    sensed = sensed ^ faults[n_majorities]
                n_majorities += 1
            for wordline in opened:
                self._restore(wordline, sensed)
            if second is not None:
                for wordline in B_GROUP.get(second, (second,)):
                    if wordline == second:
                        self._check_writable(second)
                    self._restore(wordline, sensed)

    def _held(self, row: str) -> NDArray[Any]:
        if row not in self._rows:
            raise ValueError(f"Row {row} was never written.")
        return self._rows[row]

    def _sensed(self, wordline: str) -> NDArray[Any]:
        if wordline[0] == "~":
            return ~self._held(wordline[1:])
        return self._held(wordline)

    def _restore(self, wordline: str, values: NDArray[Any]) -> None:
        if wordline[0] == "~":
            self._rows[wordline[1:]] = ~values
        else:
            self._rows[wordline] = values

    @staticmethod
    def _check_writable(row: str) -> None:
        if row in B_GROUP or row in _CELLS or row in ("C0", "C1"):
            raise ValueError(
                f"{row} is not a row for data: it is a constant or of the B-group."
            )
