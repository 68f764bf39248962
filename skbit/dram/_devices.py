# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""DRAM devices: timings and currents with their sources, and derived figures.

The energies are those of Micron's technical note TN-41-01, as DRAMsim3
(``src/configuration.cc``) and DRAMPower compute them: V * mA * ns is pJ.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

from skbit.dram._interval import Interval

# Rows that Ambit takes from every subarray: two of constants, eight wordlines of the
# B-group's four T rows and two dual-contact rows, eight addresses more (Ambit, 5.1).
RESERVED_ROWS = 18
# ns between the activations of an AAP with the split row decoder (Ambit, section 5.3).
_SPLIT_NS = 4.0

# pJ per bit moved between memory and processor, as published.
PJ_PER_BIT = MappingProxyType(
    {
        "rowclone": 54.9,  # DDR3-1066, 4 KB read and written: 3.6 uJ (RowClone, 2013)
        "seed": 50.0,  # "DRAM-Native &|~ Classification", 2026, an assumption
        "horowitz": 20.0,  # 45 nm, 1.3 nJ per 64 bits (Horowitz, ISSCC 2014)
        "gddr5": 14.0,  # O'Connor et al., MICRO 2017
        "ddr4": 10.0,  # core read by TN-41-01, 5.7, and a bus share of 42 %
        "ddr3": 5.7,  # DDR3-1333, baseline of Ambit's Table 3 (MICRO 2017)
        "hbm2": 3.92,  # O'Connor et al., MICRO 2017
    }
)


@dataclass(frozen=True)
class DRAMDevice:
    """A rank of DRAM devices: timings and currents of a datasheet.

    Make a variant with :func:`dataclasses.replace`.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    name : str
        Name of the device in results.
    source : str
        Source of the figures.
    t_ck : float
        Clock period in ns.
    n_ras : int
        Clocks from an activation to a precharge.
    n_rp : int
        Clocks of a precharge.
    t_faw : float
        Window in ns in which a rank may activate four rows.
    t_rfc : float
        Time in ns that a refresh takes.
    t_refi : float
        Time in ns from one refresh to the next.
    burst_length : int
        Transfers of a burst, two per clock. All devices of a rank together move 64
        bytes in it.
    n_devices : int
        Devices of a rank.
    page_bytes : int
        Bytes of a row of one device.
    n_banks : int
        Banks.
    n_rows : int
        Rows of a bank.
    vdd : float
        Supply in V.
    idd0 : float
        Current in mA while rows are activated and precharged, as all currents of one
        device, the datasheet's maximum.
    idd2n : float
        Current in mA of standby, all banks precharged.
    idd3n : float
        Current in mA of standby, all banks active.
    idd4r : float
        Current in mA of reading.
    idd4w : float
        Current in mA of writing.
    idd5b : float
        Current in mA of refreshing.
    high_pj_per_bit : float
        The highest published energy of a bit moved.
    measured_pj_per_bit : Interval, default=None
        Measured energy of a bit moved. If None, it follows from the currents.
    subarray_rows : int, default=1024
        Rows of a subarray, as in Ambit and SIMDRAM. The DDR4 chips that SiMRA tested
        have 512.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from skbit.dram import DEVICES
    >>> real = replace(DEVICES["DDR4-2400"], subarray_rows=512)
    >>> real.data_rows
    494
    >>> round(real.aap_pj, 1)
    5003.9
    """

    name: str
    source: str
    t_ck: float
    n_ras: int
    n_rp: int
    t_faw: float
    t_rfc: float
    t_refi: float
    burst_length: int
    n_devices: int
    page_bytes: int
    n_banks: int
    n_rows: int
    vdd: float
    idd0: float
    idd2n: float
    idd3n: float
    idd4r: float
    idd4w: float
    idd5b: float
    high_pj_per_bit: float
    measured_pj_per_bit: Interval | None = None
    subarray_rows: int = 1024

    @property
    def row_lanes(self) -> int:
        """Bits of a row of the rank: the lanes of a command."""
        return 8 * self.page_bytes * self.n_devices

    @property
    def data_rows(self) -> int:
        """Rows of a subarray that are available for data."""
        return self.subarray_rows - RESERVED_ROWS

    @property
    def t_ras(self) -> float:
        """Time in ns from an activation to a precharge."""
        return self.n_ras * self.t_ck

    @property
    def t_rp(self) -> float:
        """Time in ns of a precharge."""
        return self.n_rp * self.t_ck

    @property
    def t_ap(self) -> float:
        """Time in ns of an AP: an activation and a precharge."""
        return self.t_ras + self.t_rp

    @property
    def t_aap(self) -> float:
        """Time in ns of an AAP with the split row decoder."""
        return self.t_ras + _SPLIT_NS + self.t_rp

    @property
    def t_naive_aap(self) -> float:
        """Time in ns of an AAP whose activations follow one another."""
        return 2 * self.t_ras + self.t_rp

    @property
    def gigabytes_per_second(self) -> float:
        """Bandwidth of the channel in GB/s."""
        return 64 / (self.burst_length / 2 * self.t_ck)

    @property
    def is_well_conditioned(self) -> bool:
        """Whether IDD0 exceeds the standby of all banks, so that TN-41-01 applies."""
        return self.idd0 > self.idd3n

    @property
    def act_pre_pj(self) -> float:
        """Energy in pJ of an AP of a rank, with all banks in standby (TN-41-01)."""
        return sum(self.act_and_pre_pj(self.idd3n))

    @property
    def aap_pj(self) -> float:
        """Energy in pJ of an AAP of a rank, with all banks in standby (TN-41-01)."""
        act, pre = self.act_and_pre_pj(self.idd3n)
        return 2 * act + pre

    @property
    def read_pj(self) -> float:
        """Energy in pJ of reading 64 bytes, without the bus (TN-41-01)."""
        return self._burst(self.idd4r)

    @property
    def write_pj(self) -> float:
        """Energy in pJ of writing 64 bytes, without the bus (TN-41-01)."""
        return self._burst(self.idd4w)

    @property
    def refresh_pj(self) -> float:
        """Energy in pJ of one refresh of the rank (TN-41-01)."""
        return self.n_devices * self.vdd * (self.idd5b - self.idd3n) * self.t_rfc

    def act_and_pre_pj(self, standby: float) -> tuple[float, float]:
        """Price an activation and a precharge of a rank (TN-41-01).

        Parameters
        ----------
        standby : float
            Current in mA of one device in standby.

        Returns
        -------
        energies : tuple of float
            Energies of the activation and of the precharge, in pJ.
        """
        act = self.vdd * (self.idd0 - standby) * self.t_ras
        pre = self.vdd * (self.idd0 - self.idd2n) * self.t_rp
        return self.n_devices * act, self.n_devices * pre

    def _burst(self, current: float) -> float:
        time = self.burst_length / 2 * self.t_ck
        return self.n_devices * self.vdd * (current - self.idd3n) * time


