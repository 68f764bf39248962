# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Pipelines of images and series, with settings that suit most of them.

The settings of images were chosen on training images of MNIST and Fashion-MNIST, and
those of series on training series of four sets of the UCR archive. Thresholds and edges
are shares of the range of the data.
"""

from dataclasses import dataclass
from numbers import Integral

from sklearn.pipeline import FeatureUnion, Pipeline

from skbit.feature_extraction import BitPatchEncoder
from skbit.naive_bayes import OttoScoreClassifier
from skbit.preprocessing import PixelEncoder

_PADDING = 2
# Patches of a cell along an axis, at least, unless there are fewer than three cells.
_PATCHES_PER_CELL = 4


@dataclass(frozen=True)
class _Size:
    """Settings of a size of pipelines: of pixels, patches and the classifier.

    ``patch_sizes`` and ``grids`` have an entry per encoder of patches.
    """

    thresholds: int | tuple[float, ...]
    min_rise: float | None
    patch_sizes: tuple[int, ...]
    grids: tuple[int, ...]
    n_templates: int
    n_winners: int
    pooling: str | tuple[int, ...]
    max_iter: int
    margin: float
    weight_bits: int
    distance: int | tuple[int, ...] = 1
    rivals: str = "strongest"


_QUARTERS = 1 / 4, 1 / 2, 3 / 4
_SIZES = {
    "tiny": _Size((1 / 2,), 1 / 32, (3,), (4,), 64, 2, "or", 21, 2.0, 2),
    "small": _Size(_QUARTERS, 1 / 32, (3,), (4,), 128, 2, (1, 4), 21, 2.0, 2),
    "large": _Size(
        _QUARTERS, 1 / 32, (3, 7), (7, 4), 256, 3, (1, 4), 11, 4.0, 4, rivals="all"
    ),
}

# A patch of a series has fewer numbers, so it is longer and has more bits of each.
_DISTANCES = 1, 4, 16
_SERIES_SIZES = {
    "tiny": _Size(8, None, (17,), (4,), 64, 2, "or", 21, 2.0, 2),
    "small": _Size(8, 1 / 32, (17,), (4,), 64, 2, "or", 21, 2.0, 3, _DISTANCES),
    "large": _Size(
        8, 1 / 32, (9, 33), (7, 7), 256, 3, (1, 4), 11, 4.0, 4, _DISTANCES, "all"
    ),
}

# Series of several channels are images, but rises from one time to the next are mostly
# noise in them.
_CHANNELS_SIZES = {
    "tiny": _Size((1 / 4, 5 / 8), None, (5,), (4,), 64, 2, "or", 21, 2.0, 2),
    "small": _Size((1 / 4, 5 / 8), 5 / 32, (5,), (4,), 64, 2, "or", 21, 2.0, 3),
    "large": _Size(
        _QUARTERS, 1 / 32, (3, 5), (7, 7), 256, 3, (1, 4), 11, 4.0, 4, rivals="all"
    ),
}


def image_pipeline(image_shape, size="small", *, random_state=None, n_jobs=None):
    """Make a pipeline that classifies images.

    The steps are a :class:`~skbit.preprocessing.PixelEncoder`, one or more
    :class:`~skbit.feature_extraction.BitPatchEncoder` side by side, and an
    :class:`~skbit.naive_bayes.OttoScoreClassifier`. Thresholds and edges are shares of
    the range of the training data, and patches and cells follow from the size of the
    images. All parameters can be changed with ``set_params``.

    Read more in the :ref:`User Guide <pipelines>`.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, n_channels)
        The shape of the images that the rows of X hold, pixel by pixel and image row by
        image row.

    size : {"tiny", "small", "large"}, default="small"
        How large the model is. "tiny" has thresholds only, 64 templates and weights of
        2 bits. "small" has edges as well, and weights of 3 bits. "large" has 256
        templates of each of two sizes, more cells, counts and weights of 4 bits; it is
        the most accurate, and takes about ten times longer.

    random_state : int, RandomState instance or None, default=None
        Seed of the templates and of the order of the rows in tuning. Pass an int for
        the same model in each call.

    n_jobs : int, default=None
        Number of threads of the encoders and of the classifier. None means 1 unless in
        a :obj:`joblib.parallel_config` context, and -1 means all processors.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        The pipeline, not fitted. Its steps are ``"pixels"``, ``"patches"`` and
        ``"classifier"``.

    See Also
    --------
    series_pipeline : The same for series.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from skbit.pipeline import image_pipeline
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> model = image_pipeline((8, 8), random_state=0).fit(X_train, y_train)
    >>> model.score(X_test, y_test)
    0.9...
    """
    shape = tuple(image_shape) if isinstance(image_shape, tuple | list) else ()
    if len(shape) not in (2, 3) or not _are_counts(shape):
        raise ValueError(
            "image_shape must be (height, width) or (height, width, n_channels), whole "
            f"numbers above 0, got {image_shape!r}."
        )
    return _pipeline(shape, _SIZES, size, random_state, n_jobs)


def series_pipeline(
    length, size="small", *, n_channels=1, random_state=None, n_jobs=None
):
    """Make a pipeline that classifies series.

    A series of one channel is an image of one row, with more thresholds, edges at three
    distances and longer patches. A series of several channels is an image with a row
    per time and a column per channel. So channels that are similar, such as bands of
    neighbouring frequencies, should be adjacent.

    Read more in the :ref:`User Guide <pipelines>`.

    Parameters
    ----------
    length : int
        Number of times of a series.

    size : {"tiny", "small", "large"}, default="small"
        How large the model is; see :func:`image_pipeline`.

    n_channels : int, default=1
        Number of channels. A row of X holds the channels of the first time, then those
        of the second, and so on. All channels should have the same unit.

    random_state : int, RandomState instance or None, default=None
        Seed of the templates and of the order of the rows in tuning. Pass an int for
        the same model in each call.

    n_jobs : int, default=None
        Number of threads of the encoders and of the classifier. None means 1 unless in
        a :obj:`joblib.parallel_config` context, and -1 means all processors.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        The pipeline, not fitted.

    See Also
    --------
    image_pipeline : The same for images.

    Examples
    --------
    Waves of two shapes at random places:

    >>> import numpy as np
    >>> from skbit.pipeline import series_pipeline
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(400) % 2
    >>> phase = rng.uniform(0, 6, (400, 1)) + np.linspace(0, 20, 100)
    >>> X = np.where(y[:, None], np.sin(phase), np.sign(np.sin(phase)))
    >>> X += rng.normal(scale=0.1, size=X.shape)
    >>> model = series_pipeline(100, random_state=0).fit(X[:300], y[:300])
    >>> model.score(X[300:], y[300:])
    1.0
    """
    for name, value in (("length", length), ("n_channels", n_channels)):
        if not _are_counts([value]):
            raise ValueError(f"{name} must be a whole number above 0, got {value!r}.")
    if n_channels == 1:
        return _pipeline((1, length), _SERIES_SIZES, size, random_state, n_jobs)
    shape = length, n_channels
    return _pipeline(shape, _CHANNELS_SIZES, size, random_state, n_jobs)


def _are_counts(numbers):
    return all(isinstance(n, Integral) and n > 0 for n in numbers)


def _pipeline(shape, sizes, size, random_state, n_jobs):
    """Make the pipeline of images of a shape from the settings of a size."""
    if size not in sizes:
        raise ValueError(f"size must be one of {[*sizes]}, got {size!r}.")
    settings = sizes[size]
    encoders = [
        _patch_encoder(settings, patch_size, grid, shape[:2], random_state, n_jobs)
        for patch_size, grid in zip(settings.patch_sizes, settings.grids, strict=True)
    ]
    patches = encoders[0]
    if len(encoders) > 1:
        names = [f"patches{patch_size}" for patch_size in settings.patch_sizes]
        patches = FeatureUnion(list(zip(names, encoders, strict=True)))
    pixels = PixelEncoder(
        settings.thresholds,
        min_rise=settings.min_rise,
        distance=settings.distance,
        relative=True,
        image_shape=shape,
    )
    classifier = OttoScoreClassifier(
        input_format="packed",
        max_iter=settings.max_iter,
        margin=settings.margin,
        weight_bits=settings.weight_bits,
        rivals=settings.rivals,
        random_state=random_state,
        n_jobs=n_jobs,
    )
    return Pipeline(
        [("pixels", pixels), ("patches", patches), ("classifier", classifier)]
    )


def _patch_encoder(settings, patch_size, grid, image_shape, random_state, n_jobs):
    """Return an encoder whose patches and cells suit the size of the images."""
    sides = [_side(n, patch_size, grid) for n in image_shape]
    patch_size, padding, grid = zip(*sides, strict=True)
    return BitPatchEncoder(
        settings.n_templates,
        patch_size=patch_size,
        padding=padding,
        n_winners=settings.n_winners,
        grid=grid,
        pooling=settings.pooling,
        image_shape=image_shape,
        input_format="packed",
        random_state=random_state,
        n_jobs=n_jobs,
    )


def _side(length, patch_size, grid):
    """Return size of a patch, padding and number of cells along an axis."""
    if length == 1:
        return 1, 0, 1
    patch_size = min(patch_size, max(3, length // 2))
    n_patches = length + 2 * _PADDING - patch_size + 1
    n_cells = max(3, round(n_patches / _PATCHES_PER_CELL))
    return patch_size, _PADDING, min(grid, n_cells, n_patches)
