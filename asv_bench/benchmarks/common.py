# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Data for the benchmarks, the same in every run.

Results of different commits are compared, so this file must only be appended to, never
changed. ``RandomState`` draws the same numbers with every version of numpy.
"""

import os
from functools import lru_cache

import numpy as np

from skbit.bits import pack_bits
from skbit.datasets import fetch_mnist

SMOKE = os.environ.get("SKBIT_BENCH_SMOKE") == "1"


def full_or_smoke(full, smoke):
    """Choose a size: the one to measure with, or the one to see whether it runs."""
    return smoke if SMOKE else full


# Also in a smoke run more than one thread takes at a time, or there would be one only.
N_ROWS = full_or_smoke(16_384, 2_560)
N_NEURONS = full_or_smoke([128, 512, 2048], [128])
# Rows that are enough to compile everything that many rows need.
N_WARM_UP = 600
# MNIST with eight levels: four pixels to a container, seven containers to a pixel row.
IMAGE_SHAPE = (28, 28)
N_IMAGE_CONTAINERS = 196


@lru_cache
def images(n_rows, dtype="uint8"):
    """Make images with as many dark pixels as digits have, 0 to 255 or 0 to 1."""
    rng = np.random.RandomState(0)
    shape = n_rows, IMAGE_SHAPE[0] * IMAGE_SHAPE[1]
    X = rng.randint(0, 256, size=shape, dtype=np.uint8)
    X[rng.random_sample(shape) > 0.2] = 0
    return X if dtype == "uint8" else X.astype(dtype) / np.dtype(dtype).type(255)


@lru_cache
def random_words(n_rows, n_containers, seed=0):
    """Make containers of fair coin tosses."""
    rng = np.random.RandomState(seed)
    return rng.randint(0, 2**32, size=(n_rows, n_containers), dtype=np.uint32)


@lru_cache
def labelled_words(n_rows, n_containers, n_classes):
    """Make containers and classes, with mistakes to learn from.

    Every class has a pattern, of which a quarter of the bits are flipped in each row;
    a tenth of the rows have any label.
    """
    rng = np.random.RandomState(1)
    y = rng.randint(n_classes, size=n_rows)
    patterns = random_words(n_classes, n_containers, seed=2)
    flips = random_words(n_rows, n_containers, seed=3)
    X = patterns[y] ^ (flips & random_words(n_rows, n_containers, seed=4))
    mislabelled = rng.random_sample(n_rows) < 0.1
    y[mislabelled] = rng.randint(n_classes, size=mislabelled.sum())
    # All classes occur in any part that benchmarks start with.
    y[:n_classes] = np.arange(n_classes)
    return X, y


@lru_cache
def mnist_words(n_rows):
    """Pack the dark pixels of the first MNIST digits, 784 bits a row."""
    X, _ = fetch_mnist("train", return_X_y=True)
    return pack_bits(X[:n_rows] > 127)
