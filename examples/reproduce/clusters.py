# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusters and memory on MNIST and Fashion-MNIST, and on synthetic bits.

Nothing is learned from labels. They score: a cluster stands for the class that most of
its training images have, and purity is the share of test images whose cluster stands
for their class. Five seeds each; spreads are standard deviations.
"""

from functools import cache

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import normalized_mutual_info_score
from sklearn.pipeline import make_union
from threadpoolctl import threadpool_limits

from examples.reproduce.speed import seconds
from skbit import (
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    RankDensityEncoder,
)
from skbit.bits import pack_bits, unpack_bits
from skbit.datasets import fetch_fashion_mnist, fetch_mnist

SEEDS = range(1000, 1005)
SEED_RULE = {
    "learning": "flip",
    "init": "random",
    "resonance": "jaccard",
    "split_interval": None,
}
# Chosen on the training files: see ``choose_code`` and ``choose_linked``.
BEST_CODE = "4 edges at 2 and 3"
BEST_LINKED = {"n_neurons": 1024, "thresholds": (1 / 6, 1 / 2, 5 / 6)}


@cache
def images(name):
    fetch = {"MNIST": fetch_mnist, "Fashion-MNIST": fetch_fashion_mnist}[name]
    return *fetch("train", return_X_y=True), *fetch("test", return_X_y=True)


@cache
def bits(name, code):
    """Encoded images: training bits and labels, test bits and labels."""
    X, y, X_test, y_test = images(name)
    if code == "threshold":
        return pack_bits(X > 127), y, pack_bits(X_test > 127), y_test
    encoder = {
        "rank": RankDensityEncoder(0.15),
        "4 edges": DirectionalEdgeEncoder(4),
        "8 edges": DirectionalEdgeEncoder(8),
        "4 edges at 2 and 3": make_union(
            DirectionalEdgeEncoder(4), DirectionalEdgeEncoder(4, distance=3)
        ),
    }[code].fit(X)
    return encoder.transform(X), y, encoder.transform(X_test), y_test


def spread(values, digits=3):
    return f"{np.mean(values):.{digits}f} (sd {np.std(values):.{digits}f})"


def purity(labels, y, test_labels, y_test):
    table = np.zeros((max(labels.max(), test_labels.max()) + 1, 10), dtype=int)
    np.add.at(table, (labels, y.astype(int)), 1)
    return np.mean(table.argmax(axis=1)[test_labels] == y_test.astype(int))


def quality(model, data):
    """Fit, and return purity and NMI on the test images."""
    X, y, X_test, y_test = data
    labels = model.fit(X).predict(X_test)
    return (
        purity(model.labels_, y, labels, y_test),
        normalized_mutual_info_score(y_test, labels),
    )


def over_seeds(data, **params):
    """Return purity and NMI of five seeds."""
    found = [
        quality(BitWTAClusterer(random_state=seed, n_jobs=2, **params), data)
        for seed in SEEDS
    ]
    return np.transpose(found)


def mean_distance(patterns):
    dense = unpack_bits(patterns).astype(np.float32)
    n = len(dense)
    same = dense @ dense.T + (1 - dense) @ (1 - dense).T
    return (dense.shape[1] * n * n - same.sum()) / (n * (n - 1))


def seed_rule():
    """The seed's rule; a start from random bits is what makes it collapse."""
    data = bits("MNIST", "threshold")
    X, y, X_test, y_test = data
    for resonance, n, start in (
        ("overlap", 16, "random"),
        ("overlap", 16, "samples"),
        ("jaccard", 16, "random"),
        ("jaccard", 24, "random"),
        ("jaccard", 24, "samples"),
    ):
        found = []
        for seed in SEEDS:
            params = {**SEED_RULE, "resonance": resonance, "init": start}
            model = BitWTAClusterer(n, random_state=seed, **params).fit(X)
            score = purity(model.labels_, y, model.predict(X_test), y_test)
            ones = np.bitwise_count(model.patterns_).sum(axis=1)
            found.append([score, ones.mean(), len(np.unique(model.labels_))])
        found = np.transpose(found)
        yield (
            f"MNIST, {resonance}, {n} neurons from {start}",
            f"purity {spread(found[0])}, {found[1].mean():.0f} ones per pattern, "
            f"{found[2].mean():.1f} neurons win at the end",
        )
    found = []
    for seed in SEEDS:
        model = BitWTAClusterer(24, random_state=seed, **SEED_RULE).fit(X)
        control = BitWTAClusterer(
            24, competition="unbounded", random_state=seed, **SEED_RULE
        ).fit(X)
        live = model.patterns_[np.unique(model.labels_)]
        distance = mean_distance(control.patterns_)
        found.append(
            [
                purity(control.labels_, y, control.predict(X_test), y_test),
                mean_distance(model.patterns_) - distance,
                mean_distance(live) - distance,
            ]
        )
    found = np.transpose(found)
    yield "MNIST, unbounded control, 24 neurons: purity", spread(found[0])
    yield (
        "bits that competing patterns are further apart",
        f"{spread(found[1], 0)}; of those that win at the end {spread(found[2], 0)}",
    )
    score = over_seeds(bits("Fashion-MNIST", "rank"), n_clusters=24, **SEED_RULE)[0]
    yield (
        "Fashion-MNIST by rank, Jaccard, 24 neurons from random: purity",
        spread(score),
    )


