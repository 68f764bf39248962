# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classification of images by prototypes that are compared patch by patch."""

import copy
import functools
from numbers import Integral

import numpy as np
from sklearn.utils import check_random_state

from skbit._base import SkbitEstimator, all_or_nothing
from skbit._classifier import BitClassifierMixin
from skbit._utils.callbacks import CallbackSupportMixin, Progress, with_callbacks
from skbit._utils.images import shape_of_images
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_choice, check_number, raise_damaged
from skbit.bits import pack_bits
from skbit.cluster import BitWTAClusterer, _population
from skbit.neighbors import _patches
from skbit.neighbors._kernels.constants import SIMILARITIES

# The quantization levels of the clusterers. The prototypes compete with the bits that
# are 1 in more of their images than the middle level.
_LEVELS = (1 / 8, 1 / 4, 1 / 2)


class BitPatchClassifier(BitClassifierMixin, CallbackSupportMixin, SkbitEstimator):
    """Classify images by prototypes that are compared patch by patch.

    Every class has prototypes of its own. A :class:`~skbit.cluster.BitWTAClusterer`
    learns them from the images of the class. The similarity of an image and a prototype
    is summed over patches, and each patch of the image may move a little to where it is
    most similar. The class of the most similar prototype is predicted.

    Read more in the :ref:`User Guide <patches>`.

    Parameters
    ----------
    n_prototypes : int, default=32
        Number of prototypes per class. A class with fewer images has a prototype for
        each. More prototypes are more accurate, and scoring takes time in proportion.

    patch_size : int, default=8
        Height and width of a patch in pixels. A patch has at most 64 bits, so lower it
        if pixels have several bits.

    stride : int, default=4
        Number of pixels from one patch to the next. It is the same in both directions.
        Patches overlap if it is below ``patch_size``. The last patches end at the
        border of the image. Raise it to save time.

    max_shift : int, default=1
        Number of pixels that a patch may move, in both directions. Raise it for images
        whose parts vary in place. Scoring takes time in proportion to
        ``(2 * max_shift + 1)**2``.

    similarity : {"jaccard", "overlap"}, default="jaccard"
        The similarity of two patches. "jaccard" is the number of shared ones over the
        number of bits that are 1 in either, and "overlap" the number of shared ones
        minus the number of differing bits. An image's Jaccard similarity is the sum of
        the numerators of its patches over the sum of their denominators, with 1 added
        to each so that empty patches are similar. Its overlap is the sum over its
        patches. "overlap" is three times as fast.

    masked : bool, default=True
        Whether prototypes leave undecided bits out of the comparison: those that are 1
        in more than an eighth and at most half of their images. If False, bits that are
        1 in more than a quarter of the images are 1 and all others 0.

    %(image_shape)s

    %(binarize)s

    %(input_format)s

    max_iter : int, default=1
        Number of passes over the data in :meth:`fit`. Raise it for small data.

    %(shuffle)s

    random_state : int, RandomState instance or None, default=None
        Order in which :meth:`fit` visits the images. Pass an int for the same
        prototypes in each call.

    %(n_jobs)s

    verbose : int, default=0
        Whether :meth:`fit` prints its progress. If it is above 0, a line is printed
        after the prototypes of each class.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    clusterers_ : list of BitWTAClusterer
        The clusterer of each class, in the order of ``classes_``. It is not fitted
        before the first row of its class.

    prototypes_ : ndarray of shape (n_prototypes_total, n_containers), dtype uint32
        The ones of every prototype, packed, class by class.

    masks_ : ndarray of shape (n_prototypes_total, n_containers), dtype uint32
        The decided bits of every prototype, packed.

    prototype_labels_ : ndarray of shape (n_prototypes_total,)
        The class of every prototype.

    image_shape_ : tuple (height, width)
        The shape of the images.

    n_bits_per_pixel_ : int
        Number of bits per pixel.

    %(n_iter_)s

    %(n_samples_seen_)s

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.naive_bayes.OttoScoreClassifier : Log-odds of projected bits; more accurate.
    skbit.cluster.BitWTAClusterer : Learns the prototypes.
    sklearn.neighbors.NearestCentroid : One prototype of numbers per class.

    Notes
    -----
    Scoring an image takes two population counts for every prototype, patch and shift,
    eight prototypes at a time: ``O(n_prototypes * n_patches * (2 * max_shift + 1)**2)``
    words. All comparisons are between integers.

    The comparison of images by local patches, each at its best small shift, is the
    nearest-neighbor classifier of [1]_. The masks are an addition.

    References
    ----------
    .. [1] "Bit-Neurons That Organize Themselves: Memory and Emergence Without
       Gradients", 2026, section "What Didn't Work".

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from skbit import BitPatchClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> model = BitPatchClassifier(
    ...     16, patch_size=5, stride=3, binarize=7, random_state=0
    ... )
    >>> model.fit(X_train, y_train).score(X_test, y_test)
    0.8...
    """

    _parameter_constraints = {
        "n_prototypes": [Interval(Integral, 1, 2**31 - 1, closed="both")],
        "patch_size": [Interval(Integral, 1, None, closed="left")],
        "stride": [Interval(Integral, 1, None, closed="left")],
        "max_shift": [Interval(Integral, 0, None, closed="left")],
        "similarity": [StrOptions(set(SIMILARITIES))],
        "masked": ["boolean"],
        "image_shape": [tuple, list, None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
        **BitClassifierMixin._bit_input_constraints,
    }
    _has_poor_score = True
    _fixed_parameters = (
        "binarize",
        "n_prototypes",
        "patch_size",
        "stride",
        "max_shift",
        "similarity",
        "masked",
        "image_shape",
    )

    def __init__(
        self,
        n_prototypes=32,
        *,
        patch_size=8,
        stride=4,
        max_shift=1,
        similarity="jaccard",
        masked=True,
        image_shape=None,
        binarize=0.0,
        input_format="auto",
        max_iter=1,
        shuffle=True,
        random_state=None,
        n_jobs=None,
        verbose=0,
    ):
        self.n_prototypes = n_prototypes
        self.patch_size = patch_size
        self.stride = stride
        self.max_shift = max_shift
        self.similarity = similarity
        self.masked = masked
        self.image_shape = image_shape
        self.binarize = binarize
        self.input_format = input_format
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    @with_callbacks
    def fit(self, X, y):
        """Fit the prototypes of each class. Earlier fits are forgotten.

        %(fit_X_y)s
        """
        rows, classes = self._validate_all(X, y)
        self._begin()
        words = self._as_words(rows)
        n_classes = len(self.classes_)
        with Progress(self, n_classes, X, y, name="class") as progress:
            for c in progress:
                with progress.propagate(self.clusterers_[c]):
                    self.clusterers_[c].fit(words[classes == c])
            self._tables  # noqa: B018
            self.n_iter_ = self.max_iter
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None):
        """Continue fitting with more rows, in their order.

        %(partial_fit_X_y)s
        """
        X, y, is_first = self._validate_part(X, y, classes)
        if is_first:
            self._begin()
        words = self._as_words(X)
        clusterers = list(self.clusterers_)
        for c in np.unique(y):
            clusterers[c] = copy.copy(clusterers[c]).partial_fit(words[y == c])
        self.clusterers_ = clusterers
        vars(self).pop("_tables", None)
        return self

    def _begin(self):
        params = self.fitted_params_
        *image_shape, self.n_bits_per_pixel_ = shape_of_images(
            params["image_shape"],
            self.n_features_in_,
            is_packed=self.input_format_ == "packed",
        )
        self.image_shape_ = tuple(image_shape)
        # Patches that do not fit are refused before learning.
        self._get_grid()
        random_state = check_random_state(self.random_state)
        self.clusterers_ = [
            BitWTAClusterer(
                params["n_prototypes"],
                quantization_levels=_LEVELS,
                input_format="packed",
                max_iter=self.max_iter,
                shuffle=self.shuffle,
                random_state=random_state.randint(2**31),
            )
            for _ in self.classes_
        ]
        vars(self).pop("_tables", None)

    def _get_grid(self):
        params = self.fitted_params_
        return _patches.grid(
            *self.image_shape_,
            self.n_bits_per_pixel_,
            params["patch_size"],
            params["stride"],
            params["max_shift"],
        )

    @functools.cached_property
    def _tables(self):
        """The grid, and the prototypes cut by it."""
        # Computed on first access, because it takes longer than learning a row.
        grid = self._get_grid()
        prototypes = _patches.Prototypes(
            ones=_patches.table(self.prototypes_, grid),
            decided=_patches.table(self.masks_, grid),
            ends=np.cumsum(self._n_prototypes_of_classes()),
        )
        return grid, prototypes

    @property
    def _n_image_bits(self):
        height, width = self.image_shape_
        return height * width * self.n_bits_per_pixel_

    def _count_weights(self):
        # A bit of a prototype is one, zero or, if masked, undecided.
        n_digits = 2 if self.fitted_params_["masked"] else 1
        return ((self._n_input_bits, len(self.prototype_labels_), n_digits),), 0

    def _check_state(self):
        super()._check_state()
        params = self.fitted_params_
        shape = self.image_shape_
        if not (
            type(shape) is tuple
            and len(shape) == 2
            and all(isinstance(n, Integral) and n > 0 for n in shape)
        ):
            raise_damaged(self, "image_shape_", "two whole numbers", repr(shape))
        check_number(self, "n_bits_per_pixel_", 1)
        check_number(self, "_n_image_bits", 1, self._n_input_bits)
        for name, lowest in (("patch_size", 1), ("stride", 1), ("max_shift", 0)):
            if not (isinstance(params[name], Integral) and params[name] >= lowest):
                at = f"fitted_params_[{name!r}]"
                expected = f"a whole number from {lowest}"
                raise_damaged(self, at, expected, repr(params[name]))
        check_choice(self, "fitted_params_.similarity", SIMILARITIES)
        clusterers = self.clusterers_
        if not (
            type(clusterers) is list
            and len(clusterers) == len(self.classes_)
            and all(type(c) is BitWTAClusterer for c in clusterers)
        ):
            raise_damaged(
                self,
                "clusterers_",
                f"a list of {len(self.classes_)} clusterers",
                type(clusterers).__name__,
            )
        for clusterer in clusterers:
            if hasattr(clusterer, "n_neurons_"):
                check_number(clusterer, "n_neurons_", 1)
        check_number(self, "_n_prototypes", 1)

    def _levels(self):
        """Return the level of every bit of every prototype, from 0 to 3."""
        learned = [c for c in self.clusterers_ if hasattr(c, "n_neurons_")]
        for clusterer in learned:
            clusterer._check_fitted()
        levels = [_population.levels(c.population_) for c in learned]
        # The padding of packed images is left out.
        return np.vstack(levels)[:, : self._n_image_bits]

    @property
    def prototypes_(self):
        """The ones of every prototype, packed."""
        return pack_bits(self._levels() >= (3 if self.fitted_params_["masked"] else 2))

    @property
    def masks_(self):
        """The decided bits of every prototype, packed."""
        levels = self._levels()
        if not self.fitted_params_["masked"]:
            return pack_bits(np.ones_like(levels))
        return pack_bits((levels == 0) | (levels == 3))

    @property
    def prototype_labels_(self):
        """The class of every prototype."""
        return np.repeat(self.classes_, self._n_prototypes_of_classes())

    def _n_prototypes_of_classes(self):
        return [getattr(c, "n_neurons_", 0) for c in self.clusterers_]

    @property
    def _n_prototypes(self):
        return sum(self._n_prototypes_of_classes())

    @property
    def n_samples_seen_(self):
        """Number of rows visited."""
        return sum(getattr(c, "n_samples_seen_", 0) for c in self.clusterers_)

    def integer_scores(self, X):
        """Compute the classes' similarities as they are compared, in integers.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            The highest similarity among the prototypes of each class: the Jaccard
            similarity in units of ``2**-32``, or the overlap in bits. The score of a
            class without prototypes is below all scores that are possible.
        """
        return self._map_scores(X, lambda scores: scores)

    def _score(self, X):
        return _patches.score(
            self._as_words(X),
            *self._tables,
            SIMILARITIES.index(self.fitted_params_["similarity"]),
            self.n_jobs,
        )
