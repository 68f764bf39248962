# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A float network in plain numpy: what the networks of bits are compared with.

Rectified layers and a softmax, trained on batches by plain gradient descent or by AdamW
(I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019).
"""

from itertools import pairwise

import numpy as np

DECAYS, TINY, WEIGHT_DECAY = (0.9, 0.999), 1e-8, 0.01


class FloatNetwork:
    """A multilayer perceptron of float32.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden neurons of each layer, classes.
    rate : float
        The learning rate, constant.
    rule : {"adamw", "sgd"}
    n_epochs, batch_size, seed : int
    as_floats : callable
        Turns a batch of rows into float32 inputs.
    """

    def __init__(
        self,
        sizes,
        rate,
        rule="adamw",
        *,
        n_epochs=3,
        batch_size=64,
        seed=0,
        as_floats=lambda rows: rows.astype(np.float32) / np.float32(255),
    ):
        self.rate, self.rule, self.as_floats = np.float32(rate), rule, as_floats
        self.n_epochs, self.batch_size = n_epochs, batch_size
        self.rng = np.random.default_rng(seed)
        self.weights, self.biases = [], []
        for n_in, n_out in pairwise(sizes):
            spread = np.float32(np.sqrt(2 / n_in))
            normal = self.rng.standard_normal((n_in, n_out), dtype=np.float32)
            self.weights.append(spread * normal)
            self.biases.append(np.zeros(n_out, dtype=np.float32))

    def fit(self, X, y):
        moments = [
            (np.zeros_like(p), np.zeros_like(p)) for p in self.weights + self.biases
        ]
        n_steps = 0
        for _ in range(self.n_epochs):
            order = self.rng.permutation(len(y))
            for start in range(0, len(y), self.batch_size):
                rows = order[start : start + self.batch_size]
                n_steps += 1
                gradients = self._gradients(self.as_floats(X[rows]), y[rows])
                for p, g, (mean, square) in zip(
                    self.weights + self.biases, gradients, moments, strict=True
                ):
                    if self.rule == "sgd":
                        p -= self.rate * g
                        continue
                    mean += np.float32(1 - DECAYS[0]) * (g - mean)
                    square += np.float32(1 - DECAYS[1]) * (g * g - square)
                    corrections = [np.float32(1 - d**n_steps) for d in DECAYS]
                    p *= 1 - self.rate * np.float32(WEIGHT_DECAY)
                    root = np.sqrt(square / corrections[1]) + np.float32(TINY)
                    p -= self.rate * (mean / corrections[0]) / root
        return self

    def _activities(self, inputs):
        """Return the inputs of every layer and the scores."""
        activities = [inputs]
        for i, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            scores = activities[-1] @ w + b
            is_last = i == len(self.weights) - 1
            activities.append(scores if is_last else np.maximum(scores, 0))
        return activities

    def _gradients(self, inputs, y):
        *activities, scores = self._activities(inputs)
        error = np.exp(scores - scores.max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(y)), y] -= 1
        error /= np.float32(len(y))
        of_weights, of_biases = [], []
        for i in reversed(range(len(activities))):
            of_weights.insert(0, activities[i].T @ error)
            of_biases.insert(0, error.sum(axis=0))
            if i > 0:
                error = (error @ self.weights[i].T) * (activities[i] > 0)
        return of_weights + of_biases

    def predict(self, X):
        scores = [
            self._activities(self.as_floats(X[i : i + 1000]))[-1]
            for i in range(0, len(X), 1000)
        ]
        return np.concatenate(scores).argmax(axis=1)

    def score(self, X, y):
        return float(np.mean(self.predict(X) == y))
