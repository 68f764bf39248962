# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a measurement yields, and the images that measurements share."""

from dataclasses import dataclass, field
from functools import cache

from skbit.datasets import fetch_fashion_mnist, fetch_mnist

SEEDS = range(1000, 1005)


@dataclass(frozen=True)
class Figure:
    """One measured figure: a value for each seed, next to what the author found.

    Parameters
    ----------
    what : str
        What was measured, with its setting, in words.
    values : sequence of float
        One value for each seed; a single one where chance plays no part.
    unit : str
        "%", "s", "bits", ..., or nothing for a plain ratio.
    claimed : float or (float, float), optional
        The author's figure, or the two ends of his range, in the same unit.
    setting : dict
        What it takes to plot or repeat it, such as ``{"H": 512, "epochs": 20}``.
    """

    what: str
    values: tuple
    unit: str = ""
    claimed: float | tuple | None = None
    setting: dict = field(default_factory=dict)


@cache
def images(name, quick=False):
    """Training images and labels, test images and labels; a tenth if quick."""
    fetch = {"MNIST": fetch_mnist, "Fashion-MNIST": fetch_fashion_mnist}[name]
    data = *fetch("train", return_X_y=True), *fetch("test", return_X_y=True)
    return tuple(part[:: 10 if quick else 1] for part in data)
