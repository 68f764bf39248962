# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels alone, without validation and threads, on the arguments of real calls."""

import ast
import contextlib
import copy
import importlib
from pathlib import Path
from unittest import mock

import numpy as np
from scipy import sparse

import skbit
from benchmarks.common import (
    IMAGE_SHAPE,
    full_or_smoke,
    images,
    labelled_words,
    mnist_words,
    random_words,
)
from skbit import (
    BitHebbianClassifier,
    BitPatchClassifier,
    BitPatchEncoder,
    BitWTAClusterer,
    DirectionalEdgeEncoder,
    OttoScoreClassifier,
    PixelEncoder,
    RandomFernEncoder,
    RandomMAJ3Projection,
    RankDensityEncoder,
    ScalarEncoder,
    TableEncoder,
    ThermometerEncoder,
)

N_ROWS = full_or_smoke(2_048, 600)
N_NEURONS = full_or_smoke(256, 32)
N_CONTAINERS = full_or_smoke(256, 32)
N_CLASSES = 10


def encode():
    X = images(N_ROWS)
    for encoder in (
        ThermometerEncoder(feature_range=(0, 255)),
        ScalarEncoder(),
        RankDensityEncoder(),
        DirectionalEdgeEncoder(),
        PixelEncoder(min_rise=40),
    ):
        encoder.fit(X).transform(X)
    for encoder in (ThermometerEncoder(), TableEncoder()):
        encoder.fit_transform(images(N_ROWS, "float32"))


def project():
    X = random_words(N_ROWS, N_CONTAINERS)
    windows = {"receptive_field": (5, 5), "image_shape": (*IMAGE_SHAPE, 8)}
    for params, rows in (
        ({}, X),
        ({"majority": "exact"}, X),
        ({"permute_bits": True}, X),
        ({"permute_bits": True, "receptive_field": 5}, X),
        (windows, random_words(N_ROWS, 196)),
    ):
        projection = RandomMAJ3Projection(N_NEURONS, random_state=0, **params).fit(rows)
        projection.transform(rows)
        projection.transform(rows[:1])


def encode_ferns():
    X = random_words(N_ROWS, N_CONTAINERS)
    ferns = RandomFernEncoder(2 * N_NEURONS, random_state=0).fit(X)
    ferns.transform(X)
    ferns.transform(X[:1])


def classify():
    X, y = labelled_words(N_ROWS, N_CONTAINERS, N_CLASSES)
    model = OttoScoreClassifier(max_iter=2, random_state=0).fit(X, y)
    model.predict(X)
    model.predict(X[:1])
    OttoScoreClassifier().fit(X, y, sample_weight=np.full(len(y), 0.5))
    numbers = np.random.default_rng(0).random((N_ROWS, 32 * N_CONTAINERS))
    ones = sparse.csr_array(numbers < 0.01, dtype=float)
    few_ones = RandomFernEncoder(2 * N_NEURONS, random_state=0).fit_transform(X)
    for rows in (ones, few_ones):
        model = OttoScoreClassifier(max_iter=2).fit(rows, y)
        model.predict(rows)
        model.predict(rows[:1])
    OttoScoreClassifier(max_iter=2).fit(few_ones, y % 2)
    OttoScoreClassifier(max_iter=2, weight_bits=4).fit(ones, y)


