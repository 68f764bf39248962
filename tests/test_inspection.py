# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plots."""

import builtins
import sys

import matplotlib
import numpy as np
import pytest

from skbit import RandomMAJ3Projection
from skbit.dram import compare_dram_costs
from skbit.inspection import DRAMCostDisplay

matplotlib.use("agg")


@pytest.fixture
def pyplot():
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_bars_are_the_costs(pyplot):
    costs = compare_dram_costs(512, 784, n_classes=10)
    display = DRAMCostDisplay.from_costs(costs)
    assert list(display.bars_) == ["compute", "input", "output", "log_odds", "refresh"]
    for stage, bars in display.bars_.items():
        widths = [bar.get_width() for bar in bars]
        energies = [1e-6 * getattr(cost.energy, stage).central for cost in costs]
        np.testing.assert_allclose(widths, energies)
    ends = [bar.get_x() + bar.get_width() for bar in display.bars_["refresh"]]
    totals = [1e-6 * cost.energy.total.central for cost in costs]
    np.testing.assert_allclose(ends, totals)
    for container, whole in zip(
        display.errorbars_,
        (
            [1e-6 * cost.energy.total for cost in costs],
            [1e-3 / cost.batch * cost.latency.total for cost in costs],
        ),
        strict=True,
    ):
        segments = container.lines[2][0].get_segments()
        for segment, interval in zip(segments, whole, strict=True):
            np.testing.assert_allclose(segment[:, 0], [interval.low, interval.high])
    labels = [label.get_text() for label in display.ax_[0].get_yticklabels()]
    assert labels[0] == "seed"
    assert labels[3] == "ambit V3\nbatch of 65,536"


def test_from_estimator_and_given_axes(pyplot):
    words = np.zeros((1, 16), dtype=np.uint32)
    projection = RandomMAJ3Projection(32, random_state=0).fit(words)
    figure, ax = pyplot.subplots(1, 2)
    display = DRAMCostDisplay.from_estimator(projection, ax=ax, device="HBM2")
    assert display.figure_ is figure
    assert display.costs == compare_dram_costs(32, 16, device="HBM2").costs
    assert "log_odds" not in display.bars_
    assert display.plot().figure_ is not figure
    with pytest.raises(ValueError, match="ax must be two axes"):
        display.plot(ax=ax[0])


def test_without_matplotlib(monkeypatch):
    known = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return known(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
    with pytest.raises(ImportError, match=r"needs matplotlib: pip install"):
        DRAMCostDisplay.from_costs(compare_dram_costs(8, 8))
