# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of images, series and tables, with settings that suit most of them."""

from skbit.pipeline._images import image_pipeline, series_pipeline
from skbit.pipeline._tables import tabular_pipeline

__all__ = ["image_pipeline", "series_pipeline", "tabular_pipeline"]
