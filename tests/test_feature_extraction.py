# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates that compete for patches, against loops over booleans."""

import math
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union

from skbit import (
    BitPatchEncoder,
    BitWTAClusterer,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
)
from skbit.bits import n_containers
from skbit.feature_extraction import _codebook
from skbit.feature_extraction._codebook import draw_patches
from skbit.feature_extraction._geometry import Geometry
from tests import reference
from tests.kinds.estimators import state


def images_of(seed, n, shape, density=0.3):
    return np.random.default_rng(seed).random((n, *shape)) < density


def rows_of(images):
    return images.reshape(len(images), -1)


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def expected_bits(encoder, images):
    """What a fitted encoder must answer, from its parameters and its templates."""
    templates = reference.unpack(encoder.codebook_)
    size = encoder.patch_shape_
    templates = templates[:, : math.prod(size) * images.shape[3]]
    place = size, pair(encoder.stride), pair(encoder.padding)
    n_patches = reference.patches_of(images[0], *place).shape[:2]
    if encoder.pooling == "none":
        grid, cell_size = n_patches, (1, 1)
    else:
        grid = pair(encoder.grid or tuple(min(4, n) for n in n_patches))
        cell_size = pair(
            encoder.cell_size or tuple(map(reference.size_of_cells, n_patches, grid))
        )
    levels = (1,) if isinstance(encoder.pooling, str) else encoder.pooling
    contest = encoder.n_winners, encoder.min_ones
    by_image = [
        reference.encode_patches(
            image, templates, place, contest, grid, cell_size, levels
        )
        for image in images
    ]
    return np.array(by_image)


def drawn(encoder, images, n=None, distinct=True):
    """The patches that an encoder must draw."""
    place = encoder.patch_shape_, pair(encoder.stride), pair(encoder.padding)
    n = encoder.n_templates if n is None else n
    args = place, encoder.min_ones, n, encoder.random_state, distinct
    return reference.drawn_patches(images, *args)


@st.composite
def encoders(draw, numbers_of_templates=(1, 2, 31, 32, 33, 63, 64, 65, 130)):
    """Parameters of an encoder and images that it accepts."""
    shape = draw(
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 13))
        | st.tuples(st.just(1), st.integers(60, 140), st.integers(1, 3))
        | st.tuples(st.integers(1, 3), st.integers(30, 70), st.just(2))
        | st.tuples(st.integers(10, 70), st.integers(1, 3), st.integers(1, 2))
    )
    padding = tuple(draw(st.integers(0, 3)) for _ in range(2))
    size = tuple(
        draw(st.integers(p + 1, max(p + 1, min(9, n + 2 * p))))
        for n, p in zip(shape[:2], padding, strict=True)
    )
    stride = draw(st.sampled_from([(1, 1), (2, 1), (1, 3), (4, 2), (30, 30)]))
    n_patches = [
        (n + 2 * p - s) // step + 1
        for n, s, p, step in zip(shape[:2], size, padding, stride, strict=True)
    ]
    per_axis = [st.integers(1, n) for n in n_patches]
    k = draw(st.sampled_from(numbers_of_templates))
    levels = st.sets(st.sampled_from([1, 2, 3, 4, 5, 8, 9, 1000]), min_size=1)
    params = {
        "n_templates": k,
        "patch_size": size,
        "stride": stride,
        "padding": padding,
        "n_winners": draw(st.integers(1, min(k, 5)) | st.just(k)),
        "min_ones": draw(st.integers(0, 6)),
        "grid": draw(
            st.none() | st.tuples(*[st.integers(1, min(5, n)) for n in n_patches])
        ),
        "cell_size": draw(st.none() | st.tuples(*per_axis)),
        "pooling": draw(
            st.sampled_from(["or", "none"])
            | levels.map(lambda found: tuple(sorted(found)))
        ),
        "codebook": draw(st.sampled_from(["sample", "random"])),
        "image_shape": shape[:2],
        "random_state": draw(st.integers(0, 2**32 - 1)),
    }
    density = draw(st.sampled_from([0, 0.02, 0.2, 0.5, 0.9, 1]))
    n_images = draw(st.integers(1, 4))
    return params, images_of(params["random_state"], n_images, shape, density)


