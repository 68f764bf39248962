# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Codes of fixed density, by rank."""

from numbers import Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbit import _kernels
from skbit._base import all_or_nothing
from skbit._sklearn import Interval, _fit_context
from skbit.bits import pack_bits
from skbit.preprocessing._encoder import BitEncoder


class RankDensityEncoder(BitEncoder):
    """Set the bits of every sample's highest features, the same number in all rows.

    One bit per feature. A sample's ``k`` highest features are 1, where ``k`` is
    ``density * n_features`` rounded (half up). Rows then differ in which bits are set
    and never in how many, which is what winner-take-all competition asks for [1]_.

    Of features with equal values those with the lower index go first, so constant
    rows set their first ``k`` bits.

    Read more in the :ref:`User Guide <encoding>`.

    Parameters
    ----------
    density : float, default=0.15
        The share of features to keep, from 0 to 1.

    packed_output : bool, default=True
        Whether to return packed containers; if False, one uint8 column per bit.

    Attributes
    ----------
    n_ones_ : int
        How many bits are 1 in every row.

    n_features_in_ : int
        Number of features seen during :term:`fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during :term:`fit`. Defined only when `X` has feature
        names that are all strings.

    See Also
    --------
    ThermometerEncoder : Encodes how high each feature is.

    References
    ----------
    .. [1] "Bit-Neurons That Organize Themselves", 2026: rank encoding of clothing
       images to a density of about 15 %.

    Examples
    --------
    >>> from skbit.preprocessing import RankDensityEncoder
    >>> encoder = RankDensityEncoder(density=0.5, packed_output=False)
    >>> encoder.fit_transform([[1, 9, 3, 5], [2, 2, 2, 2]])
    array([[0, 1, 0, 1],
           [1, 1, 0, 0]], dtype=uint8)
    """

    _parameter_constraints = {
        "density": [Interval(Real, 0, 1, closed="both")],
        "packed_output": ["boolean"],
    }

    def __init__(self, density=0.15, *, packed_output=True):
        self.density = density
        self.packed_output = packed_output

    @property
    def _n_bits(self):
        return self.n_features_in_

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Find out how many bits to set.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers; only their shape matters.

        y : None
            Ignored.

        Returns
        -------
        self : RankDensityEncoder
            The fitted encoder.
        """
        X = self._validate_numbers(X, reset=True)
        self.n_ones_ = int(np.floor(self.density * X.shape[1] + 0.5))
        return self

    def _encode_block(self, X, words):
        marks = np.zeros(X.shape, dtype=np.uint8)
        kth = kth_highest(X, np.array([self.n_ones_]))[:, 0]
        _kernels.rank.mark_highest(X, self.n_ones_, kth, True, np.uint8(1), marks)
        words[:] = pack_bits(marks)

    def inverse_transform(self, X):
        """Tell which features the bits stand for.

        Ranks do not tell values, so this is a picture of the bits: 1.0 where a feature
        was among the highest, 0.0 elsewhere.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_containers) or (n_samples, n_features)
            Packed bits (dtype uint32), or one column per bit.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features), dtype float64
            Zeros and ones.

        Raises
        ------
        ValueError
            If X has the wrong width, or padding bits are set.
        """
        check_is_fitted(self)
        return self._decode(X).astype(np.float64)

    def _bit_names(self, names):
        return names


def kth_highest(X, ks):
    """Find the ``k``-th highest number of every row, for each ``k`` of an array.

    Returns an array of shape (n_rows, n_ks). Where ``k`` is 0, it holds a number that
    nothing in the row exceeds.
    """
    if X.dtype == np.uint8:
        found = np.empty((len(X), len(ks)), dtype=np.uint8)
        _kernels.rank.kth_highest_bytes(X, ks, found)
        return found
    places = np.minimum(X.shape[1] - ks, X.shape[1] - 1)
    return np.partition(X, places, axis=1)[:, places]
