# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Bars of what speaks for a class."""

import numpy as np

from skbit.inspection._display import Display
from skbit.inspection._explain import explain

# Names that are longer are cut.
_LONGEST = 48


class ExplanationDisplay(Display):
    """Bars of what speaks for a class and against another.

    Use :meth:`from_estimator` or :meth:`from_explanation`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    lead : ndarray of shape (n_terms,)
        What each term contributes to a class minus what it contributes to its rival.

    offset : int
        The same of the offset.

    names : sequence of str
        Names of the terms.

    values : sequence, default=None
        Values that are shown behind the names.

    classes : tuple of two labels
        The class and its rival.

    units_per_nat : int, default=None
        Number of units in a nat. None shows integers.

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
    explain : The contributions.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, ThermometerEncoder
    >>> from skbit.inspection import ExplanationDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()).fit(X, y)
    >>> display = ExplanationDisplay.from_estimator(model, X[:1])
    >>> len(display.bars_)
    5
    """

    def __init__(self, lead, offset, names, *, values=None, classes, units_per_nat):
        self.lead = lead
        self.offset = offset
        self.names = names
        self.values = values
        self.classes = classes
        self.units_per_nat = units_per_nat

    @classmethod
    def from_estimator(cls, estimator, X, *, reference=None, n_shown=12, ax=None):
        """Plot what each feature contributes to the prediction of a row.

        Parameters
        ----------
        estimator : estimator
            A model as for :func:`explain`.

        X : {array-like, sparse matrix, data frame} of shape (1, n_features)
            The row.

        reference : the same, default=None
            The row to compare with; see :func:`explain`.

        n_shown : int, default=12
            Number of features that have a bar of their own.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ExplanationDisplay
            The plot.
        """
        explanation = explain(estimator, X, reference=reference).by_feature()
        return cls.from_explanation(explanation, n_shown=n_shown, ax=ax)

    @classmethod
    def from_explanation(
        cls, explanation, row=0, *, target=None, rival=None, n_shown=12, ax=None
    ):
        """Plot what the terms of an explanation contribute to a row.

        Parameters
        ----------
        explanation : Explanation
            What :func:`explain` returns.

        row : int, default=0
            Which of the explained rows.

        target : label, default=None
            The class whose score is explained. None means the one with the highest
            score.

        rival : label, default=None
            The class that it is compared with. None means the other class with the
            highest score.

        n_shown : int, default=12
            Number of terms that have a bar of their own.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ExplanationDisplay
            The plot.
        """
        target, rival = explanation._pair(row, target, rival)
        of_target, of_rival = np.moveaxis(
            explanation.contributions_[row][:, [target, rival]], 1, 0
        )
        values = explanation.values_
        if values is not None and explanation._terms is None:
            values = values[row]
        else:
            values = None
        offset = explanation.offset_[row]
        display = cls(
            of_target - of_rival,
            offset[target] - offset[rival],
            explanation.feature_names_,
            values=values,
            classes=(explanation.classes_[target], explanation.classes_[rival]),
            units_per_nat=explanation.units_per_nat_,
        )
        return display.plot(n_shown=n_shown, ax=ax)

    def plot(self, *, n_shown=12, ax=None):
        """Plot the bars.

        Parameters
        ----------
        n_shown : int, default=12
            Number of terms that have a bar of their own. The others are added up.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : ExplanationDisplay
            This display.
        """
        order = np.argsort(-np.abs(self.lead), kind="stable")
        order = order[self.lead[order] != 0]
        shown, others = order[:n_shown], order[n_shown:]
        labels = [self._label(at) for at in shown]
        widths = self.lead[shown].tolist()
        if len(others):
            labels.append(f"{len(others):,} others")
            widths.append(self.lead[others].sum())
        labels.append("offset")
        widths.append(self.offset)
        widths = np.array(widths) / (self.units_per_nat or 1)
        self._begin(ax, (7.5, 0.32 * len(labels) + 1.4))
        colors = np.where(widths > 0, "tab:blue", "tab:orange")
        self.bars_ = self.ax_.barh(range(len(labels)), widths, color=colors)
        self.ax_.set_yticks(range(len(labels)), labels)
        self.ax_.invert_yaxis()
        self.ax_.axvline(0, color="0.3", linewidth=0.8)
        self.ax_.grid(axis="x", alpha=0.3)
        unit = "nats" if self.units_per_nat else "integer scores"
        total = f"{widths.sum():.3g}" if self.units_per_nat else f"{widths.sum():,.0f}"
        target, rival = self.classes
        # Names take so much room that the title is wider than the axes.
        title = f"{target} rather than {rival}: {total} {unit}"
        self.ax_.set_title(title, loc="right")
        self.ax_.set(xlabel=f"contribution ({unit})")
        return self

    def _label(self, at):
        name = str(self.names[at])
        if self.values is not None:
            value = self.values[at]
            name += f" = {value:.4g}" if isinstance(value, float) else f" = {value}"
        return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
