# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Damages what models have learned, at random, and uses them.

``python -m tests.kinds.damage 1000`` counts what happens; with ``NUMBA_BOUNDSCHECK=1``
the kernels check their indices. A crash ends the process, and so does an IndexError.
"""

import collections
import copy
import faulthandler
import functools
import pickle
import sys
import traceback
import warnings

import numpy as np
from sklearn.base import BaseEstimator

from tests.kinds.estimators import KINDS, LEARNING, answers, is_learning, teach

# A damaged scale may give any numbers, but neither a crash nor another error.
REFUSED = (ValueError, TypeError, AttributeError)

EXTREMES = [0, 1, -1, 2, 33, 255, 2**31 - 1, 2**31, -(2**31), 2**40, 2**62]


def places(value, path=()):
    """Yield the paths of all parts of what a model holds."""
    if isinstance(value, BaseEstimator):
        value = vars(value)
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    else:
        return
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


def replace(value, path, change):
    """Return a value with the part at a path changed."""
    if not path:
        return change(value)
    key, *rest = path
    if isinstance(value, BaseEstimator):
        value = copy.copy(value)
        vars(value)[key] = replace(vars(value)[key], rest, change)
        return value
    if isinstance(value, dict):
        return {**value, key: replace(value[key], rest, change)}
    parts = list(value)
    parts[key] = replace(parts[key], rest, change)
    if isinstance(value, list):
        return parts
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


def damaged(value, rng):
    """Return a part, damaged."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return _damaged_array(value, rng)
    values = [None, "x", 1.5, float("nan"), b"", [], {}, np.zeros(3), *EXTREMES]
    return values[rng.integers(len(values))]


def _damaged_array(array, rng):
    way = rng.integers(9)
    if way == 0:
        return array[: len(array) // 2].copy() if array.ndim else array
    if way == 1:
        return np.concatenate([array, array]) if array.ndim else array
    if way == 2:
        types = [np.int8, np.uint8, np.int32, np.uint32, np.int64, np.float64, object]
        return array.astype(types[rng.integers(len(types))])
    if way == 3:
        return np.asfortranarray(array) if array.ndim > 1 else array[::2]
    if way == 4:
        return array[..., None].copy()
    if way == 5:
        return array.ravel()[:1].reshape(()).copy() if array.size else array
    if way == 6:
        return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array
    array = array.copy()
    if array.size and array.dtype.kind in "iuf":
        value = EXTREMES[rng.integers(len(EXTREMES))]
        if array.dtype.kind != "f":
            info = np.iinfo(array.dtype)
            value = min(max(value, info.min), info.max)
        if way == 7:
            array.flat[rng.integers(array.size)] = value
        else:
            array[...] = value
    return array


def use(model, kind, X, y):
    """Call everything; return whether all of it answered."""
    is_fine = True
    calls = [lambda: answers(model, X)]
    for method in LEARNING:
        if method != "fit" and is_learning(kind, method):
            calls.append(
                lambda method=method: (
                    teach(copy.copy(model), method, X, y)
                    if method != "merge"
                    else kind.begun("merge", 40).merge(model)
                )
            )
    for call in calls:
        try:
            call()
        except REFUSED:
            is_fine = False
    return is_fine


def run(n, first=0, log=None):
    """Damage models n times; return how often was what."""
    counts = collections.Counter()
    fitted = {kind.name: kind.begun("merge") for kind in KINDS}
    for number in range(first, first + n):
        rng = np.random.default_rng(number)
        kind = KINDS[rng.integers(len(KINDS))]
        model = copy.deepcopy(fitted[kind.name])
        # Parameters are no part of what was learned.
        paths = [path for path in places(model) if path[0] not in model.get_params()]
        path = paths[rng.integers(len(paths))]
        change = functools.partial(damaged, rng=rng)
        names = ".".join(map(str, path))
        if log is not None:
            print(f"{number} {kind.name}: {names}", file=log, flush=True)
        way = rng.choice(["set", "state", "delete"], p=[0.45, 0.45, 0.1])
        try:
            if way == "delete":
                del vars(model)[path[0]]
            else:
                broken = replace(model, path, change)
                if way == "state":
                    broken = object.__new__(type(model))
                    broken.__setstate__(replace(model.__getstate__(), path, change))
                model = broken
        except REFUSED:
            counts["refused when loaded"] += 1
            continue
        except Exception:
            counts["FAILED"] += 1
            print(
                f"{number} {kind.name} {names} ({way})",
                traceback.format_exc(limit=-4),
                file=sys.stderr,
            )
            continue
        X, y = kind.data(40)
        try:
            is_fine = use(model, kind, X, y)
            pickle.dumps(model)
        except Exception:
            counts["FAILED"] += 1
            print(
                f"{number} {kind.name} {names} ({way})",
                traceback.format_exc(limit=-4),
                file=sys.stderr,
            )
            continue
        counts["harmless" if is_fine else "refused when used"] += 1
    return counts


if __name__ == "__main__":
    faulthandler.enable()
    # Damaged numbers overflow.
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    n_damages = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    counts = run(n_damages, start, sys.stderr)
    print(dict(counts))
    sys.exit(counts["FAILED"] > 0)
