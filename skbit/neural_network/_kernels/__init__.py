# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of ``skbit.neural_network``, compiled by numba on their first call."""
