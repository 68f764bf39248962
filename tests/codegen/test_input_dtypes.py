# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Inputs in units of their own: bytes, whole numbers of 16 and 32 bits, and floats."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from skbit import (
    BitEnsembleClassifier,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit._c.numbers import INPUT_DTYPES, ends_of, from_keys, highest_below
from skbit.codegen import to_c
from tests.codegen.test_parity import assert_same

rng = np.random.default_rng(0)
N_ROWS = 200
Y = np.arange(N_ROWS) % 3
# What features are like, as multiples of this.
UNITS = {"uint8": 70, "int16": 9000, "int32": 5e8, "float32": 3.3}
SCALERS = [
    [],
    [StandardScaler()],
    [MinMaxScaler((-3, 0.7))],
    [MaxAbsScaler(), StandardScaler(with_mean=False)],
]
FIRST = [
    ThermometerEncoder(5),
    ThermometerEncoder(4, strategy="quantile"),
    ThermometerEncoder(3, feature_range=(-0.5, 1.25)),
    ScalarEncoder(16, 3),
    TableEncoder(9),
    None,
]


def features(dtype):
    """Numbers of a type, those of each column around another one, with ties."""
    X = rng.normal(rng.normal(size=6), rng.random(6) + 0.2, (N_ROWS, 6)) * UNITS[dtype]
    if dtype == "float32":
        return X.astype(dtype)
    return np.rint(X).clip(*ends_of(dtype)).astype(dtype)


def around(X, numbers):
    """Return X with numbers of its type near some numbers in each column."""
    numbers = np.broadcast_to(numbers.T, (numbers.shape[1], X.shape[1]))
    if X.dtype == np.float32:
        near = [
            np.nextafter(numbers.astype(np.float32), np.float32(e))
            for e in (-np.inf, np.inf)
        ]
        near.append(numbers.astype(np.float32))
    else:
        near = [np.floor(numbers) + step for step in (-1, 0, 1, 2)]
    near = np.concatenate(near)
    near = near[np.isfinite(near).all(axis=1)]
    if X.dtype != np.float32:
        near = near.clip(*ends_of(X.dtype.name))
    return np.concatenate([X, near.astype(X.dtype)])


@pytest.mark.parametrize("dtype", INPUT_DTYPES)
def test_scaled_features(compiled, dtype):
    models, sources, inputs = [], [], []
    for scalers in SCALERS:
        for first in FIRST:
            if getattr(first, "feature_range", None) and not scalers:
                continue
            X = features(dtype)
            classifier = OttoScoreClassifier(
                binarize=0 if first is not None or scalers else UNITS[dtype] / 7
            )
            steps = [*scalers, *([] if first is None else [first]), classifier]
            model = clone(make_pipeline(*steps)).fit(X, Y)
            sources.append(to_c(model, f"m{len(models)}", input_dtype=dtype))
            thresholds = np.zeros((1, 1))
            if first is not None:
                thresholds = model[len(scalers)].thresholds_
            for scaler in reversed(model[: len(scalers)]):
                thresholds = np.broadcast_to(thresholds.T, (thresholds.shape[1], 6))
                finite = np.where(np.isfinite(thresholds), thresholds, 0)
                thresholds = scaler.inverse_transform(finite).T
            models.append(model if len(model) > 1 else model[0])
            inputs.append(around(X, thresholds))
    assert f"const {dtype}_t *input".replace("float32_t", "float") in sources[0].header
    for model, X, c_model in zip(models, inputs, compiled(*sources), strict=True):
        assert_same(model, X, c_model)


