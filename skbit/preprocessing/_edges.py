# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder of the edges of images, by direction."""

from numbers import Integral, Real

import numpy as np

from skbit._base import all_or_nothing, read_only
from skbit._utils.images import shape_of_images
from skbit._utils.sklearn import Interval, Options, _fit_context
from skbit._utils.state import check_choice, check_number, raise_damaged
from skbit.preprocessing._encoder import BitEncoder
from skbit.preprocessing._rank_density import kth_highest, n_highest

# Name of each direction, and where it leads: down, right.
DIRECTIONS = {
    "right": (0, 1),
    "left": (0, -1),
    "down": (1, 0),
    "up": (-1, 0),
    "down_right": (1, 1),
    "up_left": (-1, -1),
    "down_left": (1, -1),
    "up_right": (-1, 1),
}


class DirectionalEdgeEncoder(BitEncoder):
    """Encode where images get brighter, for each direction.

    A pixel has one bit per direction. The rise of a pixel in a direction is the value
    of the pixel ``distance`` steps away minus its own value. The rise is 0 if the other
    pixel lies outside the image. In each direction, the ``k`` pixels that rise most are
    edges, where ``k`` is ``density * n_pixels`` rounded half up. A pixel that does not
    rise is never an edge, so plain images have fewer edges. Among equal rises, pixels
    with the lower index are taken first. Finally, every edge is dilated to the square
    of ``2 * dilation + 1`` pixels around it, so that edges which nearly coincide share
    bits.

    Bit ``p * n_directions + d`` of a row is direction ``d`` of pixel ``p``.

    Read more in the :ref:`User Guide <encoding>`.

    Parameters
    ----------
    n_directions : {4, 8}, default=4
        Number of directions: right, left, down and up; with 8, also the diagonals down
        right, up left, down left and up right, ``distance`` pixels along both axes.

    distance : int, default=2
        Distance in pixels between the two pixels that are compared. Larger distances
        find blurred edges.

    density : float, default=0.08
        The largest share of pixels that are edges of one direction, before dilation.
        Raise it for images with many lines.

    dilation : int, default=1
        Number of pixels by which edges are widened to each side. More dilation
        tolerates larger shifts of the image and makes codes less sparse.

    image_shape : tuple (height, width), default=None
        The shape of the images that the rows of X hold, pixel by pixel and image row by
        image row. One of the two may be -1 and follows from the number of features;
        ``(1, -1)`` takes rows as signals, in which only right and left lead anywhere.
        When None, images are square; rows that make no square image are taken as
        signals, with a warning.

    %(packed_output)s

    Attributes
    ----------
    image_shape_ : tuple (height, width)
        The shape of the images.

    n_edges_ : int
        The largest number of edges of one direction, before dilation.

    %(n_features_in_)s

    See Also
    --------
    RankDensityEncoder : Marks the highest features instead of the steepest.
    ThermometerEncoder : Encodes how high each feature is.

    Notes
    -----
    There is no ``inverse_transform``, because edges do not determine brightness.

    Differences are of the type that X has if that is ``float32`` or ``float64``, and
    exact for whole numbers of any type. Images from 0 to 255 are best left as
    ``uint8``, which is the fastest.

    Edges are the places where brightness changes most, as in other edge detectors [1]_.
    The limit for each direction and the dilation make codes that can be compared bit by
    bit.

    References
    ----------
    .. [1] J. Canny, "A Computational Approach to Edge Detection", IEEE Transactions on
       Pattern Analysis and Machine Intelligence 8(6), 1986.

    Examples
    --------
    A bright line in the middle rises to the right from its left side, and to the left
    from its right side:

    >>> from skbit.preprocessing import DirectionalEdgeEncoder
    >>> encoder = DirectionalEdgeEncoder(
    ...     distance=1, density=0.5, dilation=0, image_shape=(1, 5), packed_output=False
    ... )
    >>> bits = encoder.fit_transform([[0, 0, 9, 0, 0]]).reshape(5, 4)
    >>> dict(zip(["right", "left"], bits.T[:2].tolist()))
    {'right': [0, 1, 0, 0, 0], 'left': [0, 0, 0, 1, 0]}
    """

    _parameter_constraints = {
        "n_directions": [Options(Integral, {4, 8})],
        "distance": [Interval(Integral, 1, None, closed="left")],
        "density": [Interval(Real, 0, 1, closed="both")],
        "dilation": [Interval(Integral, 0, None, closed="left")],
        "image_shape": [tuple, list, None],
        "packed_output": ["boolean"],
    }

    _fixed_parameters = ("n_directions", "distance", "dilation")

    def __init__(
        self,
        n_directions=4,
        *,
        distance=2,
        density=0.08,
        dilation=1,
        image_shape=None,
        packed_output=True,
    ):
        self.n_directions = n_directions
        self.distance = distance
        self.density = density
        self.dilation = dilation
        self.image_shape = image_shape
        self.packed_output = packed_output

    @property
    def _n_directions(self):
        return self.fitted_params_["n_directions"]

    @property
    def _distance(self):
        return self.fitted_params_["distance"]

    @property
    def _dilation(self):
        return self.fitted_params_["dilation"]

    @property
    def _n_bits(self):
        return self.n_features_in_ * self._n_directions

    def _check_state(self):
        super()._check_state()
        check_choice(self, "_n_directions", (4, 8))
        check_number(self, "_distance", 1)
        check_number(self, "_dilation", 0)
        check_number(self, "n_edges_", 0, self.n_features_in_)
        shape = self.image_shape_
        if not (
            isinstance(shape, tuple)
            and len(shape) == 2
            and all(isinstance(n, Integral) and n > 0 for n in shape)
            and shape[0] * shape[1] == self.n_features_in_
        ):
            expected = f"height and width of {self.n_features_in_} pixels"
            raise_damaged(self, "image_shape_", expected, repr(shape))

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Determine the shape of the images.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_pixels)
            Numbers; only their shape matters.

        %(y_ignored)s

        Returns
        -------
        self : DirectionalEdgeEncoder
            The fitted encoder.
        """
        X = self._validate_numbers(X, reset=True)
        *image_shape, _ = shape_of_images(
            self.image_shape, X.shape[1], one_channel=True
        )
        self.image_shape_ = tuple(image_shape)
        self.n_edges_ = int(n_highest(self.density, X.shape[1]))
        return self

    @property
    def _learns_from(self):
        return "first"

    def _as_numbers(self, X):
        """Return numbers whose differences are exact if those of X are whole."""
        is_whole = X.dtype in (np.int64, np.uint64)
        if is_whole and (X.max() > 2**52 or X.min() < -(2**52)):
            # Signed numbers are raised by half of the range, which keeps differences
            # and prevents that the difference of a higher and a lower number wraps.
            lift = np.uint64(2**63 if X.dtype == np.int64 else 0)
            return X.astype(np.uint64) + lift
        X = super()._as_numbers(X)
        if X.dtype.kind == "f":
            highest = np.maximum(X.max(axis=1), -X.min(axis=1))
            is_huge = highest > np.finfo(X.dtype).max / 2
            if is_huge.any():
                # The differences of halves are finite, and in the same order.
                X = np.where(is_huge[:, np.newaxis], X / 2, X)
        return X

    def _encode_block(self, X, words):
        from skbit.preprocessing._kernels.edges import pack_pixels, rises
        from skbit.preprocessing._kernels.rank import mark_highest

        height, width = self.image_shape_
        # Pixels that are farther away than the image is wide or high are outside.
        distance = min(self._distance, max(height, width))
        directions = list(DIRECTIONS.values())[: self._n_directions]
        edges = np.zeros(X.shape, dtype=np.uint8)
        heights = np.empty_like(X, order="C")
        for d, (down, right) in enumerate(directions):
            rises(X, width, down * distance, right * distance, heights)
            found = read_only(heights)
            kth = kth_highest(found, np.array([self.n_edges_]))[:, 0]
            # The lowest rise is 0, that of pixels at the margin, and is no edge.
            mark_highest(found, self.n_edges_, kth, False, np.uint8(1 << d), edges)
        edges = _dilate(edges.reshape(-1, height, width), self._dilation)
        edges = edges.reshape(-1, height * width)
        pack_pixels(edges, self._n_directions, words)

    def _bit_names(self, names):
        directions = list(DIRECTIONS)[: self._n_directions]
        return [f"{name}_{direction}" for name in names for direction in directions]


def _dilate(images, dilation):
    """OR each pixel with the pixels in the square around it."""
    for axis in (1, 2):
        spread = images.copy()
        to, of = np.moveaxis(spread, axis, 1), np.moveaxis(images, axis, 1)
        for shift in range(1, min(dilation, to.shape[1] - 1) + 1):
            to[:, shift:] |= of[:, :-shift]
            to[:, :-shift] |= of[:, shift:]
        images = spread
    return images
