# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Memory on synthetic bits, and what becomes of it when new things are learned."""

import numpy as np

from examples.reproduce.figures import SEEDS, Figure, auroc, bits, purity
from examples.reproduce.seed_rule import SEED_RULE
from skbit import BitWTAClusterer
from skbit.cluster import FlipRule
from skbit.datasets import corrupt_bits

N_BITS = 256
N_OLD = N_NEW = 8


def make_clusters(n_clusters, n_rows, noise, rng):
    """Random patterns, and rows that are noisy copies of them."""
    kinds = rng.random((n_clusters, N_BITS)) < 0.5
    kind = rng.integers(n_clusters, size=n_rows)
    return kinds, kind, kinds[kind] ^ (rng.random((n_rows, N_BITS)) < noise)


def synthetic(quick):
    """Purity of clusters of random patterns, and neurons used."""
    seeds = SEEDS[: 2 if quick else None]
    for n_clusters, n_neurons, noise in (
        (8, 16, 0.0),
        (8, 16, 0.2),
        (12, 16, 0.2),
        (16, 16, 0.0),
        (16, 16, 0.2),
        (16, 20, 0.2),
    ):
        for name, params in (
            ("the rule of B", {**SEED_RULE, "similarity": "hamming"}),
            ("growth on demand", {"similarity": "hamming", "vigilance": 0.6}),
        ):
            found = []
            for seed in seeds:
                rng = np.random.default_rng(seed)
                _, kind, X = make_clusters(n_clusters, 6000, noise, rng)
                model = BitWTAClusterer(n_neurons, random_state=seed, **params)
                labels = model.fit_predict(X)
                found.append((purity(labels, kind), len(np.unique(labels))))
            score, used = zip(*found, strict=True)
            setting = {"clusters": n_clusters, "neurons": n_neurons, "noise": noise}
            setting["rule"] = name
            what = (
                f"{n_clusters} clusters, {n_neurons} neurons, "
                f"{100 * noise:.0f} % noise, {name}"
            )
            claimed = 1.0 if "seed" in name else None
            for of, values, unit, claim in (
                ("purity", score, "", claimed),
                ("neurons that win", used, "neurons", None),
            ):
                scored = {**setting, "score": of}
                yield Figure(f"{what}: {of}", values, unit, claim, scored, seeds)


def memory(quick):
    """Share of stored patterns that come back exactly, one neuron per pattern.

    Equal bits count, since ones and zeros are flipped.
    """
    seeds, most = SEEDS[: 2 if quick else None], 0
    for n_patterns in (128, 1024, 4096 if quick else 16_384):
        for rate in (0.1, 0.2, 0.3):
            found = []
            for seed in seeds:
                rng = np.random.default_rng(seed)
                shape = n_patterns, N_BITS // 32
                patterns = rng.integers(2**32, size=shape, dtype=np.uint32)
                model = BitWTAClusterer(similarity="hamming", n_jobs=2).store(patterns)
                cues = corrupt_bits(patterns, rate, random_state=seed)
                found.append(np.mean(np.all(model.recall(cues) == patterns, axis=1)))
            if rate == 0.1 and min(found) == 1:
                most = n_patterns
            yield Figure(
                f"{n_patterns:,} patterns of 256 bits, {100 * rate:.0f} % flipped: "
                "recalled exactly",
                tuple(found),
                setting={"patterns": n_patterns, "rate": rate},
                seeds=seeds,
            )
    yield Figure(
        "most patterns tried that all come back, 10 % flipped",
        (most,),
        "patterns",
        128,
    )


