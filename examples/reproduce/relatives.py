# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Related methods that no other measurement has: WiSARD, hypervectors, random features.

Each is written in its textbook form. Its one setting is chosen on the last 10,000
training images, after learning from the others.
"""

import numpy as np
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import RidgeClassifier

from examples.reproduce.figures import SEEDS, Figure, images

_N_VALIDATION = 10_000
_N_CLASSES = 10
_BATCH = 5_000


class Wisard:
    """Discriminators of random access memories with bleaching.

    A memory is addressed by random bits of the image, and counts for its class how
    often each address was seen. A class has the score of how many memories have seen
    the address more often than ``bleaching``.
    """

    def __init__(self, n_address_bits, seed):
        self.n_address_bits, self.seed = n_address_bits, seed

    def fit(self, bits, y):
        """Count addresses."""
        rng = np.random.default_rng(self.seed)
        n_memories = bits.shape[1] // self.n_address_bits
        order = rng.permutation(bits.shape[1])[: n_memories * self.n_address_bits]
        self.order = order.reshape(n_memories, self.n_address_bits)
        shape = _N_CLASSES, n_memories, 2**self.n_address_bits
        self.counts = np.zeros(shape, dtype=np.uint16)
        places = y[:, None], np.arange(n_memories), self._addresses(bits)
        np.add.at(self.counts, places, 1)
        return self

    def _addresses(self, bits):
        weights = 1 << np.arange(self.n_address_bits)
        return bits[:, self.order].astype(np.int32) @ weights

    def score(self, bits, y, bleaching):
        """Return the share of right classes."""
        addresses, memories = self._addresses(bits), np.arange(len(self.order))
        scores = [(c[memories, addresses] > bleaching).sum(axis=1) for c in self.counts]
        return np.mean(np.argmax(scores, axis=0) == y)


def hypervectors(n_bits, n_pixels, seed):
    """Return a function that bundles the random vectors of the pixels of images."""
    vectors = np.random.default_rng(seed).choice(
        np.float32([-1, 1]), size=(n_pixels, n_bits)
    )

    def encode(bits):
        # A pixel that is 0 is bound to the opposite of its vector.
        return np.sign(np.where(bits, np.float32(1), np.float32(-1)) @ vectors)

    return encode


def _batches(function, X):
    """Apply a function to parts of the rows, and join what it returns."""
    parts = range(0, len(X), _BATCH)
    return np.concatenate([function(X[i : i + _BATCH]) for i in parts])


def _figure(name, values, seeds, **setting):
    percents = [round(100 * value, 2) for value in values]
    return Figure(f"{name}: test file", percents, "%", setting=setting, seeds=seeds)


def wisard(quick):
    """Test accuracy of WiSARD; the length of addresses and bleaching are chosen."""
    X, y, X_test, y_test = images("MNIST", quick)
    bits, test = X > 127, X_test > 127
    n = len(X) - _N_VALIDATION // (10 if quick else 1)
    grid = {}
    for n_address_bits in (8, 12, 16, 20):
        model = Wisard(n_address_bits, SEEDS[0]).fit(bits[:n], y[:n])
        for bleaching in (0, 1, 2, 4, 8, 16, 32):
            correct = model.score(bits[n:], y[n:], bleaching)
            grid[n_address_bits, bleaching] = correct
    n_address_bits, bleaching = max(grid, key=grid.get)
    seeds = SEEDS[: 1 if quick else 3]
    values = [
        Wisard(n_address_bits, seed).fit(bits, y).score(test, y_test, bleaching)
        for seed in seeds
    ]
    name = f"WiSARD, addresses of {n_address_bits} bits, bleaching {bleaching}"
    setting = {"n_address_bits": n_address_bits, "bleaching": bleaching}
    yield _figure(name, values, seeds, **setting)


def hyperdimensional(quick):
    """Test accuracy of class vectors that bundle the vectors of their images."""
    X, y, X_test, y_test = images("MNIST", quick)
    n_bits, seeds = 8192, SEEDS[: 1 if quick else 3]
    values = []
    for seed in seeds:
        encode = hypervectors(n_bits, X.shape[1], seed)
        sums = np.zeros((_N_CLASSES, n_bits), dtype=np.float32)
        for i in range(0, len(X), _BATCH):
            vectors, labels = encode(X[i : i + _BATCH] > 127), y[i : i + _BATCH]
            for k in range(_N_CLASSES):
                sums[k] += vectors[labels == k].sum(axis=0)
        prototypes = np.sign(sums)
        scores = _batches(lambda x, e=encode, p=prototypes: e(x > 127) @ p.T, X_test)
        values.append(np.mean(scores.argmax(axis=1) == y_test))
    name = f"hypervectors of {n_bits} bits, one pass"
    yield _figure(name, values, seeds, n_bits=n_bits)


def random_features(quick):
    """Test accuracy of a linear classifier on random Fourier features."""
    X, y, X_test, y_test = images("MNIST", quick)
    X, X_test = (np.float32(part) / 255 for part in (X, X_test))
    n_features, n = 1024, len(X) - _N_VALIDATION // (10 if quick else 1)
    grid = {}
    for gamma in (0.005, 0.01, 0.02, 0.04):
        sampler = RBFSampler(gamma=gamma, n_components=n_features, random_state=0)
        Z = _batches(sampler.fit(X).transform, X)
        model = RidgeClassifier(alpha=1.0).fit(Z[:n], y[:n])
        grid[gamma] = model.score(Z[n:], y[n:])
    gamma = max(grid, key=grid.get)
    seeds = SEEDS[: 1 if quick else 3]
    values = []
    for seed in seeds:
        sampler = RBFSampler(gamma=gamma, n_components=n_features, random_state=seed)
        Z = _batches(sampler.fit(X).transform, X)
        model = RidgeClassifier(alpha=1.0).fit(Z, y)
        values.append(model.score(_batches(sampler.transform, X_test), y_test))
    name = f"{n_features} random Fourier features, gamma {gamma}, ridge classifier"
    yield _figure(name, values, seeds, n_features=n_features, gamma=gamma)


MEASUREMENTS = {
    "wisard": wisard,
    "hyperdimensional": hyperdimensional,
    "random-features": random_features,
}