@pytest.mark.parametrize("dtype", INPUT_DTYPES)
def test_the_ends_of_a_type(compiled, dtype):
    """Thresholds that all numbers reach, or none, and those of single numbers."""
    lowest, highest = ends_of(dtype)
    ends = np.array([lowest, lowest + 1, highest - 1, highest])
    if dtype == "float32":
        ends = np.array([-1e38, -1e-45, 1e-45, 1e38])
    X = np.tile(ends.astype(dtype)[:, None], 2)
    model = make_pipeline(ThermometerEncoder(3), OttoScoreClassifier())
    model.fit(X, [0, 0, 1, 1])
    models = [model]
    for thresholds in ([-1e300, -5e9, -1, 1, 5e9], [0.5, 127.5, 128, 254.5, 255.5]):
        encoder = ThermometerEncoder(len(thresholds) + 1)
        encoder.fit(np.arange(30)[:, None].repeat(2, axis=1))
        encoder.thresholds_ = np.array([thresholds, thresholds], dtype=float)
        encoder.thresholds_[1, 0] -= 0.25
        models.append(encoder)
    if dtype == "float32":
        with pytest.raises(ValueError, match="below those of a float"):
            to_c(models[1], input_dtype=dtype)
        del models[1]
    sources = [to_c(m, f"m{i}", input_dtype=dtype) for i, m in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_same(model, X, c_model)


@pytest.mark.parametrize("dtype", INPUT_DTYPES)
def test_the_search_finds_each_number(dtype):
    keys = np.unique(np.clip(np.r_[-300:300, ends_of(dtype)], *ends_of(dtype)))
    numbers = from_keys(keys, dtype).astype(dtype)
    found = highest_below(lambda x: x >= numbers, numbers.shape, dtype)
    assert_array_equal(found, keys - 1)
    lowest, highest = ends_of(dtype)
    nothing = np.zeros(3, dtype=bool)
    assert_array_equal(highest_below(lambda x: nothing, (3,), dtype), highest)
    assert_array_equal(highest_below(lambda x: ~nothing, (3,), dtype), lowest - 1)


def test_tables_of_whole_numbers(compiled):
    """Categories and numbers; whole numbers cannot be missing."""
    X = rng.integers(-40, 300, (N_ROWS, 4)).astype(np.int16)
    X[:, 1] %= 5
    models = [
        TableEncoder(n_bits, categorical_features=[1]).fit(X) for n_bits in (2, 9, 33)
    ]
    sources = [to_c(m, f"m{i}", input_dtype="int16") for i, m in enumerate(models)]
    assert "value != value" not in sources[0].text
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_array_equal(c_model.transform(X), model.transform(X))
    half = TableEncoder(categorical_features=[0]).fit([[0.5], [1]])
    with pytest.raises(ValueError, match=r"category 0.5 is no int16"):
        to_c(half, input_dtype="int16")


def test_scaled_tables_keep_missing_values(compiled):
    X = features("float32")
    X[rng.random(X.shape) < 0.2] = np.nan
    model = make_pipeline(StandardScaler(), TableEncoder(9), OttoScoreClassifier())
    model.fit(X, Y)
    assert_same(model, X, compiled(to_c(model))[0])


def test_members_of_ensembles_and_later_steps(compiled):
    X = features("int16")
    model = BitEnsembleClassifier(
        [
            ("table", make_pipeline(TableEncoder(9), OttoScoreClassifier())),
            (
                "projection",
                make_pipeline(
                    StandardScaler(),
                    ThermometerEncoder(9),
                    RandomMAJ3Projection(9, random_state=0),
                    OttoScoreClassifier(),
                ),
            ),
        ]
    ).fit(X, Y)
    mixed = BitEnsembleClassifier([model.estimators[0], ("b", FIRST_BYTES)])
    mixed.fit(np.abs(X) // 999, Y)
    with pytest.raises(TypeError, match=r"types \['float32', 'uint8'\] in C"):
        to_c(
            BitEnsembleClassifier([model.estimators[0], ("b", FIRST_BYTES)]).fit(
                np.abs(X) // 300, Y
            )
        )
    assert_same(model, X, compiled(to_c(model, input_dtype="int16"))[0])


FIRST_BYTES = make_pipeline(ThermometerEncoder(3), OttoScoreClassifier())


@pytest.mark.parametrize(
    ("model", "dtype", "match"),
    [
        (
            ThermometerEncoder(3),
            None,
            r"from -\d+ to \d+, but .* Choose another input_dtype",
        ),
        (ThermometerEncoder(3), "uint8", "code is bytes"),
        (make_pipeline(StandardScaler(), ThermometerEncoder()), None, "was fitted on"),
        (ThermometerEncoder(3, feature_range=(0, 40000)), "int16", "0 to 40000, but"),
        (ThermometerEncoder(3, feature_range=(0, 0.5)), "int32", "such as 0.5"),
        (
            ThermometerEncoder(3, feature_range=(0, 0.5)),
            "int16",
            "Choose input_dtype='int32' or, for fractions, 'float32', or fit",
        ),
        (
            ThermometerEncoder(3, feature_range=(0, 0.5)),
            "int32",
            "Choose input_dtype='float32', or fit",
        ),
        (
            RankDensityEncoder(),
            "int16",
            "for RankDensityEncoder with input_dtype='int16'. Its C takes bytes only",
        ),
        # The advice must not be one that raises the next error.
        (PixelEncoder(3, image_shape=(2, 3)), None, r"code is bytes.*takes bytes only"),
        (DirectionalEdgeEncoder(image_shape=(2, 3)), "int16", "takes bytes only"),
        (PixelEncoder(3, image_shape=(2, 3)), "float32", "takes bytes only"),
        (OttoScoreClassifier(binarize=1e6), "int16", "makes all numbers the same bit"),
        (ThermometerEncoder(3), "int64", "input_dtype must be None or one of"),
        (
            make_pipeline(StandardScaler(), TableEncoder(categorical_features=[0])),
            None,
            "cannot be taken into TableEncoder",
        ),
    ],
)
def test_what_the_input_cannot_be(model, dtype, match):
    model.fit(features("int16"), Y)
    with pytest.raises(ValueError, match=match):
        to_c(model, input_dtype=dtype)


def test_packed_bits_are_bytes():
    model = OttoScoreClassifier().fit(np.eye(3, dtype=np.uint32) << 20, [0, 1, 2])
    assert to_c(model, input_dtype="uint8") == to_c(model)
    with pytest.raises(ValueError, match="packed bits, which are bytes"):
        to_c(model, input_dtype="int16")


@pytest.mark.parametrize("unit", [0.1, 0.25, 0.01])
def test_scaled_fractions_are_no_bytes(unit):
    """Centimetres look like bytes, but their sums are no whole numbers."""
    X = np.abs(np.round(features("float32") / unit / 10) * unit).astype(float)
    assert X.max() < 255
    model = make_pipeline(StandardScaler(), OttoScoreClassifier()).fit(X, Y)
    with pytest.raises(ValueError, match="fitted on fractions, but"):
        to_c(model)
    to_c(model, input_dtype="float32")


@pytest.mark.parametrize(
    "encoder", [ThermometerEncoder(4, strategy="quantile"), ScalarEncoder(16, 3)]
)
def test_quantiles_that_are_fractions_are_no_bytes(encoder):
    """Halves with whole ends."""
    X = np.append(np.random.default_rng(0).integers(400, size=300) / 2, [0, 200])[
        :, None
    ]
    whole = clone(encoder).fit(np.floor(X))
    to_c(whole)
    encoder = clone(encoder).fit(X)
    with pytest.raises(ValueError, match="fitted on fractions, such as"):
        to_c(encoder)
    to_c(encoder, input_dtype="float32")


def test_rows_of_the_self_test_are_near_the_thresholds():
    for dtype in INPUT_DTYPES:
        X = features(dtype)
        taken = to_c(ThermometerEncoder(5).fit(X), input_dtype=dtype).taken
        rows = taken.draw(500)
        assert rows.dtype == dtype
        # All bits occur as zeros and as ones.
        assert np.unique(ThermometerEncoder(5).fit(X).transform(rows), axis=0).size > 9
