# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.naive_bayes import OttoScoreClassifier

EXAMPLES = {
    OttoScoreClassifier: {
        "default": {},
        "tuned": {"max_iter": 3, "margin": 0.1, "class_weight": "balanced"},
        "batches": {"max_iter": 2, "batch_size": 8},
        "rounded": {"max_iter": 3, "weight_bits": 3},
        "offsets": {"calibrate": "offsets"},
    }
}
