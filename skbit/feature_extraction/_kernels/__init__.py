# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of ``skbit.feature_extraction``, compiled by numba on their first call."""
