# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""An ensemble of classifiers whose integer scores are added."""

from numbers import Integral

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.utils import Bunch, assert_all_finite, column_or_1d, get_tags
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed

from skbit._base import SkbitEstimator, all_or_nothing
from skbit._classifier import check_labels
from skbit._utils.input import refuse_lazy, refuse_missing_labels
from skbit._utils.sklearn import (
    Interval,
    _BaseComposition,
    _fit_context,
    _routing_enabled,
)
from skbit._utils.state import check_array, raise_damaged
from skbit.ensemble import _members, _scale, _selection
from skbit.ensemble._answers import EnsembleAnswers
from skbit.naive_bayes import OttoScoreClassifier
from skbit.naive_bayes._row_weights import check_sample_weight
from skbit.random_projection import RandomMAJ3Projection

_N_DEFAULT, _N_DEFAULT_COMPONENTS = 3, 64


class BitEnsembleClassifier(
    EnsembleAnswers, ClassifierMixin, SkbitEstimator, _BaseComposition
):
    r"""Classifier that adds the integer scores of several classifiers.

    Each member is fitted by itself on all rows. Members count in units of their own,
    so the scores of each are shifted by a number of bits that is learned on the
    training rows. The class with the highest sum is predicted. Prediction needs only
    integer additions beyond what the members compute.

    With ``n_selected``, members are first compared on rows that they have not learned,
    and only those that help together are kept [1]_.

    Read more in the :ref:`User Guide <ensemble>`.

    Parameters
    ----------
    estimators : list of (str, estimator) tuples, default=None
        Names and members. A member is a classifier that has ``integer_scores``, such as
        :class:`~skbit.naive_bayes.OttoScoreClassifier`, or a pipeline or a search that
        ends in one. It is cloned. ``"drop"`` in its place leaves it out. When None, the
        members are three pipelines of a
        :class:`~skbit.random_projection.RandomMAJ3Projection` of 64 components, with 0,
        1 and 2 as ``random_state``, and an untuned ``OttoScoreClassifier``. Give
        members that make different mistakes: with other encoders, patches or seeds.

    n_selected : int, default=None
        The largest number of members that are kept. Starting with none, the member is
        added that makes the sum most accurate on rows that were not learned, until
        there are ``n_selected``. Of these sums the most accurate one is kept, which may
        have fewer members. When None, all members are kept, and nothing is compared.

    cv : int, cross-validation generator or iterable, default=None
        How rows are divided into those that are learned and those that are scored to
        select members. None means 5 stratified folds, and an int another number of
        them. A generator with a single split, such as
        ``StratifiedShuffleSplit(1, test_size=0.1)``, takes a fifth of the time. It has
        no effect if ``n_selected`` is None.

    %(n_jobs)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    estimators_ : list of estimators
        The fitted members that are kept.

    named_estimators_ : :class:`~sklearn.utils.Bunch`
        The fitted members by name.

    selected_ : list of str
        Names of the members in ``estimators_``, in the order in which they were
        selected, or else in that of ``estimators``.

    selection_scores_ : list of float
        Accuracy of the sum after each selected member on rows that were not learned.
        It is too high for an estimate of the accuracy on new rows, because members were
        selected by it. Available only with ``n_selected``.

    shifts_ : ndarray of shape (n_members,), dtype int64
        Number of bits by which the scores of each member are shifted to the left.

    n_features_in_ : int
        Number of features seen during :term:`fit`. Defined only if the first member has
        this attribute.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during :term:`fit`. Defined only if the first member has
        this attribute.

    fitted_params_ : dict
        Values of the parameters that are fixed until the next :meth:`fit`. There are
        none.

    See Also
    --------
    skbit.naive_bayes.OttoScoreClassifier : The most frequent member.
    sklearn.ensemble.VotingClassifier : Joins votes or probabilities of any classifiers.

    Notes
    -----
    The lead of a row is its highest score minus the second highest. With :math:`L_m`
    the sum of the leads of all training rows, times their weights, the shift of member
    :math:`m` is the smallest :math:`s \ge 0` with :math:`2 (2^s L_m)^2 \ge \max_k
    L_k^2`. After that, the total leads of all members that have one are within a
    factor of the square root of 2 of the largest one. The formula has no rounding, so
    the shifts are the same on all machines.

    Scores are added as int64. With :math:`n` members, scores of a member above
    :math:`\lfloor (2^{63} - 1) / (2^s n) \rfloor` or below the negative of it
    saturate, so that no sum overflows. Only classes that a member has not seen, with
    scores of about :math:`-2^{62}`, get that far.

    Members are fitted in threads, or in processes in a context such as
    ``joblib.parallel_config("loky")``. ``n_jobs`` of the members themselves has an
    effect within each of them.

    Members that are :class:`~skbit.naive_bayes.OttoScoreClassifier` have calibrated
    probabilities, and so has the ensemble: the sum of scores counts as many units in a
    nat as the shifted units of all members together. Logarithms of probabilities are
    thus means of those of the members [2]_, which needs no other rows, and the most
    probable class is the predicted one. Of other members,
    :class:`~sklearn.calibration.CalibratedClassifierCV` around the ensemble finds
    probabilities.

    ``sample_weight`` is passed to all members, which must support it. With metadata
    routing it is passed to those that request it.

    References
    ----------
    .. [1] R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes, "Ensemble selection from
       libraries of models", ICML 2004. Here a member is selected at most once.

    .. [2] G. E. Hinton, "Products of experts", ICANN 1999. A mean of logarithms is a
       product of powers, which is normalized.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import (
    ...     BitEnsembleClassifier,
    ...     DirectionalEdgeEncoder,
    ...     OttoScoreClassifier,
    ...     RandomMAJ3Projection,
    ...     ThermometerEncoder,
    ... )
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> members = [
    ...     (
    ...         name,
    ...         make_pipeline(
    ...             encoder,
    ...             RandomMAJ3Projection(128, random_state=0),
    ...             OttoScoreClassifier(max_iter=6, random_state=0),
    ...         ),
    ...     )
    ...     for name, encoder in [
    ...         ("levels", ThermometerEncoder(feature_range=(0, 16))),
    ...         ("edges", DirectionalEdgeEncoder(distance=1)),
    ...     ]
    ... ]
    >>> model = BitEnsembleClassifier(members).fit(X_train, y_train)
    >>> model.score(X_test, y_test)
    0.9...
    """

    _parameter_constraints = {
        "estimators": [list, None],
        "n_selected": [Interval(Integral, 1, None, closed="left"), None],
        "cv": ["cv_object"],
        "n_jobs": [Integral, None],
    }

    def __init__(self, estimators=None, *, n_selected=None, cv=None, n_jobs=None):
        self.estimators = estimators
        self.n_selected = n_selected
        self.cv = cv
        self.n_jobs = n_jobs

    def get_params(self, deep=True):
        """Get the parameters, those of the members among them.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return the members by name, and their parameters as
            ``name__parameter``.

        Returns
        -------
        params : dict
            Values by name.
        """
        return self._get_params("estimators", deep=deep)

    def set_params(self, **params):
        """Set parameters, also those of members.

        Parameters
        ----------
        **params : dict
            Values by name: parameters, ``name__parameter`` of a member, or a member by
            its name; ``"drop"`` leaves it out.

        Returns
        -------
        self : BitEnsembleClassifier
            The ensemble.
        """
        return self._set_params("estimators", **params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        try:
            members = [get_tags(member) for _, member in self._get_members()]
        except (AttributeError, TypeError, ValueError):
            # They are refused in fit.
            return tags
        for name in ("sparse", "allow_nan"):
            is_true = all(getattr(member.input_tags, name) for member in members)
            setattr(tags.input_tags, name, is_true)
        return tags

    def get_metadata_routing(self):
        """Get the metadata that the ensemble and its members request.

        Returns
        -------
        routing : MetadataRouter
            The requests, as in the user guide of scikit-learn on metadata routing.
        """
        # scikit-learn 1.6 copies the owner, which may be half fitted; a name is enough.
        router = MetadataRouter(owner=type(self).__name__).add_self_request(self)
        to_fit = MethodMapping().add(caller="fit", callee="fit")
        for name, member in self._get_members():
            router.add(method_mapping=to_fit, **{name: member})
        return router

    def _get_members(self):
        """Return the names and members that are not dropped."""
        if self.estimators is None:
            return [
                (f"projection_{seed}", _default_member(seed))
                for seed in range(_N_DEFAULT)
            ]
        return [(n, member) for n, member in self.estimators if member != "drop"]

    def _check_members(self):
        """Return the names and members; raise if there is something wrong with them."""
        if self.estimators is not None:
            if not all(
                isinstance(item, tuple | list)
                and len(item) == 2
                and isinstance(item[0], str)
                for item in self.estimators
            ):
                raise ValueError("estimators must be a list of (str, estimator) tuples")
            self._validate_names([name for name, _ in self.estimators])
        members = self._get_members()
        if not members:
            raise ValueError("An ensemble needs a member, but estimators has none.")
        for name, member in members:
            _members.check_member(name, member)
        return zip(*members, strict=True)

    # The parameters of members are checked when these are fitted.
    @_fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(self, X, y, sample_weight=None):
        """Fit the members, and learn their scales. Earlier fits are forgotten.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows as the members take them: packed bits (dtype uint32) or numbers.

        %(y)s

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, which are passed to the members. They are also factors
            of the leads and, with ``n_selected``, of the accuracy.

        Returns
        -------
        self : BitEnsembleClassifier
            The fitted ensemble.
        """
        names, members = self._check_members()
        rows = self._check_rows(X, y, sample_weight)
        keywords = self._route(names, members, sample_weight)
        self._fix_parameters()
        vars(self).pop("selection_scores_", None)
        if self.n_selected is not None:
            selected = self._select(members, rows, keywords)
            names, members, keywords = (
                [of_all[place] for place in selected]
                for of_all in (names, members, keywords)
            )
        fitted = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(_members.fit_member)(clone(member), rows, keyword, self.classes_)
            for member, keyword in zip(members, keywords, strict=True)
        )
        # Members that were fitted in other processes are copies.
        estimators, totals = zip(*fitted, strict=True)
        self.estimators_, self.selected_ = list(estimators), list(names)
        self.shifts_ = _scale.shifts_of(totals)
        for name in ("n_features_in_", "feature_names_in_"):
            vars(self).pop(name, None)
            if hasattr(estimators[0], name):
                setattr(self, name, getattr(estimators[0], name))
        return self

    def _check_rows(self, X, y, sample_weight):
        """Check y and weights, and set ``classes_``; members check X."""
        refuse_lazy(X)
        refuse_lazy(y)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None."
            )
        refuse_missing_labels(y)
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least 2 classes, but y has 1 class."
            )
        return _members.Rows(X, y, check_sample_weight(sample_weight, X))

    def _route(self, names, members, sample_weight):
        """Return the keyword by which each member takes weights, or None."""
        if sample_weight is None:
            return [None] * len(names)
        if not _routing_enabled():
            return [
                _members.keyword_of_weights(name, member)
                for name, member in zip(names, members, strict=True)
            ]
        routed = process_routing(self, "fit", sample_weight=sample_weight)
        keyword = "sample_weight"
        return [keyword if keyword in routed[name]["fit"] else None for name in names]

    def _select(self, members, rows, keywords):
        """Return the places of the members that are kept."""
        # Importing it takes longer than importing skbit.
        from sklearn.model_selection import check_cv

        cv = check_cv(self.cv, rows.y, classifier=True)
        splits = list(cv.split(rows.X, rows.y))
        scores = _selection.scores_of_others(
            members, rows, keywords, self.classes_, splits, self.n_jobs
        )
        scored = np.concatenate([test for _, test in splits])
        y = np.searchsorted(self.classes_, rows.y[scored])
        weights = None if rows.weights is None else rows.weights[scored]
        selected, self.selection_scores_ = _selection.select(
            scores, y, weights, self.n_selected
        )
        return selected

    def _check_state(self):
        if hasattr(self, "n_features_in_"):
            super()._check_state()
        check_labels(self)
        members = self.estimators_
        if type(members) is not list or not members:
            raise_damaged(
                self, "estimators_", "a list of members", type(members).__name__
            )
        for member in members:
            _, classifier = _members.parts_of(member)
            if not np.array_equal(classifier.classes_, self.classes_):
                raise_damaged(
                    self, "estimators_", "members with its classes", "other classes"
                )
        names = self.selected_
        if not (
            type(names) is list
            and len(names) == len(members)
            and all(type(name) is str for name in names)
        ):
            raise_damaged(self, "selected_", f"{len(members)} names", repr(names))
        check_array(self, "shifts_", np.int64, (len(members),), 0, _scale.LARGEST_SHIFT)

    @property
    def named_estimators_(self):
        """The fitted members by name."""
        return Bunch(**dict(zip(self.selected_, self.estimators_, strict=True)))


def _default_member(seed):
    # Importing it takes longer than importing skbit.
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        RandomMAJ3Projection(_N_DEFAULT_COMPONENTS, random_state=seed),
        OttoScoreClassifier(),
    )
