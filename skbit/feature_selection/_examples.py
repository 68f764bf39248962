# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.feature_selection import BitSelector

EXAMPLES = {
    BitSelector: {
        "default": {},
        "once": {"n_bits_to_select": 0.2, "n_rounds": 1},
    },
}
