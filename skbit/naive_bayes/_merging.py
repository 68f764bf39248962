# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Merging classifiers: counts and corrections, and the union of their classes."""

from functools import reduce

import numpy as np

from skbit._base import all_or_nothing
from skbit._utils.merging import check_alike
from skbit.naive_bayes import _averaging, _counting
from skbit.naive_bayes._log_odds import saturated_sum


class MergeableCounts:
    """Mixin for the classifier: merging."""

    @all_or_nothing
    def merge(self, *others):
        """Add the counts of other fitted classifiers.

        The result is equal to the classifier fitted on all their data at once, to the
        bit (with fractional weights, up to rounding). Classes that only one of them
        knows are kept. Corrections of an earlier tuning of this classifier are kept,
        and so is its calibration of probabilities.

        Parameters
        ----------
        *others : OttoScoreClassifier
            Classifiers fitted on the same features with the same parameters and labels
            of the same type, without corrections of weights or offsets: these depend on
            the data that they were made for, and cannot be added.

        Returns
        -------
        self : OttoScoreClassifier
            This classifier with the counts of all.

        Examples
        --------
        >>> import numpy as np
        >>> from skbit import OttoScoreClassifier
        >>> X, y = np.eye(4), np.array([0, 1, 0, 1])
        >>> part_1 = OttoScoreClassifier().fit(X[:2], y[:2])
        >>> part_2 = OttoScoreClassifier().fit(X[2:], y[2:])
        >>> merged = part_1.merge(part_2)
        >>> whole = OttoScoreClassifier().fit(X, y)
        >>> bool((merged.coef_ == whole.coef_).all())
        True
        """
        self._check_all_fitted(others)
        for other in others:
            check_can_be_merged(self, other)
        models = (self, *others)
        classes = join_labels([model.classes_ for model in models])
        places = [np.searchsorted(classes, model.classes_) for model in models]
        counts = [
            _counting.add_counts(
                [getattr(model, name) for model in models], places, len(classes)
            )
            for name in ("class_count_", "feature_count_")
        ]
        for name in ("weight_corrections_", "offset_corrections_"):
            if hasattr(self, name):
                own = getattr(self, name)
                corrections = np.zeros((len(classes), *own.shape[1:]), dtype=own.dtype)
                corrections[places[0]] = own
                setattr(self, name, corrections)
        self.classes_ = classes
        self.class_count_, self.feature_count_ = counts
        self.n_samples_seen_ = sum(model.n_samples_seen_ for model in models)
        self._derive()
        return self

    @all_or_nothing
    def merge_corrections(self, *tuned):
        """Take the mean of the corrections of copies that were tuned on parts.

        Workers tune copies of this classifier on their rows, each by :meth:`tune`, and
        this classifier takes the mean of their corrections, and of their calibration.
        A few such rounds are averaged tuning, which is known as iterative parameter
        mixing [1]_. Counts do not change. With one copy, the result is this copy.

        Parameters
        ----------
        *tuned : OttoScoreClassifier
            Copies of this classifier, tuned further. Each counts the same, so their
            parts should have about as many rows and the same mixture of classes.

        Returns
        -------
        self : OttoScoreClassifier
            This classifier with the mean of the corrections. Means are rounded to the
            nearest integer, halves up, so the order of the copies does not matter.

        References
        ----------
        .. [1] R. McDonald, K. Hall and G. Mann, "Distributed Training Strategies for
           the Structured Perceptron", NAACL HLT 2010, 456-464.

        Examples
        --------
        >>> from copy import deepcopy
        >>> from sklearn.datasets import load_digits
        >>> from skbit import OttoScoreClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> X = X > 7
        >>> model = OttoScoreClassifier(max_iter=6, random_state=0)
        >>> model = model.partial_fit(X, y, classes=range(10))
        >>> print(f"{model.score(X, y):.2f}")
        0.90
        >>> for _ in range(3):
        ...     parts = [deepcopy(model).tune(X[i::4], y[i::4]) for i in range(4)]
        ...     model = model.merge_corrections(*parts)
        >>> print(f"{model.score(X, y):.2f}")
        0.95
        """
        if not tuned:
            raise ValueError("There are no corrections to merge without tuned copies.")
        self._check_all_fitted(tuned)
        changes = (
            _averaging.what_tuning_changed(self, part, stacklevel=5) for part in tuned
        )
        self._take_mean(reduce(_averaging.add_changes, changes))
        return self

    def _take_mean(self, changes):
        """Take what tuned copies have changed in the mean."""
        n = changes.n
        log_odds, offsets = self._derived.weights, self._derived.offsets
        corrections = _averaging.rounded_mean(changes.weight_corrections, n)
        self.untuned_weights_ = log_odds
        self.weight_corrections_ = corrections.astype(np.int32)
        of_offsets = _averaging.rounded_mean(changes.offset_corrections, n)
        if any(of_offsets) or hasattr(self, "offset_corrections_"):
            self.offset_corrections_ = of_offsets.astype(np.int64)
        self.units_per_nat_ = _averaging.rounded_mean(changes.units, n)
        self.n_iter_ += changes.n_iter
        self.n_samples_seen_ += changes.n_samples_seen
        self.train_scores_ = self.train_scores_ + _averaging.mean_scores(
            changes.train_scores
        )
        vars(self).pop("validation_scores_", None)
        shift = min(changes.shifts) if len(changes.shifts) == 1 else None
        sums = saturated_sum(log_odds, self.weight_corrections_)
        self._store(sums, offsets + self._offset_corrections, shift)

    def _check_all_fitted(self, others):
        """Raise unless this classifier and others are fitted classifiers."""
        for model in (self, *others):
            if not isinstance(model, MergeableCounts):
                raise TypeError(
                    "Only an OttoScoreClassifier can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
        self._check_parameters_are_as_fitted()


def check_can_be_merged(model, other):
    """Raise if the counts of a fitted classifier cannot be added to those of another.

    Parameters
    ----------
    model, other : OttoScoreClassifier
        ``other`` is to be merged into ``model``.
    """
    check_alike(model, other, "classifiers", stacklevel=5)
    if np.any(getattr(other, "weight_corrections_", 0)):
        raise ValueError(
            "A tuned classifier cannot be merged into another: its corrections "
            "belong to its own data. Fit it with max_iter=1."
        )
    if np.any(other._offset_corrections):
        raise ValueError(
            "A classifier with corrections of its offsets cannot be merged into "
            "another: they belong to its own data. Fit it with "
            "calibrate='temperature'."
        )


def join_labels(parts):
    """Return the union of sorted labels, which must be of one type."""
    kinds = {_kind_of_labels(labels) for labels in parts}
    dtype = np.result_type(*parts)
    # int64 and uint64 have no common type but float64.
    if len(kinds) > 1 or (kinds == {"int"} and dtype.kind not in "iu"):
        types = sorted({str(labels.dtype) for labels in parts})
        raise ValueError(
            "Only classifiers with labels of the same type can be merged, but these "
            f"have labels of the types {types}."
        )
    return np.unique(np.concatenate(parts))


def _kind_of_labels(labels):
    if labels.dtype.kind == "O":
        return ", ".join(sorted({type(label).__name__ for label in labels}))
    return {"i": "int", "u": "int", "U": "str"}.get(
        labels.dtype.kind, labels.dtype.kind
    )
