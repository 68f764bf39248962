# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders: numbers to bits."""

from benchmarks.common import N_ROWS, N_WARM_UP, images
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)

THERMOMETERS = {
    "fixed range": {
        "uint8": ThermometerEncoder(feature_range=(0, 255)),
        "float32": ThermometerEncoder(feature_range=(0, 1)),
    },
    "learned range": dict.fromkeys(["uint8", "float32"], ThermometerEncoder()),
    "quantiles": dict.fromkeys(
        ["uint8", "float32"], ThermometerEncoder(strategy="quantile")
    ),
}


class Thermometer:
    params = (["uint8", "float32"], list(THERMOMETERS))
    param_names = ["dtype", "thresholds"]

    def setup(self, dtype, thresholds):
        self.X = images(N_ROWS, dtype)
        self.encoder = THERMOMETERS[thresholds][dtype]
        self.encoder.fit(self.X).transform(self.X[:N_WARM_UP])

    def time_fit(self, dtype, thresholds):
        self.encoder.fit(self.X)

    def time_transform(self, dtype, thresholds):
        self.encoder.transform(self.X)

    def peakmem_fit_transform(self, dtype, thresholds):
        self.encoder.fit_transform(self.X)


class RankDensity:
    params = (["uint8", "float32"], [1, 4])
    param_names = ["dtype", "n_levels"]

    def setup(self, dtype, n_levels):
        self.X = images(N_ROWS, dtype)
        density = [0.15, 0.05, 0.1, 0.2][:n_levels]
        self.encoder = RankDensityEncoder(density).fit(self.X)
        self.encoder.transform(self.X[:N_WARM_UP])

    def time_transform(self, dtype, n_levels):
        self.encoder.transform(self.X)

    def peakmem_transform(self, dtype, n_levels):
        self.encoder.transform(self.X)


class DirectionalEdge:
    params = (["uint8", "float32"], [4, 8])
    param_names = ["dtype", "n_directions"]

    def setup(self, dtype, n_directions):
        self.X = images(N_ROWS, dtype)
        self.encoder = DirectionalEdgeEncoder(n_directions).fit(self.X)
        self.encoder.transform(self.X[:N_WARM_UP])

    def time_transform(self, dtype, n_directions):
        self.encoder.transform(self.X)

    def peakmem_transform(self, dtype, n_directions):
        self.encoder.transform(self.X)


class Scalar:
    params = (["uint8", "float32"], ["quantile", "uniform"])
    param_names = ["dtype", "strategy"]

    def setup(self, dtype, strategy):
        self.X = images(N_ROWS, dtype)
        self.encoder = ScalarEncoder(strategy=strategy)
        self.encoder.fit(self.X).transform(self.X[:N_WARM_UP])

    def time_fit(self, dtype, strategy):
        self.encoder.fit(self.X)

    def time_transform(self, dtype, strategy):
        self.encoder.transform(self.X)

    def peakmem_fit_transform(self, dtype, strategy):
        self.encoder.fit_transform(self.X)
