# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a population of neurons remembers, and the rule by which it learns."""

from typing import NamedTuple

import numpy as np

SAMPLES, RANDOM, DENSITY = range(3)
CONSTANT, DECAY, WINS, SHRINK = range(4)
# Places in ``Neurons.progress``: neurons in use, inputs seen, links counted, reserve
# released, novel inputs in this window, and per window so far (in 16ths).
N_NEURONS, N_SEEN, N_LINKS, N_RELEASED, N_NOVEL, USUAL = range(6)
# A resonance of 1 as a level.
ONE = 1 << 20


class Neurons(NamedTuple):
    """What a population of at most ``N`` neurons remembers."""

    patterns: np.ndarray  # table of planes: see ``resonate``
    norms: np.ndarray  # table of planes, one word per neuron
    counters: np.ndarray  # table of planes: see ``counters``; empty when flipping
    weights: np.ndarray  # (N,) inputs in the counters
    counts: np.ndarray  # (N,) inputs won
    levels: np.ndarray  # (N,) how much the inputs that were won resonated
    recent: np.ndarray  # (N,) inputs won since idle neurons were last looked for
    heirs: np.ndarray  # (N,) idle neuron that takes the next input won, or -1
    links: np.ndarray  # (N, N) how often which was winner and runner-up; or (0, 0)
    progress: np.ndarray  # (6,)


class Rule(NamedTuple):
    """How a population learns, in whole numbers."""

    n_bits: int
    n_digits: int
    resonance: int
    unbounded: bool
    flipping: bool
    init: int
    thresholds: np.ndarray  # int64, in 256ths
    window: int
    plastic: bool
    flip_rate: int  # in 65536ths
    flip_schedule: int
    settle_after: int
    vigilance: int  # a level
    n_neurons: int
    n_reserved: int
    split_interval: int  # 0: never
    seed: int
