# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder of the pixels of images, before patches of them compete."""

import math
from numbers import Integral, Real

import numpy as np

from skbit._base import all_or_nothing, read_only
from skbit._utils.blocks import slices
from skbit._utils.images import shape_of_images
from skbit._utils.input import dense_rows, row_blocks
from skbit._utils.sklearn import Interval, Options, _fit_context
from skbit._utils.state import check_array, check_choice, check_number, raise_damaged
from skbit.preprocessing._edges import DIRECTIONS
from skbit.preprocessing._encoder import BitEncoder, rounded_up
from skbit.preprocessing._parts import LearnsInParts

# Numbers of images that are encoded at a time, whose codes fit into a cache.
_N_AT_A_TIME = 2**16


class PixelEncoder(LearnsInParts, BitEncoder):
    """Encode each pixel of images by thresholds and by rises to its neighbours.

    A number of a pixel has one bit per threshold, which is 1 if the number is above the
    threshold. With ``min_rise``, bits for directions follow: such a bit is 1 if the
    number of the pixel ``distance`` steps away in the direction is higher by more than
    ``min_rise``. It is 0 if that pixel lies outside the image.

    The numbers of a pixel, its channels, lie side by side, and so do the bits of a
    pixel. So :class:`~skbit.feature_extraction.BitPatchEncoder` takes the output with
    ``image_shape=(height, width)``.

    Read more in the :ref:`User Guide <encoding>`.

    Parameters
    ----------
    thresholds : int or tuple of float, default=2
        The thresholds of each number. A whole number is how many there are, evenly
        spaced in the range that each channel has in the training data. A tuple holds
        ascending thresholds for all channels. More of them keep more of the brightness.

    min_rise : float, default=None
        The rise that an edge exceeds. Lower it for images of low contrast. None leaves
        out the bits for directions.

    n_directions : {4, 8}, default=8
        Number of directions: right, left, down and up; with 8, also the diagonals down
        right, up left, down left and up right, ``distance`` pixels along both axes.

    distance : int or tuple of int, default=1
        Distance in pixels between the two pixels that are compared. Larger distances
        find blurred edges. Of several distances, each has its own bits.

    relative : bool, default=False
        Whether a tuple of ``thresholds``, and ``min_rise``, are in shares of the range
        that each channel has in the training data. Set it to True if the scale of the
        numbers is not known in advance.

    image_shape : tuple (height, width) or (height, width, n_channels), default=None
        The shape of the images that the rows of X hold, pixel by pixel and image row by
        image row. A pixel has n_channels numbers, or 1 if it is left out. One of height
        and width may be -1 and follows from the number of features; ``(1, -1)`` takes
        rows as signals, in which only right and left lead anywhere. When None, images
        are square; rows that make no square image are taken as signals, with a warning.

    %(packed_output)s

    Attributes
    ----------
    thresholds_ : ndarray of shape (n_channels, n_thresholds), dtype float64
        The thresholds of each channel, ascending.

    min_rise_ : ndarray of shape (n_channels,), dtype float64, or None
        The rise that an edge of each channel exceeds.

    data_min_, data_max_ : ndarray of shape (n_channels,), dtype float64
        The range of the channels.

    image_shape_ : tuple (height, width)
        The shape of the images.

    n_bits_per_pixel_ : int
        Number of bits per pixel.

    %(n_features_in_)s

    See Also
    --------
    skbit.feature_extraction.BitPatchEncoder : Learns from the patches of such bits.
    ThermometerEncoder : Thresholds of each feature, by curves or quantiles.
    DirectionalEdgeEncoder : A limited number of edges per image.

    Notes
    -----
    Bit ``(p * n_channels + c) * n_bits + b`` of a row is bit ``b`` of channel ``c`` of
    pixel ``p``. The thresholds come first, in their order. Bits ``n_thresholds + k *
    n_directions + d`` are direction ``d`` at distance ``k``.

    Whole numbers of any type are compared and subtracted exactly, and floats as
    ``float64``. Images from 0 to 255 are best left as ``uint8``, which is the fastest.

    Encoding takes ``O(n_samples * n_features * n_bits)`` comparisons. X is read block
    by block, so no second copy of X is made.

    A bit for each neighbour that is brighter is the local binary pattern [1]_ of a
    pixel, which has no ``min_rise``.

    References
    ----------
    .. [1] T. Ojala, M. Pietikainen, T. Maenpaa, "Multiresolution Gray-Scale and
       Rotation Invariant Texture Classification with Local Binary Patterns", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 24(7), 2002.

    Examples
    --------
    A bright line in the middle is above the threshold, and the signal rises to the
    right from its left side, and to the left from its right side:

    >>> from skbit.preprocessing import PixelEncoder
    >>> encoder = PixelEncoder(
    ...     thresholds=(5,), min_rise=3, n_directions=4, image_shape=(1, -1),
    ...     packed_output=False,
    ... )
    >>> bits = encoder.fit_transform([[0, 1, 9, 7, 0]]).reshape(5, 5)
    >>> dict(zip(["above", "right", "left"], bits.T[:3].tolist()))
    {'above': [0, 0, 1, 1, 0], 'right': [0, 1, 0, 0, 0], 'left': [0, 0, 0, 0, 1]}
    """

    _parameter_constraints = {
        "thresholds": [Interval(Integral, 0, 2**16, closed="both"), tuple, list],
        "min_rise": [Interval(Real, 0, None, closed="left"), None],
        "n_directions": [Options(Integral, {4, 8})],
        "distance": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "relative": ["boolean"],
        "image_shape": [tuple, list, None],
        "packed_output": ["boolean"],
    }
    _fixed_parameters = ("n_directions", "distance")

    def __init__(
        self,
        thresholds=2,
        *,
        min_rise=None,
        n_directions=8,
        distance=1,
        relative=False,
        image_shape=None,
        packed_output=True,
    ):
        self.thresholds = thresholds
        self.min_rise = min_rise
        self.n_directions = n_directions
        self.distance = distance
        self.relative = relative
        self.image_shape = image_shape
        self.packed_output = packed_output

    @property
    def _n_channels(self):
        return len(self.thresholds_)

    @property
    def _distances(self):
        return _as_list(self.fitted_params_["distance"])

    @property
    def _n_directions(self):
        return self.fitted_params_["n_directions"]

    @property
    def _steps(self):
        """How far down and right the pixels lie that a pixel is compared with."""
        if self.min_rise_ is None:
            return np.zeros((0, 2), dtype=np.int64)
        directions = np.array(list(DIRECTIONS.values())[: self._n_directions])
        # Pixels that are farther away than the image is wide or high are outside.
        farthest = max(self.image_shape_)
        return np.concatenate([directions * min(d, farthest) for d in self._distances])

    @property
    def _n_number_bits(self):
        n_thresholds = self.thresholds_.shape[1]
        if self.min_rise_ is None:
            return n_thresholds
        return n_thresholds + len(self._distances) * self._n_directions

    @property
    def _n_bits(self):
        return math.prod(self.image_shape_) * self.n_bits_per_pixel_

    def _check_state(self):
        super()._check_state()
        check_choice(self, "_n_directions", (4, 8))
        if not _are_distances(self._distances):
            expected = "ascending whole numbers above 0"
            raise_damaged(self, "distance", expected, repr(self._distances))
        shape = self.image_shape_
        if not (
            isinstance(shape, tuple)
            and len(shape) == 2
            and all(isinstance(n, Integral) and n > 0 for n in shape)
            and self.n_features_in_ % math.prod(shape) == 0
        ):
            raise_damaged(self, "image_shape_", "height and width", repr(shape))
        n_channels = self.n_features_in_ // math.prod(shape)
        check_array(self, "thresholds_", np.float64, (n_channels, None))
        for name in ("data_min_", "data_max_"):
            check_array(self, name, np.float64, (n_channels,))
        if self.min_rise_ is not None:
            check_array(self, "min_rise_", np.float64, (n_channels,), low=0)
        n_bits = n_channels * self._n_number_bits
        check_number(self, "n_bits_per_pixel_", max(1, n_bits), n_bits)

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Determine the shape of the images and the range of the channels.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers.

        %(y_ignored)s

        Returns
        -------
        self : PixelEncoder
            The fitted encoder.
        """
        self._check_parameters()
        return self._learn(self._begin(X), in_parts=False)

    def _check_parameters(self):
        _check_thresholds(self.thresholds)
        if not _are_distances(_as_list(self.distance)):
            raise ValueError(
                "distance must be a whole number above 0 or several of them, "
                f"ascending, got {self.distance!r}."
            )
        thresholds = self.thresholds
        n = thresholds if isinstance(thresholds, Integral) else len(thresholds)
        if self.min_rise is None and n == 0:
            raise ValueError(
                "A pixel has no bits: there are no thresholds, and min_rise is None."
            )

    def _begin(self, X):
        X = self._validate_numbers(X, reset=True)
        *image_shape, _ = shape_of_images(
            self.image_shape, X.shape[1], are_numbers=True
        )
        self.image_shape_ = tuple(image_shape)
        return X

    def _learn(self, X, in_parts):
        n_channels = X.shape[1] // math.prod(self.image_shape_)
        vars(self).update(self._from_range(*_range_of_channels(X, n_channels)))
        self.n_bits_per_pixel_ = n_channels * self._n_number_bits
        return self

    def _from_range(self, low, high):
        # Beyond the largest float64 is infinity, which nothing exceeds, as intended.
        with np.errstate(over="ignore"):
            thresholds = self._spread_thresholds(low, high)
            min_rise = None
            if self.min_rise is not None:
                unit = _width(low, high) if self.relative else 1.0
                min_rise = np.full(len(low), self.min_rise * unit)
        return {
            "data_min_": low,
            "data_max_": high,
            "thresholds_": thresholds,
            "min_rise_": min_rise,
            "image_shape_": self.image_shape_,
        }

    def _spread_thresholds(self, low, high):
        """Return the thresholds of each channel."""
        lowest, thresholds = low[:, np.newaxis], self.thresholds
        if isinstance(thresholds, Integral):
            extent = _width(low, high)[:, np.newaxis]
            n_parts = int(thresholds) + 1
            numbers = np.arange(1, n_parts)
            # Multiplied before divided, whole numbers stay whole; the power of two
            # keeps the product in range.
            unit = 2.0 ** n_parts.bit_length()
            return lowest + extent / unit * numbers / n_parts * unit
        thresholds = np.array(thresholds, dtype=np.float64)
        if self.relative:
            return lowest + _width(low, high)[:, np.newaxis] * thresholds
        return np.tile(thresholds, (len(low), 1))

    def _as_numbers(self, X):
        """Return bytes, float64 or, if these would be rounded, whole numbers."""
        if X.dtype == bool:
            return X.view(np.uint8)
        is_wide = X.dtype in (np.int64, np.uint64)
        if X.dtype == np.uint8 or (is_wide and (X.max() > 2**52 or X.min() < -(2**52))):
            return X
        return X.astype(np.float64)

    def _encode_block(self, X, words):
        n_numbers = X.shape[1]
        n_at_once = max(1, _N_AT_A_TIME // n_numbers)
        shape = -(-self._n_number_bits // 32), min(n_at_once, len(X)), n_numbers
        codes = np.empty(shape, dtype=np.uint32)
        above, rise = self._limits(X.dtype)
        for rows in slices(len(X), n_at_once):
            self._encode_rows(X[rows], above, rise, codes, words[rows])

    def _encode_rows(self, X, above, rise, codes, words):
        from skbit.preprocessing._kernels.pixels import (
            mark_above,
            mark_rises,
            pack_codes,
        )

        codes = codes[:, : len(X)]
        codes[:] = 0
        values = X
        if X.dtype in (np.int64, np.uint64):
            values = read_only(rounded_up(X))
            # Signed numbers are raised by half of the range, which keeps differences.
            lift = np.uint64(2**63 if X.dtype == np.int64 else 0)
            X = read_only(X.astype(np.uint64) + lift)
        if len(above):
            mark_above(values, above, codes)
        if rise is not None:
            first = self.thresholds_.shape[1]
            mark_rises(X, rise, self._steps, self._n_channels, first, codes)
        pack_codes(codes, self._n_number_bits, words)

    def _limits(self, dtype):
        """Return thresholds and rise for the numbers of an image row.

        Their types are those that kernels are compiled for, by the type of X.
        """
        width = self.image_shape_[1]
        above, rise = self.thresholds_.T, self.min_rise_
        if dtype == np.uint8:
            above = np.clip(np.floor(above), -1, 255).astype(np.int16)
        above = read_only(np.tile(above, width))
        if rise is None:
            return above, None
        if dtype.kind in "iu":
            unsigned = np.uint8 if dtype == np.uint8 else np.uint64
            most = np.iinfo(unsigned).max
            rise = np.array(
                [math.floor(min(r, most)) for r in rise.tolist()], dtype=unsigned
            )
        return above, read_only(np.tile(rise, width))

    def _bit_names(self, names):
        bits = [f"above_{t}" for t in range(self.thresholds_.shape[1])]
        if self.min_rise_ is not None:
            directions = list(DIRECTIONS)[: self._n_directions]
            bits += [f"{way}_{d}" for d in self._distances for way in directions]
        return [f"{name}_{bit}" for name in names for bit in bits]


def _range_of_channels(X, n_channels):
    """Return the lowest and the highest value of each channel."""
    low, high = np.full(n_channels, np.inf), np.full(n_channels, -np.inf)
    for rows in row_blocks(X):
        numbers = dense_rows(X, rows).reshape(-1, n_channels)
        low = np.minimum(low, numbers.min(axis=0))
        high = np.maximum(high, numbers.max(axis=0))
    return low, high


def _width(low, high):
    """Return the difference; raise if it is larger than the largest number."""
    found = high - low
    if np.isinf(found).any():
        raise ValueError(
            f"The range of channel {np.flatnonzero(np.isinf(found))[0]} is larger "
            "than the largest float64. Scale X down."
        )
    return found


def _check_thresholds(thresholds):
    """Raise if thresholds that are given are not ascending numbers."""
    if isinstance(thresholds, Integral):
        return
    is_valid = all(isinstance(t, Real) and math.isfinite(t) for t in thresholds)
    if not is_valid or list(thresholds) != sorted(set(thresholds)):
        raise ValueError(
            "thresholds must be a whole number or ascending numbers, got "
            f"{thresholds!r}."
        )


def _as_list(distance):
    return [distance] if isinstance(distance, Integral) else list(distance)


def _are_distances(distances):
    """Return whether these are ascending whole numbers above 0."""
    are_whole = all(isinstance(d, Integral) and d > 0 for d in distances)
    return are_whole and distances != [] and distances == sorted(set(distances))
