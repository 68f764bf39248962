# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Contributions to the scores of rows: by feature, and as a table."""

import functools

import numpy as np

from skbit.inspection._by_feature import by_feature
from skbit.inspection._values import values_of
from skbit.inspection._walk import columns_of, features_of

# Shares of a unit are rounded to multiples of one over this number.
_PARTS = 2**16


class Explanation:
    """Contributions that add up to the integer scores of rows.

    It is made by :func:`skbit.inspection.explain`. For every row and class, the offset
    plus the sum of the contributions is exactly the integer score.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    contributions : ndarray of shape (n_rows, n_terms, n_classes), dtype int64
        The contributions.

    offset : ndarray of shape (n_rows, n_classes), dtype int64
        What they are added to.

    terms : list of Terms
        The contributions, with the steps that made them.

    values : ndarray of shape (n_rows, n_terms), default=None
        What the rows have there.

    classes : ndarray of shape (n_classes,)
        The classes.

    units_per_nat : int, default=None
        Number of units in a nat.

    X : {array-like, sparse matrix, data frame} of shape (n_rows, n_features)
        The rows.

    reference : the same of one row, or None
        What they are compared with.

    Attributes
    ----------
    contributions_ : ndarray of shape (n_rows, n_terms, n_classes), dtype int64
        The contribution of each bit, patch or feature to the score of each class. Bits
        that contribute to no row are left out.

    offset_ : ndarray of shape (n_rows, n_classes), dtype int64
        What the contributions are added to.

    values_ : ndarray of shape (n_rows, n_terms)
        The bits, or the values of the features. None for patches, and for features that
        are not the columns of the input, such as principal components.

    classes_ : ndarray of shape (n_classes,)
        Class labels.

    units_per_nat_ : int or None
        Number of units in a nat, if scores are log-odds.

    feature_names_ : ndarray of shape (n_terms,), dtype object
        What each bit, patch or feature is called.

    scores_ : ndarray of shape (n_rows, n_classes), dtype int64
        The integer scores.

    See Also
    --------
    ExplanationDisplay : Plots contributions.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.inspection import explain
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7).fit(X, y)
    >>> explanation = explain(model, X[:5])
    >>> explanation.contributions_.shape
    (5, 35, 10)
    >>> int((explanation.scores_ != model.integer_scores(X[:5])).sum())
    0
    """

    def __init__(
        self,
        *,
        contributions,
        offset,
        terms,
        values,
        classes,
        units_per_nat,
        X,
        reference,
    ):
        self.contributions_ = contributions
        self.offset_ = offset
        self.values_ = values
        self.classes_ = classes
        self.units_per_nat_ = units_per_nat
        self._terms = terms
        self._X = X
        self._reference = reference

    def __repr__(self):
        n_rows, n_terms, n_classes = self.contributions_.shape
        return f"<Explanation of {n_rows} rows, {n_terms} terms, {n_classes} classes>"

    @property
    def scores_(self):
        """The integer scores."""
        return self.offset_ + self.contributions_.sum(axis=1)

    @functools.cached_property
    def feature_names_(self):
        """What each bit, patch or feature is called."""
        names = []
        for part in self._terms:
            own = columns_of(part.steps).names(part.places)
            names += [part.prefix + name for name in own]
        return np.array(names, dtype=object)

    def by_feature(self):
        """Add up the contributions by feature of the model's input.

        - A bit of one feature counts for this feature.
        - The weight of a code of a fern, minus the mean weight of all codes by their
          frequency, is divided among the digits of the code by their Shapley values
          [1]_, and the offset takes up the mean. With a reference, its code takes the
          place of the mean.
        - The contribution of a template in a cell is divided equally among the pixels
          of the patches that it won there or, if it won none, of all patches of the
          cell.
        - The contributions of other bits, such as those of a projection, are divided
          equally among the features that they depend on.

        Sums that are not integers are rounded to multiples of ``2**-16``, and the
        offset takes up what rounding changes. So they still add up to the scores
        exactly.

        Returns
        -------
        explanation : Explanation
            Its terms are the features of the input.

        Raises
        ------
        ValueError
            If every term depends on all features, such as hidden units do, so that
            nothing is known about any of them, or if members of an ensemble read
            different features, such as principal components and columns.

        References
        ----------
        .. [1] L. S. Shapley, "A value for n-person games", Contributions to the Theory
           of Games II, 1953.

        Examples
        --------
        >>> from sklearn.datasets import load_breast_cancer
        >>> from skbit.inspection import explain
        >>> from skbit.pipeline import tabular_pipeline
        >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
        >>> model = tabular_pipeline(random_state=0).fit(X, y)
        >>> explanation = explain(model, X[:1]).by_feature()
        >>> explanation.contributions_.shape
        (1, 30, 2)
        """
        lists, are_columns = zip(
            *(features_of(part.steps) for part in self._terms), strict=True
        )
        names = lists[0]
        if any(other != names for other in lists):
            raise ValueError(
                "The members of the ensemble read different features, whose "
                "contributions cannot be added up. Explain the members one by one."
            )
        sums = by_feature(self._terms, self._X, self._reference)
        contributions = np.rint(sums * _PARTS) / _PARTS
        if np.array_equal(sums, np.rint(sums)):
            contributions = contributions.astype(np.int64)
        values = None
        if all(are_columns):
            values = values_of(self._X, self._terms[0].steps)
        explanation = Explanation(
            contributions=contributions,
            offset=self.scores_ - contributions.sum(axis=1),
            terms=None,
            values=values,
            classes=self.classes_,
            units_per_nat=self.units_per_nat_,
            X=self._X,
            reference=self._reference,
        )
        explanation.feature_names_ = np.array(names, dtype=object)
        return explanation

    def to_frame(self, row=0, *, target=None, rival=None):
        """Return the contributions to the scores of a row as a data frame, in nats.

        If scores are no log-odds, so that ``units_per_nat_`` is None, they are the
        integers of the scores. The exact integers are always those of
        ``contributions_`` and ``offset_``.

        Parameters
        ----------
        row : int, default=0
            Which of the explained rows.

        target : label, default=None
            The class whose score is explained. None means the one with the highest
            score.

        rival : label, default=None
            The class that it is compared with. None means the other class with the
            highest score.

        Returns
        -------
        frame : pandas.DataFrame
            A row per term that contributes, and "(offset)" as the last one. The column
            "lead" is what a term contributes to the target minus what it contributes to
            the rival, and the frame is sorted by its size. A column per class follows.
            The sums of these columns are the row's scores. They are called by the
            labels or, if a class is called "value" or "lead", by "class " and the
            label. If ``values_`` are known, the first column is "value".

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.pipeline import make_pipeline
        >>> from skbit import OttoScoreClassifier, ThermometerEncoder
        >>> from skbit.inspection import explain
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier())
        >>> frame = explain(model.fit(X, y), X[:1]).by_feature().to_frame()
        >>> frame.round(2).head(2)
                          value  lead     0     1     2
        petal length (cm)   1.4  6.27  3.79 -2.48 -3.79
        petal width (cm)    0.2  3.79  1.90 -1.90 -1.90
        """
        import pandas as pd

        target, rival = self._pair(row, target, rival)
        contributions = self.contributions_[row]
        lead = contributions[:, target] - contributions[:, rival]
        shown = np.flatnonzero(contributions.any(axis=1))
        shown = shown[np.argsort(-np.abs(lead[shown]), kind="stable")]
        offset = self.offset_[row]
        frame = pd.DataFrame(
            np.vstack([contributions[shown], offset]),
            index=[*self.feature_names_[shown], "(offset)"],
            columns=columns_of_classes(self.classes_, {"value", "lead"}),
        )
        frame.insert(0, "lead", [*lead[shown], offset[target] - offset[rival]])
        if self.units_per_nat_:
            frame /= self.units_per_nat_
        if self.values_ is not None:
            values = [*self.values_[row, shown], ""]
            frame.insert(0, "value", pd.Series(values, frame.index, dtype=object))
        return frame

    def _pair(self, row, target, rival):
        """Return the places of the class that is explained and of its rival."""
        scores = self.scores_[row]
        target = int(scores.argmax()) if target is None else self._place(target)
        if rival is None:
            order = np.argsort(-scores, kind="stable")
            rival = int(order[order != target][0])
        else:
            rival = self._place(rival)
        return target, rival

    def _place(self, label):
        found = np.flatnonzero(self.classes_ == label)
        if not len(found):
            raise ValueError(
                f"{label!r} is none of the classes {self.classes_.tolist()}."
            )
        return int(found[0])


def columns_of_classes(classes, others):
    """Return names of columns for classes that differ from those of other columns."""
    labels = classes.tolist()
    if others.isdisjoint(labels):
        return labels
    return [f"class {label}" for label in labels]
