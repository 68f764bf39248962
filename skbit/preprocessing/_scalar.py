# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder of numbers with a fixed number of ones per feature."""

from numbers import Integral

import numpy as np

from skbit._base import all_or_nothing
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_array, check_number
from skbit.preprocessing._encoder import BitEncoder
from skbit.preprocessing._parts import LearnsInParts
from skbit.preprocessing._summary import packed, summaries_of
from skbit.preprocessing._thresholds import (
    middles_between,
    range_of_features,
    thresholds_above_quantiles,
    within_range,
)


class ScalarEncoder(LearnsInParts, BitEncoder):
    """Encode each feature as a run of ones whose position is the value.

    A feature has ``n_bits`` bits, of which ``n_active`` adjacent ones are 1. The run
    begins at the number of the bucket that the value falls into, one of ``n_bits -
    n_active + 1``. Every row therefore has exactly ``n_features * n_active`` ones.
    Codes of close values overlap, and codes of values that are ``n_active`` buckets
    apart have no ones in common. This is the scalar code of hierarchical temporal
    memory [1]_.

    Bit ``f * n_bits + b`` of a row is bit ``b`` of feature ``f``; with 32 bits every
    feature is a container.

    Read more in the :ref:`User Guide <encoding>`.

    Parameters
    ----------
    n_bits : int, default=32
        Bits per feature, at most 65,536. More bits give more and narrower buckets.

    n_active : int, default=6
        Number of ones per feature, at most ``n_bits``. With more ones, codes of values
        that are further apart overlap.

    strategy : {"quantile", "uniform"}, default="quantile"
        How buckets divide the values of a feature. "quantile" puts equally many
        training samples into each bucket, as far as equal values, which share a bucket,
        allow; it suits skewed features. "uniform" makes all buckets equally wide, from
        the lowest value to the highest; it keeps distances.

    %(packed_output)s

    Attributes
    ----------
    thresholds_ : ndarray of shape (`n_features_in_`, n_buckets - 1), dtype float64
        Lower ends of all buckets but the first. A value that reaches ``i`` of a
        feature's thresholds is in bucket ``i``. Values below those seen in :term:`fit`
        are in the first bucket, and values above them in the last.

    data_min_, data_max_ : ndarray of shape (`n_features_in_`,), dtype float64
        The range of the features.

    summary_ : dict
        What further parts are joined with, after :meth:`partial_fit`: numbers and how
        often they occur, or sketches of them. It is kept for quantiles only.

    %(n_features_in_)s

    See Also
    --------
    ThermometerEncoder : The higher the value, the more ones.
    TableEncoder : Also takes categories and missing values.
    RankDensityEncoder : Sets the bits of every sample's highest features.
    sklearn.preprocessing.KBinsDiscretizer : Buckets as one-hot or ordinal codes.

    Notes
    -----
    With ``n_active=1``, the code is one-hot.

    Encoding takes ``O(n_samples * n_features * n_buckets)`` comparisons. X is read
    block by block, so no second copy of X is made.

    References
    ----------
    .. [1] S. Purdy, "Encoding Data for HTM Systems", 2016, arXiv:1602.05925.

    Examples
    --------
    >>> from skbit.preprocessing import ScalarEncoder
    >>> X = [[0], [1], [2], [3], [40]]
    >>> encoder = ScalarEncoder(n_bits=6, n_active=2, packed_output=False)
    >>> encoder.fit_transform(X)
    array([[1, 1, 0, 0, 0, 0],
           [0, 1, 1, 0, 0, 0],
           [0, 0, 1, 1, 0, 0],
           [0, 0, 0, 1, 1, 0],
           [0, 0, 0, 0, 1, 1]], dtype=uint8)
    """

    _parameter_constraints = {
        "n_bits": [Interval(Integral, 1, 2**16, closed="both")],
        "n_active": [Interval(Integral, 1, 2**16, closed="both")],
        "strategy": [StrOptions({"quantile", "uniform"})],
        "packed_output": ["boolean"],
    }
    _fixed_parameters = ("n_bits", "n_active")

    def __init__(
        self, n_bits=32, n_active=6, *, strategy="quantile", packed_output=True
    ):
        self.n_bits = n_bits
        self.n_active = n_active
        self.strategy = strategy
        self.packed_output = packed_output

    @property
    def _feature_bits(self):
        return self.fitted_params_["n_bits"]

    @property
    def _n_active(self):
        return self.fitted_params_["n_active"]

    @property
    def _n_bits(self):
        return self.n_features_in_ * self._feature_bits

    @property
    def _n_buckets(self):
        return self._feature_bits - self._n_active + 1

    @property
    def _n_thresholds(self):
        return self._n_buckets - 1

    def _check_state(self):
        super()._check_state()
        check_number(self, "_feature_bits", 1, 2**16)
        check_number(self, "_n_active", 1, self._feature_bits)
        shape = (self.n_features_in_, self._n_buckets - 1)
        check_array(self, "thresholds_", np.float64, shape)
        for name in ("data_min_", "data_max_"):
            check_array(self, name, np.float64, shape[:1])
        self._check_summary()

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Learn the buckets.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers.

        %(y_ignored)s

        Returns
        -------
        self : ScalarEncoder
            The fitted encoder.
        """
        self._check_parameters()
        return self._learn(self._begin(X), in_parts=False)

    def _check_parameters(self):
        if self.n_active > self.n_bits:
            raise ValueError(
                f"n_active={self.n_active} must not exceed n_bits={self.n_bits}, the "
                "number of bits per feature."
            )

    def _begin(self, X):
        return self._validate_numbers(X, reset=True)

    def _learn(self, X, in_parts):
        vars(self).pop("summary_", None)
        low, high = range_of_features(X)
        if not self._are_quantiles:
            vars(self).update(self._from_range(low, high))
            return self
        self.data_min_, self.data_max_ = low, high
        if in_parts:
            self.summary_ = packed(summaries_of(X, self._column_names))
        else:
            self.thresholds_ = thresholds_above_quantiles(X, self._n_thresholds)
        return self

    def _from_range(self, low, high):
        ends = low[:, None], high[:, None]
        numbers, n_buckets = np.arange(1, self._n_buckets), self._n_buckets
        # Multiplied before divided, whole numbers stay whole; the power of two keeps
        # the product in range.
        unit = 2.0 ** n_buckets.bit_length()
        rise = (ends[1] - ends[0]) / unit * numbers / n_buckets * unit
        thresholds = within_range(ends[0], ends[0] + rise, ends[1])
        return {"data_min_": low, "data_max_": high, "thresholds_": thresholds}

    def _encode_block(self, X, words):
        from skbit.preprocessing._kernels.encode import runs_of_numbers

        firsts = np.arange(self._n_buckets)
        lengths = np.full_like(firsts, self._n_active)
        runs_of_numbers(X, self.thresholds_, firsts, lengths, self._feature_bits, words)

    def inverse_transform(self, X):
        """Decode runs of ones to numbers.

        A code is decoded to the middle of its bucket. The first and the last bucket end
        at the lowest and highest value of the training data. Bits need not be a valid
        code: the decoded bucket is the lowest of those whose codes have most ones in
        common with the bits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_containers) or (n_samples, n_bits)
            Packed bits (dtype uint32), or one column per bit.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features), dtype float64
            Numbers.

        Raises
        ------
        ValueError
            If X has the wrong width, or padding bits are set.
        """
        self._check_fitted()
        bits = self._decode(X).reshape(-1, self.n_features_in_, self._feature_bits)
        n_ones = np.cumsum(np.pad(bits, ((0, 0), (0, 0), (1, 0))), axis=2, dtype=int)
        n_active = self._n_active
        in_common = n_ones[:, :, n_active:] - n_ones[:, :, :-n_active]
        middles = middles_between(self.data_min_, self.thresholds_, self.data_max_)
        return middles[np.arange(self.n_features_in_), in_common.argmax(axis=2)]
