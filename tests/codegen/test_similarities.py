# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every similarity of the table, in Python, in the kernels, in ONNX and in C."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skbit import BitWTAClusterer
from skbit.cluster import _population
from skbit.cluster._kernels import similarity as formulas
from skbit.codegen import to_c
from tests.reference_competition import similarity


def population_and_cues(kind, levels, n_bits=70):
    """Neurons of all densities, one of them without ones, and cues like them."""
    rng = np.random.default_rng(len(levels))
    X = rng.random((200, n_bits)) < rng.random((200, 1)) ** 2
    X[::9] = X[0]
    X[5:200:11, : n_bits // 2] = False
    X[7] = False
    X[:, -3:] = False
    clusterer = BitWTAClusterer(
        12, similarity=kind, quantization_levels=levels, random_state=0
    )
    cues = np.vstack([X[:40], rng.random((10, n_bits)) < 0.5])
    return clusterer.partial_fit(X), X.any(axis=0), cues


@pytest.mark.parametrize("levels", [(0.3,), (1 / 8, 1 / 4, 1 / 2)])
@pytest.mark.parametrize("kind", formulas.SIMILARITIES)
def test_all_languages_agree_with_the_reference(kind, levels, compiled):
    clusterer, seen, cues = population_and_cues(kind, levels)
    neurons = _population.levels(clusterer.population_)
    top = 2 ** len(levels).bit_length() - 1
    exact = np.array(
        [[similarity(kind, n, cue, top, seen) for n in neurons] for cue in cues]
    )
    winners = [max(range(len(row)), key=lambda n: (row[n], -n)) for row in exact]
    number = formulas.SIMILARITIES.index(kind)
    expected = exact.astype(float)
    if number in formulas.SQUARED:
        expected = np.sqrt(expected)

    # Python's integers.
    for cue, row in zip(cues, exact, strict=True):
        ones, n_seen = int(cue.sum()), int((cue | seen).sum())
        if ones == 0 and formulas.norm_of_empty(number) >= 0:
            continue
        for n, whole in zip(neurons.astype(int), row, strict=True):
            norm = formulas.norm(
                number, int(n.sum()), int((n**2).sum()), top * len(cue), 1
            )
            fraction = formulas.compared(number, int(n[cue].sum()), norm, top * ones, 1)
            fraction = formulas.completed(
                number, fraction, ones, top * ones, top * len(cue), top * n_seen
            )
            assert Fraction(*fraction) == whole

    # Kernels and NumPy.
    assert_array_equal(clusterer.predict_neuron(cues), winners)
    assert_allclose(clusterer.transform(cues), expected, rtol=1e-12, atol=1e-15)

    # C.
    c_model = compiled(to_c(clusterer, "model"))[0]
    found, fractions = c_model.winner(cues.astype(np.uint8))
    assert_array_equal(found, winners)
    fractions = [Fraction(*map(int, pair)) for pair in zip(*fractions, strict=True)]
    assert fractions == [row[n] for row, n in zip(exact, winners, strict=True)]

    # ONNX.
    pytest.importorskip("skl2onnx")
    runtime = pytest.importorskip("onnxruntime")
    from skbit.onnx import to_onnx

    X = cues.astype(np.float32)
    model = to_onnx(clusterer, X).SerializeToString()
    _, scores, pattern = runtime.InferenceSession(model).run(
        ["label", "scores", "pattern"], {"X": X}
    )
    assert_array_equal(scores, clusterer.transform(cues))
    assert_array_equal(pattern, clusterer.recall(cues))
