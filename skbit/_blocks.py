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
    of the output. ``n_jobs`` means what it means in scikit-learn.
    """
    blocks = slices(n, size)
    if len(blocks) == 1:
        # Starting joblib would cost more than a short kernel.
        function(0, n)
        return
    Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(function)(block.start, block.stop) for block in blocks
    )
