# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of small devices: accuracy, size and instructions of programs in C.

Accuracy is that of the program on all test rows. Size and instructions are those of the
linked program on an emulated board, on 20 test rows, on which its labels must be equal.
"""

import tempfile

import numpy as np

from asv_bench import boards
from asv_bench.embedded_data import SETS, smoke
from asv_bench.embedded_models import ROWS
from asv_bench.embedded_page import part_of, write_page
from asv_bench.suite import Suite

_N_RUN = 20
_N_TRACED = 2


def measure(row, data):
    """Return the figures of a row of the table.

    Accuracy is the mean over the parts of the data, and all else is of the first part.
    """
    accuracies, figures = [], {}
    for train, test in data.parts:
        program, predict = row.make(data, train)
        X = data.X[test]
        with tempfile.TemporaryDirectory() as folder:
            labels = boards.predict_rows(program, folder, X)
            if predict is not None and not np.array_equal(labels, predict(X)):
                raise ValueError(f"{row.name}: labels of C and Python differ.")
            accuracies.append(np.mean(labels == data.y[test]))
            if not figures:
                figures = _measure_on_boards(row.name, program, folder, X, labels)
    return {"accuracy": round(float(np.mean(accuracies)), 5)} | figures


def _measure_on_boards(name, program, folder, X, labels):
    """Return sizes and instructions, and those by part if the program is skbit's."""
    figures = {}
    for cpu in boards.CPUS:
        figures[cpu], found = boards.measure(program, folder, cpu, X[:_N_RUN])
        if not np.array_equal(found, labels[:_N_RUN]):
            raise ValueError(f"{name}: labels on the {cpu} differ.")
    if "skbit.c" in program.files:
        traced = boards.count_by_part(program, folder, "m0", X[:_N_TRACED], "skbit.c")
        figures["parts"] = {"encode": 0, "project": 0, "score": 0}
        for title, count in traced.items():
            figures["parts"][part_of(title)] += count
    return figures


def _accepts(row, data):
    if row.images_only and data.is_series:
        return False
    return row.max_features is None or data.X.shape[1] <= row.max_features


SUITE = Suite(
    name="embedded",
    record="peers_embedded.jsonl",
    sets=SETS,
    rows=ROWS,
    measure=measure,
    write_page=write_page,
    smoke=smoke,
    accepts=_accepts,
    times=False,
)
