# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusters and memory by competition between bit patterns."""

from skbit.cluster._bit_wta import BitWTAClusterer

__all__ = ["BitWTAClusterer"]
