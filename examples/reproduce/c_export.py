# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Exported C on MNIST: what differs from Python, how fast it is, what rounding costs.

Nothing is chosen here: settings are those of other measurements. It takes a C compiler.
"""

import ctypes
import tempfile
import time
from functools import cache

import numpy as np
from sklearn.pipeline import make_pipeline

from examples.reproduce.figures import SEEDS, Figure, images
from skbit import (
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ThermometerEncoder,
)
from skbit.codegen import to_c
from skbit.codegen._compiler import load
from skbit.naive_bayes import round_log_odds

EPOCHS = 10


@cache
def classifier(n_components, epochs, quick, seed=SEEDS[0], n_levels=8):
    """The pipeline that is exported, also as ONNX: exp, projection, log-odds."""
    X, y = images("MNIST", quick)[:2]
    return make_pipeline(
        ThermometerEncoder(n_levels, curve="exp", feature_range=(0, 255)),
        RandomMAJ3Projection(n_components, random_state=seed, n_jobs=2),
        OttoScoreClassifier(max_iter=1 + epochs, random_state=seed, n_jobs=2),
    ).fit(X, y)


def parity(quick):
    """Count the test images for which the C answers anything else than Python."""
    X = images("MNIST", quick)[2]
    for n_components in (50, 512) if quick else (50, 512, 2048):
        for epochs in (0, EPOCHS):
            model = classifier(n_components, epochs, quick)
            with tempfile.TemporaryDirectory() as folder:
                (in_c,) = load(folder, to_c(model))
                labels, scores = in_c.predict(X), in_c.scores(X)
            expected = model[-1].integer_scores(model[:-1].transform(X))
            what = f"of {len(X)} test images, H = {n_components}, {epochs} epochs"
            setting = {"H": n_components, "epochs": epochs}
            n_labels = int((labels != model.predict(X)).sum())
            n_scores = int((scores != expected).sum())
            yield Figure(f"labels {what}", (n_labels,), "differ", 0, setting, SEEDS[:1])
            yield Figure(f"scores {what}", (n_scores,), "differ", 0, setting, SEEDS[:1])


def clusterer_parity(quick):
    """Do the same for winners and similarities of 256 neurons."""
    X, _, X_test, _ = images("MNIST", quick)
    encoder = RankDensityEncoder().fit(X)
    bits = encoder.transform(X_test)
    for similarity in ("cosine", "jaccard", "overlap", "hamming"):
        clusterer = BitWTAClusterer(
            256, similarity=similarity, random_state=SEEDS[0], n_jobs=2
        ).fit(encoder.transform(X))
        with tempfile.TemporaryDirectory() as folder:
            (in_c,) = load(folder, to_c(make_pipeline(encoder, clusterer)))
            winners, (numerators, denominators) = in_c.winner(X_test)
        similarities = numerators / denominators
        if similarity == "cosine":
            similarities = np.sqrt(similarities)
        what = f"of {len(bits)} test images, 256 neurons, {similarity}"
        setting = {"similarity": similarity, "neurons": 256}
        n_winners = int((winners != clusterer.predict_neuron(bits)).sum())
        n_similarities = int((similarities != clusterer.score_samples(bits)).sum())
        yield Figure(f"winners {what}", (n_winners,), "differ", 0, setting, SEEDS[:1])
        yield Figure(
            f"similarities {what}", (n_similarities,), "differ", 0, setting, SEEDS[:1]
        )


def latency(quick):
    """Time single images, called from Python, in turns; medians."""
    X = images("MNIST", quick)[2]
    cases = {
        (n_components, n_levels, words): to_c(
            classifier(n_components, 0, quick, n_levels=n_levels),
            f"h{n_components}_{n_levels}_{words}",
            random_words=words,
        )
        for n_components, n_levels in ((50, 32), (50, 8), (512, 8))
        for words in ("stored", "seed")
    }
    with tempfile.TemporaryDirectory() as folder:
        functions = [m.address("predict") for m in load(folder, *cases.values())]
    image = np.empty(X.shape[1], dtype=np.uint8)
    address = image.ctypes.data_as(ctypes.c_void_p).value
    times = np.empty((1000, len(functions)))
    for i in range(len(times)):
        image[:] = X[i]
        for j, function in enumerate(functions):
            start = time.perf_counter()
            function(address)
            times[i, j] = time.perf_counter() - start
    medians = 1000 * np.median(times, axis=0)
    for (n_components, n_levels, words), median in zip(cases, medians, strict=True):
        n_containers = X.shape[1] * n_levels // 32
        yield Figure(
            f"one image in C, {n_components} neurons of {n_containers} containers, "
            f"random words {'stored' if words == 'stored' else 'from the seed'}",
            (float(median),),
            "ms",
            0.1 if (n_components, n_levels) == (50, 32) else None,
            {"H": n_components, "NC": n_containers, "random_words": words},
        )


def widths(quick):
    """Accuracy on the test images, and flash, with log-odds of fewer bits."""
    _, _, X, y = images("MNIST", quick)
    seeds = SEEDS[:1] if quick else SEEDS
    for n_components in (50, 512):
        for epochs in (0, EPOCHS):
            for bits in (32, 16, 8):
                accuracies = []
                for seed in seeds:
                    model = classifier(n_components, epochs, quick, seed)
                    if bits < 32:
                        model = round_log_odds(model, bits)
                    accuracies.append(100 * model.score(X, y))
                what = f"H = {n_components}, {epochs} epochs, int{bits} log-odds"
                setting = {"H": n_components, "epochs": epochs, "bits": bits}
                found = tuple(accuracies)
                yield Figure(f"accuracy, {what}", found, "%", None, setting, seeds)
                flash = to_c(model, random_words="seed").flash_bytes
                yield Figure(f"flash, {what}, words from the seed", (flash,), "bytes")


MEASUREMENTS = {
    "c-parity": parity,
    "c-clusterer-parity": clusterer_parity,
    "c-latency": latency,
    "c-widths": widths,
}
