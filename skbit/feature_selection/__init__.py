# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Selection of bits."""

from skbit.feature_selection._bit_selector import BitSelector

__all__ = ["BitSelector"]
