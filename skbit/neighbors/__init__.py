# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classification by prototypes that are compared patch by patch."""

from skbit.neighbors._bit_patch import BitPatchClassifier

__all__ = ["BitPatchClassifier"]
