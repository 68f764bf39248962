# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.cluster import BitWTAClusterer
from skbit.novelty import BitNoveltyDetector

_SMALL = {"clusterer": BitWTAClusterer(16, random_state=0)}
EXAMPLES = {
    BitNoveltyDetector: {
        "default": {},
        "neuron": {**_SMALL, "normalization": "neuron"},
        "local": {**_SMALL, "normalization": "local"},
    }
}
