# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Explanations of scores, and plots in the manner of scikit-learn's Display objects.

Plots need matplotlib, and data frames need pandas.
"""

from skbit.inspection._bit_density import BitDensityDisplay
from skbit.inspection._dram_cost import DRAMCostDisplay
from skbit.inspection._explain import explain
from skbit.inspection._explanation import Explanation
from skbit.inspection._explanation_display import ExplanationDisplay
from skbit.inspection._image_explanation import ImageExplanationDisplay
from skbit.inspection._importances import (
    FeatureImportances,
    ImportanceDisplay,
    importances,
)
from skbit.inspection._log_odds import LogOddsDisplay
from skbit.inspection._novelty import NoveltyDisplay
from skbit.inspection._prototypes import PrototypeDisplay
from skbit.inspection._receptive_fields import ReceptiveFieldDisplay
from skbit.inspection._template import TemplateDisplay
from skbit.inspection._tuning import TuningDisplay

__all__ = [
    "BitDensityDisplay",
    "DRAMCostDisplay",
    "Explanation",
    "ExplanationDisplay",
    "FeatureImportances",
    "ImageExplanationDisplay",
    "ImportanceDisplay",
    "LogOddsDisplay",
    "NoveltyDisplay",
    "PrototypeDisplay",
    "ReceptiveFieldDisplay",
    "TemplateDisplay",
    "TuningDisplay",
    "explain",
    "importances",
]
