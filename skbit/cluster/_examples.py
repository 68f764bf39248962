# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.cluster import BitWTAClusterer, FlipRule

EXAMPLES = {
    BitWTAClusterer: {
        "default": {},
        "linked": {"n_clusters": 2, "n_neurons": 8},
        "reserve": {
            "n_clusters": 24,
            "similarity": "jaccard",
            "reserve_size": 4,
            "reassignment_interval": 50,
        },
        "flip": {"similarity": "hamming", "learning": FlipRule(schedule="wins")},
        "linked-flip": {"n_clusters": 2, "n_neurons": 8, "learning": FlipRule()},
    }
}
