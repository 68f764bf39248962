# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What the projection's parts do: gates, remainders of the tree, widths, its bits."""

import numpy as np

from examples.reproduce.accuracy import bits as encoded
from examples.reproduce.accuracy import classifier, projected
from examples.reproduce.figures import AUTHORS_SEED, SEEDS, Figure, images
from examples.reproduce.one_pass import both_splits, scores, split
from skbit import RandomMAJ3Projection, ThermometerEncoder
from skbit.bits import unpack_bits

# Correlations are measured between so many of the output bits.
N_COMPARED = 2000


def gates(quick):
    """XNOR and XOR at H = 256, and what exactly is equal."""
    seeds = (AUTHORS_SEED, *SEEDS)[: 2 if quick else None]
    accuracies = []
    for gate in ("xnor", "xor"):
        found = []
        for seed in seeds:
            X, y, evaluate = split(projected("raw", 256, seed, quick, gate=gate))
            found.append(scores(classifier(fit_prior=False).fit(X, y), evaluate))
        accuracies.append([score["author"] for score in found])
        setting = {"H": 256, "gate": gate}
        yield from both_splits(
            f"one pass, H = 256, {gate.upper()}", found, 85.3, setting, seeds
        )
    yield Figure(
        "XOR less XNOR, the split of O",
        tuple(np.subtract(accuracies[1], accuracies[0])),
        "points",
        0,
        {"H": 256},
        seeds,
    )
    X, y, X_test, _ = encoded("raw", quick)
    for n_containers in (196, 189, 81):
        rows, tests = X[:, :n_containers], X_test[:, :n_containers]
        models = {}
        for gate in ("xnor", "xor"):
            projection = RandomMAJ3Projection(
                256, gate=gate, random_state=AUTHORS_SEED, n_jobs=2
            ).fit(rows)
            words = projection.transform(tests)
            fitted = classifier(fit_prior=False).fit(projection.transform(rows), y)
            models[gate] = words, fitted.predict(words)
        differ = np.bitwise_count(~models["xnor"][0] ^ models["xor"][0]).sum()
        yield Figure(
            f"{n_containers} containers: output bits of XOR that are not complements "
            "of XNOR's",
            (100 * differ / (32 * models["xor"][0].size),),
            "% of the bits",
            setting={"containers": n_containers},
            seeds=(AUTHORS_SEED,),
        )
        yield Figure(
            f"{n_containers} containers: test labels that differ between XOR and XNOR",
            (100 * np.mean(models["xnor"][1] != models["xor"][1]),),
            "% of the labels",
            setting={"containers": n_containers},
            seeds=(AUTHORS_SEED,),
        )


def naive_tree(planes):
    """Compute a tree of majorities of three in which the remainder is not a group.

    A remainder of one plane passes to the next level, and two planes are combined by
    AND. This is the tree of document O before its repair. The first axis of ``planes``
    is containers.
    """
    while len(planes) > 1:
        n = len(planes) // 3 * 3
        a, b, c = planes[0:n:3], planes[1:n:3], planes[2:n:3]
        level = [(a & b) | (c & (a | b))]
        if len(planes) - n == 1:
            level.append(planes[n:])
        elif len(planes) - n == 2:
            level.append(planes[n : n + 1] & planes[n + 1 :])
        planes = np.concatenate(level)
    return planes[0]


def project_naively(words, random):
    """Project by XNOR and the naive tree, neuron by neuron."""
    projected = np.empty((len(words), len(random)), dtype=np.uint32)
    for start in range(0, len(words), 500):
        block = np.ascontiguousarray(words[start : start + 500].T)
        for neuron, containers in enumerate(random):
            agree = ~(block ^ containers[:, np.newaxis])
            projected[start : start + 500, neuron] = naive_tree(agree)
    return projected


def remainders(quick):
    """The repair of the tree: 244 neurons before and after.

    A number of containers that is a power of three and one more, as 244, is where the
    naive tree ANDs a single comparison with the majority of all others. Document O does
    not state to what 244 refers, so 244 containers are measured as well. Ten
    levels of MNIST fill 245 containers, of which the last sees an empty corner.
    """
    X, y, X_test, y_test = encoded("raw", quick)
    ten, ten_test = ten_levels(quick)
    for rows, tests in ((X, X_test), (ten[:, :244], ten_test[:, :244])):
        projection = RandomMAJ3Projection(244, random_state=AUTHORS_SEED, n_jobs=2).fit(
            rows
        )
        n_containers, found = rows.shape[1], {}
        for tree, project in (
            ("before", lambda words, W0=projection.W0_: project_naively(words, W0)),
            ("after", projection.transform),
        ):
            projected = project(rows)
            train, labels, evaluate = split((projected, y, project(tests), y_test))
            model = classifier(fit_prior=False).fit(train, labels)
            found[tree] = scores(model, evaluate)
            setting = {"H": 244, "containers": n_containers, "tree": tree}
            what = f"H = 244, {n_containers} containers, {tree} the repair"
            claimed = 84.2 if tree == "after" else None
            seeds = (AUTHORS_SEED,)
            yield from both_splits(what, [found[tree]], claimed, setting, seeds)
            ones = np.bitwise_count(projected).mean() / 32
            what = f"{what}: share of ones"
            yield Figure(what, (ones,), "share", None, setting, seeds)
        yield Figure(
            f"H = 244, {n_containers} containers, gained by the repair",
            (found["after"]["author"] - found["before"]["author"],),
            "points gained",
            84.2 - 54.9,
            {"H": 244, "containers": n_containers},
            seeds,
        )


