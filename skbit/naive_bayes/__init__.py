# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Naive Bayes on bits, with integer log-odds and tuning."""

from skbit.naive_bayes._otto_score import OttoScoreClassifier

__all__ = ["OttoScoreClassifier"]
