# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The constants of SplitMix64, for kernels and for ``skbit._utils.splitmix``."""

import numpy as np

# The increment of the state, and the factors by which it is scrambled.
STEP = np.uint64(0x9E3779B97F4A7C15)
FACTOR_1 = np.uint64(0xBF58476D1CE4E5B9)
FACTOR_2 = np.uint64(0x94D049BB133111EB)