@given(encoders())
def test_bits_by_their_definition(params_and_images):
    params, images = params_and_images
    encoder = BitPatchEncoder(**params)
    X = rows_of(images)
    words = encoder.fit_transform(X)
    bits = expected_bits(encoder, images)
    assert words.dtype == np.uint32
    assert words.flags.c_contiguous
    assert_array_equal(words, reference.pack(bits))
    assert encoder.n_bits_per_pixel_ == images.shape[3]
    assert math.prod(encoder.output_image_shape_) == bits.shape[1]
    # Packed rows are the same images, whose width tells less about the channels.
    packed = clone(encoder).set_params(
        image_shape=images.shape[1:], input_format="packed", packed_output=False
    )
    assert_array_equal(packed.fit_transform(reference.pack(X)), bits)
    assert_array_equal(packed.codebook_, encoder.codebook_)


@given(encoders(numbers_of_templates=(1, 5, 33)))
def test_codebooks_by_their_definition(params_and_images):
    params, images = params_and_images
    encoder = BitPatchEncoder(**params).fit(rows_of(images))
    n_bits = math.prod(encoder.patch_shape_) * images.shape[3]
    n_words = n_containers(n_bits)
    words = reference.splitmix64(encoder.random_state, encoder.n_templates * n_words)
    stream = np.array([z >> 32 for z in words], dtype=np.uint32).reshape(-1, n_words)
    expected = reference.pack(reference.unpack(stream)[:, :n_bits])
    if encoder.codebook == "sample":
        # 64 x 4096 places are tried, of which the reference tries the first.
        found = reference.pack(drawn(encoder, images))
        n_found = len(found)
        expected[:n_found] = found
        expected[n_found:] = encoder.codebook_[n_found:]
    assert_array_equal(encoder.codebook_, expected)


def test_templates_are_patches_of_the_images_that_differ():
    images = images_of(0, 5, (9, 11, 2), 0.2)
    encoder = BitPatchEncoder(
        40, patch_size=(3, 4), min_ones=4, image_shape=(9, 11), random_state=1
    ).fit(rows_of(images))
    patches = {
        patch.tobytes()
        for image in images
        for row in reference.patches_of(image, (3, 4), (1, 1), (0, 0))
        for patch in row
    }
    templates = reference.unpack(encoder.codebook_)[:, : 3 * 4 * 2]
    assert len({template.tobytes() for template in templates} & patches) == 40
    assert templates.sum(axis=1).min() >= 4


def test_random_templates_fill_up_a_codebook():
    """Images with fewer different patches than templates, and none at all."""
    X = np.zeros((3, 64), dtype=bool)
    X[1, :32] = True
    random = BitPatchEncoder(9, codebook="random", patch_size=8, random_state=5).fit(X)
    sample = BitPatchEncoder(9, patch_size=8, random_state=5).fit(X)
    assert sample.codebook_[0].tolist() == [2**32 - 1, 0]
    assert_array_equal(sample.codebook_[1:], random.codebook_[1:])
    for codebook in ("sample", "competition"):
        blank = clone(sample).set_params(codebook=codebook).fit(X[:1])
        assert_array_equal(blank.codebook_, random.codebook_)
        assert not blank.transform(X[:1]).any()
        assert blank.transform(X[1:2]).any()


@pytest.mark.parametrize("distinct", [True, False])
def test_patches_are_drawn_in_blocks(distinct):
    images = images_of(0, 2, (50, 50, 1), 0.5)
    place = (4, 4), (1, 1), (0, 0)
    geometry = Geometry((50, 50), 1, *place, (1, 1), (1, 1))
    words = reference.pack(rows_of(images))
    # Places are drawn 4096 at a time.
    args = 4, 3000 if distinct else 5000, 7
    found = draw_patches(words, geometry, *args, distinct=distinct)
    expected = reference.drawn_patches(images, place, *args, distinct, 2**15)
    assert_array_equal(found, reference.pack(expected))


