# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Images by patches that compete: accuracy of the presets and of ensembles.

Everything was chosen on training images: models learn the first 50,000 and are compared
on the last 10,000. Test images are scored by ``codebooks-test`` and
``codebooks-largest-test`` alone.
"""

import time

import numpy as np
from sklearn.pipeline import FeatureUnion, make_pipeline

from examples.reproduce.figures import SEEDS, Figure, images
from skbit import BitEnsembleClassifier, OttoScoreClassifier
from skbit.feature_extraction import BitPatchEncoder
from skbit.metrics import bit_mass
from skbit.pipeline import image_pipeline
from skbit.preprocessing import PixelEncoder

SHAPE = 28, 28
N_VALIDATED = 10_000
# The thresholds and the rise of edges, in shares of the range of the pixels.
THRESHOLDS, RISE = (1 / 4, 1 / 2, 3 / 4), 1 / 32
# Members of ensembles: the size, cells and size of cells of each kind of patches, and
# the distance of edges.
MEMBERS = {
    "MNIST": (
        (((3, 7, 5), (7, 4, 8)), 1),
        (((3, 7, 5), (7, 4, 8)), 2),
        (((5, 7, 6), (9, 4, 8)), 1),
        (((5, 5, 8), (7, 4, 8)), 1),
        (((4, 6, 6), (8, 4, 8)), 2),
    ),
    "Fashion-MNIST": (
        (((3, 7, 5), (5, 7, 5)), 1),
        (((3, 7, 5), (9, 4, 8)), (1, 2)),
        (((4, 7, 5), (6, 5, 7)), 1),
    ),
}
# Presets with other numbers of templates and cells: name, preset and parameters.
CHANGED = (
    ("tiny, 112 templates", "tiny", {"patches__n_templates": 112}),
    (
        "small, 168 templates, 5 x 5 cells",
        "small",
        {"patches__n_templates": 168, "patches__grid": (5, 5)},
    ),
)


def pixels(thresholds=THRESHOLDS, min_rise=RISE, **params):
    """Return an encoder of pixels whose parameters are shares of their range."""
    return PixelEncoder(
        thresholds, min_rise=min_rise, relative=True, image_shape=SHAPE, **params
    )


def patches(n_templates=256, *, n_winners=3, pooling=(1, 4), seed=0, **params):
    """Return an encoder of patches."""
    settings = {"padding": 2, "image_shape": SHAPE, "n_jobs": 2, **params}
    return BitPatchEncoder(
        n_templates,
        n_winners=n_winners,
        pooling=pooling,
        input_format="packed",
        random_state=seed,
        **settings,
    )


def classifier(seed=0, max_iter=11, **params):
    """Return a classifier of packed bits."""
    return OttoScoreClassifier(
        input_format="packed",
        max_iter=max_iter,
        random_state=seed,
        n_jobs=2,
        **params,
    )


def shifted(X, shifts=((0, 1), (0, -1), (1, 0), (-1, 0))):
    """Return images followed by copies that are moved by pixels: down, right."""
    copies = [X]
    for down, right in shifts:
        moved = np.roll(X.reshape(-1, *SHAPE), (down, right), axis=(1, 2))
        for axis, shift in ((1, down), (2, right)):
            if shift:
                edge = 0 if shift > 0 else -1
                moved[(slice(None),) * axis + (edge,)] = 0
        copies.append(moved.reshape(X.shape))
    return np.concatenate(copies)


def ensemble(name, seed):
    """Return the ensemble for a data set."""
    members = []
    for i, (parts, distance) in enumerate(MEMBERS[name]):
        union = [
            (
                f"patches_of_{size}",
                patches(
                    patch_size=size,
                    grid=grid,
                    cell_size=cell_size,
                    seed=seed + 10 * i + size,
                ),
            )
            for size, grid, cell_size in parts
        ]
        steps = (
            pixels(distance=distance),
            FeatureUnion(union),
            classifier(seed + i, margin=4.0, weight_bits=4, rivals="all"),
        )
        members.append((f"member{i}", make_pipeline(*steps)))
    return BitEnsembleClassifier(members)


def presets():
    """Yield (name, function of a seed that makes a model, copies or not, seeds)."""
    for size in ("tiny", "small", "large"):
        yield size, lambda s, size=size: preset(size, s), False, SEEDS
    for what, size, changes in CHANGED:
        yield (
            what,
            lambda s, size=size, changes=changes: preset(size, s).set_params(**changes),
            False,
            SEEDS,
        )


def largest(name):
    """Yield the same of models that take a minute or more to fit."""
    is_shifted = name == "MNIST"
    if is_shifted:
        yield "large, shifted images", lambda s: preset("large", s), True, SEEDS[:1]
    yield "ensemble", lambda s: ensemble(name, s), is_shifted, SEEDS[:1]


def preset(size, seed):
    """Return a preset of the package."""
    return image_pipeline(SHAPE, size, random_state=seed, n_jobs=2)


def fitted(model, X, y, copies=False):
    """Fit on images, and copies that are shifted by a pixel if wanted; time it."""
    start = time.perf_counter()
    if copies:
        X, y = shifted(X), np.tile(y, 5)
    return model.fit(X, y), time.perf_counter() - start


def kilobytes(model):
    """Return the size of the templates and the weights of a model."""
    return bit_mass(model).total / 8000


def compared(name, models, X, y, X_new, y_new, n_seeds=None):
    """Fit models, and yield their accuracy on other images, size and time."""
    for what, make, copies, seeds in models:
        seeds, accuracies = seeds[:n_seeds], []
        for seed in seeds:
            model, seconds = fitted(make(seed), X, y, copies)
            accuracies.append(100 * model.score(X_new, y_new))
        size = kilobytes(model)
        setting = {"data": name, "model": what, "kB": size, "seconds": seconds}
        what = f"{name}, {what}"
        yield Figure(what, tuple(accuracies), "%", None, setting, seeds)
        yield Figure(f"{what}: size", (size,), "kB", None, setting)
        yield Figure(f"{what}: fit", (seconds,), "s", None, setting)


def on_training_images(quick):
    """Models that learned 50,000 training images, on the other 10,000."""
    for name in ("MNIST", "Fashion-MNIST"):
        split = validation_split(name, quick)
        yield from compared(name, [*presets(), *largest(name)], *split, n_seeds=1)


def validation_split(name, quick):
    """Return the training images that are learned, and those that are not."""
    X, y = images(name)[:2]
    X_new, y_new = X[-N_VALIDATED:], y[-N_VALIDATED:]
    X, y = X[:-N_VALIDATED], y[:-N_VALIDATED]
    step = 10 if quick else 1
    return X[::step], y[::step], X_new[::step], y_new[::step]


def presets_on_test_images(quick):
    """Models that learned all training images, on the test images."""
    for name in ("MNIST", "Fashion-MNIST"):
        data = images(name, quick)
        yield from compared(name, presets(), *data, n_seeds=1 if quick else None)


def largest_on_test_images(quick):
    """Do the same with models that take a minute or more to fit."""
    for name in ("MNIST", "Fashion-MNIST"):
        yield from compared(name, largest(name), *images(name, quick))


MEASUREMENTS = {
    "codebooks": on_training_images,
    "codebooks-test": presets_on_test_images,
    "codebooks-largest-test": largest_on_test_images,
}
