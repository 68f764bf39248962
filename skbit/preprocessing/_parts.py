# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Learning in parts and merging, for encoders that learn ranges or quantiles."""

import copy

import numpy as np
from sklearn.utils.metaestimators import available_if

from skbit._base import all_or_nothing
from skbit._utils.merging import check_alike
from skbit._utils.sklearn import _fit_context
from skbit._utils.state import raise_damaged
from skbit.preprocessing._summary import check_packed, joined, naming, packed, unpacked
from skbit.preprocessing._thresholds import above_quantiles, check_width

FITTED_AT_ONCE = (
    "What fit has found cannot be joined with other rows. Call partial_fit instead of "
    "fit from the first part on."
)


def can_learn_on(encoder):
    """Raise if an encoder keeps nothing that could be joined with other rows."""
    if hasattr(encoder, "fitted_params_") and not encoder._keeps_parts:
        raise AttributeError(FITTED_AT_ONCE)
    return True


class MergesParts:
    """Mixin for encoders: ``merge``.

    A method ``_join`` changes the encoder to one that has learned what it and others
    have learned, which are alike. A property ``_keeps_parts`` tells whether a fitted
    encoder keeps what other rows can be joined with.
    """

    @all_or_nothing
    def merge(self, *others):
        """Learn what other fitted encoders have learned.

        The result is equal to the encoder fitted on all their data at once, to the bit,
        in any order of the parts, with the exception that :meth:`partial_fit` states.

        Parameters
        ----------
        *others : encoder
            Encoders of the same class, fitted on the same features with the same
            parameters. All have learned by :meth:`partial_fit`; :meth:`fit` is enough
            where thresholds follow from the lowest and highest values.

        Returns
        -------
        self : encoder
            This encoder with the thresholds of all rows.

        Raises
        ------
        ValueError
            If an encoder was fitted on other features or with other parameters, or
            keeps nothing that could be joined.
        """
        for model in (self, *others):
            if type(model) is not type(self):
                raise TypeError(
                    f"Only a {type(self).__name__} can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
            if not model._keeps_parts:
                raise ValueError(FITTED_AT_ONCE)
        self._check_parameters_are_as_fitted()
        for other in others:
            check_alike(self, other, "encoders", stacklevel=4)
        return self._join(others)

    @property
    def _column_names(self):
        return getattr(self, "feature_names_in_", range(self.n_features_in_))


class LearnsInParts(MergesParts):
    """Mixin for encoders that learn ranges or quantiles: ``partial_fit``.

    An encoder has these methods:

    - ``_check_parameters`` raises if parameters do not fit together,
    - ``_begin`` validates the rows of the first part and what follows from their width,
    - ``_learn`` sets everything that follows from the rows. If thresholds are
      quantiles of a part, it sets ``summary_`` in place of them,
    - ``_from_range`` returns the attributes that follow from the parameters and the
      lowest and highest values, by name.
    """

    @available_if(can_learn_on)
    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y=None):
        """Learn from a part of the rows.

        The result is that of one :meth:`fit` of all parts, to the bit, in any order of
        the parts. The exception are quantiles of features with more than 1,024
        different values. These are found by a sketch of the package datasketches:
        the share of rows below a threshold then differs by less than 0.0014 from the
        intended one, with a probability of 99 %, and a little from run to run.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Numbers.

        y : None
            Ignored. It exists for compatibility with scikit-learn.

        Returns
        -------
        self : encoder
            The encoder with the thresholds of all rows.

        Raises
        ------
        ImportError
            If quantiles need a sketch, and datasketches is not installed.
        AttributeError
            If :meth:`fit` has learned quantiles. It keeps nothing that they could be
            found from again.
        """
        if not hasattr(self, "fitted_params_"):
            self._check_parameters()
            return self._learn(self._begin(X), in_parts=True)._join([])
        self._check_fitted()
        self._check_parameters_are_as_fitted()
        self._check_parameters()
        X = self._validate_numbers(X, reset=False)
        return self._join([copy.copy(self)._learn(X, in_parts=True)])

    def _join(self, others):
        self._check_parameters()
        models = (self, *others)
        for model in models:
            self._check_that_it_follows(model)
        low = np.min([model.data_min_ for model in models], axis=0)
        high = np.max([model.data_max_ for model in models], axis=0)
        check_width(low, high)
        if not self._are_quantiles:
            vars(self).update(self._from_range(low, high))
            return self
        summaries = unpacked(self.summary_)
        for other in others:
            pairs = zip(summaries, unpacked(other.summary_), strict=True)
            summaries = []
            for name, pair in zip(self._column_names, pairs, strict=True):
                with naming(name):
                    summaries.append(joined(*pair))
        self.data_min_, self.data_max_ = low, high
        self.summary_ = packed(summaries)
        n_thresholds = self._n_thresholds
        self.thresholds_ = np.array(
            [above_quantiles(*part.distinct(), n_thresholds) for part in summaries]
        )
        return self

    @property
    def _are_quantiles(self):
        return getattr(self, "strategy", None) == "quantile"

    @property
    def _keeps_parts(self):
        return hasattr(self, "summary_") or not self._are_quantiles

    def _check_that_it_follows(self, model):
        """Raise if another encoder did not learn what this one would."""
        if self._are_quantiles:
            if not hasattr(model, "summary_"):
                raise ValueError(FITTED_AT_ONCE)
            return
        found = self._from_range(model.data_min_, model.data_max_)
        follows = all(
            np.array_equal(getattr(model, name), value) for name, value in found.items()
        )
        if not follows or model.data_min_.shape != self.data_min_.shape:
            raise ValueError(
                "Only encoders of the same parameters can be merged, but the "
                f"thresholds of one do not follow from its range and {self}."
            )

    def _check_summary(self):
        """Raise if the summary of the parts is damaged."""
        if hasattr(self, "summary_"):
            check_packed(self, "summary_", self.n_features_in_)
            if not np.all(self.summary_["n_values"] + self.summary_["n_bytes"]):
                raise_damaged(self, "summary_", "values of all features", "none")
