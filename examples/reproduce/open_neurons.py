# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Does growth on demand restore learning, and do confusable classes get specialists?"""

import numpy as np

from examples.reproduce.figures import SEEDS, Figure, classes_of, images
from skbit import BitWTAClusterer, RankDensityEncoder
from skbit.bits import pack_bits

# Sixteen clusters, then sixteen others: random patterns with a share of bits flipped.
N_OLD, N_ALL, N_BITS, NOISE = 16, 32, 256, 0.2
# Classes that are taken for each other; shirt, pullover and coat have these numbers.
CONFUSABLE = {"MNIST": (3, 4, 5, 8, 9), "Fashion-MNIST": (2, 4, 6)}
# The share of images that specialists see; see ``choose_share``.
SHARE = 0.4


def growth(quick):
    """Old clusters, then only new ones: what is there in the end, by room."""
    seeds = SEEDS[: 2 if quick else 5]
    for ratio in (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0):
        n = int(ratio * N_ALL)
        for method in GROWTH:
            found = [synthetic(method, n, seed) for seed in seeds]
            old, new, made = np.transpose(found)
            setting = {"ratio": ratio, "method": method}
            for which, values in (("old", old), ("new", new)):
                yield Figure(
                    f"{N_ALL} clusters, {n} neurons, {method}: {which} clusters with "
                    "a neuron of their own",
                    values,
                    setting={**setting, "clusters": which},
                    seeds=seeds,
                )
            yield Figure(
                f"{N_ALL} clusters, {n} neurons, {method}: neurons made",
                made,
                "neurons",
                setting={**setting, "score": "made"},
                seeds=seeds,
            )
    for vigilance in (0.5, 0.55, 0.6, 0.65, 0.7):
        found = [synthetic("on demand", 2000, seed, vigilance) for seed in seeds]
        yield Figure(
            f"{N_ALL} clusters, no limit, vigilance {vigilance}: neurons made",
            np.transpose(found)[2],
            "neurons",
            setting={"vigilance": vigilance, "method": "no limit"},
            seeds=seeds,
        )
    yield from growth_on_digits(quick)


