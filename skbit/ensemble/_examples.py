# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Estimators that are compiled in advance and tested, by class and name."""

from skbit.ensemble import BitEnsembleClassifier

EXAMPLES = {BitEnsembleClassifier: {"selected": {"n_selected": 2, "cv": 2}}}
