# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which features the bits of encoders and projections read."""

import numpy as np

from skbit._utils.steps import steps_of
from skbit.inspection._display import Display
from skbit.inspection._pixels import image_shape_of
from skbit.inspection._tiles import as_ink, show_tiles
from skbit.inspection._walk import columns_of

# Bits that are shown unless the user names some.
_N_SHOWN = 25


class ReceptiveFieldDisplay(Display):
    """Show which pixels the bits of an encoder or a projection depend on.

    The first panel shows the fields of some bits: the pixels that a bit depends on are
    dark. The second panel shows how many bits depend on each pixel.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    fields : ndarray of shape (n_shown, height, width)
        1 where a bit depends on a pixel.

    labels : sequence of int
        The numbers of these bits.

    counts : ndarray of shape (height, width)
        The number of bits that depend on each pixel.

    Attributes
    ----------
    ax_ : ndarray of shape (2,) of matplotlib Axes
        The two panels.

    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skbit.random_projection.RandomMAJ3Projection : Its windows are receptive fields.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import RandomMAJ3Projection, ThermometerEncoder
    >>> from skbit.inspection import ReceptiveFieldDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> windows = RandomMAJ3Projection(
    ...     64, receptive_field=(3, 4), image_shape=(8, 8), container_bits=8,
    ...     random_state=0,
    ... )
    >>> encoder = make_pipeline(ThermometerEncoder(8), windows).fit(X)
    >>> display = ReceptiveFieldDisplay.from_estimator(encoder, bits=[0, 8])
    >>> display.fields.sum(axis=(1, 2))
    array([20., 12.])
    """

    def __init__(self, fields, labels, counts):
        self.fields = fields
        self.labels = labels
        self.counts = counts

    @classmethod
    def from_estimator(cls, estimator, *, bits=None, image_shape=None, ax=None):
        """Show the receptive fields of a fitted encoder or pipeline.

        Parameters
        ----------
        estimator : transformer or Pipeline
            Fitted transformers of images. A classifier at the end is left out.

        bits : sequence of int, default=None
            Numbers of the bits whose fields are shown. None means 25 bits with
            different fields, evenly chosen.

        image_shape : tuple (height, width) or (height, width, n_channels), default=None
            The shape of the images. None takes what the estimator knows, or else
            squares.

        ax : sequence of two matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ReceptiveFieldDisplay
            The plot.
        """
        steps = [step for step in steps_of(estimator) if hasattr(step, "transform")]
        columns = columns_of(steps)
        height, width, n_channels = image_shape_of(
            steps, len(columns.features), image_shape
        )
        sources = columns.all_sources()
        if bits is None:
            bits = _with_different_fields(sources)
        bits = np.asarray(bits)
        counts = sources.sum(axis=0).reshape(height, width, n_channels)
        fields = sources[bits].toarray().reshape(-1, height, width, n_channels)
        return cls(fields.max(axis=3), bits, counts.sum(axis=2)).plot(ax=ax)

    def plot(self, ax=None):
        """Show the receptive fields.

        Parameters
        ----------
        ax : sequence of two matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ReceptiveFieldDisplay
            This display.
        """
        self._begin_panels(ax, 2, (10, 4.8))
        fields, counts = self.ax_
        show_tiles(as_ink(0.8 * self.fields), self.labels, fields, "Fields of bits")
        image = counts.imshow(self.counts, cmap="Greys", vmin=0)
        counts.set(title="Bits that depend on each pixel", xticks=[], yticks=[])
        self.figure_.colorbar(image, ax=counts, shrink=0.7, label="number of bits")
        return self


def _with_different_fields(sources):
    """Return some bits that depend on different features, evenly chosen."""
    seen = {}
    for bit in range(sources.shape[0]):
        field = sources.indices[sources.indptr[bit] : sources.indptr[bit + 1]]
        if len(field):
            seen.setdefault(np.sort(field).tobytes(), bit)
    bits = np.array(list(seen.values()))
    n_shown = min(_N_SHOWN, len(bits))
    return bits[np.linspace(0, len(bits) - 1, n_shown).astype(int)]
