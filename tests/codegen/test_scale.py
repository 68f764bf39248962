# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a model was fitted on, and the bytes that the C code sees."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from skbit import (
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.codegen import to_c
from tests.codegen.test_parity import assert_same

DIGITS, Y = load_digits(return_X_y=True)
BYTES = DIGITS.astype(np.uint8)
STANDARDIZED = (DIGITS - DIGITS.mean(axis=0)) / (DIGITS.std(axis=0) + 1e-9)
OTHER_SCALES = {
    "unit": DIGITS / 16,
    "standardized": STANDARDIZED,
    "logarithms": np.log1p(DIGITS),
    "tenths": DIGITS / 1.6,
    "words": DIGITS * 100,
    "shifted": DIGITS - 8,
}
FIRST = [
    ThermometerEncoder(4),
    ThermometerEncoder(4, strategy="quantile"),
    ScalarEncoder(16, 3),
    StandardScaler(),
    MinMaxScaler(),
    MaxAbsScaler(),
]


def digits_model(first):
    steps = [first, OttoScoreClassifier()]
    if not hasattr(first, "packed_output"):
        steps.insert(1, ThermometerEncoder(4))
    return make_pipeline(*steps)


def test_digits_as_bytes(compiled):
    models = [digits_model(first).fit(DIGITS, Y) for first in FIRST]
    models.append(make_pipeline(StandardScaler(), OttoScoreClassifier()))
    models[-1].fit(DIGITS, Y)
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_array_equal(c_model.predict(BYTES), model.predict(BYTES))
        assert_array_equal(c_model.predict(BYTES), model.predict(DIGITS))


@pytest.mark.parametrize("scale", OTHER_SCALES)
@pytest.mark.parametrize("first", FIRST, ids=str)
def test_other_scales_are_refused(scale, first):
    model = digits_model(first).fit(OTHER_SCALES[scale], Y)
    if (scale, type(first)) == ("shifted", MaxAbsScaler):
        # The sign is lost in what was learned.
        to_c(model)
        return
    with pytest.raises(ValueError, match=r"was fitted on .* but the input of the C"):
        to_c(model)


def test_the_scale_is_stated():
    def header(*steps):
        text = to_c(make_pipeline(*steps, OttoScoreClassifier()).fit(DIGITS, Y)).header
        return " ".join(text.replace(" *", "").split())

    assert "fitted on, which were from 0 to 16." in header(ThermometerEncoder())
    assert "are not scaled: MinMaxScaler is part of" in header(MinMaxScaler())
    packed = OttoScoreClassifier(input_format="packed").fit(BYTES, Y)
    frame = pd.DataFrame(DIGITS[:, :3], columns=["a", "b */", "c"])
    for steps in ([ThermometerEncoder()], [MinMaxScaler(), ThermometerEncoder()]):
        text = to_c(make_pipeline(*steps).fit(frame)).header
        assert " * The features by their places: 0 a, 1 b * /, 2 c.\n" in text
    wide = pd.DataFrame(np.tile(DIGITS, 2)).rename(columns="n{}".format)
    wide = to_c(ThermometerEncoder().fit(wide)).header
    assert f"There are {2 * DIGITS.shape[1]} features." in wide
    assert "n1" not in wide
    assert "all functions: containers, the lowest" in to_c(packed).header


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (
            OttoScoreClassifier(binarize=0.5),
            "nothing of the numbers that are above or below binarize=0.5. Choose",
        ),
        (
            OttoScoreClassifier(binarize=7),
            "binarize=7. Choose the input_dtype of the C",
        ),
        (make_pipeline(MinMaxScaler(), RankDensityEncoder()), "cannot be taken into"),
        (
            make_pipeline(StandardScaler(), DirectionalEdgeEncoder()),
            "cannot be taken into DirectionalEdgeEncoder",
        ),
        (make_pipeline(StandardScaler(), MaxAbsScaler()), "none but scalers"),
        (ThermometerEncoder(feature_range=(0, 1)), "fitted on numbers from 0 to 1"),
        (
            make_pipeline(StandardScaler(), OttoScoreClassifier(binarize=1e6)),
            "all numbers the same bit",
        ),
    ],
)
def test_what_has_no_bytes(model, match):
    with pytest.raises(ValueError, match=match):
        to_c(model.fit(DIGITS, Y))


def test_scalers_that_are_damaged_or_of_other_columns():
    model = digits_model(StandardScaler()).fit(DIGITS, Y)
    model[0].scale_ = -model[0].scale_
    with pytest.raises(ValueError, match="do not raise all features"):
        to_c(model)
    other = StandardScaler().fit(DIGITS[:, 1:])
    with pytest.raises(ValueError, match="63 columns, but the step after it on 64"):
        to_c(make_pipeline(other, model[1]))
    with pytest.raises(TypeError, match="no C for PCA"):
        to_c(make_pipeline(PCA(2), OttoScoreClassifier()).fit(DIGITS, Y))


def test_scalers_of_frames():
    frame = pd.DataFrame(DIGITS, columns=[f"pixel{i}" for i in range(64)])
    model = digits_model(StandardScaler()).fit(frame, Y)
    plain = digits_model(StandardScaler()).fit(DIGITS, Y)
    code = [to_c(m).text.partition("#define MODEL")[2] for m in (model, plain)]
    assert code[0] == code[1]


def test_padding_between_packed_encoders(compiled):
    """The steps after a union take its containers, with padding in the middle."""
    union = make_union(ThermometerEncoder(5), RankDensityEncoder())
    X = union.fit_transform(DIGITS[:, :21])
    models = [
        OttoScoreClassifier(max_iter=2, random_state=0).fit(X, Y),
        *(
            BitWTAClusterer(5, similarity=similarity, random_state=0).fit(X)
            for similarity in SIMILARITIES
        ),
        RandomMAJ3Projection(4, random_state=0).fit(X),
    ]
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same(model, X, c_model)
    with pytest.raises(TypeError, match="FeatureUnion cannot be the first step"):
        to_c(make_pipeline(union, models[0]))
