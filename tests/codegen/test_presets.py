# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines that are ready to use, in C."""

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

from skbit.codegen import to_c
from skbit.pipeline import image_pipeline, series_pipeline


def test_ready_pipelines(compiled):
    X, y = load_digits(return_X_y=True)
    X = X.astype(np.uint8)
    models = [
        image_pipeline((8, 8), "tiny", random_state=0),
        image_pipeline((8, 8), "small", random_state=0),
        image_pipeline((8, 4, 2), "small", random_state=0),
        image_pipeline((8, 8), "large", random_state=0),
        series_pipeline(64, "small", random_state=0),
    ]
    for model in models:
        model.fit(X[:500], y[:500])
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        integers = model["classifier"].integer_scores(model[:-1].transform(X))
        assert_array_equal(c_model.scores(X), integers)
        assert_array_equal(c_model.predict(X), model.predict(X))
