# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Naive Bayes on bits with integer log-odds and tuning."""

from numbers import Integral, Real
from types import SimpleNamespace

import numpy as np

from skbit._base import all_or_nothing
from skbit._utils.callbacks import CallbackSupportMixin, Progress, with_callbacks
from skbit._utils.merging import are_equal
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit.naive_bayes._fitted import FittedLogOdds
from skbit.naive_bayes._merging import MergeableCounts
from skbit.naive_bayes._row_weights import check_sample_weight
from skbit.naive_bayes._tuning import LEARNING_RATES


class OttoScoreClassifier(CallbackSupportMixin, MergeableCounts, FittedLogOdds):
    """Naive Bayes classifier of bits with integer log-odds and perceptron tuning.

    One pass over the data counts how often each bit is 1 in each class. Smoothed
    log-odds per class and bit follow from the counts, rounded to int32. The score of a
    class is an offset plus the log-odds of the bits that are 1, and the class with the
    highest score is predicted. Prediction needs only integer additions [1]_.

    With ``max_iter > 1``, further passes tune the model: for each row that is
    misclassified, or classified by a lead below ``margin``, the learning rate is added
    to the log-odds of its ones in the true class and subtracted from those in its
    ``rivals``. This is the rule of the perceptron, in int32.

    Read more in the :ref:`User Guide <classification>`.

    Parameters
    ----------
    alpha : float, default=1.0
        Additive (Laplace) smoothing of the counts, above 0. Smaller values give rare
        bits more weight.

    fit_prior : bool, default=True
        Whether to learn prior probabilities of the classes. If False, a uniform prior
        is used.

    precision : int, default=100_000
        Number of units of the integer scores in 1 nat. Larger values round log-odds
        less and saturate earlier. To store a model in fewer bits, keep the default and
        set ``weight_bits``.

    weight_bits : int, default=None
        Number of bits, from 2 to 16, that store a weight in exported models, beside a
        power of two that all weights share. The weights are rounded as by
        :func:`~skbit.naive_bayes.round_log_odds`. In the second half of its passes,
        tuning predicts with the rounded weights and adds corrections to the exact ones,
        so that it makes up for the rounding; weights are rounded anew for every block
        of up to 128 rows. 4 bits are often as accurate as 32. None stores int32.

    rivals : {"strongest", "all"}, default="strongest"
        The classes that lose by a correction of a row, while its true class gains as
        much as they lose together. "strongest" is the class with the highest score but
        for the true one. "all" are all classes that the true class leads by less than
        ``margin``, which suits tables with several classes [2]_. With two classes, both
        are the same.

    calibrate : {"temperature", "offsets"} or None, default="temperature"
        What :meth:`fit` and :meth:`tune` learn from scores that up to 4,096 rows would
        have if they had not been learned. "temperature" learns by what to divide the
        scores so that :meth:`predict_proba` is neither overconfident nor too cautious;
        labels stay the same. "offsets" also corrects the offset of each class, which
        changes labels: without tuning it is more accurate if some classes are rare.
        None saves the time, which is that of half as many passes over up to 4,096 rows,
        or 32 per class; probabilities are overconfident then.

    %(binarize)s

    %(input_format)s

    max_iter : int, default=1
        Number of passes over the data in :meth:`fit`. The first one counts and the
        others tune. Tuning takes longer than counting and is more accurate; 6 to 21
        passes are usual.

    learning_rate_init : float, default=0.05
        Learning rate of the first tuning pass: the number of nats that a correction
        adds to a log-odds. Larger values depart faster from the log-odds that were
        counted.

    learning_rate : {"cosine", "constant"}, default="cosine"
        Schedule of the learning rate. "cosine" lowers it from ``learning_rate_init``
        towards 0 along half a cosine over the tuning passes, which gives a steadier
        model at the end. "constant" keeps ``learning_rate_init``.

    margin : float, default=2.0
        Rows whose true class leads all others by less than this are corrected in
        tuning. The unit is the change that one correction at ``learning_rate_init``
        makes to the difference of two scores, for a row with the mean number of ones,
        so that the value need not grow with the number of bits. 0 corrects only rows
        that are misclassified. Increase it if the training accuracy is much above that
        on validation data; the :ref:`User Guide <margin>` shows measurements.

    batch_size : int, default=1
        Number of rows that are scored before corrections for any of them are made. It
        does not change the speed; small values usually need fewer passes.

    %(shuffle)s

    early_stopping : bool, default=False
        Whether to set aside a part of the training data for validation, stop when the
        accuracy on it no longer rises, and keep the corrections with which it was
        highest, the first of several equal ones. The validation part is neither counted
        nor tuned on.

    validation_fraction : float, default=0.1
        Share of the rows that is set aside if ``early_stopping=True``, stratified by
        class. Rows with a sample weight of 0 are never set aside.

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
        Whether :meth:`fit` tunes on from the corrections of the previous fit, which
        must have had the same classes, features and ``precision``.

    random_state : int, RandomState instance or None, default=None
        Controls the order of the rows in the tuning passes and the choice of the
        validation part. Pass an int for reproducible results.

    %(n_jobs)s

    %(verbose)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    class_count_ : ndarray of shape (n_classes,), dtype int64
        Number of rows of each class, by weight. Its dtype is float64 with fractional
        weights.

    feature_count_ : ndarray of shape (n_classes, n_bits), dtype int64
        Number of rows of each class in which each bit is 1, by weight. ``n_bits`` is
        32 times the number of containers of packed input, else the number of columns.
        Its dtype is float64 with fractional weights.

    class_log_prior_ : ndarray of shape (n_classes,), dtype float64
        Logarithms of the empirical or uniform prior probabilities of the classes, with
        the factors of ``class_weight``. The uniform prior is left out of the scores,
        because it is the same for all classes.

    units_per_nat_ : int
        Number by which scores are divided to become logarithms of probabilities, before
        they are normalized. It is ``precision`` without calibration.

    weights_ : ndarray of shape (n_classes, n_bits), dtype int32
        Weights of the bits that are 1: their log-odds plus the corrections of tuning,
        saturated, and rounded to ``weight_bits``.

    offsets_ : ndarray of shape (n_classes,), dtype int64
        Scores of a row without ones: the sum of ``ln(1 - p) * precision`` over the bits
        that were 1 in some row, and the log prior, each rounded, plus the
        ``offset_corrections_`` and ``rounding_offsets_``.

    seen_bits_ : ndarray of shape (n_bits,), dtype bool
        Whether each bit was 1 in some row. The others are no evidence: their log-odds
        are 0, and they have no share in the offsets.

    untuned_weights_ : ndarray of shape (n_classes, n_bits), dtype int32
        The log-odds that follow from the counts. Available only after tuning or with
        ``weight_bits``; otherwise they are ``weights_``.

    weight_corrections_ : ndarray of shape (n_classes, n_bits), dtype int32
        The sum of all corrections, saturated. Available only after tuning.

    offset_corrections_ : ndarray of shape (n_classes,), dtype int64
        What the calibration has added to the offsets. Available only with
        ``calibrate="offsets"``.

    calibration_leads_ : ndarray of shape (n_calibration,), dtype int64
        By how much the score of the true class exceeds the highest of the others, for
        the rows of :meth:`fit_calibration`. Available until the classifier learns.

    calibration_classes_ : ndarray of shape (n_calibration,), dtype intp
        Places of the classes of these rows in ``classes_``.

    rounding_offsets_ : ndarray of shape (n_classes,), dtype int64
        What the offsets take up of the rounding of the weights. Available only with
        ``weight_bits``.

    weight_shift_ : int
        Exponent of the power of two that all weights share. Available only with
        ``weight_bits``.

    feature_log_odds_ : ndarray of shape (n_classes, n_bits), dtype float64
        The log-odds that follow from the counts, ``ln(p / (1 - p)) * precision``,
        rounded, where ``p`` is the smoothed frequency of the bit in the class.

    correction_ : ndarray of shape (n_classes, n_bits), dtype float64
        ``weight_corrections_`` as float64; zeros without tuning.

    coef_ : ndarray of shape (n_classes, n_bits), dtype float64
        ``weights_`` as float64.

    intercept_ : ndarray of shape (n_classes,), dtype float64
        ``offsets_`` as float64.

    %(n_iter_)s

    %(n_samples_seen_)s

    train_scores_ : list of float
        Accuracy of the passes, in which each row is predicted when it is visited. The
        counting pass has none.

    validation_scores_ : list of float
        Accuracy on the validation part before tuning and after each tuning pass,
        weighted by the weights of the rows. Available only if ``early_stopping=True``
        and ``max_iter > 1``.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.random_projection.RandomMAJ3Projection : Projects bits to bits that depend on
        many of them.
    skbit.naive_bayes.round_log_odds : Rounds weights, so that fewer bits store them.
    sklearn.naive_bayes.BernoulliNB : The same model in floating point, without tuning.

    Notes
    -----
    Counting adds 512 bits at a time and needs no memory beside the counts. Of sparse X
    only the ones are visited, in counting and in predicting; tuning packs each block of
    rows that it visits. With ``binarize < 0`` zeros are ones, and :meth:`fit` packs
    sparse X as a whole.

    The attributes of dtype float64 except ``class_log_prior_`` are computed when they
    are read. Tools that square or sum coefficients, such as
    :class:`~sklearn.feature_selection.RFE`, would overflow integers.

    Counts are sufficient statistics: any split of the data over calls of
    :meth:`partial_fit`, or over estimators that are then merged, gives the same model
    to the bit (with fractional weights, any split in the same order). Tuning also
    depends on the order of the rows.

    :meth:`partial_fit` and :meth:`merge` keep the calibration of this classifier, and
    begin without any. It hardly depends on the number of rows.

    References
    ----------
    .. [1] A. Otto, "DRAM-Native &|~ Classification", 2026.
    .. [2] K. Crammer and Y. Singer, "Ultraconservative Online Algorithms for Multiclass
       Problems", Journal of Machine Learning Research 3, 951-991, 2003.

    Examples
    --------
    >>> from skbit import OttoScoreClassifier, RandomMAJ3Projection, ThermometerEncoder
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn.pipeline import make_pipeline
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> model = make_pipeline(
    ...     ThermometerEncoder(feature_range=(0, 16)),
    ...     RandomMAJ3Projection(n_components=256, random_state=0),
    ...     OttoScoreClassifier(max_iter=11, random_state=0),
    ... )
    >>> model.fit(X_train, y_train).score(X_test, y_test)
    0.9...
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "fit_prior": ["boolean"],
        "precision": [Interval(Integral, 1, 2**31 - 1, closed="both")],
        "weight_bits": [Interval(Integral, 2, 16, closed="both"), None],
        "rivals": [StrOptions({"strongest", "all"})],
        "calibrate": [StrOptions({"temperature", "offsets"}), None],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "learning_rate": [StrOptions(set(LEARNING_RATES))],
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
        **FittedLogOdds._bit_input_constraints,
    }
    _fixed_parameters = (
        "binarize",
        "alpha",
        "fit_prior",
        "precision",
        "weight_bits",
        "class_weight",
    )

    def __init__(
        self,
        alpha=1.0,
        *,
        fit_prior=True,
        precision=100_000,
        weight_bits=None,
        rivals="strongest",
        calibrate="temperature",
        binarize=0.0,
        input_format="auto",
        max_iter=1,
        learning_rate_init=0.05,
        learning_rate="cosine",
        margin=2.0,
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
        self.weight_bits = weight_bits
        self.rivals = rivals
        self.calibrate = calibrate
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
    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Count the rows, and tune in ``max_iter - 1`` further passes.

        Parameters
        ----------
        %(X)s

        %(y)s

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of what each row adds to the counts, and of the learning rate for
            the row.

        Returns
        -------
        self : OttoScoreClassifier
            The fitted classifier.
        """
        is_warm = self.warm_start and hasattr(self, "weights_")
        if is_warm:
            self._check_fitted()
            earlier, corrections = self._meaning_of_corrections(), self._corrections
            units = self._units_per_nat
        rows, classes = self._validate_all(X, y)
        weights = check_sample_weight(sample_weight, rows)
        if is_warm and not are_equal(self._meaning_of_corrections(), earlier):
            raise ValueError(
                "warm_start=True needs the classes, features and precision of the "
                "previous fit. Set warm_start=False to begin anew."
            )
        self._begin()
        if is_warm and corrections is not None:
            self.weight_corrections_, self.units_per_nat_ = corrections, units
        data, validation = self._divide((self._as_rows_to_tune(rows), classes, weights))
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        with Progress(self, self.max_iter, X, y, metadata=metadata) as progress:
            with progress.step():
                self._count(*data)
                progress.report(dict)
            if not np.any(self.class_count_ * self._settings().factors):
                raise ValueError("All rows have a weight of zero, by class_weight.")
            if self.max_iter > 1:
                self._tune(data, validation, progress)
            self._calibrate(data, validation, progress.n_done - 1)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def tune(self, X, y, sample_weight=None):
        """Tune in ``max_iter - 1`` passes, from any fitted state, and calibrate anew.

        Rows are not counted, so give rows that have been counted, all or some of them.
        After a single :meth:`partial_fit` with the same rows, the result is that of
        :meth:`fit`, except that rows set aside by ``early_stopping`` are counted.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of the learning rate for each row.

        Returns
        -------
        self : OttoScoreClassifier
            The tuned classifier.
        """
        self._check_fitted()
        rows, classes, _ = self._validate_part(X, y, None)
        weights = check_sample_weight(sample_weight, rows)
        self._check_can_tune()
        data, validation = self._divide((self._as_rows_to_tune(rows), classes, weights))
        self._forget_calibration()
        # Callbacks follow fit alone.
        printer = SimpleNamespace(verbose=self.verbose)
        with Progress(printer, self.max_iter - 1, X, y) as progress:
            if self.max_iter > 1:
                self._tune(data, validation, progress)
            self._calibrate(data, validation, progress.n_done)
        return self

    def _check_can_tune(self):
        if self.max_iter == 1 and (self._is_tuned or self.calibrate is None):
            raise ValueError(
                "There is nothing to do with max_iter=1. Set it to one more than the "
                "number of tuning passes."
            )

    def _meaning_of_corrections(self):
        """Return everything that the meaning of corrections depends on."""
        return (
            self.classes_,
            self.input_format_,
            self.n_features_in_,
            getattr(self, "feature_names_in_", None),
            self.fitted_params_["precision"],
        )

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Count more rows.

        Nothing is tuned or calibrated. Corrections of an earlier tuning are added to
        the new log-odds, and probabilities are computed with the earlier
        ``units_per_nat_``.

        Parameters
        ----------
        %(X)s

        %(y_part)s

        sample_weight : array-like of shape (n_samples,), default=None
            Factors of what each row adds to the counts.

        Returns
        -------
        self : OttoScoreClassifier
            The fitted classifier.
        """
        X, y, is_first = self._validate_part(X, y, classes)
        weights = check_sample_weight(sample_weight, X)
        if is_first:
            self._begin()
        self._count(self._as_rows(X), y, weights)
        return self
