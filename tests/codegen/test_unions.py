# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Feature unions in C."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer

from skbit import (
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import to_c

rng = np.random.default_rng(0)
IMAGES = rng.integers(256, size=(60, 24), dtype=np.uint8)
Y = np.arange(60) % 3


def union_of(*members, **params):
    encoder = ThermometerEncoder(3, feature_range=(0, 255))
    union = FeatureUnion(
        [(str(i), member) for i, member in enumerate(members)], **params
    )
    return make_pipeline(encoder, union).fit(IMAGES, Y)


@pytest.mark.parametrize(
    ("model", "error", "match"),
    [
        (
            make_pipeline(make_union(ThermometerEncoder()), OttoScoreClassifier()).fit(
                IMAGES, Y
            ),
            TypeError,
            "FeatureUnion cannot be the first step",
        ),
        (
            make_union("passthrough").fit(IMAGES.astype(np.uint32)),
            TypeError,
            "FeatureUnion cannot be the first step",
        ),
        (
            union_of(
                RandomMAJ3Projection(3, packed_output=False), RandomMAJ3Projection(3)
            ),
            ValueError,
            "joins packed and dense bits",
        ),
        (union_of("drop"), ValueError, "joins no estimators"),
        (
            union_of(RandomMAJ3Projection(3), transformer_weights={"0": 2}),
            ValueError,
            "weights makes numbers that are no bits",
        ),
        (
            union_of(FunctionTransformer(np.invert)),
            TypeError,
            "no C for FunctionTransformer",
        ),
        (
            union_of("passthrough", RandomMAJ3Projection(3, packed_output=False)),
            ValueError,
            "joins packed and dense bits",
        ),
        (
            union_of(BitWTAClusterer(2)),
            TypeError,
            "BitWTAClusterer can only be the last step",
        ),
    ],
)
def test_unions_that_cannot_be_exported(model, error, match):
    with pytest.raises(error, match=match):
        to_c(model)


def test_members_that_are_dropped_leave_no_bits(compiled):
    members = RandomMAJ3Projection(3, random_state=0), "drop"
    (c_model,) = compiled(to_c(union_of(*members)))
    assert_array_equal(c_model.transform(IMAGES), union_of(*members).transform(IMAGES))


@pytest.mark.parametrize("packed", [True, False])
def test_bits_beside_what_is_made_of_them(compiled, packed):
    ferns = RandomFernEncoder(5, 3, random_state=0, packed_output=packed)
    members = FeatureUnion([("bits", "passthrough"), ("ferns", ferns)])
    model = make_pipeline(
        ThermometerEncoder(3, feature_range=(0, 255), packed_output=packed),
        members,
        FunctionTransformer(),
        OttoScoreClassifier(),
    ).fit(IMAGES, Y)
    (c_model,) = compiled(to_c(model))
    scores = model[-1].integer_scores(model[:-1].transform(IMAGES))
    assert_array_equal(c_model.scores(IMAGES), scores)


def test_unions_of_packed_input(compiled):
    words = rng.integers(2**32, size=(60, 3), dtype=np.uint32)
    union = make_union(
        "passthrough",
        RandomFernEncoder(5, random_state=0),
        # Its rows are filled up to containers of 64 bits.
        RandomMAJ3Projection(3, container_bits=64, random_state=0),
        "passthrough",
    )
    model = make_pipeline(union, OttoScoreClassifier()).fit(words, Y)
    alone, whole = compiled(to_c(union, "alone"), to_c(model, "whole"))
    assert_array_equal(alone.transform(words), union.transform(words))
    scores = model[-1].integer_scores(union.transform(words))
    assert_array_equal(whole.scores(words), scores)
    other = RandomFernEncoder(5, random_state=0).fit(words[:, :2])
    union.transformer_list[2] = ("other", other)
    with pytest.raises(ValueError, match="fitted on 2 columns"):
        to_c(union)