_DRAMSIM3 = "DRAMsim3 configs/{}"

_DDR4_2400 = DRAMDevice(
    name="DDR4-2400",
    source=_DRAMSIM3.format("DDR4_8Gb_x8_2400.ini")
    + " (Micron MT40A rev B); high pJ/bit: Horowitz 2014",
    t_ck=0.83,
    n_ras=39,
    n_rp=17,
    t_faw=26 * 0.83,
    t_rfc=350.0,
    t_refi=7800.0,
    burst_length=8,
    n_devices=8,
    page_bytes=1024,
    n_banks=16,
    n_rows=65536,
    vdd=1.2,
    idd0=48,
    idd2n=34,
    idd3n=43,
    idd4r=135,
    idd4w=123,
    idd5b=250,
    high_pj_per_bit=PJ_PER_BIT["horowitz"],
)

DEVICES = MappingProxyType(
    {
        "DDR3-1600": DRAMDevice(
            name="DDR3-1600",
            source=_DRAMSIM3.format("DDR3_4Gb_x8_1600.ini")
            + " (Micron MT41K rev E); high pJ/bit: RowClone, DDR3-1066",
            t_ck=1.25,
            n_ras=28,
            n_rp=11,
            t_faw=30.0,
            t_rfc=260.0,
            t_refi=7800.0,
            burst_length=8,
            n_devices=8,
            page_bytes=1024,
            n_banks=8,
            n_rows=65536,
            vdd=1.35,
            idd0=55,
            idd2n=32,
            idd3n=38,
            idd4r=157,
            idd4w=125,
            idd5b=235,
            high_pj_per_bit=PJ_PER_BIT["rowclone"],
        ),
        "DDR4-2400": _DDR4_2400,
        "DDR4-3200": replace(
            _DDR4_2400,
            name="DDR4-3200",
            source=_DRAMSIM3.format("DDR4_8Gb_x8_3200.ini")
            + "; high pJ/bit: Horowitz 2014",
            t_ck=0.63,
            n_ras=52,
            n_rp=22,
            t_faw=34 * 0.63,
            idd0=57,
            idd2n=37,
            idd3n=52,
            idd4r=168,
            idd4w=150,
        ),
        "DDR5-4800": DRAMDevice(
            name="DDR5-4800",
            source="timings: Ramulator 2.1 DDR5_4800BN, DDR5_16Gb_x8; currents: Micron "
            "MT60B rev A, quoted by pimid; refresh: JESD79-5; a subchannel of 32 "
            "bits; high pJ/bit: Horowitz 2014",
            t_ck=0.416,
            n_ras=77,
            n_rp=36,
            t_faw=20.0,
            t_rfc=295.0,
            t_refi=3900.0,
            burst_length=16,
            n_devices=4,
            page_bytes=1024,
            n_banks=32,
            n_rows=65536,
            vdd=1.1,
            idd0=103,
            idd2n=92,
            idd3n=142,
            idd4r=377,
            idd4w=349,
            idd5b=277,
            high_pj_per_bit=PJ_PER_BIT["horowitz"],
        ),
        "HBM2": DRAMDevice(
            name="HBM2",
            source=_DRAMSIM3.format("HBM2_8Gb_x128.ini")
            + "; pJ/bit: write and read of 36 stacks measured (CMU-SAFARI HBM-Power), "
            "O'Connor et al., MICRO 2017, between them",
            t_ck=1.0,
            n_ras=34,
            n_rp=14,
            t_faw=30.0,
            t_rfc=260.0,
            t_refi=3900.0,
            burst_length=4,
            n_devices=1,
            page_bytes=1024,
            n_banks=16,
            n_rows=32768,
            vdd=1.2,
            idd0=65,
            idd2n=40,
            idd3n=55,
            idd4r=390,
            idd4w=500,
            idd5b=250,
            high_pj_per_bit=5.16,
            measured_pj_per_bit=Interval(3.47, PJ_PER_BIT["hbm2"], 5.16),
        ),
    }
)
