# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)

EXAMPLES = {
    ThermometerEncoder: {
        "default": {},
        "range": {"feature_range": (0, 255)},
        "quantile": {"n_levels": 5, "strategy": "quantile"},
        "dense": {"n_levels": 5, "curve": "exp", "packed_output": False},
    },
    RankDensityEncoder: {
        "default": {},
        "levels": {"density": [0.1, 0.3], "fill_ties": False},
    },
    ScalarEncoder: {
        "default": {},
        "uniform": {"n_bits": 12, "n_active": 4, "strategy": "uniform"},
    },
    DirectionalEdgeEncoder: {"default": {}},
}
