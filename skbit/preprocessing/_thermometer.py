# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The thermometer encoder."""

from numbers import Integral

import numpy as np

from skbit._base import all_or_nothing
from skbit._utils.input import are_whole_numbers, dense_rows, row_blocks
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_array, check_number
from skbit.preprocessing._curves import CURVES, steps
from skbit.preprocessing._encoder import BitEncoder
from skbit.preprocessing._parts import LearnsInParts
from skbit.preprocessing._summary import packed, summaries_of
from skbit.preprocessing._thresholds import (
    middles_between,
    range_of_features,
    thresholds_above_quantiles,
    within_range,
)

# Curves that give different values the same level.
_NOT_INVERTIBLE = ("mid", "tri")


class ThermometerEncoder(LearnsInParts, BitEncoder):
    """Encode each feature as a thermometer of bits.

    A feature becomes ``n_levels`` bits, of which the lowest ``level`` are 1. Higher
    values have more ones, and the codes of close values differ in few bits. Bit
    ``f * n_levels + l`` of a row is bit ``l`` of feature ``f``, so that eight levels
    put four features into a container.

    Read more in the :ref:`User Guide <encoding>`.

    Parameters
    ----------
    n_levels : int, default=8
        Bits per feature, at most 65,536. More levels tell values more finely and make
        all later steps proportionally slower.

    curve : {"linear", "exp", "log", "sigmoid", "sqrt", "cbrt", "gamma", "inv_exp", \
            "up", "down", "mid", "mid_monotone", "tri", "raw"}, default="linear"
        How the level grows with the value. Choose a curve that spends most levels where
        most values lie; with ``strategy="quantile"`` none is needed. The value ``v`` is
        first mapped from the feature's range to 0..255. The level is then a formula of
        ``v``, cut to an integer [1]_:

        - "linear": ``v * n_levels / 256``,
        - "exp": ``(v / 255) ** 0.30 * n_levels`` (0.35 with 16 levels), which spends
          most levels on small values,
        - "log": ``log2(v + 1) / 8 * n_levels``,
        - "sigmoid": ``n_levels / (1 + exp(-12 * (v / 255 - 0.5)))``,
        - "sqrt", "cbrt", "gamma": ``(v / 255) ** p * n_levels`` with ``p`` 1/2, 1/3
          and 0.45,
        - "inv_exp": ``(1 - exp(-4 * v / 255)) * n_levels``,
        - "up": 4/7 of the levels up to 192, the rest above,
        - "down": 3/7 of the levels below 64, the rest above,
        - "mid": 3/8 of the levels below 80, the rest from there to 175; above, the
          level falls back to 3/8 and rises again. It is not monotone;
          "mid_monotone" is the same with 3/8, 2/8 and 3/8,
        - "tri": ``min(v, 255 - v) * 2 / 255 * n_levels``, high in the middle,
        - "raw": the eight binary digits of the byte instead of a thermometer. Values
          must be whole numbers from 0 to 255 and ``n_levels`` 8.

    feature_range : tuple (min, max), default=None
        The range that is mapped to 0..255 for all features, for instance ``(0, 255)``
        for images. Values outside the range are clipped to it. When None, the range of
        each feature is learned.

    strategy : {"uniform", "quantile"}, default="uniform"
        How thresholds are chosen. "uniform" takes those of the curve. "quantile" takes
        the quantiles ``1 / (n_levels + 1), 2 / (n_levels + 1), ...`` of each feature,
        so that tabular data of any scale and skewness fill all levels evenly; a bit is
        1 where the value lies above the quantile. It needs ``curve="linear"`` and
        ``feature_range=None``.

    %(packed_output)s

    Attributes
    ----------
    thresholds_ : ndarray of shape (`n_features_in_` or 1, n_thresholds), dtype float64
        Cut points of each feature; a value passes the thresholds that it reaches. With
        ``feature_range``, one row serves all features. The array is empty with
        ``curve="raw"``.

    levels_ : ndarray of shape (n_thresholds + 1,), dtype int64
        Levels by the number of thresholds that a value passes.

    data_min_, data_max_ : ndarray of shape (`n_features_in_` or 1,), dtype float64
        The range of the features, as given or as learned.

    summary_ : dict
        What further parts are joined with, after :meth:`partial_fit`: numbers and how
        often they occur, or sketches of them. It is kept for quantiles only.

    %(n_features_in_)s

    See Also
    --------
    ScalarEncoder : Encodes every number with the same number of ones.
    RankDensityEncoder : Sets the same number of bits in every row.
    TableEncoder : Also takes categories and missing values.
    sklearn.preprocessing.KBinsDiscretizer : Bins as one-hot or ordinal codes.

    Notes
    -----
    Encoding takes ``O(n_samples * n_features * n_thresholds)`` comparisons. Bytes with
    a ``feature_range`` take one look-up each instead. X is read block by block, so no
    second copy of X is made.

    References
    ----------
    .. [1] A. Otto, forward-prop, https://github.com/aotto1968/forward-prop.

    Examples
    --------
    >>> from skbit.preprocessing import ThermometerEncoder
    >>> X = [[0, 64], [128, 255]]
    >>> encoder = ThermometerEncoder(4, feature_range=(0, 255), packed_output=False)
    >>> encoder.fit_transform(X)
    array([[0, 0, 0, 0, 1, 0, 0, 0],
           [1, 1, 0, 0, 1, 1, 1, 0]], dtype=uint8)
    """

    _parameter_constraints = {
        "n_levels": [Interval(Integral, 1, 2**16, closed="both")],
        "curve": [StrOptions({*CURVES, "raw"})],
        "feature_range": [tuple, list, None],
        "strategy": [StrOptions({"uniform", "quantile"})],
        "packed_output": ["boolean"],
    }
    _fixed_parameters = ("n_levels", "curve")

    def __init__(
        self,
        n_levels=8,
        *,
        curve="linear",
        feature_range=None,
        strategy="uniform",
        packed_output=True,
    ):
        self.n_levels = n_levels
        self.curve = curve
        self.feature_range = feature_range
        self.strategy = strategy
        self.packed_output = packed_output

    @property
    def _n_levels(self):
        return self.fitted_params_["n_levels"]

    @property
    def _n_bits(self):
        return self.n_features_in_ * self._n_levels

    @property
    def _n_thresholds(self):
        return self._n_levels

    def _check_state(self):
        super()._check_state()
        check_number(self, "_n_levels", 1, 2**16)
        check_array(self, "levels_", np.int64, (None,), 0, self._n_levels)
        n_rows = 1 if len(self.thresholds_) == 1 else self.n_features_in_
        check_array(self, "thresholds_", np.float64, (n_rows, len(self.levels_) - 1))
        n_rows = 1 if len(self.data_min_) == 1 else self.n_features_in_
        for name in ("data_min_", "data_max_"):
            check_array(self, name, np.float64, (n_rows,))
        curve = self.fitted_params_["curve"]
        if curve == "raw":
            check_number(self, "_n_levels", 8, 8)
        self._check_summary()

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Learn the thresholds.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers.

        %(y_ignored)s

        Returns
        -------
        self : ThermometerEncoder
            The fitted encoder.
        """
        self._check_parameters()
        return self._learn(self._begin(X), in_parts=False)

    def _begin(self, X):
        return self._validate_numbers(X, reset=True)

    def _learn(self, X, in_parts):
        vars(self).pop("summary_", None)
        low = high = None
        if self._learns_range:
            low, high = range_of_features(X)
        if self._are_quantiles:
            self.data_min_, self.data_max_ = low, high
            self.levels_ = np.arange(self.n_levels + 1)
            if in_parts:
                self.summary_ = packed(summaries_of(X, self._column_names))
            else:
                self.thresholds_ = thresholds_above_quantiles(X, self.n_levels)
            return self
        if self.curve == "raw":
            for rows in row_blocks(X):
                _check_bytes(dense_rows(X, rows))
        vars(self).update(self._from_range(low, high))
        return self

    @property
    def _learns_from(self):
        return "parts" if self._learns_range else "first"

    @property
    def _learns_range(self):
        return self.feature_range is None and self.curve != "raw"

    def _from_range(self, low, high):
        if not self._learns_range:
            low, high = ([float(end)] for end in self.feature_range or (0, 255))
        low, high = np.asarray(low), np.asarray(high)
        if self.curve == "raw":
            thresholds, levels = np.empty((1, 0)), np.zeros(1, dtype=int)
        else:
            steps_up, levels = steps(self.curve, self.n_levels)
            span = high - low
            # A constant feature stays at the level that it has.
            scale = np.where(span == 0, 1.0, span) / 255
            thresholds = within_range(
                low[:, None],
                low[:, None] + scale[:, None] * steps_up,
                high[:, None],
            )
        return {
            "data_min_": low,
            "data_max_": high,
            "thresholds_": thresholds,
            "levels_": levels,
        }

    def _check_parameters(self):
        if self.feature_range is not None and not (
            len(self.feature_range) == 2
            and np.isfinite(self.feature_range).all()
            and self.feature_range[0] < self.feature_range[1]
        ):
            raise ValueError(
                "feature_range must be two finite numbers, the smaller first, got "
                f"{self.feature_range!r}."
            )
        if self.strategy == "quantile" and (
            self.curve != "linear" or self.feature_range is not None
        ):
            raise ValueError(
                "strategy='quantile' learns thresholds from the data and needs "
                "curve='linear' and feature_range=None."
            )
        if self.curve == "raw" and (
            self.n_levels != 8 or self.feature_range not in (None, (0, 255), [0, 255])
        ):
            raise ValueError(
                "curve='raw' takes bytes as they are: n_levels must be 8 and "
                f"feature_range (0, 255), got {self.n_levels} and "
                f"{self.feature_range!r}."
            )

    def _encode_block(self, X, words):
        from skbit.preprocessing._kernels.encode import runs_of_bytes, runs_of_numbers

        n_levels = self._n_levels
        if self.fitted_params_["curve"] == "raw":
            words.view(np.uint8)[:, : X.shape[1]] = _check_bytes(X)
        elif X.dtype == np.uint8 and len(self.thresholds_) == 1:
            passed = np.searchsorted(self.thresholds_[0], np.arange(256), side="right")
            levels = self.levels_[passed]
            runs_of_bytes(X, np.zeros_like(levels), levels, self._n_levels, words)
        else:
            firsts = np.zeros_like(self.levels_)
            runs_of_numbers(X, self.thresholds_, firsts, self.levels_, n_levels, words)

    def inverse_transform(self, X):
        """Decode thermometers to numbers.

        The level of a feature is the number of its ones. The level is decoded to the
        middle of the values that have it.

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
            If the curve is not monotone, X has the wrong width, or padding bits are
            set.
        """
        self._check_fitted()
        curve = self.fitted_params_["curve"]
        if curve in _NOT_INVERTIBLE:
            raise ValueError(
                f"curve={curve!r} gives different values the same level, so it "
                "cannot be inverted."
            )
        bits = self._decode(X).reshape(-1, self.n_features_in_, self._n_levels)
        if curve == "raw":
            return np.packbits(bits, axis=2, bitorder="little")[:, :, 0].astype(float)
        middles = middles_between(self.data_min_, self.thresholds_, self.data_max_)
        level = bits.sum(axis=2, dtype=np.intp)
        passed = np.searchsorted(self.levels_, level, side="right") - 1
        features = 0 if len(middles) == 1 else np.arange(self.n_features_in_)
        return middles[features, passed]


def _check_bytes(X):
    """Return whole numbers from 0 to 255 as uint8; raise for others."""
    if X.dtype != np.uint8:
        if not are_whole_numbers(X, 255):
            raise ValueError(
                "curve='raw' takes whole numbers from 0 to 255, but X has others. "
                "Scale X, or choose another curve, which encodes any range."
            )
        X = X.astype(np.uint8)
    return X
