# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How ONNX graphs of estimators are built and told to skl2onnx."""
