# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy by the number of members of an ensemble, of tables.

``python -m asv_bench.tables_members`` prints the table of the manual, the mean of all
tables of ``peers_tables_data``; with names of tables, that of these. Tables have at
most ``--most`` rows, and those of more than 2,000 rows are judged by two folds of five.
Folds are those of seed 1, which no figure of the comparison with others uses.
"""

import argparse

import numpy as np
from joblib import Parallel, delayed
from sklearn.model_selection import StratifiedKFold

from asv_bench.peers_tables_data import TABLES
from asv_bench.peers_tables_models import large
from asv_bench.tables_thresholds import rows_of

N_MEMBERS = (1, 2, 4)
SETTINGS = [(size, margin) for size in (6, 8) for margin in (2.0, 4.0)]


def accuracies(X, y, fern_size, margin):
    """Return the accuracy of the sums of the first members, by their number."""
    folds = list(StratifiedKFold(5, shuffle=True, random_state=1).split(X, y))
    found = []
    for train, test in folds[: 2 if len(y) > 2000 else None]:
        model = large(fern_size, margin, classifier__calibrate=None)
        model.fit(X.iloc[train], y[train])
        bits, ensemble = model["table"].transform(X.iloc[test]), model["classifier"]
        scores = [
            member[-1].integer_scores(member[:-1].transform(bits)) << shift
            for member, shift in zip(
                ensemble.estimators_, ensemble.shifts_, strict=True
            )
        ]
        sums = np.cumsum(scores, axis=0)
        found.append(
            [np.mean(sums[n - 1].argmax(axis=1) == y[test]) for n in N_MEMBERS]
        )
    return np.mean(found, axis=0)


def main(arguments=None):
    """Print the mean accuracies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", default=list(TABLES))
    parser.add_argument("--most", type=int, default=6_000)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(arguments)
    tables = [rows_of(name, options.most) for name in options.tables]
    found = iter(
        Parallel(n_jobs=options.jobs)(
            delayed(accuracies)(*table, *setting)
            for setting in SETTINGS
            for table in tables
        )
    )
    print("bits of a fern, margin:", ", ".join(f"{n} members" for n in N_MEMBERS))
    for fern_size, margin in SETTINGS:
        means = np.mean([next(found) for _ in tables], axis=0)
        shown = " ".join(f"{100 * mean:.1f}" for mean in means)
        print(f"{fern_size}, {margin:g}: {shown}", flush=True)


if __name__ == "__main__":
    main()
