# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The classifiers that are compared, with fixed settings.

Nothing is chosen on the test images: skbit's settings are those of its pipelines, and
those of the others are defaults or the numbers in their names.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from asv_bench.suite import Row, pickled
from skbit import BitEnsembleClassifier, ThermometerEncoder
from skbit.metrics import bit_mass
from skbit.pipeline import image_pipeline

SHAPE = (28, 28)


@dataclass(frozen=True)
class ImageRow(Row):
    """A classifier of images.

    Parameters
    ----------
    n_bytes : callable
        Takes the fitted model.
    """

    n_bytes: Callable[[Any], int] = pickled


def weighed(model):
    """Return the bytes of the weights, templates and offsets of a model of skbit."""
    mass = bit_mass(model)
    return (mass.total + mass.n_other_bits) // 8


def pickled_network(model):
    """Return the bytes of a pickled network, without the state of its optimizer."""
    network = copy.copy(model[-1])
    del network._optimizer
    return pickled(network)


@numba.njit
def count_differing(a, b, out):
    for i in range(len(a)):
        for j in range(len(b)):
            n = np.uint64(0)
            for w in range(a.shape[1]):
                n += _ones(a[i, w] ^ b[j, w])
            out[i, j] = n


@numba.extending.intrinsic
def _ones(typing_context, word):
    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return word(word), generate


class Hamming(ClassifierMixin, BaseEstimator):
    """Three nearest neighbours by the number of thermometer bits that differ."""

    def fit(self, X, y):
        self.encoder_ = ThermometerEncoder(8, feature_range=(0, 255)).fit(X)
        self.words_, self.y_ = self._as_words(X), y
        return self

    def _as_words(self, X):
        words = self.encoder_.transform(X)
        return np.pad(words, ((0, 0), (0, words.shape[1] % 2))).view(np.uint64)

    def predict(self, X):
        labels = []
        for start in range(0, len(X), 500):
            words = self._as_words(X[start : start + 500])
            found = np.empty((len(words), len(self.words_)), dtype=np.uint16)
            count_differing(words, self.words_, found)
            nearest = self.y_[np.argpartition(found, 3, axis=1)[:, :3]]
            labels += [np.bincount(votes).argmax() for votes in nearest]
        return np.array(labels)


class Tsetlin(ClassifierMixin, BaseEstimator):
    """The Tsetlin machine of pyTsetlinMachine, on images above 75."""

    n_clauses = 500

    def fit(self, X, y):
        from pyTsetlinMachine.tm import MultiClassTsetlinMachine

        self.machine_ = MultiClassTsetlinMachine(self.n_clauses, 50, 10.0)
        self.machine_.fit(_above_75(X), y.astype(np.uint32), epochs=3)
        return self

    def predict(self, X):
        return self.machine_.predict(_above_75(X))

    def n_bytes(self):
        """Return the bytes of which literals the clauses of all classes include."""
        return 10 * self.n_clauses * 2 * math.prod(SHAPE) // 8


def _above_75(X):
    return (X > 75).astype(np.uint32)


def _images(size):
    return lambda: image_pipeline(SHAPE, size, random_state=0)


def _ensemble():
    """Two large pipelines with templates of their own."""
    return BitEnsembleClassifier(
        [
            (f"seed{seed}", image_pipeline(SHAPE, "large", random_state=seed))
            for seed in range(2)
        ]
    )


def _as_floats(X):
    return X / np.float32(255)


def _mlp():
    network = MLPClassifier(512, max_iter=20, early_stopping=True, random_state=0)
    return make_pipeline(FunctionTransformer(_as_floats), network)


def _lightgbm():
    from lightgbm import LGBMClassifier

    model = LGBMClassifier(n_estimators=100, n_jobs=1, random_state=0, verbosity=-1)
    return make_pipeline(FunctionTransformer(_as_floats), model)


ROWS = [
    *(
        ImageRow(f"skbit {size}", _images(size), n_bytes=weighed)
        for size in ("tiny", "small", "large")
    ),
    ImageRow("BernoulliNB", lambda: BernoulliNB(binarize=127)),
    ImageRow("RandomForest(100)", lambda: RandomForestClassifier(random_state=0)),
    ImageRow("ExtraTrees(100)", lambda: ExtraTreesClassifier(random_state=0)),
    ImageRow("kNN(3)", lambda: KNeighborsClassifier(3)),
    ImageRow("Hamming 3-NN", Hamming),
    ImageRow("LightGBM(100)", _lightgbm, "lightgbm"),
    ImageRow("Tsetlin(500 clauses)", Tsetlin, "pyTsetlinMachine", Tsetlin.n_bytes),
    ImageRow("MLP(512)", _mlp, n_bytes=pickled_network),
    ImageRow("skbit ensemble of two large", _ensemble, n_bytes=weighed),
]
