# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Makes random calls over the public interface; only documented errors may come out.

``python -m tests.kinds.calls 30000`` counts what comes out.
"""

import collections
import copy
import faulthandler
import sys
import traceback
import warnings

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import clone

from tests.kinds.estimators import ANSWERING, KINDS, properties
from tests.kinds.test_set_params import VALUES

# InvalidParameterError and NotFittedError are ValueErrors.
DOCUMENTED = (ValueError, TypeError, AttributeError)

# Large numbers are legal where they ask for much memory or time.
SMALL = [value for value in VALUES if not (type(value) is int and value > 300)]


def rows(kind, rng):
    """Return random rows, often those that the kind takes, and labels."""
    X, y = kind.data(
        int(rng.choice([0, 1, 2, 3, 20, 60], p=[0.05, 0.1, 0.1, *[0.25] * 3]))
    )
    way = rng.integers(24)
    if len(X) and way < 16:
        if way == 0:
            X = X[:, : rng.integers(0, X.shape[1])]
        elif way == 1:
            X = X.astype(float)
            X.flat[rng.integers(X.size)] = rng.choice([np.nan, np.inf, -1e300, 1e300])
        elif way == 2:
            X = sparse.csr_matrix(X)
        elif way == 3:
            X = sparse.csc_array(X)
        elif way == 4:
            X = pd.DataFrame(X).rename(columns=str)
        elif way == 5:
            types = [bool, np.int8, np.uint16, np.int64, np.uint64, np.float16]
            with np.errstate(all="ignore"):
                X = X.astype([*types, np.float32, object][rng.integers(8)])
        elif way == 6:
            X = X.tolist()
        elif way == 7:
            X = X[0]
        elif way == 8:
            X = X[:, :, None]
        elif way == 9:
            X = np.zeros_like(X)
        elif way == 10:
            X = X.astype(complex)
        elif way == 11:
            X = None
    way = rng.integers(12)
    if way == 0:
        y = y.astype(str)
    elif way == 1:
        y = None
    elif way == 2:
        y = y[:-1]
    elif way == 3:
        y = np.zeros_like(y)
    elif way == 4:
        y = y + 0.5
    return X, y


def call(model, kind, rng):
    """Make one random call; return its name."""
    X, y = rows(kind, rng)
    names = ["fit", "partial_fit", "store", "merge", "set", "dram_cost", *ANSWERING]
    names += [*properties(model), "inverse_transform", "get_feature_names_out", "read"]
    # A method that is missing has one error only.
    names = [n for n in names if n in ("set", "read") or hasattr(type(model), n)]
    name = names[rng.integers(len(names))]
    if name == "set":
        params = model.get_params(deep=True)
        key = list(params)[rng.integers(len(params))]
        model.set_params(**{key: SMALL[rng.integers(len(SMALL))]})
    elif name == "read":
        repr(model), clone(model), copy.copy(model), copy.deepcopy(model)
    elif name in ("fit", "partial_fit"):
        options = {}
        if rng.random() < 0.2:
            options["sample_weight"] = rng.choice(
                [0.0, 1.0, 2.5, -1.0], 0 if y is None else len(y)
            )
        if name == "partial_fit" and rng.random() < 0.5:
            options["classes"] = range(10)
        getattr(model, name)(X, y, **options)
    elif name == "merge":
        model.merge(kind.fitted(30))
    elif name in properties(model):
        getattr(model, name)
    elif name in ("dram_cost", "get_feature_names_out"):
        getattr(model, name)()
    else:
        getattr(model, name)(X)
    return name


def run(n, seed=0, log=None):
    """Make n random calls; return how often came out what."""
    counts = collections.Counter()
    number = seed
    n_calls = 0
    while n_calls < n:
        rng = np.random.default_rng(number)
        kind = KINDS[rng.integers(len(KINDS))]
        model = clone(kind.estimator) if rng.random() < 0.3 else kind.fitted(60)
        for step in range(12):
            n_calls += 1
            try:
                if log is not None:
                    print(number, kind.name, step, model, file=log, flush=True)
                call(model, kind, rng)
                counts["answered"] += 1
            except DOCUMENTED as error:
                counts[type(error).__name__] += 1
            except Exception:
                counts["FAILED"] += 1
                print(
                    f"{number}, {kind.name}, {model}",
                    traceback.format_exc(limit=-4),
                    file=sys.stderr,
                )
                continue
        number += 1
    return counts


def watch_warnings():
    """Make errors of NumPy's warnings."""
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", RuntimeWarning)


if __name__ == "__main__":
    faulthandler.enable()
    watch_warnings()
    counts = run(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(dict(counts))
    sys.exit(counts["FAILED"] > 0)