def cluster():
    X = mnist_words(N_ROWS)
    model = BitWTAClusterer(N_CLASSES, n_neurons=N_NEURONS, random_state=0).fit(X)
    # Neurons that are idle are looked for more often than by default, so some move.
    model.set_params(reassignment_interval=N_ROWS // 4).partial_fit(X).transform(X)
    model.store(X)


def flip():
    from skbit.cluster import FlipRule

    rule = FlipRule(init="random")
    BitWTAClusterer(N_NEURONS, learning=rule, random_state=0).fit(mnist_words(N_ROWS))


def train_network():
    # Random labels, so that there is always as much to correct.
    y = np.random.RandomState(9).randint(N_CLASSES, size=N_ROWS)
    y[:N_CLASSES] = np.arange(N_CLASSES)
    X = mnist_words(N_ROWS)
    BitHebbianClassifier(N_NEURONS, max_iter=2, random_state=0).fit(X, y).predict(X)
    BitHebbianClassifier(0).fit(X, y)


def compare_patches():
    X, y = mnist_words(N_ROWS), np.arange(N_ROWS) % N_CLASSES
    shape = {"image_shape": IMAGE_SHAPE, "random_state": 0}
    BitPatchClassifier(N_NEURONS // 10, **shape).fit(X, y).predict(X)


def encode_patches():
    X = mnist_words(N_ROWS)
    BitPatchEncoder(
        N_NEURONS // 2, image_shape=IMAGE_SHAPE, random_state=0
    ).fit_transform(X)


CALLS = {
    "preprocessing": [encode],
    "feature_extraction": [encode_patches],
    "random_projection": [project, encode_ferns],
    "naive_bayes": [classify],
    "cluster": [cluster, flip],
    "neural_network": [train_network],
    "neighbors": [compare_patches],
}


def kernels_called_from_python():
    """Return the kernels that algorithms import, by family: ``module.function``."""
    root, found = Path(skbit.__file__).parent, {}
    for path in root.glob("*/*.py"):
        if path.parent.name.startswith("_"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            module = getattr(node, "module", None) or ""
            if "._kernels." not in module and not module.startswith("skbit._numba."):
                continue
            for alias in node.names:
                kernel = getattr(importlib.import_module(module), alias.name)
                if hasattr(kernel, "py_func"):
                    found[f"{module}.{alias.name}"] = path.parent.name
    return found


KERNELS = kernels_called_from_python()
ONE_OF_EACH_FAMILY = list({KERNELS[name]: name for name in sorted(KERNELS)}.values())
# These can be called with the same arguments once only.
USED_UP = {name for name in KERNELS if name.endswith("link.merge_groups")}


def record(names, calls):
    """Return the first arguments of kernels in some calls, by their names.

    Kernels that no call needs are left out.
    """
    for call in calls:
        # Kernels that call others are compiled before these are replaced.
        call()
    arguments = {}
    with contextlib.ExitStack() as stack:
        for name in names:
            module_name, _, attribute = name.rpartition(".")
            module = importlib.import_module(module_name)
            recorder = _recorder(name, getattr(module, attribute), arguments)
            stack.enter_context(mock.patch.object(module, attribute, recorder))
        for call in calls:
            call()
    return arguments


def _recorder(name, kernel, arguments):
    def call(*args):
        if name not in arguments:
            # Arrays of scratch memory can be views of each other, which copies are not.
            scratch = {id(a): a for a in args if type(a).__name__ == "Scratch"}
            arguments[name] = copy.deepcopy(args, scratch)
        return kernel(*args)

    return call


def recorded(name):
    """Return a kernel, and its first arguments in the calls of its family."""
    module_name, _, attribute = name.rpartition(".")
    kernel = getattr(importlib.import_module(module_name), attribute)
    arguments = record([name], CALLS[KERNELS[name]])
    if not arguments:
        raise RuntimeError(f"No call in CALLS needs {name}; add one.")
    return kernel, arguments[name]


class Kernel:
    params = (sorted(KERNELS.keys() - USED_UP),)
    param_names = ["kernel"]

    def setup(self, name):
        self.kernel, self.arguments = recorded(name)

    def time_call(self, name):
        self.kernel(*self.arguments)


class KernelMemory:
    """Peak memory of the process; a smoke run measures one kernel of each family."""

    params = (full_or_smoke(Kernel.params[0], ONE_OF_EACH_FAMILY),)
    param_names = ["kernel"]

    def setup(self, name):
        self.kernel, self.arguments = recorded(name)

    def peakmem_call(self, name):
        self.kernel(*self.arguments)


class KernelCalledOnce:
    """Kernels that use up their arguments, which are made anew for every call."""

    params = (sorted(USED_UP),)
    param_names = ["kernel"]
    number = 1
    warmup_time = 0

    def setup(self, name):
        self.kernel, self.arguments = recorded(name)

    def time_call(self, name):
        self.kernel(*self.arguments)

    def peakmem_call(self, name):
        self.kernel(*self.arguments)
