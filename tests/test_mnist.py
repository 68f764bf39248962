# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Figures on the official MNIST files; settings were chosen on training data."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder


@pytest.fixture(scope="module")
def exp_bits(mnist):
    encoder = ThermometerEncoder(curve="exp", feature_range=(0, 255))
    return encoder.fit_transform(mnist[0]), encoder.transform(mnist[2])


@pytest.fixture(scope="module")
def projected(exp_bits):
    projection = RandomMAJ3Projection(512, random_state=42, n_jobs=2)
    return projection.fit_transform(exp_bits[0]), projection.transform(exp_bits[1])


@pytest.mark.parametrize(("n_components", "accuracy"), [(512, 0.8625), (1024, 0.8647)])
def test_one_pass_on_raw_bytes_is_the_seeds_figure(mnist, n_components, accuracy):
    # The seeds' author trains on 50,000 of the training file, evaluates on the rest.
    X, y = mnist[:2]
    model = make_pipeline(
        ThermometerEncoder(curve="raw"),
        RandomMAJ3Projection(n_components, random_state=42, n_jobs=2),
        OttoScoreClassifier(fit_prior=False, n_jobs=2),
    ).fit(X[:50_000], y[:50_000])
    assert model.score(X[50_000:], y[50_000:]) == accuracy


def test_one_pass(projected, mnist):
    model = OttoScoreClassifier(n_jobs=2).fit(projected[0], mnist[1])
    assert model.score(projected[1], mnist[3]) >= 0.870


@pytest.mark.parametrize(("margin", "accuracy"), [(0, 0.968), (600, 0.973)])
def test_tuned(projected, mnist, margin, accuracy):
    model = OttoScoreClassifier(max_iter=10, margin=margin, random_state=0)
    model.fit(projected[0], mnist[1])
    assert model.score(projected[1], mnist[3]) >= accuracy


def test_receptive_fields(exp_bits, mnist):
    model = make_pipeline(
        RandomMAJ3Projection(
            512,
            receptive_field=(5, 9),
            image_shape=(28, 28),
            random_state=42,
            n_jobs=2,
        ),
        OttoScoreClassifier(max_iter=8, margin=200, random_state=0),
    ).fit(exp_bits[0], mnist[1])
    assert model.score(exp_bits[1], mnist[3]) >= 0.980


def test_merged_halves_are_the_whole(projected, mnist):
    words, y = projected[0], mnist[1]
    whole = OttoScoreClassifier().fit(words, y)
    odd = OttoScoreClassifier().fit(words[1::2], y[1::2])
    merged = OttoScoreClassifier().fit(words[::2], y[::2]).merge(odd)
    assert_array_equal(merged.coef_, whole.coef_)
    assert_array_equal(merged.intercept_, whole.intercept_)


def test_predicting_is_integer_arithmetic_on_bits(projected, mnist):
    """Scores are offsets plus the int32 log-odds of the ones, and nothing else."""
    model = OttoScoreClassifier(max_iter=2).fit(projected[0][:5000], mnist[1][:5000])
    words = projected[1][:50]
    bits = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")
    scores = bits.astype(np.int64) @ model.coef_.T.astype(np.int64) + model.intercept_
    found = model.integer_scores(words)
    assert found.dtype == np.int64
    assert_array_equal(found, scores)
    assert_array_equal(model.predict(words), scores.argmax(axis=1))
