# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Random ferns, frozen features that are one for each combination of a few bits."""

from numbers import Integral

import numpy as np
from sklearn.base import TransformerMixin

from skbit._base import (
    BitInputMixin,
    BitOutputMixin,
    SkbitEstimator,
    all_or_nothing,
)
from skbit._utils.sklearn import Interval, _check_feature_names_in, _fit_context
from skbit._utils.splitmix import seed_of
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.bits import CONTAINER_BITS
from skbit.random_projection import _ferns

_LARGEST = 16


class RandomFernEncoder(
    BitInputMixin, BitOutputMixin, TransformerMixin, SkbitEstimator
):
    """Encode bits by random ferns: one bit per combination of a few bits.

    A fern [1]_ reads ``fern_size`` bits, which are the digits of a number, its code. Of
    the ``2 ** fern_size`` output bits of a fern, the one that the code numbers is 1.
    With the default, each fern sets one bit of one container. A classifier that weighs
    each bit then has a table of weights per fern, so it learns from combinations of
    features. Which bits a fern reads is drawn once and never trained.

    Read more in the :ref:`User Guide <ferns>`.

    Parameters
    ----------
    n_ferns : int, default=512
        Number of ferns. More of them are more accurate, and cost time and output bits
        in proportion.

    fern_size : int, default=5
        Number of bits that a fern reads, from 1 to 16. Larger ferns combine more
        features, need more rows to learn from, and have ``2 ** fern_size`` output bits
        each.

    bits_per_feature : int or array-like of int, default=1
        Number of adjacent bits that belong to one feature, such as the ``n_levels`` of
        a thermometer. A fern reads bits of different features, and all features are
        drawn equally often, however many bits they have. An array has a number for
        each feature.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Seed of the ferns. Pass an int for the same ones in each call.

    %(n_jobs)s

    %(packed_output)s

    Attributes
    ----------
    ferns_ : ndarray of shape (n_ferns, fern_size), dtype intp
        The bits of a row that each fern reads. The first is the lowest digit of the
        code.

    seed_ : int
        Start of the random stream.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    RandomMAJ3Projection : Bits that depend on many bits each.
    skbit.naive_bayes.OttoScoreClassifier : Learns from the bits.
    sklearn.ensemble.RandomTreesEmbedding : Leaves of random trees, of numbers.

    Notes
    -----
    Bit ``fern * 2 ** fern_size + code`` of a row belongs to a fern and a code.

    *Draws.* A bit that is the same in all rows of :meth:`fit` is drawn only if all bits
    are, and a feature without other bits as well. Fern ``f`` takes the upper halves of
    the numbers of the SplitMix64 stream that starts at the seed, from ``2 * f *
    fern_size`` on, two for each bit; ``word * n >> 32`` draws from ``0 .. n - 1``. The
    first of the two draws a feature that the fern does not read yet, counted in their
    order, and the second draws one of its bits. If the fern reads all features, those
    with further bits are drawn once again, and so on. If it reads all bits, it begins
    anew, and reads bits several times. So the first ferns of more ferns are those of
    fewer with the same seed.

    *Width of packed rows.* The bits of packed rows that follow the last feature, fewer
    than 32, are padding. Padding between the features of joined rows can be given as a
    feature of its own, because padding is the same in all rows.

    *Cost.* Bulk work takes 512 rows at a time as bit planes. Copying the planes and
    transposing them to codes takes ``O(n_ferns * fern_size)``, setting the bits
    ``O(n_ferns * 2 ** fern_size)`` operations per row.

    There is no ``dram_cost``, because :mod:`skbit.dram` knows majorities of comparisons
    only. In DRAM a fern takes about two ANDs of rows for each of its ``2 **
    fern_size`` bits, while a processor reads ``fern_size`` bits and sets one.

    References
    ----------
    .. [1] M. Ozuysal, M. Calonder, V. Lepetit, P. Fua, "Fast keypoint recognition using
       random ferns", IEEE Transactions on Pattern Analysis and Machine Intelligence
       32(3), 2010.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomFernEncoder, ThermometerEncoder
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(
    ...     ThermometerEncoder(16, strategy="quantile"),
    ...     RandomFernEncoder(bits_per_feature=16, random_state=0),
    ...     OttoScoreClassifier(),
    ... )
    >>> float(cross_val_score(model, X, y).mean())
    0.9...
    """

    _parameter_constraints = {
        "n_ferns": [Interval(Integral, 1, None, closed="left")],
        "fern_size": [Interval(Integral, 1, _LARGEST, closed="both")],
        "bits_per_feature": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "packed_output": ["boolean"],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = ("binarize",)

    def __init__(
        self,
        n_ferns=512,
        fern_size=5,
        *,
        bits_per_feature=1,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
        packed_output=True,
    ):
        self.n_ferns = n_ferns
        self.fern_size = fern_size
        self.bits_per_feature = bits_per_feature
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.packed_output = packed_output

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Draw the bits that the ferns read, of those that vary.

        %(X_alone)s

        %(y_ignored)s

        Returns
        -------
        self : RandomFernEncoder
            The fitted encoder.
        """
        X = self._validate_bits(X, reset=True)
        self.seed_ = seed_of(self.random_state)
        features = self._features_of_bits()
        varies = self._bits_that_vary(X)[: len(features)]
        bits = np.flatnonzero(varies) if varies.any() else np.arange(len(features))
        # As Python's numbers: products of NumPy's small types overflow.
        size = int(self.n_ferns), int(self.fern_size)
        self.ferns_ = _ferns.draw(self.seed_, *size, bits, features[bits])
        return self

    @property
    def _learns_from(self):
        return "extremes"

    def _features_of_bits(self):
        """Return the feature of each bit, without those of padding."""
        n_bits, is_packed = self._n_input_bits, self.input_format_ == "packed"
        # Fewer bits than a container may be padding.
        n_padding = CONTAINER_BITS - 1 if is_packed else 0
        sizes = np.asarray(self.bits_per_feature)
        if sizes.ndim == 0:
            sizes = np.full(max(1, n_bits // int(sizes)), int(sizes))
        elif sizes.ndim != 1 or sizes.dtype.kind not in "iu" or np.any(sizes < 1):
            raise ValueError(
                "bits_per_feature must be a whole number above 0, or such a number for "
                f"each feature, got {self.bits_per_feature!r}."
            )
        total = sum(sizes.tolist())
        if not 0 <= n_bits - total <= n_padding:
            allowed = f"{n_bits - n_padding} to {n_bits}" if n_padding else n_bits
            raise ValueError(
                f"bits_per_feature={self.bits_per_feature!r} makes features of {total} "
                f"bits in all, but rows of X have {allowed} bits."
            )
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def _n_bits(self):
        n_ferns, size = self.ferns_.shape
        return n_ferns << size

    def transform(self, X):
        """Encode rows by the codes of the ferns.

        %(X_alone)s

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            The packed bits, or one uint8 column per bit with ``packed_output=False``.
        """
        self._check_fitted()
        words = self._as_words(self._validate_bits(X, reset=False))
        encoded = _ferns.encode(words, self.ferns_, self.n_jobs)
        return self._as_output(encoded, self._n_bits)

    def get_feature_names_out(self, input_features=None):
        """Get the names of the output's columns.

        Parameters
        ----------
        input_features : array-like of str of shape (`n_features_in_`,), default=None
            Names of the input's columns. None means those seen in ``fit``, if any.

        Returns
        -------
        feature_names_out : ndarray of str objects
            For packed output, the class name in lower case followed by the number of
            the container; for dense output, for example "fern 3 code 17". If the
            columns of the input are bits with names, those that are 1 and that are not
            follow, for example "fern 3 code 1: a > 2 and not b > 5".
        """
        self._check_fitted()
        has_names = input_features is not None or hasattr(self, "feature_names_in_")
        inputs = _check_feature_names_in(self, input_features)
        if self.packed_output:
            return np.asarray(self._names_of_containers(), dtype=object)
        names = [
            f"fern {f} code {code}" + self._meaning(fern, code, inputs, has_names)
            for f, fern in enumerate(self.ferns_)
            for code in range(1 << self.ferns_.shape[1])
        ]
        return np.asarray(names, dtype=object)

    def _meaning(self, fern, code, inputs, has_names):
        """Say which bits are 1 and which are 0 if a fern has a code."""
        if not has_names or self.input_format_ == "packed":
            return ""
        digits = [
            f"{'' if code >> i & 1 else 'not '}{inputs[j]}" for i, j in enumerate(fern)
        ]
        return ": " + " and ".join(digits)

    def _count_weights(self):
        return (), self.ferns_.size * (self._n_input_bits - 1).bit_length()

    def _check_state(self):
        super()._check_state()
        check_number(self, "seed_", 0, 2**64 - 1)
        last = self._n_input_bits - 1
        check_array(self, "ferns_", np.intp, (None, None), 0, last)
        n_ferns, size = self.ferns_.shape
        if n_ferns < 1 or not 1 <= size <= _LARGEST:
            raise_damaged(
                self,
                "ferns_",
                f"an array of ferns of up to {_LARGEST} bits",
                f"one of shape {self.ferns_.shape}",
            )
