# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders: numbers to bits."""

import numpy as np
import pandas as pd

from benchmarks.common import N_ROWS, N_WARM_UP, images
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
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


def table(kind):
    """Return 20 columns of numbers, some of them missing, and in "mixed" of texts."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_ROWS, 20))
    X[rng.random(X.shape) < 0.05] = np.nan
    if kind == "numbers":
        return X
    X = pd.DataFrame(X, columns=[f"c{i}" for i in range(20)])
    words = np.array([f"word {i}" for i in range(200)])
    for i in range(0, 10, 2):
        X[f"c{i}"] = words[rng.integers(0, 200, N_ROWS)]
        X[f"c{i + 1}"] = pd.Categorical(words[rng.integers(0, 20, N_ROWS)])
    return X


class Table:
    params = (["numbers", "mixed"], ["quantile", "uniform", "tails", "supervised"])
    param_names = ["columns", "strategy"]

    def setup(self, columns, strategy):
        self.X, self.y = table(columns), np.arange(N_ROWS) % 7
        self.encoder = TableEncoder(strategy=strategy)
        self.encoder.fit(self.X, self.y).transform(self.X[:N_WARM_UP])

    def time_fit(self, columns, strategy):
        self.encoder.fit(self.X, self.y)

    def time_transform(self, columns, strategy):
        self.encoder.transform(self.X)

    def peakmem_fit_transform(self, columns, strategy):
        self.encoder.fit_transform(self.X, self.y)
