# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random models with random parameters, fitted on random bytes."""

import math

import numpy as np
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler

from skbit import (
    BitPatchEncoder,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomFernEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.cluster import FlipRule
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.preprocessing._curves import CURVES

N_ROWS = 40
# What classes can be: numbered, other whole numbers, too large for an int, names.
CLASSES = [
    np.arange(4),
    np.array([False, True]),
    np.array([-3.0, 0.0, 7.0]),
    np.array([5, 200, 70_000]),
    np.array(["a??/", 'Köln "9"', "*/\\n1"]),
]


@st.composite
def byte_matrices(draw, n_features):
    """Rows of bytes: any, few different ones, or mostly zeros."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.integers(256, size=(N_ROWS, n_features), dtype=np.uint8)
    kind = draw(st.sampled_from(["any", "few", "sparse"]))
    if kind == "few":
        X = X[0, rng.integers(min(3, n_features), size=X.shape)]
    elif kind == "sparse":
        X[rng.random(X.shape) < 0.8] = 0
    X[0], X[1] = 0, 255
    return X


@st.composite
def scalers(draw):
    """No scaler, one or two."""
    one = st.one_of(
        st.builds(StandardScaler, with_mean=st.booleans(), with_std=st.booleans()),
        st.builds(
            MinMaxScaler, st.sampled_from([(0, 1), (-3, 0.7)]), clip=st.booleans()
        ),
        st.builds(MaxAbsScaler),
    )
    return draw(st.one_of(st.just([]), st.lists(one, min_size=1, max_size=2)))


@st.composite
def encoders(draw, height, width, kinds):
    """Encoders of some kinds."""
    n = height * width
    packed = {"packed_output": draw(st.booleans())}
    kind = draw(st.sampled_from(kinds))
    if kind == "raw":
        return ThermometerEncoder(curve="raw", **packed)
    if kind == "thermometer":
        strategy, curve = draw(
            st.one_of(
                st.just(("quantile", "linear")),
                st.tuples(st.just("uniform"), st.sampled_from(list(CURVES))),
            )
        )
        return ThermometerEncoder(
            draw(st.integers(1, 40)),
            curve=curve,
            strategy=strategy,
            feature_range=None
            if strategy == "quantile"
            else draw(st.sampled_from([None, (0, 255), (7, 100)])),
            **packed,
        )
    if kind == "scalar":
        n_bits = draw(st.integers(1, 40))
        return ScalarEncoder(
            n_bits,
            draw(st.integers(1, n_bits)),
            strategy=draw(st.sampled_from(["quantile", "uniform"])),
            **packed,
        )
    if kind == "rank":
        densities = st.lists(
            st.sampled_from([0, 0.1, 0.25, 0.5, 0.9, 1]),
            min_size=1,
            max_size=3,
            unique=True,
        )
        return RankDensityEncoder(
            draw(densities), fill_ties=draw(st.booleans()), **packed
        )
    if kind == "pixels":
        return PixelEncoder(
            draw(st.sampled_from([1, 3, (10,), (64, 160.5)])),
            min_rise=draw(st.sampled_from([None, 0, 40, 300.0])),
            distance=draw(st.sampled_from([1, 3, (1, 2)])),
            image_shape=(height, width),
            **packed,
        )
    return DirectionalEdgeEncoder(
        draw(st.sampled_from([4, 8])),
        distance=draw(st.integers(1, n)),
        density=draw(st.floats(0, 1)),
        dilation=draw(st.sampled_from([0, 1, 2, 100])),
        image_shape=(height, width),
        **packed,
    )


def bit_estimator(estimator, X, draw):
    """Let an estimator threshold X so that zeros and ones stay what they are."""
    kind = "packed" if X.dtype == np.uint32 else "dense"
    if X.dtype == np.float64:
        binarize = X.mean()
    else:
        binarize = draw(st.sampled_from([0.0, 0.5])) if X.max() <= 1 else 99.5
    formats = ["auto", kind]
    if kind == "packed" and X.max() < 2**16:
        # These could be numbers, of which a warning tells.
        formats = [kind]
    return estimator.set_params(
        input_format=draw(st.sampled_from(formats)),
        binarize=0.0 if kind == "packed" else binarize,
    )


def divisors(n):
    return [d for d in range(1, n + 1) if n % d == 0]


@st.composite
def projections(draw, X):
    """Projections of rows X of bits."""
    width = draw(st.sampled_from([8, 16, 32, 64, 128, 256]))
    n_bits = X.shape[1] * (32 if X.dtype == np.uint32 else 1)
    n_words = -(-n_bits // 32)
    n_words += -n_words % max(1, width // 32)
    n_inputs = n_words * 32 // width
    window = {}
    kind = draw(st.sampled_from(["all", "windows", "containers", "permuted"]))
    if kind == "containers":
        window = {"receptive_field": draw(st.integers(1, n_inputs))}
    elif kind == "permuted":
        n_seen = draw(st.sampled_from([None, 1, 3, 5, 9]))
        window = {"receptive_field": n_seen, "permute_bits": True}
    elif kind == "windows":
        heights = divisors(math.gcd(n_bits, n_inputs))
        height = draw(st.sampled_from(heights))
        ends = sorted(draw(st.tuples(st.integers(1, height), st.integers(1, height))))
        image_width = draw(st.sampled_from(divisors(n_bits // height)))
        window = {"receptive_field": ends, "image_shape": (height, image_width)}
    projection = RandomMAJ3Projection(
        draw(st.sampled_from([1, 2, 3, 9, 33])),
        gate=draw(st.sampled_from(["xnor", "xor"])),
        majority=draw(st.sampled_from(["tree", "exact"])),
        majority_share=draw(st.sampled_from([0.0, 0.3, 0.5, 1 - 2.0**-53])),
        container_bits=width,
        random_state=draw(st.one_of(st.integers(0, 2**32 - 1), st.none())),
        packed_output=draw(st.booleans()),
        **window,
    )
    return bit_estimator(projection, X, draw)


@st.composite
def fern_encoders(draw, X):
    """Ferns of rows X of bits."""
    encoder = RandomFernEncoder(
        draw(st.sampled_from([1, 5, 33])),
        draw(st.sampled_from([1, 2, 3, 4, 5, 6, 9])),
        random_state=draw(st.one_of(st.integers(0, 2**32 - 1), st.none())),
        packed_output=draw(st.booleans()),
    )
    return bit_estimator(encoder, X, draw)


@st.composite
def patch_encoders(draw, X):
    """Encoders of patches of rows X of bits."""
    n_bits = X.shape[1] * (32 if X.dtype == np.uint32 else 1)
    height = draw(st.sampled_from([d for d in divisors(n_bits) if d < 40]))
    width = draw(st.sampled_from([d for d in divisors(n_bits // height) if d < 40]))
    sides = height, width
    patch = [draw(st.integers(1, min(side, 5))) for side in sides]
    stride = tuple(draw(st.integers(1, 3)) for _ in sides)
    padding = tuple(draw(st.integers(0, size - 1)) for size in patch)
    axes = zip(sides, patch, stride, padding, strict=True)
    n_patches = [(n + 2 * p - size) // step + 1 for n, size, step, p in axes]
    n_templates = draw(st.sampled_from([1, 5, 31, 32, 33, 64, 70]))
    pooling = ["or", "none", (1,), (1, 3), (2, 3, 8)]
    encoder = BitPatchEncoder(
        n_templates,
        patch_size=tuple(patch),
        stride=stride,
        padding=padding,
        n_winners=draw(st.integers(1, min(n_templates, 4))),
        min_ones=draw(st.integers(0, 6)),
        grid=draw(st.sampled_from([None, tuple(min(n, 3) for n in n_patches)])),
        cell_size=draw(st.sampled_from([None, tuple(min(n, 4) for n in n_patches)])),
        # Maps of all patches would compile for long.
        pooling=draw(st.sampled_from(pooling)) if max(n_patches) < 12 else "or",
        codebook=draw(st.sampled_from(["sample", "competition", "random"])),
        image_shape=(height, width, n_bits // height // width),
        random_state=draw(st.one_of(st.integers(0, 2**32 - 1), st.none())),
        packed_output=draw(st.booleans()),
    )
    return bit_estimator(encoder, X, draw)


@st.composite
def answers(draw, X):
    """Fitted classifiers and clusterers of rows X of bits."""
    seed = draw(st.integers(0, 1000))
    if draw(st.booleans()):
        classes = draw(st.sampled_from(CLASSES))
        model = OttoScoreClassifier(
            draw(st.sampled_from([1e-9, 0.5, 1.0])),
            fit_prior=draw(st.booleans()),
            precision=draw(st.sampled_from([1, 10, 100_000, 2**31 - 1])),
            max_iter=draw(st.integers(1, 3)),
            margin=draw(st.sampled_from([0.0, 0.5])),
            random_state=seed,
        )
        y = classes[np.arange(len(X)) % len(classes)]
        return bit_estimator(model, X, draw).fit(X, y)
    n_clusters = draw(st.integers(1, 5))
    model = BitWTAClusterer(
        n_clusters,
        n_neurons=draw(st.sampled_from([None, n_clusters + 7])),
        similarity=draw(st.sampled_from(SIMILARITIES)),
        learning=draw(
            st.sampled_from(["counters", FlipRule(), FlipRule(init="random")])
        ),
        quantization_levels=draw(
            st.sampled_from([(0.3,), (0.1, 0.3, 0.6), tuple(np.arange(1, 8) / 8)])
        ),
        random_state=seed,
    )
    return bit_estimator(model, X, draw).fit(X)


@st.composite
def fitted_models(draw):
    """Fitted models, and the bytes or containers that they were fitted on."""
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    steps, answered = [], draw(st.integers(0, 3)) > 0
    kind = draw(
        st.sampled_from(["thresholds", "thresholds", "order", "packed", "dense"])
    )
    X = rows = draw(byte_matrices(height * width))
    if kind in ("thresholds", "dense"):
        for scaler in draw(scalers()):
            X = scaler.fit_transform(X)
            steps.append(scaler)
    if kind in ("thresholds", "order"):
        kinds = ["thermometer", "scalar"]
        if kind == "order":
            kinds = ["raw", "rank", "edges", "pixels"]
        steps.append(draw(encoders(height, width, kinds)).fit(X))
        X = steps[-1].transform(X)
    elif kind == "packed":
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        X = rows = rng.integers(2**32, size=(N_ROWS, width), dtype=np.uint32)
        X[0] = 0
        # Padding in the middle, as unions of packed bits have it.
        X[:, : draw(st.integers(0, width))] &= np.uint32(0x00FFFFFF)
    needs_one = kind in ("packed", "dense") and not answered
    n_between = draw(st.integers(int(needs_one), 2))
    for _ in range(n_between):
        n_members = 1
        # A union follows other steps than scalers.
        if steps and hasattr(steps[-1], "packed_output"):
            n_members = draw(st.integers(1, 3))
        members = [
            draw(st.one_of(projections(X), fern_encoders(X), patch_encoders(X)))
            for _ in range(n_members)
        ]
        for member in members:
            # Packed and dense bits are not joined.
            member.set_params(packed_output=members[0].packed_output)
        step = members[0] if n_members == 1 else make_union(*members)
        steps.append(step.fit(X))
        X = steps[-1].transform(X)
    if answered:
        steps.append(draw(answers(X)))
    return (make_pipeline(*steps) if len(steps) > 1 else steps[0]), rows
