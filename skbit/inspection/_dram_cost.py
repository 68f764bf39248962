# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The costs of a projection in DRAM."""

import numpy as np

from skbit.dram import compare_dram_costs, format_interval, workload_of
from skbit.inspection._display import import_pyplot

_STAGE_LABELS = {
    "compute": "comparisons and majorities",
    "input": "input, and weights that move",
    "output": "output",
    "log_odds": "log-odds",
    "refresh": "refresh",
}
_MICROJOULES, _MICROSECONDS = 1e-6, 1e-3  # in a pJ, in a ns


class DRAMCostDisplay:
    """Plot the energy and the latency of a projection by several models.

    A bar shows the central energy per sample, divided into stages. Whiskers reach from
    the lowest total to the highest. The second panel shows the time per sample, and the
    time until the batch is done.

    Use :meth:`from_estimator` or :meth:`from_costs`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    costs : sequence of DRAMCost
        One bar each.

    Attributes
    ----------
    ax_ : ndarray of shape (2,) of matplotlib Axes
        Energy and latency.

    figure_ : matplotlib Figure
        The figure of the axes.

    bars_ : dict of str to matplotlib BarContainer
        The parts of the energy, by stage.

    errorbars_ : tuple of matplotlib ErrorbarContainer
        The ranges of energy and latency.

    See Also
    --------
    skbit.dram.compare_dram_costs : The figures.

    Examples
    --------
    >>> from skbit.dram import compare_dram_costs
    >>> from skbit.inspection import DRAMCostDisplay
    >>> display = DRAMCostDisplay.from_costs(compare_dram_costs(512, 784))
    >>> len(display.bars_["compute"])
    6
    """

    def __init__(self, costs):
        self.costs = tuple(costs)

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, **options):
        """Compare all models for a fitted projection or pipeline.

        Parameters
        ----------
        estimator : RandomMAJ3Projection or Pipeline
            Fitted; see :func:`skbit.dram.workload_of`.

        ax : sequence of two matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        **options : dict
            Further arguments of :func:`skbit.dram.compare_dram_costs`.

        Returns
        -------
        display : DRAMCostDisplay
            The plot.
        """
        costs = compare_dram_costs(**{**workload_of(estimator), **options})
        return cls.from_costs(costs, ax=ax)

    @classmethod
    def from_costs(cls, costs, *, ax=None):
        """Plot costs.

        Parameters
        ----------
        costs : DRAMComparison or sequence of DRAMCost
            One bar each.

        ax : sequence of two matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : DRAMCostDisplay
            The plot.
        """
        return cls(costs).plot(ax=ax)

    def plot(self, ax=None):
        """Plot the costs.

        Parameters
        ----------
        ax : sequence of two matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : DRAMCostDisplay
            This display.
        """
        self.ax_ = _two_axes(ax, len(self.costs))
        energy_ax, latency_ax = self.ax_
        self.figure_ = energy_ax.figure
        self.bars_ = self._plot_stages(energy_ax)
        self.errorbars_ = self._plot_energies(energy_ax), self._plot_times(latency_ax)
        labels = [
            f"{cost.name}\nbatch of {cost.batch:,}" if cost.batch > 1 else cost.name
            for cost in self.costs
        ]
        energy_ax.set_yticks(range(len(labels)), labels)
        latency_ax.set_yticks(range(len(labels)), [""] * len(labels))
        above = {"loc": "lower left", "bbox_to_anchor": (0, 1), "frameon": False}
        energy_ax.legend(ncols=3, fontsize="small", **above)
        latency_ax.legend(ncols=2, fontsize="small", **above)
        for panel in self.ax_:
            panel.set_ylim(len(labels) - 0.4, -0.6)
            panel.spines[["top", "right"]].set_visible(False)
        return self

    def _plot_stages(self, ax):
        bars, left = {}, [0.0] * len(self.costs)
        for stage, label in _STAGE_LABELS.items():
            widths = [
                _MICROJOULES * getattr(cost.energy, stage).central
                for cost in self.costs
            ]
            if any(widths):
                bars[stage] = ax.barh(range(len(left)), widths, left=left, label=label)
                left = [a + b for a, b in zip(left, widths, strict=True)]
        return bars

    def _plot_energies(self, ax):
        """Plot the ranges of the energies, with their totals in words."""
        energies = [cost.energy.total * _MICROJOULES for cost in self.costs]
        for y, (cost, energy) in enumerate(zip(self.costs, energies, strict=True)):
            ax.annotate(
                format_interval(cost.energy.total, "J", 1e-12),
                (energy.high, y),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontsize="small",
            )
        highest = max(energy.high for energy in energies)
        ax.set(xlabel="energy per sample (µJ)", xlim=(0, 1.45 * highest))
        return _plot_ranges(ax, energies, fmt="none")

    def _plot_times(self, ax):
        """Plot the times per sample, and those until the batches are done."""
        latencies = [cost.latency.total * _MICROSECONDS for cost in self.costs]
        times = [
            latency * (1 / cost.batch)
            for cost, latency in zip(self.costs, latencies, strict=True)
        ]
        errorbars = _plot_ranges(ax, times, fmt="o", label="per sample")
        ax.plot(
            [latency.central for latency in latencies],
            range(len(latencies)),
            "D",
            mfc="none",
            color="0.2",
            label="until the batch is done",
        )
        ax.set(xlabel="time (µs)", xscale="log")
        ax.grid(axis="x", alpha=0.3)
        return errorbars


def _two_axes(ax, n_costs):
    """Return the axes to plot into, those of a new figure if none are given."""
    pyplot = import_pyplot(DRAMCostDisplay)
    if ax is None:
        _, ax = pyplot.subplots(
            1, 2, figsize=(10, 0.6 * n_costs + 1.6), layout="constrained"
        )
    elif np.shape(ax) != (2,):
        raise ValueError(
            "ax must be two axes, for energy and time, such as those of "
            f"plt.subplots(1, 2), got {ax!r}."
        )
    return ax


def _plot_ranges(ax, intervals, **style):
    central = [interval.central for interval in intervals]
    below = [interval.central - interval.low for interval in intervals]
    above = [interval.high - interval.central for interval in intervals]
    return ax.errorbar(
        central,
        range(len(intervals)),
        xerr=(below, above),
        color="0.2",
        capsize=3,
        **style,
    )
