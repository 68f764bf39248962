# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random ferns."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.pipeline import FeatureUnion, make_pipeline

from skbit import OttoScoreClassifier, RandomFernEncoder, ThermometerEncoder
from skbit.bits import unpack_bits
from skbit.random_projection import _ferns
from tests import reference


def words_of(seed, shape):
    return np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint32)


def expected_output(encoder, words):
    bits = reference.encode_ferns(reference.unpack(words), encoder.ferns_)
    return reference.pack(bits)


def features_of(n_bits, size):
    return [range(n_bits)[i : i + size] for i in range(0, n_bits, size)]


@given(
    n_containers=st.integers(1, 40),
    n_ferns=st.integers(1, 150),
    fern_size=st.integers(1, 10),
    n_rows=st.integers(1, 5),
    few_rows=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_equals_reference(n_containers, n_ferns, fern_size, n_rows, few_rows, seed):
    words = words_of(seed, (n_rows, n_containers))
    encoder = RandomFernEncoder(n_ferns, fern_size, random_state=seed).fit(words)
    # Both kernels, whatever the number of rows that decides between them.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ferns, "_FEW_ROWS", 10 if few_rows else 0)
        output = encoder.transform(words)
    assert output.dtype == np.uint32
    assert output.flags.c_contiguous
    assert_array_equal(output, expected_output(encoder, words))


@pytest.mark.parametrize("fern_size", [1, 2, 3, 4, 5, 6, 8, 9, 16])
@pytest.mark.parametrize("n_rows", [1, 40, 513])
def test_every_size(fern_size, n_rows):
    words = words_of(fern_size, (n_rows, 3))
    n_ferns = 2 if fern_size > 9 else 33
    encoder = RandomFernEncoder(n_ferns, fern_size, random_state=0).fit(words)
    output = encoder.transform(words)
    assert_array_equal(output, expected_output(encoder, words))
    # The padding of the last container is zero.
    assert_array_equal(np.bitwise_count(output).sum(axis=1), n_ferns)


@pytest.mark.parametrize("n_rows", [1, 16, 17, 511, 512, 2600])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_blocks_and_threads(n_rows, n_jobs):
    words = words_of(n_rows, (n_rows, 7))
    encoder = RandomFernEncoder(70, random_state=1, n_jobs=n_jobs).fit(words)
    assert_array_equal(encoder.transform(words), expected_output(encoder, words))


def test_memory_layout_does_not_matter():
    words = words_of(0, (600, 9))
    encoder = RandomFernEncoder(20, random_state=0)
    expected = encoder.fit_transform(words)
    frozen = np.asfortranarray(words)
    frozen.setflags(write=False)
    for same in (frozen, words[::-1][::-1], np.repeat(words, 2, axis=1)[:, ::2]):
        assert_array_equal(encoder.transform(same), expected)
        assert_array_equal(encoder.transform(same[:3]), expected[:3])


@given(
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12),
    n_ferns=st.integers(1, 20),
    fern_size=st.integers(1, 16),
    constant=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_ferns_are_drawn_as_documented(sizes, n_ferns, fern_size, constant, seed):
    n_bits = sum(sizes)
    rng = np.random.default_rng(seed)
    X = rng.random((2, n_bits)) < 0.5
    X[1] = ~X[0]
    is_constant = rng.random(n_bits) < constant
    X[1, is_constant] = X[0, is_constant]
    starts = np.cumsum([0, *sizes])
    features = [range(a, b) for a, b in itertools.pairwise(starts)]
    if not is_constant.all():
        features = [[j for j in bits if not is_constant[j]] for bits in features]
    encoder = RandomFernEncoder(
        n_ferns, fern_size, bits_per_feature=sizes, random_state=seed
    ).fit(X)
    expected = reference.ferns(seed, n_ferns, fern_size, [f for f in features if f])
    assert_array_equal(encoder.ferns_, expected)


def test_same_seed_gives_the_same_ferns_for_ever():
    words = np.array([[0, 0], [-1, -1]]).astype(np.uint32)
    encoder = RandomFernEncoder(2, 3, bits_per_feature=16, random_state=42).fit(words)
    # Written out, so that a change of the reference cannot hide one of the code.
    assert_array_equal(encoder.ferns_, [[34, 5, 29], [12, 41, 23]])


def test_a_fern_reads_different_features():
    X = np.random.default_rng(0).random((50, 60)) < 0.5
    X[:, 40:] = X[:, :1] | True
    encoder = RandomFernEncoder(200, bits_per_feature=10, random_state=0).fit(X)
    features = encoder.ferns_ // 10
    # Features 4 and 5 are constant, so a fern reads the other four, and one again.
    assert all(set(fern) == {0, 1, 2, 3} for fern in features.tolist())
    assert all(len(set(fern)) == 5 for fern in encoder.ferns_.tolist())
    n_ferns_per_feature = np.bincount(features.ravel())
    assert n_ferns_per_feature.min() > 200


def test_ferns_of_few_are_those_of_many():
    words = words_of(0, (3, 5))
    few, many = (RandomFernEncoder(n, random_state=3).fit(words) for n in (10, 50))
    assert_array_equal(many.ferns_[:10], few.ferns_)
    assert_array_equal(many.transform(words)[:, :10], few.transform(words))


def test_more_bits_than_exist_are_read_again():
    X = np.array([[0, 1, 1], [1, 0, 1]])
    encoder = RandomFernEncoder(9, 5, random_state=0).fit(X)
    # The last column is constant.
    assert (np.sort(encoder.ferns_) == [0, 0, 0, 1, 1]).any()
    assert set(encoder.ferns_.ravel()) == {0, 1}
    encoder.fit(np.ones((2, 3)))
    assert set(encoder.ferns_.ravel()) == {0, 1, 2}


@pytest.mark.parametrize("block_size", [2**22, 64])
def test_bits_vary_if_any_two_rows_differ(block_size, monkeypatch):
    monkeypatch.setattr("skbit._utils.input.BLOCK_SIZE", block_size)
    X = np.zeros((300, 40))
    X[:, 20:] = 1
    # One row differs, in another block.
    X[211, 3], X[112, 33] = 1, 0
    for rows in (X, sparse.csr_array(X), reference.pack(X)):
        encoder = RandomFernEncoder(50, 1, random_state=0).fit(rows)
        assert set(encoder.ferns_.ravel()) == {3, 33}


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_dense_input_is_packed_input(kind):
    X = np.random.default_rng(0).normal(size=(50, 70))
    as_dense = sparse.csr_matrix(X) if kind == "sparse" else X
    encoder = RandomFernEncoder(8, binarize=0.3, random_state=0)
    output = encoder.fit_transform(as_dense)
    assert encoder.n_features_in_ == 70
    packed = RandomFernEncoder(8, random_state=0)
    assert_array_equal(output, packed.fit_transform(reference.pack(X > 0.3)))


@pytest.mark.parametrize("fern_size", [3, 5])
def test_dense_output_and_its_names(fern_size):
    X = np.random.default_rng(0).random((10, 6)) < 0.5
    encoder = RandomFernEncoder(3, fern_size, random_state=0)
    packed = encoder.fit_transform(X)
    assert_array_equal(
        encoder.get_feature_names_out(),
        [f"randomfernencoder{c}" for c in range(packed.shape[1])],
    )
    dense = encoder.set_params(packed_output=False).transform(X)
    assert dense.dtype == np.uint8
    n_codes = 2**fern_size
    assert_array_equal(dense, unpack_bits(packed, 3 * n_codes))
    names = encoder.get_feature_names_out()
    assert names[0] == "fern 0 code 0"
    assert names[2 * n_codes + 1] == "fern 2 code 1"
    assert len(set(names)) == len(names) == 3 * n_codes


def test_names_of_bits_are_part_of_the_names():
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(np.eye(3, dtype=np.uint8), columns=["a > 2", "b", "c"])
    encoder = RandomFernEncoder(1, 2, random_state=0, packed_output=False).fit(X)
    first, second = X.columns[encoder.ferns_[0]]
    assert encoder.get_feature_names_out().tolist() == [
        f"fern 0 code 0: not {first} and not {second}",
        f"fern 0 code 1: {first} and not {second}",
        f"fern 0 code 2: not {first} and {second}",
        f"fern 0 code 3: {first} and {second}",
    ]
    # What the names say is true.
    for name, column in zip(
        encoder.get_feature_names_out(), encoder.transform(X).T, strict=True
    ):
        said = np.ones(3, dtype=bool)
        for term in name.split(": ")[1].split(" and "):
            bits = X[term.removeprefix("not ")] == 1
            said &= ~bits if term.startswith("not ") else bits
        assert_array_equal(column, said)
    encoder.fit(X.to_numpy())
    assert encoder.get_feature_names_out()[1] == "fern 0 code 1"
    names = encoder.get_feature_names_out(["a", "b", "c"])
    assert names[0].startswith("fern 0 code 0: not ")


def test_padding_of_packed_rows_is_no_feature():
    X = np.random.default_rng(0).random((20, 69)) < 0.5
    words = reference.pack(X)
    by_number, by_array = (
        RandomFernEncoder(40, bits_per_feature=bits, random_state=0).fit(words)
        for bits in (23, [23, 23, 23])
    )
    assert_array_equal(by_number.ferns_, by_array.ferns_)
    assert by_number.ferns_.max() < 69
    # Even if it varies.
    words[::2] |= np.uint32(0xFFFFFFFF) << np.uint32([0, 0, 5])
    assert by_number.fit(words).ferns_.max() < 4 * 23
    assert by_array.fit(words).ferns_.max() < 69


@pytest.mark.parametrize(
    ("params", "packed", "message"),
    [
        ({"n_ferns": 0}, True, "'n_ferns' parameter"),
        ({"fern_size": 0}, True, "'fern_size' parameter"),
        ({"fern_size": 17}, True, "'fern_size' parameter"),
        ({"bits_per_feature": 0}, True, "'bits_per_feature' parameter"),
        ({"bits_per_feature": [4, 0]}, True, "must be a whole number above 0"),
        ({"bits_per_feature": [64.0]}, True, "must be a whole number above 0"),
        ({"bits_per_feature": [[64]]}, True, "must be a whole number above 0"),
        ({"bits_per_feature": [16, 16]}, True, "32 bits in all.*33 to 64 bits"),
        ({"bits_per_feature": 65}, True, "65 bits in all.*33 to 64 bits"),
        ({"bits_per_feature": [16, 16]}, False, "32 bits in all.*have 64 bits"),
        ({"bits_per_feature": 7}, False, "63 bits in all.*have 64 bits"),
    ],
)
def test_bad_parameters_leave_nothing_behind(params, packed, message):
    X = words_of(0, (5, 2)) if packed else np.eye(64)
    encoder = RandomFernEncoder(3, random_state=0).fit(X)
    encoder.set_params(**params)
    before = vars(encoder).copy()
    with pytest.raises(ValueError, match=message):
        encoder.fit(X)
    assert vars(encoder) == before


def test_small_types_of_parameters_do_not_overflow():
    words = words_of(0, (2, 4))
    small = RandomFernEncoder(np.int8(100), np.int8(3), random_state=0)
    plain = RandomFernEncoder(100, 3, random_state=0)
    assert_array_equal(small.fit_transform(words), plain.fit_transform(words))
    small.set_params(bits_per_feature=np.full(4, 32, dtype=np.int8)).fit(words)
    plain.set_params(bits_per_feature=32).fit(words)
    assert_array_equal(small.ferns_, plain.ferns_)


@pytest.mark.parametrize(
    "ferns",
    [
        np.full((2, 5), 64),
        np.full((2, 5), -1),
        np.zeros((2, 17), dtype=np.intp),
        np.zeros((2, 0), dtype=np.intp),
        np.zeros((0, 5), dtype=np.intp),
        np.zeros((2, 5), dtype=np.int8),
    ],
)
def test_damaged_ferns_are_refused(ferns):
    words = words_of(0, (2, 2))
    encoder = RandomFernEncoder(3, random_state=0).fit(words)
    encoder.ferns_ = ferns
    with pytest.raises(ValueError, match="ferns_ of this RandomFernEncoder is damaged"):
        encoder.transform(words)


def test_counting_behind_ferns_is_semi_naive_bayes():
    """No weights of single bits tell whether two differ, those of codes do."""
    rng = np.random.default_rng(0)
    X = rng.random((400, 3)) < 0.5
    y = X[:, 0] ^ X[:, 1]
    model = make_pipeline(
        RandomFernEncoder(20, 2, random_state=0), OttoScoreClassifier()
    )
    assert model.fit(X, y).score(X, y) == 1
    assert OttoScoreClassifier().fit(X, y).score(X, y) < 0.8


def test_ferns_beside_plain_bits_stay_packed():
    X = np.random.default_rng(0).normal(size=(100, 5))
    union = FeatureUnion(
        [
            ("bits", "passthrough"),
            ("ferns", RandomFernEncoder(7, bits_per_feature=8, random_state=0)),
        ]
    )
    model = make_pipeline(ThermometerEncoder(8, strategy="quantile"), union)
    output = model.fit_transform(X)
    assert output.dtype == np.uint32
    words = model[0].transform(X)
    ferns = union.transformer_list[1][1]
    assert_array_equal(output, np.hstack([words, expected_output(ferns, words)]))
