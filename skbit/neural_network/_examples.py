# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.neural_network import BitHebbianClassifier

EXAMPLES = {
    BitHebbianClassifier: {
        "default": {"n_hidden": 32, "max_iter": 2},
        "flat": {"n_hidden": 0, "max_iter": 2},
    }
}
