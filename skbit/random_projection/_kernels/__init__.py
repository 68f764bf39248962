# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of ``skbit.random_projection``, compiled by numba on their first call."""
