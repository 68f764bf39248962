# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of novelty detectors, on three tables of ADBench and on images.

Detectors learn half of the normal rows of a table, and score all other rows. Of the
images, each digit is novel in turn. No detector has a setting that is not its default.
"""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from asv_bench.peers import load as load_images
from asv_bench.peers_page import package_of, seconds, size_of, write_tables
from asv_bench.suite import Row, Suite, pickled
from examples.reproduce.tables import OF_ADBENCH, of_adbench, split
from skbit import BitNoveltyDetector, DirectionalEdgeEncoder
from skbit.pipeline import tabular_pipeline


@dataclass(frozen=True)
class NoveltyRow(Row):
    """A detector, with what it can take.

    Parameters
    ----------
    kinds : tuple of str
        "table" and "image".
    """

    kinds: tuple = ("table", "image")


@dataclass(frozen=True)
class Data:
    """Tasks, each of rows to learn, rows to judge, and which of these are novel."""

    kind: str
    tasks: list


class Ecod(BaseEstimator):
    """The ECOD of pyod, whose scores are higher for novel rows."""

    def fit(self, X):
        from pyod.models.ecod import ECOD

        self.model_ = ECOD().fit(X)
        return self

    def score_samples(self, X):
        return -self.model_.decision_function(X)


def _edges():
    return make_pipeline(DirectionalEdgeEncoder(), BitNoveltyDetector(random_state=0))


ROWS = [
    NoveltyRow(
        "skbit tabular pipeline",
        partial(tabular_pipeline, "novelty", random_state=0),
        kinds=("table",),
    ),
    NoveltyRow("skbit edges", _edges, kinds=("image",)),
    NoveltyRow("IsolationForest", partial(IsolationForest, random_state=0)),
    NoveltyRow("LocalOutlierFactor", partial(LocalOutlierFactor, novelty=True)),
    NoveltyRow(
        "LocalOutlierFactor, standardized",
        lambda: make_pipeline(StandardScaler(), LocalOutlierFactor(novelty=True)),
        kinds=("table",),
    ),
    NoveltyRow("ECOD", Ecod, "pyod"),
]


def load_table(name):
    """Return three divisions of a table."""
    return Data("table", [split(*of_adbench(name), seed) for seed in range(3)])


def load_digits_of_mnist():
    """Return a task for each digit: 5,000 images of others, and test images."""
    X, y, X_test, y_test = load_images("mnist")
    return Data(
        "image",
        [(X[y != k][:5000], X_test[:3000], y_test[:3000] == k) for k in range(10)],
    )


def smoke():
    rng = np.random.default_rng(0)
    normal, novel = rng.normal(size=(300, 5)), rng.normal(4, size=(30, 5))
    return Data("table", [split(normal, novel, 0)])


def measure(row, data):
    """Return means over the tasks."""
    X, rest, _ = data.tasks[0]
    row.make().fit(X[:100]).score_samples(rest[:2])
    figures = []
    for X, rest, is_novel in data.tasks:
        start = time.perf_counter()
        model = row.make().fit(X)
        fitted = time.perf_counter()
        scores = -model.score_samples(rest)
        end = time.perf_counter()
        figures.append(
            {
                "average_precision": average_precision_score(is_novel, scores),
                "area": roc_auc_score(is_novel, scores),
                "fit_s": fitted - start,
                "score_us": 1e6 * (end - fitted) / len(rest),
                "bytes": pickled(model),
            }
        )
    means = {key: np.mean([f[key] for f in figures]) for key in figures[0]}
    return {key: round(float(mean), 4) for key, mean in means.items()}


COLUMNS = {
    "average precision": lambda e: f"{e['average_precision']:.3f}",
    "ROC area": lambda e: f"{e['area']:.3f}",
    "fit": seconds("fit_s"),
    "score a row": lambda e: f"{e['score_us']:.1f} us",
    "bytes": lambda e: size_of(e["bytes"]),
    "version": package_of,
}

SUITE = Suite(
    name="novelty",
    record="peers_novelty.jsonl",
    sets={
        **{name: partial(load_table, name) for name in OF_ADBENCH},
        "mnist": load_digits_of_mnist,
    },
    rows=ROWS,
    measure=measure,
    write_page=lambda found, doc: write_tables(SUITE, found, doc, COLUMNS),
    smoke=smoke,
    accepts=lambda row, data: data.kind in row.kinds,
)
