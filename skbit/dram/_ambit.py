# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The command-level model: row commands of Ambit's chips.

===  ================  ==========================================================
V1   replicated input  a lane is a bit of a neuron; input rows repeat the sample
V2   operand select    a lane is a neuron; the sample's bits choose the polarity
V3   batch lanes       a lane is a sample; the neuron's bits choose the polarity
===  ================  ==========================================================
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from skbit.dram import _pricing
from skbit.dram._commands import Program
from skbit.dram._cost import DRAMCost
from skbit.dram._devices import RESERVED_ROWS, DRAMDevice
from skbit.dram._interval import Interval, StageCosts
from skbit.dram._neuron import flip_rate, typical_program
from skbit.dram._workload import (
    LOG_ODDS_SENTENCE,
    PERMUTATION_SENTENCE,
    Workload,
    log_odds_ns,
    log_odds_pj,
)

LAYOUTS = ("V1", "V2", "V3")
DECODERS = ("split", "naive", "commodity")
# Rows that hold the next input words of V1 while the last are compared.
_STAGING_ROWS = 2
# SiMRA's average success of majorities of three on unmodified chips is 99.00 %.
_COMMODITY_ERROR_RATE = 0.01
# Subarrays of the chips that SiMRA tested.
_REAL_SUBARRAY_ROWS = 512

_DECODER_SENTENCES = {
    "split": "An AAP takes tRAS + 4 ns + tRP with the split row decoder (Ambit, 5.3).",
    "naive": "An AAP takes 2 tRAS + tRP: its activations follow one another.",
    "commodity": (
        "A copy takes 39 ns and a majority 4.5 ns beyond a row cycle, a lower bound "
        "(SiMRA, DSN 2024); the energies are those of Ambit."
    ),
}


@dataclass(frozen=True)
class _Group:
    """Row sets that run the same program."""

    program: Program
    size: int
    n_neurons: int
    # Passes over a row of lanes for the batch, and lanes that they use altogether.
    n_passes: int
    n_lanes: int
    # Rows that one subarray holds, and how many subarrays do.
    rows: int
    n_subarrays: int


