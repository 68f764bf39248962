# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of images, series and tables, and training of any pipeline on batches."""

from skbit.pipeline._images import image_pipeline, series_pipeline
from skbit.pipeline._partial_fit import partial_fit
from skbit.pipeline._tables import tabular_pipeline
from skbit.pipeline._tune import tune

__all__ = [
    "image_pipeline",
    "partial_fit",
    "series_pipeline",
    "tabular_pipeline",
    "tune",
]
