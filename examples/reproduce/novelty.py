# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty on MNIST and Fashion-MNIST: what is found, and how many false alarms."""

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

from examples.reproduce.figures import SEEDS, Figure, auroc, bits, dense_bits
from skbit import BitNoveltyDetector, BitWTAClusterer
from skbit.bits import pack_bits

NOVELTY = {"similarity": "jaccard", "quantization_levels": (0.3,)}


def novelty(quick):
    """Areas under the ROC curve: noise, another data set, a class held out."""
    seeds = SEEDS[: 2 if quick else None]
    X, _, X_test, _ = bits("MNIST", "rank", quick)
    density = np.bitwise_count(X_test).sum() / (784 * len(X_test))
    rng = np.random.default_rng(0)
    noise = pack_bits(rng.random((len(X_test), 784)) < density)
    fashion = bits("Fashion-MNIST", "rank", quick)[2]
    found = []
    for seed in seeds:
        detector = BitNoveltyDetector(random_state=seed).fit(X)
        found.append([area(detector, X_test, other) for other in (noise, fashion)])
    for other, values in zip(
        ("noise of equal density", "Fashion-MNIST, both by rank"),
        zip(*found, strict=True),
        strict=True,
    ):
        what = f"MNIST against {other}: area under the ROC curve"
        yield Figure(what, values, seeds=seeds)
    for name, code in (
        ("MNIST", "threshold"),
        ("MNIST", "8 edges"),
        ("Fashion-MNIST", "4 edges"),
    ):
        for normalization in ("none", "neuron", "local"):
            areas = held_out(
                bits(name, code, quick),
                lambda seed, normalization=normalization: BitNoveltyDetector(
                    BitWTAClusterer(1024, random_state=seed, n_jobs=2, **NOVELTY),
                    normalization=normalization,
                ),
            )
            what = f"{name}, a class held out, {code}, normalization={normalization!r}"
            yield mean_area(what, areas, {"data": name, "code": code})


def area(detector, normal, novel):
    return auroc(detector.score_samples(normal), detector.score_samples(novel))


def held_out(data, make, n_rows=None):
    X, y, X_test, y_test = data
    areas = []
    for held_out_class in np.unique(y):
        rows = np.flatnonzero(y != held_out_class)[:n_rows]
        detector = make(SEEDS[0] + len(areas)).fit(X[rows])
        is_novel = y_test == held_out_class
        areas.append(area(detector, X_test[~is_novel], X_test[is_novel]))
    return areas


def mean_area(what, areas, setting):
    what = f"{what}: area under the ROC curve, mean of the classes"
    seeds = range(SEEDS[0], SEEDS[0] + len(areas))
    return Figure(what, (np.mean(areas),), "", None, {**setting, "areas": areas}, seeds)


def novelty_of_others(quick):
    """The same for others, on the same bits. They keep or see 6,000 rows."""
    for name, code in (("MNIST", "8 edges"), ("Fashion-MNIST", "4 edges")):
        for other, make in (
            ("LocalOutlierFactor", lambda _: LocalOutlierFactor(novelty=True)),
            ("IsolationForest", lambda seed: IsolationForest(random_state=seed)),
        ):
            data = dense_bits(bits(name, code, quick))
            areas = held_out(data, make, n_rows=600 if quick else 6000)
            what = f"{name}, a class held out, {code}, {other}"
            yield mean_area(what, areas, {"data": name, "code": code})


def false_alarms(quick):
    """Promise and observation on test images of the classes that were learned."""
    seeds = SEEDS[: 2 if quick else None]
    X, _, X_test, _ = bits("MNIST", "threshold", quick)
    for normalization in ("none", "neuron", "local"):
        alarms = {alpha: [] for alpha in (0.01, 0.05, 0.1)}
        for seed in seeds:
            # The two files differ a little, so old and new rows are drawn from both.
            rows = np.random.default_rng(seed).permutation(len(X) + len(X_test))
            rows = np.concatenate([X, X_test])[rows]
            detector = BitNoveltyDetector(
                random_state=seed, normalization=normalization
            )
            p_values = detector.fit(rows[: len(X)]).p_values(rows[len(X) :])
            for alpha, found in alarms.items():
                found.append(100 * np.mean(p_values <= alpha))
        for alpha, found in alarms.items():
            yield Figure(
                f"normalization={normalization!r}: false alarms, "
                f"{100 * alpha:.0f} % promised",
                tuple(found),
                "%",
                setting={"normalization": normalization, "alpha": alpha},
                seeds=seeds,
            )


MEASUREMENTS = {
    "novelty": novelty,
    "novelty-of-others": novelty_of_others,
    "false-alarms": false_alarms,
}
