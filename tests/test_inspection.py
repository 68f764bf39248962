# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Plots."""

import builtins
import sys

import matplotlib
import numpy as np
import pytest

from skbit import BitPatchEncoder, RandomMAJ3Projection
from skbit.dram import compare_dram_costs
from skbit.inspection import DRAMCostDisplay, TemplateDisplay
from tests import reference

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


def encoder_of(images, **params):
    params = {"n_templates": 20, "patch_size": (3, 4), **params}
    encoder = BitPatchEncoder(image_shape=images.shape[1:3], random_state=0, **params)
    return encoder.fit(images.reshape(len(images), -1))


@pytest.mark.parametrize("params", [{}, {"padding": 2, "stride": (2, 1), "grid": 2}])
def test_templates_and_where_they_win(pyplot, params):
    images = np.random.default_rng(0).random((3, 8, 9, 2)) < 0.4
    encoder = encoder_of(images, **params)
    X = images[:1].reshape(1, -1)
    display = TemplateDisplay.from_estimator(encoder, X, templates=[7, 0, 19])
    templates = reference.unpack(encoder.codebook_)[:, : 3 * 4 * 2]
    np.testing.assert_array_equal(
        display.pictures, templates[[7, 0, 19]].reshape(3, 3, 4, 2).mean(axis=3)
    )
    np.testing.assert_array_equal(display.image, images[0].mean(axis=2))
    (down, right), padding = params.get("stride", (1, 1)), params.get("padding", 0)
    place = (3, 4), (down, right), (padding, padding)
    expected = np.zeros((20, 8, 9), dtype=bool)
    for (i, j), patch in (
        (at, patches[at])
        for patches in [reference.patches_of(images[0], *place)]
        for at in np.ndindex(patches.shape[:2])
    ):
        y, x = i * down - padding + 1, j * right - padding + 2
        if 0 <= y < 8 and 0 <= x < 9:
            expected[:, y, x] = reference.winners(patch, templates, 2, 3)
    np.testing.assert_array_equal(display.maps, expected[[7, 0, 19]])
    # The panels have the same templates in the same order.
    assert [len(pictures) for pictures in display.images_] == [3, 3]
    numbers = [[text.get_text() for text in ax.texts] for ax in display.ax_]
    assert numbers == [["7", "0", "19"]] * 2
    shown = display.images_[0][1].get_array()
    np.testing.assert_array_equal(
        shown, 1 - display.pictures[1][:, :, None].repeat(3, 2)
    )
    is_red = display.images_[1][2].get_array()
    is_red = is_red[..., 0] > is_red[..., 1]
    np.testing.assert_array_equal(is_red, expected[19])
    # The templates that win most are shown unless there is a choice.
    display = TemplateDisplay.from_estimator(encoder, X)
    assert len(display.numbers) == 16
    n_won = expected.sum(axis=(1, 2))
    np.testing.assert_array_equal(
        display.maps.sum(axis=(1, 2)), sorted(n_won)[::-1][:16]
    )


def test_templates_without_an_image(pyplot):
    images = np.random.default_rng(0).random((3, 8, 9, 2)) < 0.4
    encoder = encoder_of(images)
    display = TemplateDisplay.from_estimator(encoder, bits=[1])
    assert display.maps is None
    assert display.numbers.tolist() == list(range(16))
    pixels = reference.unpack(encoder.codebook_)[:16, 1 : 3 * 4 * 2 : 2]
    np.testing.assert_array_equal(display.pictures, pixels.reshape(16, 3, 4))
    figure, ax = pyplot.subplots()
    assert display.plot(ax=ax).figure_ is figure
    assert display.ax_.tolist() == [ax]
    assert (
        len(TemplateDisplay.from_estimator(encoder_of(images, n_templates=5)).numbers)
        == 5
    )


def test_what_templates_cannot_be_shown_of(pyplot):
    images = np.random.default_rng(0).random((3, 8, 9, 1)) < 0.4
    encoder, X = encoder_of(images), images.reshape(3, -1)
    show = TemplateDisplay.from_estimator
    with pytest.raises(ValueError, match="X must be one row"):
        show(encoder, X)
    with pytest.raises(ValueError, match=r"numbers from 0 to 19, got \[20\]"):
        show(encoder, templates=[20])
    with pytest.raises(ValueError, match="as many axes as there are panels, 2"):
        show(encoder, X[:1], ax=pyplot.subplots(1, 3)[1])
    with pytest.raises(TypeError, match="Pass the step of a pipeline"):
        show(RandomMAJ3Projection())
    with pytest.raises(ValueError, match="not fitted"):
        show(BitPatchEncoder())


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
    images = np.ones((1, 8, 9, 1), dtype=bool)
    with pytest.raises(ImportError, match=r"TemplateDisplay needs matplotlib"):
        TemplateDisplay.from_estimator(encoder_of(images))
