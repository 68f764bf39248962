# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random bits, and random bits of a pattern that are set to those of a target.

Random bits are a pure function of a key, from which SplitMix64 counts.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.memory import LANES
from skbit._numba.planes import load, store
from skbit._numba.splitmix import FACTOR_1, FACTOR_2, STEP
from skbit.cluster._kernels.constants import CERTAIN

_0, _27, _30, _31 = (np.uint64(i) for i in (0, 27, 30, 31))


@kernel
def mix(z):
    """Scramble the words of a plane."""
    z = (z ^ (z >> _30)) * FACTOR_1
    z = (z ^ (z >> _27)) * FACTOR_2
    return z ^ (z >> _31)


@kernel
def draw_bits(key, probability, bits):
    """Draw independent bits that are one with a probability given in 65536ths.

    Parameters
    ----------
    key : uint64 or plane
        It must be scrambled, since keys that are a few steps of SplitMix64 apart share
        words. Each word of a plane is the key for its lane.
    probability : int
        From 0 to 65536.
    bits : table of planes
        Written.
    """
    for p in range(bits.shape[0]):
        for lane in range(LANES):
            bits[p, lane] = np.uint64(p * LANES + lane + 1)
        # Streams of neighbouring words must not overlap: scramble before counting.
        state = mix(load(bits, p) * STEP + key)
        result = state & _0
        if probability >= CERTAIN:
            result = ~result
        else:
            # The digits of the probability, from the lowest on, halve the distance to
            # one or to zero.
            for d in range(16):
                digit = (probability >> d) & 1
                if digit == 0 and probability & ((1 << d) - 1) == 0:
                    continue
                state = state + STEP
                random = mix(state)
                result = result | random if digit else result & random
        store(bits, p, result)


@kernel
def flip_towards(target, mask, bits):
    """Set the bits under a mask: ``bits ^ ((target ^ bits) & mask)``."""
    for p in range(bits.shape[0]):
        current = load(bits, p)
        store(bits, p, current ^ ((load(target, p) ^ current) & load(mask, p)))
