# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy of tables by the number and the size of ferns, and by the margin.

The folds are those that the settings of the preset were chosen by, of which the
comparison with other packages uses none. Tables have at most 2,000 rows.
"""

import warnings

import numpy as np
from sklearn.model_selection import StratifiedKFold

from asv_bench.peers_tables_data import TABLES, load_table
from examples.reproduce.figures import SEEDS, Figure
from skbit.pipeline import tabular_pipeline

N_ROWS, N_FOLDS, SEED_OF_FOLDS = 2000, 2, 1
FERNS = ((512, 5), (512, 6), (512, 8), (256, 8), (1024, 6))
MARGINS = 2, 4, 8


def fern_sizes(quick):
    """Accuracy of the preset with other ferns and margins, means of the tables."""
    found = {}
    for table in list(TABLES)[3:5] if quick else TABLES:
        X, y = load_table(table)
        rows = np.random.default_rng(SEED_OF_FOLDS).permutation(len(y))[:N_ROWS]
        X, y = X.iloc[rows], y[rows]
        for seed, (train, test) in zip(SEEDS[:N_FOLDS], folds(X, y), strict=True):
            for n_ferns, fern_size in FERNS:
                model = tabular_pipeline(random_state=seed).set_params(
                    ferns__n_ferns=n_ferns, ferns__fern_size=fern_size
                )
                bits = model[:-1].fit_transform(X.iloc[train])
                bits_test = model[:-1].transform(X.iloc[test])
                for margin in MARGINS:
                    classifier = model[-1].set_params(margin=margin, calibrate=None)
                    correct = classifier.fit(bits, y[train]).score(bits_test, y[test])
                    key = n_ferns, fern_size, margin
                    found.setdefault(key, {}).setdefault(seed, []).append(correct)
    for (n_ferns, fern_size, margin), of_seeds in found.items():
        yield Figure(
            f"{n_ferns:,} ferns of {fern_size} bits, margin {margin}",
            tuple(round(100 * np.mean(values), 2) for values in of_seeds.values()),
            "%",
            setting={
                "ferns": n_ferns,
                "size": fern_size,
                "margin": margin,
                "bits": n_ferns * 2**fern_size,
            },
            seeds=tuple(of_seeds),
        )


def folds(X, y):
    """Return the first of five folds of a table."""
    with warnings.catch_warnings():
        # A class of a table has fewer rows than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        splitter = StratifiedKFold(5, shuffle=True, random_state=SEED_OF_FOLDS)
        return list(splitter.split(X, y))[:N_FOLDS]


MEASUREMENTS = {"fern-sizes": fern_sizes}
