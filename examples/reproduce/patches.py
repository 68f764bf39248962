# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Prototypes compared patch by patch on MNIST, pixels above 127; seed B's "detour"."""

from functools import cache

import numpy as np

from examples.reproduce.figures import SEEDS, Figure, images
from skbit import BitPatchClassifier
from skbit.bits import pack_bits

# One similarity for the whole image: patches that tile it and stay where they are.
FLAT = {
    "patch_size": 7,
    "stride": 7,
    "max_shift": 0,
    "masked": False,
    "similarity": "overlap",
}
SHAPES = {
    "flat": FLAT,
    "patches that tile": {**FLAT, "max_shift": 1},
    "patches that overlap": {"masked": False, "similarity": "overlap"},
    "patches that overlap, masks": {"similarity": "overlap"},
    "patches that overlap, masks, Jaccard": {},
}
# Chosen by ``choose_patches``.
BEST = {"n_prototypes": 1000}
N_PROTOTYPES = (1, 3, 10, 32, 100, 320, 1000)


@cache
def bits(quick):
    X, y, X_test, y_test = images("MNIST", quick)
    return pack_bits(X > 127), y, pack_bits(X_test > 127), y_test


def classifier(seed=0, **params):
    return BitPatchClassifier(
        image_shape=(28, 28), random_state=seed, n_jobs=2, **params
    )


def accuracies(quick, seeds, **params):
    """Accuracies on the test images, in percent, over seeds."""
    X, y, X_test, y_test = bits(quick)
    models = (classifier(seed, **params).fit(X, y) for seed in seeds)
    return tuple(100 * model.score(X_test, y_test) for model in models)


def patches(quick):
    """The seed's three figures: flat, a ceiling, patches; and the best found."""
    seeds = SEEDS[: 2 if quick else None]
    for what, params, claimed in (
        ("flat, 3 prototypes per class", {**FLAT, "n_prototypes": 3}, 84.56),
        ("flat, 1000 prototypes per class", {**FLAT, "n_prototypes": 1000}, 88.28),
        (
            "7 x 7 patches that tile, shifts of 1, 32 prototypes per class",
            {**SHAPES["patches that tile"], "n_prototypes": 32},
            91.94,
        ),
        (
            "8 x 8 patches that overlap, masks, Jaccard, 32 prototypes per class",
            {"n_prototypes": 32},
            None,
        ),
        ("best found, chosen on training images", BEST, None),
    ):
        found = accuracies(quick, seeds, **params)
        yield Figure(what, found, "%", claimed, params, seeds)


def patch_curve(quick):
    """Accuracy over prototypes per class, of each shape, two seeds."""
    for shape, params in SHAPES.items():
        for n_prototypes in N_PROTOTYPES:
            yield Figure(
                f"{shape}, {n_prototypes} prototypes per class",
                accuracies(quick, SEEDS[:2], n_prototypes=n_prototypes, **params),
                "%",
                setting={"shape": shape, "prototypes": n_prototypes},
                seeds=SEEDS[:2],
            )


def choose_patches(quick):
    """Choose shape and number of prototypes on the last tenth of the training images.

    Means of two seeds.
    """
    X, y, _, _ = bits(quick)
    n = len(X) * 5 // 6
    candidates = [
        {"n_prototypes": n_prototypes, "stride": stride, **params}
        for n_prototypes in (32, 320, 1000)
        for stride in (2, 3, 4, 5)
        for params in ({}, {"similarity": "overlap"}, {"max_shift": 2})
        # What takes longest is tried where it could win.
        if n_prototypes == 32 or stride in (3, 4)
    ]
    found = []
    for params in candidates:
        scores = tuple(
            100 * classifier(seed, **params).fit(X[:n], y[:n]).score(X[n:], y[n:])
            for seed in SEEDS[:2]
        )
        found.append(np.mean(scores))
        what = ", ".join(f"{name}={value!r}" for name, value in params.items())
        yield Figure(f"validation: {what}", scores, "%", None, params, SEEDS[:2])
    best = candidates[int(np.argmax(found))]
    yield Figure("chosen", (max(found),), "%", setting=best)


MEASUREMENTS = {
    "patches": patches,
    "patch-curve": patch_curve,
    "choose-patches": choose_patches,
}
