# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Templates of an encoder of patches, and where they win."""

import math

import numpy as np

from skbit.bits import unpack_bits
from skbit.feature_extraction import BitPatchEncoder
from skbit.feature_extraction._encoding import encode, prepare
from skbit.inspection._display import import_pyplot

# Templates that are shown unless the user names some.
_N_SHOWN = 16
# Red is dark where the image is dark.
_RED, _PALE = np.array([0.65, 0.0, 0.0]), np.array([0.35, 0.5, 0.5])


class TemplateDisplay:
    """Show templates as pictures, and where they win the patches of an image.

    The first panel shows the templates with their numbers. A pixel is the darker the
    more of its bits are 1. The second panel shows the image once for each template, in
    the same order. A red pixel is the center of a patch that the template won.

    Use :meth:`from_estimator`.

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
            image = _shares(words, estimator.image_shape_, estimator, bits)[0]
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
        pictures = _shares(codebook, estimator.patch_shape_, estimator, bits)
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
        panels = [("Templates", _as_ink(self.pictures))]
        if self.maps is not None:
            tiles = np.repeat(_as_ink(self.image[np.newaxis]), len(self.maps), axis=0)
            tiles[self.maps] = _RED + _PALE * tiles[self.maps]
            panels.append(("Centers of the patches that they win", tiles))
        pyplot = import_pyplot(TemplateDisplay)
        if ax is None:
            size = 4.5 * len(panels), 5
            _, ax = pyplot.subplots(1, len(panels), figsize=size, layout="constrained")
        self.ax_ = np.atleast_1d(ax)
        if self.ax_.shape != (len(panels),):
            raise ValueError(
                f"ax must be as many axes as there are panels, {len(panels)}, got "
                f"{ax!r}."
            )
        self.figure_ = self.ax_[0].figure
        self.images_ = [
            _show_tiles(tiles, self.numbers, panel, title)
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
    geometry, n_templates = encoder._geometry(), len(encoder.codebook_)
    places = geometry._replace(grid_shape=geometry.map_shape, cell_shape=(1, 1))
    limits = (encoder.fitted_params_[name] for name in ("n_winners", "min_ones"))
    won = encode(words, prepare(encoder.codebook_, places, *limits, (1,)), None)
    won = unpack_bits(won, math.prod(geometry.map_shape) * n_templates)
    won = won.reshape(*geometry.map_shape, n_templates)
    maps = np.zeros((n_templates, *geometry.image_shape), dtype=bool)
    middle = np.array(geometry.patch_shape) // 2 - geometry.padding
    for *place, template in np.argwhere(won):
        y, x = np.multiply(place, geometry.stride) + middle
        # The center of a patch can lie in the padding.
        if 0 <= y < maps.shape[1] and 0 <= x < maps.shape[2]:
            maps[template, y, x] = True
    return maps


def _shares(words, shape, encoder, bits):
    """Return the share of ones of each pixel, of all of its bits or of some."""
    n_bits = encoder.n_bits_per_pixel_
    pixels = unpack_bits(words, math.prod(shape) * n_bits)
    pixels = pixels.reshape(len(words), *shape, n_bits)
    return pixels[..., slice(None) if bits is None else list(bits)].mean(axis=-1)


def _as_ink(pictures):
    """Return red, green and blue of pictures, the darker the higher their numbers."""
    return np.repeat(1.0 - np.asarray(pictures)[..., np.newaxis], 3, axis=-1)


def _show_tiles(tiles, numbers, ax, title):
    """Show pictures side by side, with a number above each."""
    n, height, width, _ = tiles.shape
    n_columns = math.ceil(math.sqrt(n * height / width))
    down, right = height + 0.3 * height, width + 0.15 * width
    images = []
    for i, (tile, number) in enumerate(zip(tiles, numbers, strict=True)):
        y, x = i // n_columns * down, i % n_columns * right
        extent = x, x + width, y + height, y
        images.append(ax.imshow(tile, extent=extent, vmin=0, vmax=1))
        ax.plot(*_frame(extent), color="0.7", linewidth=0.8)
        ax.text(x, y - 0.04 * height, number, fontsize="x-small")
    n_rows = math.ceil(n / n_columns)
    ax.set(title=title, xlim=(-0.1 * width, min(n, n_columns) * right))
    ax.set_ylim(n_rows * down - 0.2 * height, -0.3 * height)
    ax.set_axis_off()
    return images


def _frame(extent):
    left, right, bottom, top = extent
    return (left, right, right, left, left), (top, top, bottom, bottom, top)
