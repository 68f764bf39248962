# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines that are trained in parts, and their training in one piece."""

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import (
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)

X, y = load_digits(return_X_y=True)
# By class, so that parts lack classes.
_ORDER = np.argsort(y, kind="stable")
X, y = X[_ORDER], y[_ORDER]

PIPELINES = {
    "projection": make_pipeline(
        ThermometerEncoder(4, feature_range=(0, 16)),
        RandomMAJ3Projection(20, permute_bits=True, random_state=0),
        OttoScoreClassifier(calibrate=None),
    ),
    # Thresholds and categories are learned from all parts.
    "quantiles": make_pipeline(
        ThermometerEncoder(4, strategy="quantile"),
        OttoScoreClassifier(calibrate=None),
    ),
    "range": make_pipeline(
        ScalarEncoder(20, strategy="uniform"), OttoScoreClassifier(calibrate=None)
    ),
    "table": make_pipeline(
        TableEncoder(8, strategy="supervised"), OttoScoreClassifier(calibrate=None)
    ),
    "ferns": make_pipeline(
        ThermometerEncoder(4, feature_range=(0, 16), packed_output=False),
        RandomFernEncoder(60, random_state=0, input_format="dense"),
        OttoScoreClassifier(calibrate=None),
    ),
}


def fitted(name, X=X, y=y):
    """Return a pipeline that was trained in one piece."""
    return clone(PIPELINES[name]).fit(X, y)


def assert_equal_models(found, expected, rows=X):
    """Check counts, log-odds and labels, to the bit."""
    for name in ("class_count_", "feature_count_", "weights_", "offsets_", "classes_"):
        array, whole = getattr(found[-1], name), getattr(expected[-1], name)
        assert array.dtype == whole.dtype
        assert_array_equal(array, whole)
    assert_array_equal(found.decision_function(rows), expected.decision_function(rows))
    assert_array_equal(found.predict(rows), expected.predict(rows))
