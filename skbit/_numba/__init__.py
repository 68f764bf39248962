# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How kernels are compiled and cached, and what all of them are written with."""
