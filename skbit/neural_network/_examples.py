# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.neural_network import BitHebbianClassifier

EXAMPLES = {BitHebbianClassifier: [{"n_hidden": 8, "max_iter": 1}]}