def purities():
    """The default rule against MiniBatchKMeans on the same bits."""
    settings = [("MNIST", "threshold", n) for n in (10, 64, 256)]
    settings += [
        ("Fashion-MNIST", code, n)
        for code in ("rank", "4 edges", BEST_CODE)
        for n in (64, 256)
    ]
    for name, code, n in settings:
        data = bits(name, code)
        ours = over_seeds(data, n_clusters=n)[0]
        figure = f"purity {spread(ours)}"
        if code in ("threshold", "rank"):
            dense = dense_bits(data)
            theirs = [
                quality(MiniBatchKMeans(n, random_state=seed), dense)[0]
                for seed in SEEDS
            ]
            figure += f", MiniBatchKMeans {spread(theirs)}"
        yield f"{name}, {code}, {n} neurons", figure


def dense_bits(data):
    X, y, X_test, y_test = data
    return (
        unpack_bits(X).astype(np.float32),
        y,
        unpack_bits(X_test).astype(np.float32),
        y_test,
    )


def linked():
    """Ten clusters out of many neurons."""
    for name, code, params in (
        ("MNIST", "threshold", {"n_neurons": 256}),
        ("MNIST", "8 edges", BEST_LINKED),
        ("Fashion-MNIST", "4 edges", {"n_neurons": 256}),
    ):
        score, nmi = over_seeds(bits(name, code), n_clusters=10, **params)
        yield (
            f"{name}, {code}, 10 clusters, {params}",
            f"purity {spread(score)}, NMI {spread(nmi)}",
        )
    for name, data in (
        ("MNIST, threshold", dense_bits(bits("MNIST", "threshold"))),
        ("Fashion-MNIST, grey", images("Fashion-MNIST")),
    ):
        X, y, X_test, y_test = data
        data = X.astype(np.float32), y, X_test.astype(np.float32), y_test
        score, nmi = quality(KMeans(10, random_state=0), data)
        yield f"{name}, KMeans(10)", f"purity {score:.3f}, NMI {nmi:.3f}"


def choose_code():
    """Codes of Fashion-MNIST, compared on the training images alone."""
    for code in ("rank", "4 edges", "8 edges", BEST_CODE):
        data = bits("Fashion-MNIST", code)
        for n in (64, 256):
            score = over_seeds((*data[:2], *data[:2]), n_clusters=n)[0]
            yield (
                f"training images of Fashion-MNIST, {code}, {n} neurons",
                f"purity {spread(score)}",
            )


