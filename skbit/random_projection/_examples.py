# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.random_projection import RandomMAJ3Projection

EXAMPLES = {
    RandomMAJ3Projection: [
        {"n_components": 40},
        {
            "n_components": 40,
            "receptive_field": (2, 2),
            "image_shape": (8, 8),
            "container_bits": 8,
        },
        {"n_components": 40, "majority": "exact"},
    ]
}
