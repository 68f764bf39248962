# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Novelty detection by similarity to learned prototypes."""

import copy
import functools
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.base import OutlierMixin, clone

from skbit._base import BitInputMixin, SkbitEstimator, all_or_nothing
from skbit._utils.merging import check_alike
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.cluster import BitWTAClusterer
from skbit.novelty import _scores

# Calibration rows that are kept, the last ones.
_MAX_CALIBRATION_ROWS = 10_000


class _Calibration(NamedTuple):
    """What follows from the clusterer and the calibration rows."""

    densities: np.ndarray | None
    scores: np.ndarray
    offset: float


class BitNoveltyDetector(BitInputMixin, OutlierMixin, SkbitEstimator):
    """Detect novel rows by their similarity to learned prototypes.

    A :class:`~skbit.cluster.BitWTAClusterer` learns prototypes of the training rows.
    The score of a row is its similarity to the prototype that wins it, and rows with
    low scores are novel. A share of the training rows is set aside for calibration and
    not learned. The scores of these rows make :meth:`p_values` valid: if new rows come
    from the distribution of the training rows, at most a share ``alpha`` of them has a
    p-value of ``alpha`` or less [1]_.

    Read more in the :ref:`User Guide <novelty>`.

    Parameters
    ----------
    clusterer : BitWTAClusterer, default=None
        The clusterer that learns the prototypes. It is cloned. It is given packed bits,
        so its own ``binarize`` and ``input_format`` have no effect. When None, it is a
        ``BitWTAClusterer(256)``. Give one to choose the number of neurons or the
        similarity: more neurons find finer differences and take more time.

    normalization : {"none", "neuron", "local"}, default="none"
        The score of a row. "none" is the similarity of its winner. "neuron" subtracts
        half of the winner's ``mean_similarity_``, and helps if the inputs of some
        neurons are less alike than those of others. "local" is the mean of the
        ``n_neighbors`` highest similarities of the row, divided by the mean of the same
        quantity for these prototypes, as in the local outlier factor [2]_. It is the
        best with edges of images, and the slowest.

    n_neighbors : int, default=10
        Number of prototypes in a neighborhood with ``normalization="local"``. Lower it
        if there are few neurons. It has no effect otherwise.

    contamination : "auto" or float, default=0.1
        The threshold of :meth:`predict`. A number above 0 and up to 0.5 is the share of
        the calibration rows that are called novel, and about the share of all rows from
        the distribution of the training rows. Raise it to find more novel rows, at the
        price of more false alarms. "auto" calls rows novel whose p-value is at most
        0.05, so that at most 5 % of normal rows are false alarms, also with few
        calibration rows; with fewer than 19 no row is novel. A change after
        :meth:`fit` takes effect at the next :meth:`partial_fit`.

    calibration_fraction : float, default=0.2
        The share of the training rows that is set aside. With 0.2, one of every five
        consecutive rows is set aside, which its position in the stream determines. The
        positions are the same for all detectors, and the first row is always learned.
        The last 10,000 rows that were set aside are kept. Raise it for p-values of a
        higher resolution, and lower it to learn from more rows.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Randomness of the clusterer. It has no effect if ``clusterer`` has a
        ``random_state`` of its own.

    n_jobs : int, default=None
        Number of threads. None means 1 unless in a :obj:`joblib.parallel_config`
        context, and -1 means all processors. It is handed to the clusterer when
        :meth:`fit` begins, and has no effect if ``clusterer`` has ``n_jobs`` of its
        own. The results do not depend on it.

    Attributes
    ----------
    clusterer_ : BitWTAClusterer
        The fitted clusterer.

    calibration_rows_ : ndarray of shape (n_calibration, n_containers), dtype uint32
        The rows that were set aside, packed, the last 10,000 in their order.

    calibration_scores_ : ndarray of shape (n_calibration,), dtype float64
        Scores of the calibration rows, in rising order.

    contamination_ : "auto" or float
        The ``contamination`` that ``offset_`` follows from.

    offset_ : float
        The score below which rows are novel. With a number as ``contamination``, it is
        this quantile of the calibration scores. It is minus infinity if there are too
        few of them.

    n_samples_seen_ : int
        Number of rows visited since the last :meth:`fit` began, or since the first
        :meth:`partial_fit`. Rows that were set aside count, and further passes of the
        clusterer do not.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.cluster.BitWTAClusterer : Learns the prototypes.
    sklearn.neighbors.LocalOutlierFactor : Compares with the nearest of all rows.
    sklearn.ensemble.IsolationForest : Isolates rows by random splits of features.

    Notes
    -----
    Ties between scores are broken by the number of inputs that the winner has learned:
    fewer inputs make the score lower, by less than ``1e-9``.

    The p-values are split-conformal. They are valid on average over calibration sets,
    for rows that are exchangeable with the calibration rows. The only further condition
    is that the clusterer has not learned the calibration rows. A poor clusterer gives
    valid p-values that detect little.

    The calibration scores and the offset are computed when they are first needed after
    a call of :meth:`partial_fit`, or after the detector was loaded from a file.

    References
    ----------
    .. [1] V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a Random World",
       2005; for outliers S. Bates et al., "Testing for outliers with conformal
       p-values", Annals of Statistics 51(1), 2023.

    .. [2] M. M. Breunig et al., "LOF: identifying density-based local outliers",
       SIGMOD 2000. Here prototypes take the place of the stored rows, and similarity
       that of reachability.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skbit import BitNoveltyDetector, RankDensityEncoder
    >>> X, y = load_digits(return_X_y=True)
    >>> bits = RankDensityEncoder(density=(0.25, 0.4)).fit_transform(X)
    >>> detector = BitNoveltyDetector(random_state=0).fit(bits[y != 4])
    >>> alpha = 0.05
    >>> round(float(np.mean(detector.p_values(bits[y == 4]) <= alpha)), 3)
    0.9...
    """

    _parameter_constraints = {
        "clusterer": [BitWTAClusterer, None],
        "normalization": [StrOptions({"none", "neuron", "local"})],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "contamination": [StrOptions({"auto"}), Interval(Real, 0, 0.5, closed="right")],
        "calibration_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = (
        "binarize",
        "normalization",
        "n_neighbors",
        "calibration_fraction",
    )

    def __init__(
        self,
        clusterer=None,
        *,
        normalization="none",
        n_neighbors=10,
        contamination=0.1,
        calibration_fraction=0.2,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
    ):
        self.clusterer = clusterer
        self.normalization = normalization
        self.n_neighbors = n_neighbors
        self.contamination = contamination
        self.calibration_fraction = calibration_fraction
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs

    # The parameters of the clusterer are checked when it is fitted.
    @_fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(self, X, y=None):
        """Fit the detector. Earlier fits are forgotten.

        %(fit_X)s
        """
        words = self._as_words(self._validate_bits(X, reset=True))
        self._begin()
        self.clusterer_.fit(words[self._set_aside(words)])
        self._reset_calibration()
        self._calibration  # noqa: B018
        return self

    # The parameters of the clusterer are checked when it is fitted.
    @_fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def partial_fit(self, X, y=None):
        """Continue fitting with more rows, in their order.

        %(fit_X)s
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
        self._reset_calibration()
        return self

    @all_or_nothing
    def merge(self, *others):
        """Join what other fitted detectors have learned to what this one has.

        The clusterers are merged, and the rows that were set aside are pooled. Every
        one of them is scored by the merged clusterer, which has learned none of them.

        Parameters
        ----------
        *others : BitNoveltyDetector
            Detectors fitted on the same features with the same parameters.

        Returns
        -------
        self : BitNoveltyDetector
            This detector, with the neurons and calibration rows of all.

        See Also
        --------
        skbit.cluster.BitWTAClusterer.merge : How clusterers are merged.

        Examples
        --------
        >>> from skbit import BitNoveltyDetector
        >>> from skbit.datasets import make_bit_clusters
        >>> X, _ = make_bit_clusters(1000, n_clusters=4, random_state=0)
        >>> parts = [BitNoveltyDetector(random_state=0).fit(X[i::2]) for i in (0, 1)]
        >>> len(parts[0].merge(parts[1]).calibration_scores_)
        200
        """
        for model in (self, *others):
            if not isinstance(model, BitNoveltyDetector):
                raise TypeError(
                    "Only a BitNoveltyDetector can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
        self._check_parameters_are_as_fitted()
        for other in others:
            check_alike(self, other, "detectors", stacklevel=4)
        self.clusterer_ = copy.copy(self.clusterer_).merge(
            *(other.clusterer_ for other in others)
        )
        self.n_samples_seen_ += sum(other.n_samples_seen_ for other in others)
        rows = np.vstack([model.calibration_rows_ for model in (self, *others)])
        if len(rows) > _MAX_CALIBRATION_ROWS:
            # Evenly from all parts.
            kept = np.linspace(0, len(rows) - 1, _MAX_CALIBRATION_ROWS)
            rows = rows[kept.astype(np.intp)]
        self.calibration_rows_ = rows
        self._reset_calibration()
        return self

    def _begin(self):
        self.clusterer_ = (
            BitWTAClusterer(256) if self.clusterer is None else clone(self.clusterer)
        )
        params = {"input_format": "packed"}
        for name in ("random_state", "n_jobs"):
            if getattr(self.clusterer_, name) is None:
                params[name] = getattr(self, name)
        self.clusterer_.set_params(**params)
        self.n_samples_seen_ = 0
        self.calibration_rows_ = np.empty(
            (0, self._n_input_containers), dtype=np.uint32
        )

    def _set_aside(self, words):
        """Keep some rows for calibration; return the numbers of the others."""
        fraction = self.fitted_params_["calibration_fraction"]
        start = self.n_samples_seen_
        self.n_samples_seen_ += len(words)
        kept = _scores.are_set_aside(fraction, start, self.n_samples_seen_)
        if kept.any():
            rows = np.vstack([self.calibration_rows_, words[kept]])
            self.calibration_rows_ = rows[-_MAX_CALIBRATION_ROWS:].copy()
        return np.flatnonzero(~kept)

    def _reset_calibration(self):
        contamination = self.contamination
        self.contamination_ = (
            contamination if contamination == "auto" else float(contamination)
        )
        vars(self).pop("_calibration", None)

    @functools.cached_property
    def _calibration(self):
        # Computed on first access, because it takes longer than learning a row.
        densities = None
        if self.fitted_params_["normalization"] == "local":
            densities = _scores.local_densities(
                self.clusterer_, self.fitted_params_["n_neighbors"]
            )
        scores = np.sort(self._score(self.calibration_rows_, densities))
        return _Calibration(
            densities, scores, _scores.offset_of(scores, self.contamination_)
        )

    def _score(self, words, densities):
        return _scores.score(
            words,
            self.clusterer_,
            self.fitted_params_["normalization"],
            self.fitted_params_["n_neighbors"],
            densities,
        )

    def _count_weights(self):
        layers, n_other_bits = self.clusterer_._count_weights()
        # The scores of the calibration rows, and the offset.
        n_scores = len(self.calibration_rows_) + 1
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
        check_number(self, "n_samples_seen_", 0, 2**62)
        check_array(self, "calibration_rows_", np.uint32, (None, n_words))
        contamination = self.contamination_
        if contamination != "auto" and not (
            type(contamination) is float and 0 < contamination <= 0.5
        ):
            expected = "'auto' or a number above 0 and up to 0.5"
            raise_damaged(self, "contamination_", expected, repr(contamination))

    @property
    def calibration_scores_(self):
        """Scores of the rows that were set aside, in rising order."""
        return self._calibration.scores

    @property
    def offset_(self):
        """The score below which rows are novel."""
        return self._calibration.offset

    def score_samples(self, X):
        """Score rows: the higher, the more normal.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples,), dtype float64
            The scores that ``normalization`` defines.
        """
        self._check_fitted()
        words = self._as_words(self._validate_bits(X, reset=False))
        return self._score(words, self._calibration.densities)

    def decision_function(self, X):
        """Score rows, and subtract ``offset_``.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples,), dtype float64
            Numbers below 0 for novel rows.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X):
        """Predict whether rows are normal or novel.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        is_inlier : ndarray of shape (n_samples,), dtype int64
            1 for normal rows and -1 for novel rows.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    def p_values(self, X):
        """Compute conformal p-values of the hypothesis that rows are normal.

        The p-value of a row is ``(1 + m) / (1 + n)``, if ``m`` of ``n`` calibration
        scores are at most the score of the row. If rows with p-values up to ``alpha``
        are called novel, at most a share ``alpha`` of normal rows are false alarms, on
        average over calibration sets.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        p_values : ndarray of shape (n_samples,), dtype float64
            Numbers from ``1 / (1 + n)`` to 1.

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
