# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusters and memory by competition between bit patterns."""

from skbit.cluster._bit_wta import BitWTAClusterer
from skbit.cluster._flip_rule import FlipRule

__all__ = ["BitWTAClusterer", "FlipRule"]
