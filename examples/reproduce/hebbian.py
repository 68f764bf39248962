# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The network of bits against float networks of as many bits.

"Bit-Mass" trains on the first 50,000 images of the training file for three epochs and
evaluates on its last 10,000. The measurements also evaluate on the test file.
Parameters are selected on the last fifth of the 50,000.
"""

import warnings
from copy import deepcopy
from functools import cache

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from examples.reproduce.adamw import FloatNetwork
from examples.reproduce.figures import SEEDS, Figure, images
from examples.reproduce.one_pass import split
from skbit import BitHebbianClassifier
from skbit.metrics import bit_mass

RATES = {
    "sgd": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    "adamw": (0.0001, 0.0003, 0.001, 0.003, 0.01),
}
# Chosen: see ``choose_rate`` and ``choose_network``.
BEST_RATE = {"sgd": 0.1, "adamw": 0.003}
BEST_NETWORK = {"margin": 0.3, "binarize": 63}
PLACES = ("last 10,000 images", "test file")


@cache
def split_of_o(quick=False, name="MNIST"):
    """Return training data with the split of document O, and two test sets.

    They are pairs of images and labels: five sixths of the training file, the rest of
    it, and the test file.
    """
    X, y, evaluate = split(images(name, quick))
    return (X, y), evaluate["author"], evaluate["test"]


def choice_split(quick):
    """Return the part of what is learned from on which settings are chosen."""
    X, y = split_of_o(quick)[0]
    n = len(y) * 4 // 5
    return (X[:n], y[:n]), (X[n:], y[n:])


def fitted(quick, make):
    """Return a model of each seed, which ``make`` makes, by its seed."""
    train = split_of_o(quick)[0]
    return {seed: make(seed).fit(*train) for seed in SEEDS[: 2 if quick else None]}


def over_seeds(quick, make, what, claimed=None, **setting):
    """Yield a figure for both sets; ``make`` makes a model of a seed."""
    yield from on_both(quick, fitted(quick, make), what, claimed, **setting)


def on_both(quick, models, what, claimed=None, **setting):
    """Yield a figure for both sets of models, by their seeds."""
    _, *tests = split_of_o(quick)
    for place, test in zip(PLACES, tests, strict=True):
        yield Figure(
            f"{what}: {place}",
            tuple(100 * model.score(*test) for model in models.values()),
            "%",
            claimed,
            {**setting, "place": place},
            tuple(models),
        )


def ink(X):
    return X > 63


def bits(n_hidden=256, n_epochs=3, **params):
    params = {"max_iter": n_epochs, **BEST_NETWORK, **params}
    return lambda seed: BitHebbianClassifier(n_hidden, random_state=seed, **params)


def floats(rule, n_hidden=8, n_epochs=3, rate=None):
    return lambda seed: FloatNetwork(
        (784, n_hidden, 10),
        rate or BEST_RATE[rule],
        rule,
        n_epochs=n_epochs,
        seed=seed,
    )


def of_sklearn(solver):
    """scikit-learn's own network, with its defaults, on the same images."""

    class Scaled(MLPClassifier):
        def fit(self, X, y):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                return super().fit(X / 255, y)

        def score(self, X, y):
            return super().score(X / 255, y)

    return lambda seed: Scaled(8, solver=solver, max_iter=3, random_state=seed)


def three_epochs(quick=False):
    """784-8-10 in three epochs: AdamW, plain SGD, bits (row M1)."""
    for rule, claimed in (("adamw", 81.3), ("sgd", 76.0)):
        yield from over_seeds(
            quick,
            floats(rule),
            f"{rule}, rate {BEST_RATE[rule]}, 784-8-10, 3 epochs",
            claimed,
            rule=rule,
            rate=BEST_RATE[rule],
        )
    for solver in ("adam", "sgd"):
        yield from over_seeds(
            quick,
            of_sklearn(solver),
            f"scikit-learn's MLPClassifier, {solver}, defaults, 784-8-10, 3 epochs",
            rule=f"MLPClassifier {solver}",
        )
    for n_epochs in (3, 10):
        yield from over_seeds(
            quick,
            bits(n_epochs=n_epochs),
            f"BitHebbianClassifier, 256 binary units, {n_epochs} epochs",
            76.4 if n_epochs == 3 else None,
            rule="bits",
            epochs=n_epochs,
        )
    yield from over_seeds(
        quick,
        bits(0),
        "BitHebbianClassifier without hidden units, 7,840 bits, one pass",
        76.4,
        rule="bits",
        n_hidden=0,
    )


