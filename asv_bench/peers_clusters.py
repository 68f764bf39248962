# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The suite of clusters, on images and tables, judged by classes that nobody is told.

Each row is the mean of three orders of the rows of a set, and k-modes, which takes
minutes, is of the first. Clusters are as many as classes. k-modes takes the bits of
skbit's encoders, and the others take pixels, or standardized numbers and one-hot words.
"""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.cluster import Birch, MiniBatchKMeans
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from asv_bench.peers import load as load_images
from asv_bench.peers import smoke_images
from asv_bench.peers_page import package_of, seconds, size_of, write_tables
from asv_bench.peers_tables_data import load_table
from asv_bench.peers_tables_models import as_numbers
from asv_bench.suite import Row, Suite, pickled
from skbit import BitWTAClusterer
from skbit.bits import pack_bits, unpack_bits
from skbit.pipeline import tabular_pipeline

_N_ROWS = 5_000


@dataclass(frozen=True)
class Data:
    """Rows and their classes; ``highest`` is that of pixels, and None for tables."""

    X: object
    y: np.ndarray
    highest: int | None = None

    @property
    def n_clusters(self):
        return len(np.unique(self.y))

    def take(self, order):
        X = self.X.iloc[order] if self.highest is None else self.X[order]
        return Data(X, self.y[order], self.highest)


def skbit_clusters(data, seed):
    """Return the pipeline of tables, or 256 neurons that are merged to clusters."""
    if data.highest is None:
        return tabular_pipeline(
            "clusterer", n_clusters=data.n_clusters, random_state=seed
        )
    clusterer = BitWTAClusterer(
        data.n_clusters, n_neurons=256, max_iter=5, random_state=seed
    )
    to_bits = FunctionTransformer(lambda X: pack_bits(X / data.highest > 1 / 2))
    return make_pipeline(to_bits, clusterer)


def of_numbers(make):
    """Return a function that makes a clusterer of pixels or of scaled numbers."""

    def for_data(data, seed):
        model = make(data.n_clusters, seed)
        if data.highest is None:
            return as_numbers(model)
        return make_pipeline(FunctionTransformer(lambda X: X / data.highest), model)

    return for_data


def k_modes(data, seed):
    """Return k-modes of the bits of skbit's encoder."""
    from kmodes.kmodes import KModes

    encoder = skbit_clusters(data, seed)[:-1]
    model = KModes(data.n_clusters, n_init=1, random_state=seed)
    return make_pipeline(encoder, FunctionTransformer(unpack_bits), model)


ROWS = [
    Row("skbit", skbit_clusters),
    Row(
        "MiniBatchKMeans",
        of_numbers(lambda k, seed: MiniBatchKMeans(k, random_state=seed)),
    ),
    Row("Birch", of_numbers(lambda k, seed: Birch(n_clusters=k))),
    Row("k-modes, same bits", k_modes, "kmodes"),
]


def load_digits_of_scikit_learn():
    X, y = load_digits(return_X_y=True)
    return Data(X, y, 16)


def load_some_images(name):
    X, y, _, _ = load_images(name)
    return Data(X[:_N_ROWS], y[:_N_ROWS], 255)


def load_some_rows(name):
    X, y = load_table(name)
    return Data(X[:_N_ROWS], y[:_N_ROWS])


def n_bytes(model):
    """Return the bytes of a model; of Birch those of its centers, without its tree."""
    # A long chain of leaves cannot be pickled.
    if isinstance(model, Birch):
        return model.subcluster_centers_.nbytes
    return pickled(model)


def measure(row, data):
    """Return means over the orders of the rows."""
    few = data.take(np.arange(0, len(data.y), len(data.y) // 200))
    row.make(few, 0).fit(few.X)
    figures = []
    for seed in range(1 if row.package == "kmodes" else 3):
        part = data.take(np.random.default_rng(seed).permutation(len(data.y)))
        start = time.perf_counter()
        model = row.make(part, seed)
        labels = model.fit_predict(part.X)
        seconds = time.perf_counter() - start
        figures.append(
            {
                "mutual_information": normalized_mutual_info_score(part.y, labels),
                "rand_index": adjusted_rand_score(part.y, labels),
                "fit_s": seconds,
                "bytes": n_bytes(model[-1]),
            }
        )
    means = {key: np.mean([f[key] for f in figures]) for key in figures[0]}
    return {key: round(float(mean), 4) for key, mean in means.items()}


COLUMNS = {
    "mutual information": lambda e: f"{e['mutual_information']:.3f}",
    "adjusted Rand index": lambda e: f"{e['rand_index']:.3f}",
    "fit": seconds("fit_s"),
    "bytes": lambda e: size_of(e["bytes"]),
    "version": package_of,
}

SUITE = Suite(
    name="clusters",
    record="peers_clusters.jsonl",
    sets={
        "digits": load_digits_of_scikit_learn,
        "mnist": partial(load_some_images, "mnist"),
        "fashion": partial(load_some_images, "fashion_mnist"),
        **{name: partial(load_some_rows, name) for name in ("satimage", "german")},
    },
    rows=ROWS,
    measure=measure,
    write_page=lambda found, doc: write_tables(SUITE, found, doc, COLUMNS),
    smoke=lambda: Data(*smoke_images(0, 300), 255),
)