def choose_linked():
    """Settings for linked clusters, compared on the training images alone."""
    data = bits("MNIST", "8 edges")
    on_training_images = (*data[:2], *data[:2])
    for n in (256, 512, 1024):
        for thresholds in (
            (1 / 2,),
            (0.3,),
            (1 / 8, 1 / 4, 1 / 2),
            (1 / 6, 1 / 2, 5 / 6),
        ):
            score, nmi = over_seeds(
                on_training_images, n_clusters=10, n_neurons=n, thresholds=thresholds
            )
            name = ", ".join(f"{t:.3f}" for t in thresholds)
            yield (
                f"training images, 8 edges, {n} neurons, thresholds {name}",
                f"purity {spread(score)}, NMI {spread(nmi)}",
            )


def times():
    """60,000 rows, 256 neurons, one thread each, in turns.

    How long MiniBatchKMeans takes depends on its seed, so every turn has another.
    """
    X = bits("MNIST", "threshold")[0]
    dense = unpack_bits(X).astype(np.float32)
    ours, theirs = BitWTAClusterer(256).fit(X), MiniBatchKMeans(256)
    with threadpool_limits(1):
        for name in ("fit", "predict"):
            found = []
            for seed in SEEDS:
                row = []
                for model, rows in ((ours, X), (theirs, dense)):
                    model.set_params(random_state=seed)
                    row.append(seconds(getattr(model, name), rows))
                found.append(row)
            found = np.array(found)
            ratio = np.median(found[:, 1] / found[:, 0])
            medians = np.median(found, axis=0)
            yield (
                f"{name}, 60,000 rows, 256 neurons, MiniBatchKMeans",
                f"{medians[0]:.3f} s against {medians[1]:.2f} s: {ratio:.0f} times",
            )


def corrupt(X, rate, n_bits, seed=0):
    """Flip a share of the bits of packed rows, the same number in all."""
    n_flips = round(rate * n_bits)
    order = np.random.default_rng(seed).random((len(X), n_bits))
    last_flipped = np.partition(order, n_flips, axis=1)[:, n_flips]
    return X ^ pack_bits(order < last_flipped[:, np.newaxis])


def recall():
    """What damaged test images bring back: its class, and how much of the image."""
    X, y, X_test, y_test = bits("MNIST", "threshold")
    for name, params in (
        ("default, 256 neurons", {"n_clusters": 256}),
        ("seed's rule, 24 neurons", {"n_clusters": 24, **SEED_RULE}),
    ):
        found = {rate: [] for rate in (0.1, 0.2, 0.3)}
        for seed in SEEDS:
            model = BitWTAClusterer(random_state=seed, n_jobs=2, **params).fit(X)
            for rate, figures in found.items():
                cues = corrupt(X_test, rate, 784, seed)
                patterns, winners = model.recall(cues, return_index=True)
                score = purity(model.labels_, y, winners, y_test)
                figures.append([10 * score, jaccard(patterns, X_test)])
        for rate, figures in found.items():
            chance, likeness = np.transpose(figures)
            yield (
                f"MNIST, {name}, {100 * rate:.0f} % of the bits flipped",
                f"right class {spread(chance, 1)} times chance, Jaccard of what comes "
                f"back with the whole image {spread(likeness)}",
            )
    yield (
        "Jaccard of the damaged cue itself at 10 %",
        f"{jaccard(corrupt(X_test, 0.1, 784), X_test):.3f}",
    )


def jaccard(a, b):
    shared = np.bitwise_count(a & b).sum(axis=1)
    return np.mean(shared / np.bitwise_count(a | b).sum(axis=1))


def memory():
    """One neuron per pattern; equal bits count, since ones and zeros are flipped."""
    rng = np.random.default_rng(0)
    patterns = rng.integers(2**32, size=(16_384, 8), dtype=np.uint32)
    model = BitWTAClusterer(resonance="hamming", n_jobs=2).store(patterns)
    for rate in (0.1, 0.2, 0.3):
        cues = corrupt(patterns, rate, 256)
        right = np.sum(np.all(model.recall(cues) == patterns, axis=1))
        yield f"256 bits, {100 * rate:.0f} % flipped", f"{right:,} of 16,384 exact"


