# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates that compete, and random projections, with the same number of bits.

The first 20,000 training digits are learned from, and the last 10,000 validate.
"""

from examples.reproduce.figures import Figure, images
from skbit import (
    BitPatchEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)

N_TRAIN, N_VALIDATION, SEED = 20_000, 10_000, 0
# Each template has a bit in each of 4 x 4 cells.
N_TEMPLATES, N_CELLS = (8, 16, 32, 64, 128), 16
SHAPE = {"image_shape": (28, 28), "random_state": SEED, "n_jobs": 2}


def patch_bits(quick):
    """Validation accuracy by the number of bits; 64 templates also with a stride."""
    X, y = images("MNIST")[:2]
    n = N_TRAIN // (10 if quick else 1)
    pixels = PixelEncoder(thresholds=(64, 160)).fit_transform(X)
    levels = ThermometerEncoder(curve="exp", feature_range=(0, 255)).fit_transform(X)

    def accuracy(encoder, rows):
        features = encoder.fit(rows[:n]).transform(rows)
        model = OttoScoreClassifier(max_iter=11, random_state=SEED, n_jobs=2)
        model.fit(features[:n], y[:n])
        return 100 * model.score(features[-N_VALIDATION:], y[-N_VALIDATION:])

    for n_templates in N_TEMPLATES:
        n_bits = N_CELLS * n_templates
        encoders = {
            "templates": (BitPatchEncoder(n_templates, padding=2, **SHAPE), pixels),
            "projection": (
                RandomMAJ3Projection(n_bits // 32, receptive_field=(5, 9), **SHAPE),
                levels,
            ),
        }
        if n_templates == 64:
            strided = BitPatchEncoder(n_templates, padding=2, stride=2, **SHAPE)
            encoders["templates, stride 2"] = strided, pixels
        for name, (encoder, rows) in encoders.items():
            yield Figure(
                f"{name}, {n_bits} bits: validation",
                (accuracy(encoder, rows),),
                "%",
                None,
                {"features": name, "bits": n_bits},
                (SEED,),
            )


MEASUREMENTS = {"patch-bits": patch_bits}
