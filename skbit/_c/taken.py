# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The input of the functions of a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

from skbit._c.vectors import as_bytes


@dataclass(frozen=True)
class Input:
    """The input of the functions.

    Parameters
    ----------
    size : int
        Number of elements.
    about : str
        A description.
    dtype : str
        Type of the elements.
    is_packed : bool
        Whether the elements are the bytes of containers.
    low, high : float or tuple of size floats
        Numbers between which most thresholds lie.
    columns : str
        What the elements are, as far as it is known.
    """

    size: int
    about: str
    dtype: str = "uint8"
    is_packed: bool = False
    low: Any = 0
    high: Any = 255
    columns: str = ""

    def draw(self, n_rows: int) -> NDArray[Any]:
        """Return random rows, always the same ones, for a test."""
        rng = np.random.default_rng(0)
        low, high = np.asarray(self.low), np.asarray(self.high)
        rows = low + rng.random((n_rows, self.size)) * (high - low)
        if self.dtype != "float32":
            ends = np.iinfo(self.dtype)
            return np.rint(rows).clip(ends.min, ends.max).astype(self.dtype)
        # Categories are whole numbers.
        rows[::2] = np.rint(rows[::2])
        most = np.finfo(np.float32).max
        return rows.clip(-most, most).astype(np.float32)

    def convert(self, X: ArrayLike) -> NDArray[Any]:
        """Return rows as the functions take them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows as Python takes them; of packed bits the containers.

        Raises
        ------
        ValueError
            If X holds numbers that the input cannot be, or has other columns.
        """
        is_float = self.dtype == "float32"
        dtype = np.dtype(np.uint32 if self.is_packed else self.dtype)
        array = check_array(X, dtype=None, ensure_all_finite=not is_float)
        with np.errstate(invalid="ignore", over="ignore"):
            rows = array.astype(dtype, copy=False)
        if not (is_float or np.array_equal(rows, array)):
            wrong = array[rows != array].flat[0]
            raise ValueError(
                f"X holds {wrong}, which the input of the C code, of type {dtype}, "
                "cannot be."
            )
        rows = as_bytes(rows) if self.is_packed else np.ascontiguousarray(rows)
        if rows.shape[1] != self.size:
            raise ValueError(
                f"X has {array.shape[1]} columns, but the model takes others: "
                f"{self.size} elements of {self.dtype}."
            )
        return rows
