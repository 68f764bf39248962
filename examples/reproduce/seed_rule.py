# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The flip rule of document B: clusters, and three behaviors in one loop."""

import numpy as np

from examples.reproduce.figures import SEEDS, Figure, auroc, bits, purity
from skbit import BitWTAClusterer
from skbit.bits import pack_bits, unpack_bits
from skbit.cluster import FlipRule
from skbit.datasets import corrupt_bits

SEED_RULE = {
    "learning": FlipRule(init="random"),
    "similarity": "jaccard",
    "reassignment_interval": None,
}
N_BITS = 784
ONE_LOOP, LEARNS_ALL = "one loop", "one loop that learns all"
NOVELTY = "area under the ROC curve, images and noise"
# What a population is measured by, with units; a damaged image brings back a pattern.
BEHAVIOURS = {
    "purity": "",
    NOVELTY: "",
    "right class": "times chance",
    "share of the image's bits that come back": "",
    "share of its bits that a blank page has": "",
    "share of the whole image's pattern that comes back": "",
    "Jaccard of what comes back with the image": "",
}


def mean_distance(patterns):
    """Mean number of bits in which two patterns differ."""
    dense = unpack_bits(patterns).astype(np.float32)
    n = len(dense)
    same = dense @ dense.T + (1 - dense) @ (1 - dense).T
    return (dense.shape[1] * n * n - same.sum()) / (n * (n - 1))


def competition(data, seed, n, **params):
    """Fit, and return purity, patterns, and those of them that win in the end."""
    X, y, X_test, y_test = data
    model = BitWTAClusterer(n, random_state=seed, **{**SEED_RULE, **params}).fit(X)
    score = purity(model.labels_, y, model.predict(X_test), y_test)
    return score, model.patterns_, model.patterns_[np.unique(model.labels_)]


def seed_rule(quick):
    """Purity by similarity; a start from random bits is what makes it collapse."""
    data = bits("MNIST", "threshold", quick)
    seeds = SEEDS[: 2 if quick else None]
    for similarity, n, start, claimed in (
        ("overlap", 16, "random", (0.11, 360)),
        ("overlap", 16, "samples", (None, None)),
        ("jaccard", 16, "random", (0.48, 190)),
        ("jaccard", 24, "random", (0.48, 190)),
        ("jaccard", 24, "samples", (None, None)),
    ):
        found = [
            competition(
                data, seed, n, similarity=similarity, learning=FlipRule(init=start)
            )
            for seed in seeds
        ]
        setting = {"similarity": similarity, "neurons": n, "start": start}
        what = f"MNIST, {similarity}, {n} neurons from {start}"
        score, patterns, live = zip(*found, strict=True)
        for of, unit, values, claim in (
            ("purity", "", score, claimed[0]),
            ("ones per pattern", "bits", map(ones, patterns), claimed[1]),
            ("ones per pattern that wins", "bits", map(ones, live), None),
            ("neurons that win", "neurons", map(len, live), None),
        ):
            scored = {**setting, "score": of}
            yield Figure(f"{what}: {of}", tuple(values), unit, claim, scored, seeds)


def ones(patterns):
    """Mean number of ones."""
    return np.bitwise_count(patterns).sum(axis=1).mean()


def seed_control(quick):
    """The control in which every neuron learns, beside competition."""
    seeds = SEEDS[: 2 if quick else None]
    for name, code, ours_claimed, control_claimed, further in (
        ("MNIST", "threshold", 0.48, (0.27, 0.35), 219),
        ("Fashion-MNIST", "threshold", None, None, None),
        ("Fashion-MNIST", "rank", (0.49, 0.53), None, None),
    ):
        data = bits(name, code, quick)
        setting = {"data": name, "code": code, "neurons": 24}
        what = f"{name}, {code}, 24 neurons"
        density = np.bitwise_count(data[0]).sum() / (N_BITS * len(data[0]))
        yield Figure(f"{what}: share of ones", (density,), "share", None, setting)
        rows = []
        for seed in seeds:
            ours = competition(data, seed, 24)
            rule = FlipRule(init="random", competition="unbounded")
            control = competition(data, seed, 24, learning=rule)
            apart = mean_distance(control[1])
            rows.append(
                (
                    ours[0],
                    control[0],
                    mean_distance(ours[1]) - apart,
                    mean_distance(ours[2]) - apart,
                )
            )
        for of, values, unit, claimed in zip(
            (
                "purity",
                "purity, unbounded control",
                "bits that patterns are further apart than the control's",
                "the same, of neurons that win",
            ),
            zip(*rows, strict=True),
            ("", "", "bits", "bits"),
            (ours_claimed, control_claimed, further, None),
            strict=True,
        ):
            scored = {**setting, "score": of}
            yield Figure(f"{what}: {of}", values, unit, claimed, scored, seeds)


