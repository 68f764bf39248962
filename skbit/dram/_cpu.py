# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The baseline: a processor, with weights in a cache or streamed from memory."""

from skbit.dram import _pricing
from skbit.dram._cost import DRAMCost
from skbit.dram._devices import DRAMDevice
from skbit.dram._interval import Interval, StageCosts
from skbit.dram._neuron import count_majorities
from skbit.dram._workload import (
    AVX2_WORDS,
    AVX512_WORDS,
    CACHE_PJ,
    CLOCK_GHZ,
    INSTRUCTION_PJ,
    LOG_ODDS_SENTENCE,
    PERMUTATION_SENTENCE,
    PLAIN_WORDS,
    Workload,
    log_odds_ns,
    log_odds_pj,
)

CPU_LAYOUTS = ("cached", "streamed")
_LAYOUT_SENTENCES = {
    "cached": (
        "The weights lie in a cache. Lowest: blocks of them in 32 KB, central and "
        "highest: all of them in the smallest cache that holds them, of 1 MB at most "
        "(Horowitz, ISSCC 2014)."
    ),
    "streamed": (
        "The weights are read from memory for every sample; that is what the seed "
        "document compares with. Their energy stands under input."
    ),
}


def _operations(work: Workload) -> tuple[float, float]:
    """Count operations of 32-bit words per sample, with and without ternary logic.

    A majority of three is one operation of ternary logic or four of ``& |``, a full
    adder two or five; a comparison is one, with the weights kept inverted.
    """
    with_ternary, without = 0, 0
    for size, n_neurons in work.sizes:
        if work.majority == "tree":
            n = count_majorities(size)
            ternary, plain = size + n, size + 4 * n
        else:
            ternary, plain = size + 2 * size, size + 5 * size
        with_ternary += n_neurons * ternary
        without += n_neurons * plain
    return with_ternary * work.container_bits / 32, without * work.container_bits / 32


def _cache_pj(n_bits: int) -> Interval:
    """Price reading all weights out of a cache, in pJ."""
    fitting = [pj for size, pj in CACHE_PJ.items() if 8 * size >= n_bits]
    held = min(fitting) if fitting else max(CACHE_PJ.values())
    return n_bits / 64 * Interval(min(held, CACHE_PJ[32 * 1024]), held, held)


def cpu_cost(
    work: Workload, device: DRAMDevice, layout: str, *, pj_per_bit: float | None
) -> DRAMCost:
    """Price a projection on a processor; the arguments are those of ``dram_cost``."""
    ternary, plain = _operations(work)
    instructions = Interval(
        ternary / AVX512_WORDS, plain / AVX2_WORDS, plain / PLAIN_WORDS
    )
    compute, bits_moved = INSTRUCTION_PJ * instructions, work.bits_in
    if layout == "cached":
        compute += _cache_pj(work.bits_weights)
    else:
        bits_moved += work.bits_weights
    streaming = Interval.exactly(_pricing.bits_ns(device, work.batch * bits_moved))
    rows = bits_moved / device.row_lanes
    refresh = _pricing.refresh_pj(device, streaming, rows, 1)
    return DRAMCost(
        model="cpu",
        layout=layout,
        device=device.name,
        **work.facts(),
        bits_moved=bits_moved,
        energy=StageCosts(
            compute=compute,
            input=bits_moved * _pricing.bit_pj(device, pj_per_bit),
            output=Interval.exactly(CACHE_PJ[32 * 1024] / 64 * work.bits_out),
            log_odds=log_odds_pj(work, pj_per_bit),
            refresh=refresh * (1 / work.batch),
        ),
        latency=StageCosts(
            compute=instructions * (work.batch / CLOCK_GHZ),
            input=streaming,
            output=Interval.exactly(0.0),
            log_odds=log_odds_ns(work),
            refresh=_pricing.refresh_ns(device, streaming),
        ),
        assumptions=(
            _LAYOUT_SENTENCES[layout],
            f"Device: {device.source}.",
            "An instruction takes 70 pJ (45 nm; Horowitz, ISSCC 2014) and one clock of "
            "4 GHz (assumed). Lowest: AVX-512 with ternary logic; central: AVX2; "
            "highest: words of 64 bits.",
            _pricing.BIT_SENTENCE,
            "The projected bits stay in a cache of 32 KB.",
            *([PERMUTATION_SENTENCE] if work.n_permutations else []),
            LOG_ODDS_SENTENCE,
        ),
        warnings=(),
    )
