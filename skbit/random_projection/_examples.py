# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.random_projection import RandomMAJ3Projection

_WINDOWS = {"receptive_field": (2, 2), "image_shape": (8, 8), "container_bits": 8}
EXAMPLES = {
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
    }
}