def learning_rates(quick=False):
    """How far the float figures depend on the learning rate, three epochs."""
    for rule, rates in RATES.items():
        for rate in rates:
            yield from over_seeds(
                quick,
                floats(rule, rate=rate),
                f"{rule}, rate {rate}, 784-8-10, 3 epochs",
                swept=rule,
                rate=rate,
            )


def masses(quick=False):
    """The bits of that network (row M2)."""
    (X, y), *_ = split_of_o(quick)
    mass = bit_mass(bits(n_epochs=1)(0).fit(X[:1000], y[:1000]))
    yield Figure("bits of the weights, 784-8-10", (mass.total,), "bits", 203_264)
    yield Figure("bits of its thresholds, beside", (mass.n_other_bits,), "bits")


def equal_mass(quick=False):
    """Float and binary networks of as many bits, three epochs (row M3)."""
    for n_neurons in (2, 4, 8, 16, 32, 64):
        n_bits = 32 * n_neurons * (784 + 10)
        yield from over_seeds(
            quick,
            floats("adamw", n_neurons),
            f"adamw, {n_neurons} float neurons, 3 epochs",
            kind="float",
            bits=n_bits,
        )
        yield from over_seeds(
            quick,
            bits(32 * n_neurons),
            f"{32 * n_neurons} binary units, 3 epochs",
            kind="binary",
            bits=n_bits,
        )


def rounded(network, n_bits):
    """Return a float network with weights rounded to ``2 ** n_bits - 1`` values."""
    network = deepcopy(network)
    for weights in network.weights:
        unit = np.abs(weights).max(axis=0) / np.float32(2 ** (n_bits - 1) - 1)
        weights[:] = np.rint(weights / unit) * unit
    return network


def containers(quick=False):
    """The same float network, rounded: other bits, as good (row M3)."""
    networks = fitted(quick, floats("adamw"))
    for n_bits in (32, 16, 8, 6, 4, 3, 2):
        smaller = networks
        if n_bits < 32:
            smaller = {seed: rounded(one, n_bits) for seed, one in networks.items()}
        yield from on_both(
            quick,
            smaller,
            f"adamw, 8 float neurons, weights rounded to {n_bits} bits",
            kind="rounded",
            bits=n_bits * 8 * (784 + 10),
        )


def uncentred(quick=False):
    """What becomes of the network without hidden units if means are not taken off."""
    (X, y), *tests = split_of_o(quick)
    model = bits(0)(0).fit(X, y)
    counts = np.array([ink(X[y == k]).sum(axis=0) for k in range(10)])
    frequent = 2 * counts > np.bincount(y)[:, np.newaxis]
    for place, (X_test, y_test) in zip(PLACES, tests, strict=True):
        centred = model.integer_scores(X_test)
        # XNOR and population count as a product of floats, which is exact here.
        signs = (2 * frequent - 1).astype(np.float32)
        plain = ink(X_test).astype(np.float32) @ signs.T - frequent.sum(axis=1)
        for what, scores in (
            ("weights and scores centred", centred),
            ("weights centred, scores not", centred + model.unit_thresholds_),
            ("neither centred", plain),
        ):
            yield Figure(
                f"pixels, no hidden units, {what}: {place}",
                (100 * np.mean(scores.argmax(axis=1) == y_test),),
                "%",
                None,
                {"place": place},
            )


def choose_rate(quick=False):
    """Learning rates, compared on a part of what is learned from."""
    train, validation = choice_split(quick)
    for rule, rates in RATES.items():
        for rate in rates:
            model = floats(rule, rate=rate)(0).fit(*train)
            accuracy = 100 * model.score(*validation)
            yield Figure(f"choice: {rule}, rate {rate}", (accuracy,), "%", seeds=(0,))


def choose_network(quick=False):
    """Margins and what counts as ink, compared on a part of what is learned from."""
    train, validation = choice_split(quick)
    for binarize in (0, 63, 127):
        for margin in (0.1, 0.2, 0.3, 0.4, 0.5):
            found = [
                bits(margin=margin, binarize=binarize)(seed).fit(*train)
                for seed in SEEDS[:3]
            ]
            yield Figure(
                f"choice: margin {margin}, ink above {binarize}",
                tuple(100 * model.score(*validation) for model in found),
                "%",
                seeds=SEEDS[:3],
            )


MEASUREMENTS = {
    "hebbian": three_epochs,
    "hebbian-rates": learning_rates,
    "hebbian-mass": masses,
    "hebbian-equal-mass": equal_mass,
    "hebbian-containers": containers,
    "hebbian-uncentred": uncentred,
    "hebbian-choose-rate": choose_rate,
    "hebbian-choose-network": choose_network,
}
