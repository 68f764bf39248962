# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in C: floats, missing ones and categories that are numbers."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from skbit import (
    BitEnsembleClassifier,
    OttoScoreClassifier,
    RandomFernEncoder,
    TableEncoder,
    ThermometerEncoder,
)
from skbit.bits import pack_bits
from skbit.codegen import to_c
from tests.codegen.test_parity import assert_same

rng = np.random.default_rng(0)


def table(n_rows, dtype=np.float32):
    """Return numbers with ties, missing and infinite ones, and two kinds of codes."""
    X = rng.integers(-3, 12, (n_rows, 6)).astype(dtype)
    X[:, :3] *= dtype(0.1)
    X[:, 2] = 7
    X[rng.random(X.shape) < 0.2] = np.nan
    X[rng.random(X.shape) < 0.05] = np.inf
    X[:, 3:5][np.isinf(X[:, 3:5])] = 1
    return X


@pytest.mark.parametrize("fitted", [np.float32, np.float64])
def test_every_width(compiled, fitted):
    models = [
        TableEncoder(n_bits, categorical_features=marked).fit(table(60, fitted))
        for n_bits in (1, 2, 5, 8, 32, 33)
        for marked in ([3, 4], None)
    ]
    sources = [to_c(model, f"m{i}") for i, model in enumerate(models)]
    X = table(200)
    X[rng.random(X.shape) < 0.05] = -np.inf
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert_array_equal(c_model.transform(X), model.transform(X))


def test_floats_beside_thresholds(compiled):
    ends = [1e-45, 3e-40, 1e-30, 0.1, 1 / 3, 2.5, 1e10, 3.4e38, 3.5e38, 1e300]
    numbers = np.sort([*ends, *(-end for end in ends[:-2]), 0.0, np.inf])
    model = TableEncoder(40).fit(numbers[:, None])
    thresholds = model.thresholds_[0]
    thresholds = np.concatenate([thresholds[np.isfinite(thresholds)], numbers])
    with np.errstate(over="ignore"):
        floats = thresholds.astype(np.float32)
    X = np.concatenate([np.nextafter(floats, np.float32(e)) for e in (-9e9, 0, 9e9)])
    X = np.concatenate([X, floats, [np.nan, np.inf, -np.inf, -0.0]])[:, None]
    X = X.astype(np.float32)
    (c_model,) = compiled(to_c(model))
    assert_array_equal(c_model.transform(X), model.transform(X))


def test_pipelines_and_ensembles(compiled):
    X = table(300)
    y = (np.nan_to_num(X[:, 3]) > 4).astype(int) + (np.nan_to_num(X[:, 0]) > 0.6)
    features = make_union(
        "passthrough", RandomFernEncoder(9, bits_per_feature=16, random_state=0)
    )
    models = [
        make_pipeline(TableEncoder(16), OttoScoreClassifier()),
        make_pipeline(TableEncoder(16), features, OttoScoreClassifier()),
        BitEnsembleClassifier(
            [
                ("few", make_pipeline(TableEncoder(7), OttoScoreClassifier())),
                ("many", make_pipeline(TableEncoder(32), OttoScoreClassifier())),
            ]
        ),
    ]
    sources = [to_c(model.fit(X, y), f"m{i}") for i, model in enumerate(models)]
    for model, c_model in zip(models, compiled(*sources), strict=True):
        assert "_predict(const float *input);" in c_model.source.header
        assert_same(model, X, c_model)


def test_what_cannot_be_written():
    message = r"Column 'a' holds text, such as 'a'.*table__categorical_features"
    with pytest.raises(NotImplementedError, match=message):
        to_c(TableEncoder().fit(pd.DataFrame({"a": ["a", "b"]})))
    encoder = TableEncoder(categorical_features=[0])
    with pytest.raises(ValueError, match=r"The category 0.1 is no float"):
        to_c(encoder.fit([[0.1], [0.5]]))
    with pytest.raises(ValueError, match="negative infinity"):
        to_c(TableEncoder().fit([[-np.inf], [0]]))
    X = rng.normal(size=(20, 3))
    with pytest.raises(TypeError, match="its input is numbers"):
        to_c(
            make_pipeline(ThermometerEncoder(packed_output=False), TableEncoder()).fit(
                X
            )
        )
    mixed = BitEnsembleClassifier(
        [
            ("a", make_pipeline(TableEncoder(), OttoScoreClassifier())),
            ("b", make_pipeline(ThermometerEncoder(), OttoScoreClassifier())),
        ]
    )
    X = rng.integers(0, 200, (40, 3))
    with pytest.raises(TypeError, match="read numbers of the types"):
        to_c(mixed.fit(X, np.arange(40) % 2))


