# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The majority projection."""

import pickle
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.compose import ColumnTransformer

from skbit import RandomMAJ3Projection, ThermometerEncoder
from skbit._utils.splitmix import random_words, splitmix64
from skbit.bits import unpack_bits
from skbit.random_projection import _projection
from tests import reference

WIDTHS = [8, 16, 32, 64, 128, 256]


def words_of(seed, shape):
    return np.random.default_rng(seed).integers(0, 2**32, shape, dtype=np.uint32)


def expected_output(projection, words):
    """What a fitted projection must answer, from its attributes."""
    n_missing = projection.W0_.shape[1] - words.shape[1]
    words = np.pad(words, ((0, 0), (0, n_missing)))
    bits = reference.project(
        reference.unpack(words),
        reference.unpack(projection.W0_),
        projection.container_bits,
        projection.receptive_fields_,
        projection.grid_shape_[1],
        projection.gate,
        projection.receptive_field is not None,
        None if projection.majority == "tree" else projection.majority_share,
    )
    return reference.pack(bits)


def test_splitmix64_published_vector():
    numbers = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert splitmix64(1234567, 3).tolist() == numbers
    assert reference.splitmix64(1234567, 3) == numbers


@given(st.integers(0, 2**64 - 1))
def test_splitmix64_equals_reference(seed):
    assert splitmix64(seed, 20).tolist() == reference.splitmix64(seed, 20)


def test_same_seed_gives_the_same_w0_for_ever():
    projection = RandomMAJ3Projection(2, random_state=42).fit(words_of(0, (1, 3)))
    stream = [z >> 32 for z in reference.splitmix64(42, 6)]
    assert projection.W0_.ravel().tolist() == stream
    assert projection.W0_.dtype == np.uint32
    # Written out, so that a change of the reference cannot hide one of the code.
    numbers = [13679457532755275413, 2949826092126892291, 5139283748462763858]
    assert projection.W0_[0].tolist() == [z >> 32 for z in numbers]


