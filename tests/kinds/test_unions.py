# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Unions of packed encoders give what the same encoders give dense."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion

from skbit import (
    BitHebbianClassifier,
    BitNoveltyDetector,
    BitWTAClusterer,
    OttoScoreClassifier,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from tests.kinds.estimators import answers, differing

# Flips are drawn bit by bit in their places, so packed and dense draw others; so are
# the units of a network (n_hidden > 0).
LEARNERS = [
    OttoScoreClassifier(),
    OttoScoreClassifier(alpha=0.1, class_weight="balanced"),
    OttoScoreClassifier(max_iter=4, margin=0.1, random_state=0),
    BitHebbianClassifier(0, max_iter=2, random_state=0),
    *(
        BitWTAClusterer(8, similarity=similarity, random_state=0)
        for similarity in ("cosine", "jaccard", "hamming", "overlap")
    ),
    *(
        BitNoveltyDetector(
            BitWTAClusterer(8, random_state=0),
            normalization=normalization,
            random_state=0,
        )
        for normalization in ("none", "neuron", "local")
    ),
]

# Answers of which each column is a bit of the input.
BY_BIT = ("recall", "patterns_", "coef_", "correction_", "feature_log_odds_")


def columns(packed):
    return ColumnTransformer(
        [
            ("a", ThermometerEncoder(3, packed_output=packed), [0, 1]),
            ("b", ScalarEncoder(37, 5, packed_output=packed), [2, 3]),
            ("c", ThermometerEncoder(1, packed_output=packed), [4]),
        ]
    )


def union(packed):
    return FeatureUnion(
        [
            ("a", ThermometerEncoder(5, packed_output=packed)),
            ("b", RankDensityEncoder(0.4, packed_output=packed)),
        ]
    )


@pytest.mark.parametrize("join", [columns, union])
@pytest.mark.parametrize("learner", LEARNERS, ids=repr)
def test_padding_in_the_middle_changes_nothing(learner, join):
    rng = np.random.default_rng(0)
    y = np.r_[np.zeros(385, int), np.ones(15, int)]
    X = rng.normal(size=(400, 5)) + 2.0 * y[:, None]
    order = rng.permutation(400)
    X, y = X[order], y[order]
    found, expected = (
        answers(clone(learner).fit(rows, y), rows)
        for rows in (join(packed).fit_transform(X) for packed in (True, False))
    )
    for said in (found, expected):
        for name in BY_BIT:
            said.pop(name, None)
    for name in ("weights_", "unit_thresholds_"):
        found.pop(name, None)
        expected.pop(name, None)
    assert not differing(found, expected)
    if "predict" in expected and hasattr(learner, "classes_"):
        assert np.any(expected["predict"] == 1)
