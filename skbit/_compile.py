# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compiling all kernels before they are used."""

import time

import numpy as np
from scipy.sparse import csr_array
from sklearn.base import clone

from skbit.bits import pack_bits
from skbit.cluster import BitWTAClusterer
from skbit.naive_bayes import OttoScoreClassifier
from skbit.neighbors import BitPatchClassifier
from skbit.neural_network import BitHebbianClassifier
from skbit.novelty import BitNoveltyDetector
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    RankDensityEncoder,
    ScalarEncoder,
    ThermometerEncoder,
)
from skbit.random_projection import RandomMAJ3Projection

# What reads numbers, and what reads bits: with parameters that need other kernels.
_OF_NUMBERS = [
    ThermometerEncoder(),
    ThermometerEncoder(feature_range=(0, 255)),
    ThermometerEncoder(strategy="quantile"),
    RankDensityEncoder(),
    ScalarEncoder(),
    DirectionalEdgeEncoder(),
]
_OF_BITS = [
    RandomMAJ3Projection(40),
    RandomMAJ3Projection(
        40, receptive_field=(2, 2), image_shape=(8, 8), container_bits=8
    ),
    RandomMAJ3Projection(40, majority="exact"),
    OttoScoreClassifier(),
    OttoScoreClassifier(max_iter=1),
    OttoScoreClassifier(max_iter=1, batch_size=8),
    BitHebbianClassifier(8, max_iter=1),
    BitPatchClassifier(2, patch_size=4, stride=2, image_shape=(8, 8)),
    BitPatchClassifier(
        2, patch_size=4, stride=2, image_shape=(8, 8), resonance="overlap"
    ),
    BitWTAClusterer(4),
    BitWTAClusterer(2, n_neurons=8),
    BitWTAClusterer(4, n_neurons=8, learning="flip"),
    BitNoveltyDetector(),
    BitNoveltyDetector(scaling="local"),
]


def compile(*, verbose=False):
    """Compile the kernels of all estimators, and keep them on disk.

    The first call of a kernel compiles it, which takes up to a few seconds for an
    estimator; later processes load what was compiled. This function fits every
    estimator on a few rows, so that nothing remains to be compiled. Call it where an
    image for containers is built, or before work that is timed::

        python -c "import skbit; skbit.compile(verbose=True)"

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
    for estimators, inputs in (
        (_OF_NUMBERS, (numbers, whole, real.astype(np.float32), *layouts)),
        (_OF_BITS, (bits, real > 0.5, csr_array(real * (real > 0.5)))),
    ):
        for estimator in estimators:
            start = time.perf_counter()
            for X in inputs:
                _use(clone(estimator), X)
            if verbose:
                name = " ".join(str(estimator).split())
                print(f"{name}: {time.perf_counter() - start:.1f} s", flush=True)


def _use(estimator, X):
    """Learn from rows and compute something of many rows and of a single one."""
    y = np.arange(X.shape[0]) % 2
    estimator.fit(X, y)
    for method in ("transform", "predict", "score_samples"):
        if hasattr(estimator, method):
            for rows in (X, X[:2], X[:1]):
                getattr(estimator, method)(rows)
    if isinstance(estimator, OttoScoreClassifier):
        clone(estimator).fit(X, y, sample_weight=y + 1)
    if isinstance(estimator, BitWTAClusterer):
        estimator.recall(X)
        estimator.store(X)