def ten_levels(quick):
    """Training and test images as exp thermometers of ten levels."""
    X, _, X_test, _ = images("MNIST", quick)
    encoder = ThermometerEncoder(10, curve="exp", feature_range=(0, 255)).fit(X)
    return encoder.transform(X), encoder.transform(X_test)


def widths(quick):
    """Containers of 8 to 256 bits, with equal neurons and with equal bits.

    The exact majority has no remainders, so that it tells what the width alone does.
    """
    seeds = (AUTHORS_SEED, *SEEDS[:2])[: 2 if quick else None]
    for equal, n_bits, majority in (
        ("512 neurons", None, "tree"),
        ("16,384 bits", 16_384, "tree"),
        ("16,384 bits", 16_384, "exact"),
    ):
        for width in (32, 8, 16, 64, 128, 256):
            n_neurons = n_bits // width if n_bits else 512
            structure = {"container_bits": width, "majority": majority}
            found, ones = [], []
            for seed in seeds:
                data = projected("raw", n_neurons, seed, quick, **structure)
                X, y, evaluate = split(data)
                ones.append(np.bitwise_count(X).mean() / 32)
                found.append(scores(classifier(fit_prior=False).fit(X, y), evaluate))
            setting = {"width": width, "equal": equal, "majority": majority}
            what = f"{equal}, {majority} majority, containers of {width} bits"
            yield from both_splits(f"one pass, {what}", found, None, setting, seeds)
            of_ones = f"{what}: share of ones"
            yield Figure(of_ones, tuple(ones), "share", None, setting, seeds)
            accuracies = np.array([score["author"] for score in found])
            if width == 32:
                reference = accuracies
            else:
                yield Figure(
                    f"{what}, less those of 32 bits, the split of O",
                    tuple(accuracies - reference),
                    "points",
                    0 if width > 32 else None,
                    setting,
                    seeds,
                )


def bit_statistics(quick):
    """Share of ones and correlations of the output bits, over the test images."""
    raw = encoded("raw", quick)
    ten = ten_levels(quick)
    for name, rows, params in (
        ("196 containers, tree with a final AND", raw[2], {}),
        ("196 containers, exact majority", raw[2], {"majority": "exact"}),
        ("245 containers, tree with a group of five", ten[1], {}),
        ("243 containers, tree of threes only", ten[1][:, :243], {}),
    ):
        projection = RandomMAJ3Projection(
            512, random_state=AUTHORS_SEED, n_jobs=2, **params
        )
        dense = unpack_bits(projection.fit_transform(rows)).astype(np.float32)
        setting = {"H": 512, "containers": rows.shape[1], **params}
        is_raw_tree = rows is raw[2] and not params
        yield Figure(
            f"{name}: share of ones",
            (float(dense.mean()),),
            "share",
            0.5 if is_raw_tree else None,
            {**setting, "statistic": "ones"},
            (AUTHORS_SEED,),
        )
        chosen = np.random.default_rng(0).permutation(dense.shape[1])[:N_COMPARED]
        dense = dense[:, chosen]
        dense = dense[:, dense.std(axis=0) > 0]
        r = np.abs(np.corrcoef(dense, rowvar=False)[np.triu_indices(dense.shape[1], 1)])
        for statistic, value, unit, claimed in (
            ("largest |r| of two bits", r.max(), "|r|", (0, 0.1)),
            ("mean |r|", r.mean(), "|r|", None),
            ("share of pairs with |r| above 0.1", np.mean(r > 0.1), "share", None),
        ):
            yield Figure(
                f"{name}: {statistic}",
                (float(value),),
                unit,
                claimed if is_raw_tree else None,
                {**setting, "statistic": statistic},
                (AUTHORS_SEED,),
            )


MEASUREMENTS = {
    "gates": gates,
    "remainders": remainders,
    "widths": widths,
    "bit-statistics": bit_statistics,
}
