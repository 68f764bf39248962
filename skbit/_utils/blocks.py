# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Blocks of rows, and running a function on them in threads."""

from concurrent.futures import ThreadPoolExecutor

from joblib.parallel import get_active_backend
from sklearn import config_context, get_config


def slices(n, size):
    """Return slices that cut ``range(n)`` into parts of at most ``size``."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def run_blocks(function, n, size, n_jobs):
    """Call ``function(start, stop)`` for each block of ``range(n)``.

    Kernels release the GIL, so threads run them in parallel, and each writes its own
    part of the output. ``n_jobs`` has the meaning that it has in scikit-learn. Threads
    are used also if joblib's context asks for processes, because memory is shared.
    """
    blocks = slices(n, size)
    n_threads = min(len(blocks), _n_threads(n_jobs)) if len(blocks) > 1 else 1
    if n_threads == 1:
        for block in blocks:
            function(block.start, block.stop)
        return
    config = get_config()

    def run(block):
        with config_context(**config):
            function(block.start, block.stop)

    # joblib.Parallel looks every 10 ms whether its threads are done, which most calls
    # would wait for.
    with ThreadPoolExecutor(n_threads) as threads:
        for _ in threads.map(run, blocks):
            pass


def _n_threads(n_jobs):
    """Return the number of threads that ``joblib.Parallel`` would use."""
    backend, n_of_context = get_active_backend(require="sharedmem")
    return backend.effective_n_jobs(n_of_context if n_jobs is None else n_jobs)


# Operations on words that a kernel may do in one call. They take about a tenth of a
# second. Ctrl-C has an effect between two calls.
_WORK_PER_CALL = 2**27


def rows_per_call(work_per_row, most=2**16):
    """Return the number of rows that one call of a kernel may process.

    Parameters
    ----------
    work_per_row : int
        Operations on words that a row takes.
    most : int, default=2**16
        The largest number that is returned.

    Returns
    -------
    n_rows : int
        At least 1.
    """
    return int(min(max(1, _WORK_PER_CALL // max(1, work_per_row)), most))
