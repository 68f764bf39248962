# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ensembles of classifiers whose integer scores are added.

==============  ==================================================================
_bit_ensemble   the estimator
_members        the integer scores and the weights of rows of any kind of member
_scale          the scales of members as powers of two, and sums on one scale
_selection      scores of rows that were not learned, and the choice of members
==============  ==================================================================
"""

from skbit.ensemble._bit_ensemble import BitEnsembleClassifier

__all__ = ["BitEnsembleClassifier"]
