# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Blocks of rows on threads."""

import signal
import threading
from time import perf_counter, sleep

import pytest
from joblib import parallel_config
from sklearn import config_context, get_config

from skbit._utils.blocks import run_blocks


def count_threads(n_jobs, expected):
    """Return how many threads run blocks that wait until ``expected`` have begun."""
    threads, begun = set(), threading.Barrier(expected)

    def run(start, stop):
        threads.add(threading.get_ident())
        begun.wait(10)

    run_blocks(run, 4, 1, n_jobs)
    return len(threads)


def test_every_row_is_in_one_block():
    for n, size, n_jobs in ((0, 3, 2), (1, 3, 2), (7, 3, 1), (7, 3, 2), (6, 3, 8)):
        found = []

        def note(start, stop, found=found):
            found.extend(range(start, stop))

        run_blocks(note, n, size, n_jobs)
        assert sorted(found) == list(range(n))


def test_number_of_threads_is_that_of_joblib():
    assert count_threads(2, 2) == 2
    assert count_threads(1, 1) == count_threads(None, 1) == 1
    with parallel_config(backend="threading", n_jobs=2):
        assert count_threads(None, 2) == 2
    with parallel_config(backend="loky", n_jobs=2):
        assert count_threads(None, 1) == 1
        assert count_threads(2, 2) == 2


def test_threads_do_not_wait_for_a_clock():
    times = []
    for _ in range(20):
        start = perf_counter()
        run_blocks(lambda start, stop: None, 4, 1, 2)
        times.append(perf_counter() - start)
    assert min(times) < 0.008


def test_threads_know_the_configuration_of_scikit_learn():
    found = []
    with config_context(transform_output="pandas"):
        run_blocks(
            lambda start, stop: found.append(get_config()["transform_output"]), 3, 1, 2
        )
    assert found == ["pandas"] * 3


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_stops_the_blocks_that_have_not_begun(n_jobs):
    begun = []

    def fail(start, stop):
        begun.append(start)
        raise ValueError(f"block {start}")

    with pytest.raises(ValueError, match="block 0"):
        run_blocks(fail, 10_000, 1, n_jobs)
    assert len(begun) < 10_000


@pytest.fixture
def interrupts():
    """Let SIGINT raise, which a shell ignores in jobs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupt_stops_the_blocks_that_have_not_begun(n_jobs):
    threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
    start = perf_counter()
    with pytest.raises(KeyboardInterrupt):
        run_blocks(lambda start, stop: sleep(0.01), 1000, 1, n_jobs)
    assert perf_counter() - start < 2
