# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)

EXAMPLES = {
    ThermometerEncoder: [
        {},
        {"feature_range": (0, 255)},
        {"strategy": "quantile"},
    ],
    RankDensityEncoder: [{}],
    ScalarEncoder: [{}],
    DirectionalEdgeEncoder: [{}],
}
