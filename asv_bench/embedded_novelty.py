# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty detectors on small devices: digits, each of which is held out in turn.

``python -m asv_bench.embedded_novelty`` writes ``doc/embedded_novelty.jsonl``: the mean
area under the ROC curve over the ten digits, and of the detector without the digit 0
the bytes of flash and RAM and the instructions of an inference, as
``asv_bench.embedded`` measures them. It needs emlearn and the tools of that command.
"""

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from asv_bench.boards import Program, measure, predict_rows
from asv_bench.suite import DOC, write_anew
from skbit import (
    BitNoveltyDetector,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    PixelEncoder,
)
from skbit.codegen import to_c

_GLUE = """\
#include <stdint.h>
#include "detector.h"
int model(const uint8_t *input);
int model(const uint8_t *input)
{{
{body}
}}
"""
_FLOATS = """\
    static float features[64], responsibilities[64];
    float score = 0.0f;
    for (int i = 0; i < 64; i++) {{
        features[i] = (float)input[i];
    }}
    detector_score(features, 64, responsibilities, &score);
    return score > {limit}f;"""


def detector(encoder, n_neurons):
    """Return a function that makes a detector of bits, and what writes it as C."""

    def make():
        clusterer = BitWTAClusterer(n_neurons, max_iter=5, random_state=0)
        return make_pipeline(encoder, BitNoveltyDetector(clusterer))

    return make, lambda model, X: _program_of_bits(model)


def _program_of_bits(model):
    source = to_c(model, "detector")
    body = "    return detector_predict(input);"
    files = {"detector.c": source.text, "detector.h": source.header}
    return Program(files | {"model.c": _GLUE.format(body=body)})


def others(make):
    """Return a detector of scikit-learn, and what writes it by emlearn."""

    def write(model, X):
        # The import sets how NumPy treats errors, for the whole process.
        with np.errstate():
            import emlearn
        with TemporaryDirectory() as folder, contextlib.chdir(folder):
            converted = emlearn.convert(model[-1])
            text = converted.save(name="detector")
        limit = np.quantile(model.score_samples(X), 0.05)
        body = _FLOATS.format(limit=f"{limit:.1f}")
        files = {"detector.h": text, "model.c": _GLUE.format(body=body)}
        return Program(files, [str(Path(emlearn.__file__).parent)])

    return make, write


def mixture(n_components, covariance_type):
    """Return a function that makes a mixture of Gaussians."""
    return lambda: make_pipeline(
        # A mixture of bytes overflows.
        FunctionTransformer(np.float64),
        GaussianMixture(
            n_components, covariance_type=covariance_type, reg_covar=5, random_state=0
        ),
    )


# The encoder of the demonstration.
EDGES = DirectionalEdgeEncoder(distance=1, density=0.2, dilation=0)
DETECTORS = {
    "skbit, edges, 32 neurons": detector(EDGES, 32),
    "skbit, edges, 64 neurons": detector(EDGES, 64),
    "skbit, pixels and edges, 64 neurons": detector(
        PixelEncoder((4, 8, 12), min_rise=2, image_shape=(8, 8)), 64
    ),
    "emlearn, mixture of 9 Gaussians, full": others(mixture(9, "full")),
    "emlearn, mixture of 18 Gaussians, diagonal": others(mixture(18, "diag")),
}


def area(make, X, y):
    """Return the mean area over the digits, each held out in turn."""
    areas = []
    for digit in range(10):
        known, new = X[y != digit], X[y == digit]
        model = make().fit(known[::2])
        scores = model.score_samples(np.vstack([known[1::2], new]))
        areas.append(roc_auc_score(np.arange(len(scores)) < len(known[1::2]), scores))
    return np.mean(areas)


def entries():
    """Yield the entries of the record."""
    X, y = load_digits(return_X_y=True)
    X = X.astype(np.uint8)
    for name, (make, write) in DETECTORS.items():
        known = X[y != 0]
        model = make().fit(known[::2])
        program = write(model, known[::2])
        rows = np.vstack([known[1::2][:100], X[y == 0][:100]])
        with TemporaryDirectory() as folder:
            if name.startswith("skbit"):
                labels = predict_rows(program, folder, rows)
                assert np.array_equal(labels, model.predict(rows))
            found = {
                c: measure(program, folder, c, rows[::10])[0] for c in ("m0", "m4")
            }
        yield {"name": name, "area": area(make, X, y)} | found


if __name__ == "__main__":
    write_anew(DOC / "embedded_novelty.jsonl", entries())