def confidence(quick):
    """What a low similarity tells: that a cue is novel, or its recall wrong.

    128 patterns are stored. Cues are damaged copies; novel rows are random bits.
    """
    seeds = SEEDS[: 2 if quick else None]
    rates = (0.1, 0.2, 0.3, 0.4, 0.5)
    found = {rate: [] for rate in (*rates, "all")}
    correct = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        patterns = rng.integers(2**32, size=(128, N_BITS // 32), dtype=np.uint32)
        model = BitWTAClusterer(similarity="hamming").store(patterns)
        novel = model.score_samples(
            rng.integers(2**32, size=(1280, N_BITS // 32), dtype=np.uint32)
        )
        known, is_right = [], []
        for rate in rates:
            copies = np.tile(patterns, (10, 1))
            cues = corrupt_bits(copies, rate, random_state=seed)
            _, winners, scores = model.recall(
                cues, return_index=True, return_score=True
            )
            found[rate].append(auroc(scores, novel))
            known.append(scores)
            is_right.append(winners == np.arange(len(cues)) % 128)
        known, is_right = np.concatenate(known), np.concatenate(is_right)
        found["all"].append(auroc(known, novel))
        correct.append(auroc(known[is_right], known[~is_right]))
    for rate, values in found.items():
        at = "10 to 50 % mixed" if rate == "all" else f"{100 * rate:.0f} %"
        claimed = 0.81 if rate == "all" else None
        setting = {"rate": rate, "of": "novelty"}
        what = f"stored patterns against random ones, {at} flipped: area under the ROC"
        yield Figure(f"{what} curve", tuple(values), "", claimed, setting, seeds)
    yield Figure(
        "right against wrong recall, 10 to 50 % flipped: area under the ROC curve",
        tuple(correct),
        "",
        0.87,
        {"of": "recall"},
        seeds,
    )


def retention(quick):
    """Old clusters that keep a neuron while only new ones are seen.

    Eight clusters of noisy random patterns, then eight others. An old cluster is
    retained if the neuron that won it before the news still stores a pattern that is
    closer to it than to any other cluster.
    """
    seeds = SEEDS[: 2 if quick else None]
    for rule, params in (
        ("flips", {}),
        (
            "flips, shrinking mask",
            {"learning": FlipRule(schedule="shrink", init="random")},
        ),
        ("counters", {"learning": "counters"}),
        (
            "counters, growth on demand",
            {"learning": "counters", "vigilance": 0.65},
        ),
    ):
        for n_neurons in (8, 10, 12, 14, 16, 20, 24, 32):
            found = []
            for seed in seeds:
                rng = np.random.default_rng(seed)
                kinds, kind, X = make_clusters(N_OLD + N_NEW, 6000, 0.1, rng)
                rule_params = {**SEED_RULE, "similarity": "hamming", **params}
                model = BitWTAClusterer(n_neurons, random_state=seed, **rule_params)
                model.partial_fit(X[kind < N_OLD])
                before = model.predict_neuron(kinds[:N_OLD])
                model.partial_fit(X[kind >= N_OLD])
                patterns = model.patterns_[before].view(np.uint8)
                stored = np.unpackbits(patterns, axis=1, bitorder="little")
                apart = np.sum(stored[:, np.newaxis] != kinds, axis=2)
                found.append(np.mean(apart.argmin(axis=1) == np.arange(N_OLD)))
            claimed = None
            if rule == "flips":
                claimed = {14: 0.65, 24: (0.8, 1.0), 32: (0.8, 1.0)}.get(n_neurons)
            elif "shrinking" in rule and n_neurons == 14:
                claimed = 0.87
            yield Figure(
                f"{rule}, {n_neurons} neurons for 8 + 8 clusters: retained",
                tuple(found),
                "",
                claimed,
                {"rule": rule, "neurons": n_neurons, "clusters": N_OLD + N_NEW},
                seeds,
            )


def continual(quick):
    """Digits 0-4, then 5-9 only: purity over all classes at the end."""
    X, y, X_test, y_test = bits("MNIST", "threshold", quick)
    seeds = SEEDS[: 2 if quick else None]
    found = {"announced": [], "automatic": [], "no room": [], "all at once": []}
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(X))
        is_old = y[order].astype(int) < 5
        old, new = order[is_old], order[~is_old]
        for name, params in (
            ("announced", {"n_clusters": 128}),
            ("automatic", {"n_clusters": 256, "reserve_size": 128}),
            ("no room", {"n_clusters": 256}),
        ):
            model = BitWTAClusterer(random_state=seed, **params).partial_fit(X[old])
            if name == "announced":
                model.set_params(n_clusters=256)
            model.partial_fit(X[new])
            found[name].append(
                purity(model.predict(X), y, model.predict(X_test), y_test)
            )
        model = BitWTAClusterer(256, random_state=seed).fit(X)
        found["all at once"].append(
            purity(model.labels_, y, model.predict(X_test), y_test)
        )
    for name, scores in found.items():
        what = f"digits 0-4, then 5-9, 256 neurons, {name}: purity"
        yield Figure(what, tuple(scores), setting={"room": name}, seeds=seeds)


MEASUREMENTS = {
    "synthetic": synthetic,
    "memory": memory,
    "confidence": confidence,
    "retention": retention,
    "continual": continual,
}
