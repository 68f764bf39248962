# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for X: how numbers become bits, and which numbers are bits already."""

import io
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits, load_iris

from skbit import (
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit._utils import input as _input
from tests import reference


def words_of(X, binarize=0.0):
    """The packed rows that an estimator makes of X, and that its blocks join up to."""
    estimator = RandomMAJ3Projection(1, input_format="dense", binarize=binarize)
    X = estimator.fit(X)._validate_bits(X, reset=False)
    words = estimator._as_words(X)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_input, "BLOCK_SIZE", 40)
        blocks = list(estimator._word_blocks(X))
    assert_array_equal(np.vstack([packed for _, packed in blocks]), words)
    starts = [rows.start for rows, _ in blocks]
    assert starts == [0, *(rows.stop for rows, _ in blocks)][:-1]
    return words


@given(
    X=arrays(
        st.sampled_from([np.int8, np.uint8, np.int64, np.uint64, np.float32, float]),
        st.tuples(st.integers(1, 9), st.integers(1, 100)),
        elements={"min_value": 0, "max_value": 3},
    )
    | arrays(np.float64, (3, 70), elements=st.floats(-2, 2)),
    binarize=st.sampled_from([0.0, 1, 1.5, -1.0, 2.0**70]),
)
def test_numbers_above_a_threshold_are_ones(X, binarize):
    expected = reference.pack(np.greater(X, binarize))
    assert_array_equal(words_of(X, binarize), expected)
    assert_array_equal(words_of(sparse.csr_matrix(X), binarize), expected)
    assert_array_equal(words_of(sparse.coo_array(X), binarize), expected)


@pytest.mark.parametrize("binarize", [-(2.0**70), -0.5, 0.0, 0.5, 1.0, 2.0**70])
def test_truth_values_above_a_threshold(binarize):
    X = np.array([[True, False, True]])
    expected = reference.pack(X.astype(float) > binarize)
    assert_array_equal(words_of(X, binarize), expected)
    assert_array_equal(words_of(sparse.csr_matrix(X), binarize), expected)


def test_large_whole_numbers_are_compared_with_all_their_digits():
    X = np.array([[2**53, 2**53 + 1, 2**62]])
    for dtype in (np.int64, np.uint64):
        assert words_of(X.astype(dtype), 2.0**53).tolist() == [[0b110]]
        of_sparse = words_of(sparse.csr_matrix(X.astype(dtype)), 2.0**53)
        assert of_sparse.tolist() == [[0b110]]


@pytest.mark.parametrize("index_type", [np.int32, np.int64])
def test_sparse_matrices_with_unsorted_and_double_entries(index_type):
    data = np.array([1.0, -1.0, 2.0, 1.0, -3.0, 0.0])
    indices = np.array([40, 40, 3, 0, 3, 1], dtype=index_type)
    X = sparse.csr_matrix((data, indices, np.array([0, 3, 3, 6], dtype=index_type)))
    before = data.copy(), indices.copy()
    expected = reference.pack(X.toarray() > 0)
    assert_array_equal(words_of(X), expected)
    assert_array_equal(X.data, before[0])
    assert_array_equal(X.indices, before[1])


@pytest.mark.parametrize("column", [-1, 3, 2**30])
def test_sparse_matrices_that_point_outside_are_refused(column):
    X = sparse.csr_matrix(np.eye(3))
    X.indices[1] = column
    with pytest.raises(ValueError, match="out of range"):
        words_of(X)


# Packed rows that travelled through other libraries.

WORDS = ThermometerEncoder(feature_range=(0, 16)).fit_transform(load_digits().data)
TARGET = load_digits().target
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pytest.importorskip("pyarrow")


def frame_of(words):
    return pandas.DataFrame(words, columns=[f"c{i}" for i in range(words.shape[1])])


def through_parquet(words, **options):
    file = io.BytesIO()
    frame_of(words).to_parquet(file)
    return pandas.read_parquet(file, **options)


def through_csv(words, **options):
    text = frame_of(words).to_csv(index=False)
    return pandas.read_csv(io.StringIO(text), **options)


