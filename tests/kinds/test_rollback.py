# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A call that fails or is interrupted changes nothing, and can be made again."""

import gc
import os
import signal
import sys
import time

import numpy as np
import pytest
from sklearn.utils import get_tags

from tests.kinds.estimators import LESSONS, answers, differing, state, teach

# CONTRIBUTING promises it of 50; the guard in the suite tries fewer.
N_MOMENTS = int(os.environ.get("SKBIT_INTERRUPTS", "4"))

IDS = [f"{kind.name}, {method}" for kind, method in LESSONS]


def lesson(kind):
    """Return rows other than those that a kind was fitted on."""
    X, y = kind.data(400)
    return X[200:], y[200:]


def check_undone(kind, model, before, said, X):
    assert state(model) == before, kind.name
    assert not differing(answers(model, X), said), kind.name


def bad_rows(X, y, is_packed, takes_text):
    # Tables may hold missing and infinite numbers, and text, but no complex numbers.
    dtype, values = (object, (1j,)) if takes_text else (float, (np.nan, np.inf))
    for place in (0, len(X) // 2, len(X) - 1):
        for value in values:
            bad = X.astype(dtype)
            bad[place, -1] = value
            yield bad, y
        if is_packed:
            bad = X.astype(float)
            bad[place, 0] = -1
            yield bad, y
    yield X[:, :-1], y
    yield X[:0], y[:0]
    if not takes_text:
        yield X.astype(object).astype(str), y


@pytest.mark.parametrize(("kind", "method"), LESSONS, ids=IDS)
def test_failed_calls_change_nothing(kind, method):
    X, y = lesson(kind)
    model, never = kind.begun(method), kind.begun(method)
    before, said = state(model), answers(model, X)
    is_packed = kind.packed and method not in ("fit", "merge")
    takes_text = get_tags(model).input_tags.string
    for bad, labels in bad_rows(X, y, is_packed, takes_text):
        if method in ("fit", "merge") and bad.shape[1] < X.shape[1]:
            continue
        with pytest.raises((ValueError, TypeError)):
            teach(model, method, bad, labels)
        check_undone(kind, model, before, said, X)
    if method == "partial_fit" and hasattr(model, "classes_"):
        for place in (0, 99, -1):
            labels = y.copy()
            labels[place] = 77
            with pytest.raises(ValueError):
                teach(model, method, X, labels)
            check_undone(kind, model, before, said, X)
    teach(model, method, X, y)
    assert state(model) == state(teach(never, method, X, y))


@pytest.mark.parametrize(("kind", "method"), LESSONS, ids=IDS)
def test_interrupts_at_any_line_change_nothing(kind, method):
    """Raise at evenly spread lines of the package's own files."""
    X, y = lesson(kind)
    model, never = kind.begun(method), kind.begun(method)
    before, said = state(model), answers(model, X)
    n_lines = _run_to_line(lambda: teach(never, method, X, y), None)
    rng = np.random.default_rng(0)
    for line in rng.integers(1, n_lines, N_MOMENTS):
        with pytest.raises(KeyboardInterrupt):
            _run_to_line(lambda: teach(model, method, X, y), line)
        check_undone(kind, model, before, said, X)
    assert state(teach(model, method, X, y)) == state(never)


def _run_to_line(call, last):
    """Make a call up to a line of this package; return the number of lines."""
    n = 0

    def trace(frame, event, argument):
        nonlocal n
        if "skbit" not in frame.f_code.co_filename.split(os.sep):
            return None
        if event == "line" and not _is_undoing(frame):
            n += 1
            if n == last:
                raise KeyboardInterrupt
        return trace

    old = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(old)
    return n


def _is_undoing(frame):
    # Outside of what is guarded: before the guard, and after it.
    return frame.f_code.co_name == "guarded"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signals")
@pytest.mark.parametrize(("kind", "method"), LESSONS, ids=IDS)
def test_signals_at_any_moment_change_nothing(kind, method):
    X, y = lesson(kind)
    model, never = kind.begun(method), kind.begun(method)
    before, said = state(model), answers(model, X)
    start = time.perf_counter()
    teach(never, method, X, y)
    duration = time.perf_counter() - start
    rng = np.random.default_rng(0)

    def stop(*_):
        raise KeyboardInterrupt

    # Python ignores what is raised inside a callback of the garbage collector, and
    # hypothesis has such a callback.
    gc.disable()
    old = signal.signal(signal.SIGALRM, stop)
    try:
        for delay in rng.uniform(1e-4, duration, N_MOMENTS):
            learned = False
            try:
                signal.setitimer(signal.ITIMER_REAL, delay)
                teach(model, method, X, y)
                learned = True
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            if learned or state(model) != before:
                assert state(model) == state(never), "neither before nor after"
                model = kind.begun(method)
            check_undone(kind, model, before, said, X)
    finally:
        signal.signal(signal.SIGALRM, old)
        gc.enable()
    assert state(teach(model, method, X, y)) == state(never)
