# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models that are tuned in C, compared with Python and with plain NumPy."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import BitWTAClusterer, OttoScoreClassifier, ThermometerEncoder
from skbit.codegen import to_c

X, Y = load_digits(return_X_y=True)
BITS = (X > 7).astype(np.uint8)
ONE_PASS = {"max_iter": 2, "shuffle": False, "batch_size": 1}
INT32 = np.iinfo(np.int32)


def stream(n_rows=10_000):
    """Return rows, the second half of them with noise, and classes at random."""
    rng = np.random.default_rng(0)
    rows = BITS[rng.integers(len(BITS), size=n_rows)]
    rows[n_rows // 2 :] ^= rng.random((n_rows - n_rows // 2, 64)) < 0.1
    return rows, rng.integers(10, size=n_rows)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"rivals": "all", "max_iter": 4},
        {"margin": 0.0, "fit_prior": False},
        {"class_weight": "balanced", "learning_rate": "constant"},
        {"class_weight": {0: 0, 1: 3.5}, "calibrate": None},
        {"precision": 2**31 - 1, "learning_rate_init": 0.9},
        {"precision": 2**31 - 1, "learning_rate_init": 0.9, "rivals": "all"},
        {"precision": 2, "margin": 9.0},
        # Scores are often equal, and leads equal to the margin.
        {"precision": 2, "margin": 0.0, "learning_rate_init": 0.5},
        {"precision": 2, "margin": 0.0, "learning_rate_init": 0.5, "rivals": "all"},
        {"precision": 2, "margin": 0.3, "learning_rate_init": 0.5},
    ],
)
def test_ten_thousand_rows(compiled, params):
    """Scores and labels are equal on the way; with large steps, weights saturate."""
    model = OttoScoreClassifier(random_state=0, **params).fit(BITS[:300], Y[:300])
    (c_model,) = compiled(to_c(model, learn="tune"))
    model.set_params(**ONE_PASS)
    rows, y = stream()
    for start in range(0, 10_000, 2500):
        part = slice(start, start + 2500)
        assert_array_equal(c_model.scores(BITS), model.integer_scores(BITS))
        assert_array_equal(c_model.predict(BITS), model.predict(BITS))
        model.tune(rows[part], y[part])
        assert_array_equal(c_model.tune(rows[part], y[part]), 1)
    assert_array_equal(c_model.scores(BITS), model.integer_scores(BITS))
    saturates = params.get("precision") == 2**31 - 1
    assert (model.weights_ == INT32.max).any() == saturates


def test_a_reference(compiled):
    """A row at a time, in sums of whole numbers."""
    model = OttoScoreClassifier().fit(BITS[:300], Y[:300])
    (c_model,) = compiled(to_c(model, learn="tune"))
    weights, offsets = model.weights_.astype(np.int64), model.offsets_
    ones = BITS[:300].sum() / 300
    step, margin = np.int64(5000), round(2 * 2 * 0.05 * ones * 100_000)
    n_corrected = 0
    for row, k in zip(*stream(500), strict=True):
        scores = weights @ row + offsets
        others = np.where(np.arange(10) == k, -(2**62), scores)
        rival = others.argmax()
        if scores.argmax() != k or scores[k] - scores[rival] < margin:
            weights[k] += step * row
            weights[rival] -= step * row
            n_corrected += 1
        c_model.tune(row[None], [k])
    assert 300 < n_corrected < 500, n_corrected
    assert_array_equal(c_model.scores(BITS), BITS @ weights.T + offsets)


def test_whole_pipelines(compiled):
    model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier(max_iter=3))
    model.set_params(ottoscoreclassifier__random_state=0).fit(X[:200], Y[:200])
    (c_model,) = compiled(to_c(model, learn="tune"))
    bits = model[0].transform(X)
    model[-1].set_params(**ONE_PASS).tune(bits[200:400], Y[200:400])
    c_model.tune(X[200:400], Y[200:400])
    assert_array_equal(c_model.scores(X), model[-1].integer_scores(bits))


def test_no_such_class(compiled):
    model = OttoScoreClassifier().fit(BITS, Y > 4)
    (c_model,) = compiled(to_c(model, learn="tune"))
    assert_array_equal(c_model.tune(BITS[:3], [-1, 2, 1]), [0, 0, 1])
    model.set_params(**ONE_PASS).tune(BITS[2:3], [True])
    assert_array_equal(c_model.scores(BITS), model.integer_scores(BITS))


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"weight_bits": 4}, "weight_bits rounds its weights"),
        ({"calibrate": "offsets"}, "calibrate='offsets' computes offsets"),
    ],
)
def test_what_cannot_be_tuned(params, match):
    model = OttoScoreClassifier(**params).fit(BITS, Y)
    with pytest.raises(ValueError, match=match):
        to_c(model, learn="tune")


def test_who_cannot_be_tuned():
    clusterer = BitWTAClusterer(2, random_state=0).fit(BITS)
    match = r"BitWTAClusterer cannot learn in C by 'tune', but these can .*tune\)"
    with pytest.raises(TypeError, match=match):
        to_c(clusterer, learn="tune")
    model = OttoScoreClassifier().fit(BITS, Y)
    with pytest.raises(ValueError, match="learn must be False, True or 'tune', got"):
        to_c(model, learn="counts")
    model.set_params(precision=7)
    with pytest.raises(ValueError, match="precision"):
        to_c(model, learn="tune")
