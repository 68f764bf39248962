# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.cluster import BitWTAClusterer, FlipRule

EXAMPLES = {
    BitWTAClusterer: [
        {"n_clusters": 4},
        {"n_clusters": 2, "n_neurons": 8},
        {"n_clusters": 4, "n_neurons": 8, "learning": FlipRule()},
    ]
}
