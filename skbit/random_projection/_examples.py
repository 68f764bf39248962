# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.random_projection import RandomFernEncoder, RandomMAJ3Projection

_WINDOWS = {"receptive_field": (2, 2), "image_shape": (8, 8), "container_bits": 8}
EXAMPLES = {
    RandomFernEncoder: {
        "default": {"n_ferns": 40},
        "small": {"n_ferns": 70, "fern_size": 3, "bits_per_feature": 4},
        "large": {"n_ferns": 5, "fern_size": 9},
    },
    RandomMAJ3Projection: {
        "default": {"n_components": 40},
        "windows": {"n_components": 40, **_WINDOWS},
        "exact": {
            "n_components": 40,
            "gate": "xor",
            "majority": "exact",
            "container_bits": 16,
        },
        "wide": {"n_components": 40, "container_bits": 64},
        "permuted": {"n_components": 40, "permute_bits": True},
        "scattered": {
            "n_components": 40,
            "permute_bits": True,
            "receptive_field": 5,
            "majority": "exact",
            "container_bits": 8,
        },
        "containers": {"n_components": 40, "receptive_field": 2},
    },
}
