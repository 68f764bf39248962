# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Calibration, probabilities and prediction sets of the classifier."""

from numbers import Real
from types import SimpleNamespace

import numpy as np
from sklearn.utils.validation import check_scalar

from skbit._base import all_or_nothing
from skbit._classifier import log_probabilities
from skbit._utils.callbacks import Progress
from skbit._utils.state import check_array, check_number
from skbit.naive_bayes import _calibration
from skbit.naive_bayes._leave_one_out import score_each_uncounted
from skbit.naive_bayes._row_weights import check_sample_weight, row_weights
from skbit.naive_bayes._rows import take_parts


class CalibratedAnswers:
    """Mixin for the classifier: what it makes of scores besides labels."""

    def _check_calibration(self):
        """Raise if attributes of the calibration are damaged."""
        if hasattr(self, "units_per_nat_"):
            check_number(self, "units_per_nat_", 1, 2**53)
        if hasattr(self, "offset_corrections_"):
            shape = (len(self.classes_),)
            check_array(self, "offset_corrections_", np.int64, shape)
        if hasattr(self, "calibration_leads_"):
            check_array(self, "calibration_leads_", np.int64, (None,))
            shape = self.calibration_leads_.shape
            check_array(self, "calibration_classes_", np.intp, shape)

    @property
    def _units_per_nat(self):
        # Classifiers that were saved by earlier versions are not calibrated.
        return getattr(self, "units_per_nat_", self.fitted_params_["precision"])

    @property
    def _offset_corrections(self):
        return getattr(self, "offset_corrections_", 0)

    def _forget_calibration_rows(self):
        """Forget the leads of calibration rows, which belong to earlier weights."""
        for name in ("calibration_leads_", "calibration_classes_"):
            vars(self).pop(name, None)

    def _forget_calibration(self):
        """Forget all of the calibration that tuning replaces."""
        self._forget_calibration_rows()
        if self.calibrate == "offsets":
            self.offsets_ = self.offsets_ - self._offset_corrections
            vars(self).pop("offset_corrections_", None)

    @property
    def _is_tuned(self):
        return bool(np.any(getattr(self, "weight_corrections_", 0)))

    def _calibrate(self, data, validation, n_passes):
        """Learn units and offsets from rows that the scoring model has not learned.

        Parameters
        ----------
        data : tuple of (rows, classes, weights)
            Rows that were counted.
        validation : tuple or None
            Rows that were not. The classifier itself scores them.
        n_passes : int
            Number of tuning passes.
        """
        if self.calibrate is None or (self._is_tuned and n_passes == 0):
            return
        factors = self._settings().factors
        if validation is not None:
            scored = [self._score_unlearned(validation, factors)]
        elif self._is_tuned or self._weight_bits or self.class_count_.dtype != np.int64:
            data = _of_positive_weight(data, factors)
            folds = _calibration.folds(len(data[1]), len(factors))
            # Half of the passes suffice to learn how large scores are.
            n_passes = -(-n_passes // 2)
            scored = [
                self._score_fold(data, *fold, factors, n_passes) for fold in folds
            ]
        else:
            scored = [self._score_each_uncounted(data, factors)]
        precision = self.fitted_params_["precision"]
        if not sum(len(part.classes) for part in scored):
            self.units_per_nat_ = precision
            return
        scored = _calibration.join(scored)
        if self.calibrate == "temperature":
            self.units_per_nat_ = _calibration.learn_units(scored, precision)
            return
        self.units_per_nat_, self.offset_corrections_ = (
            _calibration.learn_units_and_offsets(scored, precision)
        )
        self.offsets_ = self.offsets_ + self.offset_corrections_

    def _score_each_uncounted(self, data, factors):
        """Score rows, each as if it had not been counted."""
        is_usable = (row_weights(data, factors) > 0) & (self.class_count_ > 1)[data[1]]
        chosen = _calibration.choose(np.flatnonzero(is_usable), len(factors))
        rows, classes, weights = take_parts(data, chosen)
        scores = score_each_uncounted(
            rows, classes, self._counts, self._derived, self._settings(), self.n_jobs
        )
        is_seen = self.class_count_ * factors > 0
        return _calibration.scored_rows(scores, classes, weights, factors, is_seen)

    def _score_fold(self, data, learned, scored, factors, n_passes):
        """Score some rows by a classifier that is fitted on others, likewise."""
        # A copy by copy.copy would be checked as one that is loaded.
        model, part = object.__new__(type(self)), take_parts(data, learned)
        vars(model).update(vars(self))
        # Calibration must not change the random numbers of later calls.
        model.random_state, model.max_iter = 0, 1 + n_passes
        model._begin()
        model._count(*part)
        if n_passes > 0:
            silent = SimpleNamespace(verbose=0)
            with Progress(silent, n_passes, None, None) as progress:
                model._tune(part, None, progress)
        return model._score_unlearned(take_parts(data, scored), factors)

    def _score_unlearned(self, data, factors):
        rows, classes, weights = data
        is_seen = self.class_count_ * factors > 0
        scores = self._score_rows(rows)
        return _calibration.scored_rows(scores, classes, weights, factors, is_seen)

    @all_or_nothing
    def fit_calibration(self, X, y, sample_weight=None):
        """Calibrate with rows that the classifier has not learned.

        The weights stay as they are. ``units_per_nat_`` is learned from these rows,
        and their leads are kept for :meth:`predict_set`.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of the log-loss of the rows. Rows of weight 0 are ignored;
            otherwise, they have no effect on :meth:`predict_set`.

        Returns
        -------
        self : OttoScoreClassifier
            The calibrated classifier.

        Examples
        --------
        >>> from skbit import OttoScoreClassifier
        >>> from sklearn.datasets import load_digits
        >>> from sklearn.utils import shuffle
        >>> X, y = shuffle(*load_digits(return_X_y=True), random_state=0)
        >>> model = OttoScoreClassifier(binarize=7).fit(X[:1000], y[:1000])
        >>> model = model.fit_calibration(X[1000:1400], y[1000:1400])
        >>> sets = model.predict_set(X[1400:], alpha=0.1)
        >>> covered = sets[range(397), y[1400:]]
        >>> f"{covered.mean():.3f} covered, {sets.sum(axis=1).mean():.2f} classes a row"
        '0.9... covered, 1... classes a row'
        """
        self._check_fitted()
        X, y, _ = self._validate_part(X, y, None)
        factors = np.ones(len(self.classes_))
        data = self._as_rows(X), y, check_sample_weight(sample_weight, X)
        data = _of_positive_weight(data, factors)
        scored = self._score_unlearned(data, factors)
        if len(scored.classes):
            self.units_per_nat_ = _calibration.learn_units(
                _calibration.join([scored]), self.fitted_params_["precision"]
            )
        rows, y, _ = data
        leads = _calibration.leads(self._score_rows(rows))
        self.calibration_classes_ = y
        self.calibration_leads_ = leads[np.arange(len(y)), y]
        return self

    def predict_set(self, X, alpha=0.1, *, by_class=False):
        """Predict sets of classes, which contain the true one with high probability.

        The nonconformity of a class is how far its score is below the highest score of
        the others. Its p-value is ``(1 + m) / (1 + n)``, if the true classes of ``m``
        of the ``n`` rows of :meth:`fit_calibration` conform as little or less. The set
        of a row contains the classes with p-values above ``alpha``. If rows are
        exchangeable with the calibration rows, it contains the true class with a
        probability of at least ``1 - alpha``.

        Parameters
        ----------
        %(X)s

        alpha : float, default=0.1
            The share of sets that may miss the true class, above 0 and below 1. Lower
            it for larger sets. Sets contain all classes if it is below ``1 / (1 + n)``.

        by_class : bool, default=False
            Whether p-values of a class are computed from the calibration rows of this
            class only, so that the probability holds in each class. Sets are larger,
            and contain every class that has fewer than about ``1 / alpha`` calibration
            rows.

        Returns
        -------
        sets : ndarray of shape (n_samples, n_classes), dtype bool
            Whether each class is in the set, in the order of ``classes_``. Sets can be
            empty.

        Raises
        ------
        ValueError
            If the classifier has learned since the last :meth:`fit_calibration`.
        """
        self._check_fitted()
        check_scalar(
            alpha,
            "alpha",
            Real,
            min_val=0,
            max_val=1,
            include_boundaries="neither",
        )
        if not hasattr(self, "calibration_leads_"):
            raise ValueError(
                "There are no calibration rows for these weights. Call fit_calibration "
                "with rows that the classifier has not learned."
            )
        return self._map_scores(
            X,
            lambda scores: (
                _calibration.p_values(
                    _calibration.leads(scores),
                    self.calibration_leads_,
                    self.calibration_classes_,
                    by_class,
                )
                > alpha
            ),
        )

    def predict_joint_log_proba(self, X):
        """Compute the joint log-likelihoods ``log P(x, y)``, in nats.

        They are the scores divided by ``precision``, and not calibrated.

        %(X_to_C)s
        """
        return self._map_scores(
            X, lambda scores: scores / self.fitted_params_["precision"]
        )

    def predict_log_proba(self, X):
        """Compute the logarithms of the probabilities of the classes.

        They are those of :meth:`predict_proba`.

        %(X_to_C)s
        """
        return self._map_scores(X, self._log_proba)

    def _log_proba(self, scores):
        return log_probabilities(scores, self._units_per_nat)

    def predict_proba(self, X):
        """Compute the probabilities of the classes.

        They are proportional to the exponentials of the scores, divided by
        ``units_per_nat_``.

        %(X_to_C)s
        """
        return self._map_scores(X, lambda scores: np.exp(self._log_proba(scores)))


def _of_positive_weight(data, factors):
    """Return the rows with a weight above 0."""
    weights = row_weights(data, factors)
    return data if weights.all() else take_parts(data, np.flatnonzero(weights))
