# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The patch classifier, against loops over booleans."""

import copy
import pickle
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits

from skbit import BitPatchClassifier, BitWTAClusterer, DirectionalEdgeEncoder
from skbit.bits import pack_bits, unpack_bits
from tests import reference


def expected_scores(model, bits):
    """Scores of unpacked images, from the model's attributes."""
    shape = *model.image_shape_, bits.shape[1] // np.prod(model.image_shape_)

    def as_images(packed):
        dense = unpack_bits(packed)[:, : bits.shape[1]]
        return dense.reshape(-1, *shape).astype(bool)

    scores = reference.score_patches(
        bits.reshape(-1, *shape),
        as_images(model.prototypes_),
        as_images(model.masks_),
        model.patch_size,
        model.stride,
        model.max_shift,
        model.similarity,
    )
    of_classes = [
        scores[:, model.prototype_labels_ == label].max(axis=1)
        for label in model.classes_
    ]
    return np.transpose(of_classes)


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3)),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 2),
    st.sampled_from(["overlap", "jaccard"]),
    st.booleans(),
    st.booleans(),
)
def test_equals_reference(
    seed, shape, patch_size, stride, max_shift, similarity, masked, packed
):
    rng = np.random.default_rng(seed)
    bits = rng.random((12, np.prod(shape))) < 0.4
    X = pack_bits(bits) if packed else bits
    model = BitPatchClassifier(
        2,
        patch_size=patch_size,
        stride=stride,
        max_shift=max_shift,
        similarity=similarity,
        masked=masked,
        image_shape=shape,
        random_state=0,
    ).fit(X[:10], np.arange(10) % 2)
    assert_array_equal(model.integer_scores(X[9:]), expected_scores(model, bits[9:]))
    assert_array_equal(model.integer_scores(X[9:10]), model.integer_scores(X[9:])[:1])


SIDE = 23


@pytest.fixture(scope="module")
def digits():
    """Images whose 529 pixels do not fill their last container."""
    X, y = load_digits(return_X_y=True)
    large = np.kron(X.reshape(-1, 8, 8), np.ones((3, 3)))[:, 1:, 1:]
    return large.reshape(len(X), -1) > 7, y


def test_prototypes_are_those_of_a_clusterer_of_each_class(digits):
    X, y = digits
    model = BitPatchClassifier(4, masked=False, random_state=0).fit(X, y)
    assert model.prototypes_.shape == (40, 17)
    assert_array_equal(model.prototype_labels_, np.repeat(model.classes_, 4))
    seed = np.random.RandomState(0).randint(2**31)
    clusterer = BitWTAClusterer(4, random_state=seed).fit(pack_bits(X[y == 0]))
    assert_array_equal(model.prototypes_[:4], clusterer.patterns_)
    # Decided bits that are ones are among those that are ones without a mask.
    masked = BitPatchClassifier(4, random_state=0).fit(X, y)
    assert not np.any(masked.prototypes_ & ~model.prototypes_)
    assert not np.any(masked.prototypes_ & ~masked.masks_)
    n_decided = np.bitwise_count(masked.masks_).sum(axis=1)
    assert np.all(n_decided < SIDE**2)
    assert n_decided.mean() > 0.8 * SIDE**2


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("width", [1, 31, 32, 33, 64, 65, 95])
def test_padding_is_zero(masked, width):
    bits = np.random.default_rng(width).random((30, width)) < 0.4
    y = np.arange(30) % 2
    params = {"image_shape": (1, width), "masked": masked, "random_state": 0}
    dense = BitPatchClassifier(3, **params).fit(bits, y)
    packed = BitPatchClassifier(3, **params).fit(pack_bits(bits), y)
    for model in (dense, packed):
        # Raises where padding is set.
        assert unpack_bits(model.masks_, width).any() or masked
        assert unpack_bits(model.prototypes_, width).any()
    assert_array_equal(packed.masks_, dense.masks_)
    assert_array_equal(
        packed.integer_scores(pack_bits(bits)), dense.integer_scores(bits)
    )