def continual():
    """Digits 0-4, then 5-9 only: purity over all classes at the end."""
    X, y, X_test, y_test = bits("MNIST", "threshold")
    found = {"announced": [], "automatic": [], "no room": [], "all at once": []}
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(X))
        is_old = y[order].astype(int) < 5
        old, new = order[is_old], order[~is_old]
        for name, params in (
            ("announced", {"n_clusters": 128}),
            ("automatic", {"n_clusters": 256, "n_reserved": 128}),
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
        yield f"digits 0-4, then 5-9, 256 neurons, {name}", f"purity {spread(scores)}"


def sorted_stream():
    """All zeros first, then all ones, and so on: the hardest order."""
    X, y, X_test, y_test = bits("MNIST", "threshold")
    for n, n_reserved in ((64, 0), (64, 56), (256, 0), (256, 224)):
        found = []
        for seed in SEEDS:
            order = np.random.default_rng(seed).permutation(len(X))
            order = order[np.argsort(y[order], kind="stable")]
            model = BitWTAClusterer(n, n_reserved=n_reserved).partial_fit(X[order])
            found.append(purity(model.predict(X), y, model.predict(X_test), y_test))
        yield (
            f"MNIST sorted by class, {n} neurons, {n_reserved} reserved",
            spread(found),
        )


def make_clusters(n_clusters, n_rows, noise, rng, n_bits=256):
    kinds = rng.random((n_clusters, n_bits)) < 0.5
    kind = rng.integers(n_clusters, size=n_rows)
    return kinds, kind, kinds[kind] ^ (rng.random((n_rows, n_bits)) < noise)


def synthetic():
    """Random patterns of 256 bits: clusters, and news beside what is known."""
    for n_clusters, n_neurons in ((12, 16), (16, 20)):
        for name, params in (
            ("the seed's rule", {**SEED_RULE, "resonance": "hamming"}),
            ("growth on demand", {"resonance": "hamming", "vigilance": 0.6}),
        ):
            found = []
            for seed in SEEDS:
                rng = np.random.default_rng(seed)
                _, kind, X = make_clusters(n_clusters, 6000, 0.2, rng)
                model = BitWTAClusterer(n_neurons, random_state=seed, **params)
                labels = model.fit_predict(X)
                table = np.zeros((n_neurons, n_clusters), dtype=int)
                np.add.at(table, (labels, kind), 1)
                found.append([table.max(axis=1).sum() / len(kind), model.n_neurons_])
            score, used = np.transpose(found)
            yield (
                f"{n_clusters} clusters, 20 % noise, {name}",
                f"purity {spread(score)}, {spread(used, 1)} of {n_neurons} neurons",
            )
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        kinds, kind, X = make_clusters(12, 8000, 0.1, rng)
        model = BitWTAClusterer(50, resonance="hamming", vigilance=0.65)
        model.partial_fit(X[kind < 8])
        before = model.predict(kinds)
        model.partial_fit(X[kind >= 8])
        after = model.predict(kinds)
        is_own = np.bincount(after, minlength=50)[after] == 1
        kept = np.mean((before == after)[:8] & is_own[:8])
        found.append([kept, np.mean(is_own[8:]), model.n_neurons_])
    kept, new, used = np.transpose(found)
    yield (
        "8 clusters, then 4 others only, growth on demand",
        f"kept {spread(kept, 2)}, new {spread(new, 2)}, {spread(used, 0)} neurons",
    )


MEASUREMENTS = {
    "seed-rule": seed_rule,
    "purity": purities,
    "linked": linked,
    "choose-code": choose_code,
    "choose-linked": choose_linked,
    "cluster-times": times,
    "recall": recall,
    "memory": memory,
    "continual": continual,
    "sorted": sorted_stream,
    "synthetic": synthetic,
}
