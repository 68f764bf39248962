# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Blocks of rows, and running a function on them in threads."""

from sklearn.utils.parallel import Parallel, delayed


def slices(n, size):
    """Return slices that cut ``range(n)`` into parts of at most ``size``."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def run_blocks(function, n, size, n_jobs):
    """Call ``function(start, stop)`` for each block of ``range(n)``.

    Kernels release the GIL, so threads run them in parallel, and each writes its own
    part of the output. ``n_jobs`` has the meaning that it has in scikit-learn. joblib
    uses threads also if its context asks for processes, because memory is shared.
    """
    blocks = slices(n, size)
    if len(blocks) == 1:
        # Starting joblib would cost more than a short kernel.
        function(0, n)
        return
    Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(function)(block.start, block.stop) for block in blocks
    )


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
