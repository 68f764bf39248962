# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The model of "DRAM-Native &|~ Classification": three constants."""

from skbit.dram._cost import DRAMCost
from skbit.dram._interval import Interval, StageCosts
from skbit.dram._workload import Workload

# A. Otto, "DRAM-Native &|~ Classification", 2026, section "DRAM-Native - The Energy
# Argument", and docs/DRAM.md of his forward-prop for the 30 ns.
_SEED_COMPARATOR_PJ = 1.0
_SEED_BIT_PJ = 50.0
_SEED_NEURON_NS = 30.0

_SEED_ASSUMPTIONS = (
    'These are the assumptions of "DRAM-Native &|~ Classification", verbatim. They are '
    "not derived from a circuit or from commands.",
    "A comparator takes 1 pJ per bit. The lowest figure charges each bit of the "
    "result, as the figure of the document does. The central and the highest figure "
    "charge each bit compared, as its table of 1 pJ per operation does.",
    "A bit that moves takes 50 pJ. The analog sum over all cells of a row takes none.",
    "A neuron takes 30 ns, and so does a class.",
    "Weights never move; inputs and outputs do.",
)
_ANALOG_SENTENCE = (
    "Nobody has shown an analog sum over so many cells: the sense margin falls from "
    "92 mV for three cells to below 1 mV for 784, and 9 cells already fail in 94 % of "
    "the columns (SiMRA, DSN 2024)."
)
_ROW_CYCLE_SENTENCE = (
    "30 ns is less than the row cycle of any DRAM here (46 to 49 ns), and a comparison "
    "takes 7 row commands, a majority of three 3 or 4."
)


def seed_cost(work: Workload) -> DRAMCost:
    """Price a projection by three constants."""
    zero = Interval.exactly(0.0)
    n_classes = work.n_classes or 0
    compared = _SEED_COMPARATOR_PJ * work.bits_weights
    warnings = [_ANALOG_SENTENCE, _ROW_CYCLE_SENTENCE]
    if n_classes:
        warnings.append("The document has no energy of the log-odds; none is charged.")
    n_copies = max(1, work.n_permutations)
    if work.n_permutations:
        warnings.append(
            f"The document has no permutations. {n_copies:,} copies of the sample are "
            "charged, each written in another order."
        )
    return DRAMCost(
        model="seed",
        layout=None,
        device="DRAM of the document",
        **work.facts(),
        bits_moved=n_copies * work.bits_in + work.bits_out,
        energy=StageCosts(
            compute=Interval(_SEED_COMPARATOR_PJ * work.bits_out, compared, compared),
            input=Interval.exactly(_SEED_BIT_PJ * n_copies * work.bits_in),
            output=Interval.exactly(_SEED_BIT_PJ * work.bits_out),
            log_odds=zero,
            refresh=zero,
        ),
        latency=StageCosts(
            compute=Interval.exactly(_SEED_NEURON_NS * work.n_neurons * work.batch),
            input=zero,
            output=zero,
            log_odds=Interval.exactly(_SEED_NEURON_NS * n_classes * work.batch),
            refresh=zero,
        ),
        assumptions=_SEED_ASSUMPTIONS,
        warnings=tuple(warnings),
    )
