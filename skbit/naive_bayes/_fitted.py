# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The fitted state of the log-odds classifier, and its answers."""

import numpy as np
from scipy import sparse

from skbit._base import SkbitEstimator
from skbit._classifier import BitClassifierMixin
from skbit._utils.input import in_type_of
from skbit._utils.state import check_array, check_number
from skbit.naive_bayes import _counting, _log_odds, _scoring, _tuning
from skbit.naive_bayes._low_precision import (
    Rounding,
    find_rounding,
    lower_precision,
    shares_of,
)
from skbit.naive_bayes._probabilities import CalibratedAnswers
from skbit.naive_bayes._row_weights import class_factors, row_weights
from skbit.naive_bayes._rows import Ones, ones_of_packed, ones_of_sparse, take_parts
from skbit.naive_bayes._scoring import have_few_ones


class FittedLogOdds(CalibratedAnswers, BitClassifierMixin, SkbitEstimator):
    """Base class of the classifier: fitted attributes, the steps of fitting, answers.

    Subclasses have the parameters and the public methods that learn.
    """

    def _count_weights(self):
        n_classes, n_bits = self.weights_.shape
        layer = n_bits, n_classes, self._weight_bits or 8 * self.weights_.itemsize
        return (layer,), 8 * self.offsets_.itemsize * n_classes

    def _check_state(self):
        super()._check_state()
        shape = len(self.classes_), self._n_input_bits
        check_number(self, "n_samples_seen_", 0)
        check_array(self, "class_count_", (np.int64, np.float64), shape[:1], 0)
        check_array(self, "feature_count_", self.class_count_.dtype, shape)
        check_array(self, "weights_", np.int32, shape)
        check_array(self, "offsets_", np.int64, shape[:1])
        check_array(self, "seen_bits_", np.bool_, shape[1:])
        self._check_calibration()
        if self._weight_bits is not None:
            check_number(self, "_weight_bits", 2, 16)
            check_number(self, "weight_shift_", 0, 31)
        if hasattr(self, "rounding_offsets_"):
            check_array(self, "rounding_offsets_", np.int64, shape[:1])
        if hasattr(self, "weight_corrections_"):
            check_array(self, "weight_corrections_", np.int32, shape)
        if hasattr(self, "untuned_weights_") or self._corrections is not None:
            check_array(self, "untuned_weights_", np.int32, shape)

    @property
    def _weight_bits(self):
        return self.fitted_params_["weight_bits"]

    @property
    def _exact_weights(self):
        """The weights before they were rounded, as int32."""
        if self._weight_bits is None:
            return self.weights_
        if self._corrections is None:
            return self.untuned_weights_
        return _log_odds.saturated_sum(self.untuned_weights_, self._corrections)

    def _store(self, weights, offsets, shift=None):
        """Store weights, rounded to ``weight_bits``, and offsets."""
        bits = self._weight_bits
        if bits is not None:
            shares = shares_of(self._counts)
            rounding = Rounding(bits, shift, shares)
            if shift is None:
                rounding = find_rounding(weights, bits, shares)
            self.weight_shift_ = rounding.shift
            weights, change = lower_precision(weights, rounding)
            offsets, self.rounding_offsets_ = offsets + change, change
        self.weights_, self.offsets_ = weights, offsets
        self._forget_calibration_rows()

    @property
    def _exact_offsets(self):
        """The offsets before they took up what rounding changes."""
        return self.offsets_ - getattr(self, "rounding_offsets_", 0)

    @property
    def _corrections(self):
        """What tuning has added as int32, or None."""
        return getattr(self, "weight_corrections_", None)

    @property
    def feature_log_odds_(self):
        """The log-odds that follow from the counts, as float64."""
        return getattr(self, "untuned_weights_", self.weights_).astype(np.float64)

    @property
    def correction_(self):
        """What tuning has added, as float64."""
        if self._corrections is None:
            return np.zeros(self.weights_.shape)
        return self._corrections.astype(np.float64)

    @property
    def coef_(self):
        """The numbers of ``weights_``, as float64."""
        return self.weights_.astype(np.float64)

    @property
    def intercept_(self):
        """The numbers of ``offsets_``, as float64."""
        return self.offsets_.astype(np.float64)

    def _as_rows(self, X):
        """Return X packed or, if it is sparse, the places of its ones."""
        binarize = self.fitted_params_["binarize"]
        if sparse.issparse(X) and binarize >= 0:
            return ones_of_sparse(X, in_type_of(X, binarize))
        return self._as_words(X)

    def _as_rows_to_tune(self, X):
        """Do the same, and list the ones of packed rows if these are few."""
        rows = self._as_rows(X)
        if self.max_iter == 1 or isinstance(rows, Ones) or not have_few_ones(rows):
            return rows
        return ones_of_packed(rows, self._n_input_bits)

    def _begin(self):
        """Forget all rows and corrections."""
        shape = len(self.classes_), self._n_input_bits
        self.class_count_ = np.zeros(shape[0], dtype=np.int64)
        self.feature_count_ = np.zeros(shape, dtype=np.int64)
        self.n_iter_, self.n_samples_seen_, self.train_scores_ = 1, 0, []
        self.units_per_nat_ = self.fitted_params_["precision"]
        for name in (
            "weights_",
            "untuned_weights_",
            "weight_corrections_",
            "weight_shift_",
            "rounding_offsets_",
            "offset_corrections_",
            "validation_scores_",
        ):
            vars(self).pop(name, None)

    @property
    def _counts(self):
        return _counting.Counts(self.class_count_, self.feature_count_)

    @property
    def _derived(self):
        """What follows from the counts."""
        weights = getattr(self, "untuned_weights_", self.weights_)
        offsets = self._exact_offsets - self._offset_corrections
        return _log_odds.LogOdds(weights, offsets, self.seen_bits_)

    def _settings(self):
        """Return what the log-odds depend on beside the counts."""
        fitted = self.fitted_params_
        factors = class_factors(
            fitted["class_weight"], self.classes_, self.class_count_
        )
        return _log_odds.Settings(
            fitted["alpha"], fitted["fit_prior"], fitted["precision"], factors
        )

    def _count(self, rows, y, weights):
        """Count rows, and compute what follows from the counts."""
        earlier = None
        if hasattr(self, "weights_") and self.fitted_params_["class_weight"] != (
            "balanced"
        ):
            earlier = self.class_count_, self._derived, np.unique(y)
        counts = _counting.count(rows, y, weights, self._counts, self.n_jobs)
        self.class_count_, self.feature_count_ = counts
        self.n_samples_seen_ += len(y)
        self._derive(earlier)

    def _derive(self, earlier=None):
        """Compute what follows from counts and corrections.

        Parameters
        ----------
        earlier : tuple, default=None
            Earlier counts of the classes, what followed from them and those of the
            bits, and the classes whose counts have grown since. Only what differs is
            computed; the result is the same.
        """
        settings = self._settings()
        if earlier is None:
            derived = _log_odds.derive(self._counts, settings)
        else:
            derived = _log_odds.derive_changes(self._counts, settings, *earlier)
        weights, offsets, self.seen_bits_ = derived
        self.class_log_prior_ = _log_odds.class_log_prior(self.class_count_, settings)
        if self._corrections is not None or self._weight_bits is not None:
            self.untuned_weights_ = weights
        shift = None
        if self._corrections is not None:
            weights = _log_odds.saturated_sum(weights, self._corrections)
            # The corrections make up for rounding to multiples of this power of two.
            shift = getattr(self, "weight_shift_", None)
        self._store(weights, offsets + self._offset_corrections, shift)

    def _divide(self, data):
        """Divide rows into those to train on and those to validate with, or None.

        If they are divided, rows of weight 0 are in neither part.
        """
        if not (self.early_stopping and self.max_iter > 1):
            return data, None
        # Importing it takes longer than importing skbit.
        from sklearn.model_selection import train_test_split

        _, y, weights = data
        chosen = np.arange(len(y)) if weights is None else np.flatnonzero(weights)
        parts = train_test_split(
            chosen,
            test_size=self.validation_fraction,
            stratify=y[chosen],
            random_state=self.random_state,
        )
        return tuple(take_parts(data, part) for part in parts)

    def _tune(self, data, validation, progress, start=_tuning.START):
        """Tune after counting, from the corrections that there are."""
        settings = _tuning.Settings(
            **{name: getattr(self, name) for name in _tuning.Settings._fields}
        )
        factors = self._settings().factors
        if validation is not None:
            rows, y, _ = validation
            validation = _tuning.Rows(rows, y, row_weights(validation, factors))
        train = _tuning.Rows(data[0], data[1], row_weights(data, factors))
        tuned = _tuning.tune(
            self._derived._replace(offsets=self._exact_offsets),
            self._corrections,
            self._counts,
            train,
            validation,
            settings,
            progress,
            start,
        )
        self.untuned_weights_ = self._derived.weights
        self.weight_corrections_ = tuned.corrections
        self._store(tuned.weights, self._exact_offsets, tuned.shift)
        n_passes = len(tuned.train_scores)
        self.n_iter_ += n_passes
        self.n_samples_seen_ += n_passes * int(np.count_nonzero(train.weights))
        self.train_scores_ = self.train_scores_ + tuned.train_scores
        vars(self).pop("validation_scores_", None)
        if validation is not None:
            self.validation_scores_ = tuned.validation_scores

    def integer_scores(self, X):
        """Compute the integer scores of the classes, the highest of which is predicted.

        %(X_alone)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            ``offsets_`` plus the ``weights_`` of the ones. Without tuning, these are
            joint log-likelihoods in units of ``1 / precision`` nats.
        """
        return self._map_scores(X, lambda scores: scores)

    def _score(self, X):
        return self._score_rows(self._as_rows(X))

    def _score_rows(self, rows):
        return _scoring.score(rows, self.weights_, self.offsets_, self.n_jobs)

    def _dram_shape(self):
        """Return arguments of :func:`skbit.dram.dram_cost` about the classes."""
        return {"n_classes": len(self.classes_)}
