# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Accuracy by the rule that places thresholds, of the tables of ``peers_tables_data``.

``python -m asv_bench.tables_thresholds`` writes ``doc/tables_thresholds.jsonl``: the
mean of all tables, of which at most 3,000 rows are used, and the accuracy on the set
"adult" with all rows.
"""

import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from asv_bench.peers_tables_data import TABLES, load_table
from asv_bench.suite import DOC, write_anew
from skbit import OttoScoreClassifier, RandomFernEncoder, TableEncoder

N_FOLDS, SMALLEST_CLASS, MOST_ROWS = 3, 6, 3_000


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
    "quantile": TableEncoder(),
    "supervised": TableEncoder(strategy="supervised"),
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


def accuracies(tables, n_bits, steps):
    """Yield the name of each rule, and the mean accuracy of tables."""
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=5)
    for rule, encoder in ENCODERS.items():
        model = make_pipeline(encoder.set_params(n_bits=n_bits), *steps)
        scores = [cross_val_score(model, X, y, cv=folds).mean() for X, y in tables]
        yield rule, np.mean(scores)


def entries():
    """Yield the entries of the record."""
    tables = [rows_of(name, MOST_ROWS) for name in TABLES]
    for n_bits in (4, 8, 32):
        for name, steps in classifiers(n_bits):
            what = {"set": "twelve tables", "name": f"{n_bits} bits, {name}"}
            yield what | dict(accuracies(tables, n_bits, steps))
    adult = [rows_of("adult", most=100_000)]
    what = {"set": "adult", "name": "32 bits, tuned"}
    gain, loss = (adult[0][0][column] for column in ("c10", "c11"))
    what |= {"neither_gain_nor_loss": float(np.mean((gain == 0) & (loss == 0)))}
    yield what | dict(accuracies(adult, 32, dict(classifiers(32))["tuned"]))


if __name__ == "__main__":
    write_anew(DOC / "tables_thresholds.jsonl", entries())
