# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty in tables: what thresholds and what settings of the detector are worth.

The tasks are those that the settings of the preset were chosen on. In the long-tailed
form of a task, each column is replaced by a rising function of itself.
"""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.reproduce.figures import SEEDS, Figure
from examples.reproduce.tables import novelty_tasks, split
from skbit import TableEncoder
from skbit.bits import pack_bits
from skbit.pipeline import tabular_pipeline

N_THRESHOLDS, N_ROWS = 31, 3000
# Rising functions of standardized numbers, most of which have long tails.
RISING = (
    lambda v: v,
    np.sinh,
    lambda v: np.sinh(2 * v),
    np.exp,
    lambda v: np.exp(2 * v),
    lambda v: -np.exp(-v),
)
# Beyond so many standard deviations, numbers are cut before they are stretched.
LIMIT = 15
SETTINGS = {
    "128 neurons": {"clusterer__n_clusters": 128},
    "1,024 neurons": {"clusterer__n_clusters": 1024},
    "one pass": {"clusterer__max_iter": 1},
    "ten passes": {"clusterer__max_iter": 10},
    "normalization='neuron'": {"normalization": "neuron"},
    "normalization='local'": {"normalization": "local"},
    "cosine": {"clusterer__similarity": "cosine"},
}


def quantiles(X, n=N_THRESHOLDS):
    """Thresholds that have equally many rows between them, for each column."""
    return np.quantile(X, np.arange(1, n + 1) / (n + 1), axis=0, method="inverted_cdf")


def over_range(X, n=N_THRESHOLDS):
    """Even thresholds, from a quarter of the range below it to a quarter above it."""
    low, high = X.min(axis=0), X.max(axis=0)
    margin = (high - low) / 4
    return np.linspace(low - margin, high + margin, n + 2)[1:-1]


def over_deviations(X):
    """Even thresholds within four standard deviations of the mean."""
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    return np.linspace(mean - 4 * deviation, mean + 4 * deviation, N_THRESHOLDS)


def over_both(X):
    """26 even thresholds and 5 quantiles."""
    return np.sort(np.concatenate([over_range(X, 26), quantiles(X, 5)]), axis=0)


class Thresholds(TransformerMixin, BaseEstimator):
    """An encoder of numbers by thresholds that a function of the rows returns."""

    def __init__(self, rule):
        self.rule = rule

    def fit(self, X, y=None):
        self.thresholds_ = self.rule(X).T
        return self

    def transform(self, X):
        bits = X[:, :, None] > self.thresholds_
        # A column fills a container.
        bits = np.pad(bits, [(0, 0), (0, 0), (0, 1)])
        return pack_bits(bits.reshape(len(X), -1))


def detectors(seed):
    """Return the detectors of the table of thresholds, by name."""
    found = {
        name: make_pipeline(Thresholds(rule), preset(seed)[-1])
        for name, rule in {
            "quantiles": quantiles,
            "even, over the range": over_range,
            "even, over deviations": over_deviations,
            "26 even ones and 5 quantiles": over_both,
        }.items()
    }
    return found | {
        "tails": preset(seed),
        "LocalOutlierFactor": LocalOutlierFactor(novelty=True),
        "LocalOutlierFactor, standardized": make_pipeline(
            StandardScaler(), LocalOutlierFactor(novelty=True)
        ),
        "IsolationForest": IsolationForest(random_state=seed),
    }


def preset(seed):
    """Return the pipeline of the package."""
    return tabular_pipeline("novelty", random_state=seed)


def changed(seed):
    """Return the detector of the preset with one change at a time, by name."""
    return {
        name: make_pipeline(
            TableEncoder(strategy="tails"), preset(seed)[-1].set_params(**params)
        )
        for name, params in SETTINGS.items()
    }


def stretched(normal, novel, seed):
    """Replace each column by a rising function of itself, drawn at random."""
    mean, deviation = normal.mean(axis=0), normal.std(axis=0)
    deviation[deviation == 0] = 1
    chosen = np.random.default_rng(seed).integers(len(RISING), size=len(mean))
    for X in normal, novel:
        values = np.clip((X - mean) / deviation, -LIMIT, LIMIT)
        columns = zip(chosen, values.T, strict=True)
        yield np.transpose([RISING[k](column) for k, column in columns])


def means(make, has_long_tails, quick):
    """Return the precision and area of detectors, by name and seed.

    Tasks of a table are averaged first, and then the tables.
    """
    found = {}
    for table, normal, novel in novelty_tasks():
        for seed in SEEDS[: 1 if quick else 2]:
            rows = stretched(normal, novel, seed) if has_long_tails else (normal, novel)
            train, rest, is_novel = split(*rows, seed, 200 if quick else N_ROWS)
            for name, detector in make(seed).items():
                scores = -detector.fit(train).score_samples(rest)
                of_seed = found.setdefault(name, {}).setdefault(seed, {})
                of_seed.setdefault(table, []).append(
                    (
                        average_precision_score(is_novel, scores),
                        roc_auc_score(is_novel, scores),
                    )
                )
    for name, seeds in found.items():
        yield (
            name,
            tuple(seeds),
            np.mean(
                [
                    [np.mean(tasks, axis=0) for tasks in tables.values()]
                    for tables in seeds.values()
                ],
                axis=1,
            ),
        )


def thresholds(quick):
    """Mean precision and area of rules of thresholds, and of other detectors."""
    for rows, has_long_tails in (("as they are", False), ("long tails", True)):
        for name, seeds, values in means(detectors, has_long_tails, quick):
            yield from _figures(name, seeds, values, rows)


def settings(quick):
    """Mean precision and area of the preset with one change of its detector."""
    for name, seeds, values in means(changed, False, quick):
        yield from _figures(name, seeds, values, "as they are")


def _figures(name, seeds, values, rows):
    scores = "average precision", "area under the ROC curve"
    for score, of_seeds in zip(scores, values.T, strict=True):
        setting = {"model": name, "rows": rows, "score": score}
        what = f"mean of the sets for choosing, {rows}, {name}: {score}"
        yield Figure(what, tuple(of_seeds), "", None, setting, seeds)


MEASUREMENTS = {"novelty-thresholds": thresholds, "novelty-settings": settings}
