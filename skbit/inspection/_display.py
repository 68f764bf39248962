# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all plots share."""


class Display:
    """Base class of plots into one pair of axes, in scikit-learn's manner."""

    def _begin(self, ax, size):
        """Set ``ax_`` and ``figure_``, those of a new figure if there are no axes."""
        pyplot = import_pyplot(type(self))
        if ax is None:
            _, ax = pyplot.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        ax.spines[["top", "right"]].set_visible(False)


def import_pyplot(display):
    """Import matplotlib for a class of plots."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{display.__name__} needs matplotlib: pip install 'skbit[plot]'."
        ) from error
    return pyplot
