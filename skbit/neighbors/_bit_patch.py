# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Classifiers that compare with stored patterns."""

import copy
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skbit._base import SkbitEstimator, all_or_nothing
from skbit._classifier import BitClassifierMixin
from skbit._utils.images import shape_of_bit_images
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_array, check_choice, check_number, raise_damaged
from skbit.bits import pack_bits
from skbit.cluster import BitWTAClusterer, _competition
from skbit.neighbors import _patches

SIMILARITIES = ("overlap", "jaccard")
# Shares of the inputs of a prototype above which its numbers go up; the middle one is
# what the prototypes compete with.
QUANTIZATION_LEVELS = (1 / 8, 1 / 4, 1 / 2)


class BitPatchClassifier(BitClassifierMixin, SkbitEstimator):
    """Compare images with prototypes patch by patch, each patch where it fits best.

    Every class has its own prototypes, which compete for its images and become what
    these have in common (:class:`~skbit.cluster.BitWTAClusterer`). An image resonates
    with a prototype as far as its patches do, and each patch may first move a little
    in any direction. The class of the prototype that resonates most wins.

    Read more in the :ref:`User Guide <patches>`.

    Parameters
    ----------
    n_prototypes : int, default=32
        Prototypes per class, or as many as the class has images.

    patch_size : int, default=8
        Height and width of a patch in pixels. A patch has at most 64 bits.

    stride : int, default=4
        How many pixels apart patches begin, both ways; below ``patch_size``, they
        overlap. The last ones end at the border of the image.

    max_shift : int, default=1
        How many pixels a patch may move, both ways.

    similarity : {"jaccard", "overlap"}, default="jaccard"
        How well two patches fit: shared bits over those that either has, or shared less
        differing bits. An image's similarity is the sum of the shared bits of all its
        patches over that of all bits (one is added to each patch's, so that empty
        patches fit), or the sum over its patches. "overlap" is three times as fast.

    masked : bool, default=True
        Whether prototypes leave out what they have not decided: bits that are 1 in more
        than an eighth and at most half of their images. If False, bits that are 1 in
        more than a quarter are 1 and all others 0.

    image_shape : tuple (height, width) or (height, width, n_channels), default=None
        The shape of the images whose pixels, row by row, X has; a pixel's bits lie side
        by side. One of height and width may be -1, and ``(1, -1)`` takes rows as they
        are. When None, images are square; rows that make no square image are taken as
        images of one row, with a warning. Packed rows do not tell how many of their
        bits are padding, so give them all numbers.

    max_iter : int, default=1
        How often :meth:`fit` goes through the data.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Determines the order of the images and the start of the prototypes.

    %(n_jobs)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    prototypes_ : ndarray of shape (n_prototypes_total, n_containers), dtype uint32
        The ones of every prototype, packed, class by class.

    masks_ : ndarray of shape (n_prototypes_total, n_containers), dtype uint32
        The bits that every prototype has decided.

    prototype_labels_ : ndarray of shape (n_prototypes_total,)
        The class of every prototype.

    image_shape_ : tuple (height, width)
        The shape of the images.

    n_iter_ : int
        How often the data have been gone through. Only after :term:`fit`.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.naive_bayes.OttoScoreClassifier : Log-odds of projected bits; more accurate.
    skbit.cluster.BitWTAClusterer : How prototypes are learned.
    sklearn.neighbors.NearestCentroid : One prototype of numbers per class.

    Notes
    -----
    Scoring an image takes two population counts for every prototype, patch and shift,
    eight prototypes at a time: ``O(n_prototypes * n_patches * (2 * max_shift + 1)**2)``
    words. Nothing but integers is compared.

    That images are compared by local patches which find their best small shift is the
    seed's "detour" [1]_, which calls it what it is: a nearest-neighbour classifier.
    The masks are skbit's.

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
    >>> bool(model.fit(X_train, y_train).score(X_test, y_test) > 0.8)
    True
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
        "binarize": [Interval(Real, None, None, closed="neither")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        **BitClassifierMixin._bit_input_constraints,
    }
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
        max_iter=1,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
    ):
        self.n_prototypes = n_prototypes
        self.patch_size = patch_size
        self.stride = stride
        self.max_shift = max_shift
        self.similarity = similarity
        self.masked = masked
        self.image_shape = image_shape
        self.max_iter = max_iter
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # As for BernoulliNB: the signs of two numbers are no image of three blobs.
        tags.classifier_tags.poor_score = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y):
        """Forget everything and learn the prototypes of each class.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels, of at least two classes.

        Returns
        -------
        self : BitPatchClassifier
            The fitted classifier.
        """
        X, y = self._validate_all(X, y)
        self._begin()
        words = self._as_words(X)
        for c, clusterer in enumerate(self._clusterers):
            clusterer.fit(words[y == c])
        self._get_tables()
        self.n_iter_ = self.max_iter
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None):
        """Learn more rows, once and in their order.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels.

        classes : array-like of shape (n_classes,), default=None
            All classes that can ever occur. Needed in the first call, optional later.

        Returns
        -------
        self : BitPatchClassifier
            The fitted classifier.
        """
        X, y, is_first = self._validate_part(X, y, classes)
        if is_first:
            self._begin()
        words = self._as_words(X)
        clusterers = list(self._clusterers)
        for c in np.unique(y):
            clusterers[c] = copy.copy(clusterers[c]).partial_fit(words[y == c])
        self._clusterers = clusterers
        # Cutting prototypes takes longer than learning a row: it waits until asked.
        self._ones = self._decided = None
        return self

    def _begin(self):
        params = self.fitted_params_
        *self.image_shape_, self._n_channels = shape_of_bit_images(
            params["image_shape"], self.n_features_in_, self.input_format_ == "packed"
        )
        self.image_shape_ = tuple(self.image_shape_)
        # Patches that do not fit are refused before learning.
        self._get_grid()
        random_state = check_random_state(self.random_state)
        self._clusterers = [
            BitWTAClusterer(
                params["n_prototypes"],
                quantization_levels=QUANTIZATION_LEVELS,
                max_iter=self.max_iter,
                input_format="packed",
                random_state=random_state.randint(2**31),
            )
            for _ in self.classes_
        ]
        self._ones = self._decided = None

    def _get_grid(self):
        params = self.fitted_params_
        return _patches.grid(
            *self.image_shape_,
            self._n_channels,
            params["patch_size"],
            params["stride"],
            params["max_shift"],
        )

    def _get_tables(self):
        """Return the prototypes cut into patches: their ones, and what is decided."""
        ones, decided = self._ones, self._decided
        if ones is None or decided is None:
            # Threads that ask side by side make the same.
            grid = self._get_grid()
            ones, decided = (
                _patches.table(part, grid) for part in (self.prototypes_, self.masks_)
            )
            self._ones, self._decided = ones, decided
        return ones, decided

    @property
    def _n_image_bits(self):
        height, width = self.image_shape_
        return height * width * self._n_channels

    def _count_weights(self):
        # A bit of a prototype is one, zero or, if masked, left open.
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
        check_number(self, "_n_channels", 1)
        check_number(self, "_n_image_bits", 1, self._n_input_bits)
        for name, lowest in (("patch_size", 1), ("stride", 1), ("max_shift", 0)):
            if not (isinstance(params[name], Integral) and params[name] >= lowest):
                at = f"fitted_params_[{name!r}]"
                expected = f"a whole number from {lowest}"
                raise_damaged(self, at, expected, repr(params[name]))
        check_choice(self, "_similarity", SIMILARITIES)
        clusterers = self._clusterers
        if not (
            type(clusterers) is list
            and len(clusterers) == len(self.classes_)
            and all(type(c) is BitWTAClusterer for c in clusterers)
        ):
            raise_damaged(
                self,
                "_clusterers",
                f"a list of {len(self.classes_)} clusterers",
                type(clusterers).__name__,
            )
        for clusterer in clusterers:
            if hasattr(clusterer, "n_neurons_"):
                check_number(clusterer, "n_neurons_", 1)
        check_number(self, "_n_prototypes", 1)
        if self._ones is not None and self._decided is not None:
            shape = _patches.shape_of_table(self._n_prototypes, self._get_grid())
            check_array(self, "_ones", np.uint64, shape)
            check_array(self, "_decided", np.uint64, shape)

    @property
    def _similarity(self):
        return self.fitted_params_["similarity"]

    def _numbers(self):
        """Return what the prototypes hold: numbers from 0 to 3, bit by bit."""
        learned = [c for c in self._clusterers if hasattr(c, "n_neurons_")]
        for clusterer in learned:
            clusterer._check_fitted()
        numbers = [_competition.numbers(c._neurons) for c in learned]
        # Without the padding of packed images.
        return np.vstack(numbers)[:, : self._n_image_bits]

    @property
    def prototypes_(self):
        """The ones of every prototype, packed."""
        return pack_bits(self._numbers() >= (3 if self.fitted_params_["masked"] else 2))

    @property
    def masks_(self):
        """The bits that every prototype has decided, packed."""
        numbers = self._numbers()
        if not self.fitted_params_["masked"]:
            return pack_bits(np.ones_like(numbers))
        return pack_bits((numbers == 0) | (numbers == 3))

    @property
    def prototype_labels_(self):
        """The class of every prototype."""
        return np.repeat(self.classes_, self._n_prototypes_of_classes())

    def _n_prototypes_of_classes(self):
        return [getattr(c, "n_neurons_", 0) for c in self._clusterers]

    @property
    def _n_prototypes(self):
        return sum(self._n_prototypes_of_classes())

    def integer_scores(self, X):
        """Compute the classes' similarities as they are compared, in integers.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            The highest similarity among each class's prototypes: the share of bits in
            units of ``2**-32`` or, with ``similarity="overlap"``, shared less differing
            bits of all patches. A class that has not been seen yet has a lower score
            than any other can have.
        """
        return self._map_scores(X, lambda scores: scores)

    def _score(self, X):
        return _patches.score(
            self._as_words(X),
            self._get_grid(),
            *self._get_tables(),
            np.cumsum(self._n_prototypes_of_classes()),
            SIMILARITIES.index(self._similarity),
            self.n_jobs,
        )
