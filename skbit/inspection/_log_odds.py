# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Which features speak for each class in a whole model."""

import numpy as np
from scipy import sparse

from skbit.feature_extraction import BitPatchEncoder
from skbit.inspection._display import Display
from skbit.inspection._pixels import image_shape_of
from skbit.inspection._terms import parts_of
from skbit.inspection._walk import all_steps, columns_of
from skbit.naive_bayes import OttoScoreClassifier
from skbit.preprocessing import (
    DirectionalEdgeEncoder,
    PixelEncoder,
    ScalarEncoder,
    TableEncoder,
)
from skbit.random_projection import RandomFernEncoder, RandomMAJ3Projection

_N_SHOWN = 20
# A higher value of a feature can set some of their bits and clear others.
_WITHOUT_DIRECTION = (
    BitPatchEncoder,
    DirectionalEdgeEncoder,
    RandomFernEncoder,
    RandomMAJ3Projection,
    ScalarEncoder,
)


class LogOddsDisplay(Display):
    """Show which features speak for each class, and which against it.

    The number of a feature and a class is a sum over the bits that depend on the
    feature: the weight of the bit for the class, minus its mean over the classes, times
    ``sqrt(p * (1 - p))``, where ``p`` is the share of training rows in which the bit is
    1. Higher values of a feature speak for the class if the number is above 0.

    This presupposes bits that are 1 for higher values: those of thermometers and of
    numbers in tables, or pixels themselves. Categories, comparisons of two pixels,
    combinations of features such as the codes of ferns, and templates have no
    direction. Use :func:`importances` and :func:`explain` for models that have them,
    such as :func:`~skbit.pipeline.tabular_pipeline`.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    log_odds : ndarray of shape (n_classes, n_features)
        The numbers, in nats.

    names : sequence of str
        Names of the features.

    classes : ndarray of shape (n_classes,)
        Class labels.

    image_shape : tuple (height, width, n_channels), default=None
        The shape of the images that features are pixels of. None shows a table.

    Attributes
    ----------
    ax_ : matplotlib Axes or ndarray of them
        The axes: one for a table, or one per class for images.

    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    importances : How much features change the scores of given rows.
    explain : What features contribute to the scores of given rows.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.inspection import LogOddsDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7).fit(X, y)
    >>> display = LogOddsDisplay.from_estimator(model, image_shape=(8, 8))
    >>> len(display.ax_)
    10
    """

    def __init__(self, log_odds, names, classes, image_shape=None):
        self.log_odds = log_odds
        self.names = names
        self.classes = classes
        self.image_shape = image_shape

    @classmethod
    def from_estimator(cls, estimator, *, image_shape=None, n_shown=_N_SHOWN, ax=None):
        """Show the log-odds of a fitted model by feature.

        Parameters
        ----------
        estimator : OttoScoreClassifier or Pipeline
            The fitted classifier, or a pipeline that ends in one.

        image_shape : tuple (height, width) or (height, width, n_channels), default=None
            The shape of the images that features are pixels of. None takes what a step
            of the pipeline knows; if none does, features are rows of a table.

        n_shown : int, default=20
            Number of features of a table, those with the largest numbers.

        ax : matplotlib Axes, or a sequence of one per class for images, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : LogOddsDisplay
            The plot.

        Raises
        ------
        ValueError
            If there are steps after which log-odds have no direction, such as ferns.
        """
        steps, classifier = parts_of(estimator)
        if not isinstance(classifier, OttoScoreClassifier):
            raise TypeError(
                "Only an OttoScoreClassifier has log-odds, got "
                f"{type(classifier).__name__}."
            )
        _check_direction(steps)
        columns = columns_of([*steps, classifier])
        log_odds = _by_feature(classifier, columns)
        knows = image_shape is not None or any(
            hasattr(s, "image_shape_") for s in steps
        )
        if knows:
            image_shape = image_shape_of(steps, len(columns.features), image_shape)
        display = cls(log_odds, columns.features, classifier.classes_, image_shape)
        return display.plot(n_shown=n_shown, ax=ax)

    def plot(self, *, n_shown=_N_SHOWN, ax=None):
        """Show the log-odds.

        Parameters
        ----------
        n_shown : int, default=20
            Number of features of a table, those with the largest numbers.

        ax : matplotlib Axes, or a sequence of one per class for images, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : LogOddsDisplay
            This display.
        """
        if self.image_shape is None:
            return self._plot_table(n_shown, ax)
        return self._plot_images(ax)

    def _plot_table(self, n_shown, ax):
        largest = np.abs(self.log_odds).max(axis=0)
        shown = np.argsort(-largest, kind="stable")[:n_shown]
        n_classes = len(self.classes)
        self._begin(ax, (3 + 0.6 * n_classes, 1.2 + 0.28 * len(shown)))
        image = self.ax_.imshow(
            self.log_odds[:, shown].T, aspect="auto", **_colors(self.log_odds)
        )
        self.ax_.set_xticks(range(n_classes), self.classes)
        self.ax_.set_yticks(range(len(shown)), [self.names[at] for at in shown])
        self.ax_.set(xlabel="class")
        self.figure_.colorbar(image, ax=self.ax_, label=_LABEL)
        return self

    def _plot_images(self, ax):
        n_classes = len(self.classes)
        self._begin_panels(ax, n_classes, (1.3 * n_classes + 1, 2))
        for panel, label, numbers in zip(
            self.ax_, self.classes, self.log_odds, strict=True
        ):
            pixels = numbers.reshape(self.image_shape).sum(axis=2)
            image = panel.imshow(pixels, **_colors(self.log_odds))
            panel.set(title=label, xticks=[], yticks=[])
        self.figure_.colorbar(image, ax=list(self.ax_), shrink=0.7, label=_LABEL)
        return self


_LABEL = "log-odds (nats)"


def _colors(numbers):
    most = np.abs(numbers).max() or 1.0
    return {"cmap": "RdBu", "vmin": -most, "vmax": most}


def _check_direction(steps):
    """Raise if bits do not tell whether values are high or low."""
    for step in all_steps(steps):
        what = "a " if isinstance(step, _WITHOUT_DIRECTION) else None
        if isinstance(step, TableEncoder) and any(
            values is not None for values in step.categories_
        ):
            what = "categories in a "
        if isinstance(step, PixelEncoder) and step.min_rise_ is not None:
            what = "directions in a "
        if what is not None:
            raise ValueError(
                f"The bits of {what}{type(step).__name__} do not tell whether a "
                "feature is high or low, so the sums of their log-odds have no "
                "direction. Use importances(model, X) for the whole model, or "
                "explain(model, X) for single rows, both of skbit.inspection."
            )


def _by_feature(classifier, columns):
    """Add up the centered log-odds of the bits of each feature."""
    weights = classifier.weights_.astype(np.float64)
    weights -= weights.mean(axis=0)
    total = max(1, classifier.class_count_.sum())
    share = classifier.feature_count_.sum(axis=0) / total
    weights *= np.sqrt(share * (1 - share)) / classifier._units_per_nat
    used = np.flatnonzero(weights.any(axis=0))
    sources = columns.sources(used)
    n_sources = np.maximum(sources.sum(axis=1), 1)
    return weights[:, used] @ (sparse.diags_array(1 / n_sources) @ sources)