def test_competition_learns_drawn_patches():
    images = images_of(0, 4, (8, 8, 1), 0.4)
    more = images_of(1, 700, (8, 8, 1), 0.4)
    params = {"patch_size": 4, "codebook": "competition", "random_state": 3}
    encoder = BitPatchEncoder(10, **params).fit(rows_of(images))
    clusterer = BitWTAClusterer(10, random_state=3)
    for stream in (images, more):
        n_patches = max(640, len(stream))
        patches = drawn(encoder, stream, n_patches, distinct=False)
        clusterer.partial_fit(reference.pack(patches))
        if stream is more:
            encoder.partial_fit(rows_of(more))
        assert_array_equal(encoder.codebook_, clusterer.patterns_)
        bits = reference.pack(expected_bits(encoder, stream[:9]))
        assert_array_equal(encoder.transform(rows_of(stream[:9])), bits)


@pytest.mark.parametrize("codebook", ["sample", "competition", "random"])
def test_streams(codebook):
    X = rows_of(images_of(0, 60, (8, 8, 1)))
    encoder = BitPatchEncoder(12, patch_size=3, codebook=codebook, random_state=0)
    fitted = clone(encoder).fit(X[:20])
    encoder.partial_fit(X[:20])
    assert state(encoder) == state(fitted)
    first = encoder.codebook_.copy()
    # Nothing is left of the first codebook where it has been used.
    encoder.transform(X)
    again = pickle.loads(pickle.dumps(encoder))
    for rows in (X[20:40], X[40:]):
        encoder.partial_fit(rows)
        again.partial_fit(rows)
    assert state(encoder) == state(again)
    assert np.any(encoder.codebook_ != first) == (codebook == "competition")
    images = X.reshape(-1, 8, 8, 1)
    assert_array_equal(
        encoder.transform(X), reference.pack(expected_bits(encoder, images))
    )
    # A model that shares nothing with the first one stays as it was.
    assert_array_equal(fitted.codebook_, first)
    assert state(encoder.fit(X[:20])) == state(fitted)


def test_a_failure_after_the_competition_changes_nothing(monkeypatch):
    X = rows_of(images_of(0, 60, (8, 8, 1)))
    encoder = BitPatchEncoder(9, codebook="competition", random_state=0).fit(X[:30])
    before = state(encoder)

    def fail(*args):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(_codebook, "filled_up", fail)
        with pytest.raises(MemoryError):
            encoder.partial_fit(X[30:])
    assert state(encoder) == before
    assert state(encoder.partial_fit(X[30:])) != before


@pytest.mark.parametrize("n_jobs", [1, 2, 3])
@pytest.mark.parametrize("n_rows", [1, 2, 40, 513, 1100])
def test_blocks_and_threads(n_jobs, n_rows):
    """Blocks of 512 patches and of 512 rows end anywhere."""
    images = images_of(n_rows, n_rows, (6, 7, 1))
    images[::3] = False
    images[-1] = False
    encoder = BitPatchEncoder(
        33,
        patch_size=3,
        n_winners=3,
        pooling=(1, 3),
        image_shape=(6, 7),
        random_state=0,
        n_jobs=n_jobs,
    ).fit(rows_of(images_of(0, 3, (6, 7, 1))))
    bits = expected_bits(encoder, images)
    assert_array_equal(encoder.transform(rows_of(images)), reference.pack(bits))


def test_images_of_more_patches_than_compete_at_once():
    images = images_of(0, 3, (40, 33, 1))
    images[1, :20] = False
    for min_ones in (0, 3, 9):
        encoder = BitPatchEncoder(
            5, patch_size=4, min_ones=min_ones, image_shape=(40, 33), random_state=0
        ).fit(rows_of(images))
        bits = expected_bits(encoder, images)
        assert_array_equal(encoder.transform(rows_of(images)), reference.pack(bits))


def test_memory_layout_does_not_matter():
    X = rows_of(images_of(0, 30, (8, 8, 1)))
    encoder = BitPatchEncoder(20, patch_size=3, random_state=0)
    expected = encoder.fit_transform(X)
    frozen = np.asfortranarray(X)
    frozen.setflags(write=False)
    wide = np.repeat(X, 2, axis=1)[:, ::2]
    numbers = np.where(X, 0.7, -3.0)
    for same in (frozen, X[::-1][::-1], wide, numbers, sparse.csr_matrix(X)):
        assert_array_equal(encoder.transform(same), expected)
        assert_array_equal(clone(encoder).fit_transform(same), expected)
    words = reference.pack(X)
    encoder.set_params(image_shape=(8, 8))
    expected = encoder.fit_transform(words)
    frozen = np.asfortranarray(words)
    frozen.setflags(write=False)
    for same in (frozen, words[::-1][::-1], np.repeat(words, 2, axis=1)[:, ::2]):
        assert_array_equal(encoder.transform(same), expected)
    encoder.set_params(input_format="packed")
    assert_array_equal(encoder.transform(words.astype(float)), expected)