def mixed_spellings(words):
    frame = frame_of(words)
    return frame.astype({"c0": "UInt32", "c1": "uint32[pyarrow]"})


STILL_PACKED = {
    "big-endian": lambda words: words.astype(">u4"),
    "pandas": frame_of,
    "nullable": lambda words: frame_of(words).astype("UInt32"),
    "convert_dtypes": lambda words: frame_of(words).convert_dtypes(),
    "pyarrow": lambda words: frame_of(words).astype("uint32[pyarrow]"),
    "mixed spellings": mixed_spellings,
    "polars": lambda words: polars.DataFrame(words, orient="row"),
    "arrow table": lambda words: polars.DataFrame(words, orient="row").to_arrow(),
    "parquet": through_parquet,
    "parquet, pyarrow": lambda words: through_parquet(words, dtype_backend="pyarrow"),
    "parquet, nullable": lambda words: through_parquet(
        words, dtype_backend="numpy_nullable"
    ),
    "Fortran order": np.asfortranarray,
}
DTYPE_LOST = {
    "csv": through_csv,
    "csv, nullable": lambda words: through_csv(words, dtype_backend="numpy_nullable"),
    "csv, pyarrow": lambda words: through_csv(words, dtype_backend="pyarrow"),
    "float64": lambda words: words.astype(float),
    "int64": lambda words: words.astype(np.int64),
    "uint64": lambda words: words.astype(np.uint64),
    "polars Int64": lambda words: polars.DataFrame(words.astype(np.int64)),
    "nullable Int64": lambda words: frame_of(words).astype("Int64"),
}


@pytest.fixture(scope="module")
def expected_scores():
    return OttoScoreClassifier().fit(WORDS, TARGET).integer_scores(WORDS)


# Names that a frame has and an array has not are no matter here.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("journey", STILL_PACKED)
def test_packed_in_any_spelling(journey, expected_scores):
    X = STILL_PACKED[journey](WORDS)
    model = OttoScoreClassifier().fit(X, TARGET)
    assert model.input_format_ == "packed"
    assert_array_equal(model.integer_scores(X), expected_scores)
    assert_array_equal(model.integer_scores(WORDS), expected_scores)
    clusterer = BitWTAClusterer(8, random_state=0)
    assert_array_equal(clusterer.fit_predict(X), clusterer.fit_predict(WORDS))
    if hasattr(X, "columns") and hasattr(X, "iloc"):
        assert list(model.feature_names_in_) == list(X.columns)


@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("journey", DTYPE_LOST)
def test_packed_without_its_dtype(journey, expected_scores):
    X = DTYPE_LOST[journey](WORDS)
    for estimator in (OttoScoreClassifier(), BitWTAClusterer(8)):
        with pytest.warns(UserWarning, match="set input_format='packed'"):
            estimator.fit(X, TARGET)
    with pytest.raises(
        ValueError, match=r"matrix of numbers.*set input_format='packed'"
    ):
        OttoScoreClassifier().fit(WORDS, TARGET).predict(X)
    model = OttoScoreClassifier(input_format="packed").fit(X, TARGET)
    assert_array_equal(model.integer_scores(X), expected_scores)
    assert_array_equal(model.integer_scores(WORDS), expected_scores)


def test_containers_beside_numbers():
    floats = np.random.default_rng(0).normal(size=(len(WORDS), 3))
    union = np.hstack([WORDS, floats])
    for X in (union, sparse.csr_matrix(union), np.asfortranarray(union)):
        with pytest.warns(UserWarning, match="columns of whole numbers up to"):
            OttoScoreClassifier().fit(X, TARGET)
    for settings in ({"binarize": 5.0}, {"input_format": "dense"}):
        OttoScoreClassifier(**settings).fit(union, TARGET)


