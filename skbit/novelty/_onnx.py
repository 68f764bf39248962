# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitNoveltyDetector in ONNX."""

import numpy as np

from skbit._onnx.converters import detector
from skbit._onnx.rows import bits_of_row
from skbit.bits import CONTAINER_BITS
from skbit.cluster._onnx import compete
from skbit.novelty import _scores
from skbit.novelty._bit_novelty import BitNoveltyDetector


def novelty_row(graph, row, dtype, model):
    """Return the score of a row less the offset, double."""
    bits = bits_of_row(graph, row, dtype, model)
    if model.input_format_ == "dense" and model.n_features_in_ % CONTAINER_BITS:
        # The clusterer was fitted on whole containers.
        padding = np.zeros(-model.n_features_in_ % CONTAINER_BITS, dtype=np.uint8)
        bits = graph.Concat(bits, padding, axis=0)
    winner, similarities = compete(graph, bits, model.clusterer_)
    score = graph.Gather(similarities, winner)
    # Rounding depends on the order of the subtractions, which is the detector's.
    normalization = model.fitted_params_["normalization"]
    for penalty in _scores.penalties(model.clusterer_, normalization):
        score = graph.Sub(score, graph.Gather(penalty, winner))
    return [graph.Sub(score, np.float64(model.offset_))]


CONVERTERS = {BitNoveltyDetector: detector(novelty_row)}
