# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    PixelEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
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
    PixelEncoder: {
        "default": {},
        "edges": {"thresholds": (0.25, 0.6), "min_rise": 0.1, "relative": True},
        "scales": {"thresholds": 1, "min_rise": 0, "distance": (1, 2, 5)},
    },
    TableEncoder: {
        "default": {},
        "categories": {"n_bits": 5, "categorical_features": [1, 2]},
        "supervised": {"n_bits": 9, "strategy": "supervised"},
    },
}
