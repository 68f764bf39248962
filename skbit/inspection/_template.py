# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates of an encoder of patches, and where they win."""

import numpy as np

from skbit.feature_extraction import BitPatchEncoder
from skbit.inspection._display import Display
from skbit.inspection._tiles import as_ink, shares, show_tiles
from skbit.inspection._winners import winners

# Templates that are shown unless the user names some.
_N_SHOWN = 16
# Red is dark where the image is dark.
_RED, _PALE = np.array([0.65, 0.0, 0.0]), np.array([0.35, 0.5, 0.5])


class TemplateDisplay(Display):
    """Show templates as pictures, and where they win the patches of an image.

    The first panel shows the templates with their numbers. A pixel is the darker the
    more of its bits are 1. The second panel shows the image once for each template, in
    the same order. A red pixel is the center of a patch that the template won.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    pictures : ndarray of shape (n_shown, height, width)
        The templates that are shown. Each number is the share of ones of a pixel.

    numbers : ndarray of shape (n_shown,)
        The numbers of these templates.

    image : ndarray of shape (height, width), default=None
        The image.

    maps : ndarray of shape (n_shown, height, width), dtype bool, default=None
        The pixels of the image that are the centers of patches that a template won.

    Attributes
    ----------
    ax_ : ndarray of matplotlib Axes
        The panel of the templates and, if there is an image, that of the image.

    figure_ : matplotlib Figure
        The figure of the axes.

    images_ : list of list of matplotlib AxesImage
        The pictures of each panel.

    See Also
    --------
    skbit.feature_extraction.BitPatchEncoder : The encoder with these templates.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import BitPatchEncoder
    >>> from skbit.inspection import TemplateDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> encoder = BitPatchEncoder(32, patch_size=4, binarize=7, random_state=0).fit(X)
    >>> display = TemplateDisplay.from_estimator(encoder, X[:1], templates=[3, 9])
    >>> display.pictures.shape, display.maps.shape
    ((2, 4, 4), (2, 8, 8))
    >>> display.maps.sum(axis=(1, 2))  # patches that each of them won
    array([2, 2])
    """

    def __init__(self, pictures, numbers, *, image=None, maps=None):
        self.pictures = pictures
        self.numbers = numbers
        self.image = image
        self.maps = maps

    @classmethod
    def from_estimator(cls, estimator, X=None, *, templates=None, bits=None, ax=None):
        """Show the templates of a fitted encoder.

        Parameters
        ----------
        estimator : BitPatchEncoder
            The fitted encoder.

        X : array-like of shape (1, n_features), default=None
            The image, as for ``transform`` of the encoder. None shows no second panel.

        templates : sequence of int, default=None
            Numbers of the templates that are shown. None means 16: those that win most
            patches of the image, or the first ones if there is no image.

        bits : sequence of int, default=None
            The bits of a pixel that are shown, for instance those of thresholds without
            those of edges. None means all.

        ax : sequence of matplotlib Axes, default=None
            Axes to plot into: two, or one if there is no image. None makes a new
            figure.

        Returns
        -------
        display : TemplateDisplay
            The plot.
        """
        if not isinstance(estimator, BitPatchEncoder):
            raise TypeError(
                "estimator must be a BitPatchEncoder, got "
                f"{type(estimator).__name__}. Pass the step of a pipeline, and X as "
                "this step receives it."
            )
        estimator._check_fitted()
        n_templates = len(estimator.codebook_)
        image = maps = None
        n_won = np.zeros(n_templates)
        if X is not None:
            words = _one_row(estimator, X)
            image = shares(
                words, estimator.image_shape_, estimator.n_bits_per_pixel_, bits
            )[0]
            maps = _centers_of_wins(words, estimator)
            n_won = maps.sum(axis=(1, 2))
        if templates is None:
            templates = np.argsort(-n_won, kind="stable")[:_N_SHOWN]
        numbers = np.asarray(templates)
        if not np.all((numbers >= 0) & (numbers < n_templates)):
            raise ValueError(
                f"templates must be numbers from 0 to {n_templates - 1}, got "
                f"{templates!r}."
            )
        codebook = estimator.codebook_[numbers]
        pictures = shares(
            codebook, estimator.patch_shape_, estimator.n_bits_per_pixel_, bits
        )
        maps = None if maps is None else maps[numbers]
        return cls(pictures, numbers, image=image, maps=maps).plot(ax=ax)

    def plot(self, ax=None):
        """Show the templates.

        Parameters
        ----------
        ax : sequence of matplotlib Axes, default=None
            Axes to plot into: two, or one if there is no image. None makes a new
            figure.

        Returns
        -------
        display : TemplateDisplay
            This display.
        """
        panels = [("Templates", as_ink(self.pictures))]
        if self.maps is not None:
            tiles = np.repeat(as_ink(self.image[np.newaxis]), len(self.maps), axis=0)
            tiles[self.maps] = _RED + _PALE * tiles[self.maps]
            panels.append(("Centers of the patches that they win", tiles))
        self._begin_panels(ax, len(panels), (4.5 * len(panels), 5))
        self.images_ = [
            show_tiles(tiles, self.numbers, panel, title)
            for panel, (title, tiles) in zip(self.ax_, panels, strict=True)
        ]
        return self


def _one_row(encoder, X):
    words = encoder._as_words(encoder._validate_bits(X, reset=False))
    if len(words) != 1:
        raise ValueError(f"X must be one row, as an image is; got {len(words)}.")
    return words


def _centers_of_wins(words, encoder):
    """Return the centers of the patches of an image that each template wins.

    Returns
    -------
    maps : ndarray of shape (n_templates, height, width), dtype bool
        Pixels of the image.
    """
    geometry = encoder._geometry()
    won = winners(encoder, words)
    maps = np.zeros((won.shape[2], *geometry.image_shape), dtype=bool)
    middle = np.array(geometry.patch_shape) // 2 - geometry.padding
    for *place, template in np.argwhere(won):
        y, x = np.multiply(place, geometry.stride) + middle
        # The center of a patch can lie in the padding.
        if 0 <= y < maps.shape[1] and 0 <= x < maps.shape[2]:
            maps[template, y, x] = True
    return maps