def _groups(work: Workload, layout: str, row_lanes: int) -> Iterator[_Group]:
    width, batch = work.container_bits, work.batch
    for size, n_neurons in work.windows if layout == "V2" else work.sizes:
        program = typical_program(size, work.majority, layout == "V1")
        rows = size + program.n_scratch_rows + 1
        if layout == "V1":
            n_lanes = n_neurons * width
            side_by_side = max(1, row_lanes // n_lanes)
            per_sample = -(-n_lanes // row_lanes)
            n_passes = -(-batch // side_by_side) * per_sample
            rows, n_subarrays = rows + _STAGING_ROWS, per_sample
        elif layout == "V2":
            n_lanes = n_neurons * width
            n_subarrays = width * -(-n_neurons // row_lanes)
            n_passes = batch * n_subarrays
        else:
            n_lanes = n_neurons * width
            n_passes = n_lanes * -(-batch // row_lanes)
            # All inputs must be at hand, whatever window a neuron has.
            rows, n_subarrays = rows - size + work.n_containers, width
        yield _Group(
            program, size, n_neurons, n_passes, batch * n_lanes, rows, n_subarrays
        )


def natural_batch(work: Workload, layout: str, device: DRAMDevice) -> int:
    """Count the samples that fill the rows of a layout."""
    if layout == "V3":
        return device.row_lanes
    return max(1, device.row_lanes // work.bits_out) if layout == "V1" else 1


def ambit_cost(
    work: Workload,
    device: DRAMDevice,
    layout: str,
    *,
    banks: int,
    decoder: str,
    pj_per_bit: float | None,
    error_rate: float | None,
) -> DRAMCost:
    """Price a projection by row commands; the arguments are those of ``dram_cost``."""
    if error_rate is None:
        error_rate = _COMMODITY_ERROR_RATE if decoder == "commodity" else 0.0
    groups = list(_groups(work, layout, device.row_lanes))

    def total(count: Callable[[Program], Any]) -> Any:
        return sum(group.n_passes * count(group.program) for group in groups)

    n_passes = sum(group.n_passes for group in groups)
    n_banks = min(banks, _pricing.max_banks(device, decoder), n_passes)
    replicated = work.bits_weights if layout == "V1" else 0
    written = replicated or work.bits_in
    compute = total(lambda p: _pricing.program_ns(device, p, decoder)) / n_banks
    # In V2 the input decides which rows are opened, which takes no time of its own.
    latency = _latency(work, device, compute, 0 if layout == "V2" else written)
    flips = (
        group.n_neurons
        * flip_rate(group.size, work.majority, layout == "V1", error_rate)
        for group in groups
    )
    return DRAMCost(
        model="ambit",
        layout=layout,
        device=device.name,
        **work.facts(),
        bits_replicated=replicated,
        bits_moved=written + work.bits_out,
        n_aap=total(lambda p: p.n_aap),
        n_ap=total(lambda p: p.n_ap),
        n_activations=total(lambda p: p.n_activations),
        lanes=sum(g.n_lanes * len(g.program) for g in groups) / total(len),
        row_lanes=device.row_lanes,
        rows=max(group.rows for group in groups),
        n_banks=n_banks,
        energy=_energy(work, device, groups, written, latency, n_banks, pj_per_bit),
        latency=latency,
        error_rate=error_rate,
        expected_flips=work.container_bits * sum(flips),
        assumptions=tuple(_assumptions(work, device, layout, decoder, error_rate)),
        warnings=tuple(_warnings(work, device, layout, decoder, groups, banks)),
    )


def _energy(
    work: Workload,
    device: DRAMDevice,
    groups: list[_Group],
    n_written: int,
    latency: StageCosts,
    n_banks: float,
    pj_per_bit: float | None,
) -> StageCosts:
    in_memory = latency.compute + latency.input + latency.output + latency.refresh
    n_rows = sum(group.rows * group.n_subarrays for group in groups)
    refresh = _pricing.refresh_pj(device, in_memory, n_rows, n_banks)
    return StageCosts(
        compute=(1 / work.batch) * _command_pj(device, groups),
        input=n_written * _pricing.bit_pj(device, pj_per_bit, write=True),
        output=work.bits_out * _pricing.bit_pj(device, pj_per_bit),
        log_odds=log_odds_pj(work, pj_per_bit),
        refresh=(1 / work.batch) * refresh,
    )


def _latency(
    work: Workload, device: DRAMDevice, compute: float, n_written: int
) -> StageCosts:
    input_ns = _pricing.bits_ns(device, work.batch * n_written)
    output_ns = _pricing.bits_ns(device, work.batch * work.bits_out)
    busy = Interval.exactly(compute + input_ns + output_ns)
    return StageCosts(
        compute=Interval.exactly(compute),
        input=Interval.exactly(input_ns),
        output=Interval.exactly(output_ns),
        log_odds=log_odds_ns(work),
        refresh=_pricing.refresh_ns(device, busy),
    )


def _command_pj(device: DRAMDevice, groups: list[_Group]) -> Interval:
    energies = (
        group.n_passes * _pricing.program_pj(device, group.program) for group in groups
    )
    return sum(energies, Interval.exactly(0.0))


def _assumptions(
    work: Workload, device: DRAMDevice, layout: str, decoder: str, error_rate: float
) -> Iterator[str]:
    """Yield the assumptions of the figures."""
    yield {
        "V1": "V1: a lane is a bit of a neuron. No row command moves bits from lane to "
        "lane, so the processor writes every input word once per neuron.",
        "V2": "V2: a lane is a neuron, one pass per bit position. The controller reads "
        "the sample and chooses which rows enter inverted: a comparison costs nothing.",
        "V3": "V3: a lane is a sample, one program per neuron and bit. The neuron's "
        "bits choose which rows enter inverted: a comparison costs nothing. The "
        "processor writes the samples bit by bit; turning them round is not priced.",
    }[layout]
    yield f"Device: {device.source}."
    yield (
        f"Commands, central: {_pricing.AMBIT_NJ_PER_KB} nJ per KB of row, which "
        "reproduces Ambit's table for DDR3-1333 (MICRO 2017), taken for every device."
    )
    ends = "one bank in standby, 4 Gb DDR4 with its VPP pump"
    if device.is_well_conditioned:
        ends = "all banks in standby (TN-41-01), " + ends
    yield f"Commands, lowest and highest: of that and of datasheet currents, {ends}."
    if not device.is_well_conditioned:
        yield (
            "With all banks in standby this datasheet's current exceeds that of "
            "activating: that source is left out."
        )
    yield _pricing.BIT_SENTENCE
    yield _DECODER_SENTENCES[decoder]
    yield (
        "Refresh, lowest: of the rows in use; central: of their banks; highest: of the "
        "whole rank. Its time is added, at best none."
    )
    if error_rate:
        yield (
            f"Every majority errs with probability {error_rate:g}, independently. On "
            "real chips the same columns err again and again, and can be mapped out."
        )
    else:
        yield (
            "No majority errs. Ambit's simulation has 0.29 % failures at variations of "
            "10 %, 6 % at 15 %."
        )
    if work.n_permutations:
        yield PERMUTATION_SENTENCE
    yield LOG_ODDS_SENTENCE
    yield "Not priced: issuing the commands, coherence, mapping out bad columns, ECC."


def _warnings(
    work: Workload,
    device: DRAMDevice,
    layout: str,
    decoder: str,
    groups: list[_Group],
    banks: int,
) -> Iterator[str]:
    """Yield the limits that bind."""
    if layout == "V1":
        yield (
            "The replicated input is as many bits as the weights that need not move: "
            "no transfer is saved."
        )
    yield from _occupancy_warnings(work, device, layout, groups)
    if layout == "V2" and len(groups) > 1:
        yield (
            f"Neurons see {len(groups):,} different inputs. Only neurons with the same "
            "window or order share a row in V2, so each takes passes of its own."
        )
    if work.majority == "exact":
        tree, exact = (
            sum(
                g.n_passes * len(typical_program(g.size, majority, layout == "V1"))
                for g in groups
            )
            for majority in ("tree", "exact")
        )
        yield f"The exact majority takes {exact / tree:.1f} times the tree's commands."
    if decoder == "commodity":
        yield (
            "Chips off the shelf do this only with violated timings: majorities of "
            "three succeed in 99.0 % of the cells, NOT in 98.4 %, and NOT needs a "
            "neighbouring subarray, which is not priced (SiMRA, DSN 2024; FCDRAM, HPCA "
            "2024)."
        )
    if banks > _pricing.max_banks(device, decoder):
        yield (
            f"Four activations per tFAW keep {_pricing.max_banks(device, decoder):.2f} "
            f"banks busy, not {banks}."
        )


def _occupancy_warnings(
    work: Workload, device: DRAMDevice, layout: str, groups: list[_Group]
) -> Iterator[str]:
    """Yield the limits of lanes and rows that bind."""
    n_lanes = sum(group.n_lanes for group in groups)
    n_paid = sum(group.n_passes for group in groups) * device.row_lanes
    if layout == "V3" and work.batch < device.row_lanes:
        yield (
            f"A batch of {work.batch:,} uses {work.batch:,} of {device.row_lanes:,} "
            "lanes; commands cost the same for all of them."
        )
    elif n_lanes < n_paid:
        yield (
            f"Rows are filled to {100 * n_lanes / n_paid:.3g} %; a command costs the "
            "same, however many lanes are in use."
        )
    rows = max(group.rows for group in groups)
    if rows > device.data_rows:
        yield (
            f"{rows:,} rows are needed and a subarray has {device.data_rows:,} for "
            "data. Moving partial results between subarrays is not priced."
        )
    elif rows > _REAL_SUBARRAY_ROWS - RESERVED_ROWS:
        yield (
            f"{rows:,} rows fit a subarray of {device.subarray_rows:,}, but not the "
            "512 of the DDR4 chips that were tested (SiMRA, DSN 2024)."
        )
