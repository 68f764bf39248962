# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of tables without classes: novelty and clusters.

The settings of novelty were chosen on 29 tasks of 14 tables together, with the rare
classes, or one class of several, as novel rows. Those of clusters were chosen on 14
tables together, by several orders of their rows.
"""

from sklearn.pipeline import Pipeline

from skbit.cluster import BitWTAClusterer
from skbit.novelty import BitNoveltyDetector
from skbit.preprocessing import TableEncoder

# Thermometers are compared by the distances of their numbers. These levels round the
# share of a bit to the nearest of 0, 1/3, 2/3 and 1.
_COMPARISON = {
    "similarity": "hamming",
    "quantization_levels": (1 / 6, 1 / 2, 5 / 6),
}
_N_PROTOTYPES = 512
# Fewer miss the shape of clusters, and more have too few rows of small tables each.
_NEURONS_PER_CLUSTER = 4


def novelty(random_state, n_jobs):
    """Return the pipeline that detects novel rows."""
    detector = BitNoveltyDetector(
        BitWTAClusterer(_N_PROTOTYPES, max_iter=5, **_COMPARISON),
        input_format="packed",
        random_state=random_state,
        n_jobs=n_jobs,
    )
    return Pipeline([("table", TableEncoder(strategy="tails")), ("detector", detector)])


def clusters(n_clusters, random_state, n_jobs):
    """Return the pipeline that clusters rows."""
    clusterer = BitWTAClusterer(
        n_clusters,
        n_neurons=_NEURONS_PER_CLUSTER * n_clusters,
        max_iter=10,
        input_format="packed",
        random_state=random_state,
        n_jobs=n_jobs,
        **_COMPARISON,
    )
    return Pipeline(
        [("table", TableEncoder(strategy="uniform")), ("clusterer", clusterer)]
    )
