# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Building of ONNX graphs of estimators, and their registration with skl2onnx."""
