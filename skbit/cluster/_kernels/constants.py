# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numbers that the kernels and their callers agree on; imported without numba."""

from typing import Any, NamedTuple

# A similarity of 1, as a whole number.
ONE = 1 << 20
# Counters have eight binary digits, so they count to 255.
COUNTER_DIGITS = 8
LARGEST_COUNT = 2**COUNTER_DIGITS - 1
# When this many links are counted, all are halved, so that products of sums of links
# stay below 2**63 and old links fade.
MOST_LINKS = 1 << 20
# A neuron that moves takes over at most this many inputs of its parent.
INHERITED = 4


class Tables(NamedTuple):
    """The arrays of a population that have a place for every neuron."""

    # Tables of planes: see ``search``; counters are None if patterns are flipped.
    patterns: Any
    norms: Any
    counters: Any
    # One row per neuron, with the columns below.
    neurons: Any


# Columns of ``Tables.neurons``.
N_COLUMNS = 6
# Inputs in the counters.
WEIGHT = 0
# Inputs learned since the neuron was made or last moved.
COUNT = 1
# Mean similarity of the last inputs won, in units of 1 / ONE.
MEAN_SIMILARITY = 2
# Inputs won since idle neurons were last looked for.
RECENT = 3
# The idle neuron that moves to the next input won, or -1.
PENDING = 4
# For an idle neuron: the one that moves after it, or -1.
NEXT_PENDING = 5

# Places of ``totals``.
N_TOTALS = 6
# Neurons in use.
N_NEURONS = 0
# Inputs learned.
N_SEEN = 1
# Links counted.
N_LINKS = 2
# Neurons of the reserve that are available.
N_RELEASED = 3
# Novel inputs in this window, and their mean number per window in 16ths, or -1.
N_NOVEL = 4
USUAL_NOVEL = 5


class Scratch(NamedTuple):
    """Scratch memory, in tables of planes."""

    # An input; zero beyond it.
    row: Any
    # Overlaps, norms and groups of the best neuron of every lane.
    best: Any
    # The same for the second best neurons; None if no runners-up are needed.
    second: Any = None
    # For learning: the levels of a neuron by their digits, the lowest first.
    levels: Any = None
    # For learning by flips: as many planes as the input has.
    mask: Any = None


# Planes of ``Scratch.best`` and ``Scratch.second``.
N_BEST = 3
OVERLAP, NORM, GROUP = 0, 1, 2

# Places of ``settings``, the parameters of a population and of its learning.
N_BITS = 0
# Binary digits of a level.
N_DIGITS = 1
SIMILARITY = 2
# The norm of a neuron without ones, or -1; see ``similarity.norm_of_empty``.
NORM_OF_EMPTY = 3
VIGILANCE = 4
# Neurons allowed without the reserve.
N_OPEN = 5
RESERVE_SIZE = 6
MAX_COUNT = 7
# With counters: whether neurons forget; from the next place on, the quantization levels
# in 256ths.
FORGET = 8
FIRST_LEVEL = 9
# With flips: see ``FlipRule``.
SEED = 8
INIT = 9
IS_UNBOUNDED = 10
FLIP_RATE = 11
SCHEDULE = 12
SETTLE_AFTER = 13

# The initial patterns and schedules of flips, in the order of the names.
INITS = ("samples", "random", "density")
SAMPLES, RANDOM, DENSITY = range(len(INITS))
SCHEDULES = ("constant", "decay", "wins", "shrink")
CONSTANT, DECAY, WINS, SHRINK = range(len(SCHEDULES))
# A probability of 1.
CERTAIN = 1 << 16


class Groups(NamedTuple):
    """Groups of neurons that are being merged; see ``link``."""

    # The number of inputs won; groups of size 0 do not take part and have no links.
    sizes: Any
    # For every neuron, the lowest member of its group.
    groups: Any
    # The first link of every group, and after every link the next of its group, or -1.
    firsts: Any
    nexts: Any
    # The neuron that a link leads to, and the count; the same link leads back.
    others: Any
    links: Any
    # Scratch memory, -1 for every group.
    places: Any
    # The group that each group is closest to, or itself, and the count of their link.
    partners: Any
    closest: Any
