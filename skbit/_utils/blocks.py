# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Work cut into blocks of a range, on one thread or several."""

from sklearn.utils.parallel import Parallel, delayed


def slices(n, size):
    """Cut ``range(n)`` into slices of at most ``size``."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def run_blocks(function, n, size, n_jobs):
    """Call ``function(start, stop)`` for each block of ``range(n)``.

    Kernels release the GIL, so threads run them side by side; each writes its own part
    of the output. ``n_jobs`` means what it means in scikit-learn. Memory has to be
    shared, so joblib uses threads also where its context asks for processes.
    """
    blocks = slices(n, size)
    if len(blocks) == 1:
        # Starting joblib would cost more than a short kernel.
        function(0, n)
        return
    Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(function)(block.start, block.stop) for block in blocks
    )


# What a kernel may do in one call, in operations on words of a plane: about a tenth of
# a second, for Ctrl-C is answered between calls.
_WORK_PER_CALL = 2**27


def rows_per_call(work_per_row, most=2**16):
    """Tell how many rows one call of a kernel may take.

    Parameters
    ----------
    work_per_row : int
        Operations on words that a row takes.
    most : int, default=2**16

    Returns
    -------
    n_rows : int
        At least 1.
    """
    return int(min(max(1, _WORK_PER_CALL // max(1, work_per_row)), most))
