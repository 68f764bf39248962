# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models that learn in C, compared with partial_fit of Python."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import (
    BitEnsembleClassifier,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import to_c

X, Y = load_digits(return_X_y=True)
BITS = (X > 7).astype(np.uint8)
EVERY = (np.arange(128)[:, None] >> np.arange(7) & 1).astype(np.uint8)


def learning(compiled, *models):
    sources = [to_c(model, f"m{i}", learn=True) for i, model in enumerate(models)]
    return compiled(*sources)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"alpha": 0.25, "precision": 3},
        {"fit_prior": False, "precision": 2**25},
        {"alpha": 2.0**-14, "calibrate": "offsets"},
        {"alpha": 2.0**14},
    ],
)
def test_ten_thousand_rows(compiled, params):
    """Scores and labels are equal after each thousand rows, with a shift of inputs."""
    rng = np.random.default_rng(0)
    model = OttoScoreClassifier(**params).fit(BITS[:300], Y[:300])
    (c_model,) = learning(compiled, model)
    rows = BITS[rng.integers(len(BITS), size=10_000)]
    rows[5000:] ^= rng.random((5000, 64)) < 0.1
    y = rng.integers(10, size=10_000)
    for start in range(0, 10_000, 1000):
        part = slice(start, start + 1000)
        assert_array_equal(c_model.scores(BITS), model.integer_scores(BITS))
        assert_array_equal(c_model.predict(BITS), model.predict(BITS))
        model.partial_fit(rows[part], y[part])
        assert_array_equal(c_model.partial_fit(rows[part], y[part]), 1)
    assert_array_equal(c_model.scores(BITS), model.integer_scores(BITS))


def test_after_every_row(compiled):
    """Few rows, bits that are seen late, and classes that have none yet."""
    model = OttoScoreClassifier()
    model.partial_fit(EVERY[:2], ["b", "b"], classes=["a", "b", "c"])
    (c_model,) = learning(compiled, model)
    rng = np.random.default_rng(1)
    for row in EVERY[rng.permutation(128)]:
        k = rng.integers(3)
        model.partial_fit(row[None], [model.classes_[k]])
        assert c_model.partial_fit(row[None], [k]) == 1
        assert_array_equal(c_model.scores(EVERY), model.integer_scores(EVERY))


def test_whole_pipelines(compiled):
    models = [
        make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()),
        make_pipeline(
            ThermometerEncoder(4),
            RandomMAJ3Projection(5, random_state=0),
            OttoScoreClassifier(),
        ),
    ]
    models = [model.fit(X[:200], Y[:200]) for model in models]
    for model, c_model in zip(models, learning(compiled, *models), strict=True):
        model[-1].partial_fit(model[:-1].transform(X[200:400]), Y[200:400])
        c_model.partial_fit(X[200:400], Y[200:400])
        scores = model[-1].integer_scores(model[:-1].transform(X))
        assert_array_equal(c_model.scores(X), scores)


def test_counters_saturate(compiled):
    model = OttoScoreClassifier().fit(EVERY, np.arange(128) % 2)
    model.partial_fit(np.repeat(EVERY[-1:], 65_535 - 64 - 1, axis=0), [1] * 65_470)
    (c_model,) = learning(compiled, model)
    found = c_model.partial_fit(EVERY[[1, 1, 2]], [1, 1, 0])
    assert_array_equal(found, [1, 0, 1])
    model.partial_fit(EVERY[[1, 2]], [1, 0])
    assert_array_equal(c_model.scores(EVERY), model.integer_scores(EVERY))
    assert_array_equal(c_model.partial_fit(EVERY[:2], [-1, 2]), 0)
    assert_array_equal(c_model.scores(EVERY), model.integer_scores(EVERY))


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"max_iter": 2}, "it was tuned"),
        ({"weight_bits": 4}, "weight_bits rounds its weights"),
        ({"class_weight": "balanced"}, "it has class_weight"),
        ({"precision": 2**25 + 1}, "precision is above 33554432"),
        ({"alpha": 0.1}, "no multiple of 2 to the power of -14"),
    ],
)
def test_what_cannot_learn(params, match):
    model = OttoScoreClassifier(random_state=0, **params).fit(BITS, Y)
    with pytest.raises(ValueError, match=match):
        to_c(model, learn=True)


def test_who_cannot_learn():
    weighted = OttoScoreClassifier().fit(BITS, Y, sample_weight=np.full(len(Y), 0.3))
    with pytest.raises(ValueError, match="fractional sample weights"):
        to_c(weighted, learn=True)
    many = OttoScoreClassifier().fit(BITS, Y, sample_weight=np.full(len(Y), 900))
    with pytest.raises(ValueError, match="a class has more than 65535 rows"):
        to_c(many, learn=True)
    members = [("a", OttoScoreClassifier())]
    for model in (
        BitEnsembleClassifier(members).fit(BITS, Y),
        ThermometerEncoder().fit(X),
    ):
        with pytest.raises(TypeError, match="cannot learn in C"):
            to_c(model, learn=True)


def test_sources_are_of_their_moment(compiled):
    model = OttoScoreClassifier().fit(BITS, Y)
    (c_model,) = learning(compiled, model)
    before = copy.deepcopy(model)
    model.partial_fit(BITS, Y)
    assert_array_equal(c_model.scores(BITS), before.integer_scores(BITS))
