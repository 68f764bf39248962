# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a majority projection would cost in DRAM, with ranges.

=============  ==================================================================
_models        the way in: dram_cost, compare_dram_costs, workload_of
_seed          the seed document's three constants
_ambit         row commands of processing-using-DRAM, in three layouts
_cpu           a processor, the baseline
_workload      what is to be computed, and the log-odds that follow
_cost          results
_pricing       energy and time of commands, of bits that move, of refreshes
_devices       datasheets
_neuron        a neuron as a program of row commands
_tree, _count  its two majorities as such
_commands      commands, and the rows of the B-group
_subarray      a simulator that executes them
=============  ==================================================================
"""

from skbit.dram._commands import Command, Program
from skbit.dram._cost import DRAMComparison, DRAMCost
from skbit.dram._devices import DEVICES, PJ_PER_BIT, DRAMDevice
from skbit.dram._interval import Interval, StageCosts, format_interval
from skbit.dram._models import compare_dram_costs, dram_cost, workload_of
from skbit.dram._neuron import count_majorities, neuron_program
from skbit.dram._subarray import Subarray

__all__ = [
    "DEVICES",
    "PJ_PER_BIT",
    "Command",
    "DRAMComparison",
    "DRAMCost",
    "DRAMDevice",
    "Interval",
    "Program",
    "StageCosts",
    "Subarray",
    "compare_dram_costs",
    "count_majorities",
    "dram_cost",
    "format_interval",
    "neuron_program",
    "workload_of",
]
