# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters with which the kernels of the family are compiled in all variants."""

from skbit.naive_bayes import OttoScoreClassifier

EXAMPLES = {
    OttoScoreClassifier: [{}, {"max_iter": 2}, {"max_iter": 2, "batch_size": 8}]
}
