# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes and instructions of models in C on a Cortex-M0, by their settings.

``python -m asv_bench.codegen_sizes`` writes ``doc/codegen_sizes.jsonl``. Models are
fitted to 10,000 images of MNIST; instructions are the mean of 20 other images. It needs
the tools of ``asv_bench.boards``.
"""

from tempfile import TemporaryDirectory

import numpy as np
from sklearn.pipeline import make_pipeline

from asv_bench.boards import Program, measure
from asv_bench.suite import DOC, write_anew
from skbit import (
    BitPatchEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomMAJ3Projection,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.datasets import fetch_mnist

SHAPE = 28, 28
_GLUE = """\
#include "m.h"
int model(const uint8_t *input);
int model(const uint8_t *input)
{
    return m_predict(input);
}
"""


def tuned(weight_bits):
    return OttoScoreClassifier(max_iter=6, weight_bits=weight_bits, random_state=0)


def patches(pooling):
    """Return a pipeline with random templates, which may be stored or computed."""
    encoder = BitPatchEncoder(
        64,
        patch_size=7,
        grid=4,
        codebook="random",
        pooling=pooling,
        image_shape=SHAPE,
        random_state=0,
    )
    pixels = PixelEncoder((85, 170), image_shape=SHAPE)
    return make_pipeline(pixels, encoder, tuned(4))


WINDOWS = make_pipeline(
    ThermometerEncoder(8, curve="exp", feature_range=(0, 255)),
    RandomMAJ3Projection(64, receptive_field=(5, 9), image_shape=SHAPE, random_state=0),
    tuned(8),
)
LEVELS = make_pipeline(ThermometerEncoder(4, feature_range=(0, 255)), tuned(4))
EDGES = make_pipeline(PixelEncoder((127,), min_rise=8, image_shape=SHAPE), tuned(2))
# By name: the model, and where random words come from.
MODELS = {
    "levels": (LEVELS, "stored"),
    "edges": (EDGES, "stored"),
    "windows, stored": (WINDOWS, "stored"),
    "windows, seed": (WINDOWS, "seed"),
    "patches, or, stored": (patches("or"), "stored"),
    "patches, or, seed": (patches("or"), "seed"),
    "patches, counts, stored": (patches((1, 4)), "stored"),
    "patches, counts, seed": (patches((1, 4)), "seed"),
}


def entries():
    """Yield the entries of the record."""
    X, y = fetch_mnist("train", return_X_y=True)
    X, rows, y = X[:10_000].astype(np.uint8), X[-20:].astype(np.uint8), y[:10_000]
    for name, (model, words) in MODELS.items():
        source = to_c(model.fit(X, y), "m", random_words=words)
        program = Program({"m.c": source.text, "m.h": source.header, "model.c": _GLUE})
        with TemporaryDirectory() as folder:
            found, labels = measure(program, folder, "m0", rows)
        assert np.array_equal(labels, model.predict(rows))
        yield {
            "name": name,
            "constants": source.flash_bytes,
            "code": found["flash"] - source.flash_bytes,
            "operations": source.operations,
            **found,
        }


if __name__ == "__main__":
    write_anew(DOC / "codegen_sizes.jsonl", entries())
