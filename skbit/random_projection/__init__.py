# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Frozen random projections of bits to bits."""

from skbit.random_projection._random_fern import RandomFernEncoder
from skbit.random_projection._random_maj3 import RandomMAJ3Projection

__all__ = ["RandomFernEncoder", "RandomMAJ3Projection"]
