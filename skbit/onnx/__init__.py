# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Fitted models as ONNX graphs, through skl2onnx.

Importing this module tells skl2onnx how to convert skbit's estimators, alone and inside
pipelines; :func:`to_onnx` does it in one call. It needs skl2onnx and onnx
(``pip install skbit[onnx]``); what runs the graph, such as onnxruntime, does not need
skbit.
"""

try:
    from skbit.onnx._export import to_onnx
    from skbit.onnx._register import register
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] not in ("onnx", "skl2onnx"):
        raise
    raise ModuleNotFoundError(
        'skbit.onnx needs skl2onnx and onnx: pip install "skbit[onnx]"', name=error.name
    ) from error

__all__ = ["to_onnx"]

register()
