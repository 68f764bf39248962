# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder of images by templates that compete for every patch."""

import copy
import functools
import math
from numbers import Integral

import numpy as np
from sklearn.base import TransformerMixin

from skbit._base import (
    BitInputMixin,
    BitOutputMixin,
    SkbitEstimator,
    all_or_nothing,
)
from skbit._utils.images import shape_of_images
from skbit._utils.sklearn import (
    Interval,
    StrOptions,
    _check_feature_names_in,
    _fit_context,
)
from skbit._utils.splitmix import seed_of
from skbit._utils.state import check_array, check_choice, check_number, raise_damaged
from skbit.bits import n_containers
from skbit.cluster import BitWTAClusterer
from skbit.feature_extraction import _codebook, _encoding
from skbit.feature_extraction._geometry import is_whole, resolve

_CODEBOOKS = "sample", "competition", "random"
# Patches that a template learns from in each call, at least.
_PATCHES_PER_TEMPLATE = 64


class BitPatchEncoder(BitInputMixin, BitOutputMixin, TransformerMixin, SkbitEstimator):
    """Encode images by templates that compete for every patch.

    The patches of an image, at every place, are compared with the templates of one
    codebook. The templates with the lowest Hamming distance win the patch. A grid
    divides the places into cells, and each cell has a bit per template that tells
    whether the template won there.

    Read more in the :ref:`User Guide <patch_features>`.

    Parameters
    ----------
    n_templates : int, default=128
        Number of templates. More of them are more accurate, and cost time and output
        bits in proportion.

    patch_size : int or tuple (height, width), default=None
        Height and width of a patch in pixels. None means 7, or the size of the image
        with its padding along an axis that is shorter.

    stride : int or tuple (down, right), default=1
        Number of pixels from one patch to the next. Raise it to save time.

    padding : int or tuple (vertical, horizontal), default=0
        Number of pixels without ones that are added on both sides of the image, fewer
        than a patch has. Raise it if there is something at the border.

    n_winners : int, default=2
        Number of templates that win a patch. All templates that are as near as the last
        of them win as well. More winners make more bits one.

    min_ones : int, default=3
        Patches with fewer ones are blank: no template wins them.

    grid : int or tuple (height, width), default=None
        Number of cells in both directions. More cells keep more of where a template
        won, and take output bits in proportion. None means 4, or the number of patches
        along an axis that has fewer.

    cell_size : int or tuple (height, width), default=None
        Number of patches of a cell in both directions. The cells are evenly spaced over
        all patches, so they overlap if they are large. None means a quarter more than
        cells side by side would have.

    pooling : "or", "none" or tuple of int, default="or"
        The bits of a template in a cell. "or" is one bit, which is 1 if the template
        won a patch of the cell. A tuple such as ``(1, 4)`` is a thermometer of counts:
        a bit for each number, which is 1 if the template won so many patches or more.
        "none" takes every patch as a cell, so that the output is a map of the winners,
        with ``n_templates`` bits per patch.

    codebook : {"sample", "competition", "random"}, default="sample"
        Where templates come from. "sample" draws different patches of the training
        images that are not blank. "competition" learns them from such patches in one
        pass by a :class:`~skbit.cluster.BitWTAClusterer`. "random" draws random bits
        from the SplitMix64 stream, so that a seed is all that has to be stored. If the
        training images have too few patches, random templates take the other places.

    %(image_shape)s

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Seed of the templates. Pass an int for the same ones in each call.

    %(n_jobs)s

    %(packed_output)s

    Attributes
    ----------
    codebook_ : ndarray of shape (n_templates, n_patch_containers), dtype uint32
        The templates, packed. The bits of a patch lie pixel by pixel, patch row by
        patch row, as those of an image.

    clusterer_ : BitWTAClusterer or None
        The fitted clusterer. None unless ``codebook="competition"``.

    image_shape_ : tuple (height, width)
        The shape of the images.

    n_bits_per_pixel_ : int
        Number of bits per pixel.

    patch_shape_ : tuple (height, width)
        The size of a patch in pixels.

    map_shape_ : tuple (height, width)
        Number of patches in both directions.

    grid_shape_ : tuple (height, width)
        Number of cells in both directions.

    cell_shape_ : tuple (height, width)
        Number of patches of a cell in both directions.

    output_image_shape_ : tuple (height, width, n_channels)
        The output as an image with a pixel per cell, for a further encoder.

    seed_ : int
        Start of the random stream.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.random_projection.RandomMAJ3Projection : Random features of places.
    skbit.naive_bayes.OttoScoreClassifier : Learns from the bits.
    sklearn.feature_extraction.image.PatchExtractor : Patches as numbers.

    Notes
    -----
    Bit ``(cell * n_levels + level) * n_templates + template`` of a row belongs to a
    cell, numbered row by row, a level of ``pooling`` and a template.

    Along an axis of n patches, cell i of g cells of size s begins with patch
    ``i * (n - s) // (g - 1)``. Without ``cell_size``, s is ``5 * n / (4 * g)``, rounded
    half up, at least ``n / g``, rounded up, and at most n.

    Random templates are the upper halves of the numbers of the SplitMix64 stream that
    starts at ``seed_``, row by row. Patches are drawn with the stream that starts at
    the bitwise complement of the seed: a patch takes the upper halves u and v of two
    numbers, and is patch ``v * n_patches >> 32`` of row ``u * n_samples >> 32``.

    Patches compete 512 at a time. Their distances from the templates and the winners
    are computed as bit planes by full adders and comparisons, ``O(n_templates *
    (n_patch_ones + n_winners * log(n_patch_bits)))`` operations on words of 512 bits,
    where ``n_patch_ones`` is the mean number of ones of a template.

    Patches that a fixed number of dictionary entries describes and that are pooled over
    the quadrants of an image are the features of [1]_. Here patches, dictionary and
    features are bits.

    References
    ----------
    .. [1] A. Coates, A. Y. Ng, "The Importance of Encoding Versus Training with Sparse
       Coding and Vector Quantization", ICML 2011.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.model_selection import cross_val_score
    >>> from skbit import BitPatchEncoder, OttoScoreClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> encoder = BitPatchEncoder(
    ...     patch_size=4, padding=1, grid=3, binarize=7, random_state=0
    ... )
    >>> model = make_pipeline(encoder, OttoScoreClassifier(max_iter=10, random_state=0))
    >>> float(cross_val_score(model, X, y).mean())
    0.9...
    """

    _parameter_constraints = {
        "n_templates": [Interval(Integral, 1, None, closed="left")],
        "patch_size": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "stride": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "padding": [Interval(Integral, 0, None, closed="left"), tuple, list],
        "n_winners": [Interval(Integral, 1, None, closed="left")],
        "min_ones": [Interval(Integral, 0, None, closed="left")],
        "grid": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "cell_size": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
        "pooling": [StrOptions({"or", "none"}), tuple, list],
        "codebook": [StrOptions(set(_CODEBOOKS))],
        "image_shape": [tuple, list, None],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "packed_output": ["boolean"],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = (
        "binarize",
        "n_templates",
        "patch_size",
        "stride",
        "padding",
        "n_winners",
        "min_ones",
        "grid",
        "cell_size",
        "pooling",
        "codebook",
        "image_shape",
    )

    def __init__(
        self,
        n_templates=128,
        *,
        patch_size=None,
        stride=1,
        padding=0,
        n_winners=2,
        min_ones=3,
        grid=None,
        cell_size=None,
        pooling="or",
        codebook="sample",
        image_shape=None,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
        packed_output=True,
    ):
        self.n_templates = n_templates
        self.patch_size = patch_size
        self.stride = stride
        self.padding = padding
        self.n_winners = n_winners
        self.min_ones = min_ones
        self.grid = grid
        self.cell_size = cell_size
        self.pooling = pooling
        self.codebook = codebook
        self.image_shape = image_shape
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.packed_output = packed_output

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Draw or learn the templates. Earlier fits are forgotten.

        %(X_alone)s

        %(y_ignored)s

        Returns
        -------
        self : BitPatchEncoder
            The fitted encoder.
        """
        X = self._validate_bits(X, reset=True)
        self._begin()
        self._learn(X)
        self._plan  # noqa: B018
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y=None):
        """Continue learning the templates with more images.

        With ``codebook="sample"`` and ``codebook="random"``, the templates are drawn in
        the first call and stay as they are.

        %(X_alone)s

        %(y_ignored)s

        Returns
        -------
        self : BitPatchEncoder
            The fitted encoder.
        """
        is_first = not hasattr(self, "codebook_")
        if not is_first:
            self._check_fitted()
            self._check_parameters_are_as_fitted()
        X = self._validate_bits(X, reset=is_first)
        if is_first:
            self._begin()
        if is_first or self.codebook == "competition":
            self._learn(X)
        return self

    @property
    def _learns_from(self):
        return "parts" if self.codebook == "competition" else "first"

    def _begin(self):
        params = self.fitted_params_
        *image_shape, self.n_bits_per_pixel_ = shape_of_images(
            params["image_shape"],
            self.n_features_in_,
            is_packed=self.input_format_ == "packed",
        )
        self.image_shape_ = tuple(image_shape)
        geometry = resolve(params, self.image_shape_, self.n_bits_per_pixel_)
        self.patch_shape_ = geometry.patch_shape
        self.map_shape_ = geometry.map_shape
        self.grid_shape_ = geometry.grid_shape
        self.cell_shape_ = geometry.cell_shape
        if params["n_winners"] > params["n_templates"]:
            raise ValueError(
                f"n_winners={params['n_winners']} is more than "
                f"n_templates={params['n_templates']}."
            )
        self._check_levels()
        self.seed_ = seed_of(self.random_state)
        self.clusterer_ = None
        if params["codebook"] == "competition":
            self.clusterer_ = BitWTAClusterer(
                params["n_templates"],
                input_format="packed",
                random_state=self.seed_ % 2**32,
            )

    def _learn(self, X):
        """Draw or learn the templates from rows of X."""
        params, geometry = self.fitted_params_, self._geometry()
        n_templates, n_bits = params["n_templates"], geometry.n_patch_bits
        templates = np.empty((0, n_containers(n_bits)), dtype=np.uint32)
        if params["codebook"] != "random":
            learned = self.clusterer_ is not None
            n_drawn = n_templates
            if learned:
                n_drawn = max(X.shape[0], _PATCHES_PER_TEMPLATE * n_templates)
            templates = _codebook.draw_patches(
                self._as_words(X),
                geometry,
                params["min_ones"],
                n_drawn,
                self.seed_,
                distinct=not learned,
            )
            if learned:
                clusterer = copy.copy(self.clusterer_)
                if len(templates):
                    self.clusterer_ = clusterer.partial_fit(templates)
                    templates = clusterer.patterns_
        self.codebook_ = _codebook.filled_up(templates, n_templates, self.seed_, n_bits)
        vars(self).pop("_plan", None)

    def _geometry(self):
        return resolve(self.fitted_params_, self.image_shape_, self.n_bits_per_pixel_)

    @functools.cached_property
    def _plan(self):
        """The templates and the image, as kernels take them."""
        # Computed on first access, because it takes longer than encoding a row.
        params = self.fitted_params_
        return _encoding.prepare(
            self.codebook_,
            self._geometry(),
            params["n_winners"],
            params["min_ones"],
            self._levels,
        )

    @property
    def _levels(self):
        pooling = self.fitted_params_["pooling"]
        return (1,) if isinstance(pooling, str) else tuple(pooling)

    def _check_levels(self):
        pooling = self.fitted_params_["pooling"]
        if isinstance(pooling, str):
            return
        levels = list(pooling)
        is_valid = all(is_whole(n) and 1 <= n < 2**31 for n in levels)
        if not levels or not is_valid or levels != sorted(set(levels)):
            raise ValueError(
                "pooling must be 'or', 'none' or ascending whole numbers above 0, got "
                f"{pooling!r}."
            )

    @property
    def output_image_shape_(self):
        """The output as an image with a pixel per cell."""
        n_channels = len(self._levels) * len(self.codebook_)
        return (*self.grid_shape_, n_channels)

    @property
    def _n_bits(self):
        return math.prod(self.output_image_shape_)

    def transform(self, X):
        """Encode images by the templates that win their patches.

        %(X_alone)s

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            The packed bits, or one uint8 column per bit with ``packed_output=False``.
        """
        self._check_fitted()
        words = self._as_words(self._validate_bits(X, reset=False))
        encoded = _encoding.encode(words, self._plan, self.n_jobs)
        return self._as_output(encoded, self._n_bits)

    def get_feature_names_out(self, input_features=None):
        """Get the names of the output's columns.

        Parameters
        ----------
        input_features : array-like of str of shape (`n_features_in_`,), default=None
            Checked against the names seen in ``fit``, and not used otherwise.

        Returns
        -------
        feature_names_out : ndarray of str objects
            For packed output, the class name in lower case followed by the number of
            the container; for dense output, for example "template 17 in cell (0, 2)".
        """
        self._check_fitted()
        _check_feature_names_in(self, input_features)
        if self.packed_output:
            names = self._names_of_containers()
        else:
            times = [f" at least {n} times" if n > 1 else "" for n in self._levels]
            names = [
                f"template {k} in cell {cell}{often}"
                for cell in np.ndindex(self.grid_shape_)
                for often in times
                for k in range(len(self.codebook_))
            ]
        return np.asarray(names, dtype=object)

    def _count_weights(self):
        if self.fitted_params_["codebook"] == "random":
            return (), 64
        n_templates = len(self.codebook_)
        return ((self._geometry().n_patch_bits, n_templates, 1),), 0

    def _check_state(self):
        super()._check_state()
        params = self.fitted_params_
        for name in ("image_shape_", "patch_shape_", "map_shape_", "grid_shape_"):
            shape = getattr(self, name)
            if not (
                type(shape) is tuple
                and len(shape) == 2
                and all(isinstance(n, Integral) and n > 0 for n in shape)
            ):
                raise_damaged(self, name, "two whole numbers", repr(shape))
        check_number(self, "n_bits_per_pixel_", 1)
        check_number(self, "seed_", 0, 2**64 - 1)
        for name, lowest in (("n_templates", 1), ("n_winners", 1), ("min_ones", 0)):
            check_number(self, f"fitted_params_.{name}", lowest)
        self._check_levels()
        geometry = self._geometry()
        check_number(self, "_n_image_bits", 1, self._n_input_bits)
        for name in ("patch_shape", "map_shape", "grid_shape", "cell_shape"):
            check_choice(self, f"{name}_", (getattr(geometry, name),))
        n_words = n_containers(geometry.n_patch_bits)
        check_array(self, "codebook_", np.uint32, (params["n_templates"], n_words))

    @property
    def _n_image_bits(self):
        return math.prod(self.image_shape_) * self.n_bits_per_pixel_
