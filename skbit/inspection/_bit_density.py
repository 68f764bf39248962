# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The share of ones of each bit."""

import numpy as np

from skbit._utils.steps import steps_of
from skbit.inspection._display import Display
from skbit.inspection._walk import columns_of


class BitDensityDisplay(Display):
    """Plot how often the bits of an encoder are 1.

    The curve shows the share of rows in which each bit is 1, with the bits in ascending
    order of it. Bits that are the same in all rows tell nothing.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    density : ndarray of shape (n_bits,)
        The share of rows in which each bit is 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.

    figure_ : matplotlib Figure
        The figure of the axes.

    line_ : matplotlib Line2D
        The curve.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import ThermometerEncoder
    >>> from skbit.inspection import BitDensityDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> encoder = ThermometerEncoder(8, feature_range=(0, 16)).fit(X)
    >>> display = BitDensityDisplay.from_estimator(encoder, X)
    >>> int((display.density == 0).sum())  # bits that are never 1
    151
    """

    def __init__(self, density):
        self.density = density

    @classmethod
    def from_estimator(cls, estimator, X, *, ax=None):
        """Count the ones of a fitted encoder or pipeline of encoders.

        Parameters
        ----------
        estimator : transformer or Pipeline
            Fitted transformers. A classifier at the end is left out.

        X : {array-like, sparse matrix, data frame} of shape (n_samples, n_features)
            Rows.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : BitDensityDisplay
            The plot.
        """
        steps = [step for step in steps_of(estimator) if hasattr(step, "transform")]
        columns = columns_of(steps)
        for step in steps:
            X = step.transform(X)
        X = np.ascontiguousarray(X)
        if X.dtype == np.uint32:
            ones = [(X >> np.uint32(i) & np.uint32(1)).mean(axis=0) for i in range(32)]
            density = np.stack(ones, axis=1).ravel()
        else:
            density = (X > 0).mean(axis=0)
        names = columns.all_names()
        is_bit = np.array([name != "padding" for name in names], dtype=bool)
        return cls(density[is_bit]).plot(ax=ax)

    def plot(self, ax=None):
        """Plot the densities.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : BitDensityDisplay
            This display.
        """
        self._begin(ax, (6, 3.8))
        ordered = 100 * np.sort(self.density)
        mean = ordered.mean()
        (self.line_,) = self.ax_.step(range(len(ordered)), ordered, where="mid")
        label = f"mean {mean:.1f} %"
        self.ax_.axhline(mean, color="0.4", linestyle="--", linewidth=1, label=label)
        n_constant = int(np.isin(ordered, (0, 100)).sum())
        title = f"{len(ordered):,} bits, of which {n_constant:,} never change"
        self.ax_.set(
            title=title,
            xlabel="bits, in ascending order",
            ylabel="rows in which the bit is 1 (%)",
            ylim=(-3, 103),
        )
        self.ax_.legend(loc="upper left", frameon=False)
        self.ax_.grid(alpha=0.3)
        return self
