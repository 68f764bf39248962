# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The engine whose parts are the blocks of arrays or data frames of Dask."""

import numpy as np

from skbit._utils.input import is_dask
from skbit._utils.sklearn import _num_samples

# Number of states that are joined at a time.
_FAN_IN = 8


class DaskParts:
    """Parts that workers of Dask have."""

    def __init__(self, X, y):
        blocks = blocks_of(X)
        labels = [None] * len(blocks) if y is None else _labels_like(X, y)
        if len(labels) != len(blocks):
            raise ValueError(
                f"X has {len(blocks)} parts and y has {len(labels)}. Take both from "
                "one data frame, or give both the same chunks."
            )
        self._parts = list(zip(blocks, labels, strict=True))

    def learn_first(self, lesson):
        """Return the state of a lesson of the first part with rows."""
        from dask import delayed

        for X, y in self._parts:
            state = delayed(_add)(lesson, X, y).compute()
            if state is not None:
                return state
        raise ValueError("X has no rows.")

    def learn(self, lesson):
        """Return the state of a lesson of all parts."""
        from dask import delayed

        needs_rows = lesson.needs_rows
        # It is one node of the graph, which scheduler and workers keep once.
        lesson = delayed(lesson, traverse=False)
        states = [
            delayed(_add)(lesson, X if needs_rows else y, y) for X, y in self._parts
        ]
        while len(states) > 1:
            states = [
                delayed(_join)(lesson, states[start : start + _FAN_IN])
                for start in range(0, len(states), _FAN_IN)
            ]
        state = states[0].compute()
        if state is None:
            raise ValueError("X has no rows.")
        return state


def is_array(X):
    """Return whether a collection of Dask is an array, not a data frame or series."""
    # A data frame has its columns as attributes, but not its class.
    return hasattr(type(X), "chunks")


def blocks_of(X):
    """Return the blocks of rows of an array or data frame, delayed."""
    if not is_array(X):
        return X.to_delayed()
    if X.ndim == 2:
        # A block has all columns.
        X = X.rechunk({1: -1})
    return X.to_delayed().ravel().tolist()


def _labels_like(X, y):
    """Return the blocks of y, in chunks like those of X if both are known."""
    if not is_dask(y):
        raise TypeError(
            f"y must be a Dask array or series like X, got {type(y).__name__}."
        )
    if is_array(X) and is_array(y) and not np.isnan([*X.chunks[0], *y.chunks[0]]).any():
        if X.shape[0] != y.shape[0]:
            raise ValueError(f"X has {X.shape[0]} rows and y has {y.shape[0]}.")
        y = y.rechunk({0: X.chunks[0]})
    return blocks_of(y)


def _add(lesson, X, y):
    """Return what a part teaches, or None if it has no rows."""
    return lesson.add(None, X, y) if _num_samples(X) else None


def _join(lesson, states):
    states = [state for state in states if state is not None]
    return lesson.join(states) if len(states) > 1 else next(iter(states), None)
