# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy by the rule that places thresholds, of the tables of ``peers_tables_data``.

``python -m asv_bench.tables_thresholds`` prints the table of the manual, the mean of
all tables; with names of tables, that of these. Tables have at most ``--most`` rows.
"""

import argparse

import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from asv_bench.peers_tables_data import TABLES, load_table
from skbit import OttoScoreClassifier, RandomFernEncoder, TableEncoder

N_FOLDS, SMALLEST_CLASS = 3, 6


class UsualQuantiles(TableEncoder):
    """Quantiles without the exception for frequent values."""

    def fit(self, X, y=None):
        super().fit(X)
        for f, categories in enumerate(self.categories_):
            if categories is None:
                numbers = np.sort(X.iloc[:, f].dropna().to_numpy(np.float64))
                self.thresholds_[f] = np.inf
                found = _usual(numbers, self.thresholds_.shape[1])
                self.thresholds_[f, : len(found)] = found
        return self


def _usual(numbers, n):
    """Return thresholds behind the values at equal shares of the rows."""
    values = np.unique(numbers)
    if len(values) > n + 1:
        places = -(-np.arange(1, n + 1) * len(numbers) // (n + 1)) - 1
        ends = np.unique(np.searchsorted(values, numbers[places]))
    else:
        ends = np.arange(len(values))
    ends = ends[ends < len(values) - 1]
    return values[ends] / 2 + values[ends + 1] / 2


ENCODERS = {
    "usual quantiles": UsualQuantiles(),
    '``"quantile"``': TableEncoder(),
    '``"supervised"``': TableEncoder(strategy="supervised"),
}


def classifiers(n_bits):
    """Yield names and the steps behind an encoder."""
    counting = {"random_state": 0, "calibrate": None}
    tuned = counting | {"margin": 0.2}
    ferns = RandomFernEncoder(256, bits_per_feature=n_bits, random_state=0)
    yield "counting", [OttoScoreClassifier(**counting)]
    yield "tuned", [OttoScoreClassifier(max_iter=15, **tuned)]
    yield "ferns, tuned", [ferns, OttoScoreClassifier(max_iter=10, **tuned)]


def rows_of(name, most, seed=1):
    """Return a part of the rows of a table, without the rarest classes."""
    X, y = load_table(name)
    if len(y) > most:
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(len(y), most, replace=False))
        X, y = X.iloc[rows], y[rows]
    is_kept = np.bincount(y)[y] >= SMALLEST_CLASS
    return X[is_kept].reset_index(drop=True), y[is_kept]


def main(arguments=None):
    """Print the mean accuracies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", default=list(TABLES))
    parser.add_argument("--bits", type=int, nargs="*", default=[4, 8, 32])
    parser.add_argument("--most", type=int, default=3_000)
    options = parser.parse_args(arguments)
    tables = [rows_of(name, options.most) for name in options.tables]
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=5)
    print("bits, classifier:", ", ".join(ENCODERS))
    for n_bits in options.bits:
        for name, steps in classifiers(n_bits):
            means = [
                np.mean(
                    [
                        cross_val_score(
                            make_pipeline(encoder.set_params(n_bits=n_bits), *steps),
                            X,
                            y,
                            cv=folds,
                        ).mean()
                        for X, y in tables
                    ]
                )
                for encoder in ENCODERS.values()
            ]
            shown = " ".join(f"{100 * mean:.1f}" for mean in means)
            print(f"{n_bits}, {name}: {shown}", flush=True)


if __name__ == "__main__":
    main()