@pytest.mark.parametrize("packed", [True, False])
def test_streams(packed, digits):
    X, y = digits
    X = pack_bits(X) if packed else X
    model = BitPatchClassifier(4, image_shape=(SIDE, SIDE), random_state=0)
    model.partial_fit(X[:300][y[:300] < 7], y[:300][y[:300] < 7], np.unique(y))
    scores = model.integer_scores(X[300:])
    # Classes that have not been seen cannot win.
    assert np.all(scores[:, 7:] < scores[:, :7].min())
    assert len(model.prototypes_) == 28
    parts = np.array_split(np.arange(300, 600), 7)
    for part in parts:
        model.partial_fit(X[part], y[part])
    assert len(model.prototypes_) == 40
    assert model.score(X, y) > 0.7


def test_threads_and_memory_orders(digits):
    X, y = digits
    model = BitPatchClassifier(3, random_state=0).fit(X, y)
    scores = model.integer_scores(X)
    frozen = np.asfortranarray(X)
    frozen.flags.writeable = False
    assert_array_equal(model.set_params(n_jobs=2).integer_scores(frozen), scores)
    packed = BitPatchClassifier(3, image_shape=(SIDE, SIDE), random_state=0)
    assert_array_equal(packed.fit(pack_bits(X), y).integer_scores(pack_bits(X)), scores)


