# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which pixels of an image speak for a class."""

import numpy as np

from skbit.inspection._display import Display
from skbit.inspection._explain import explain
from skbit.inspection._pixels import image_shape_of
from skbit.inspection._terms import parts_of
from skbit.inspection._values import dense


class ImageExplanationDisplay(Display):
    """Show an image, and which of its pixels speak for and against classes.

    Blue pixels speak for the class and red ones against it, compared with the mean over
    all classes. The lines are the outline of what is bright in the image.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image.

    maps : ndarray of shape (n_shown, height, width)
        What each pixel contributes to the score of a class, minus the mean over all
        classes.

    titles : sequence of str
        What stands above each map.

    unit : str
        The unit of the maps.

    Attributes
    ----------
    ax_ : ndarray of shape (1 + n_shown,) of matplotlib Axes
        The image and the maps.

    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    explain : The contributions.
    LogOddsDisplay : Pixels of a whole model.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit.inspection import ImageExplanationDisplay
    >>> from skbit.pipeline import image_pipeline
    >>> X, y = load_digits(return_X_y=True)
    >>> model = image_pipeline((8, 8), random_state=0).fit(X[:1000], y[:1000])
    >>> display = ImageExplanationDisplay.from_estimator(model, X[1000:1001])
    >>> display.maps.shape
    (2, 8, 8)
    """

    def __init__(self, image, maps, titles, unit):
        self.image = image
        self.maps = maps
        self.titles = titles
        self.unit = unit

    @classmethod
    def from_estimator(cls, estimator, X, *, classes=None, image_shape=None, ax=None):
        """Explain the scores of an image.

        Parameters
        ----------
        estimator : estimator
            A model as for :func:`explain`.

        X : array-like of shape (1, n_features)
            The image.

        classes : sequence of labels, default=None
            The classes that are shown. None means the two with the highest scores.

        image_shape : tuple (height, width) or (height, width, n_channels), default=None
            The shape of the image. None takes what a step of the model knows, or else a
            square.

        ax : sequence of matplotlib Axes, default=None
            Axes to plot into, one more than there are classes. None makes a new figure.

        Returns
        -------
        display : ImageExplanationDisplay
            The plot.
        """
        explanation = explain(estimator, X).by_feature()
        if len(explanation.offset_) != 1:
            raise ValueError(
                f"X must be one row, as an image is; got {len(explanation.offset_)}."
            )
        [scores], [contributions] = explanation.scores_, explanation.contributions_
        if classes is None:
            places = np.argsort(-scores, kind="stable")[:2]
        else:
            places = [explanation._place(label) for label in classes]
        transformers, classifier = parts_of(estimator)
        shape = image_shape_of(
            [*transformers, classifier], len(contributions), image_shape
        )
        units = explanation.units_per_nat_ or 1
        centered = (contributions - contributions.mean(axis=1, keepdims=True)) / units
        centered = centered.T[places].reshape(-1, *shape).sum(axis=3)
        lead = (scores - scores.mean()) / units
        titles = [f"{explanation.classes_[k]}: {lead[k]:+.3g}" for k in places]
        [image] = dense(X).astype(np.float64)
        image = image.reshape(shape)
        unit = "nats" if explanation.units_per_nat_ else "integer scores"
        return cls(image.mean(axis=2), centered, titles, unit).plot(ax=ax)

    def plot(self, ax=None):
        """Show the image and the maps.

        Parameters
        ----------
        ax : sequence of matplotlib Axes, default=None
            Axes to plot into, one more than there are classes. None makes a new figure.

        Returns
        -------
        display : ImageExplanationDisplay
            This display.
        """
        n_panels = 1 + len(self.maps)
        self._begin_panels(ax, n_panels, (3 * n_panels + 0.6, 3.2))
        first, *others = self.ax_
        first.imshow(self.image, cmap="Greys")
        first.set(title="image", xticks=[], yticks=[])
        most = np.abs(self.maps).max() or 1.0
        middle = (self.image.min() + self.image.max()) / 2
        for panel, numbers, title in zip(others, self.maps, self.titles, strict=True):
            shown = panel.imshow(numbers, cmap="RdBu", vmin=-most, vmax=most)
            if np.ptp(self.image):
                panel.contour(self.image, [middle], colors="0.2", linewidths=0.8)
            panel.set(title=title, xticks=[], yticks=[])
        label = f"contribution ({self.unit})"
        self.figure_.colorbar(shown, ax=others, shrink=0.8, label=label)
        return self
