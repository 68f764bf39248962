# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""How the scores of normal and novel rows are distributed."""

import numpy as np

from skbit.inspection._display import Display


class NoveltyDisplay(Display):
    """Plot histograms of the scores of a novelty detector, and its threshold.

    Rows with scores below the threshold are novel.

    Use :meth:`from_estimator` or :meth:`from_scores`.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    scores : dict of str to ndarray of shape (n_rows,)
        The scores of groups of rows.

    threshold : float
        The score below which rows are novel.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.

    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skbit.novelty.BitNoveltyDetector : The detector.
    sklearn.metrics.RocCurveDisplay : All thresholds, if novel rows are known.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import BitNoveltyDetector
    >>> from skbit.inspection import NoveltyDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> detector = BitNoveltyDetector(binarize=7, random_state=0)
    >>> detector.fit(X[:1000][y[:1000] > 1])
    BitNoveltyDetector(binarize=7, random_state=0)
    >>> display = NoveltyDisplay.from_estimator(
    ...     detector, {"other digits": X[1000:][y[1000:] > 1], "0": X[y == 0]}
    ... )
    >>> display.ax_.get_xlabel()
    'score (the higher, the more normal)'
    """

    def __init__(self, scores, threshold):
        self.scores = scores
        self.threshold = threshold

    @classmethod
    def from_estimator(cls, estimator, groups, *, ax=None):
        """Score groups of rows, and plot them.

        Parameters
        ----------
        estimator : BitNoveltyDetector or Pipeline
            A fitted detector with ``score_samples`` and ``offset_``, or a pipeline that
            ends in one.

        groups : dict of str to array-like of shape (n_samples, n_features)
            Rows by the name of the group, such as "normal" and "novel".

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : NoveltyDisplay
            The plot.
        """
        scores = {name: estimator.score_samples(X) for name, X in groups.items()}
        last = estimator[-1] if hasattr(estimator, "steps") else estimator
        return cls.from_scores(scores, last.offset_, ax=ax)

    @classmethod
    def from_scores(cls, scores, threshold, *, ax=None):
        """Plot scores.

        Parameters
        ----------
        scores : dict of str to array-like of shape (n_samples,)
            The scores of groups of rows.

        threshold : float
            The score below which rows are novel.

        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : NoveltyDisplay
            The plot.
        """
        scores = {name: np.asarray(values) for name, values in scores.items()}
        return cls(scores, float(threshold)).plot(ax=ax)

    def plot(self, ax=None):
        """Plot the histograms.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to plot into. None makes a new figure.

        Returns
        -------
        display : NoveltyDisplay
            This display.
        """
        self._begin(ax, (6.5, 3.8))
        every = np.concatenate(list(self.scores.values()))
        bins = np.histogram_bin_edges(every, _N_BINS)
        for name, scores in self.scores.items():
            share = 100 * np.mean(scores < self.threshold)
            weights = np.full(len(scores), 100 / len(scores))
            label = f"{name}: {share:.0f} % below the threshold"
            self.ax_.hist(scores, bins, weights=weights, alpha=0.6, label=label)
        if np.isfinite(self.threshold):
            self.ax_.axvline(self.threshold, color="0.2", linestyle="--", linewidth=1)
        self.ax_.set(
            xlabel="score (the higher, the more normal)",
            ylabel="share of the group (%)",
        )
        self.ax_.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        return self


_N_BINS = 40
