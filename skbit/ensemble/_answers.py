# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a fitted ensemble answers: scores, classes and probabilities."""

import numpy as np
from joblib import effective_n_jobs
from sklearn.utils.metaestimators import available_if

from skbit._classifier import decisions, log_probabilities
from skbit._utils.blocks import run_blocks
from skbit.ensemble import _members, _scale


def _has_probabilities(ensemble):
    """Return whether all members have calibrated units, for available_if."""
    if hasattr(ensemble, "estimators_"):
        return all(map(_members.is_calibrated, ensemble.estimators_))
    try:
        members = ensemble._get_members()
    except (TypeError, ValueError):
        # They are refused in fit.
        return False
    return all(_members.is_calibrated(member) for _, member in members)


class EnsembleAnswers:
    """Mixin for the ensemble: sums of the members' scores, and what follows."""

    def integer_scores(self, X):
        """Compute the sums of the members' integer scores on one scale.

        Parameters
        ----------
        %(X_of_members)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            The sum of the members' ``integer_scores``, each shifted to the left by
            ``shifts_``; the Notes of the class say where they saturate.
        """
        self._check_fitted()
        members = self.estimators_
        scores = [None] * len(members)

        def score(start, stop):
            for place in range(start, stop):
                scores[place] = _members.integer_scores(members[place], X)

        # Starting threads takes longer than scoring a row.
        n_at_once = len(members) if effective_n_jobs(self.n_jobs) == 1 else 1
        run_blocks(score, len(members), n_at_once, self.n_jobs)
        return sum(_scale.on_one_scale(scores, self.shifts_))

    def decision_function(self, X):
        """Compute the scores of the classes, or the difference of those of two.

        Parameters
        ----------
        %(X_of_members)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes) or (n_samples,), dtype float64
            The :meth:`integer_scores` as floats, which tools of scikit-learn expect;
            they are exact up to ``2**53``. With two classes, the score of the second
            minus that of the first.
        """
        return decisions(self.integer_scores(X))

    def predict(self, X):
        """Predict the class with the highest score, the first of several equal ones.

        Parameters
        ----------
        %(X_of_members)s

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self.integer_scores(X).argmax(axis=1)
        return self.classes_[best]

    @property
    def _units_per_nat(self):
        # Damaged shifts are reported by _check_state, and not while dir looks here.
        return sum(
            _members.units_per_nat(member) << int(shift)
            for member, shift in zip(self.estimators_, self.shifts_, strict=False)
        )

    @available_if(_has_probabilities)
    def predict_log_proba(self, X):
        """Compute the logarithms of the probabilities of the classes.

        It is available if all members end in an
        :class:`~skbit.naive_bayes.OttoScoreClassifier`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows as the members take them.

        Returns
        -------
        logarithms : ndarray of shape (n_samples, n_classes), dtype float64
            The logarithms of :meth:`predict_proba`, in the order of ``classes_``.
        """
        return log_probabilities(self.integer_scores(X), self._units_per_nat)

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Compute the probabilities of the classes.

        They are the geometric means of the members' probabilities, normalized, where
        members have the shares of their shifted units as weights. It is available if
        all members end in an :class:`~skbit.naive_bayes.OttoScoreClassifier`.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows as the members take them.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes), dtype float64
            Probabilities in the order of ``classes_``.
        """
        return np.exp(self.predict_log_proba(X))
