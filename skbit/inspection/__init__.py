# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Explanations of scores, and plots in the manner of scikit-learn's Display objects.

Plots need matplotlib, and data frames need pandas.
"""

from skbit.inspection._dram_cost import DRAMCostDisplay
from skbit.inspection._explain import explain
from skbit.inspection._explanation import Explanation
from skbit.inspection._explanation_display import ExplanationDisplay
from skbit.inspection._importances import ImportanceDisplay, Importances, importances
from skbit.inspection._template import TemplateDisplay

__all__ = [
    "DRAMCostDisplay",
    "Explanation",
    "ExplanationDisplay",
    "ImportanceDisplay",
    "Importances",
    "TemplateDisplay",
    "explain",
    "importances",
]
