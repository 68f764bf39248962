# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Naive Bayes on bits, in integers, with tuning of its mistakes."""

import warnings
from numbers import Integral, Real

import numpy as np
from scipy import sparse
from scipy.special import logsumexp
from sklearn.utils import check_random_state, compute_class_weight

from skbit._base import SkbitEstimator, all_or_nothing, in_type_of
from skbit._classifier import BitClassifierMixin
from skbit._utils.sklearn import (
    Interval,
    StrOptions,
    _check_sample_weight,
    _fit_context,
)
from skbit._utils.state import check_array, check_number
from skbit.naive_bayes import _log_odds


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

    %(binarize)s

    %(input_format)s

    max_iter : int, default=1
        Passes over the training data. The first pass counts, and the others tune. 1
        counts only; 6 to 21 passes are usual where accuracy matters more than the time
        of fitting.

    learning_rate_init : float, default=0.05
        What a correction adds to a log-odds in the first tuning pass, in nats. Larger
        values depart faster from the log-odds that were counted.

    learning_rate : {"cosine", "constant"}, default="cosine"
        Schedule of the learning rate over the tuning passes. "cosine" lowers it from
        ``learning_rate_init`` towards 0 along half a cosine, which ends in a steadier
        model. "constant" keeps ``learning_rate_init``.

    margin : float, default=0.0
        Lead over all other classes that the true class needs for a row to be left
        alone in tuning. The unit is the change that one correction at
        ``learning_rate_init`` makes to the difference of two scores, for a row with the
        mean number of ones. 0 corrects only rows that are misclassified; larger values
        correct more rows and keep tuning at work when all training rows are classified
        correctly.

    batch_size : int, default=1
        Number of rows that are scored before corrections for any of them are made.

    shuffle : bool, default=True
        Whether each tuning pass visits the rows in a new random order. If False, they
        are visited in their order.

    early_stopping : bool, default=False
        Whether to set aside a part of the training data for validation, stop when the
        accuracy on it no longer rises, and keep the corrections of the pass in which
        it was highest, of several equal ones the first. The validation part is neither
        counted nor tuned on.

    validation_fraction : float, default=0.1
        Share of the rows that is set aside if ``early_stopping=True``, stratified by
        class. Rows with a sample weight of 0 are left out.

    n_iter_no_change : int, default=5
        Number of tuning passes without an improvement after which tuning stops. Used
        only if ``early_stopping=True``.

    tol : float, default=0.0
        A pass is an improvement if its validation accuracy exceeds the highest one
        before by more than ``tol``. Used only if ``early_stopping=True``.

    class_weight : dict {label: weight} or "balanced", default=None
        Factors of the counts of the classes, and of the learning rate for their rows.
        "balanced" makes all classes equally frequent.

    warm_start : bool, default=False
        Whether :meth:`fit` goes on tuning from the corrections of the previous fit,
        which must have had the same classes, features and ``precision``.

    random_state : int, RandomState instance or None, default=None
        Controls the order of the rows in the tuning passes and the choice of the
        validation part. Pass an int for reproducible results.

    %(n_jobs)s

    verbose : int, default=0
        Whether to print the accuracy of each tuning pass.

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

    class_log_prior_ : ndarray of shape (n_classes,), dtype float64
        Logarithms of the prior probabilities of the classes, smoothed nowhere: a class
        without rows has ``-inf``. If ``fit_prior=False``, they are uniform, and
        ``offsets_`` leaves this constant out.

    weights_ : ndarray of shape (n_classes, n_bits), dtype int32
        ``feature_log_odds_ + correction_``, saturated: what predicting adds up for the
        bits that are 1.

    offsets_ : ndarray of shape (n_classes,), dtype int64
        What the scores of the classes begin with: the sum of ``ln(1 - p) * precision``
        over the bits that were 1 in some row, and the log prior, each rounded.

    feature_log_odds_ : ndarray of shape (n_classes, n_bits), dtype float64
        ``ln(p / (1 - p)) * precision``, rounded, ``p`` being the smoothed frequency of
        the bit in the class; 0 for bits that were 1 in no row, which are no evidence.

    correction_ : ndarray of shape (n_classes, n_bits), dtype float64
        What tuning has added, saturated at the ends of int32.

    coef_ : ndarray of shape (n_classes, n_bits), dtype float64
        The numbers of ``weights_``.

    intercept_ : ndarray of shape (n_classes,), dtype float64
        The numbers of ``offsets_``.

    n_iter_ : int
        Passes over the data in the last :meth:`fit`, at most ``max_iter``: one of
        counting, and those of tuning.

    n_samples_seen_ : int
        Rows that were counted, over all calls of :meth:`partial_fit` and
        :meth:`merge` since the last :meth:`fit`.

    train_scores_ : list of float
        Accuracy in each tuning pass, each row predicted when it is visited.

    validation_scores_ : list of float
        Accuracy on the validation part before tuning and after each tuning pass,
        weighted by the weights of the rows. Available only if ``early_stopping=True``
        and ``max_iter > 1``.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.random_projection.RandomMAJ3Projection : Makes bits worth learning from.
    sklearn.naive_bayes.BernoulliNB : The same model in floating point, untuned.

    Notes
    -----
    Counting takes one addition per bit of X, 512 at a time, and memory for the counts
    only. Of sparse X only the ones are visited, in counting and in predicting; tuning
    packs as many rows as it visits at a time, and takes the time that it takes for
    packed rows. With ``binarize < 0`` zeros are ones, and sparse X is packed as a whole
    for fitting.

    ``weights_`` and ``offsets_`` are integers, all that predicting needs, and what is
    stored. ``coef_``, ``intercept_``, ``feature_log_odds_`` and ``correction_`` are the
    same whole numbers as float64, made when they are asked for, because tools that
    square or sum coefficients, such as :class:`~sklearn.feature_selection.RFE`, would
    overflow integers.

    Counts are sufficient statistics: any split of the data over calls of
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
    ...     OttoScoreClassifier(max_iter=11, margin=0.8, random_state=0),
    ... )
    >>> model.fit(X_train, y_train).score(X_test, y_test)
    0.9...
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "fit_prior": ["boolean"],
        "precision": [Interval(Integral, 1, 2**31 - 1, closed="both")],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "learning_rate": [StrOptions({"cosine", "constant"})],
        "margin": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
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
        input_format="auto",
        max_iter=1,
        learning_rate_init=0.05,
        learning_rate="cosine",
        margin=0.0,
        batch_size=1,
        shuffle=True,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        tol=0.0,
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
        self.input_format = input_format
        self.max_iter = max_iter
        self.learning_rate_init = learning_rate_init
        self.learning_rate = learning_rate
        self.margin = margin
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y, sample_weight=None):
        """Count the rows, and tune in ``max_iter - 1`` further passes.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels, of at least two classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of what a row adds to the counts, and of its steps in tuning.

        Returns
        -------
        self : OttoScoreClassifier
            The fitted classifier.
        """
        warm_start = self.warm_start and hasattr(self, "weights_")
        if warm_start:
            self._check_fitted()
            earlier, correction = self._meaning_of_corrections(), self._correction
        X, y = self._validate_all(X, y)
        weights = _check_weights(sample_weight, X)
        if warm_start and not _are_equal(self._meaning_of_corrections(), earlier):
            raise ValueError(
                "warm_start=True needs the classes, features and precision of the fit "
                "before. Set warm_start=False to start anew."
            )
        self._begin()
        if warm_start:
            self._correction = correction
        rows, validation = self._as_rows(X), None
        if self.early_stopping and self.max_iter > 1:
            train, test = self._split(y, weights)
            validation = rows[test], y[test], None if weights is None else weights[test]
            rows, y = rows[train], y[train]
            weights = weights if weights is None else weights[train]
        self._count(rows, y, weights)
        if not np.any(self.class_count_ * self._class_factors()):
            raise ValueError("All rows have a weight of zero, by class_weight.")
        if self.max_iter > 1:
            self._tune(rows, y, weights, validation)
        return self

    def _meaning_of_corrections(self):
        """Return what must be the same for corrections to mean the same."""
        return (
            self.classes_,
            self.input_format_,
            self.n_features_in_,
            getattr(self, "feature_names_in_", None),
            self.fitted_params_["precision"],
        )

    def _split(self, y, weights):
        """Choose rows to train on and to validate with, both of weights above 0."""
        # Imported here, where it is needed: it takes longer than the rest of skbit.
        from sklearn.model_selection import train_test_split

        chosen = np.arange(len(y)) if weights is None else np.flatnonzero(weights)
        return train_test_split(
            chosen,
            test_size=self.validation_fraction,
            stratify=y[chosen],
            random_state=self.random_state,
        )

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Count more rows.

        Nothing is tuned; corrections of an earlier tuning stay, on top of the new
        log-odds.

        Parameters
        ----------
        %(X)s

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
        weights = _check_weights(sample_weight, X)
        if is_first:
            self._begin()
        self._count(self._as_rows(X), y, weights)
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
            Fitted on the same features with the same parameters and labels of the same
            type, and not tuned: corrections depend on the other's data and cannot be
            added.

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
            if not isinstance(model, OttoScoreClassifier):
                raise TypeError(
                    "Only an OttoScoreClassifier can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
        self._check_parameters_are_as_fitted()
        for other in others:
            self._check_can_be_merged(other)
        models = (self, *others)
        classes = _join_labels([model.classes_ for model in models])
        places = [np.searchsorted(classes, model.classes_) for model in models]
        counts = [
            _log_odds.add_counts(
                [getattr(model, name) for model in models], places, len(classes)
            )
            for name in ("class_count_", "feature_count_")
        ]
        if self._correction is not None:
            correction = np.zeros(counts[1].shape, dtype=np.int32)
            correction[places[0]] = self._correction
            self._correction = correction
        self.classes_ = classes
        self.class_count_, self.feature_count_ = counts
        self.n_samples_seen_ = sum(model.n_samples_seen_ for model in models)
        self._derive()
        return self

    def _check_can_be_merged(self, other):
        here, there = (
            {
                "n_features_in_": model.n_features_in_,
                "input_format_": model.input_format_,
                **model.fitted_params_,
            }
            for model in (self, other)
        )
        for name, value in here.items():
            if not _are_equal(there[name], value):
                raise ValueError(
                    "Only classifiers of the same features and parameters can be "
                    f"merged, but {name} is {value!r} here and {there[name]!r} there."
                )
        names = [getattr(m, "feature_names_in_", None) for m in (self, other)]
        if any(part is None for part in names):
            if not all(part is None for part in names):
                warnings.warn(
                    "Of two OttoScoreClassifiers that are merged, one was fitted with "
                    "feature names and one without.",
                    UserWarning,
                    stacklevel=3,
                )
        elif not np.array_equal(*names):
            raise ValueError(
                "Only classifiers of the same features can be merged, but the feature "
                f"names are {names[0].tolist()} here and {names[1].tolist()} there."
            )
        if other._correction is not None and other._correction.any():
            raise ValueError(
                "A tuned classifier cannot be merged into another: its corrections "
                "belong to its own data. Fit it with max_iter=1."
            )

    def _count_weights(self):
        n_classes, n_bits = self.weights_.shape
        layer = n_bits, n_classes, 8 * self.weights_.itemsize
        return (layer,), 8 * self.offsets_.itemsize * n_classes

    def _check_state(self):
        super()._check_state()
        shape = len(self.classes_), self._n_input_bits
        check_number(self, "n_samples_seen_", 0)
        check_array(self, "class_count_", (np.int64, np.float64), shape[:1], 0)
        check_array(self, "feature_count_", self.class_count_.dtype, shape)
        check_array(self, "weights_", np.int32, shape)
        check_array(self, "offsets_", np.int64, shape[:1])
        check_array(self, "_is_set", np.bool_, shape[1:])
        if self._correction is not None or self._log_odds is not None:
            check_array(self, "_correction", np.int32, shape)
            check_array(self, "_log_odds", np.int32, shape)

    @property
    def feature_log_odds_(self):
        """The log-odds that follow from the counts, as float64."""
        counted = self.weights_ if self._log_odds is None else self._log_odds
        return counted.astype(np.float64)

    @property
    def correction_(self):
        """What tuning has added, as float64."""
        if self._correction is None:
            return np.zeros(self.weights_.shape)
        return self._correction.astype(np.float64)

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
            return _log_odds.ones_of_sparse(X, in_type_of(X, binarize))
        return self._as_words(X)

    def _begin(self):
        """Forget everything."""
        shape = len(self.classes_), self._n_input_bits
        self.class_count_ = np.zeros(shape[0], dtype=np.int64)
        self.feature_count_ = np.zeros(shape, dtype=np.int64)
        # Without corrections, weights are the log-odds and are stored once.
        self._correction = self._log_odds = None
        self.n_iter_, self.n_samples_seen_, self.train_scores_ = 1, 0, []
        for name in ("weights_", "validation_scores_"):
            vars(self).pop(name, None)

    def _count(self, rows, y, weights):
        earlier = None
        if hasattr(self, "weights_") and self.fitted_params_["class_weight"] != (
            "balanced"
        ):
            log_odds = self.weights_ if self._log_odds is None else self._log_odds
            earlier = self.class_count_, log_odds, self.offsets_, self._is_set
        self.class_count_, self.feature_count_ = _log_odds.count(
            rows, y, weights, self.class_count_, self.feature_count_, self.n_jobs
        )
        self.n_samples_seen_ += len(y)
        self._derive(earlier, np.unique(y))

    def _derive(self, earlier=None, changed=None):
        """Compute the weights that follow from counts and corrections."""
        fitted = self.fitted_params_
        self.class_log_prior_ = _log_odds.class_log_prior(
            self.class_count_, self._class_factors(), fitted["fit_prior"]
        )
        log_odds, self.offsets_, self._is_set = _log_odds.derive(
            self.class_count_,
            self.feature_count_,
            self._class_factors(),
            fitted["alpha"],
            fitted["fit_prior"],
            fitted["precision"],
            earlier,
            changed,
        )
        if self._correction is None:
            self.weights_ = log_odds
        else:
            self._log_odds = log_odds
            self.weights_ = _log_odds.saturated_sum(log_odds, self._correction)

    def _class_factors(self):
        """Return what the counts of each class are multiplied by."""
        class_weight = self.fitted_params_["class_weight"]
        if isinstance(class_weight, dict):
            factors = _check_class_weight(class_weight, self.classes_)
        elif class_weight == "balanced":
            # From the counts, hence the same however the data came.
            is_seen = self.class_count_ > 0
            factors = np.zeros(len(is_seen))
            total = self.class_count_.sum()
            factors[is_seen] = total / (len(is_seen) * self.class_count_[is_seen])
        else:
            factors = np.ones(len(self.classes_))
        with np.errstate(over="ignore"):
            total = np.sum(self.class_count_ * factors)
        if not total < _log_odds.MOST_COUNT:
            raise ValueError(
                f"class_weight is too large: the weights of all rows sum to {total:g}."
            )
        return factors

    def _tune(self, rows, y, weights, validation):
        precision = self.fitted_params_["precision"]
        rng = check_random_state(self.random_state)
        factors = self._class_factors()
        row_weights = factors[y] if weights is None else factors[y] * weights
        visited = np.flatnonzero(row_weights)
        if len(visited) == 0:
            raise ValueError("All rows that tuning could visit have a weight of zero.")
        # Tuning changes arrays that nothing else has yet.
        if self._correction is None:
            self._log_odds = self.weights_
            correction = np.zeros_like(self.weights_)
        else:
            correction = _log_odds.copied(self._correction)
        coef = _log_odds.copied(self.weights_)
        self._correction, self.weights_ = correction, coef
        if validation is not None:
            test, y_test, test_weights = validation
            test_weights = factors[y_test] * (1 if weights is None else test_weights)
            validation = test, y_test, test_weights
            if not test_weights.any():
                raise ValueError(
                    "All rows that early stopping has set aside have a weight of zero."
                )
            self.validation_scores_ = [self._accuracy(*validation)]
            best = _log_odds.copied(correction)
        n_passes, passes_to_wait = self.max_iter - 1, self.n_iter_no_change
        mean_ones = _log_odds.mean_ones(self.class_count_, self.feature_count_)
        margin = _log_odds.margin_in_units(
            self.margin, self.learning_rate_init, mean_ones, precision
        )
        for i in range(n_passes):
            rate = _log_odds.rate_of_pass(
                i, n_passes, self.learning_rate_init, self.learning_rate
            )
            order = rng.permutation(visited) if self.shuffle else visited
            accuracy = _log_odds.tune_epoch(
                rows,
                y,
                order,
                _log_odds.in_units(rate, precision, row_weights[order]),
                margin,
                self.batch_size,
                self._log_odds,
                self.offsets_,
                correction,
                coef,
            )
            self.train_scores_.append(accuracy)
            self.n_iter_ += 1
            message = f"Pass {self.n_iter_}/{self.max_iter}, training {accuracy:.4f}"
            if validation is not None:
                found = self._accuracy(*validation)
                rise = found - max(self.validation_scores_)
                self.validation_scores_.append(found)
                message += f", validation {found:.4f}"
                if rise > 0:
                    best = _log_odds.copied(correction)
                if rise > self.tol:
                    passes_to_wait = self.n_iter_no_change
                else:
                    passes_to_wait -= 1
            if self.verbose:
                print(message)
            if passes_to_wait == 0:
                break
        if validation is not None:
            self._correction = best
            self.weights_ = _log_odds.saturated_sum(self._log_odds, best)

    def _accuracy(self, rows, y, row_weights):
        scores = _log_odds.score(rows, self.weights_, self.offsets_, self.n_jobs)
        is_right = scores.argmax(axis=1) == y
        return float(np.average(is_right, weights=row_weights))

    def integer_scores(self, X):
        """Compute the classes' scores as they are compared, in integers.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            ``offsets_`` plus the ``weights_`` of the ones: joint log-likelihoods in
            units of ``1 / precision`` nats.
        """
        return self._map_scores(X, lambda scores: scores)

    def _score(self, X):
        return _log_odds.score(
            self._as_rows(X), self.weights_, self.offsets_, self.n_jobs
        )

    def predict_joint_log_proba(self, X):
        """Compute the joint log-likelihoods ``log P(x, y)``, in nats.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            A column per class, in the order of ``classes_``.
        """
        return self._map_scores(X, self._joint_log_proba)

    def _joint_log_proba(self, scores):
        return scores / self.fitted_params_["precision"]

    def predict_log_proba(self, X):
        """Compute the logarithms of the classes' probabilities.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            A column per class, in the order of ``classes_``.
        """
        return self._map_scores(X, self._log_proba)

    def _log_proba(self, scores):
        joint = self._joint_log_proba(scores)
        return joint - logsumexp(joint, axis=1, keepdims=True)

    def predict_proba(self, X):
        """Compute the classes' probabilities.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        C : ndarray of shape (n_samples, n_classes), dtype float64
            A column per class, in the order of ``classes_``.
        """
        return self._map_scores(X, lambda scores: np.exp(self._log_proba(scores)))

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
    with np.errstate(over="ignore"):
        is_small = weights.sum() < _log_odds.MOST_EXACT
    if is_small and np.array_equal(weights, np.floor(weights)):
        return weights.astype(np.int64)
    return weights


def _check_class_weight(class_weight, classes):
    """Return the weight of each class."""
    for label, weight in class_weight.items():
        if not isinstance(weight, Real) or not 0 <= weight < np.inf:
            raise ValueError(
                "Weights of classes must be finite numbers that are not negative, but "
                f"class_weight has {weight!r} for {label!r}."
            )
    return compute_class_weight(class_weight, classes=classes, y=classes)


def _are_equal(a, b):
    """Tell whether two values are equal, arrays and tuples included."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all(_are_equal(*pair) for pair in zip(a, b, strict=True))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return a == b


def _join_labels(parts):
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
