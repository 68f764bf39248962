# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Ensembles in C: members side by side in one file, and their sum."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from skbit import (
    BitEnsembleClassifier,
    BitHebbianClassifier,
    BitPatchEncoder,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from tests.codegen.test_parity import assert_same

rng = np.random.default_rng(0)
X = rng.integers(256, size=(80, 36), dtype=np.uint8)
Y = np.arange(80) % 4


def otto(*steps, **params):
    return make_pipeline(*steps, OttoScoreClassifier(random_state=0, **params))


def mixed():
    """Return members that use all kinds of blocks, with equal names in C."""
    levels = ThermometerEncoder(3, feature_range=(0, 255))
    image = {"image_shape": (6, 6)}
    projections = [RandomMAJ3Projection(8, random_state=seed) for seed in (0, 1)]
    patches = BitPatchEncoder(
        8, patch_size=3, codebook="random", random_state=0, image_shape=(6, 6)
    )
    return [
        ("bytes", OttoScoreClassifier(binarize=100, precision=3)),
        ("levels", otto(levels)),
        ("fine", otto(ThermometerEncoder(20), precision=10**6, max_iter=3)),
        ("codes", otto(ScalarEncoder(12, 3))),
        ("ranks", otto(RankDensityEncoder([0.2, 0.4]))),
        ("edges", otto(DirectionalEdgeEncoder(**image))),
        ("scaled", otto(StandardScaler(), ThermometerEncoder(3))),
        ("projected", otto(levels, *projections)),
        ("patches", otto(ThermometerEncoder(3, packed_output=False), patches)),
        ("inner", BitEnsembleClassifier([("a", otto(levels)), ("b", otto())])),
        ("frozen", FrozenEstimator(otto(levels, alpha=9).fit(X, Y))),
    ]


def test_the_header_has_the_unit_of_scores():
    """It is learned, and that of an ensemble is the sum of those of its members."""
    members = [("a", otto(ThermometerEncoder(3))), ("b", OttoScoreClassifier())]
    model = BitEnsembleClassifier(members).fit(X, Y)
    units = [f.units_per_nat_ for f in (model.estimators_[0][-1], model.estimators_[1])]
    assert 10**5 not in units
    header = to_c(model).header
    for unit in (*units, np.left_shift(units, model.shifts_).sum()):
        assert f"in units of 1 / {unit} nats" in header
    for learn in (True, "tune"):
        text = to_c(model.estimators_[1], learn=learn).text
        assert f"in units of 1 / {units[1]} nats" in text
    hebbian = BitEnsembleClassifier([("a", BitHebbianClassifier())]).fit(X > 9, Y)
    assert "scores of the classes, on one scale." in to_c(hebbian).header


@pytest.mark.parametrize("random_words", ["stored", "seed"])
def test_members_of_all_kinds(compiled, random_words):
    model = BitEnsembleClassifier(mixed()).fit(X, Y)
    assert len(set(model.shifts_)) > 2
    source = to_c(model, "m", random_words=random_words, input_dtype="uint8")
    (c_model,) = compiled(source)
    assert_same(model, X, c_model)
    for number, member in enumerate(model.estimators_[:2]):
        found = c_model._for_rows(f"member_{number}_predict", X)
        assert_array_equal(found, member.predict(X))


@pytest.mark.parametrize(
    "labels", [np.arange(4), np.array([-3, 0, 7, 9]), np.array(["a", "b", "*/", "d"])]
)
def test_labels(compiled, labels):
    model = BitEnsembleClassifier(mixed()[:3]).fit(X, labels[Y])
    (c_model,) = compiled(to_c(model, input_dtype="uint8"))
    assert_same(model, X, c_model)


def test_scores_saturate(compiled):
    members = [("a", otto()), ("b", otto(precision=10)), ("c", otto(alpha=3))]
    model = BitEnsembleClassifier(members).fit(X > 99, Y, sample_weight=Y != 3)
    rows = (X > 99).astype(np.uint8)
    assert model.integer_scores(rows)[:, 3].max() < -(2**61)
    (c_model,) = compiled(to_c(model))
    assert_same(model, rows, c_model)


def test_behind_other_steps(compiled):
    piped = make_pipeline(
        StandardScaler(), ThermometerEncoder(4), BitEnsembleClassifier()
    ).fit(X, Y)
    packed = piped[:-1].transform(X)
    models = [piped, piped[-1]]
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, rows, c_model in zip(
        models, (X, packed), compiled(*sources), strict=True
    ):
        assert_same(model, rows, c_model)


def test_costs_are_sums():
    model = BitEnsembleClassifier(mixed()).fit(X, Y)
    source = to_c(model, input_dtype="uint8")
    alone = [
        to_c(member, input_dtype="uint8")
        for member in model.estimators_
        if not _is_frozen_or_inner(member)
    ]
    frozen, inner = model.estimators_[-1].estimator, model.estimators_[-2]
    alone += [to_c(frozen, input_dtype="uint8"), to_c(inner, input_dtype="uint8")]
    # A limit and a unit of each member; scores of one member and of the sum.
    assert source.flash_bytes == sum(s.flash_bytes for s in alone) + 11 * 16
    assert source.ram_bytes == sum(s.ram_bytes for s in alone) + 2 * 4 * 8
    n_own = 11 * 4 * 4 + 4
    assert source.operations == sum(s.operations for s in alone) + n_own


def _is_frozen_or_inner(member):
    return isinstance(member, FrozenEstimator | BitEnsembleClassifier)


def test_refused():
    union = make_union(ThermometerEncoder(3), DirectionalEdgeEncoder(distance=1))
    model = BitEnsembleClassifier([("it", otto(union))]).fit(X, Y)
    with pytest.raises(TypeError, match="FeatureUnion cannot be the first step"):
        to_c(model)
    model = BitEnsembleClassifier(mixed()[2:3]).fit(X / 255, Y)
    with pytest.raises(ValueError, match="fitted on"):
        to_c(model)
    model = BitEnsembleClassifier(mixed()[1:3]).fit(X, Y)
    model.shifts_ = np.array([0.0, 1.0])
    with pytest.raises(ValueError, match=r"shifts_ .* is damaged"):
        to_c(model)
