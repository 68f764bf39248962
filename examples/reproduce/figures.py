# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a measurement yields, and the images that measurements share."""

import time
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_union

from skbit import DirectionalEdgeEncoder, RankDensityEncoder
from skbit.bits import pack_bits, unpack_bits
from skbit.datasets import fetch_fashion_mnist, fetch_mnist

SEEDS = tuple(range(1000, 1005))
# The random seed of "DRAM-Native &|~ Classification".
AUTHORS_SEED = 42


@dataclass(frozen=True)
class Figure:
    """One measured figure: a value for each seed, and the claimed value.

    Parameters
    ----------
    what : str
        What was measured, with its setting, in words.
    values : sequence of float
        One value for each seed; a single one where chance plays no part.
    unit : str
        "%", "s", "bits", ..., or nothing for a plain ratio.
    claimed : float or (float, float), optional
        The claimed value, or the two ends of the claimed range, in the same unit.
    setting : dict
        What it takes to plot or repeat it, such as ``{"H": 512, "epochs": 20}``.
    seeds : sequence of int
        The seed of each value; none where chance plays no part, as in timed runs.
    """

    what: str
    values: tuple
    unit: str = ""
    claimed: float | tuple | None = None
    setting: dict = field(default_factory=dict)
    seeds: tuple = ()

    def __post_init__(self):
        if len(self.values) > 1 and len(self.seeds) not in (0, len(self.values)):
            raise ValueError(f"{len(self.values)} values of {len(self.seeds)} seeds.")


@cache
def images(name, quick=False):
    """Training images and labels, test images and labels; a tenth if quick."""
    fetch = {"MNIST": fetch_mnist, "Fashion-MNIST": fetch_fashion_mnist}[name]
    data = *fetch("train", return_X_y=True), *fetch("test", return_X_y=True)
    return tuple(part[:: 10 if quick else 1] for part in data)


@cache
def bits(name, code, quick=False):
    """Encoded images: training bits and labels, test bits and labels."""
    X, y, X_test, y_test = images(name, quick)
    if code == "threshold":
        return pack_bits(X > 127), y, pack_bits(X_test > 127), y_test
    encoder = {
        "rank": RankDensityEncoder(0.15),
        "4 edges": DirectionalEdgeEncoder(4),
        "8 edges": DirectionalEdgeEncoder(8),
        "4 edges at 2 and 3": make_union(
            DirectionalEdgeEncoder(4), DirectionalEdgeEncoder(4, distance=3)
        ),
    }[code].fit(X)
    return encoder.transform(X), y, encoder.transform(X_test), y_test


def dense_bits(data):
    """Do the same with a float32 for every bit, for estimators of others."""
    X, y, X_test, y_test = data
    dense = (unpack_bits(part).astype(np.float32) for part in (X, X_test))
    return next(dense), y, next(dense), y_test


def purity(labels, y, test_labels=None, y_test=None):
    """Share of rows, or of test rows, whose cluster is mostly of their class.

    What class a cluster mostly is of, the first rows say.
    """
    if test_labels is None:
        test_labels, y_test = labels, y
    names = classes_of(labels, y, max(labels.max(), test_labels.max()) + 1)
    return np.mean(names[test_labels] == y_test)


def classes_of(labels, y, n_clusters):
    """Return the class that most rows of each cluster have; 0 if it has none."""
    table = np.zeros((n_clusters, y.max() + 1), dtype=int)
    np.add.at(table, (labels, y), 1)
    return table.argmax(axis=1)


def auroc(higher, lower):
    """Area under the ROC curve of scores that should be higher than others."""
    scores = np.append(higher, lower)
    return roc_auc_score(np.arange(len(scores)) < len(higher), scores)


def seconds(function, *args):
    """Time one call."""
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start