def column(*numbers, n_rows=400):
    """Return a column of random numbers from lists of ends and of a step."""
    low, high, step = numbers
    return low + step * rng.integers(0, (high - low) / step + 1, (n_rows, 1))


@pytest.mark.parametrize("strategy", ["quantile", "uniform", "supervised", "tails"])
@pytest.mark.parametrize("n_bits", [2, 3, 9, 33])
def test_whole_numbers_of_each_type(strategy, n_bits):
    """No error for what an encoder was fitted on, from the lowest to the highest."""
    for dtype, ends in (
        ("uint8", [(0, 255), (0, 0), (255, 255), (0, 1), (254, 255), (0, 33)]),
        ("int16", [(-32768, 32767), (-32768, -32767), (32767, 32767), (-7, 25)]),
        ("int32", [(-(2**31), 2**31 - 1), (2**31 - 2, 2**31 - 1)]),
    ):
        for low, high in ends:
            X = np.vstack([column(low, high, 1), [[low]], [[high]]])
            y = rng.integers(0, 2, len(X))
            to_c(TableEncoder(n_bits, strategy=strategy).fit(X, y), input_dtype=dtype)


@pytest.mark.parametrize("strategy", ["quantile", "uniform", "supervised"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "int32"])
def test_fractions_are_no_whole_numbers(strategy, dtype):
    for low, high, step in ((0, 1, 0.01), (11.03, 14.83, 0.01), (0, 60, 0.5)):
        X = np.vstack([column(low, high, step), [[low]], [[high]]])
        y = rng.integers(0, 2, len(X))
        encoder = TableEncoder(9, strategy=strategy).fit(np.hstack([X * 0, X]), y)
        if (strategy, step) == ("uniform", 0.5):
            # Its thresholds are those of whole numbers from 0 to 60.
            continue
        with pytest.raises(ValueError, match="fitted on fractions, as the threshold"):
            to_c(encoder, input_dtype=dtype)
        to_c(encoder)


@pytest.mark.parametrize("strategy", ["quantile", "uniform", "supervised", "tails"])
@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [(-300, 9, "uint8"), (0, 900, "uint8"), (0, 90000, "int16"), (0, 9e9, "int32")],
)
def test_numbers_beyond_a_type(strategy, low, high, dtype):
    X = np.vstack([column(low, high, 1), [[low]], [[high]]])
    y = np.abs(X[:, 0]) > 0.8 * np.abs(X).max()
    encoder = TableEncoder(9, strategy=strategy).fit(X, y)
    with pytest.raises(ValueError, match="fitted on other numbers, as the threshold"):
        to_c(encoder, input_dtype=dtype)


def test_missing_categories_are_no_whole_numbers():
    encoder = TableEncoder(categorical_features=[0]).fit([[1.0], [2.0], [np.nan]])
    with pytest.raises(ValueError, match="fitted on missing values, but the input"):
        to_c(encoder, input_dtype="uint8")


def test_scaled_tables_of_whole_numbers():
    """Thresholds of scaled numbers are fractions; the scaler is checked instead."""
    X = column(0, 90, 1)
    model = make_pipeline(StandardScaler(), TableEncoder(9)).fit(X)
    assert_array_equal(
        to_c(model, input_dtype="uint8").compile().transform(X.astype(np.uint8)),
        pack_bits(model.set_params(tableencoder__packed_output=False).transform(X)),
    )


def test_the_header_says_what_columns_are():
    frame = pd.DataFrame({"size": [1.5, 2, 3], "color": [0, 1, 1]})
    encoder = TableEncoder(categorical_features=["color"]).fit(frame)
    header = to_c(encoder).header
    assert "places: 0 size, 1 color. Codes of categories are at 1.\n" in header
    assert "NAN is a missing value.\n" in header
    whole = TableEncoder().fit(frame[["color"]])
    header = to_c(whole, input_dtype="uint8").header
    assert "0 color." in header
    assert "ategories" not in header
    assert "NAN" not in header


@pytest.mark.filterwarnings("error")
def test_rows_of_the_self_test_are_near_thresholds():
    """Not near those that are not used, which are infinite."""
    X = np.column_stack([np.linspace(0, 1, 90), np.arange(90) % 3, np.arange(90) % 2])
    taken = to_c(TableEncoder(9, categorical_features=[2]).fit(X)).taken
    rows = taken.draw(50)
    assert np.abs(rows).max() < 4
    assert len(np.unique(rows[:, 1])) > 9
    ends = to_c(TableEncoder().fit([[-3e38], [3e38], [np.inf], [1e300]])).taken
    assert np.isfinite(ends.draw(50)).all()
