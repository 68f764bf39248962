# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Models and rows in memory that is read-only, shared or damaged."""

import ast
import copy
import os
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest

from tests.kinds.estimators import (
    KINDS,
    LESSONS,
    answers,
    assert_same_answers,
    name_of,
    state,
    teach,
)

IDS = [f"{kind.name}, {method}" for kind, method in LESSONS]


@pytest.mark.parametrize(("kind", "method"), LESSONS, ids=IDS)
def test_learning_on_from_read_only_memory(kind, method, tmp_path):
    X, y = kind.data()
    model = kind.begun(method)
    expected = answers(teach(copy.deepcopy(model), method, X[:50], y[:50]), X)
    said, before = answers(model, X), state(model)

    path = tmp_path / "model.joblib"
    joblib.dump(model, path)
    data = path.read_bytes()
    mapped = joblib.load(path, mmap_mode="r")
    assert_same_answers(answers(mapped, X), said)
    assert_same_answers(answers(teach(mapped, method, X[:50], y[:50]), X), expected)
    assert path.read_bytes() == data

    buffers = []
    pickled = pickle.dumps(model, 5, buffer_callback=buffers.append)
    buffers = [bytes(buffer.raw()) for buffer in buffers]
    copies = [bytearray(buffer) for buffer in buffers]
    one, two = (pickle.loads(pickled, buffers=buffers) for _ in range(2))
    assert_same_answers(answers(teach(one, method, X[:50], y[:50]), X), expected)
    assert_same_answers(answers(two, X), said)
    assert all(bytes(a) == b for a, b in zip(copies, buffers, strict=True))

    for make in (copy.copy, copy.deepcopy):
        other = make(model)
        assert_same_answers(answers(teach(other, method, X[:50], y[:50]), X), expected)
        assert state(model) == before


def lesson(kind, method, model):
    X, y = kind.data()
    return answers(teach(model, method, X[:50], y[:50]), X)


def test_learning_on_in_workers():
    models = [kind.begun(method) for kind, method in LESSONS]
    # All arrays reach the workers as read-only maps.
    found = joblib.Parallel(n_jobs=2, backend="loky", max_nbytes=1)(
        joblib.delayed(lesson)(*task, model)
        for task, model in zip(LESSONS, models, strict=True)
    )
    for task, model, said in zip(LESSONS, models, found, strict=True):
        assert_same_answers(said, lesson(*task, copy.deepcopy(model)))


def layouts(X, tmp_path):
    locked = X.copy()
    locked.flags.writeable = False
    yield locked
    path = tmp_path / "X.npy"
    np.save(path, X)
    yield np.load(path, mmap_mode="r")
    yield np.asfortranarray(X)
    yield np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]
    yield X[::-1].copy()[::-1]
    yield X.astype(X.dtype.newbyteorder(">"))
    unaligned = np.empty(X.nbytes + 1, np.uint8)[1:].view(X.dtype).reshape(X.shape)
    unaligned[...] = X
    yield unaligned


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_rows_in_any_memory(kind, tmp_path):
    X, y = kind.data(100)
    model = kind.fitted(100)
    expected = answers(model, X)
    for rows in layouts(X, tmp_path):
        assert_same_answers(answers(model, rows), expected)
        refitted = copy.copy(model).fit(rows, y)
        assert_same_answers(answers(refitted, X), expected)
    row = np.broadcast_to(X[:1], (7, X.shape[1]))
    assert_same_answers(answers(model, row), answers(model, row.copy()))


@pytest.mark.parametrize("check", ["0", "1"])
def test_damaged_models_do_not_crash(check):
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": check}
    done = subprocess.run(
        [sys.executable, "-m", "tests.kinds.damage", "100"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # Most damages are found, and many when a model is loaded.
    counts = ast.literal_eval(done.stdout)
    assert counts["refused when loaded"] > 10
    assert counts["refused when used"] > 20


def test_random_calls_raise_documented_errors_only():
    done = subprocess.run(
        [sys.executable, "-m", "tests.kinds.calls", "600"],
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
