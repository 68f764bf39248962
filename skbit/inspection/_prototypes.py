# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Prototypes of classifiers and clusterers as images."""

import numpy as np

from skbit._utils.images import shape_of_images
from skbit._utils.steps import steps_of
from skbit.cluster import BitWTAClusterer
from skbit.inspection._display import Display
from skbit.inspection._tiles import as_ink, shares, show_tiles
from skbit.neighbors import BitPatchClassifier
from skbit.novelty import BitNoveltyDetector

# Prototypes that are shown unless the user names some.
_N_SHOWN = 40


class PrototypeDisplay(Display):
    """Show prototypes as pictures.

    A pixel is the darker the more of its bits are 1.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    pictures : ndarray of shape (n_shown, height, width)
        The prototypes. Each number is the share of ones of a pixel.

    labels : sequence of str
        What stands above each of them.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.

    figure_ : matplotlib Figure
        The figure of the axes.

    images_ : list of matplotlib AxesImage
        The pictures.

    See Also
    --------
    TemplateDisplay : Templates of patches, and where they win.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import BitWTAClusterer
    >>> from skbit.inspection import PrototypeDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> clusterer = BitWTAClusterer(10, binarize=7, random_state=0).fit(X)
    >>> PrototypeDisplay.from_estimator(clusterer).pictures.shape
    (10, 8, 8)
    """

    def __init__(self, pictures, labels):
        self.pictures = pictures
        self.labels = labels

    @classmethod
    def from_estimator(
        cls, estimator, *, image_shape=None, prototypes=None, bits=None, ax=None
    ):
        """Show the prototypes of a fitted estimator.

        Parameters
        ----------
        estimator : BitWTAClusterer, BitNoveltyDetector, BitPatchClassifier or Pipeline
            The fitted estimator, or a pipeline that ends in one.

        image_shape : tuple (height, width), default=None
            The shape of the images. None takes what the estimator or a step of the
            pipeline knows, or else squares.

        prototypes : sequence of int, default=None
            Numbers of the prototypes that are shown. None means 40, evenly chosen.

        bits : sequence of int, default=None
            The bits of a pixel that are shown. None means all.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : PrototypeDisplay
            The plot.
        """
        *steps, last = steps_of(estimator)
        words, labels = _prototypes_of(last)
        if prototypes is None:
            n_shown = min(_N_SHOWN, len(words))
            prototypes = np.linspace(0, len(words) - 1, n_shown).astype(int)
        if image_shape is None:
            known = [
                step.image_shape_
                for step in (last, *reversed(steps))
                if hasattr(step, "image_shape_")
            ]
            image_shape = known[0] if known else None
        height, width, n_bits = shape_of_images(
            image_shape,
            last.n_features_in_,
            is_packed=last.input_format_ == "packed",
        )
        pictures = shares(words[prototypes], (height, width), n_bits, bits)
        labels = [labels[number] for number in prototypes]
        return cls(pictures, labels).plot(ax=ax)

    def plot(self, ax=None):
        """Show the prototypes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : PrototypeDisplay
            This display.
        """
        self._begin(ax, (6, 6))
        self.images_ = show_tiles(as_ink(self.pictures), self.labels, self.ax_, "")
        return self


def _prototypes_of(estimator):
    """Return the packed prototypes of an estimator, and their labels."""
    if isinstance(estimator, BitPatchClassifier):
        estimator._check_fitted()
        return estimator.prototypes_, list(map(str, estimator.prototype_labels_))
    if isinstance(estimator, BitNoveltyDetector):
        estimator = estimator.clusterer_
    if not isinstance(estimator, BitWTAClusterer):
        raise TypeError(
            "estimator must be a BitWTAClusterer, BitNoveltyDetector or "
            f"BitPatchClassifier, or a pipeline that ends in one, got {estimator!r}."
        )
    estimator._check_fitted()
    words = estimator.patterns_
    return words, [str(number) for number in range(len(words))]