def test_threads_that_ask_before_anything_was_computed(digits):
    X, y = digits
    streamed = BitPatchClassifier(3, random_state=0).partial_fit(X, y, np.unique(y))
    expected = copy.copy(streamed).integer_scores(X[:50])
    answers = [None] * 8
    barrier = threading.Barrier(len(answers))

    def ask(i):
        barrier.wait()
        answers[i] = streamed.integer_scores(X[:50])

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(answers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for found in answers:
        assert_array_equal(found, expected)


def test_patches_beat_the_flat_score_and_masks_both(mnist):
    """On validation images, with the same prototypes."""
    X, y = mnist[0] > 127, mnist[1]
    accuracy = {}
    for name, params in {
        "flat": {"patch_size": 7, "stride": 7, "max_shift": 0, "masked": False},
        "patches": {"masked": False},
        "masks": {},
    }.items():
        model = BitPatchClassifier(10, random_state=0, **params)
        model.fit(X[:10_000], y[:10_000])
        accuracy[name] = model.score(X[50_000:51_000], y[50_000:51_000])
    assert accuracy["flat"] + 0.02 < accuracy["patches"]
    assert accuracy["patches"] + 0.005 < accuracy["masks"]
    assert accuracy["masks"] > 0.91


def test_edges_are_bits_of_pixels():
    X, y = load_digits(return_X_y=True)
    edges = DirectionalEdgeEncoder(4, distance=1).fit_transform(X)
    model = BitPatchClassifier(
        5, patch_size=4, stride=2, image_shape=(8, 8, 4), random_state=0
    ).fit(edges[:1000], y[:1000])
    assert model.score(edges[1000:], y[1000:]) > 0.6


def test_shifts_and_steps_beyond_the_image():
    bits = np.random.default_rng(0).random((40, 30)) < 0.4
    y = np.arange(40) % 2
    model = BitPatchClassifier(3, patch_size=3, image_shape=(5, 6), random_state=0)
    far = clone(model).set_params(max_shift=6, stride=6).fit(bits, y)
    farther = clone(model).set_params(max_shift=2**40, stride=2**40).fit(bits, y)
    assert_array_equal(farther.integer_scores(bits), far.integer_scores(bits))
    assert_array_equal(far.integer_scores(bits), expected_scores(far, bits))
    # Small types of whole numbers do not wrap.
    small = {"max_shift": np.uint8(1), "patch_size": np.int8(3), "stride": np.uint8(2)}
    usual = {name: int(value) for name, value in small.items()}
    assert_array_equal(
        clone(model).set_params(**small).fit(bits, y).integer_scores(bits),
        clone(model).set_params(**usual).fit(bits, y).integer_scores(bits),
    )


def test_rows_that_make_no_square_are_signals(digits):
    X, y = digits
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        square = BitPatchClassifier(2, random_state=0).fit(X, y)
        signals = BitPatchClassifier(2, image_shape=(1, -1), random_state=0)
        signals.fit(X[:, 1:], y)
    assert square.image_shape_ == (SIDE, SIDE)
    with pytest.warns(UserWarning, match="528 features, which make no square") as found:
        model = BitPatchClassifier(2, random_state=0).fit(X[:, 1:], y)
    assert len(found) == 1
    assert model.image_shape_ == signals.image_shape_ == (1, 528)
    assert_array_equal(model.integer_scores(X[:, 1:]), signals.integer_scores(X[:, 1:]))
    with pytest.warns(UserWarning, match="528 features"):
        model = BitPatchClassifier(2).partial_fit(X[:, 1:], y, np.unique(y))
    # Once is enough.
    model.partial_fit(X[:, 1:], y)


@pytest.mark.parametrize(
    ("n_bits", "expected"), [(64, (8, 8)), (49, (8, 8)), (529, (1, 544))]
)
def test_packed_rows_do_not_tell_their_shape(n_bits, expected):
    words = pack_bits(np.random.default_rng(0).random((20, n_bits)) < 0.4)
    y = np.arange(20) % 2
    with pytest.warns(UserWarning, match="how many of the .* bits of a row") as found:
        model = BitPatchClassifier(2, patch_size=4).fit(words, y)
    assert len(found) == 1
    assert model.image_shape_ == expected


def test_bad_input(digits):
    X, y = digits
    for params, message in (
        ({"patch_size": 9}, "81 bits"),
        ({"image_shape": (23, 22)}, "no images of shape"),
        ({"image_shape": (23, 23, 0)}, "numbers per pixel"),
        ({"image_shape": (23,)}, "two whole numbers"),
        ({"image_shape": (23, 23, 4, 1)}, "two whole numbers"),
        # 529 bits are 264 pixels of two bits and one bit more.
        ({"image_shape": (22, 12, 2)}, "make no images of shape"),
        ({"image_shape": (22, -1, 2)}, "make no images of shape"),
        ({"patch_size": 10, "image_shape": (1, 23, 23)}, "230 bits"),
    ):
        model = BitPatchClassifier(**params)
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        assert not hasattr(model, "classes_")
    with pytest.raises(ValueError, match="make no images of shape"):
        BitPatchClassifier(image_shape=(24, 24)).fit(pack_bits(X), y)
    with pytest.raises(ValueError, match="at least 2 classes"):
        BitPatchClassifier().fit(X, np.zeros(len(X)))
    model = BitPatchClassifier(2, random_state=0).fit(X, y)
    scores = model.integer_scores(X)
    with pytest.raises(ValueError, match="not among the classes"):
        model.partial_fit(X[:2], [0, 10])
    with pytest.raises(ValueError, match="has 17 features"):
        model.partial_fit(pack_bits(X), y)
    assert_array_equal(model.integer_scores(X), scores)


def test_what_was_fitted_decides(digits):
    X, y = digits
    model = BitPatchClassifier(2, random_state=0).fit(X, y)
    before = model.integer_scores(X), model.prototypes_, model.masks_
    for name, value in {
        "patch_size": 2**40,
        "stride": 1,
        "max_shift": 2**40,
        "similarity": "overlap",
        "masked": False,
        "image_shape": (1, 1),
        "n_prototypes": 7,
        "binarize": 3.0,
    }.items():
        changed = copy.copy(model).set_params(**{name: value})
        after = changed.integer_scores(X), changed.prototypes_, changed.masks_
        for a, b in zip(after, before, strict=True):
            assert_array_equal(a, b)
        with pytest.raises(ValueError, match=f"{name} was"):
            changed.partial_fit(X, y)


@pytest.mark.parametrize("fails_at", [1, 4, 9])
def test_a_failure_between_classes_changes_nothing(digits, fails_at, monkeypatch):
    X, y = digits
    model = BitPatchClassifier(3, random_state=0).fit(X[:500], y[:500])
    before = pickle.dumps(model)
    copied = copy.copy(model)
    learn, calls = BitWTAClusterer.partial_fit, []

    def interrupted(self, *args):
        calls.append(self)
        if len(calls) > fails_at:
            raise KeyboardInterrupt
        return learn(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(BitWTAClusterer, "partial_fit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.partial_fit(X[500:], y[500:])
    assert len(calls) == fails_at + 1
    assert pickle.dumps(model) == before
    model.partial_fit(X[500:], y[500:])
    assert pickle.dumps(copied) == before
    copied.partial_fit(X[500:], y[500:])
    assert_array_equal(copied.integer_scores(X), model.integer_scores(X))
    assert_array_equal(copied.prototypes_, model.prototypes_)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image_shape_", (2**20, 2**20)),
        ("image_shape_", (-1, 23)),
        ("n_bits_per_pixel_", 2),
        ("clusterers_", []),
        ("clusterers_", None),
        ("classes_", np.arange(9)),
        ("n_features_in_", 5),
    ],
)
def test_damaged_state_is_refused(digits, name, value):
    X, y = digits
    model = BitPatchClassifier(2, random_state=0).fit(X, y)
    setattr(model, name, value)
    with pytest.raises(ValueError, match=r"damaged|features"):
        model.predict(X)
    if name != "n_features_in_":
        with pytest.raises(ValueError, match="damaged"):
            pickle.loads(pickle.dumps(model))


def test_caches_are_not_pickled(digits):
    X, y = digits
    model = BitPatchClassifier(2, random_state=0).fit(X, y)
    assert "_tables" in vars(model)
    private = {name for name in model.__getstate__() if name.startswith("_")}
    assert private == {"_skbit_format"}
    loaded = pickle.loads(pickle.dumps(model))
    assert_array_equal(loaded.integer_scores(X), model.integer_scores(X))


def test_rows_seen_are_counted(digits):
    X, y = digits
    model = BitPatchClassifier(2, max_iter=3, random_state=0).fit(X[:300], y[:300])
    assert model.n_samples_seen_ == 900
    assert model.n_iter_ == 3
    assert model.partial_fit(X[:7], y[:7]).n_samples_seen_ == 907


def test_without_shuffling_rows_are_visited_in_their_order(digits):
    X, y = digits
    params = {"n_prototypes": 3, "random_state": 0}
    ordered = BitPatchClassifier(shuffle=False, **params).fit(X, y)
    for c, label in enumerate(ordered.classes_):
        clusterer = clone(ordered.clusterers_[c]).set_params(shuffle=True, max_iter=1)
        assert not np.array_equal(
            clusterer.fit(pack_bits(X[y == label])).patterns_,
            ordered.clusterers_[c].patterns_,
        )
        clusterer.set_params(shuffle=False).fit(pack_bits(X[y == label]))
        assert_array_equal(clusterer.patterns_, ordered.clusterers_[c].patterns_)


@pytest.mark.parametrize("packed", [True, False])
def test_bits_per_pixel_follow_from_the_width(packed):
    bits = np.random.default_rng(0).random((20, 6 * 7 * 3)) < 0.4
    y = np.arange(20) % 2
    X = pack_bits(bits) if packed else bits
    model = BitPatchClassifier(2, patch_size=3, random_state=0)
    given = clone(model).set_params(image_shape=(6, 7, 3)).fit(X, y)
    for shape in ((6, 7), (6, 7, 1), (6, -1, 3), (-1, 7, 3))[: 2 if packed else 4]:
        found = clone(model).set_params(image_shape=shape).fit(X, y)
        assert found.image_shape_ == (6, 7)
        assert found.n_bits_per_pixel_ == 3
        assert_array_equal(found.integer_scores(X), given.integer_scores(X))


def test_damaged_numbers_of_prototypes_are_refused(digits):
    X, y = digits
    model = BitPatchClassifier(2, random_state=0).fit(X, y)
    expected = model.predict(X)
    model.clusterers_[3].n_neurons_ = 2000
    # What has been computed already does not depend on the number.
    assert_array_equal(model.predict(X), expected)
    with pytest.raises(ValueError, match="damaged"):
        copy.copy(model).predict(X)
    model.fit(X, y)
    model.fitted_params_["patch_size"] = 2**40
    with pytest.raises(ValueError, match="64 at most"):
        copy.copy(model).predict(X)