@given(
    n_containers=st.integers(1, 300),
    n_components=st.integers(1, 40),
    n_rows=st.integers(1, 5),
    gate=st.sampled_from(["xnor", "xor"]),
    width=st.sampled_from(WIDTHS),
    majority=st.sampled_from(["tree", "exact"]),
    few_rows=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_equals_reference(
    n_containers, n_components, n_rows, gate, width, majority, few_rows, seed
):
    words = words_of(seed, (n_rows, n_containers))
    projection = RandomMAJ3Projection(
        n_components,
        gate=gate,
        majority=majority,
        container_bits=width,
        random_state=seed,
    ).fit(words)
    # Both kernels, whatever the number of rows that decides between them.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_projection, "_FEW_ROWS", 10 if few_rows else 0)
        output = projection.transform(words)
    assert output.dtype == np.uint32
    assert output.flags.c_contiguous
    assert_array_equal(output, expected_output(projection, words))


@pytest.mark.parametrize("n_rows", [1, 32, 33, 511, 512, 513, 2600])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_blocks_and_threads(n_rows, n_jobs):
    words = words_of(n_rows, (n_rows, 7))
    projection = RandomMAJ3Projection(300, random_state=1, n_jobs=n_jobs).fit(words)
    assert_array_equal(projection.transform(words), expected_output(projection, words))


def test_more_neurons_than_are_written_at_once():
    words = words_of(0, (520, 5))
    for width, n_components in ((8, 2100), (32, 600), (256, 70)):
        projection = RandomMAJ3Projection(
            n_components, container_bits=width, random_state=0
        ).fit(words)
        assert_array_equal(
            projection.transform(words), expected_output(projection, words)
        )


@pytest.mark.parametrize("width", [32, 64])
def test_memory_layout_does_not_matter(width):
    words = words_of(0, (600, 9))
    projection = RandomMAJ3Projection(20, container_bits=width, random_state=0)
    expected = projection.fit_transform(words)
    frozen = np.asfortranarray(words)
    frozen.setflags(write=False)
    for same in (frozen, words[::-1][::-1], np.repeat(words, 2, axis=1)[:, ::2]):
        assert_array_equal(projection.transform(same), expected)
        assert_array_equal(projection.transform(same[:3]), expected[:3])


@given(
    height=st.integers(1, 12),
    columns=st.integers(1, 6),
    pixels=st.sampled_from([1, 2, 4, 8, 16, 32]),
    n_components=st.integers(1, 20),
    majority=st.sampled_from(["tree", "exact"]),
    width=st.sampled_from([8, 32, 64]),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_receptive_fields_equal_reference(
    height, columns, pixels, n_components, majority, width, seed, data
):
    low = data.draw(st.integers(1, height))
    high = data.draw(st.integers(low, height))
    n_words = max(1, width // 32) * height * columns
    image_width = columns * pixels
    words = words_of(seed, (3, n_words))
    projection = RandomMAJ3Projection(
        n_components,
        receptive_field=(low, high),
        image_shape=(height, image_width),
        majority=majority,
        majority_share=0.4,
        container_bits=width,
        random_state=seed,
    ).fit(words)
    grid = (height, n_words * 32 // width // height)
    assert projection.grid_shape_ == grid
    assert_array_equal(
        projection.receptive_fields_,
        reference.windows(seed, n_components, low, high, grid, image_width),
    )
    assert_array_equal(projection.transform(words), expected_output(projection, words))


def test_receptive_fields_of_a_few_neurons_are_those_of_many():
    words = words_of(0, (2, 28 * 7))
    few, many = (
        RandomMAJ3Projection(
            n, receptive_field=(5, 9), image_shape=(28, 28), random_state=3
        ).fit(words)
        for n in (10, 50)
    )
    assert_array_equal(many.receptive_fields_[:10], few.receptive_fields_)
    assert_array_equal(many.W0_[:10], few.W0_)
    heights, widths = many.receptive_fields_[:, 2:].T
    assert set(heights) == {5, 6, 7, 8, 9}
    assert set(widths) == {3, 4}


def test_colour_images():
    words = words_of(0, (2, 8 * 6))
    projection = RandomMAJ3Projection(
        5, receptive_field=(2, 4), image_shape=(8, 8, 24), random_state=0
    ).fit(words)
    assert projection.grid_shape_ == (8, 6)
    assert_array_equal(projection.transform(words), expected_output(projection, words))


@pytest.mark.parametrize(
    ("image_shape", "full"),
    [(None, (32, 32)), ((-1, 16), (64, 16)), ((16, -1, 4), (16, 16, 4))],
)
def test_image_shapes_are_completed(image_shape, full):
    words = words_of(0, (2, 32))
    given, completed = (
        RandomMAJ3Projection(
            9,
            receptive_field=(2, 5),
            container_bits=8,
            image_shape=shape,
            random_state=0,
        ).fit(words)
        for shape in (full, image_shape)
    )
    assert completed.grid_shape_ == given.grid_shape_ == (full[0], 128 // full[0])
    assert_array_equal(completed.receptive_fields_, given.receptive_fields_)


def test_square_images_of_dense_bits_need_no_shape():
    X = np.zeros((1, 64 * 64))
    projection = RandomMAJ3Projection(5, receptive_field=(2, 5)).fit(X)
    assert projection.grid_shape_ == (64, 2)
    with pytest.warns(UserWarning, match="make no square image"):
        projection.set_params(receptive_field=(1, 1)).fit(X[:, :96])
    assert projection.grid_shape_ == (1, 3)


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_xor_is_the_complement_of_xnor_by_complemented_w0(n_containers, seed):
    words = words_of(seed, (2, n_containers))
    xnor = RandomMAJ3Projection(5, random_state=seed).fit(words)
    xor = RandomMAJ3Projection(5, gate="xor", random_state=seed).fit(words)
    xor.W0_ = ~xor.W0_
    assert_array_equal(xor.transform(words), xnor.transform(words))


def test_exact_majority_of_odd_numbers_is_self_dual():
    words = words_of(0, (4, 45))
    xnor, xor = (
        RandomMAJ3Projection(9, gate=gate, majority="exact", random_state=0)
        for gate in ("xnor", "xor")
    )
    assert_array_equal(xnor.fit_transform(words), ~xor.fit_transform(words))


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_dense_input_is_packed_input(kind):
    X = np.random.default_rng(0).normal(size=(50, 70))
    as_dense = sparse.csr_matrix(X) if kind == "sparse" else X
    projection = RandomMAJ3Projection(8, binarize=0.3, random_state=0)
    output = projection.fit_transform(as_dense)
    assert projection.input_format_ == "dense"
    assert projection.n_features_in_ == 70
    packed = RandomMAJ3Projection(8, random_state=0)
    assert_array_equal(output, packed.fit_transform(reference.pack(X > 0.3)))
    assert packed.input_format_ == "packed"


def test_dense_output():
    words = words_of(0, (10, 4))
    projection = RandomMAJ3Projection(3, container_bits=8, random_state=0)
    packed = projection.fit_transform(words)
    assert packed.shape == (10, 1)
    projection.set_params(packed_output=False).fit(words)
    dense = projection.transform(words)
    assert dense.dtype == np.uint8
    assert_array_equal(dense, unpack_bits(packed, 24))
    assert len(projection.get_feature_names_out()) == 24


def test_random_state():
    words = words_of(0, (1, 2))
    make = RandomMAJ3Projection
    a = make(4, random_state=np.random.RandomState(5)).fit(words)
    b = make(4, random_state=np.random.RandomState(5)).fit(words)
    again = make(4, random_state=a.seed_).fit(words)
    assert_array_equal(a.W0_, b.W0_)
    assert_array_equal(a.W0_, again.W0_)
    assert_array_equal(a.W0_.ravel(), random_words(a.seed_, 8))
    assert make(4).fit(words).seed_ != make(4).fit(words).seed_


def test_pickle_holds_nothing_but_the_structure():
    words = words_of(0, (600, 196))
    projection = RandomMAJ3Projection(512, random_state=0).fit(words)
    copy = pickle.loads(pickle.dumps(projection))
    assert_array_equal(copy.transform(words), projection.transform(words))
    assert len(pickle.dumps(projection)) < 1.1 * projection.W0_.nbytes + 20_000


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"receptive_field": (2, 3)}, "the 1 rows"),
        ({"receptive_field": (2, 3), "image_shape": (4,)}, "two whole numbers"),
        ({"receptive_field": (2, 3), "image_shape": (5, 13)}, "make no images"),
        ({"receptive_field": (2, 3), "image_shape": (3, -1)}, "make no images"),
        ({"receptive_field": (2, 3), "image_shape": (2, 2, 0)}, "numbers per pixel"),
        ({"receptive_field": (3, 2), "image_shape": (4, 4)}, "the smaller first"),
        ({"receptive_field": (0, 2), "image_shape": (4, 4)}, "the smaller first"),
        ({"receptive_field": (2, 5), "image_shape": (4, 4)}, "the 4 rows"),
        ({"receptive_field": (1.5, 2), "image_shape": (4, 4)}, "whole numbers"),
        ({"receptive_field": (1, 2), "image_shape": (3, 4)}, "cannot share 4"),
        ({"container_bits": 24}, "'container_bits' parameter"),
        ({"n_components": 0}, "'n_components' parameter"),
        ({"gate": "and"}, "'gate' parameter"),
        ({"majority_share": 1.0}, "'majority_share' parameter"),
    ],
)
def test_bad_parameters_leave_nothing_behind(params, message):
    projection = RandomMAJ3Projection(3, random_state=0).set_params(**params)
    before = vars(projection).copy()
    with pytest.raises(ValueError, match=message):
        projection.fit(words_of(0, (2, 4)))
    assert vars(projection) == before


def test_bad_input():
    words = words_of(0, (2, 4))
    projection = RandomMAJ3Projection(3, random_state=0).fit(words)
    with pytest.raises(ValueError, match=r"5 features.*expecting 4"):
        projection.transform(words_of(0, (2, 5)))
    with pytest.raises(ValueError, match=r"matrix of numbers.*fitted on a packed"):
        projection.transform(words.astype(float))
    with pytest.raises(ValueError, match="NaN"):
        RandomMAJ3Projection(3).fit([[np.nan, 1.0]])
    with pytest.raises(ValueError, match="infinity"):
        RandomMAJ3Projection(3).fit([[np.inf, 1.0]])
    with pytest.raises(ValueError, match=r"convert|compatible"):
        RandomMAJ3Projection(3).fit([["a", "b"]])
    with pytest.raises(ValueError, match="0 sample"):
        RandomMAJ3Projection(3).fit(np.empty((0, 3), dtype=np.uint32))
    with pytest.raises(ValueError, match="cannot be sparse"):
        RandomMAJ3Projection(3, input_format="packed").fit(sparse.csr_matrix(np.eye(3)))


def test_packed_bits_that_travelled_as_floats():
    words = words_of(0, (5, 4))
    expected = RandomMAJ3Projection(3, random_state=0).fit_transform(words)
    projection = RandomMAJ3Projection(3, input_format="packed", random_state=0)
    assert_array_equal(projection.fit_transform(words.astype(float)), expected)
    assert_array_equal(projection.transform(words), expected)
    for bad in (-1.0, 0.5, 2.0**32):
        with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
            projection.transform(np.full((1, 4), bad))


def test_uint32_numbers_can_be_meant_as_numbers():
    counts = np.array([[0, 3, 0], [9, 0, 1]], dtype=np.uint32)
    projection = RandomMAJ3Projection(3, input_format="dense", random_state=0)
    expected = RandomMAJ3Projection(3, random_state=0).fit_transform(counts > 0)
    assert_array_equal(projection.fit_transform(counts), expected)


def test_real_digits_of_all_rows_equal_reference(mnist):
    X = mnist[0][:600]
    words = ThermometerEncoder(curve="raw").fit_transform(X)
    projection = RandomMAJ3Projection(16, random_state=42).fit(words)
    assert_array_equal(projection.transform(words), expected_output(projection, words))


# Lookups are 16 bits wide as long as the last entry of the pool is below 2**16. Trees
# read two thirds of its last part not at all, exact counts read none of it; so more
# containers are needed before lookups that are too narrow would give other bits.
@pytest.mark.parametrize(
    ("n_containers", "majority"),
    [
        (19648, "tree"),
        (19652, "tree"),
        (21200, "tree"),
        (25000, "tree"),
        (21848, "exact"),
        (48000, "exact"),
    ],
)
def test_lookups_at_and_beyond_16_bits(n_containers, majority):
    words = words_of(0, (3, n_containers // 4))
    projection = RandomMAJ3Projection(
        2, container_bits=8, majority=majority, random_state=0
    ).fit(words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_projection, "_FEW_ROWS", 0)
        output = projection.transform(words)
    assert_array_equal(output, expected_output(projection, words))


def windowed(**params):
    words = words_of(0, (40, 28 * 7))
    return words, RandomMAJ3Projection(
        6, receptive_field=(5, 9), image_shape=(28, 28), random_state=3, **params
    ).fit(words)


def test_fitted_parameters_decide_after_fit():
    words, projection = windowed(majority="exact", gate="xor", majority_share=0.4)
    expected = projection.transform(words)
    for params in (
        {"gate": "xnor"},
        {"majority": "tree"},
        {"majority_share": 0.9},
        {"receptive_field": None},
        {"image_shape": None},
        {"container_bits": 256},
        {"n_components": 99},
        {"random_state": 9},
    ):
        projection.set_params(**params)
        assert_array_equal(projection.transform(words), expected)
        assert len(projection.get_feature_names_out()) == 6
    projection.packed_output = False
    assert_array_equal(projection.transform(words), unpack_bits(expected))
    assert len(projection.get_feature_names_out()) == 6 * 32


def damaged_windows(column, value):
    _, projection = windowed()
    windows = projection.receptive_fields_.copy()
    windows[2, column] = value
    return windows


@pytest.mark.parametrize(
    "damage",
    [
        *(
            {"receptive_fields_": damaged_windows(column, value)}
            for column in range(4)
            for value in (-1, 29, 2**40, -(2**62))
        ),
        {"receptive_fields_": damaged_windows(2, 0)},
        {"receptive_fields_": damaged_windows(0, 0)[:5]},
        {"receptive_fields_": damaged_windows(0, 0).astype(float)},
        {"grid_shape_": (7, 27)},
        {"grid_shape_": (-28, -7)},
        {"grid_shape_": 196},
        {"W0_": words_of(1, (6, 195))},
        {"W0_": words_of(1, (5, 196))},
        {"W0_": words_of(1, (196, 6)).T},
        {"W0_": words_of(1, (6, 196)).astype(float)},
        {"seed_": -1},
        {"n_features_in_": 195},
        {"fitted_params_": {}},
        *(
            {"fitted_params_": {**windowed()[1].fitted_params_, name: value}}
            for name, value in (
                ("container_bits", 33),
                ("container_bits", 256),
                ("gate", "and"),
                ("majority", 3),
                ("majority_share", 9),
                ("majority_share", "a"),
                ("receptive_field", None),
            )
        ),
    ],
)
def test_damaged_state_is_refused(damage):
    words, projection = windowed()
    vars(projection).update(damage)
    with pytest.raises(ValueError, match=r"damaged|196 features"):
        projection.transform(words)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "a"])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match="'random_state' parameter"):
        RandomMAJ3Projection(2, random_state=seed).fit(words_of(0, (1, 3)))


