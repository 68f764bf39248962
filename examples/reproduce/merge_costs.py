# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What counting, tuning and merging cost, and many states in one reducer or in a tree.

Everything runs in one process and one thread. The seconds of a tree are those of a
cluster with a reducer for every node: on each level, the slowest node counts.
"""

import io
import time
import tracemalloc

import numpy as np

from examples.reproduce.figures import Figure
from skbit import OttoScoreClassifier
from skbit.state import from_state, to_state

N_CLASSES, FAN_IN = 10, 10
WIDTHS = (2048, 16_384, 65_536)
SHAPES = (
    {"rows": 5000, "bits": 8192, "classes": 10},
    {"rows": 20_000, "bits": 8192, "classes": 10},
    {"rows": 5000, "bits": 32_768, "classes": 10},
    {"rows": 5000, "bits": 8192, "classes": 40},
)


def random_rows(n_rows, n_bits, n_classes):
    """Return packed random rows and labels."""
    X = np.random.default_rng(0).integers(0, 2**32, (n_rows, n_bits // 32), np.uint32)
    return X, np.arange(n_rows) % n_classes


def state_of_worker(n_bits):
    """Return the state of a classifier that has counted a part."""
    X, y = random_rows(100, n_bits, N_CLASSES)
    return to_state(OttoScoreClassifier().fit(X, y))


def worker(state, number):
    """Return another state: that of rows whose bits are in another order."""
    return {
        name: np.roll(array, number, axis=-1) if array.size > N_CLASSES else array
        for name, array in state.items()
    }


def merged(states, model=None):
    """Merge the classifiers of states, into one if it is given."""
    models = [*map(from_state, states)]
    first, *others = models if model is None else (model, *models)
    return first.merge(*others)


def timed(function, *args):
    """Return what a call returns, and its seconds of processor time."""
    start = time.process_time()
    result = function(*args)
    return result, time.process_time() - start


def one_reducer(state, n_states):
    """Merge states that arrive in tens; return the classifier, seconds and MiB."""
    total, most, model = 0.0, 0, None
    tracemalloc.start()
    for first in range(0, n_states, FAN_IN):
        states = [worker(state, number) for number in range(first, first + FAN_IN)]
        tracemalloc.reset_peak()
        model, seconds = timed(merged, states, model)
        total, most = total + seconds, max(most, tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    return model, total, most / 2**20


def tree(state, first, n_states):
    """Merge by a tree; return the state of its root, and the seconds of each level."""
    if n_states == 1:
        return worker(state, first), []
    n_below = n_states // FAN_IN
    below = [tree(state, first + i * n_below, n_below) for i in range(FAN_IN)]
    states, of_levels = zip(*below, strict=True)
    root, seconds = timed(lambda: to_state(merged(states)))
    return root, [*map(max, zip(*of_levels, strict=True)), seconds]


def merge_costs(quick):
    """Bytes of states, and 10, 100 and 1,000 states of 10 classes merged."""
    for n_bits in WIDTHS[: 1 if quick else None]:
        state, file = state_of_worker(n_bits), io.BytesIO()
        np.savez(file, **state)
        setting = {"bits": n_bits}
        what = f"{n_bits:,} bits, {N_CLASSES} classes"
        yield Figure(f"{what}: state", (file.tell(),), "bytes", None, setting)
        for n_states in (10, 100) if quick else (10, 100, 1000):
            of = f"{what}, {n_states:,} states"
            model, seconds, mib = one_reducer(state, n_states)
            found = {"one reducer": (seconds, "s"), "memory of it": (mib, "MiB")}
            root, of_levels = tree(state, 0, n_states)
            found["tree"] = sum(of_levels), "s"
            differ = np.sum(from_state(root).weights_ != model.weights_)
            found["log-odds that differ in the tree"] = differ, ""
            for way, (value, unit) in found.items():
                setting = {"bits": n_bits, "states": n_states, "way": way}
                yield Figure(f"{of}: {way}", (value,), unit, None, setting)


def part_costs(quick):
    """Seconds of counting and of a tuning pass on one core, by rows, bits, classes.

    Labels are random, so nearly all rows are corrected.
    """
    for shape in SHAPES:
        n_rows, n_bits, n_classes = shape.values()
        X, y = random_rows(n_rows // (10 if quick else 1), n_bits, n_classes)
        params = {"calibrate": None, "max_iter": 2, "n_jobs": 1}
        counted = OttoScoreClassifier(**params).partial_fit(X, y, range(n_classes))
        for way, function in {
            "count": counted.partial_fit,
            "tune": counted.tune,
        }.items():
            seconds = min(timed(function, X, y)[1] for _ in range(3))
            what = ", ".join(f"{value:,} {name}" for name, value in shape.items())
            setting = {**shape, "way": way}
            yield Figure(f"{what}: {way}", (seconds,), "s", None, setting)


MEASUREMENTS = {"merge-costs": merge_costs, "part-costs": part_costs}
