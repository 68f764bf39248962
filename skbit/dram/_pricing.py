# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Energy and time of commands, of bits that move, and of refreshes on a device."""

from skbit.dram._commands import Command, Program
from skbit.dram._devices import DRAMDevice
from skbit.dram._interval import Interval

# nJ per KB of row and command: the constant that reproduces Ambit's Table 3 (MICRO
# 2017; DDR3-1333, 55 nm, DRAM and channel).
AMBIT_NJ_PER_KB = 0.787
# What every further wordline adds to the energy of an activation (Ambit, section 7).
_WORDLINE_SHARE = 0.22
# pJ of an activation and a precharge of a page of 1 KB in Micron's 4 Gb DDR4-2400 with
# its VPP pump (DRAMSys, JEDEC_4Gb_DDR4-2400_8bit_A.json).
_VPP_ACT_PJ, _VPP_PRE_PJ = 982.0, 495.0
# Share of the bus in an access: the middle of 20 to 42 % (RowClone, MICRO 2013, 1).
_BUS_SHARE = 0.31
# ns that unmodified chips take beyond a row cycle: 36 and 3 for a Multi-RowCopy, 1.5
# and 3 for a majority (SiMRA, DSN 2024).
_COPY_NS, _MAJORITY_NS = 39.0, 4.5

BIT_SENTENCE = (
    "Bits moved, lowest: currents without the bus; central: and a bus share of 31 % "
    "(RowClone, MICRO 2013); highest: the highest published; for HBM2, as measured. A "
    "given pj_per_bit replaces all three."
)


def program_pj(device: DRAMDevice, program: Program) -> Interval:
    """Price the commands of a program on a row of the rank, in pJ.

    The central figure is Ambit's. The ends are the lowest and the highest of it and of
    what datasheet currents give with all banks in standby (TN-41-01, as DRAMsim3 has
    it), with one bank in standby (as DRAMPower can), and with a VPP pump.
    """
    kilobytes = device.row_lanes / 8192
    n_commands = len(program.commands)
    figures = [1000 * AMBIT_NJ_PER_KB * kilobytes * n_commands]
    one_bank = device.idd2n + (device.idd3n - device.idd2n) / device.n_banks
    sources = [
        device.act_and_pre_pj(one_bank),
        (_VPP_ACT_PJ * kilobytes, _VPP_PRE_PJ * kilobytes),
    ]
    if device.is_well_conditioned:
        sources.append(device.act_and_pre_pj(device.idd3n))
    activations = program.n_activations + _WORDLINE_SHARE * program.n_extra_wordlines
    figures += [activations * act + n_commands * pre for act, pre in sources]
    return Interval(min(figures), figures[0], max(figures))


def program_ns(device: DRAMDevice, program: Program, decoder: str) -> float:
    """Time the commands of a program in one bank, in ns."""
    if decoder == "commodity":
        return program.n_aap * (device.t_ap + _COPY_NS) + program.n_majorities * (
            device.t_ap + _MAJORITY_NS
        )
    n_split = program.n_split if decoder == "split" else 0
    return (
        n_split * device.t_aap
        + (program.n_aap - n_split) * device.t_naive_aap
        + program.n_ap * device.t_ap
    )


def max_banks(device: DRAMDevice, decoder: str) -> float:
    """Return the banks that can copy rows at once, at four activations per tFAW."""
    aap = program_ns(device, Program((Command("X0", "B0"),), 0), decoder)
    return min(device.n_banks, 4 * aap / (2 * device.t_faw))


def bit_pj(
    device: DRAMDevice, pj_per_bit: float | None, *, write: bool = False
) -> Interval:
    """Price a bit that moves between memory and processor, in pJ.

    A given price is returned as it is. Otherwise the lowest figure follows from the
    currents without the bus, the central one adds the bus, and the highest is the
    highest published one.
    """
    if pj_per_bit is not None:
        return Interval.exactly(pj_per_bit)
    if device.measured_pj_per_bit is not None:
        return device.measured_pj_per_bit
    core = (device.write_pj if write else device.read_pj) / 512
    return Interval(core, core / (1 - _BUS_SHARE), device.high_pj_per_bit)


def bits_ns(device: DRAMDevice, n_bits: float) -> float:
    """Time bits on the channel at its full bandwidth, in ns."""
    return n_bits / 8 / device.gigabytes_per_second


def refresh_ns(device: DRAMDevice, time: Interval) -> Interval:
    """Return the time that refreshes add, in ns; the lowest figure postpones them."""
    share = device.t_rfc / device.t_refi
    return Interval(0.0, share * time.central, share * time.high)


def refresh_pj(
    device: DRAMDevice, time: Interval, n_rows: float, n_banks: float
) -> Interval:
    """Price the refreshes in a time (ns) of which a part is charged, in pJ.

    The lowest figure charges the rows in use, the central one their banks, the highest
    the whole rank.
    """
    per_ns = device.refresh_pj / device.t_refi
    rows = min(1.0, n_rows / (device.n_rows * device.n_banks))
    banks = max(rows, n_banks / device.n_banks)
    return Interval(
        per_ns * time.low * rows, per_ns * time.central * banks, per_ns * time.high
    )
