# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables without labels: novelty and clusters, beside scikit-learn's estimators."""

import time

import numpy as np
from scipy.stats import skew
from sklearn.cluster import KMeans
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.metrics import (
    adjusted_rand_score,
    average_precision_score,
    roc_auc_score,
)
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from examples.reproduce.figures import SEEDS, Figure
from examples.reproduce.tables import (
    OF_ADBENCH,
    novelty_tasks,
    of_adbench,
    split,
    table,
)
from skbit.pipeline import tabular_pipeline

CLUSTERED = (
    *("glass", "phoneme", "satimage", "wine quality", "magic", "german", "credit"),
    *(
        "horse-colic",
        "waveform",
        "oil-spill",
        "iris",
        "wine",
        "breast cancer",
        "digits",
    ),
)
ALPHAS = 0.01, 0.05, 0.1


class ECOD:
    """Tails of each feature: the reference of the paper, by the training rows.

    Z. Li et al., "ECOD: Unsupervised Outlier Detection Using Empirical Cumulative
    Distribution Functions", 2022. A score is the largest of three sums over the
    features of minus the logarithm of a tail: left, right, and that of the skewness.
    """

    def fit(self, X):
        """Keep the sorted values of each feature."""
        self.sorted_, self.skewness_ = np.sort(X, axis=0), skew(X, axis=0)
        return self

    def score_samples(self, X):
        """Score rows: the higher, the more normal."""
        n = len(self.sorted_)
        columns = list(zip(self.sorted_.T, X.T, strict=True))
        left = [np.searchsorted(old, new, side="right") for old, new in columns]
        right = [n - np.searchsorted(old, new) for old, new in columns]
        left, right = (
            -np.log(np.maximum(tail, 1).T / (n + 1))
            for tail in map(np.array, (left, right))
        )
        longer = np.where(self.skewness_ < 0, left, right)
        return -np.max([tail.sum(axis=1) for tail in (left, right, longer)], axis=0)


def detectors(seed):
    """Return the detectors by name."""
    return {
        "preset": tabular_pipeline("novelty", random_state=seed),
        "LocalOutlierFactor": LocalOutlierFactor(novelty=True),
        "LocalOutlierFactor, standardized": make_pipeline(
            StandardScaler(), LocalOutlierFactor(novelty=True)
        ),
        "IsolationForest": IsolationForest(random_state=seed),
        "ECOD": ECOD(),
    }


def compared(normal, novel, seed, n_rows=None):
    """Yield the name of a detector, its average precision, area and seconds.

    The false alarms of the preset follow, in %.
    """
    train, rest, is_novel = split(normal, novel, seed, n_rows)
    for name, detector in detectors(seed).items():
        start = time.perf_counter()
        scores = -detector.fit(train).score_samples(rest)
        seconds = time.perf_counter() - start
        quality = (
            average_precision_score(is_novel, scores),
            roc_auc_score(is_novel, scores),
        )
        alarms = ()
        if name == "preset":
            bits = detector[:-1].transform(rest[~is_novel])
            p_values = detector[-1].p_values(bits)
            alarms = tuple(100 * np.mean(p_values <= alpha) for alpha in ALPHAS)
        yield name, (*quality, seconds, *alarms)


def novelty_of_tables(quick):
    """Three sets of ADBench, on which nothing was chosen; half of the normal rows."""
    seeds = SEEDS[: 1 if quick else 3]
    # The first call compiles.
    detectors(0)["preset"].fit(np.eye(50)).score_samples(np.eye(50))
    for table_name in OF_ADBENCH:
        found = {}
        for seed in seeds:
            rows = compared(*of_adbench(table_name), seed, 500 if quick else None)
            for name, values in rows:
                found.setdefault(name, []).append(values)
        yield from _figures(table_name, found, seeds)


def novelty_to_choose(quick):
    """The 29 tasks of 14 sets that settings were chosen on, at most 3,000 rows."""
    seeds = SEEDS[: 1 if quick else 2]
    found = {}
    for table_name, normal, novel in novelty_tasks():
        for seed in seeds:
            for name, values in compared(normal, novel, seed, 200 if quick else 3000):
                of_table = found.setdefault(name, {}).setdefault(table_name, {})
                of_table.setdefault(seed, []).append(values[:3])
    means = {
        name: [
            np.mean([np.mean(tasks[seed], axis=0) for tasks in tables.values()], axis=0)
            for seed in seeds
        ]
        for name, tables in found.items()
    }
    yield from _figures("mean of the sets for choosing", means, seeds)


def _figures(what, found, seeds):
    names = (
        ("average precision", ""),
        ("area under the ROC curve", ""),
        ("fit and score", "s"),
    )
    alarms = [(f"false alarms, {100 * alpha:.0f} % promised", "%") for alpha in ALPHAS]
    for model, rows in found.items():
        # Detectors of others promise nothing.
        for (score, unit), values in zip(
            (*names, *alarms), zip(*rows, strict=True), strict=False
        ):
            setting = {"table": what, "model": model, "score": score}
            yield Figure(
                f"{what}, {model}: {score}", values, unit, None, setting, seeds
            )


def clusters_of_tables(quick):
    """As many clusters as classes; rand indices adjusted for chance; 5,000 rows."""
    seeds = SEEDS[:1] if quick else range(SEEDS[0], SEEDS[0] + 10)
    for name in CLUSTERED:
        X, y = table(name)
        rows = np.random.default_rng(0).permutation(len(X))[: 300 if quick else 5000]
        X, y = X.iloc[rows], y[rows]
        n_clusters = len(np.unique(y))
        for model in ("preset", "KMeans"):
            found = []
            for seed in seeds:
                start = time.perf_counter()
                labels = _clusterer(model, n_clusters, seed).fit_predict(X)
                seconds = time.perf_counter() - start
                found.append((adjusted_rand_score(y, labels), seconds))
            indices, times = zip(*found, strict=True)
            setting = {"table": name, "model": model, "clusters": n_clusters}
            what = f"{name}, {n_clusters} clusters, {model}"
            yield Figure(
                f"{what}: adjusted Rand index", indices, "", None, setting, seeds
            )
            yield Figure(f"{what}: time", times, "s", None, setting, seeds)


def _clusterer(model, n_clusters, seed):
    if model == "preset":
        return tabular_pipeline("clusterer", n_clusters=n_clusters, random_state=seed)
    columns = make_column_transformer(
        (
            SimpleImputer(strategy="median"),
            make_column_selector(dtype_include="number"),
        ),
        (
            OneHotEncoder(sparse_output=False),
            make_column_selector(dtype_exclude="number"),
        ),
    )
    return make_pipeline(
        columns, StandardScaler(), KMeans(n_clusters, n_init=10, random_state=seed)
    )


MEASUREMENTS = {
    "novelty-of-tables": novelty_of_tables,
    "novelty-to-choose": novelty_to_choose,
    "clusters-of-tables": clusters_of_tables,
}
