# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Cost estimates, with ranges, of majority projections in DRAM.

=============  ==================================================================
_models        the entry points dram_cost, compare_dram_costs and workload_of
_seed          three constants of "DRAM-Native &|~ Classification"
_ambit         row commands of processing-using-DRAM, in three layouts
_cpu           a processor, as the baseline
_workload      the size of the projection, and the log-odds that follow
_cost          results
_pricing       energy and time of commands, of bits that move, of refreshes
_devices       datasheets
_neuron        a neuron as a program of row commands
_tree, _count  the two majorities as row commands
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