# Parameters of the first part of the stream, for room for ``n`` neurons in the end.
GROWTH = {
    "from the start": lambda n: {"n_clusters": n},
    "announced": lambda n: {"n_clusters": n // 2},
    "reserve": lambda n: {"n_clusters": n, "reserve_size": n // 2},
    "on demand": lambda n: {"n_clusters": n, "vigilance": 0.6},
}


def stream(method, n, old, new, seed, **params):
    """Learn old rows, then new ones, with room for ``n`` neurons; yield after each."""
    model = BitWTAClusterer(random_state=seed, **(GROWTH[method](n) | params))
    yield model.partial_fit(old)
    yield model.set_params(n_clusters=n).partial_fit(new)


def synthetic(method, n, seed, vigilance=0.6):
    """Return shares of old and of new clusters that have a neuron, and the neurons."""
    rng = np.random.default_rng(seed)
    kinds = rng.random((N_ALL, N_BITS)) < 0.5
    kind = rng.integers(N_ALL, size=8000)
    bits = pack_bits(kinds[kind] ^ (rng.random((len(kind), N_BITS)) < NOISE))
    params = {"similarity": "hamming"}
    if method == "on demand":
        params["vigilance"] = vigilance
    is_old = kind < N_OLD
    *_, model = stream(method, n, bits[is_old], bits[~is_old], seed, **params)
    winners = model.predict(pack_bits(kinds))
    has_own = np.bincount(winners, minlength=n)[winners] == 1
    return has_own[:N_OLD].mean(), has_own[N_OLD:].mean(), model.n_neurons_


def growth_on_digits(quick):
    """Digits 0 to 4, then 5 to 9 only: purity over all ten, by neurons at the end."""
    seeds = SEEDS[: 2 if quick else 3]
    X, y, X_test, y_test = binary("MNIST", quick)
    sizes = (16, 32, 64, 128, 256, 512)
    settings = [(method, n, {}) for n in sizes for method in list(GROWTH)[:3]]
    settings += [("all at once", n, {}) for n in sizes]
    settings += [
        ("on demand", 2000, {"vigilance": v}) for v in (0.35, 0.4, 0.45, 0.5, 0.55)
    ]
    for method, n, params in settings:
        found = []
        for seed in seeds:
            order = np.random.default_rng(seed).permutation(len(X))
            rows, classes = X[order], y[order]
            if method == "all at once":
                model = BitWTAClusterer(n, random_state=seed).partial_fit(rows)
            else:
                old, new = rows[classes < 5], rows[classes >= 5]
                *_, model = stream(method, n, old, new, seed, **params)
            names = classes_of(model.predict(X), y, model.n_neurons_)
            is_right = names[model.predict(X_test)] == y_test
            is_old = y_test < 5
            found.append([is_right.mean(), is_right[is_old].mean(), model.n_neurons_])
        limit = "".join(f", vigilance {v}" for v in params.values()) or f", {n} neurons"
        for score, unit, values in zip(
            ("purity", "purity of 0 to 4", "neurons made"),
            ("", "", "neurons"),
            np.transpose(found),
            strict=True,
        ):
            yield Figure(
                f"MNIST 0 to 4, then 5 to 9{limit}, {method}: {score}",
                values,
                unit,
                setting={"data": "MNIST", "method": method, "n": n, "score": score}
                | params,
                seeds=seeds,
            )


def binary(name, quick):
    """Return bits of training images, their classes, and the same of test images."""
    X, y, X_test, y_test = images(name, quick)
    if name == "MNIST":
        bits = pack_bits(X > 127), pack_bits(X_test > 127)
    else:
        encoder = RankDensityEncoder(0.15).fit(X)
        bits = encoder.transform(X), encoder.transform(X_test)
    return bits[0], y.astype(int), bits[1], y_test.astype(int)


def specialists(quick):
    """Half of the neurons where inputs are ambiguous, or all of them for all inputs."""
    seeds = SEEDS[: 1 if quick else 3]
    for name, classes in CONFUSABLE.items():
        data = binary(name, quick)
        y, y_test = data[1], data[3]
        is_hard = np.isin(y_test, classes)
        for n in (16, 32, 64, 128, 256):
            found = {method: [] for method in (*ALLOTMENTS, "ambiguous")}
            for seed in seeds:
                for method, allot in ALLOTMENTS.items():
                    labels, test_labels = allot(data, n, seed, np.isin(y, classes))
                    right = classes_of(labels, y, n)[test_labels] == y_test
                    found[method].append([right[is_hard].mean(), right.mean()])
                found["ambiguous"].append(of_ambiguous(data, n, seed, is_hard))
            setting = {"data": name, "n": n}
            lift, of_one_class = np.transpose(found.pop("ambiguous"))
            yield Figure(
                f"{name}, {n // 2} neurons: confusable classes among ambiguous images, "
                "times their share",
                lift,
                "times",
                setting={**setting, "score": "lift"},
                seeds=seeds,
            )
            yield Figure(
                f"{name}, {n // 2} neurons: ambiguous images whose two neurons are of "
                "one class",
                of_one_class,
                "share",
                setting={**setting, "score": "one class"},
                seeds=seeds,
            )
            for method, scores in found.items():
                for rows, values in zip(
                    ("confusable", "all"), np.transpose(scores), strict=True
                ):
                    yield Figure(
                        f"{name}, {n} neurons, {method}: purity of {rows} classes",
                        values,
                        setting={**setting, "method": method, "classes": rows},
                        seeds=seeds,
                    )


def spread_evenly(data, n, seed, is_hard):
    """Let all neurons learn everything."""
    model = BitWTAClusterer(n, random_state=seed).fit(data[0])
    return model.labels_, model.predict(data[2])


def ambiguous(data, n, seed, share):
    """Let half of the neurons learn; find rows that two of them want about equally.

    Return the winner, the runner-up and whether the row is ambiguous, of training rows
    and of test rows.
    """
    model = BitWTAClusterer(n // 2, random_state=seed).fit(data[0])
    found = []
    for bits in (data[0], data[2]):
        similarities = model.transform(bits)
        runner_up, winner = np.argpartition(similarities, -2, axis=1)[:, -2:].T
        row = np.arange(len(bits))
        closeness = similarities[row, runner_up] / np.maximum(
            similarities[row, winner], 1e-9
        )
        if not found:
            limit = np.quantile(closeness, 1 - share)
        found.append((winner, runner_up, closeness > limit))
    return found


def of_ambiguous(data, n, seed, is_hard):
    """Look at the classes of ambiguous test images.

    Return how many times as frequent hard classes are among them as among all, and the
    share of those whose winner and runner-up stand for one class.
    """
    (labels, *_), (winner, runner_up, is_one) = ambiguous(data, n, seed, SHARE)
    names = classes_of(labels, data[1], n // 2)
    same = names[winner] == names[runner_up]
    return is_hard[is_one].mean() / is_hard.mean(), same[is_one].mean()


def for_ambiguous_inputs(data, n, seed, is_hard, share=SHARE):
    """Half of the neurons learn everything, half what the first half find ambiguous."""
    train, test = ambiguous(data, n, seed, share)
    (labels, _, is_one), (test_labels, _, is_test_one) = train, test
    model = BitWTAClusterer(n - n // 2, random_state=seed).fit(data[0][is_one])
    labels[is_one] = n // 2 + model.labels_
    test_labels[is_test_one] = n // 2 + model.predict(data[2][is_test_one])
    return labels, test_labels


def for_ambiguous_neurons(data, n, seed, is_hard):
    """Half of the neurons learn everything, then the most ambiguous are divided."""
    (labels, _, is_one), (test_labels, *_) = ambiguous(data, n, seed, SHARE)
    n_ambiguous = np.bincount(labels[is_one], minlength=n // 2)
    n_parts = np.ones(n // 2, dtype=int)
    while n_parts.sum() < n:
        n_parts[np.argmax(n_ambiguous / n_parts)] += 1
    firsts = np.cumsum(n_parts) - n_parts
    parts, test_parts = firsts[labels], firsts[test_labels]
    for neuron in np.flatnonzero(n_parts > 1):
        won, test_won = labels == neuron, test_labels == neuron
        model = BitWTAClusterer(n_parts[neuron], random_state=seed).fit(data[0][won])
        parts[won] += model.labels_
        if test_won.any():
            test_parts[test_won] += model.predict(data[2][test_won])
    return parts, test_parts


def by_labels(data, n, seed, is_hard):
    """Half of the neurons learn the confusable classes alone, half the others."""
    halves = [
        BitWTAClusterer(n // 2, random_state=seed).fit(data[0][rows])
        for rows in (is_hard, ~is_hard)
    ]
    return [
        np.hstack([model.transform(bits) for model in halves]).argmax(axis=1)
        for bits in (data[0], data[2])
    ]


ALLOTMENTS = {
    "spread evenly": spread_evenly,
    "for ambiguous inputs": for_ambiguous_inputs,
    "to ambiguous neurons": for_ambiguous_neurons,
    "by labels": by_labels,
}


def choose_share(quick):
    """Shares of ambiguous images, compared on the last 10,000 training images."""
    for name, classes in CONFUSABLE.items():
        X, y = binary(name, quick)[:2]
        n_rows = 5000 if quick else 50_000
        data = X[:n_rows], y[:n_rows], X[n_rows:], y[n_rows:]
        is_hard = np.isin(data[3], classes)
        for share in (0.1, 0.2, 0.4, 0.6):
            found, seeds = [], SEEDS[: 1 if quick else 3]
            for seed in seeds:
                labels, labels_of_rest = for_ambiguous_inputs(
                    data, 64, seed, None, share
                )
                names = classes_of(labels, data[1], 64)
                found.append(np.mean((names[labels_of_rest] == data[3])[is_hard]))
            yield Figure(
                f"training images of {name}, specialists for {share}: purity of "
                "confusable classes",
                found,
                setting={"data": name, "share": share},
                seeds=seeds,
            )


MEASUREMENTS = {
    "growth": growth,
    "choose-share": choose_share,
    "specialists": specialists,
}
