# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""When idle neurons are given to busy ones, and when the reserve becomes available."""

import numpy as np

from skbit.cluster._kernels import constants

# A neuron is idle below one eighth of its fair share of inputs, or if it won no input
# but the one for which it was made; it is busy above two shares.
IDLE, BUSY = 8, 2
FEW = 2
# In a population that is larger, several idle neurons may move to one busy neuron.
SMALL_POPULATION = 256
# By default, idle neurons are looked for after this many inputs, or after a multiple of
# it with which the fair share of a neuron is large enough to tell idleness from chance.
DEFAULT_INTERVAL = 4096
FAIR_SHARE = 4
# The reserve becomes available when a window has more novel inputs than usual, by more
# than this many standard deviations (of a Poisson variable).
NOVEL_WINDOW = 512
_NOVEL_DEVIATIONS = 4


def is_due(neurons, n_seen, interval):
    """Return the inputs since idle neurons were looked for if it is time to, or else 0.

    Parameters
    ----------
    neurons : ndarray of shape (n_neurons, n_columns), dtype int64
    n_seen : int
        Inputs learned.
    interval : int or None
        0 if idle neurons are never looked for, None for the default.
    """
    if interval is None:
        if n_seen % DEFAULT_INTERVAL == 0:
            n_recent = int(neurons[:, constants.RECENT].sum())
            return n_recent if n_recent >= FAIR_SHARE * len(neurons) else 0
        return 0
    return interval if interval > 0 and n_seen % interval == 0 else 0


def reassign(neurons, interval, max_count):
    """Let idle neurons wait for inputs of the busiest neurons.

    Neurons that have won half of ``max_count`` inputs are never idle: they keep their
    patterns, even if the inputs were long ago.

    Parameters
    ----------
    neurons : ndarray of shape (n_neurons, n_columns), dtype int64
        Changed.
    interval : int
        Inputs since the last time.
    max_count : int
    """
    n = len(neurons)
    recent = neurons[:, constants.RECENT]
    is_idle = (recent < FEW) | (recent * n * IDLE < interval)
    is_idle &= recent * n <= BUSY * interval
    idle = np.flatnonzero(is_idle & (neurons[:, constants.COUNT] < max_count // 2))
    # The shares of busy neurons if one, two, three ... idle neurons move to them.
    n_moving = np.maximum((recent * n - 1) // (BUSY * interval), 0)
    n_moving = np.minimum(n_moving, 1 if n <= SMALL_POPULATION else len(idle))
    parents = np.repeat(np.arange(n), n_moving)
    shares = recent[parents] / _count_within_runs(n_moving)
    parents = parents[np.argsort(-shares, kind="stable")]
    neurons[:, constants.PENDING] = neurons[:, constants.NEXT_PENDING] = -1
    last = {}
    for parent, child in zip(parents.tolist(), idle.tolist(), strict=False):
        if parent in last:
            neurons[last[parent], constants.NEXT_PENDING] = child
        else:
            neurons[parent, constants.PENDING] = child
        last[parent] = child
    neurons[:, constants.RECENT] = 0


def _count_within_runs(lengths):
    """Return 1, 2, 3 ... for each of several lengths, one after the other."""
    ends = np.cumsum(lengths)
    return np.arange(1, lengths.sum() + 1) - np.repeat(ends - lengths, lengths)


def release_reserve(totals, reserve_size):
    """Make half of the reserve available if novel inputs became much more frequent.

    Parameters
    ----------
    totals : ndarray of shape (n_totals,), dtype int64
        Changed.
    reserve_size : int
    """
    novel = 16 * int(totals[constants.N_NOVEL])
    usual = int(totals[constants.USUAL_NOVEL])
    totals[constants.N_NOVEL] = 0
    if usual < 0:
        totals[constants.USUAL_NOVEL] = novel
        return
    excess = novel - usual
    if excess > 0 and excess**2 > 16 * _NOVEL_DEVIATIONS**2 * max(usual, 16):
        n_left = reserve_size - int(totals[constants.N_RELEASED])
        totals[constants.N_RELEASED] += (n_left + 1) // 2
    else:
        totals[constants.USUAL_NOVEL] += excess // 8
