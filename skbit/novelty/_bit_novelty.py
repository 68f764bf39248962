# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty: what resonates with nothing that was learned."""

import copy
from numbers import Integral, Real

import numpy as np
from sklearn.base import OutlierMixin, clone

from skbit._base import BitInputMixin, SkbitEstimator, all_or_nothing, read_only
from skbit._utils.blocks import slices
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.splitmix import splitmix64
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.cluster import BitWTAClusterer, _competition

# Calibration rows that are kept, the last ones.
_CALIBRATION_ROWS = 10_000
# What tells equal scores apart, less than any two others are.
_TIE = 2.0**-30
# The neighbourhood of a pattern that shares nothing with others.
_LONELY = 2.0**-10
# Similarities that are held at a time.
_BLOCK_SIZE = 2**20
# Where the numbers begin that choose the rows set aside. The first is 0.88 of the
# largest, so that the very first row is always learned.
_SEED = 0


class BitNoveltyDetector(BitInputMixin, OutlierMixin, SkbitEstimator):
    """Detect rows that are unlike all that a clusterer has learned.

    A row is as normal as it resonates with the clusterer's neurons. A part of the data
    is set aside and not learned; how it scores is what later scores are held against,
    so that :meth:`p_values` keep their promise: if new rows come from where the rows of
    the fit came from, a share of at most ``alpha`` of them has p-values up to
    ``alpha`` [1]_.

    Read more in the :ref:`User Guide <novelty>`.

    Parameters
    ----------
    clusterer : BitWTAClusterer, default=None
        What learns. It is cloned, and gets packed bits, so its own ``binarize`` does
        not matter. When None, ``BitWTAClusterer(256, random_state=random_state)``.

    scaling : {"none", "neuron", "local"}, default="none"
        The score of a row: the similarity of its winner; the same less half of the
        winner's ``mean_similarity_``, for neurons whose inputs are less alike than
        those of others; or the mean of its ``n_neighbors`` highest similarities over
        the mean of the same for these neurons' own patterns, as in the local outlier
        factor [2]_. The last is the best with edges of images, and the slowest.

    n_neighbors : int, default=10
        With ``scaling="local"``: how many neurons are a neighbourhood.

    contamination : float, default=0.1
        The share of the rows set aside that :meth:`predict` calls novel, above 0 and up
        to 0.5; about the same share of all rows from where these came from. It may
        be changed after :meth:`fit` and counts from the next :meth:`partial_fit`.

    calibration_fraction : float, default=0.2
        The share of rows that is set aside: of every ``1 / calibration_fraction`` rows
        in a row one, which a hash of its place in the stream chooses, the same for all
        detectors. The very first row is always learned. The last 10,000 of the rows set
        aside are kept.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Handed to the clusterer if that is not given.

    Attributes
    ----------
    clusterer_ : BitWTAClusterer
        The fitted clusterer.

    calibration_scores_ : ndarray of shape (n_calibration,), dtype float64
        Scores of the rows that were set aside, in rising order.

    offset_ : float
        The score below which rows are novel: the quantile ``contamination`` of the
        calibration scores, or minus infinity before there are any.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.cluster.BitWTAClusterer : What learns, clusters and recalls.
    sklearn.neighbors.LocalOutlierFactor : Keeps all rows, compares with the nearest.
    sklearn.ensemble.IsolationForest : Random splits of features.

    Notes
    -----
    Of rows with equal scores that one is taken for less normal whose winner has learned
    fewer inputs (by a difference below ``1e-9``).

    The promise of the p-values is split-conformal: it holds on average over
    calibration sets, for rows that are exchangeable with those set aside. It needs
    them not to have been learned, and nothing else; a poor clusterer gives valid
    p-values that detect little.

    References
    ----------
    .. [1] V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a Random World",
       2005; for outliers S. Bates et al., "Testing for outliers with conformal
       p-values", Annals of Statistics 51(1), 2023.

    .. [2] M. M. Breunig et al., "LOF: identifying density-based local outliers",
       SIGMOD 2000. Here neurons take the place of the stored rows, and similarity that
       of reachability.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skbit import BitNoveltyDetector, RankDensityEncoder
    >>> X, y = load_digits(return_X_y=True)
    >>> bits = RankDensityEncoder(density=(0.25, 0.4)).fit_transform(X)
    >>> detector = BitNoveltyDetector(random_state=0).fit(bits[y != 4])
    >>> alpha = 0.05
    >>> bool(np.mean(detector.p_values(bits[y == 4]) <= alpha) > 0.5)
    True
    """

    _parameter_constraints = {
        "clusterer": [BitWTAClusterer, None],
        "scaling": [StrOptions({"none", "neuron", "local"})],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "contamination": [Interval(Real, 0, 0.5, closed="right")],
        "calibration_fraction": [Interval(Real, 0, 1, closed="neither")],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "random_state": ["random_state"],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = ("binarize", "scaling", "n_neighbors", "calibration_fraction")

    def __init__(
        self,
        clusterer=None,
        *,
        scaling="none",
        n_neighbors=10,
        contamination=0.1,
        calibration_fraction=0.2,
        binarize=0.0,
        input_format="auto",
        random_state=None,
    ):
        self.clusterer = clusterer
        self.scaling = scaling
        self.n_neighbors = n_neighbors
        self.contamination = contamination
        self.calibration_fraction = calibration_fraction
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state

    # The parameters of the clusterer are checked when it is fitted.
    @_fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(self, X, y=None):
        """Forget everything and learn rows.

        Parameters
        ----------
        %(X)s

        %(y_ignored)s

        Returns
        -------
        self : BitNoveltyDetector
            The fitted detector.
        """
        words = self._as_words(self._validate_bits(X, reset=True))
        self._begin()
        self.clusterer_.fit(words[self._set_aside(words)])
        self._forget_calibration()
        self._calibrate()
        return self

    # The parameters of the clusterer are checked when it is fitted.
    @_fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def partial_fit(self, X, y=None):
        """Learn more rows, once and in their order.

        Parameters
        ----------
        %(X)s

        %(y_ignored)s

        Returns
        -------
        self : BitNoveltyDetector
            The fitted detector.
        """
        is_first = not hasattr(self, "clusterer_")
        if not is_first:
            self._check_fitted()
            self._check_parameters_are_as_fitted()
        words = self._as_words(self._validate_bits(X, reset=is_first))
        if is_first:
            self._begin()
        learned = self._set_aside(words)
        if len(learned):
            # A copy learns, so that a call that fails leaves the clusterer as it was.
            self.clusterer_ = copy.copy(self.clusterer_).partial_fit(words[learned])
        self._forget_calibration()
        return self

    def _begin(self):
        if self.clusterer is None:
            self.clusterer_ = BitWTAClusterer(256, random_state=self.random_state)
        else:
            self.clusterer_ = clone(self.clusterer)
        # It is given packed rows, whatever X was.
        self.clusterer_.set_params(input_format="packed")
        self._n_seen = 0
        self._calibration = np.empty((0, self._n_input_containers), dtype=np.uint32)

    def _count_weights(self):
        layers, n_other_bits = self.clusterer_._count_weights()
        # The scores of the calibration rows, and the offset.
        n_scores = len(self.calibration_scores_) + 1
        return layers, n_other_bits + 64 * n_scores

    def _check_state(self):
        super()._check_state()
        if type(self.clusterer_) is not BitWTAClusterer:
            raise_damaged(
                self, "clusterer_", "a BitWTAClusterer", repr(self.clusterer_)
            )
        self.clusterer_._check_fitted()
        n_words = self._n_input_containers
        check_number(self, "clusterer_.n_features_in_", n_words, n_words)
        check_number(self, "_n_seen", 0, 2**62)
        check_array(self, "_calibration", np.uint32, (None, n_words))
        if not (type(self._contamination) is float and 0 < self._contamination <= 0.5):
            expected = "a number above 0 and up to 0.5"
            raise_damaged(self, "_contamination", expected, repr(self._contamination))
        calibrated = self._calibrated
        if calibrated is None:
            return
        if not (
            type(calibrated) is tuple
            and len(calibrated) == 3
            and type(calibrated[2]) is float
        ):
            expected = "neighborhoods, scores and an offset"
            raise_damaged(self, "_calibrated", expected, repr(calibrated))
        check_array(self, "calibration_scores_", np.float64, (None,))
        if self.fitted_params_["scaling"] == "local":
            n_neurons = self.clusterer_.n_neurons_
            check_array(self, "_neighborhoods", np.float64, (n_neurons,))

    def _set_aside(self, words):
        """Keep some rows for calibration; return the numbers of the others."""
        fraction = self.fitted_params_["calibration_fraction"]
        kept = _are_set_aside(fraction, self._n_seen, self._n_seen + len(words))
        self._n_seen += len(words)
        if kept.any():
            rows = np.vstack([self._calibration, words[kept]])
            self._calibration = rows[-_CALIBRATION_ROWS:].copy()
        return np.flatnonzero(~kept)

    def _forget_calibration(self):
        # Scoring all calibration rows takes longer than learning a row: it waits until
        # asked.
        self._contamination = float(self.contamination)
        self._calibrated = None

    def _calibrate(self):
        """Return the neurons' neighborhoods, the calibration scores, and the offset."""
        if self._calibrated is None:
            neighborhoods = None
            if self.fitted_params_["scaling"] == "local":
                neighborhoods = self._measure_neighborhoods()
            scores = np.sort(self._score(self._calibration, neighborhoods))
            # Rows that were learned score higher than others and would mislead.
            offset = -np.inf
            if len(scores):
                offset = float(np.quantile(scores, self._contamination))
            # Set at once, for threads that ask side by side.
            self._calibrated = neighborhoods, scores, offset
        return self._calibrated

    @property
    def _neighborhoods(self):
        return self._calibrate()[0]

    @property
    def calibration_scores_(self):
        """Scores of the rows that were set aside, in rising order."""
        return self._calibrate()[1]

    @property
    def offset_(self):
        """The score below which rows are novel."""
        return self._calibrate()[2]

    def _measure_similarities(self, words):
        # Not by its transform, which may answer in a data frame.
        clusterer = self.clusterer_
        return _competition.measure(clusterer._neurons, words, clusterer.n_jobs)

    def _measure_neighborhoods(self):
        """Measure how much every neuron's pattern resonates with the nearest others."""
        patterns = read_only(self.clusterer_.patterns_)
        n_neurons = len(patterns)
        if n_neurons == 1:
            return np.ones(1)
        neighborhoods = np.empty(n_neurons)
        for rows in self._blocks(patterns):
            similarities = self._measure_similarities(patterns[rows])
            own = np.arange(n_neurons)[rows]
            similarities[np.arange(len(own)), own] = -np.inf
            nearest = _nearest(similarities, self._n_neighbors(n_neurons - 1))
            neighborhoods[rows] = np.take_along_axis(similarities, nearest, 1).mean(1)
        return np.maximum(neighborhoods, _LONELY)

    def _n_neighbors(self, most):
        return min(self.fitted_params_["n_neighbors"], most)

    def _blocks(self, words):
        return slices(len(words), max(1, _BLOCK_SIZE // self.clusterer_.n_neurons_))

    def _score(self, words, neighborhoods):
        words = read_only(words)
        scores = np.empty(len(words))
        for rows in self._blocks(words):
            scores[rows] = self._score_block(words[rows], neighborhoods)
        return scores

    def _score_block(self, words, neighborhoods):
        winners, scores = self.clusterer_._find_winners_and_scores(words)
        if neighborhoods is not None:
            similarities = self._measure_similarities(words)
            n_neighbors = self._n_neighbors(self.clusterer_.n_neurons_)
            nearest = _nearest(similarities, n_neighbors)
            scores = np.take_along_axis(similarities, nearest, 1).mean(1)
            scores /= neighborhoods[nearest].mean(1)
        for handicap in self._handicaps():
            scores -= handicap[winners]
        return scores

    def _handicaps(self):
        """Return what is subtracted from the scores of every neuron's rows."""
        among_equals = _TIE / (1 + self.clusterer_.counts_)
        if self.fitted_params_["scaling"] == "neuron":
            return self.clusterer_.mean_similarity_ / 2, among_equals
        return (among_equals,)

    def score_samples(self, X):
        """Score rows: the higher, the more normal.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples,), dtype float64
            What the parameter ``scaling`` says.
        """
        self._check_fitted()
        words = self._as_words(self._validate_bits(X, reset=False))
        neighborhoods, _, _ = self._calibrate()
        return self._score(words, neighborhoods)

    def decision_function(self, X):
        """Score rows, less the offset.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples,), dtype float64
            Below 0 for novel rows.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X):
        """Tell normal rows from novel ones.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        is_inlier : ndarray of shape (n_samples,), dtype int64
            1 for normal rows, -1 for novel ones.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    def p_values(self, X):
        """Compute conformal p-values of the hypothesis that rows are normal.

        ``(1 + m) / (1 + n)``, if ``m`` of ``n`` calibration scores are no higher than
        the row's. Calling rows with p-values up to ``alpha`` novel raises false alarms
        for at most a share of ``alpha`` of normal rows, on average.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        p_values : ndarray of shape (n_samples,), dtype float64
            At least ``1 / (1 + n)``.

        Raises
        ------
        ValueError
            If no rows have been set aside for calibration.
        """
        scores = self.score_samples(X)
        n_calibration = len(self.calibration_scores_)
        if n_calibration == 0:
            raise ValueError(
                "There are no calibration scores: too few rows were learned for "
                f"calibration_fraction={self.fitted_params_['calibration_fraction']} "
                "to set one aside."
            )
        n_as_low = np.searchsorted(self.calibration_scores_, scores, side="right")
        return (1 + n_as_low) / (1 + n_calibration)


def _are_set_aside(fraction, start, stop):
    """Tell which places of a stream, from ``start`` to ``stop``, are set aside.

    Place ``k`` is one of those from ``k / fraction`` to ``(k + 1) / fraction``, chosen
    by the ``k``-th number of a frozen stream.
    """
    first = max(0, int(start * fraction) - 1)
    n = int(stop * fraction) + 2 - first
    bounds = np.ceil(np.arange(first, first + n + 1) / fraction)
    lows, highs = bounds[:-1], bounds[1:]
    shares = (splitmix64(_SEED, n, first) >> np.uint64(11)) * 2.0**-53
    places = np.minimum(lows + np.floor(shares * (highs - lows)), highs - 1)
    is_set_aside = np.zeros(stop - start, dtype=bool)
    places = places[(places >= start) & (places < stop)].astype(np.intp)
    is_set_aside[places - start] = True
    return is_set_aside


def _nearest(similarities, n):
    """Return the columns of each row's highest numbers."""
    return np.argpartition(similarities, -n, axis=1)[:, -n:]
