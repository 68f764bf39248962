# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusterers and detectors that were fitted in parts and merged, beside one pass."""

import numpy as np

from examples.reproduce.figures import SEEDS, Figure, bits, purity
from examples.reproduce.novelty import area
from skbit import BitNoveltyDetector, BitWTAClusterer

N_PARTS = 4


def parts_of(y, order, seed):
    """Return the rows of each part: at random, or classes apart."""
    rows = np.random.default_rng(seed).permutation(len(y))
    if order == "sorted":
        rows = rows[np.argsort(y[rows], kind="stable")]
    return np.array_split(rows, N_PARTS)


def merged(make, X, parts):
    """Return the merger of models that were fitted on the parts."""
    first, *others = (make(number).fit(X[part]) for number, part in enumerate(parts))
    return first.merge(*others)


def merged_clusterers(quick):
    """Purity of four parts merged, of one part alone and of one pass."""
    seeds = SEEDS[: 2 if quick else None]
    X, y, X_test, y_test = bits("MNIST", "threshold", quick)

    def score(model):
        return purity(model.predict(X), y, model.predict(X_test), y_test)

    for params in (
        {"n_clusters": 10},
        {"n_clusters": 64},
        {"n_clusters": 256},
        {"n_clusters": 10, "n_neurons": 256},
    ):
        found = {}
        for seed in seeds:

            def make(number, seed=seed, params=params):
                return BitWTAClusterer(random_state=10 * seed + number, **params)

            found.setdefault("one pass", []).append(score(make(0).fit(X)))
            for order in ("random", "sorted"):
                parts = parts_of(y, order, seed)
                alone, both = make(0).fit(X[parts[0]]), merged(make, X, parts)
                found.setdefault(f"a part, {order}", []).append(score(alone))
                found.setdefault(f"4 parts merged, {order}", []).append(score(both))
        for way, values in found.items():
            what = ", ".join(f"{name}={value}" for name, value in params.items())
            what = f"MNIST, BitWTAClusterer, {what}, {way}: purity"
            yield Figure(
                what, tuple(values), setting={**params, "way": way}, seeds=seeds
            )


def merged_detectors(quick):
    """Areas under the ROC curve and false alarms of four parts merged."""
    seeds = SEEDS[: 2 if quick else None]
    X, y, X_test, _ = bits("MNIST", "rank", quick)
    fashion = bits("Fashion-MNIST", "rank", quick)[2]
    found = {"one pass": [], "4 parts merged": []}
    for seed in seeds:

        def make(number, seed=seed):
            return BitNoveltyDetector(random_state=10 * seed + number)

        both = merged(make, X, parts_of(y, "random", seed))
        for way, model in zip(found, (make(0).fit(X), both), strict=True):
            alarms = np.mean(model.p_values(X_test) <= 0.05)
            found[way].append((area(model, X_test, fashion), alarms))
    for way, values in found.items():
        areas, alarms = zip(*values, strict=True)
        what = f"MNIST against Fashion-MNIST, by rank, {way}"
        setting = {"way": way}
        yield Figure(
            f"{what}: area under the ROC curve", areas, "", None, setting, seeds
        )
        yield Figure(f"{what}: false alarms at 5 %", alarms, "", None, setting, seeds)


MEASUREMENTS = {
    "merged-clusterers": merged_clusterers,
    "merged-detectors": merged_detectors,
}
