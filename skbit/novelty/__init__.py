# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty detection on bits."""

from skbit.novelty._bit_novelty import BitNoveltyDetector

__all__ = ["BitNoveltyDetector"]
