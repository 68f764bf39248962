# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The engine whose parts are the partitions of a data frame of Spark.

Spark carries what was learned as bytes, which Python pickles as it does the functions
that Spark's workers run.
"""

import functools
import pickle

import numpy as np

# Number of groups of states. Each is joined by a worker, and the caller joins the rest.
_N_GROUPS = 8
_SCHEMA = "part int, state binary"


class SparkParts:
    """Parts that workers of Spark have.

    Parameters
    ----------
    X : pyspark.sql.DataFrame
    y : str or None
        Name of the column with the labels.
    """

    def __init__(self, X, y):
        if not hasattr(X, "mapInPandas"):
            raise TypeError(
                "X must be a Dask array or data frame, or a data frame of Spark, got "
                f"{type(X).__name__}. Call the estimator's own fit for rows in memory."
            )
        if not (y is None or (isinstance(y, str) and y in X.columns)):
            raise ValueError(
                f"y must be the name of a column of X, one of {X.columns}, or None, "
                f"got {y!r}."
            )
        self._frame = X
        self._label = y

    def learn_first(self, lesson):
        """Return the state of a lesson of the first rows."""
        function = functools.partial(_learn, lesson, self._label, only_first=True)
        # Spark looks into more partitions only if the first has no rows.
        states = self._frame.mapInPandas(function, _SCHEMA).take(1)
        return _joined(lesson, states)

    def learn(self, lesson):
        """Return the state of a lesson of all partitions."""
        frame = self._frame
        if not lesson.needs_rows and self._label is not None:
            frame = frame.select(self._label)
        learn = functools.partial(_learn, lesson, self._label, only_first=False)
        states = frame.mapInPandas(learn, _SCHEMA)
        groups = states.groupBy((states.part % _N_GROUPS).alias("group"))
        join = functools.partial(_join, lesson)
        return _joined(lesson, groups.applyInPandas(join, _SCHEMA).collect())


def _learn(lesson, label, frames, only_first):
    """Yield the state of the rows of a partition, if it has some."""
    from pyspark import TaskContext

    state = None
    for frame in frames:
        if len(frame):
            state = lesson.add(state, *_rows_and_labels(frame, label))
            if only_first:
                break
    if state is not None:
        yield _as_frame(TaskContext.get().partitionId(), state)


def _join(lesson, frame):
    """Return the joined states of a group, in the order of the partitions."""
    rows = [*frame.itertuples()]
    return _as_frame(min(row.part for row in rows), _joined(lesson, rows))


def _joined(lesson, rows):
    if not rows:
        raise ValueError("X has no rows.")
    rows = sorted(rows, key=lambda row: row.part)
    states = [pickle.loads(row.state) for row in rows]
    return lesson.join(states) if len(states) > 1 else states[0]


def _as_frame(part, state):
    import pandas as pd

    return pd.DataFrame({"part": [part], "state": [pickle.dumps(state)]})


def _rows_and_labels(frame, label):
    """Return X and y of a batch. A single column of arrays becomes a matrix."""
    y = None
    if label is not None:
        y = frame[label].to_numpy()
        frame = frame.drop(columns=label)
    if frame.shape[1] == 1 and isinstance(frame.iloc[0, 0], (np.ndarray, list)):
        return np.stack(frame.iloc[:, 0]), y
    return frame, y
