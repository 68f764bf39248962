# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plots, in the manner of scikit-learn's Display objects; they need matplotlib."""

from skbit.dram import compare_dram_costs, shape_of

__all__ = ["DRAMCostDisplay"]

_STAGE_LABELS = {
    "compute": "comparisons and majorities",
    "input": "input, and weights that move",
    "output": "output",
    "log_odds": "log-odds",
    "refresh": "refresh",
}
_NJ, _US = 1e-3, 1e-3  # of a pJ, of a ns


class DRAMCostDisplay:
    """Plot what a projection costs by several models, energy and latency.

    A bar is the central energy per sample, in parts per stage; whiskers reach from the
    lowest total to the highest. The second panel has the time per sample.

    Use :meth:`from_estimator` or :meth:`from_costs`.

    Parameters
    ----------
    costs : sequence of DRAMCost
        One bar each.

    Attributes
    ----------
    ax_ : ndarray of shape (2,) of matplotlib Axes
        Energy and latency.

    figure_ : matplotlib Figure
        The figure that they are in.

    bars_ : dict of str to matplotlib BarContainer
        The energy's parts by stage.

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
            Fitted; see :func:`skbit.dram.shape_of`.

        ax : sequence of two matplotlib Axes, default=None
            Where to plot; if None, a new figure.

        **options : dict
            Further arguments of :func:`skbit.dram.compare_dram_costs`.

        Returns
        -------
        display : DRAMCostDisplay
            The plot.
        """
        costs = compare_dram_costs(**{**shape_of(estimator), **options})
        return cls.from_costs(costs, ax=ax)

    @classmethod
    def from_costs(cls, costs, *, ax=None):
        """Plot costs.

        Parameters
        ----------
        costs : DRAMComparison or sequence of DRAMCost
            One bar each.

        ax : sequence of two matplotlib Axes, default=None
            Where to plot; if None, a new figure.

        Returns
        -------
        display : DRAMCostDisplay
            The plot.
        """
        return cls(costs).plot(ax=ax)

    def plot(self, ax=None):
        """Plot.

        Parameters
        ----------
        ax : sequence of two matplotlib Axes, default=None
            Where to plot; if None, a new figure.

        Returns
        -------
        display : DRAMCostDisplay
            This display.
        """
        pyplot = _import_pyplot()
        if ax is None:
            _, ax = pyplot.subplots(
                1, 2, figsize=(10, 0.55 * len(self.costs) + 1.8), layout="constrained"
            )
        self.ax_ = ax
        energy_ax, latency_ax = ax
        self.figure_ = energy_ax.figure
        labels = [
            f"{cost.name}\nbatch of {cost.batch:,}" if cost.batch > 1 else cost.name
            for cost in self.costs
        ]
        positions = range(len(labels))
        self.bars_ = self._plot_stages(energy_ax, positions)
        energies = [cost.energy.total * _NJ * 1e-3 for cost in self.costs]
        times = [cost.latency.total * (_US / cost.batch) for cost in self.costs]
        self.errorbars_ = (
            _plot_ranges(energy_ax, positions, energies, fmt="none"),
            _plot_ranges(latency_ax, positions, times, fmt="o"),
        )
        energy_ax.set(xlabel="energy per sample (µJ)", xlim=(0, None))
        energy_ax.legend(frameon=False, fontsize="small")
        latency_ax.set(xlabel="time per sample (µs)", xscale="log")
        latency_ax.grid(axis="x", alpha=0.3)
        energy_ax.set_yticks(positions, labels)
        latency_ax.set_yticks(positions, [""] * len(labels))
        for panel in ax:
            panel.set_ylim(len(labels) - 0.4, -0.6)
            panel.spines[["top", "right"]].set_visible(False)
        return self

    def _plot_stages(self, ax, positions):
        bars, left = {}, [0.0] * len(self.costs)
        for stage, label in _STAGE_LABELS.items():
            widths = [getattr(cost.energy, stage).central * 1e-6 for cost in self.costs]
            if any(widths):
                bars[stage] = ax.barh(positions, widths, left=left, label=label)
                left = [a + b for a, b in zip(left, widths, strict=True)]
        return bars


def _plot_ranges(ax, positions, intervals, fmt):
    central = [interval.central for interval in intervals]
    below = [interval.central - interval.low for interval in intervals]
    above = [interval.high - interval.central for interval in intervals]
    return ax.errorbar(
        central, positions, xerr=(below, above), fmt=fmt, color="0.2", capsize=3
    )


def _import_pyplot():
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            "DRAMCostDisplay needs matplotlib: pip install 'skbit[plot]'."
        ) from error
    return pyplot
