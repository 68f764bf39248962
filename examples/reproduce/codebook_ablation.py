# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What was tried for images by patches: one model, and one change of it at a time.

Models learn the first 50,000 training images and are compared on the other 10,000.
"""

import numpy as np
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer

from examples.reproduce.codebooks import (
    RISE,
    classifier,
    patches,
    pixels,
    shifted,
    validation_split,
)
from examples.reproduce.figures import SEEDS, Figure
from skbit.bits import unpack_bits

# The model that everything is compared with: parameters of its patches.
BASE = {"n_templates": 128, "patch_size": 5, "grid": 4, "cell_size": 8}
N_COMPARED = 10_000


def base(**params):
    return patches(**{**BASE, **params})


def ranks(X):
    """Replace pixels by the share of the pixels of their image that are darker."""
    X = np.asarray(X)
    ordered = np.sort(X, axis=1)
    darker = [
        np.searchsorted(row, x, "left") for row, x in zip(ordered, X, strict=True)
    ]
    return np.array(darker) / X.shape[1]


class _Informative:
    """An encoder that keeps those of 4 times as many templates that tell most.

    A template's bits tell about the class by their mutual information, added over the
    cells.
    """

    def __init__(self):
        self.encoder = base(n_templates=4 * BASE["n_templates"])

    def fit_transform(self, bits, y):
        encoder = self.encoder.fit(bits)
        found = unpack_bits(encoder.transform(bits[:N_COMPARED]))
        joint = np.array(
            [found[y[:N_COMPARED] == k].mean(axis=0) for k in np.unique(y)]
        )
        told = entropy(joint.mean(axis=0)) - entropy(joint).mean(axis=0)
        per_template = told.reshape(-1, len(encoder.codebook_)).sum(axis=0)
        kept = np.argsort(-per_template)[: BASE["n_templates"]]
        self.kept = base().fit(bits)
        self.kept.codebook_ = np.ascontiguousarray(encoder.codebook_[np.sort(kept)])
        vars(self.kept).pop("_contest", None)
        return self.kept.transform(bits)

    def transform(self, bits):
        return self.kept.transform(bits)


def entropy(p):
    """Return the entropy of bits that are 1 with probability p."""
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return -(p * np.log(p) + (1 - p) * np.log(1 - p))


def two_stages():
    """Return patches of pixels beside patches of the winners of 32 templates."""
    first = patches(32, n_winners=1, pooling="or", patch_size=5, grid=14, cell_size=2)
    second = base(patch_size=3, padding=1, image_shape=(14, 14), cell_size=4)
    return make_union(base(), make_pipeline(first, second))


# What is changed: the pixels and the encoder of their patches.
VARIANTS = {
    "the model": (pixels(), base()),
    "2 thresholds, no edges": (pixels((1 / 4, 5 / 8), None), base()),
    "7 thresholds, no edges": (pixels(7, None), base()),
    "1 threshold and edges": (pixels((1 / 2,)), base()),
    "edges alone": (pixels(0), base()),
    "4 directions": (pixels(n_directions=4), base()),
    "edges above 1/6 of the range": (pixels(min_rise=1 / 6), base()),
    "edges at distance 2": (pixels(distance=2), base()),
    "edges at distances 1 and 2": (pixels(distance=(1, 2)), base()),
    "thresholds and edges of ranks in the image": (
        make_pipeline(FunctionTransformer(ranks), pixels((0.6, 0.75, 0.9), RISE)),
        base(),
    ),
    "patches of 3": (pixels(), base(patch_size=3)),
    "patches of 7": (pixels(), base(patch_size=7)),
    "patches of 9": (pixels(), base(patch_size=9)),
    "1 winner": (pixels(), base(n_winners=1)),
    "2 winners": (pixels(), base(n_winners=2)),
    "6 winners": (pixels(), base(n_winners=6)),
    "3 x 3 cells of 11": (pixels(), base(grid=3, cell_size=11)),
    "7 x 7 cells of 5": (pixels(), base(grid=7, cell_size=5)),
    "no counts": (pixels(), base(pooling="or")),
    "no counts, 256 templates": (pixels(), base(pooling="or", n_templates=256)),
    "counts of 1, 2, 4 and 8": (pixels(), base(pooling=(1, 2, 4, 8))),
    "256 templates": (pixels(), base(n_templates=256)),
    "learned templates": (pixels(), base(codebook="competition")),
    "random templates": (pixels(), base(codebook="random")),
    "templates that tell most, of 512": (pixels(), _Informative()),
    "a second stage of patches": (pixels(), two_stages()),
    "patches of 3 and 7, 64 templates each": (
        pixels(),
        make_union(
            base(n_templates=64, patch_size=3), base(n_templates=64, patch_size=7)
        ),
    ),
}
# Parameters of the classifier instead.
CLASSIFIERS = {
    "margin 1": {"margin": 1.0},
    "margin 4": {"margin": 4.0},
    "21 passes": {"max_iter": 21},
    "weights of 2 bits": {"weight_bits": 2, "max_iter": 21},
    "weights of 3 bits": {"weight_bits": 3, "max_iter": 21},
    "weights of 4 bits": {"weight_bits": 4, "max_iter": 21},
}


def dropped(bits, seed):
    """Return packed rows followed by copies in which an eighth of the ones is 0."""
    rng = np.random.default_rng(seed)
    zeros = np.bitwise_and.reduce(
        [rng.integers(2**32, size=bits.shape, dtype=np.uint32) for _ in range(3)]
    )
    return np.concatenate([bits, bits & ~zeros])


def score(model, bits, y, new_bits, y_new):
    return 100 * model.fit(bits, y).score(new_bits, y_new)


def over_variants(name, quick):
    """Yield the name of each change, its bits and its accuracy in percent."""
    X, y, X_new, y_new = validation_split(name, quick)
    seed = SEEDS[0]
    for what, (of_pixels, of_patches) in VARIANTS.items():
        bits = of_pixels.fit_transform(X)
        new_bits = of_pixels.transform(X_new)
        bits, new_bits = (
            of_patches.fit_transform(bits, y),
            of_patches.transform(new_bits),
        )
        yield what, bits, score(classifier(seed), bits, y, new_bits, y_new)
        if what != "the model":
            continue
        for change, params in CLASSIFIERS.items():
            model = classifier(seed, **params)
            yield change, bits, score(model, bits, y, new_bits, y_new)
        for change, rows in (
            ("copies with an eighth of the ones dropped", dropped(bits, seed)),
            (
                "shifted images",
                of_patches.transform(of_pixels.transform(shifted(X))),
            ),
        ):
            labels = np.tile(y, len(rows) // len(y))
            yield change, bits, score(classifier(seed), rows, labels, new_bits, y_new)


def ablation(quick):
    """Accuracy of one model and of one change of it at a time."""
    for name in ("MNIST", "Fashion-MNIST"):
        for what, bits, accuracy in over_variants(name, quick):
            setting = {"data": name, "change": what, "bits": 32 * bits.shape[1]}
            yield Figure(
                f"{name}, {what}, {32 * bits.shape[1]} bits: validation",
                (accuracy,),
                "%",
                None,
                setting,
                SEEDS[:1],
            )


MEASUREMENTS = {"codebook-ablation": ablation}
