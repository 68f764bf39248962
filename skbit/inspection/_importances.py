# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What a whole model pays attention to, by feature of its input."""

import numpy as np
from scipy import sparse

from skbit._utils.blocks import slices
from skbit._utils.sklearn import _safe_indexing
from skbit.inspection._display import Display
from skbit.inspection._explain import explanation_of
from skbit.inspection._explanation import columns_of_classes
from skbit.inspection._terms import are_codes

# Rows that are explained at a time, which limits the memory of their contributions. The
# codes of ferns are not listed one by one, and rows have many of them in common.
_ROWS_AT_ONCE = 32
_ROWS_OF_CODES_AT_ONCE = 1024


class FeatureImportances:
    """How much the features of a model's input change its scores.

    It is made by :func:`skbit.inspection.importances`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    importances : ndarray of shape (n_features,)
        The importances.

    by_class : ndarray of shape (n_features, n_classes)
        The importances for each class.

    names : sequence of str
        Names of the features.

    classes : ndarray of shape (n_classes,)
        The classes.

    unit : str
        The unit of the importances.

    Attributes
    ----------
    importances_ : ndarray of shape (n_features,), dtype float64
        The importance of each feature: the mean over the classes.

    by_class_ : ndarray of shape (n_features, n_classes), dtype float64
        The importance of each feature for each class.

    feature_names_ : ndarray of shape (n_features,), dtype object
        Names of the features.

    classes_ : ndarray of shape (n_classes,)
        Class labels.

    unit_ : str
        The unit of the importances.
    """

    def __init__(self, importances, by_class, names, classes, unit):
        self.importances_ = importances
        self.by_class_ = by_class
        self.feature_names_ = names
        self.classes_ = classes
        self.unit_ = unit

    def __repr__(self):
        n_features, n_classes = self.by_class_.shape
        return f"<FeatureImportances of {n_features} features for {n_classes} classes>"

    def to_frame(self):
        """Return the importances as a data frame, the highest first.

        Returns
        -------
        frame : pandas.DataFrame
            A row per feature. The column "importance" is the mean of the columns of the
            classes that follow. These are called by the labels or, if a class is
            called "importance", by "class " and the label. Two classes have no columns,
            because what speaks for one speaks against the other, so that both are equal
            to "importance".
        """
        import pandas as pd

        order = np.argsort(-self.importances_, kind="stable")
        frame = pd.DataFrame(
            {"importance": self.importances_[order]}, self.feature_names_[order]
        )
        if len(self.classes_) != 2:
            names = columns_of_classes(self.classes_, {"importance"})
            frame[names] = self.by_class_[order]
        return frame


