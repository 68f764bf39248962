# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Features of images and series: templates that compete for every patch."""

from skbit.feature_extraction._bit_patch_encoder import BitPatchEncoder

__all__ = ["BitPatchEncoder"]