def loop(quick):
    """Clusters, recall and novelty in one stream, against each alone.

    The stream holds the training images. After every 100 of them come ten damaged ones,
    a tenth of whose bits are flipped, and ten rows of noise of the images' density. In
    the one loop, these are recalled and scored, but not learned. In the other, the loop
    learns all that it does not take for novel itself. Afterwards the same test images
    measure both, and a population that has learned the whole images in one go.
    """
    seeds = SEEDS[: 2 if quick else None]
    for name, code, claims in (
        ("MNIST", "threshold", (0.48, 1.0, (3.8, 4.5), 0.86)),
        ("Fashion-MNIST", "rank", ((0.49, 0.53), 1.0, (4.7, 5.0), None)),
    ):
        data = bits(name, code, quick)
        found = {"alone": [], ONE_LOOP: [], LEARNS_ALL: []}
        for seed in seeds:
            order = np.random.default_rng(seed).permutation(len(data[0]))
            X = data[0][order]
            alone = BitWTAClusterer(24, random_state=seed, **SEED_RULE).partial_fit(X)
            for how, model in (
                ("alone", alone),
                (ONE_LOOP, run_loop(X, seed, learns_all=False)),
                (LEARNS_ALL, run_loop(X, seed, learns_all=True)),
            ):
                found[how].append(behaviours(model, data, seed))
        claimed = dict(zip(BEHAVIOURS, claims, strict=False))
        for how, rows in found.items():
            setting = {"data": name, "code": code, "loop": how}
            what = f"{name}, {code}, {how}"
            for (of, unit), values in zip(
                BEHAVIOURS.items(), zip(*rows, strict=True), strict=True
            ):
                claim = claimed.get(of) if how == ONE_LOOP else None
                scored = {**setting, "score": of}
                yield Figure(f"{what}: {of}", values, unit, claim, scored, seeds)
            if how != "alone":
                yield from lost(what, found["alone"], rows, setting, seeds)


def lost(what, alone, together, setting, seeds):
    """Make figures of the points by which populations are worse than others."""
    for of, points in (("purity", 100), (NOVELTY, 100), ("right class", 10)):
        i = list(BEHAVIOURS).index(of)
        values = [points * (a[i] - b[i]) for a, b in zip(alone, together, strict=True)]
        yield Figure(
            f"{what}: {of}, against alone",
            tuple(values),
            "points lost",
            (0, 2) if setting["loop"] == ONE_LOOP else None,
            {**setting, "lost": of},
            seeds,
        )


def noise_like(X, n, rng):
    """Random bits, as many ones as in X."""
    density = np.bitwise_count(X).sum() / (N_BITS * len(X))
    return pack_bits(rng.random((n, N_BITS)) < density)


def damage(X, rate, random_state):
    """Flip a share of the bits of each image, none of the padding."""
    return corrupt_bits(X, rate, n_bits=N_BITS, random_state=random_state)


def run_loop(X, seed, learns_all):
    """Learn a stream of images in which damaged images and noise are recalled, too."""
    rng, random_state = np.random.default_rng(seed), np.random.RandomState(seed)
    model = BitWTAClusterer(24, random_state=seed, **SEED_RULE)
    model.partial_fit(X[:100])
    for start in range(100, len(X), 100):
        whole = X[start : start + 100]
        damaged = damage(whole[::10], 0.1, random_state)
        noise = noise_like(whole, len(damaged), rng)
        rows = np.concatenate([whole, damaged, noise])
        _, winners, scores = model.recall(rows, return_index=True, return_score=True)
        if learns_all:
            # A neuron that has hardly learned cannot tell what is novel.
            is_novel = scores < 0.75 * model.mean_similarity_[winners]
            is_novel &= model.counts_[winners] >= 64
            whole = rows[rng.permutation(np.flatnonzero(~is_novel))]
        model.partial_fit(whole)
    return model


def behaviours(model, data, seed):
    """Measure a population on test images, in the order of ``BEHAVIOURS``."""
    X, y, X_test, y_test = data
    labels = model.predict(X)
    noise = noise_like(X_test, len(X_test), np.random.default_rng(seed))
    cues = damage(X_test, 0.1, seed)
    recalled, winners = model.recall(cues, return_index=True)
    return (
        purity(labels, y, model.predict(X_test), y_test),
        auroc(model.score_samples(X_test), model.score_samples(noise)),
        10 * purity(labels, y, winners, y_test),
        agreement(recalled, X_test),
        agreement(np.zeros_like(X_test), X_test),
        agreement(recalled, model.recall(X_test)),
        jaccard(recalled, X_test),
    )


def agreement(a, b):
    """Share of the bits that are equal."""
    return 1 - np.bitwise_count(a ^ b).sum() / (N_BITS * len(a))


def jaccard(a, b):
    """Mean Jaccard similarity of rows."""
    shared = np.bitwise_count(a & b).sum(axis=1)
    return np.mean(shared / np.bitwise_count(a | b).sum(axis=1))


def recall(quick):
    """What damaged test images bring back: its class, and how much of the image."""
    X, y, X_test, y_test = bits("MNIST", "threshold", quick)
    seeds = SEEDS[: 2 if quick else None]
    for name, params in (
        ("default, 256 neurons", {"n_clusters": 256}),
        ("rule of B, 24 neurons", {"n_clusters": 24, **SEED_RULE}),
    ):
        models = [
            BitWTAClusterer(random_state=seed, n_jobs=2, **params).fit(X)
            for seed in seeds
        ]
        for rate in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
            found = []
            for seed, model in zip(seeds, models, strict=True):
                cues = damage(X_test, rate, seed)
                patterns, winners = model.recall(cues, return_index=True)
                score = purity(model.labels_, y, winners, y_test)
                found.append((10 * score, jaccard(patterns, X_test)))
            chance, likeness = zip(*found, strict=True)
            setting = {"model": name, "rate": rate}
            what = f"MNIST, {name}, {100 * rate:.0f} % of the bits flipped"
            claimed = (3.8, 4.5) if rate == 0.1 and "seed" in name else None
            for of, values, unit, claim in (
                ("right class", chance, "times chance", claimed),
                ("Jaccard with the whole image", likeness, "", None),
            ):
                scored = {**setting, "score": of}
                yield Figure(f"{what}: {of}", values, unit, claim, scored, seeds)
    likeness = jaccard(damage(X_test, 0.1, seeds[0]), X_test)
    what = "Jaccard of the damaged cue itself at 10 %"
    yield Figure(what, (likeness,), seeds=seeds[:1])


MEASUREMENTS = {
    "seed-rule": seed_rule,
    "seed-control": seed_control,
    "loop": loop,
    "recall": recall,
}
