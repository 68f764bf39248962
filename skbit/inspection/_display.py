# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all plots share."""

import numpy as np


class Display:
    """Base class of plots, in the manner of scikit-learn's Display objects."""

    def _begin(self, ax, size):
        """Set ``ax_`` and ``figure_``, those of a new figure if there are no axes."""
        pyplot = import_pyplot(type(self))
        if ax is None:
            _, ax = pyplot.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        ax.spines[["top", "right"]].set_visible(False)

    def _begin_panels(self, ax, n_panels, size):
        """Do the same for several panels side by side."""
        pyplot = import_pyplot(type(self))
        if ax is None:
            _, ax = pyplot.subplots(1, n_panels, figsize=size, layout="constrained")
        self.ax_ = np.atleast_1d(ax)
        if self.ax_.shape != (n_panels,):
            raise ValueError(
                f"ax must be as many axes as there are panels, {n_panels}, got {ax!r}."
            )
        self.figure_ = self.ax_[0].figure


def import_pyplot(display):
    """Import matplotlib for a class of plots."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{display.__name__} needs matplotlib: pip install 'skbit[plot]'."
        ) from error
    return pyplot
