# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusters on MNIST and Fashion-MNIST by today's defaults, beside k-means.

Nothing is learned from labels. They score: a cluster stands for the class that most of
its training images have, and purity is the share of test images whose cluster stands
for their class.
"""

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from examples.reproduce.figures import (
    SEEDS,
    Figure,
    bits,
    dense_bits,
    images,
    purity,
    seconds,
)
from skbit import BitWTAClusterer
from skbit.bits import unpack_bits

# Chosen on the training files: see ``choose_code`` and ``choose_linked``.
BEST_CODE = "4 edges at 2 and 3"
BEST_LINKED = {"n_neurons": 1024, "quantization_levels": (1 / 6, 1 / 2, 5 / 6)}


def quality(model, data):
    """Fit, and return purity and NMI on the test images."""
    X, y, X_test, y_test = data
    labels = model.fit(X).predict(X_test)
    return (
        purity(model.labels_, y, labels, y_test),
        normalized_mutual_info_score(y_test, labels),
    )


def over_seeds(data, seeds, **params):
    """Return purities and NMIs of the seeds."""
    found = [
        quality(BitWTAClusterer(random_state=seed, n_jobs=2, **params), data)
        for seed in seeds
    ]
    return zip(*found, strict=True)


def both(what, purities, informations, setting, seeds):
    for score, values in (("purity", purities), ("NMI", informations)):
        yield Figure(f"{what}: {score}", tuple(values), "", None, setting, seeds)


def purities(quick):
    """The default rule against MiniBatchKMeans on the same bits."""
    seeds = SEEDS[: 2 if quick else None]
    settings = [("MNIST", "threshold", n) for n in (10, 64, 256)]
    settings += [
        ("Fashion-MNIST", code, n)
        for code in ("rank", "4 edges", BEST_CODE)
        for n in (64, 256)
    ]
    for name, code, n in settings:
        data = bits(name, code, quick)
        what = f"{name}, {code}, {n} neurons"
        setting = {"data": name, "code": code, "neurons": n}
        found = over_seeds(data, seeds, n_clusters=n)
        yield from both(what, *found, setting, seeds)
        if code in ("threshold", "rank"):
            dense = dense_bits(data)
            found = [
                quality(MiniBatchKMeans(n, random_state=seed), dense) for seed in seeds
            ]
            setting = {**setting, "model": "MiniBatchKMeans"}
            yield from both(
                f"{what}, MiniBatchKMeans", *zip(*found, strict=True), setting, seeds
            )


def linked(quick):
    """Ten clusters out of many neurons."""
    seeds = SEEDS[: 2 if quick else None]
    for name, code, params in (
        ("MNIST", "threshold", {"n_neurons": 256}),
        ("MNIST", "8 edges", BEST_LINKED),
        ("Fashion-MNIST", "4 edges", {"n_neurons": 256}),
    ):
        found = over_seeds(bits(name, code, quick), seeds, n_clusters=10, **params)
        what = f"{name}, {code}, 10 clusters of {params['n_neurons']} neurons"
        yield from both(what, *found, {"data": name, "code": code, **params}, seeds)
    for name, data in (
        ("MNIST, threshold", dense_bits(bits("MNIST", "threshold", quick))),
        ("Fashion-MNIST, grey", images("Fashion-MNIST", quick)),
    ):
        X, y, X_test, y_test = data
        data = X.astype(np.float32), y, X_test.astype(np.float32), y_test
        score, nmi = quality(KMeans(10, random_state=0), data)
        setting = {"model": "KMeans"}
        yield from both(f"{name}, KMeans(10)", [score], [nmi], setting, (0,))


def choose_code(quick):
    """Codes of Fashion-MNIST, compared on the training images alone."""
    seeds = SEEDS[: 2 if quick else None]
    for code in ("rank", "4 edges", "8 edges", BEST_CODE):
        data = bits("Fashion-MNIST", code, quick)
        for n in (64, 256):
            found = over_seeds((*data[:2], *data[:2]), seeds, n_clusters=n)
            what = f"training images of Fashion-MNIST, {code}, {n} neurons"
            yield from both(what, *found, {"code": code, "neurons": n}, seeds)


def choose_linked(quick):
    """Settings for linked clusters, compared on the training images alone."""
    seeds = SEEDS[: 2 if quick else None]
    data = bits("MNIST", "8 edges", quick)
    on_training_images = (*data[:2], *data[:2])
    for n in (256, 512, 1024):
        for levels in (
            (1 / 2,),
            (0.3,),
            (1 / 8, 1 / 4, 1 / 2),
            (1 / 6, 1 / 2, 5 / 6),
        ):
            params = {"n_neurons": n, "quantization_levels": levels}
            found = over_seeds(on_training_images, seeds, n_clusters=10, **params)
            name = ", ".join(f"{t:.3f}" for t in levels)
            what = f"training images, 8 edges, {n} neurons, thresholds {name}"
            yield from both(what, *found, params, seeds)


def times(quick):
    """Fit and predict with 256 neurons, one thread each, in turns.

    How long MiniBatchKMeans takes depends on its seed, so every turn has another.
    """
    seeds = SEEDS[: 2 if quick else None]
    X = bits("MNIST", "threshold", quick)[0]
    dense = unpack_bits(X).astype(np.float32)
    ours, theirs = BitWTAClusterer(256).fit(X), MiniBatchKMeans(256)
    with threadpool_limits(1):
        for name in ("fit", "predict"):
            found = []
            for seed in seeds:
                row = []
                for model, rows in ((ours, X), (theirs, dense)):
                    model.set_params(random_state=seed)
                    row.append(seconds(getattr(model, name), rows))
                found.append(row)
            mine, others = np.transpose(found)
            setting = {"rows": len(X), "neurons": 256, "threads": 1}
            what = f"{name}, {len(X):,} rows, 256 neurons"
            for of, values, unit in (
                (what, mine, "s"),
                (f"{what}, MiniBatchKMeans", others, "s"),
                (f"{what}: MiniBatchKMeans takes", others / mine, "times"),
            ):
                yield Figure(of, tuple(values), unit, None, setting, seeds)


def sorted_stream(quick):
    """All zeros first, then all ones, and so on: the hardest order."""
    seeds = SEEDS[: 2 if quick else None]
    X, y, X_test, y_test = bits("MNIST", "threshold", quick)
    for n, reserve_size in ((64, 0), (64, 56), (256, 0), (256, 224)):
        found = []
        for seed in seeds:
            order = np.random.default_rng(seed).permutation(len(X))
            order = order[np.argsort(y[order], kind="stable")]
            model = BitWTAClusterer(n, reserve_size=reserve_size).partial_fit(X[order])
            found.append(purity(model.predict(X), y, model.predict(X_test), y_test))
        yield Figure(
            f"MNIST sorted by class, {n} neurons, {reserve_size} reserved: purity",
            tuple(found),
            setting={"neurons": n, "reserved": reserve_size},
            seeds=seeds,
        )


MEASUREMENTS = {
    "purity": purities,
    "linked": linked,
    "choose-code": choose_code,
    "choose-linked": choose_linked,
    "cluster-times": times,
    "sorted": sorted_stream,
}