ORDINARY = {
    "pixels": lambda rng: rng.integers(0, 256, (50, 40)),
    "pixels as floats": lambda rng: rng.integers(0, 256, (50, 40)).astype(float),
    "bytes": lambda rng: rng.integers(0, 256, (50, 40), dtype=np.uint8),
    "counts": lambda rng: rng.poisson(3, (50, 40)),
    "floats": lambda rng: rng.normal(size=(50, 40)),
    "large floats": lambda rng: rng.normal(size=(50, 40)) * 1e9,
    "truth values": lambda rng: rng.random((50, 40)) < 0.5,
    "signed": lambda rng: rng.integers(-(2**31), 2**31, (50, 40)),
    "beyond 32 bits": lambda rng: rng.integers(0, 2**40, (50, 40)),
    "float16": lambda rng: rng.normal(size=(50, 40)).astype(np.float16),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_numbers_do_not_warn(name):
    X = ORDINARY[name](np.random.default_rng(0))
    y = np.arange(50) % 2
    model = OttoScoreClassifier().fit(X, y)
    assert model.input_format_ == "dense"
    expected = OttoScoreClassifier().fit(X > 0, y)
    assert_array_equal(model.coef_, expected.coef_)
    of_sparse = OttoScoreClassifier().fit(sparse.csr_matrix(X.astype(float)), y)
    assert_array_equal(of_sparse.coef_, expected.coef_)


def counts_of_polars(highest=4):
    rng = np.random.default_rng(0)
    events = polars.DataFrame(
        {
            "row": rng.integers(0, 30, 99 * highest),
            "what": rng.choice(list("abc"), 99 * highest),
        }
    )
    counts = events.group_by("row", "what").len().sort("row", "what")
    return counts.pivot(on="what", index="row", values="len").fill_null(0).drop("row")


@pytest.mark.parametrize("highest", [1, 4, 1000])
def test_counts_of_polars_are_not_taken_for_packed_bits_in_silence(highest):
    counts = counts_of_polars(highest)
    assert set(counts.dtypes) == {polars.UInt32}
    y = np.arange(len(counts)) % 2
    with pytest.warns(UserWarning, match="such as counts, set input_format='dense'"):
        OttoScoreClassifier().fit(counts, y)
    with pytest.raises(ValueError, match="binarize=1 is for numbers"):
        OttoScoreClassifier(binarize=1).fit(counts, y)
    model = OttoScoreClassifier(binarize=1, input_format="dense").fit(counts, y)
    expected = OttoScoreClassifier().fit(counts.to_numpy() > 1, y)
    assert_array_equal(model.coef_, expected.coef_)
    # What was said at fitting holds afterwards.
    assert_array_equal(model.predict(counts), expected.predict(counts.to_numpy() > 1))
    OttoScoreClassifier(input_format="packed").fit(counts, y)


@pytest.mark.parametrize(
    "encoder",
    [
        ThermometerEncoder(3),
        ScalarEncoder(7, 3),
        RankDensityEncoder(0.5),
    ],
)
def test_unions_of_small_codes_do_not_warn(encoder):
    X, y = load_iris(return_X_y=True)
    columns = [[0, 1, 2, 3], [3, 2]]
    if not isinstance(encoder, RankDensityEncoder):
        columns = [[0], [1], [2], [3]]
    union = ColumnTransformer([(str(c), clone(encoder), c) for c in columns])
    words = union.fit_transform(X)
    assert words.shape[1] > 1
    assert words.max() < 2**16
    assert OttoScoreClassifier().fit(words, y).input_format_ == "packed"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[-1.0, 0.0]], "whole numbers from 0 to 2"),
        ([[0.5, 0.0]], "whole numbers from 0 to 2"),
        ([[2.0**32, 0.0]], "whole numbers from 0 to 2"),
        ([[np.nan, 0.0]], "NaN"),
        (np.array([[2**24, 0]], dtype=np.float32), "bits may be lost"),
        (np.array([[2**11, 0]], dtype=np.float16), "bits may be lost"),
    ],
)
def test_what_cannot_be_packed_bits_is_refused(bad, message):
    with pytest.raises(ValueError, match=message):
        RandomMAJ3Projection(3, input_format="packed").fit(bad)


def test_floats_that_hold_all_containers_exactly():
    words = np.array([[2**24 - 1, 1]], dtype=np.uint32)
    projection = RandomMAJ3Projection(3, input_format="packed", random_state=0).fit(
        words
    )
    expected = projection.transform(words)
    assert_array_equal(projection.transform(words.astype(np.float32)), expected)
    assert_array_equal(projection.transform(words.astype(np.float64)), expected)


