# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Every public estimator: learning and answering, in time and peak memory."""

from benchmarks.common import N_ROWS, N_WARM_UP, images, labelled_words
from skbit._base import BitInputMixin
from skbit._utils.registry import collect

# As many bits as a square image has.
N_CONTAINERS = 32
N_CLASSES = 10
ESTIMATORS = {cls.__name__: cls for cls in collect("_examples", "EXAMPLES")}


def made(name):
    """Return an estimator of the first of its examples, rows and classes."""
    cls = ESTIMATORS[name]
    params = next(iter(collect("_examples", "EXAMPLES")[cls].values()))
    X, y = labelled_words(N_ROWS, N_CONTAINERS, N_CLASSES)
    if not issubclass(cls, BitInputMixin):
        X = images(N_ROWS)
    return cls(**params), X, y


def answer(model, X):
    """Call the first method that the estimator has of those that answer."""
    for method in ("predict", "transform"):
        if hasattr(model, method):
            return getattr(model, method)(X)
    raise AttributeError(f"{model} neither predicts nor transforms.")


class Estimator:
    params = (sorted(ESTIMATORS),)
    param_names = ["estimator"]

    def setup(self, name):
        self.model, self.X, self.y = made(name)
        self.model.fit(self.X[:N_WARM_UP], self.y[:N_WARM_UP])
        answer(self.model, self.X[:N_WARM_UP])

    def time_fit(self, name):
        self.model.fit(self.X, self.y)

    def time_answer(self, name):
        answer(self.model, self.X)

    def peakmem_fit(self, name):
        self.model.fit(self.X, self.y)

    def peakmem_answer(self, name):
        answer(self.model, self.X)
