# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of a self-test, and what Python computes for them."""

import copy
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skbit._c.taken import Input
from skbit._c.vectors import Vector, as_bytes
from skbit._utils.registry import collect
from skbit._utils.steps import steps_of
from skbit.bits import pack_bits
from skbit.codegen._probabilities import probability_vector

# Rows that are made if none are given.
_N_ROWS = 16


def compute_vectors(
    model: Any, taken: Input, X: ArrayLike | None, header: str
) -> tuple[NDArray[Any], list[Vector]]:
    """Compute what the functions of a model must answer.

    Parameters
    ----------
    model : estimator or Pipeline
    taken : Input
        The input of the functions.
    X : array-like or None
        Rows, as the model takes them; None for random ones.
    header : str
        Declares the functions.

    Returns
    -------
    rows : ndarray of shape (n_rows, taken.size)
        The rows, as the functions take them.
    vectors : list of Vector
    """
    rows = taken.draw(_N_ROWS) if X is None else taken.convert(X)
    X = rows.view("<u4").astype(np.uint32) if taken.is_packed else rows
    steps = steps_of(model)
    with warnings.catch_warnings():
        # Rows are plain arrays, also if the model was fitted on a data frame.
        warnings.filterwarnings("ignore", "X does not have valid feature names")
        for step in steps[:-1]:
            X = step.transform(X)
        writer = collect("_c", "WRITERS").get(type(steps[-1]))
        if writer is not None and writer.vectors is not None:
            vectors = writer.vectors(steps[-1], X)
            if "_probabilities(" in header:
                vectors.append(probability_vector(steps[-1], X))
            for one in writer.learning:
                if f"_{one.function}(" in header:
                    vectors += one.vectors(copy.deepcopy(steps[-1]), X)
            return rows, vectors
        bits = steps[-1].transform(X)
    words = bits if bits.dtype == np.uint32 else pack_bits(bits)
    return rows, [Vector("transform", written=as_bytes(words))]
