# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The size of a projection, and the cost of the log-odds that follow."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from skbit.dram._devices import PJ_PER_BIT
from skbit.dram._interval import Interval

# Assumed, with one instruction per clock.
CLOCK_GHZ = 4.0
# Words of 32 bits in a register of AVX-512, of AVX2, and of a processor without either.
AVX512_WORDS, AVX2_WORDS, PLAIN_WORDS = 16, 8, 2
# pJ of fetching, decoding and retiring an instruction at 45 nm, and of adding 32 bits
# (Horowitz, ISSCC 2014).
INSTRUCTION_PJ = 70.0
_ADD_PJ = 0.1
# pJ of an access of 64 bits to a cache of so many bytes (Horowitz, ISSCC 2014).
CACHE_PJ = {8 * 1024: 10.0, 32 * 1024: 20.0, 1024 * 1024: 100.0}
_SCORE_BITS = 32


@dataclass(frozen=True)
class Workload:
    """The size of a projection, as the models need it."""

    n_neurons: int
    n_containers: int
    container_bits: int
    majority: str
    # Containers and number of neurons of each window, or other set of bits.
    windows: tuple[tuple[int, int], ...]
    n_classes: int | None
    batch: int = 1
    # Orders in which neurons read the bits of a sample, 0 if they are not permuted.
    n_permutations: int = 0

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Neurons by the number of containers that they compare, as pairs."""
        sizes: Counter[int] = Counter()
        for size, n_neurons in self.windows:
            sizes[size] += n_neurons
        return sorted(sizes.items())

    @property
    def bits_in(self) -> int:
        return self.n_containers * self.container_bits

    @property
    def bits_out(self) -> int:
        return self.n_neurons * self.container_bits

    @property
    def bits_weights(self) -> int:
        return self.container_bits * sum(size * n for size, n in self.sizes)

    @property
    def n_scores(self) -> int:
        """Number of log-odds of all classes."""
        return (self.n_classes or 0) * self.bits_out

    def facts(self) -> dict[str, Any]:
        """Return the fields that all results share."""
        return {
            "n_neurons": self.n_neurons,
            "n_containers": self.n_containers,
            "container_bits": self.container_bits,
            "majority": self.majority,
            "n_classes": self.n_classes,
            "batch": self.batch,
            "bits_in": self.bits_in,
            "bits_out": self.bits_out,
            "bits_weights": self.bits_weights,
            "bits_target": self.n_scores * _SCORE_BITS,
        }


PERMUTATION_SENTENCE = (
    "Bits are permuted. What moves because of that is priced, and putting them into "
    "order is not."
)

LOG_ODDS_SENTENCE = (
    "Log-odds are added by a processor, for half of the bits (assumed; trees that end "
    "in an AND have fewer ones). Lowest: fixed logic beside a memory of 8 KB. Central: "
    "AVX2 and a cache of 1 MB. Highest: one by one, out of DRAM (Horowitz, ISSCC 2014; "
    "clock of 4 GHz assumed)."
)


def log_odds_pj(work: Workload, pj_per_bit: float | None) -> Interval:
    """Price adding the log-odds of a sample's ones, in pJ."""
    n_adds = work.n_scores / 2
    words_per_access = 64 / _SCORE_BITS
    from_dram = PJ_PER_BIT["horowitz"] if pj_per_bit is None else pj_per_bit
    return n_adds * Interval(
        _ADD_PJ + CACHE_PJ[8 * 1024] / words_per_access,
        _ADD_PJ
        + CACHE_PJ[1024 * 1024] / words_per_access
        + INSTRUCTION_PJ / AVX2_WORDS,
        _ADD_PJ + from_dram * _SCORE_BITS + INSTRUCTION_PJ,
    )


def log_odds_ns(work: Workload) -> Interval:
    """Time adding the log-odds of a batch, in ns.

    Those of ones are half of all. Central: all are added, masked.
    """
    n = work.batch * work.n_scores
    instructions = Interval(n / 2 / AVX512_WORDS, n / AVX2_WORDS, n / 2)
    return instructions * (1 / CLOCK_GHZ)
