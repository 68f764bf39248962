# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Features of images and series."""
