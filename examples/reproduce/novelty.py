# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty on MNIST and Fashion-MNIST: what is found, and how many false alarms."""

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from examples.reproduce.clusters import SEEDS, bits, dense_bits, spread
from skbit import BitNoveltyDetector, BitWTAClusterer
from skbit.bits import pack_bits

NOVELTY = {"resonance": "jaccard", "thresholds": (0.3,)}


def novelty():
    """Areas under the ROC curve: noise, another data set, a class held out."""
    X, _, X_test, _ = bits("MNIST", "rank")
    density = np.bitwise_count(X_test).sum() / (784 * len(X_test))
    rng = np.random.default_rng(0)
    noise = pack_bits(rng.random((10_000, 784)) < density)
    fashion = bits("Fashion-MNIST", "rank")[2]
    found = []
    for seed in SEEDS:
        detector = BitNoveltyDetector(random_state=seed).fit(X)
        found.append([auroc(detector, X_test, other) for other in (noise, fashion)])
    found = np.transpose(found)
    yield "MNIST against noise of equal density", spread(found[0], 4)
    yield "MNIST against Fashion-MNIST, both by rank", spread(found[1], 4)
    for name, code in (
        ("MNIST", "threshold"),
        ("MNIST", "8 edges"),
        ("Fashion-MNIST", "4 edges"),
    ):
        for scaling in ("none", "neuron", "local"):
            areas = held_out(
                bits(name, code),
                lambda seed, scaling=scaling: BitNoveltyDetector(
                    BitWTAClusterer(1024, random_state=seed, n_jobs=2, **NOVELTY),
                    scaling=scaling,
                ),
            )
            yield (
                f"{name}, a class held out, {code}, scaling={scaling!r}",
                f"mean of ten {np.mean(areas):.3f}",
            )


def auroc(detector, normal, novel):
    scores = np.append(detector.score_samples(normal), detector.score_samples(novel))
    return roc_auc_score(np.arange(len(scores)) < len(normal), scores)


def held_out(data, make, n_rows=None):
    X, y, X_test, y_test = data
    areas = []
    for held_out_class in np.unique(y):
        rows = np.flatnonzero(y != held_out_class)[:n_rows]
        detector = make(1000 + len(areas)).fit(X[rows])
        is_novel = y_test == held_out_class
        areas.append(auroc(detector, X_test[~is_novel], X_test[is_novel]))
    return areas


def novelty_of_others():
    """The same for others, on the same bits. They keep or see 6,000 rows."""
    for name, code in (("MNIST", "8 edges"), ("Fashion-MNIST", "4 edges")):
        for other, make in (
            ("LocalOutlierFactor", lambda _: LocalOutlierFactor(novelty=True)),
            ("IsolationForest", lambda seed: IsolationForest(random_state=seed)),
        ):
            areas = held_out(dense_bits(bits(name, code)), make, n_rows=6000)
            yield (
                f"{name}, a class held out, {code}, {other}",
                f"mean of ten {np.mean(areas):.3f}",
            )


def false_alarms():
    """Promise and observation on test images of the classes that were learned."""
    X, _, X_test, _ = bits("MNIST", "threshold")
    for scaling in ("none", "neuron", "local"):
        alarms = {alpha: [] for alpha in (0.01, 0.05, 0.1)}
        for seed in SEEDS:
            # The two files differ a little, so old and new rows are drawn from both.
            rows = np.random.default_rng(seed).permutation(len(X) + len(X_test))
            rows = np.concatenate([X, X_test])[rows]
            detector = BitNoveltyDetector(random_state=seed, scaling=scaling)
            p_values = detector.fit(rows[:60_000]).p_values(rows[60_000:])
            for alpha, found in alarms.items():
                found.append(np.mean(p_values <= alpha))
        for alpha, found in alarms.items():
            sampling = np.sqrt(2 * alpha * (1 - alpha) / 10_000)
            yield (
                f"scaling={scaling!r}: {100 * alpha:.0f} % promised",
                f"{100 * np.mean(found):.2f} % (sd {100 * np.std(found):.2f}; of "
                f"10,000 rows against 10,000: {100 * sampling:.2f})",
            )


MEASUREMENTS = {
    "novelty": novelty,
    "novelty-of-others": novelty_of_others,
    "false-alarms": false_alarms,
}
