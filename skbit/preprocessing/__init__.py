# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders that turn numbers and categories into packed bits."""

from skbit.preprocessing._edges import DirectionalEdgeEncoder
from skbit.preprocessing._pixels import PixelEncoder
from skbit.preprocessing._rank_density import RankDensityEncoder
from skbit.preprocessing._scalar import ScalarEncoder
from skbit.preprocessing._table import TableEncoder
from skbit.preprocessing._thermometer import ThermometerEncoder

__all__ = [
    "DirectionalEdgeEncoder",
    "PixelEncoder",
    "RankDensityEncoder",
    "ScalarEncoder",
    "TableEncoder",
    "ThermometerEncoder",
]
