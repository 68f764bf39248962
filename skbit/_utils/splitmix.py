# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""SplitMix64: the stream that frozen random structure is drawn from.

The same seed gives the same numbers on every platform and in every language, for ever.

References
----------
.. [1] G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
   generators", OOPSLA 2014, in the form of S. Vigna's public domain ``splitmix64.c``.
"""

from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from skbit._numba.splitmix import FACTOR_1, FACTOR_2, STEP


def seed_of(random_state):
    """Return where the stream of an estimator starts: an int itself, or one drawn."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def splitmix64(seed, n, first=0):
    """Return ``n`` numbers of the stream that starts at ``seed``, uint64."""
    # Arithmetic is modulo 2**64 by definition; arrays wrap without a warning.
    z = np.uint64(seed) + STEP * np.arange(first + 1, first + n + 1, dtype=np.uint64)
    z = (z ^ (z >> np.uint64(30))) * FACTOR_1
    z = (z ^ (z >> np.uint64(27))) * FACTOR_2
    return z ^ (z >> np.uint64(31))


def random_words(seed, n):
    """Return the upper halves of the first ``n`` numbers, uint32."""
    return (splitmix64(seed, n) >> np.uint64(32)).astype(np.uint32)


def random_below(words, bounds):
    """Map words to whole numbers from 0 to bounds - 1: ``word * bound >> 32``."""
    product = words.astype(np.uint64) * np.asarray(bounds, dtype=np.uint64)
    return (product >> np.uint64(32)).astype(np.intp)
