# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Input, state, blocks of rows, images and random numbers, for all families."""
