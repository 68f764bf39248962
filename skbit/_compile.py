# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compiling all kernels before they are used."""

import time

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from skbit._base import BitInputMixin
from skbit._utils.registry import collect
from skbit.bits import pack_bits


def compile(*, verbose=False):
    """Compile the kernels of all estimators, and keep them on disk.

    The first call of a kernel compiles it, which takes up to a few seconds for an
    estimator; later processes load what was compiled. This function fits every
    estimator on a few rows, so that nothing remains to be compiled. Call it where an
    image for containers is built, or before work that is timed::

        python -c "import skbit; skbit.compile(verbose=True)"

    Read more in the :ref:`User Guide <compilation>`.

    Parameters
    ----------
    verbose : bool, default=False
        Whether to print how long each estimator took.

    Warns
    -----
    RuntimeWarning
        If machine code cannot be kept on disk. It then serves this process only. Set
        ``NUMBA_CACHE_DIR`` to a folder that can be written.

    Notes
    -----
    Machine code fits the processor that it was compiled on. It is compiled anew on
    another one, and after an upgrade of skbit or numba.

    Examples
    --------
    >>> import skbit
    >>> skbit.compile()
    """
    numbers = np.random.default_rng(0).integers(256, size=(64, 64), dtype=np.uint8)
    whole, real = numbers.astype(np.int64), numbers / 255
    # Rows lie in memory as numpy, pandas and a selection of columns leave them.
    layouts = real, np.asfortranarray(real), np.repeat(real, 2, axis=1)[:, ::2]
    bits = pack_bits(numbers > 127)
    inputs_of_encoders = numbers, whole, real.astype(np.float32), *layouts
    few_ones = np.tile(pack_bits(np.eye(64, dtype=bool)), (2, 1))
    inputs_of_others = bits, real > 0.5, csr_array(real * (real > 0.5)), few_ones
    for cls, examples in collect("_examples", "EXAMPLES").items():
        takes_bits = issubclass(cls, BitInputMixin)
        for params in examples.values():
            start = time.perf_counter()
            for X in inputs_of_others if takes_bits else inputs_of_encoders:
                _use(cls(**params), X)
            if verbose:
                name = " ".join(str(cls(**params)).split())
                print(f"{name}: {time.perf_counter() - start:.1f} s", flush=True)


def _use(estimator, X):
    """Learn from rows and compute something of many rows and of a single one."""
    for n_classes in (4, 2):
        y = np.arange(X.shape[0]) % n_classes
        estimator.fit(X, y)
    for method in ("transform", "predict", "score_samples", "recall", "store"):
        if hasattr(estimator, method):
            for rows in (X, X[:2], X[:1]):
                getattr(estimator, method)(rows)
    if has_fit_parameter(estimator, "sample_weight"):
        for sample_weight in (y + 1, (y + 1) / 3):
            clone(estimator).fit(X, y, sample_weight=sample_weight)
