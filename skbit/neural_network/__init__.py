# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Networks with binary weights."""

from skbit.neural_network._bit_hebbian import BitHebbianClassifier

__all__ = ["BitHebbianClassifier"]
