# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Numbers that the kernels and those who call them agree on; imported without numba."""

COSINE, JACCARD, OVERLAP, HAMMING = range(4)
# Planes of scratch memory of a search: overlap, norm and group of winner, runner-up.
FOUND = 6
SAMPLES, RANDOM, DENSITY = range(3)
CONSTANT, DECAY, WINS, SHRINK = range(4)
# Columns of the table of neurons: inputs in the counters, inputs learned, how much the
# inputs that were won resonated, inputs won since idle neurons were last looked for,
# the idle neuron that takes the next input won, or -1, and of an idle neuron the one
# that does so after it.
N_COLUMNS = 6
WEIGHT, COUNT, LEVEL, RECENT, HEIR, NEXT_HEIR = range(N_COLUMNS)
# Places of ``progress``: neurons in use, inputs seen, links counted, reserve released,
# novel inputs in this window, and per window so far (in 16ths).
N_NEURONS, N_SEEN, N_LINKS, N_RELEASED, N_NOVEL, USUAL = range(6)
# Places of ``rule``: the size of a row, the digits of a number, a similarity, a level,
# how many neurons there may be without the reserve, the reserve, an init, the random
# seed, whether all neurons learn, the window, whether full windows go on; and for flips
# their rate in 65536ths, its schedule and what two of the schedules depend on.
(
    N_BITS,
    N_DIGITS,
    SIMILARITY,
    VIGILANCE,
    N_OPEN,
    RESERVE_SIZE,
    INIT,
    SEED,
    UNBOUNDED,
    WINDOW,
    PLASTIC,
    FLIP_RATE,
    FLIP_SCHEDULE,
    SETTLE_AFTER,
) = range(14)
# A similarity of 1 as a level.
ONE = 1 << 20
# Counters are bytes: they count to 255.
DIGITS = 8
MOST = 2**DIGITS - 1
# A probability of 1.
CERTAIN = 1 << 16

# When so many links are counted, all are halved, so that products of sums of links stay
# below 2**63 and links of long ago fade.
LINKS_AT_MOST = 1 << 20
# Places of ``event``: which kernel has to deal with the next row, the neuron that is
# concerned, and the rows of the log that are written.
KIND, NEURON, N_LOGGED = range(3)
NOTHING, RECRUIT, INHERIT = range(3)