def test_binarize_is_a_threshold():
    X, _ = load_digits(return_X_y=True)
    encoder = BitPatchEncoder(20, patch_size=3, random_state=0)
    expected = encoder.fit_transform(X > 7)
    assert_array_equal(encoder.set_params(binarize=7).fit_transform(X), expected)


def test_padding_bits_of_packed_rows_are_no_pixels():
    images = images_of(0, 5, (5, 7, 1), 0.5)
    words = reference.pack(rows_of(images))
    encoder = BitPatchEncoder(
        8, patch_size=3, padding=2, image_shape=(5, 7), random_state=0
    )
    expected = encoder.fit_transform(words)
    dirty = words.copy()
    dirty[:, 1] |= np.uint32(2**32 - 2**3)
    assert_array_equal(encoder.transform(dirty), expected)
    assert_array_equal(clone(encoder).fit_transform(dirty), expected)


def test_defaults_follow_the_size_of_the_images():
    def shapes_of(height, width, **params):
        params = {"image_shape": (height, width), "codebook": "random", **params}
        encoder = BitPatchEncoder(3, **params)
        encoder.fit(np.ones((2, height * width)))
        names = "patch_shape_", "map_shape_", "grid_shape_", "cell_shape_"
        return [getattr(encoder, name) for name in names]

    assert shapes_of(28, 28) == [(7, 7), (22, 22), (4, 4), (7, 7)]
    assert shapes_of(28, 28, padding=2) == [(7, 7), (26, 26), (4, 4), (8, 8)]
    assert shapes_of(1, 40) == [(1, 7), (1, 34), (1, 4), (1, 11)]
    assert shapes_of(5, 8) == [(5, 7), (1, 2), (1, 2), (1, 1)]
    assert shapes_of(9, 9, pooling="none") == [(7, 7), (3, 3), (3, 3), (1, 1)]
    assert shapes_of(28, 28, stride=(2, 4))[1:3] == [(11, 6), (4, 4)]
    # Every patch is in a cell.
    for n in range(7, 60):
        _, _, (_, n_cells), (_, size) = shapes_of(1, n)
        assert size == reference.size_of_cells(n - 6, n_cells)
        cells = reference.cells(n - 6, n_cells, size)
        assert {i for cell in cells for i in range(*cell)} == {*range(n - 6)}


def test_names_tell_what_a_bit_is():
    X = rows_of(images_of(0, 40, (8, 8, 1), 0.5))
    encoder = BitPatchEncoder(
        3, patch_size=5, grid=2, pooling=(1, 2), packed_output=False, random_state=0
    )
    bits = encoder.fit_transform(X)
    names = encoder.get_feature_names_out()
    assert names.dtype == object
    assert len(names) == len(set(names)) == bits.shape[1] == 2 * 2 * 2 * 3
    assert names[[0, 5, 6, 23]].tolist() == [
        "template 0 in cell (0, 0)",
        "template 2 in cell (0, 0) at least 2 times",
        "template 0 in cell (0, 1)",
        "template 2 in cell (1, 1) at least 2 times",
    ]
    assert bits.any(axis=0).all()
    encoder.set_params(packed_output=True)
    assert encoder.get_feature_names_out().tolist() == ["bitpatchencoder0"]
    wrong = [f"pixel{i}" for i in range(63)]
    with pytest.raises(ValueError, match="input_features"):
        encoder.get_feature_names_out(wrong)


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("packed", [True, False])
def test_data_frames(library, packed):
    pytest.importorskip(library)
    X = rows_of(images_of(0, 9, (8, 8, 1)))
    encoder = BitPatchEncoder(5, patch_size=5, packed_output=packed, random_state=0)
    expected = encoder.fit_transform(X)
    frame = encoder.set_output(transform=library).fit_transform(X)
    assert list(frame.columns) == encoder.get_feature_names_out().tolist()
    assert_array_equal(frame.to_numpy(), expected)
    # Containers that travel in a frame are bits, for an encoder and for a classifier.
    if packed:
        y = np.arange(9) % 2
        found, labels = (
            OttoScoreClassifier().fit(bits, y).predict(bits)
            for bits in (frame, expected)
        )
        assert_array_equal(found, labels)


