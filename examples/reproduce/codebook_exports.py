# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Presets for images as ONNX and C: what differs from Python on all test images."""

import tempfile

import numpy as np
from onnxruntime import InferenceSession

from examples.reproduce.figures import SEEDS, Figure, images
from skbit.codegen import to_c
from skbit.codegen._compiler import load
from skbit.onnx import to_onnx
from skbit.pipeline import image_pipeline

N_AT_A_TIME = 1000


def parity(quick):
    """Count bits, scores and labels of MNIST that an export gives otherwise."""
    X, y, X_test, _ = images("MNIST", quick)
    for size in ("tiny", "small", "large"):
        model = image_pipeline((28, 28), size, random_state=SEEDS[0], n_jobs=2)
        model.fit(X, y)
        bits = model[:-1].transform(X_test)
        scores = model[-1].integer_scores(bits)
        expected = {"bits": bits, "scores": scores, "labels": model.predict(X_test)}
        for how, export in (("ONNX", by_onnx), ("C", by_c)):
            for part, found in export(model, X_test).items():
                n_different = np.count_nonzero(found != expected[part])
                what = f"{size}, {how}: {part} of {len(X_test):,} test images"
                setting = {"size": size, "export": how, "part": part}
                yield Figure(what, (n_different,), "differ", 0, setting, SEEDS[:1])


def by_onnx(model, X):
    """Return what onnxruntime answers."""
    whole, encoder = (
        InferenceSession(to_onnx(part, X[:1]).SerializeToString())
        for part in (model, model[:-1])
    )
    parts = []
    for start in range(0, len(X), N_AT_A_TIME):
        rows = {"X": X[start : start + N_AT_A_TIME]}
        labels, scores = whole.run(None, rows)
        (bits,) = encoder.run(None, rows)
        parts.append((bits, scores, labels))
    bits, scores, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return {"bits": bits, "scores": scores, "labels": labels}


def by_c(model, X):
    """Return what the compiled C answers."""
    with tempfile.TemporaryDirectory() as folder:
        whole, encoder = load(folder, to_c(model), to_c(model[:-1], name="encoder"))
        return {
            "bits": encoder.transform(X),
            "scores": whole.scores(X),
            "labels": whole.predict(X),
        }


MEASUREMENTS = {"codebook-exports": parity}
