# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Does a second layer ever help, and does a third dimension?"""

import numpy as np
from scipy.ndimage import maximum_filter

from examples.reproduce.figures import SEEDS, Figure, classes_of, images, purity
from examples.reproduce.open_sets import rows, series
from skbit import (
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.bits import pack_bits, unpack_bits

WINDOWS = {"receptive_field": (5, 9), "image_shape": (28, 28)}
N_LEVELS = 8
# Kinds of parts into which neurons are linked; see ``choose_kinds``.
N_KINDS = 64


def composition(quick):
    """Two things side by side: name both, or add their numbers.

    One layer of neurons sees both. Or one population sees either and is linked to kinds
    of parts, and a cluster is a pair of kinds. Memory is a byte for each counter, for
    the kind of each neuron and for the name of each cluster, and four for a log-odds.
    """
    for name in ("MNIST", "Fashion-MNIST", "BasicMotions"):
        sizes = (4, 8, 16, 32) if name == "BasicMotions" else (64, 128, 256, 512)
        found, seeds = {}, SEEDS[: 2 if quick else 3]
        for seed in seeds:
            parts, pairs, answers = two_of(name, quick, seed)
            n_bits = parts[0].shape[1] * 32
            for n in sizes:
                n_kinds = min(n, N_KINDS)
                memory = n * (n_bits + 1) + n_kinds**2
                clusters = compose(parts, pairs, n, n_kinds, seed)
                for task, score in scores_of(clusters, n_kinds**2, *answers).items():
                    found.setdefault(("parts", n, memory, task), []).append(score)
                n_flat = memory // (2 * n_bits + 1)
                clusters = flat(parts, pairs, n_flat, seed)
                for task, score in scores_of(clusters, n_flat, *answers).items():
                    found.setdefault(("flat", n_flat, memory, task), []).append(score)
            for task in ("both", "sum"):
                train, test = side_by_side(parts, pairs)
                model = OttoScoreClassifier(max_iter=4, random_state=0, n_jobs=2)
                model.fit(train, answers[0][task])
                memory = 4 * model.weights_.size
                score = 100 * model.score(test, answers[1][task])
                found.setdefault(("classifier", 0, memory, task), []).append(score)
        for (method, n, memory, task), values in found.items():
            neurons = f", {n} neurons" if n else ""
            yield Figure(
                f"two of {name}, {task}, {method}{neurons}, {memory / 1024:.0f} KiB",
                values,
                "%",
                setting={
                    "data": name,
                    "task": task,
                    "method": method,
                    "memory": memory,
                },
                seeds=seeds,
            )


def two_of(name, quick, seed):
    """Place single things two by two, training ones and test ones apart.

    Return the bits of single things, the pairs of their numbers, and the answers to
    both tasks, each for training and for test.
    """
    if name == "BasicMotions":
        X, X_test, *classes = series(name)
        encoder, n_pairs = ScalarEncoder().fit(X), 4000
    else:
        X, y, X_test, y_test = images(name, quick)
        encoder, n_pairs, classes = RankDensityEncoder(0.15).fit(X), len(X), (y, y_test)
    names, *classes = np.unique(classes[0]), *classes
    parts = encoder.transform(X), encoder.transform(X_test)
    rng = np.random.default_rng(seed)
    pairs, answers = [], []
    for y in classes:
        pair = rng.integers(len(y), size=(n_pairs, 2))
        left, right = np.searchsorted(names, y)[pair].T
        pairs.append(pair)
        answers.append({"both": left * len(names) + right, "sum": left + right})
    return parts, pairs, answers


def side_by_side(parts, pairs):
    return [
        part[pair].reshape(len(pair), -1)
        for part, pair in zip(parts, pairs, strict=True)
    ]


def flat(parts, pairs, n, seed):
    """Return the clusters of pairs, training and test, by neurons that see both."""
    train, test = side_by_side(parts, pairs)
    model = BitWTAClusterer(n, random_state=seed, n_jobs=2).fit(train)
    return model.labels_, model.predict(test)


def compose(parts, pairs, n, n_kinds, seed):
    """Return the same by neurons that see one part: a cluster is a pair of kinds."""
    # As many inputs as the flat neurons have.
    passes = max(1, len(pairs[0]) // len(parts[0]))
    model = BitWTAClusterer(
        n_kinds, n_neurons=n, random_state=seed, max_iter=passes, n_jobs=2
    )
    model.fit(parts[0])
    return [
        model.predict(part)[pair] @ (n_kinds, 1)
        for part, pair in zip(parts, pairs, strict=True)
    ]


def scores_of(clusters, n, answers, test_answers):
    """Name clusters by training pairs; return how many test pairs are right, in %."""
    return {
        task: 100
        * np.mean(classes_of(clusters[0], answer, n)[clusters[1]] == test_answers[task])
        for task, answer in answers.items()
    }


def choose_kinds(quick):
    """Numbers of kinds, compared on pairs of the last sixth of the training things."""
    for name in ("MNIST", "Fashion-MNIST"):
        found, seeds = {}, SEEDS[: 1 if quick else 2]
        for seed in seeds:
            (part, _), (pair, _), (answers, _) = two_of(name, quick, seed)
            cut = 5 * len(part) // 6
            halves = np.all(pair < cut, axis=1), np.all(pair >= cut, axis=1)
            parts, pairs = (part[:cut], part), [pair[half] for half in halves]
            answers = [{"both": answers["both"][half]} for half in halves]
            for n_kinds in (10, 16, 32, 64, 128):
                clusters = compose(parts, pairs, 256, n_kinds, seed)
                score = scores_of(clusters, n_kinds**2, *answers)["both"]
                found.setdefault(n_kinds, []).append(score)
        for n_kinds, values in found.items():
            yield Figure(
                f"training pairs of {name}, 256 neurons, {n_kinds} kinds of parts",
                values,
                "%",
                setting={"data": name, "kinds": n_kinds},
                seeds=seeds,
            )


def volume(quick):
    """Neighbours in two or three dimensions, of a projection and of a clusterer."""
    for name in ("MNIST", "Fashion-MNIST"):
        yield from windows(name, quick)
        yield from neighbours(name, quick)
    yield from neighbours_of_motions(quick)


def windows(name, quick):
    """Neurons that see all, a window of pixels, or also a window of levels only."""
    X, y, X_test, y_test = images(name, quick)
    X, y = X[:20_000], y[:20_000]
    encoder = ThermometerEncoder(16, curve="exp", feature_range=(0, 255)).fit(X)
    bits = encoder.transform(X), encoder.transform(X_test)
    near = [tuple(range(first, first + 8)) for first in (0, 4, 8)]
    found, seeds = {}, SEEDS[: 1 if quick else 3]
    for seed in seeds:
        rng = np.random.default_rng(seed)
        far = [tuple(np.sort(rng.permutation(16)[:8])) for _ in range(3)]
        for kind, slices, structure in (
            ("all pixels", None, {}),
            ("windows of pixels", None, WINDOWS),
            ("windows of pixels and levels", near, WINDOWS),
            ("windows of pixels, any levels", far, WINDOWS),
        ):
            inputs = [bits] if slices is None else [sliced(bits, s) for s in slices]
            Z = [[], []]
            for i, pair in enumerate(inputs):
                projection = RandomMAJ3Projection(
                    192 // len(inputs),
                    random_state=seed + 1000 * i,
                    n_jobs=2,
                    **structure,
                ).fit(pair[0])
                for part, words in zip(Z, pair, strict=True):
                    part.append(projection.transform(words))
            train, test = map(np.hstack, Z)
            for epochs in (0, 5):
                model = OttoScoreClassifier(
                    max_iter=1 + epochs, random_state=0, n_jobs=2
                )
                score = 100 * model.fit(train, y).score(test, y_test)
                found.setdefault((kind, epochs), []).append(score)
    for (kind, epochs), values in found.items():
        yield Figure(
            f"{name}, 192 neurons, {kind}, {epochs} epochs: accuracy",
            values,
            "%",
            setting={"data": name, "windows": kind, "epochs": epochs},
            seeds=seeds,
        )


def sliced(bits, levels):
    """Keep some of 16 levels of each pixel."""
    return [
        np.concatenate(
            [
                pack_bits(
                    unpack_bits(block)
                    .reshape(len(block), -1, 16)[:, :, levels]
                    .reshape(len(block), -1)
                )
                for block in np.array_split(part, 10)
            ]
        )
        for part in bits
    ]


def neighbours(name, quick):
    """Clusters of images as volumes of rows, columns and levels, whose bits spread.

    A pixel that is not black sets the bit of its level. Bits then spread to their
    neighbours; in the control the levels are put into a random order before.
    """
    X, y, X_test, y_test = images(name, quick)
    X, y, X_test, y_test = X[:10_000], y[:10_000], X_test[:5000], y_test[:5000]
    classes = y.astype(int), y_test.astype(int)
    surfaces, thermometers = [], []
    for pixels in (X, X_test):
        cube = pixels.reshape(-1, 28, 28, 1)
        steps = np.arange(N_LEVELS) * 32
        surfaces.append((cube > 0) & (cube // 32 * 32 == steps))
        thermometers.append((cube > 0) & (cube >= steps))
    encoder = DirectionalEdgeEncoder().fit(X)
    edges = encoder.transform(X), encoder.transform(X_test)
    one_bit = [pixels.reshape(-1, 28, 28, 1) > 127 for pixels in (X, X_test)]
    for code, volumes, size, is_shuffled in (
        ("edges", edges, None, False),
        ("above 127", one_bit, (1, 1, 1), False),
        ("above 127, pixels spread", one_bit, (3, 3, 1), False),
        ("thermometers", thermometers, (1, 1, 1), False),
        ("thermometers, pixels spread", thermometers, (3, 3, 1), False),
        ("volume", surfaces, (1, 1, 1), False),
        ("volume, pixels spread", surfaces, (3, 3, 1), False),
        ("volume, levels spread", surfaces, (1, 1, 3), False),
        ("volume, pixels and levels spread", surfaces, (3, 3, 3), False),
        ("volume, pixels and shuffled levels spread", surfaces, (3, 3, 3), True),
    ):
        found, seeds = [], SEEDS[: 1 if quick else 3]
        for seed in seeds:
            if is_shuffled:
                levels = np.random.default_rng(seed).permutation(N_LEVELS)
                bits = [spread(part[..., levels], size) for part in volumes]
            elif not found:
                bits = [spread(part, size) for part in volumes]
            model = BitWTAClusterer(64, max_iter=2, random_state=seed, n_jobs=2)
            names = classes_of(model.fit_predict(bits[0]), classes[0], 64)
            found.append(np.mean(names[model.predict(bits[1])] == classes[1]))
        yield Figure(
            f"{name}, 64 neurons, {code}: purity",
            found,
            setting={"data": name, "code": code},
            seeds=seeds,
        )


def neighbours_of_motions(quick):
    """Do the same with channels, times and levels of a sensor."""
    X, y = rows("BasicMotions")
    encoder = ScalarEncoder(N_LEVELS, 1, packed_output=False)
    volumes = encoder.fit_transform(X).reshape(len(X), 6, 100, N_LEVELS)
    for code, size in (
        ("volume", (1, 1, 1)),
        ("volume, times spread", (1, 3, 1)),
        ("volume, times and levels spread", (1, 3, 3)),
        ("volume, channels and times spread", (3, 3, 1)),
        ("volume, channels, times and levels spread", (3, 3, 3)),
    ):
        bits, seeds = spread(volumes, size), SEEDS[: 2 if quick else 5]
        found = [
            purity(
                BitWTAClusterer(8, max_iter=100, random_state=seed).fit_predict(bits), y
            )
            for seed in seeds
        ]
        yield Figure(
            f"BasicMotions, 8 neurons, {code}: purity",
            found,
            setting={"data": "BasicMotions", "code": code},
            seeds=seeds,
        )


def spread(volumes, size):
    """Set every bit that has a one near it, and pack; leave packed bits alone."""
    if size is None:
        return volumes
    spread_out = maximum_filter(volumes, size=(1, *size), mode="constant")
    return pack_bits(spread_out.reshape(len(volumes), -1) > 0)


MEASUREMENTS = {
    "choose-kinds": choose_kinds,
    "composition": composition,
    "volume": volume,
}
