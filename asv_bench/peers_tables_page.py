# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of the page that compares classifiers of tables."""

import numpy as np
from scipy.stats import rankdata

from asv_bench.peers_page import make_table
from asv_bench.peers_tables_data import TABLES
from asv_bench.peers_tables_models import ROWS

# What counts as level with the most accurate classifier.
_LEVEL = 0.01


def collect(found, key):
    """Return a figure as an array with a row per classifier and a column per table.

    Figures that were not measured are NaN.
    """
    return np.array(
        [
            [found.get((name, row.name), {}).get(key, np.nan) for name in TABLES]
            for row in ROWS
        ]
    )


def mean_ranks(accuracies, first):
    """Return the mean rank of a row of skbit among all rows that are not of skbit."""
    others = [i for i, row in enumerate(ROWS) if not row.name.startswith("skbit")]
    chosen = accuracies[[first, *others]]
    complete = ~np.isnan(chosen).any(axis=0)
    if not complete.any():
        return {}
    ranks = rankdata(-chosen[:, complete], axis=0).mean(axis=1)
    return {ROWS[i].name: rank for i, rank in zip([first, *others], ranks, strict=True)}


def write_page(found, doc):
    """Write the tables that ``doc/peers_tables.rst`` includes."""
    accuracies = collect(found, "accuracy")
    losses = collect(found, "log_loss")
    header = ["classifier", *TABLES]
    for name, figures, text in (
        ("accuracy", accuracies, lambda a: f"{100 * a:.1f}"),
        ("log_loss", losses, lambda loss: f"{loss:.3f}"),
        ("calibration", collect(found, "calibration_error"), lambda e: f"{e:.3f}"),
        ("fit", collect(found, "fit_s"), lambda s: f"{s:.2f}"),
        ("predict", collect(found, "predict_us"), lambda s: f"{s:.0f}"),
    ):
        rows = [
            [row.name, *("" if np.isnan(f) else text(f) for f in line)]
            for row, line in zip(ROWS, figures, strict=True)
            if not np.isnan(line).all()
        ]
        path = doc / f"peers_tables_{name}.inc"
        path.write_text(make_table(header, rows), encoding="utf8")
    path = doc / "peers_tables_ranks.inc"
    path.write_text(_ranks(accuracies), encoding="utf8")


def _ranks(accuracies):
    """Return the mean ranks with each row of skbit, and how often it is level."""
    skbit = [i for i, row in enumerate(ROWS) if row.name.startswith("skbit")]
    columns = [mean_ranks(accuracies, i) for i in skbit]
    others = [i for i in range(len(ROWS)) if i not in skbit]
    # Like the ranks, without the other rows of skbit.
    best = np.fmax.reduce(accuracies[others], axis=0)
    rows = [
        [name, *(f"{ranks[name]:.2f}" if name in ranks else "" for ranks in columns)]
        for name in [ROWS[i].name for i in others]
    ]
    own, level = ["skbit"], ["tables on which skbit is within 1.0 points of the best"]
    for i, ranks in zip(skbit, columns, strict=True):
        own.append(f"{ranks[ROWS[i].name]:.2f}" if ranks else "")
        level.append(str(np.sum(accuracies[i] >= best - _LEVEL)))
    header = ["classifier", *(f"with {ROWS[i].name}" for i in skbit)]
    return make_table(header, [own, *rows, level])
