# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Probabilities in C: whole numbers close to those of Python."""

import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skbit import BitEnsembleClassifier, OttoScoreClassifier, ThermometerEncoder
from skbit.codegen import to_c
from skbit.codegen._probabilities import probability_vector
from skbit.neural_network import BitHebbianClassifier

X, Y = load_digits(return_X_y=True)
X_TRAIN, Y_TRAIN = X[::2], Y[::2]


def otto(**params):
    return make_pipeline(
        ThermometerEncoder(4), OttoScoreClassifier(random_state=0, **params)
    )


MODELS = {
    "calibrated": otto(),
    "overconfident": otto(calibrate=None),
    "tuned": otto(max_iter=4),
    "coarse": otto(precision=3),
    "fine": otto(precision=2**31 - 1),
    "members": BitEnsembleClassifier(
        [("a", otto(precision=2**20)), ("b", OttoScoreClassifier(binarize=7))]
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_probabilities_within_the_bound(compiled, name):
    model = MODELS[name].fit(X_TRAIN, Y_TRAIN)
    (c_model,) = compiled(to_c(model, probabilities=True, input_dtype="uint8"))
    found = c_model.probabilities(X)
    last, bits = model, X
    if name != "members":
        last, bits = model[-1], model[:-1].transform(X)
    assert_array_equal(found, probability_vector(last, bits).written)
    (bound,) = re.findall(r"by (\d+) units at most", c_model.source.header)
    error = np.abs(found - model.predict_proba(X) * 2**16)
    assert error.max() <= int(bound) == 11
    # Some rows are not certain.
    assert (found.max(axis=1) < 60_000).any()
    assert np.abs(found.sum(axis=1).astype(int) - 2**16).max() <= 5


def test_scores_far_apart(compiled):
    """Units of single nats, so that distances are whole nats, up to the largest."""
    model = OttoScoreClassifier(precision=1).fit(np.eye(3), [0, 1, 2])
    model.units_per_nat_ = 1
    model.weights_ = np.zeros((3, 3), dtype=np.int32)
    every = (np.arange(8)[:, None] >> np.arange(3) & 1).astype(np.uint8)
    models = []
    for distances in ([0, 1, 11], [12, 0, 13], [-(2**62), 0, 2**62 - 1]):
        model.offsets_ = np.array(distances, dtype=np.int64)
        source = to_c(model, f"m{len(models)}", probabilities=True)
        models.append((source, model.predict_proba(every)))
    compiled_models = compiled(*(source for source, _ in models))
    for c_model, (_, expected) in zip(compiled_models, models, strict=True):
        error = np.abs(c_model.probabilities(every) - expected * 2**16)
        assert error.max() <= 8


def test_only_log_odds_have_probabilities():
    network = BitHebbianClassifier(0, binarize=7).fit(X, Y)
    for model in (network, BitEnsembleClassifier([("a", network)]).fit(X, Y)):
        with pytest.raises(TypeError, match="no probabilities of Bit"):
            to_c(model, probabilities=True, input_dtype="uint8")
    assert "probabilities" not in to_c(otto().fit(X, Y)).header