@pytest.mark.parametrize("dtype", ["UInt32", "uint32[pyarrow]", "Int64"])
def test_missing_values_are_refused(dtype):
    X = frame_of(WORDS).astype(dtype)
    X.iloc[3, 2] = pandas.NA
    for estimator in (OttoScoreClassifier(), ScalarEncoder(), RankDensityEncoder()):
        with pytest.raises(ValueError, match="NaN"):
            estimator.fit(X, TARGET)


@pytest.mark.parametrize("journey", ["big-endian", "nullable", "pyarrow", "polars"])
def test_packed_codes_are_decoded_in_any_spelling(journey):
    X = load_iris().data
    for encoder in (ThermometerEncoder(), ScalarEncoder(), RankDensityEncoder()):
        words = encoder.fit_transform(X)
        expected = encoder.inverse_transform(words)
        decoded = encoder.inverse_transform(STILL_PACKED[journey](words))
        assert_array_equal(decoded, expected)


ENCODERS = [
    ThermometerEncoder(),
    ThermometerEncoder(strategy="quantile"),
    ScalarEncoder(),
    ScalarEncoder(strategy="uniform"),
    RankDensityEncoder(0.4),
]
NOT_NUMBERS = {
    "datetime64": np.arange(20).reshape(4, 5).astype("datetime64[s]"),
    "timedelta64": np.arange(20).reshape(4, 5).astype("timedelta64[s]"),
    "datetimes of pandas": pandas.DataFrame(
        {"a": pandas.to_datetime(["2020", "2021"])}
    ),
    "complex128": np.ones((4, 5), dtype=complex),
    "strings": np.full((4, 5), "a"),
    "objects": np.full((4, 5), None, dtype=object),
}
if np.dtype(np.longdouble).itemsize > 8:
    NOT_NUMBERS[str(np.dtype(np.longdouble))] = np.ones((4, 5), dtype=np.longdouble)


@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")
@pytest.mark.parametrize("kind", NOT_NUMBERS)
@pytest.mark.parametrize(
    "estimator", [*ENCODERS, RandomMAJ3Projection(2, random_state=0)], ids=repr
)
def test_what_is_no_number_is_refused(kind, estimator):
    X = NOT_NUMBERS[kind]
    with pytest.raises((TypeError, ValueError), match=r"(?i)dtype|complex|NaN|float"):
        clone(estimator).fit(X)
    fitted = clone(estimator).fit(np.arange(4.0 * X.shape[1]).reshape(4, -1))
    with pytest.raises((TypeError, ValueError), match=r"(?i)dtype|complex|NaN|float"):
        fitted.transform(X)


@pytest.mark.parametrize(
    "estimator", [*ENCODERS, RandomMAJ3Projection(2, random_state=0)], ids=repr
)
@pytest.mark.parametrize("dtype", ["?", "i1", "u2", ">i4", ">f8", "f2", "f4", "u8"])
def test_numbers_of_all_types_are_taken(estimator, dtype):
    X = np.random.default_rng(0).integers(0, 2, (20, 40))
    estimator = clone(estimator)
    expected = estimator.fit_transform(X.astype(float))
    assert_array_equal(estimator.fit_transform(X.astype(dtype)), expected)
    if dtype not in ("?", ">i4", ">f8", "f2"):
        same = sparse.csr_matrix(X.astype(dtype))
        assert_array_equal(estimator.fit_transform(same), expected)


def test_read_only_numbers_compile_nothing_more():
    code = (
        "import numpy as np, skbit\n"
        "from skbit.preprocessing._kernels import encode\n"
        "X = np.random.default_rng(0).random((50, 9))\n"
        "encoder = skbit.ThermometerEncoder().fit(X)\n"
        "encoder.transform(X)\n"
        "X.flags.writeable = False\n"
        "encoder.transform(X)\n"
        "print(len(encode.runs_of_numbers.signatures))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "1"
