# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Figures that are counted: sizes of offsets, bits that move, bits of a network."""

import numpy as np
from sklearn.neural_network import MLPClassifier

from examples.reproduce.accuracy import bits as encoded
from examples.reproduce.accuracy import classifier
from examples.reproduce.figures import AUTHORS_SEED, Figure, images
from examples.reproduce.majority import ten_levels
from skbit import RandomMAJ3Projection
from skbit.dram import dram_cost

INT32 = 2**31


def offsets(quick):
    """The largest offset of a class, in units of the largest int32, and what wraps.

    Outputs with more ones have larger offsets, so a projection half of whose bits are
    ones, the majority of 243 containers, is measured beside that of 196.
    """
    raw, y, raw_test, y_test = encoded("raw", quick)
    ten, ten_test = ten_levels(quick)
    for n_containers, X, X_test in (
        (196, raw, raw_test),
        (243, ten[:, :243], ten_test[:, :243]),
    ):
        projection = RandomMAJ3Projection(
            8192, random_state=AUTHORS_SEED, n_jobs=2
        ).fit(X)
        # A part of the rows is enough to count shares of ones.
        n = len(X) // 6
        words, tests = projection.transform(X[:n]), projection.transform(X_test)
        passed, seeds = [], (AUTHORS_SEED,)
        for H in (256, 512, 1024, 2048, 4096, 8192):
            model = classifier(fit_prior=False).fit(words[:, :H], y[:n])
            setting = {"H": H, "containers": n_containers, "rows": n}
            what = f"H = {H}, {n_containers} containers"
            largest = float(np.abs(model.offsets_).max() / INT32)
            yield Figure(
                f"{what}: largest offset / largest int32",
                (largest,),
                setting={**setting, "of": "offset"},
                seeds=seeds,
            )
            if largest > 1:
                passed.append(H)
            rows = tests[:, :H]
            right = 100 * model.score(rows, y_test)
            model.offsets_ = model.offsets_.astype(np.int32).astype(np.int64)
            wrapped = 100 * model.score(rows, y_test)
            for of, score in (("int64", right), ("wrapped", wrapped)):
                scored = {**setting, "of": of}
                test = f"{what}: {of} offsets: test"
                yield Figure(test, (score,), "%", None, scored, seeds)
        yield Figure(
            f"{n_containers} containers: first H whose largest offset is beyond int32",
            (passed[0],),
            "neurons",
            1024,
            {"containers": n_containers},
            seeds,
        )


def transfers(quick):
    """Bits that move in one forward pass of 512 neurons on 784 containers."""
    seed = dram_cost(512, 784, model="seed")
    yield Figure("bits of the weights", (seed.bits_weights,), "bits", 12.8e6)
    yield Figure("bits of the outputs", (seed.bits_out,), "bits", 16_384)
    for name, cost in (
        ("as O counts", seed),
        *(
            (f"row commands, layout {layout}", dram_cost(512, 784, layout=layout))
            for layout in ("V1", "V2", "V3")
        ),
    ):
        setting = {"H": 512, "containers": 784, "layout": cost.layout}
        yield Figure(
            f"fewer bits moved than all weights, {name}",
            (100 * (1 - cost.bits_moved / cost.bits_weights),),
            "%",
            99.7,
            setting,
        )
    outputs_only = 100 * (1 - seed.bits_out / seed.bits_weights)
    yield Figure(
        "fewer bits moved than all weights, if only outputs counted",
        (outputs_only,),
        "%",
        setting={"counted": "outputs"},
    )


def bit_mass(quick):
    """Bits of the weights of a 784-8-10 network, as it is when it has been fitted."""
    X, y = images("MNIST", quick=True)[:2]
    network = MLPClassifier((8,))
    network.partial_fit((X / 255).astype(np.float32), y, classes=range(10))
    counted = [8 * weights.nbytes for weights in network.coefs_]
    biases = [8 * weights.nbytes for weights in network.intercepts_]
    yield Figure("weights of 784-8-10 in float32", (sum(counted),), "bits", 203_264)
    yield Figure(
        "biases of the same",
        (sum(biases),),
        "bits",
        setting={"counted": "biases"},
    )


MEASUREMENTS = {"offsets": offsets, "transfers": transfers, "bit-mass": bit_mass}
