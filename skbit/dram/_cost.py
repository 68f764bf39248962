# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The result classes: one cost, and several side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

from skbit.dram._interval import Interval, StageCosts, format_interval

if TYPE_CHECKING:
    import pandas as pd

_STAGE_NAMES = {
    "compute": "compute",
    "input": "input",
    "output": "output",
    "log_odds": "log-odds",
    "refresh": "refresh",
}


@dataclass(frozen=True, kw_only=True)
class DRAMCost:
    """Cost of a projection by one model, as :func:`dram_cost` returns it.

    Bits and energies are those of one sample, commands and latencies those of the
    batch.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    model : {"seed", "ambit", "cpu"}
        The model.
    layout : str or None
        Placement of the data in the model.
    device : str
        Name of the memory.
    n_neurons : int
        Neurons.
    n_containers : int
        Containers of a sample.
    container_bits : int
        Bits of a container.
    majority : {"tree", "exact"}
        How comparisons are reduced.
    n_classes : int or None
        Classes of the log-odds stage; None without it.
    batch : int
        Samples that are processed together.
    bits_in : int
        Bits of a sample.
    bits_out : int
        Bits of the neurons for a sample.
    bits_weights : int
        Random bits that a sample is compared with.
    bits_target : int
        Bits of the classes' log-odds.
    bits_replicated : int
        Bits that are written because each lane needs its own copy of the input.
    bits_moved : int
        Bits that pass between memory and processor for the projection.
    n_aap, n_ap, n_activations : int
        Row commands that copy and that do not, and their activations of rows.
    lanes : float
        Mean number of lanes in use over the commands.
    row_lanes : int
        Lanes of a row.
    rows : int
        Rows that the largest neuron needs in one subarray.
    n_banks : float
        Banks that work simultaneously.
    energy : StageCosts
        In pJ per sample.
    latency : StageCosts
        In ns per batch. StageCosts follow one another.
    error_rate : float
        Probability that a majority of three in a lane comes out wrong.
    expected_flips : float
        Expected number of wrong bits of a sample at this rate.
    assumptions : tuple of str
        Sentences on the assumptions of the figures.
    warnings : tuple of str
        Sentences on the limits that bind.
    """

    model: str
    layout: str | None
    device: str
    n_neurons: int
    n_containers: int
    container_bits: int
    majority: str
    n_classes: int | None
    batch: int
    bits_in: int
    bits_out: int
    bits_weights: int
    bits_target: int
    bits_replicated: int = 0
    bits_moved: int
    n_aap: int = 0
    n_ap: int = 0
    n_activations: int = 0
    lanes: float = 0.0
    row_lanes: int = 0
    rows: int = 0
    n_banks: float = 0.0
    energy: StageCosts
    latency: StageCosts
    error_rate: float = 0.0
    expected_flips: float = 0.0
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the model and the layout."""
        return f"{self.model} {self.layout}" if self.layout else self.model

    @property
    def n_commands(self) -> int:
        """Row commands of the batch."""
        return self.n_aap + self.n_ap

    @property
    def occupancy(self) -> float:
        """Share of the lanes that is in use; 0 in models without lanes."""
        return self.lanes / self.row_lanes if self.row_lanes else 0.0

    @property
    def throughput(self) -> Interval:
        """Samples per second, an Interval; the highest figure lets stages overlap."""
        slowest = max(stage.low for _, stage in self.latency.items())
        total = self.latency.total
        return Interval(
            1e9 * self.batch / total.high,
            1e9 * self.batch / total.central,
            1e9 * self.batch / slowest,
        )

    @property
    def transfer_reduction(self) -> float:
        """Share of transfers that the projection saves, or 0 if it saves none.

        The baseline is a machine that reads all weights from memory for each sample.
        """
        return max(0.0, 1 - self.bits_moved / self.bits_weights)

    @property
    def end_to_end_reduction(self) -> Interval | None:
        """Share of transfers saved with log-odds; None without classes.

        Both machines read the log-odds. The ends of the Interval are for log-odds of
        all bits, and of ones only, which are a half.
        """
        if self.n_classes is None:
            return None
        read = 0 if self.layout == "cached" else self.bits_target
        whole, half = (
            max(
                0.0,
                1
                - (self.bits_moved + part * read)
                / (self.bits_weights + part * self.bits_target),
            )
            for part in (1, 0.5)
        )
        return Interval(min(whole, half), whole, max(whole, half))

    def to_frame(self) -> "pd.DataFrame":
        """Make a data frame of the energies and latencies.

        Returns
        -------
        frame : pandas.DataFrame
            A row per stage and one of the total; energies in pJ per sample, latencies
            in ns per batch.
        """
        import pandas as pd

        rows = []
        for stage in (*_STAGE_NAMES, "total"):
            row: dict[str, object] = {
                "model": self.model,
                "layout": self.layout,
                "device": self.device,
                "batch": self.batch,
                "stage": stage,
            }
            for name, stages in (
                ("energy_pj", self.energy),
                ("latency_ns", self.latency),
            ):
                interval = getattr(stages, stage)
                for end in ("low", "central", "high"):
                    row[f"{name}_{end}"] = float(getattr(interval, end))
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        return "\n".join(_describe(self))


@dataclass(frozen=True)
class DRAMComparison:
    """Costs of one projection by several models, from :func:`compare_dram_costs`.

    Read more in the :ref:`User Guide <dram>`.

    Parameters
    ----------
    costs : tuple of DRAMCost
        One per model and layout.
    """

    costs: tuple[DRAMCost, ...]

    def __iter__(self) -> Iterator[DRAMCost]:
        return iter(self.costs)

    def __len__(self) -> int:
        return len(self.costs)

    def __getitem__(self, name: str) -> DRAMCost:
        for cost in self.costs:
            if cost.name == name:
                return cost
        raise KeyError(f"{name!r} is not among {[cost.name for cost in self.costs]}")

    def to_frame(self) -> "pd.DataFrame":
        """Make a data frame of all costs.

        Returns
        -------
        frame : pandas.DataFrame
            The rows of :meth:`DRAMCost.to_frame`, one model after the other.
        """
        import pandas as pd

        frames = [cost.to_frame() for cost in self.costs]
        return pd.concat(frames, ignore_index=True)

    def __str__(self) -> str:
        rows = [("", "batch", "energy per sample", "latency of the batch", "saved")]
        for cost in self.costs:
            rows.append(
                (
                    cost.name,
                    f"{cost.batch:,}",
                    format_interval(cost.energy.total, "J", 1e-12),
                    format_interval(cost.latency.total, "s", 1e-9),
                    f"{100 * cost.transfer_reduction:.1f} %",
                )
            )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.ljust(width) if i in (0, 2, 3) else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        lines.append("saved: transfers, against reading the weights for every sample")
        return "\n".join(lines)


def _describe(cost: DRAMCost) -> Iterator[str]:
    """Yield the lines of a cost as text."""
    yield (
        f"{cost.name}, {cost.n_neurons:,} neurons on {cost.n_containers:,} containers "
        f"of {cost.container_bits} bits, {cost.device}, batch of {cost.batch:,}"
    )
    yield (
        f"  bits per sample: {cost.bits_in:,} in, {cost.bits_out:,} out, "
        f"{cost.bits_replicated:,} replicated; {cost.bits_weights:,} weights"
    )
    reduction = f"  transfers saved: {100 * cost.transfer_reduction:.2f} %"
    if cost.end_to_end_reduction is not None:
        whole = cost.end_to_end_reduction
        low, high = f"{100 * whole.low:.0f}", f"{100 * whole.high:.0f}"
        between = low if low == high else f"{low} to {high}"
        reduction += f" (with the log-odds {between} %)"
    yield reduction
    if cost.n_commands:
        yield (
            f"  commands: {cost.n_aap:,} AAP, {cost.n_ap:,} AP, "
            f"{cost.n_activations:,} activations; {100 * cost.occupancy:.3g} % of "
            f"{cost.row_lanes:,} lanes, {cost.rows:,} rows, banks: {cost.n_banks:.3g}"
        )
        yield (
            f"  wrong bits per sample: {cost.expected_flips:.3g} of "
            f"{cost.bits_out:,} at an error rate of {cost.error_rate:g} per majority"
        )
    for title, stages, unit, scale in (
        ("energy per sample", cost.energy, "J", 1e-12),
        ("latency", cost.latency, "s", 1e-9),
    ):
        yield f"  {title}: {format_interval(stages.total, unit, scale)}"
        for stage, interval in stages.items():
            if interval.high:
                figures = format_interval(interval, unit, scale)
                yield f"    {_STAGE_NAMES[stage]:9}{figures}"
    yield f"  throughput: {format_interval(cost.throughput, '/s')}"
    for title, sentences in (
        ("assumes", cost.assumptions),
        ("warnings", cost.warnings),
    ):
        if sentences:
            yield f"  {title}:"
            for sentence in sentences:
                yield fill(
                    sentence, 88, initial_indent="  - ", subsequent_indent="    "
                )
