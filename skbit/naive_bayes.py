# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Naive Bayes on bits, in integers, with tuning of its mistakes."""

from numbers import Integral, Real

import numpy as np
from scipy.special import logsumexp
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, compute_class_weight
from sklearn.utils.validation import check_is_fitted

from skbit import _log_odds
from skbit._base import SkbitEstimator, all_or_nothing
from skbit._classifier import BitClassifierMixin
from skbit._sklearn import (
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from skbit.bits import CONTAINER_BITS

__all__ = ["OttoScoreClassifier"]


class OttoScoreClassifier(BitClassifierMixin, SkbitEstimator):
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
        Numbers above it are ones. Leave it at 0 if X is packed.

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
        the log prior, each rounded. Bits at the end of a packed row that were 1 in no
        row are padding and do not count.

    n_iter_ : int
        Passes over the data in the last fit: one of counting, and those of tuning.

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
    ...     OttoScoreClassifier(max_iter=10, margin=50, random_state=0),
    ... )
    >>> bool(model.fit(X_train, y_train).score(X_test, y_test) > 0.94)
    True
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "fit_prior": ["boolean"],
        "precision": [Interval(Integral, 1, 2**31 - 1, closed="both")],
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
        **BitClassifierMixin._bit_input_constraints,
    }
    _fixed_parameters = ("binarize", "alpha", "fit_prior", "precision", "class_weight")

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

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y, sample_weight=None):
        """Count, and tune for ``max_iter`` epochs.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        y : array-like of shape (n_samples,)
            Class labels, of at least two classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of what a row adds to the counts, and of its steps in tuning.

        Returns
        -------
        self : OttoScoreClassifier
            The fitted classifier.
        """
        earlier = None
        if self.warm_start and hasattr(self, "correction_"):
            earlier = self.classes_, self.correction_
        X, y = self._validate_all(X, y)
        words, weights = self._as_words(X), _check_weights(sample_weight, X)
        validation = None
        if self.early_stopping and self.max_iter > 0:
            train, validation = train_test_split(
                np.arange(len(y)),
                test_size=self.validation_fraction,
                stratify=y,
                random_state=self.random_state,
            )
            validation = words[validation], y[validation]
            words, y = words[train], y[train]
            weights = weights if weights is None else weights[train]
        self._reset_counts()
        if earlier is not None:
            if earlier[1].shape != self.correction_.shape or not np.array_equal(
                earlier[0], self.classes_
            ):
                raise ValueError(
                    "warm_start=True needs the classes and features of the fit before. "
                    "Set warm_start=False to start anew."
                )
            self.correction_ = earlier[1].copy()
        self._count(words, y, weights)
        self._tune(words, y, weights, validation)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Count more rows.

        Nothing is tuned; corrections of an earlier tuning stay, on top of the new
        log-odds.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        y : array-like of shape (n_samples,)
            Class labels.

        classes : array-like of shape (n_classes,), default=None
            All classes that can ever occur. Needed in the first call, optional later.

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of what a row adds to the counts.

        Returns
        -------
        self : OttoScoreClassifier
            The fitted classifier.
        """
        X, y, is_first = self._validate_part(X, y, classes)
        if is_first:
            self._reset_counts()
        self._count(self._as_words(X), y, _check_weights(sample_weight, X))
        return self

    @all_or_nothing
    def merge(self, *others):
        """Add the counts of other fitted classifiers.

        The result is the classifier that would have been fitted on all their data at
        once, to the bit (with fractional weights, up to rounding). Classes that only
        one of them knows are kept. Own corrections of an earlier tuning stay.

        Parameters
        ----------
        *others : OttoScoreClassifier
            Fitted on the same features, and not tuned: corrections depend on the
            other's data and cannot be added.

        Returns
        -------
        self : OttoScoreClassifier
            This classifier, changed.

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
        for model in (self, *others):
            check_is_fitted(model)
        for other in others:
            for name in ("n_features_in_", "input_kind_", "binarize"):
                if getattr(other, name) != getattr(self, name):
                    raise ValueError(
                        f"Only classifiers of the same features can be merged, but "
                        f"{name} is {getattr(self, name)!r} here and "
                        f"{getattr(other, name)!r} there."
                    )
            if other.correction_.any():
                raise ValueError(
                    "A tuned classifier cannot be merged into another: its "
                    "corrections belong to its own data. Fit it with max_iter=0."
                )
            classes = np.union1d(self.classes_, other.classes_)
            mine, theirs = (np.searchsorted(classes, m.classes_) for m in (self, other))
            for name in ("class_count_", "feature_count_"):
                a, b = getattr(self, name), getattr(other, name)
                total = np.zeros((len(classes), *a.shape[1:]), np.result_type(a, b))
                total[mine] += a
                total[theirs] += b
                setattr(self, name, total)
            correction = np.zeros(self.feature_count_.shape, dtype=np.int32)
            correction[mine] = self.correction_
            self.classes_, self.correction_ = classes, correction
        self._update()
        return self

    def _reset_counts(self):
        shape = len(self.classes_), self._n_input_bits
        self.class_count_ = np.zeros(len(self.classes_), dtype=np.int64)
        self.feature_count_ = np.zeros(shape, dtype=np.int64)
        self.correction_ = np.zeros(shape, dtype=np.int32)
        self.n_iter_, self.train_scores_ = 1, []
        vars(self).pop("validation_scores_", None)

    def _count(self, words, y, weights):
        self.class_count_, self.feature_count_ = _log_odds.count(
            words, y, weights, self.class_count_, self.feature_count_, self.n_jobs
        )
        self._update()

    def _update(self):
        """Compute the log-odds that follow from counts and corrections."""
        factors = self._class_factors()
        class_count, feature_count = self.class_count_, self.feature_count_
        if factors is not None:
            class_count = class_count * factors
            feature_count = feature_count * factors[:, None]
        self.feature_log_odds_, self.intercept_ = _log_odds.log_odds(
            class_count,
            feature_count,
            self._count_bits(),
            self.alpha,
            self.fit_prior,
            self.precision,
        )
        self.coef_ = _log_odds.saturated_sum(self.feature_log_odds_, self.correction_)

    def _count_bits(self):
        """Count the bits of a row, without what must be padding.

        Containers do not tell how many of their bits are padding. Bits at the end of
        the last one that no row has ever set are taken for it, so that offsets are
        those of the same bits unpacked.
        """
        n_bits = self.feature_count_.shape[1]
        if self.input_kind_ == "packed":
            last = self.feature_count_[:, n_bits - CONTAINER_BITS :].any(axis=0)
            n_bits -= int(np.argmax(last[::-1])) if last.any() else CONTAINER_BITS
        return n_bits

    def _class_factors(self):
        """Return the classes' weights, or None where all are 1."""
        if self.class_weight is None:
            return None
        if self.class_weight == "balanced":
            # From the counts, hence the same however the data came.
            seen = np.maximum(self.class_count_, np.finfo(float).tiny)
            factors = self.class_count_.sum() / (len(seen) * seen)
            return np.where(self.class_count_ > 0, factors, 0.0)
        return compute_class_weight(
            self.class_weight, classes=self.classes_, y=self.classes_
        )

    def _tune(self, words, y, weights, validation):
        rng = check_random_state(self.random_state)
        row_weights = np.ones(len(y)) if weights is None else weights.astype(float)
        factors = self._class_factors()
        if factors is not None:
            row_weights = row_weights * factors[y]
        visited = np.flatnonzero(row_weights)
        if self.max_iter > 0 and len(visited) == 0:
            raise ValueError("All rows that tuning could visit have a weight of zero.")
        if validation is not None:
            self.validation_scores_ = [self._accuracy(*validation)]
            best = self.correction_.copy()
        for epoch in range(self.max_iter):
            step = _log_odds.step_of_epoch(
                epoch, self.max_iter, self.step, self.schedule
            )
            accuracy = _log_odds.tune_epoch(
                words,
                y,
                rng.permutation(visited),
                step * self.precision * row_weights,
                self.margin * self.precision,
                self.batch_size,
                self.feature_log_odds_,
                self.intercept_,
                self.correction_,
                self.coef_,
            )
            self.train_scores_.append(accuracy)
            self.n_iter_ += 1
            message = f"Epoch {epoch + 1}/{self.max_iter}, training {accuracy:.4f}"
            if validation is not None:
                self.validation_scores_.append(self._accuracy(*validation))
                message += f", validation {self.validation_scores_[-1]:.4f}"
                if self.validation_scores_[-1] > max(self.validation_scores_[:-1]):
                    best = self.correction_.copy()
            if self.verbose:
                print(message)
            if validation is not None and self._is_stuck():
                break
        if validation is not None:
            self.correction_ = best
            self._update()

    def _is_stuck(self):
        epochs_since_best = (
            len(self.validation_scores_) - 1 - int(np.argmax(self.validation_scores_))
        )
        return epochs_since_best >= self.n_iter_no_change

    def _accuracy(self, words, y):
        scores = _log_odds.score(words, self.coef_, self.intercept_, self.n_jobs)
        return float(np.mean(scores.argmax(axis=1) == y))

    def integer_scores(self, X):
        """Compute the classes' scores as they are compared, in integers.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            ``intercept_`` plus the ``coef_`` of the ones: joint log-likelihoods in
            units of ``1 / precision`` nats.
        """
        check_is_fitted(self)
        words = self._as_words(self._validate_bits(X, reset=False))
        return _log_odds.score(words, self.coef_, self.intercept_, self.n_jobs)

    def predict_joint_log_proba(self, X):
        """Compute the joint log-likelihoods ``log P(x, y)``, in nats.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            A column per class, in the order of ``classes_``.
        """
        return self.integer_scores(X) / self.precision

    def predict_log_proba(self, X):
        """Compute the logarithms of the classes' probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            A column per class, in the order of ``classes_``.
        """
        joint = self.predict_joint_log_proba(X)
        return joint - logsumexp(joint, axis=1, keepdims=True)

    def predict_proba(self, X):
        """Compute the classes' probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Packed bits (dtype uint32), or one column of numbers per bit.

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            A column per class, in the order of ``classes_``.
        """
        return np.exp(self.predict_log_proba(X))

    def _dram_shape(self):
        """Arguments of :func:`skbit.dram.dram_cost` that say what is computed."""
        return {"n_classes": len(self.classes_)}


def _check_weights(sample_weight, X):
    """Return weights as int64 if they are whole, else as float64; None if None."""
    if sample_weight is None:
        return None
    weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if np.any(weights < 0):
        raise ValueError("Negative values in data passed to `sample_weight`.")
    if not np.any(weights):
        raise ValueError("Sample weights must contain at least one non-zero number.")
    if weights.sum() < 2**53 and np.array_equal(weights, np.floor(weights)):
        return weights.astype(np.int64)
    return weights
