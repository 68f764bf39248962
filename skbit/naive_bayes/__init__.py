# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Naive Bayes on bits with integer log-odds and tuning."""

from skbit.naive_bayes._otto_score import OttoScoreClassifier
from skbit.naive_bayes._rounding import round_log_odds

__all__ = ["OttoScoreClassifier", "round_log_odds"]
