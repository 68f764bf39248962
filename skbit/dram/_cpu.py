# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The honest baseline: a processor, its weights cached or streamed."""

from skbit.dram import _pricing
from skbit.dram._cost import DRAMCost
from skbit.dram._interval import Interval, Stages
from skbit.dram._neuron import n_majorities
from skbit.dram._workload import (
    CACHE_PJ,
    CLOCK_GHZ,
    INSTRUCTION_PJ,
    LOG_ODDS_SENTENCE,
    log_odds_ns,
    log_odds_pj,
)

CPU_LAYOUTS = ("cached", "streamed")


def _operations(work):
    """Operations of 32-bit words for one sample, with ternary logic and without.

    A majority of three is one operation of ternary logic or four of ``& |``, a full
    adder two or five; a comparison is one, with the weights kept inverted.
    """
    with_ternary, without = 0, 0
    for size, n_neurons in work.sizes:
        if work.majority == "tree":
            n = n_majorities(size)
            ternary, plain = size + n, size + 4 * n
        else:
            ternary, plain = size + 2 * size, size + 5 * size
        with_ternary += n_neurons * ternary
        without += n_neurons * plain
    return with_ternary * work.container_bits / 32, without * work.container_bits / 32


def cpu_cost(work, device, layout, *, pj_per_bit):
    """Cost of a processor; see dram_cost for the arguments."""
    ternary, plain = _operations(work)
    instructions = Interval(ternary / 16, plain / 8, plain / 2)
    read_bit = _pricing.bit_pj(device, pj_per_bit)
    weights_bits = work.bits_weights
    bits_moved = work.bits_in
    compute = instructions * INSTRUCTION_PJ
    if layout == "cached":
        fitting = [pj for size, pj in CACHE_PJ.items() if 8 * size >= weights_bits]
        held = min(fitting) if fitting else max(CACHE_PJ.values())
        blocked = min(held, CACHE_PJ[32 * 1024])
        compute += weights_bits / 64 * Interval(blocked, held, held)
        where = (
            "The weights lie in a cache. Lowest: blocks of them in 32 KB, central and "
            "highest: all of them in the smallest cache that holds them, of 1 MB at "
            "most (Horowitz, ISSCC 2014)."
        )
    else:
        bits_moved += weights_bits
        where = (
            "The weights are read from memory for every sample; that is what the seed "
            "document compares with. Their energy stands under input."
        )
    batch = work.batch
    streaming = _pricing.bits_ns(device, batch * bits_moved)
    latency = Stages(
        compute=instructions * (batch / CLOCK_GHZ),
        input=Interval.exactly(streaming),
        output=Interval.exactly(0.0),
        log_odds=log_odds_ns(work),
        refresh=_pricing.refresh_ns(device, Interval.exactly(streaming)),
    )
    n_rows = bits_moved / device.row_lanes
    refreshed = Interval.exactly(streaming)
    energy = Stages(
        compute=compute,
        input=read_bit * bits_moved,
        output=Interval.exactly(CACHE_PJ[32 * 1024] / 64 * work.bits_out),
        log_odds=log_odds_pj(work, pj_per_bit),
        refresh=_pricing.refresh_pj(device, refreshed, n_rows, 1) * (1 / batch),
    )
    return DRAMCost(
        model="cpu",
        layout=layout,
        device=device.name,
        **work.facts(),
        bits_moved=bits_moved,
        energy=energy,
        latency=latency,
        assumptions=(
            where,
            f"Device: {device.source}.",
            "An instruction takes 70 pJ (45 nm; Horowitz, ISSCC 2014) and one clock of "
            "4 GHz (assumed). Lowest: AVX-512 with ternary logic; central: AVX2; "
            "highest: words of 64 bits.",
            "Bits moved, lowest: currents without the bus; central: and a bus share of "
            "31 % (RowClone, MICRO 2013); highest: the highest published. A given "
            "pj_per_bit replaces all three.",
            "The projected bits stay in a cache of 32 KB.",
            LOG_ODDS_SENTENCE,
        ),
        warnings=(),
    )