def importances(model, X):
    """Measure how much the features of a model's input change its scores.

    The contributions of each feature (:func:`explain`) are compared between the rows
    of X. The importance of a feature for a class is the mean absolute difference
    between its contribution and the mean contribution of the feature over all rows,
    after the mean over all classes has been subtracted, because only differences
    between the classes count.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    model : estimator
        A fitted classifier of skbit, or a fitted pipeline or search that ends in one.

    X : {array-like, sparse matrix, data frame} of shape (n_samples, n_features)
        Rows as ``predict`` of the model takes them. Some hundred are enough, because
        importances are means over them.

    Returns
    -------
    importances : FeatureImportances
        Importances by feature and class, in nats if scores are log-odds.

    See Also
    --------
    explain : The contributions to the scores of single rows.
    sklearn.inspection.permutation_importance : How much accuracy depends on features.

    Notes
    -----
    *Cost.* The time grows in proportion to the rows and classes. A row of a table
    takes less than a millisecond with :func:`~skbit.pipeline.tabular_pipeline`, and
    some milliseconds if it is large. Of the codes of ferns, each that occurs is divided
    among its digits once for 1024 rows, in ``O(fern_size * 2**fern_size * n_classes)``
    operations; a row then takes ``O(n_ferns * fern_size * n_classes)``. Templates are
    looked for in each image, which takes about ten milliseconds with
    :func:`~skbit.pipeline.image_pipeline` and 28 by 28 pixels.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skbit.inspection import importances
    >>> from skbit.pipeline import tabular_pipeline
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> model = tabular_pipeline(random_state=0).fit(X, y)
    >>> importances(model, X[:200]).to_frame().round(2).head(3)
                   importance
    worst texture        0.28
    worst radius         0.26
    mean texture         0.25
    """
    # scikit-learn's indexing serves CSR matrices and data frames as well.
    X = X.tocsr() if sparse.issparse(X) else X
    n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
    if not n_rows:
        raise ValueError("X must have a row or more.")

    def explained(start, stop):
        rows = _safe_indexing(X, np.arange(start, stop))
        return explanation_of(model, rows, with_codes=False)

    parts, size = [], _ROWS_AT_ONCE
    if all(are_codes(part.steps) for part in explained(0, 1)._terms):
        size = _ROWS_OF_CODES_AT_ONCE
    for rows in slices(n_rows, size):
        part = explained(rows.start, rows.stop).by_feature()
        centered = part.contributions_ - part.contributions_.mean(axis=2, keepdims=True)
        parts.append(centered.astype(np.float32))
    centered = np.concatenate(parts)
    units = part.units_per_nat_
    by_class = np.abs(centered - centered.mean(axis=0)).mean(axis=0, dtype=np.float64)
    by_class /= units or 1
    return FeatureImportances(
        by_class.mean(axis=1),
        by_class,
        part.feature_names_,
        part.classes_,
        "nats" if units else "integer scores",
    )


class ImportanceDisplay(Display):
    """Bars of how much the features of a model's input change its scores.

    Use :meth:`from_estimator` or :meth:`from_importances`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    importances : FeatureImportances
        The importances.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.

    figure_ : matplotlib Figure
        The figure of the axes.

    bars_ : matplotlib BarContainer
        The bars, from the top.

    See Also
    --------
    importances : The numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, ThermometerEncoder
    >>> from skbit.inspection import ImportanceDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()).fit(X, y)
    >>> display = ImportanceDisplay.from_estimator(model, X)
    >>> display.ax_.get_yticklabels()[0].get_text()
    'petal length (cm)'
    """

    def __init__(self, importances):
        self.importances = importances

    @classmethod
    def from_estimator(cls, estimator, X, *, n_shown=20, ax=None):
        """Measure importances, and plot them.

        Parameters
        ----------
        estimator : estimator
            A model as for :func:`importances`.

        X : {array-like, sparse matrix, data frame} of shape (n_samples, n_features)
            Rows, as for :func:`importances`.

        n_shown : int, default=20
            Number of features that are shown.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ImportanceDisplay
            The plot.
        """
        return cls.from_importances(importances(estimator, X), n_shown=n_shown, ax=ax)

    @classmethod
    def from_importances(cls, importances, *, n_shown=20, ax=None):
        """Plot importances.

        Parameters
        ----------
        importances : FeatureImportances
            What :func:`importances` returns.

        n_shown : int, default=20
            Number of features that are shown.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ImportanceDisplay
            The plot.
        """
        return cls(importances).plot(n_shown=n_shown, ax=ax)

    def plot(self, *, n_shown=20, ax=None):
        """Plot the highest importances.

        Parameters
        ----------
        n_shown : int, default=20
            Number of features that are shown.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ImportanceDisplay
            This display.
        """
        found = self.importances
        shown = np.argsort(-found.importances_, kind="stable")[:n_shown]
        self._begin(ax, (6.5, 0.28 * len(shown) + 1.2))
        self.bars_ = self.ax_.barh(range(len(shown)), found.importances_[shown])
        self.ax_.set_yticks(range(len(shown)), found.feature_names_[shown])
        self.ax_.invert_yaxis()
        self.ax_.grid(axis="x", alpha=0.3)
        self.ax_.set(
            xlabel=f"mean change of the scores ({found.unit_})", xlim=(0, None)
        )
        return self
