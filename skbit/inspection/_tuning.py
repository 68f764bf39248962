# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How accuracy grows over the passes of tuning."""

from skbit._utils.steps import steps_of
from skbit.inspection._display import Display


class TuningDisplay(Display):
    """Plot the accuracy of the passes of a classifier that is tuned.

    The accuracy on training rows is that of each row right before it is learned. With
    ``early_stopping``, the accuracy on the validation rows is shown as well, and the
    pass that was kept.

    Use :meth:`from_estimator`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    train_scores : sequence of float
        Accuracy of each pass on training rows.

    validation_scores : sequence of float, default=None
        Accuracy on validation rows before the first pass and after each one.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.

    figure_ : matplotlib Figure
        The figure of the axes.

    lines_ : list of matplotlib Line2D
        The curves of training and, if there is one, validation.

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : Accuracy by number of training rows.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.inspection import TuningDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(
    ...     binarize=7, max_iter=15, early_stopping=True, random_state=0
    ... )
    >>> display = TuningDisplay.from_estimator(model.fit(X, y))
    >>> len(display.lines_)
    2
    """

    def __init__(self, train_scores, validation_scores=None):
        self.train_scores = train_scores
        self.validation_scores = validation_scores

    @classmethod
    def from_estimator(cls, estimator, *, ax=None):
        """Plot the passes of a fitted classifier.

        Parameters
        ----------
        estimator : OttoScoreClassifier, BitHebbianClassifier or Pipeline
            The fitted classifier, or a pipeline that ends in one.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : TuningDisplay
            The plot.
        """
        last = steps_of(estimator)[-1]
        scores = getattr(last, "train_scores_", [])
        if not len(scores):
            raise ValueError(
                f"{type(last).__name__} has no passes to plot: fit an "
                "OttoScoreClassifier with max_iter above 1, or a BitHebbianClassifier."
            )
        return cls(scores, getattr(last, "validation_scores_", None)).plot(ax=ax)

    def plot(self, ax=None):
        """Plot the passes.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : TuningDisplay
            This display.
        """
        self._begin(ax, (6, 3.8))
        passes = range(1, len(self.train_scores) + 1)
        curves = [("training, before learning", passes, self.train_scores)]
        if self.validation_scores is not None:
            scores = self.validation_scores
            curves.append(("validation, after the pass", range(len(scores)), scores))
        self.lines_ = []
        for label, at, scores in curves:
            percent = [100 * score for score in scores]
            self.lines_ += self.ax_.plot(at, percent, ".-", label=label)
        self.ax_.set(xlabel="pass of tuning", ylabel="accuracy (%)")
        self.ax_.xaxis.get_major_locator().set_params(integer=True)
        self.ax_.legend(loc="lower right")
        self.ax_.grid(alpha=0.3)
        return self