@pytest.mark.parametrize("pooling", ["none", (1, 2)])
def test_a_second_stage_takes_winners_as_channels(pooling):
    images = images_of(0, 6, (9, 10, 2), 0.3)
    first = BitPatchEncoder(
        7, patch_size=3, pooling=pooling, image_shape=(9, 10), random_state=0
    )
    words = first.fit_transform(rows_of(images))
    height, width, n_channels = first.output_image_shape_
    assert n_channels == 7 * (1 if pooling == "none" else 2)
    second = BitPatchEncoder(
        11, patch_size=2, image_shape=first.output_image_shape_, random_state=1
    )
    found = second.fit_transform(words)
    assert second.n_bits_per_pixel_ == n_channels
    maps = expected_bits(first, images).reshape(6, height, width, n_channels)
    assert_array_equal(found, reference.pack(expected_bits(second, maps)))
    pipeline = make_pipeline(clone(first), clone(second))
    assert_array_equal(pipeline.fit_transform(rows_of(images)), found)


def test_encoders_side_by_side():
    """The union of packed encoders has all bits, with the padding of each part."""
    X, y = load_digits(return_X_y=True)
    X = X[:300]
    parts = [
        BitPatchEncoder(9, patch_size=3, binarize=7, random_state=0),
        BitPatchEncoder(33, patch_size=5, grid=3, binarize=7, random_state=1),
        RandomMAJ3Projection(2, binarize=7, random_state=0),
    ]
    union = make_union(*parts)
    words = union.fit_transform(X)
    assert words.dtype == np.uint32
    assert_array_equal(
        words, np.hstack([clone(part).fit_transform(X) for part in parts])
    )
    assert words.shape[1] == sum(n_containers(n) for n in (9 * 16, 33 * 9, 64))
    dense = FeatureUnion(
        [
            (str(i), clone(p).set_params(packed_output=False))
            for i, p in enumerate(parts)
        ]
    ).fit_transform(X)
    classifier = OttoScoreClassifier(max_iter=5, random_state=0)
    found, expected = (
        clone(classifier).fit(bits, y[:300]).integer_scores(bits)
        for bits in (words, dense)
    )
    assert_array_equal(found, expected)


def test_encoders_of_columns():
    """Channels that lie apart have encoders of their own."""
    X = rows_of(images_of(0, 20, (2, 6, 6)))
    params = {"n_templates": 5, "patch_size": 3, "random_state": 0}
    columns = ColumnTransformer(
        [
            ("left", BitPatchEncoder(**params), slice(0, 36)),
            ("right", BitPatchEncoder(**params), slice(36, 72)),
        ]
    )
    parts = [BitPatchEncoder(**params).fit_transform(part) for part in np.hsplit(X, 2)]
    assert_array_equal(columns.fit_transform(X), np.hstack(parts))


def test_colour_images_and_series():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (6, 7 * 9 * 3))
    pixels = PixelEncoder((60, 180), min_rise=50, n_directions=4, image_shape=(7, 9, 3))
    words = pixels.fit_transform(X)
    encoder = BitPatchEncoder(10, patch_size=4, image_shape=(7, 9, 3), random_state=0)
    found = encoder.fit_transform(words)
    assert encoder.n_bits_per_pixel_ == pixels.n_bits_per_pixel_ == 3 * 6
    images = reference.unpack(words)[:, : 7 * 9 * 18].reshape(6, 7, 9, 18)
    assert_array_equal(found, reference.pack(expected_bits(encoder, images)))
    series = BitPatchEncoder(
        10, patch_size=(1, 5), padding=(0, 2), image_shape=(1, 63, 3), random_state=0
    )
    found = series.fit_transform(X > 128)
    assert series.map_shape_ == (1, 63)
    series_of = (X > 128).reshape(6, 1, 63, 3)
    series.stride, series.grid = 1, (1, 4)
    assert_array_equal(found, reference.pack(expected_bits(series, series_of)))


