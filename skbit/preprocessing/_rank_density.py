# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An encoder by rank, with a fixed number of ones per row."""

from numbers import Real

import numpy as np

from skbit._base import all_or_nothing
from skbit._utils.sklearn import Interval, _fit_context
from skbit._utils.state import check_array, check_choice, check_number
from skbit.bits import pack_bits
from skbit.preprocessing._encoder import BitEncoder


class RankDensityEncoder(BitEncoder):
    """Encode which features of a sample are among its highest.

    The bits of a sample's ``k`` highest features are 1, where ``k`` is ``density *
    n_features`` rounded half up. All rows have the same number of ones, as
    winner-take-all competition requires [1]_.

    Several densities give several levels: a feature has one bit per density, which is 1
    if the feature is among the ``k`` highest of that density. The bits of a feature lie
    side by side: bit ``f * n_levels + l`` of a row is level ``l`` of feature ``f``.
    With ascending densities, the higher a feature ranks, the more of its bits are 1.

    Among features with equal values, those with the lower index are taken first.

    Read more in the :ref:`User Guide <encoding>`.

    Parameters
    ----------
    density : float or array-like of shape (n_levels,), default=0.15
        The share of features whose bit is 1, from 0 to 1, or several different shares.
        Sparser codes have less in common. Several shares tell ranks more finely and
        take a bit per feature each.

    fill_ties : bool, default=True
        Whether features with the lowest value of the row are set to 1 if fewer than
        ``k`` features are higher. If True, all rows have the same number of ones, but
        sparse rows then set their first features whatever these mean, and constant rows
        set their first ``k``. Set it to False for rows that are mostly background, such
        as images: the lowest value is then never set, and such rows have fewer ones.

    %(packed_output)s

    Attributes
    ----------
    n_ones_ : int
        Number of ones in every row; with ``fill_ties=False``, the largest number.

    n_ones_per_level_ : ndarray of shape (n_levels,), dtype int64
        The number ``k`` of each density.

    %(n_features_in_)s

    See Also
    --------
    DirectionalEdgeEncoder : Marks where images rise most, direction by direction.
    ThermometerEncoder : Encodes how high each feature is.

    Notes
    -----
    The ``k``-th highest of bytes (``uint8``) is found by counting, which is many times
    faster than partial sorting, which other types need.

    References
    ----------
    .. [1] "Bit-Neurons That Organize Themselves", 2026: rank encoding of clothing
       images to a density of about 15 %.

    Examples
    --------
    >>> from skbit.preprocessing import RankDensityEncoder
    >>> X = [[1, 9, 3, 5], [2, 2, 2, 2]]
    >>> RankDensityEncoder(0.5, packed_output=False).fit_transform(X)
    array([[0, 1, 0, 1],
           [1, 1, 0, 0]], dtype=uint8)
    >>> RankDensityEncoder(0.5, fill_ties=False, packed_output=False).fit_transform(X)
    array([[0, 1, 0, 1],
           [0, 0, 0, 0]], dtype=uint8)

    Two levels, the highest and the two highest:

    >>> RankDensityEncoder([0.25, 0.5], packed_output=False).fit_transform(X)
    array([[0, 0, 1, 1, 0, 0, 0, 1],
           [1, 1, 0, 1, 0, 0, 0, 0]], dtype=uint8)
    """

    _parameter_constraints = {
        "density": [Interval(Real, 0, 1, closed="both"), "array-like"],
        "fill_ties": ["boolean"],
        "packed_output": ["boolean"],
    }
    _fixed_parameters = ("fill_ties",)

    def __init__(self, density=0.15, *, fill_ties=True, packed_output=True):
        self.density = density
        self.fill_ties = fill_ties
        self.packed_output = packed_output

    @property
    def _n_levels(self):
        return len(self.n_ones_per_level_)

    @property
    def _fill_ties(self):
        return self.fitted_params_["fill_ties"]

    @property
    def _n_bits(self):
        return self.n_features_in_ * self._n_levels

    def _check_state(self):
        super()._check_state()
        check_choice(self, "_fill_ties", (False, True))
        check_array(
            self, "n_ones_per_level_", np.int64, (None,), 0, self.n_features_in_
        )
        check_number(self, "_n_levels", 1)

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Compute the number of ones from the number of features.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers; only their shape matters.

        %(y_ignored)s

        Returns
        -------
        self : RankDensityEncoder
            The fitted encoder.
        """
        X = self._validate_numbers(X, reset=True)
        densities = np.atleast_1d(np.asarray(self.density, dtype=np.float64))
        if not (
            densities.ndim == 1
            and densities.size > 0
            and np.all((densities >= 0) & (densities <= 1))
            and len(np.unique(densities)) == densities.size
        ):
            raise ValueError(
                "density must be a number from 0 to 1, or several different ones, got "
                f"{self.density!r}."
            )
        self.n_ones_per_level_ = n_highest(densities, X.shape[1])
        self.n_ones_ = int(self.n_ones_per_level_.sum())
        return self

    @property
    def _learns_from(self):
        return "first"

    def _as_numbers(self, X):
        is_whole = X.dtype in (np.int64, np.uint64)
        if is_whole and (X.max() >= 2**53 or X.min() <= -(2**53)):
            # float64 does not tell all of these numbers apart.
            return X
        return super()._as_numbers(X)

    def _encode_block(self, X, words):
        from skbit.preprocessing._kernels.rank import mark_highest

        ks = self.n_ones_per_level_
        kth = kth_highest(X, ks)
        marks = np.zeros((*X.shape, self._n_levels), dtype=np.uint8)
        for level, k in enumerate(ks):
            mark_highest(
                X, k, kth[:, level], self._fill_ties, np.uint8(1), marks[:, :, level]
            )
        words[:] = pack_bits(marks.reshape(len(X), -1).view(bool))

    def inverse_transform(self, X):
        """Return the share of the levels that each feature reached.

        Ranks do not determine values, so values cannot be restored. With one level, the
        share is 1.0 where a feature was among the highest and 0.0 elsewhere.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_containers) or (n_samples, n_bits)
            Packed bits (dtype uint32), or one column per bit.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features), dtype float64
            Shares from 0 to 1.

        Raises
        ------
        ValueError
            If X has the wrong width, or padding bits are set.
        """
        self._check_fitted()
        bits = self._decode(X).reshape(-1, self.n_features_in_, self._n_levels)
        return bits.mean(axis=2)


def n_highest(density, n):
    """Return a share of ``n``, rounded half up."""
    return np.floor(density * n + 0.5).astype(np.int64)


def kth_highest(X, ks):
    """Find the ``k``-th highest number of every row, for each ``k`` of an array.

    Returns an array of shape (n_rows, n_ks). For ``k`` of 0, it holds a number that no
    number of the row exceeds.
    """
    from skbit.preprocessing._kernels.rank import kth_highest_bytes

    if X.dtype == np.uint8:
        found = np.empty((len(X), len(ks)), dtype=np.uint8)
        kth_highest_bytes(X, ks, found)
        return found
    places = np.minimum(X.shape[1] - ks, X.shape[1] - 1)
    return np.partition(X, places, axis=1)[:, places]
