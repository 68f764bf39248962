# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Networks and patch classifiers in C."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import (
    BitEnsembleClassifier,
    BitPatchClassifier,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.neural_network import BitHebbianClassifier
from tests.codegen.test_parity import assert_same

X, Y = load_digits(return_X_y=True)
PIXELS = ThermometerEncoder(3, feature_range=(0, 16))


def check(compiled, models, y=Y):
    sources = [
        to_c(model.fit(X, y), f"m{i}", input_dtype="uint8")
        for i, model in enumerate(models)
    ]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same(model, X, c_model)


def test_networks(compiled):
    params = {"max_iter": 2, "random_state": 0}
    check(
        compiled,
        [
            BitHebbianClassifier(n_hidden, binarize=7, **params)
            for n_hidden in (0, 10, 37, 64)
        ]
        + [
            make_pipeline(
                ThermometerEncoder(5, packed_output=packed),
                BitHebbianClassifier(n_hidden, **params),
            )
            for packed in (True, False)
            for n_hidden in (0, 40)
        ]
        + [
            make_pipeline(
                PIXELS,
                RandomMAJ3Projection(9, random_state=0),
                BitHebbianClassifier(0),
            )
        ],
    )


def test_units_that_never_fire(compiled):
    model = BitHebbianClassifier(20, binarize=7, max_iter=1).fit(X[:3], Y[:3])
    assert (model.unit_thresholds_ == 64).any()
    (c_model,) = compiled(to_c(model, input_dtype="uint8"))
    assert_same(model, X, c_model)


@pytest.mark.parametrize("similarity", ["jaccard", "overlap"])
@pytest.mark.parametrize("masked", [True, False])
def test_patches(compiled, similarity, masked):
    params = {"similarity": similarity, "masked": masked, "random_state": 0}
    settings = [
        (3, 8, 4, 1, None),
        (2, 5, 3, 0, None),
        (4, 4, 2, 2, None),
        (1, 3, 3, 9, (4, 16)),
        (2, 8, 1, 1, (2, 32)),
    ]
    models = [
        BitPatchClassifier(
            n,
            patch_size=size,
            stride=stride,
            max_shift=shift,
            image_shape=shape,
            binarize=7,
            **params,
        )
        for n, size, stride, shift, shape in settings
    ]
    models.append(
        make_pipeline(
            PIXELS,
            BitPatchClassifier(2, patch_size=4, image_shape=(8, 8), **params),
        )
    )
    names = np.array([f"{y} ???" for y in Y])
    check(compiled, models, names)


def test_classes_without_prototypes(compiled):
    model = BitPatchClassifier(2, patch_size=5, binarize=7, random_state=0)
    model.partial_fit(X[:5], Y[:5], classes=np.arange(10))
    (c_model,) = compiled(to_c(model, input_dtype="uint8"))
    assert_same(model, X, c_model)
    assert (c_model.scores(X)[:, 9] < 0).all()


def test_ensembles_of_all_of_them(compiled):
    members = [
        ("network", BitHebbianClassifier(20, binarize=7, max_iter=2, random_state=0)),
        ("patches", BitPatchClassifier(2, patch_size=5, binarize=5, random_state=0)),
        ("bits", make_pipeline(ThermometerEncoder(4), OttoScoreClassifier())),
    ]
    model = BitEnsembleClassifier(members).fit(X, Y)
    (c_model,) = compiled(to_c(model, input_dtype="uint8"))
    assert_same(model, X, c_model)
