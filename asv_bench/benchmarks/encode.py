# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders: numbers to bits."""

from benchmarks.common import N_ROWS, N_WARM_UP, images
from skbit.preprocessing import RankDensityEncoder, ThermometerEncoder

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
    params = (["uint8", "float32"],)
    param_names = ["dtype"]

    def setup(self, dtype):
        self.X = images(N_ROWS, dtype)
        self.encoder = RankDensityEncoder().fit(self.X)
        self.encoder.transform(self.X[:N_WARM_UP])

    def time_transform(self, dtype):
        self.encoder.transform(self.X)

    def peakmem_transform(self, dtype):
        self.encoder.transform(self.X)