def test_seeds_of_all_kinds():
    words = words_of(0, (1, 3))
    expected = RandomMAJ3Projection(2, random_state=7).fit(words).W0_
    for seed in (np.int64(7), np.uint8(7)):
        found = RandomMAJ3Projection(2, random_state=seed).fit(words).W0_
        assert_array_equal(found, expected)
    for _ in range(2):
        state = np.random.RandomState(7)
        projection = RandomMAJ3Projection(2, random_state=state).fit(words)
        assert projection.seed_ == np.random.RandomState(7).randint(2**31)
    RandomMAJ3Projection(2, random_state=2**32 - 1).fit(words)


def test_a_packed_union_is_the_same_bits_with_its_gaps():
    X = np.random.default_rng(0).normal(size=(40, 4))
    union = ColumnTransformer([(str(i), ThermometerEncoder(11), [i]) for i in range(4)])
    words = union.fit_transform(X)
    projection = RandomMAJ3Projection(9, random_state=0, input_format="packed").fit(
        words
    )
    dense = RandomMAJ3Projection(9, random_state=0).fit(unpack_bits(words))
    expected = projection.transform(words)
    assert_array_equal(dense.transform(unpack_bits(words)), expected)
    assert_array_equal(expected, expected_output(projection, words))
    # Without gaps the containers are fewer, and their bits others.
    parts = [
        (str(i), ThermometerEncoder(11, packed_output=False), [i]) for i in range(4)
    ]
    joined = RandomMAJ3Projection(9, random_state=0)
    joined.fit(ColumnTransformer(parts).fit_transform(X))
    assert joined.W0_.shape[1] == 2 < projection.W0_.shape[1] == 4


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_rows_do_not_depend_on_where_work_is_cut(n_jobs):
    X = np.random.default_rng(0).integers(0, 2**32, (1200, 30), dtype=np.uint32)
    projection = RandomMAJ3Projection(40, random_state=0, n_jobs=n_jobs).fit(X)
    few, many = projection.transform(X[:20]), projection.transform(X)
    assert_array_equal(many[:20], few)
    with mock.patch("skbit._utils.blocks._WORK_PER_CALL", 1):
        assert_array_equal(projection.transform(X[:20]), few)
        assert_array_equal(projection.transform(X), many)
