# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Suites of comparisons: rows that are measured on sets, and the record of figures.

A record is a file of JSON lines, to which every figure is added as soon as it is
measured. A later line of the same row and set replaces an earlier one.
"""

import datetime
import importlib.util
import json
import os
import pickle
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from numba import set_num_threads
from threadpoolctl import threadpool_limits

import skbit

DOC = Path(__file__).parents[1] / "doc"


@dataclass(frozen=True)
class Row:
    """What is compared.

    Parameters
    ----------
    name : str
        Rows of skbit begin with "skbit".
    make : callable
        Returns what the suite measures, usually an estimator.
    package : str
        A package that is needed and may be missing.
    """

    name: str
    make: Callable[..., Any]
    package: str = ""

    def missing(self):
        """Return the package if it is needed and missing, or an empty string."""
        is_there = not self.package or importlib.util.find_spec(self.package)
        return "" if is_there else self.package

    def versions(self):
        """Return the version of the package that the row is of, by its name."""
        if self.name.startswith("skbit"):
            return {"skbit": skbit.__version__}
        name = packages_distributions()[self.package or "sklearn"][0]
        return {name: version(name)}


@dataclass(frozen=True)
class Suite:
    """A comparison.

    Parameters
    ----------
    name : str
    record : str
        Name of the file of the record, in the folder of the documentation.
    sets : dict
        Functions that load a data set, by its name.
    rows : list of Row
    measure : callable
        Takes a row and a data set, and returns figures as a dict.
    write_page : callable
        Takes the entries of the record by set and name, and the folder of the
        documentation.
    smoke : callable
        Makes a small data set, for tests.
    accepts : callable
        Takes a row and a data set, and returns whether they fit.
    times : bool
        Whether seconds are among the figures. If not, rows are measured side by side, a
        row in each process.
    """

    name: str
    record: str
    sets: dict
    rows: list
    measure: Callable
    write_page: Callable
    smoke: Callable
    accepts: Callable = lambda row, data: True
    times: bool = True

    def load(self, name):
        return self.smoke() if name == "smoke" else self.sets[name]()


def entries_of(record):
    """Return the entries of a record, of which none are there before the first."""
    if not record.exists():
        return []
    return [json.loads(line) for line in record.read_text("utf8").splitlines()]


def add(record, entry):
    """Print an entry, and add it to a record."""
    print(json.dumps(entry), flush=True)
    with record.open("a", encoding="utf8") as file:
        file.write(json.dumps(entry) + "\n")


def read(record):
    """Return the last entry by set and row."""
    return {(entry["set"], entry["name"]): entry for entry in entries_of(record)}


def pickled(model):
    """Return the bytes of a pickled model."""
    return len(pickle.dumps(model, protocol=pickle.HIGHEST_PROTOCOL))


def about(row):
    """Return what a record says of a measurement."""
    return {
        "versions": row.versions(),
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
    }


def write_anew(record, entries):
    """Print entries of skbit as they are measured, and replace a record by all."""
    lines = []
    for entry in entries:
        lines.append(json.dumps(entry | about(Row("skbit", None))) + "\n")
        print(lines[-1], end="", flush=True)
    record.write_text("".join(lines), encoding="utf8")


def contains_word(name, words):
    """Return whether a name contains one of the words, or there are none."""
    words = [word.strip().lower() for word in words.split(",") if word.strip()]
    return not words or any(word in name.lower() for word in words)


def is_known(row, entry):
    """Return whether a row was measured with the present version of its package.

    Entries without versions are taken for known.
    """
    return entry is not None and entry.get("versions") in (None, row.versions())


def run(suite, record, set_names, only="", again=False):
    """Measure rows with one thread, and add them to the record."""
    known = read(record)
    rows = [row for row in suite.rows if contains_word(row.name, only)]
    for missing in sorted({row.missing() for row in rows} - {""}):
        print(f"{suite.name}: {missing} is not installed", flush=True)
    rows = [row for row in rows if not row.missing()]
    for set_name in set_names:
        wanted = [
            row
            for row in rows
            if again or not is_known(row, known.get((set_name, row.name)))
        ]
        if not wanted:
            continue
        data = suite.load(set_name)
        wanted = [row for row in wanted if suite.accepts(row, data)]
        for row, found in zip(wanted, measure_all(suite, wanted, data), strict=True):
            add(record, {"set": set_name, "name": row.name} | found | about(row))


def measure_all(suite, rows, data):
    """Yield the figures of rows."""
    if suite.times:
        set_num_threads(1)
        with threadpool_limits(1):
            for row in rows:
                yield suite.measure(row, data)
    else:
        # Workers of loky have a thread each.
        processes = Parallel(n_jobs=-1, return_as="generator")
        yield from processes(delayed(suite.measure)(row, data) for row in rows)
