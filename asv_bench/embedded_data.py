# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Data sets of small devices, as bytes, read from the folder of ``SKBIT_DATA_HOME``."""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold

from asv_bench.peers import load, smoke_images
from skbit.pipeline import image_pipeline, series_pipeline


@dataclass(frozen=True)
class Data:
    """A data set and its parts.

    Parameters
    ----------
    X : ndarray of uint8
    y : ndarray of int
        Classes from 0 on.
    shape : tuple of int
        Height and width of images; times and channels of series.
    parts : list of tuple of ndarray
        Training and test rows. Figures are means over the parts.
    is_series : bool
    """

    X: np.ndarray
    y: np.ndarray
    shape: tuple
    parts: list
    is_series: bool = False

    def pipeline(self, size):
        """Return skbit's pipeline of patches for the set."""
        if not self.is_series:
            return image_pipeline(self.shape, size, random_state=0)
        length, n_channels = self.shape
        return series_pipeline(length, size, n_channels=n_channels, random_state=0)


def _folds(X, y):
    return list(StratifiedKFold(4, shuffle=True, random_state=0).split(X, y))


def _digits():
    X, y = load_digits(return_X_y=True)
    return Data(X.astype(np.uint8), y, (8, 8), _folds(X, y))


def _images(name):
    X, y, X_test, y_test = load(name)
    rows = np.arange(len(X) + len(X_test))
    parts = [(rows[: len(X)], rows[len(X) :])]
    return Data(np.r_[X, X_test], np.r_[y, y_test], (28, 28), parts)


def _spoken():
    file = np.load(_home() / "series" / "spoken_digits.npz")
    X, y, is_test = file["X"], file["y"].astype(np.int64), file["take"] < 5
    parts = [(np.flatnonzero(~is_test), np.flatnonzero(is_test))]
    return Data(X.reshape(len(X), -1), y, X.shape[1:], parts, is_series=True)


def _ecg():
    with gzip.open(_home() / "series" / "ECG5000_TRAIN.txt.gz", "rt") as file:
        table = np.loadtxt(file)
    _, y = np.unique(table[:, 0], return_inverse=True)
    # A converter of 8 bits and of fixed range: beats have mean 0 and variance 1.
    X = np.clip(np.rint(table[:, 1:] * 24 + 128), 0, 255).astype(np.uint8)
    return Data(X, y, (X.shape[1], 1), _folds(X, y), is_series=True)


def smoke():
    """Return generated images, for tests."""
    X, y = smoke_images(0, 200)
    rows = np.arange(200)
    return Data(X, y, (28, 28), [(rows[:150], rows[150:])])


def _home():
    return Path(os.environ["SKBIT_DATA_HOME"])


SETS = {
    "digits": _digits,
    "mnist": lambda: _images("mnist"),
    "fashion": lambda: _images("fashion_mnist"),
    "spoken": _spoken,
    "ecg": _ecg,
}
