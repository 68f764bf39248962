# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Naive Bayes on bits, in integers, with tuning of its mistakes."""

from numbers import Integral, Real

import numpy as np
from scipy.special import logsumexp
from sklearn.base import ClassifierMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skbit import _kernels
from skbit._base import BitInputMixin, SkbitEstimator, all_or_nothing
from skbit._blocks import run_blocks
from skbit._sklearn import (
    Interval,
    StrOptions,
    _check_partial_fit_first_call,
    _check_sample_weight,
    _fit_context,
)
from skbit.bits import CONTAINER_BITS

__all__ = ["OttoScoreClassifier"]

_INT32 = np.iinfo(np.int32)
# The offset of a class that was never seen: no score comes near it.
_NEVER = -(2**62)
# Batches up to this many rows are scored without a table.
_FEW_ROWS = 4
# Rows scored, and containers counted, by one thread at a time.
_ROWS_PER_TASK = 1024
_CONTAINERS_PER_TASK = 64
# Rows that tuning scores at once at least.
_TUNING_BLOCK = 128


class OttoScoreClassifier(BitInputMixin, ClassifierMixin, SkbitEstimator):
    """Classify bits by integer log-odds: naive Bayes that can learn from mistakes.

    One pass counts how often each bit is 1 in each class. The counts give, per bit and
    class, smoothed log-odds, rounded to int32; the score of a class is an offset plus
    the log-odds of the bits that are 1, and the highest score wins. Predicting needs
    integer additions only [1]_.

    With ``max_iter > 0``, target tuning follows: rows that are misclassified (or not
    clearly enough classified) add a step to the log-odds of their bits in the true
    class and take it from the strongest wrong class, the perceptron's rule in int32.

    Read more in the :ref:`User Guide <classification>`.

    Parameters
    ----------
    alpha : float, default=1.0
        Additive (Laplace) smoothing of the counts, above 0.

    fit_prior : bool, default=True
        Whether the classes' frequencies count. If False, all are equally likely.

    precision : int, default=100_000
        Units of a log-odds of 1 nat: scores are whole numbers of ``1 / precision``.

    binarize : float, default=0.0
        Numbers above it are ones. Ignored if X is packed.

    input : {"auto", "packed", "dense"}, default="auto"
        What X is: containers if its dtype is uint32 and else one column of numbers per
        bit, or always one of the two.

    max_iter : int, default=0
        Epochs of tuning after the counting pass.

    step : float, default=0.05
        What a correction adds to a log-odds, in nats.

    margin : float, default=0.0
        By how many nats the true class's score must exceed all others for a row to be
        left alone. With 0 only mistakes are corrected.

    schedule : {"cosine", "constant"}, default="cosine"
        Whether the step falls from ``step`` in the first epoch towards 0 along half a
        cosine, or stays.

    batch_size : int, default=1
        Rows that are scored before any of them is learned from.

    early_stopping : bool, default=False
        Whether to set aside a part of the training data, neither counted nor tuned on,
        stop when the accuracy on it has not risen for ``n_iter_no_change`` epochs, and
        keep the corrections with which it was best.

    validation_fraction : float, default=0.1
        The part that is set aside with ``early_stopping``, stratified by class.

    n_iter_no_change : int, default=5
        Epochs without a rise after which to stop.

    class_weight : dict {label: weight} or "balanced", default=None
        Factors of the classes' counts and of their rows' steps. "balanced" makes all
        classes equally frequent.

    warm_start : bool, default=False
        Whether ``fit`` tunes on from the corrections of the fit before.

    random_state : int, RandomState instance or None, default=None
        Order of the rows in each epoch and choice of the validation part.

    n_jobs : int, default=None
        Threads for counting and predicting; as in scikit-learn, None is 1 and -1 all
        processors. Results do not depend on it.

    verbose : int, default=0
        Whether to print the accuracy of each epoch.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    class_count_ : ndarray of shape (n_classes,), dtype int64
        Rows of each class, by weight. Becomes float64 with fractional weights.

    feature_count_ : ndarray of shape (n_classes, n_bits), dtype int64
        Rows of each class in which each bit is 1, by weight. ``n_bits`` is 32 times
        the number of containers of packed input, else the number of columns. Becomes
        float64 with fractional weights.

    feature_log_odds_ : ndarray of shape (n_classes, n_bits), dtype int32
        ``ln(p / (1 - p)) * precision``, rounded, ``p`` being the smoothed frequency of
        the bit in the class.

    correction_ : ndarray of shape (n_classes, n_bits), dtype int32
        What tuning has added, saturated.

    coef_ : ndarray of shape (n_classes, n_bits), dtype int32
        ``feature_log_odds_ + correction_``, saturated: what predicting adds up.

    intercept_ : ndarray of shape (n_classes,), dtype int64
        The classes' offsets: the sum of ``ln(1 - p) * precision`` over all bits and
        the log prior, each rounded.

    n_iter_ : int
        Epochs of tuning in the last fit.

    train_scores_ : list of float
        Accuracy in each epoch, each row predicted when it is visited.

    validation_scores_ : list of float
        Accuracy on the validation part before tuning and after each epoch. Only with
        ``early_stopping``.

    input_kind_ : {"packed", "dense"}
        What X was in :term:`fit`.

    n_features_in_ : int
        Number of columns seen during :term:`fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during :term:`fit`. Defined only when `X` has feature
        names that are all strings.

    See Also
    --------
    skbit.random_projection.RandomMAJ3Projection : Makes bits worth learning from.
    sklearn.naive_bayes.BernoulliNB : The same model in floating point, untuned.

    Notes
    -----
    Counting takes one addition per bit of X, 512 at a time, and memory for the counts
    only. Counts are sufficient statistics: any split of the data over calls of
    :meth:`partial_fit`, or over estimators that are then merged, gives the same model
    to the bit (with fractional weights, any split in the same order). Tuning depends
    on the order of the rows, which ``random_state`` fixes.

    The tuned scores are no longer log-likelihoods; probabilities computed from them
    are overconfident.

    References
    ----------
    .. [1] A. Otto, "DRAM-Native &|~ Classification", 2026.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> model = make_pipeline(
    ...     ThermometerEncoder(feature_range=(0, 16)),
    ...     RandomMAJ3Projection(n_components=256, random_state=0),
    ...     OttoScoreClassifier(max_iter=10, random_state=0),
    ... )
    >>> bool(model.fit(X_train, y_train).score(X_test, y_test) > 0.95)
    True
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "fit_prior": ["boolean"],
        "precision": [Interval(Integral, 1, _INT32.max, closed="both")],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "step": [Interval(Real, 0, None, closed="neither")],
        "margin": [Interval(Real, 0, None, closed="left")],
        "schedule": [StrOptions({"cosine", "constant"})],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
        **BitInputMixin._bit_input_constraints,
    }

    def __init__(
        self,
        alpha=1.0,
        *,
        fit_prior=True,
        precision=100_000,
        binarize=0.0,
        input="auto",
        max_iter=0,
        step=0.05,
        margin=0.0,
        schedule="cosine",
        batch_size=1,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        class_weight=None,
        warm_start=False,
        random_state=None,
        n_jobs=None,
        verbose=0,
    ):
        self.alpha = alpha
        self.fit_prior = fit_prior
        self.precision = precision
        self.binarize = binarize
        self.input = input
        self.max_iter = max_iter
        self.step = step
        self.margin = margin
        self.schedule = schedule
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
