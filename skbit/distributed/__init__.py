# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Training and prediction on many workers, by Dask or Spark.

Dask needs ``pip install "skbit[dask]"``, and Spark ``pip install "skbit[spark]"``.
"""

from skbit.distributed._fit import fit
from skbit.distributed._predict import (
    decision_function,
    predict,
    predict_proba,
    transform,
)
from skbit.distributed._tune import tune

__all__ = ["decision_function", "fit", "predict", "predict_proba", "transform", "tune"]