def test_huge_sizes():
    """Numbers that no machine word holds are no problem, or a clear one."""
    images = images_of(0, 5, (8, 8, 1))
    params = {"patch_size": 3, "random_state": 0}
    one_patch = BitPatchEncoder(4, stride=2**80, **params).fit(rows_of(images))
    assert one_patch.map_shape_ == (1, 1)
    one_patch.stride = 8
    found = one_patch.transform(rows_of(images))
    assert_array_equal(found, reference.pack(expected_bits(one_patch, images)))
    blank = BitPatchEncoder(4, min_ones=2**80, **params)
    assert not blank.fit_transform(rows_of(images)).any()
    for name in ("patch_size", "grid", "cell_size", "padding"):
        with pytest.raises(ValueError, match=f"{name}={2**80} is too large"):
            BitPatchEncoder(4, **{**params, name: 2**80}).fit(rows_of(images))


def test_random_state():
    X = rows_of(images_of(0, 9, (8, 8, 1)))
    a, b, c = (
        BitPatchEncoder(5, random_state=random_state).fit(X)
        for random_state in (np.random.RandomState(3), np.random.RandomState(3), None)
    )
    assert a.seed_ == b.seed_ != c.seed_
    again = BitPatchEncoder(5, random_state=a.seed_).fit(X)
    for other in (b, again):
        assert_array_equal(other.codebook_, a.codebook_)


BAD = [
    ({"patch_size": 9}, r"patch_size=9 is too large: .* allows \(8, 8\) at most"),
    ({"patch_size": (3, 11), "padding": 1}, r"allows \(10, 10\) at most"),
    ({"patch_size": 3, "padding": 3}, r"padding=3 is too large: .* \(2, 2\) at most"),
    ({"patch_size": 3, "padding": (0, 3)}, r"padding=\(0, 3\) is too large"),
    ({"patch_size": 3, "grid": 7}, r"grid=7 is too large: .* allows \(6, 6\) at most"),
    ({"patch_size": 3, "cell_size": (7, 1)}, r"cell_size=\(7, 1\) is too large"),
    ({"n_winners": 6}, "n_winners=6 is more than n_templates=5"),
    ({"image_shape": (7, 9)}, "64 features, which make no images of shape"),
    ({"image_shape": (8, -1, 3)}, "64 features, which make no images of shape"),
    ({"image_shape": (8,)}, "two whole numbers"),
    ({"image_shape": (8, 8, 0)}, "third entry of image_shape"),
    ({"patch_size": (3, 3, 3)}, "patch_size must be a whole number from 1 or two"),
    ({"patch_size": (3, 0)}, "patch_size must be a whole number from 1 or two"),
    ({"patch_size": (3, True)}, "patch_size must be a whole number from 1 or two"),
    ({"patch_size": (3, 2.0)}, "patch_size must be a whole number from 1 or two"),
    ({"patch_size": ("3", 2)}, "patch_size must be a whole number from 1 or two"),
    ({"patch_size": True}, "patch_size"),
    ({"patch_size": 0}, "'patch_size' parameter"),
    ({"stride": (1, 0)}, "stride must be a whole number from 1 or two"),
    ({"stride": None}, "'stride' parameter"),
    ({"stride": True}, "stride"),
    ({"padding": -1}, "'padding' parameter"),
    ({"padding": (0, -1)}, "padding must be a whole number from 0 or two"),
    ({"padding": True}, "padding"),
    ({"grid": ()}, "grid must be a whole number from 1 or two"),
    ({"grid": True}, "grid"),
    ({"cell_size": [1]}, "cell_size must be a whole number from 1 or two"),
    ({"cell_size": True}, "cell_size"),
    ({"pooling": "max"}, "'pooling' parameter"),
    ({"pooling": ()}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (0, 1)}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (2, 1)}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (1, 1)}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (1, 2.5)}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (1, "2")}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (True, 2)}, "pooling must be 'or', 'none' or ascending whole numbers"),
    ({"pooling": (1, 2**31)}, "pooling must be 'or', 'none' or ascending whole num"),
    ({"n_templates": 0}, "'n_templates' parameter"),
    ({"n_winners": 0}, "'n_winners' parameter"),
    ({"min_ones": -1}, "'min_ones' parameter"),
    ({"codebook": "kmeans"}, "'codebook' parameter"),
]


