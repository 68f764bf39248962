# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compare classifiers as programs of small devices: accuracy, size, instructions.

    python -m asv_bench.embedded                    # what has not been measured
    python -m asv_bench.embedded --only skbit --again
    python -m asv_bench.embedded --sets digits,ecg  # some data sets
    python -m asv_bench.embedded --render           # the page, no runs

``arm-none-eabi-gcc`` with newlib and ``qemu-system-arm`` are needed, and for the rows
of other packages ``pip install emlearn m2cgen lightgbm``. Rows whose package is missing
are skipped and named. Accuracy is that of the program in C on all test rows. Size and
instructions are those of the linked program on an emulated board, on 20 test rows, on
which its labels must be equal. Results are added to ``--results``, a file of JSON
lines; a later result of the same row and set replaces an earlier one.
"""

import argparse
import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from asv_bench import boards
from asv_bench.embedded_data import ALL_SETS, SETS
from asv_bench.embedded_models import ROWS
from asv_bench.embedded_page import part_of, read, write_page
from asv_bench.peers import ROOT, is_asked_for

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


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m asv_bench.embedded",
        description="Compare classifiers as programs of small devices.",
    )
    parser.add_argument("--only", default="", help="words in names of rows, by comma")
    parser.add_argument("--sets", default=",".join(SETS), help="data sets, by comma")
    parser.add_argument("--again", action="store_true", help="measure anew")
    parser.add_argument("--render", action="store_true", help="write the page only")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "doc" / "peers_embedded.jsonl"
    )
    parser.add_argument("--doc", type=Path, default=ROOT / "doc")
    return parser.parse_args(arguments)


def run(options):
    """Measure the rows that are asked for, and add them to the results."""
    known = set(read(options.results))
    for set_name in options.sets.split(","):
        data = ALL_SETS[set_name]()
        for row in ROWS:
            key = set_name, row.name
            if not is_asked_for(row.name, options.only):
                continue
            if key in known and not options.again:
                continue
            if row.max_features and row.max_features < data.X.shape[1]:
                continue
            if row.missing():
                print(f"{row.name}: {row.missing()} is not installed", flush=True)
                continue
            found = {"set": set_name, "name": row.name}
            with threadpool_limits(1):
                found |= measure(row, data)
            print(json.dumps(found), flush=True)
            with options.results.open("a", encoding="utf8") as file:
                file.write(json.dumps(found) + "\n")


def main(arguments=None):
    options = parse(arguments)
    if not options.render:
        # Networks are given a number of epochs.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", UserWarning)
            run(options)
    write_page(options.results, options.doc)


if __name__ == "__main__":
    main()