@pytest.mark.parametrize(("params", "message"), BAD, ids=str)
def test_bad_parameters_change_nothing(params, message):
    X = rows_of(images_of(0, 9, (8, 8, 1)))
    encoder = BitPatchEncoder(5, random_state=0)
    unfitted = vars(clone(encoder).set_params(**params)).copy()
    bad = clone(encoder).set_params(**params)
    with pytest.raises(ValueError, match=message):
        bad.fit(X)
    assert vars(bad) == unfitted
    expected = encoder.fit_transform(X)
    learned = encoder.codebook_
    for learn in (encoder.fit, encoder.partial_fit):
        encoder.set_params(**params)
        with pytest.raises(
            ValueError, match=r"parameter|must|too large|more than|began|no im"
        ):
            learn(X)
        assert encoder.codebook_ is learned
        assert_array_equal(encoder.transform(X), expected)


def test_bad_input():
    X = rows_of(images_of(0, 9, (8, 8, 1)))
    encoder = BitPatchEncoder(5, random_state=0).fit(X)
    with pytest.raises(ValueError, match=r"63 features.*expecting 64"):
        encoder.transform(X[:, :63])
    with pytest.raises(ValueError, match=r"packed bit matrix.*fitted on a matrix"):
        encoder.transform(np.full((1, 64), 2**31, dtype=np.uint32))
    with pytest.raises(ValueError, match="0 sample"):
        BitPatchEncoder(5).fit(np.empty((0, 64)))
    with pytest.warns(UserWarning, match="make no square image"):
        BitPatchEncoder(5).fit(X[:, :63])
    with pytest.warns(UserWarning, match="does not tell how many"):
        BitPatchEncoder(5).fit(reference.pack(X) | np.uint32(2**31))


def test_fitted_parameters_decide_after_fit():
    X = rows_of(images_of(0, 9, (8, 8, 1)))
    encoder = BitPatchEncoder(5, patch_size=4, random_state=0).fit(X)
    expected = encoder.transform(X)
    encoder.set_params(n_templates=9, patch_size=2, n_winners=1, pooling="none")
    assert_array_equal(encoder.transform(X), expected)
    with pytest.raises(ValueError, match="n_templates was 5"):
        encoder.partial_fit(X)


def test_pickles_have_templates_and_no_tables():
    X = rows_of(images_of(0, 40, (28, 28, 1)))
    encoder = BitPatchEncoder(128, random_state=0).fit(X)
    expected = encoder.transform(X)
    copy = pickle.loads(pickle.dumps(encoder))
    assert_array_equal(copy.transform(X), expected)
    assert len(pickle.dumps(encoder)) < encoder.codebook_.nbytes + 5_000


def test_pixels_of_real_images(mnist):
    X = mnist[0][:40]
    pixels = PixelEncoder((64, 160), packed_output=False).fit_transform(X)
    encoder = BitPatchEncoder(
        64, padding=2, pooling=(1, 4), image_shape=(28, 28), random_state=0
    ).fit(pixels)
    images = pixels.reshape(40, 28, 28, 2).astype(bool)
    bits = expected_bits(encoder, images)
    assert_array_equal(encoder.transform(pixels), reference.pack(bits))
    # A handful of templates of many win in a cell.
    assert 0.05 < bits.mean() < 0.3


@pytest.mark.parametrize(
    "damage",
    [
        {"codebook_": np.zeros((5, 1), dtype=np.int64)},
        {"codebook_": np.zeros((4, 1), dtype=np.uint32)},
        {"map_shape_": (9, 9)},
        {"grid_shape_": (0, 4)},
        {"image_shape_": (80, 80)},
        {"n_bits_per_pixel_": 2},
        {"seed_": -1},
        {"fitted_params_": {}},
    ],
    ids=str,
)
def test_damaged_state_is_refused(damage):
    X = rows_of(images_of(0, 9, (8, 8, 1)))
    encoder = BitPatchEncoder(5, patch_size=4, random_state=0).fit(X)
    vars(encoder).update(damage)
    with (
        warnings.catch_warnings(),
        pytest.raises(ValueError, match=r"damaged|too large"),
    ):
        encoder.transform(X)
