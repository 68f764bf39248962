# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Selection of the bits that tell classes apart."""

import math
from numbers import Integral, Real

import numpy as np
from sklearn.base import TransformerMixin, clone

from skbit._base import (
    BitInputMixin,
    BitOutputMixin,
    SkbitEstimator,
    all_or_nothing,
)
from skbit._utils.sklearn import (
    Interval,
    _check_feature_names_in,
    _fit_context,
)
from skbit._utils.state import check_array
from skbit.bits import pack_bits
from skbit.naive_bayes import OttoScoreClassifier


class BitSelector(BitInputMixin, BitOutputMixin, TransformerMixin, SkbitEstimator):
    """Select the bits that tell classes apart most, and set all others to 0.

    A classifier of log-odds is fitted, and the bits whose weights differ most between
    the classes are kept. This is repeated with fewer and fewer bits [1]_, so that
    weights adapt to what is left. The output is as wide as the input. A classifier that
    follows gives bits that are always 0 no weight, and :func:`~skbit.codegen.to_c`
    stores only the weights of the others.

    Read more in the :ref:`User Guide <selection>`.

    Parameters
    ----------
    n_bits_to_select : int or float, default=0.5
        How many bits are kept. A float between 0 and 1 is the share of the bits that
        are not the same in all rows. Fewer bits save flash and time, and cost accuracy.

    n_rounds : int, default=3
        Number of classifiers that are fitted. Each one drops the same share of the bits
        that are left, and takes as long as fitting ``estimator``. More rounds choose
        better if few bits are kept.

    estimator : OttoScoreClassifier, default=None
        The classifier, which is cloned and fitted on packed bits. By default it is
        ``OttoScoreClassifier(max_iter=11, random_state=0)``. Give the one that follows
        in the pipeline, for instance with its ``weight_bits``.

    %(binarize)s

    %(input_format)s

    %(packed_output)s

    Attributes
    ----------
    support_ : ndarray of shape (n_bits,), dtype bool
        Which bits are kept.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.naive_bayes.OttoScoreClassifier : Learns from the bits.
    skbit.codegen.fit_to : Chooses among settings by their size.
    sklearn.feature_selection.RFE : The same procedure with columns of numbers.

    Notes
    -----
    The importance of a bit is the variance of its weights over the classes times
    ``p * (1 - p)``, where ``p`` is the share of rows in which it is 1: how much it
    changes the differences between scores. Of equally important bits the first ones are
    kept. If ``n`` bits vary and ``k`` are kept, round ``r`` of ``R`` keeps
    ``n * (k / n) ** (r / R)`` of them, rounded up.

    References
    ----------
    .. [1] I. Guyon, J. Weston, S. Barnhill, V. Vapnik, "Gene selection for cancer
       classification using support vector machines", Machine Learning 46, 2002.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import BitSelector, OttoScoreClassifier, PixelEncoder
    >>> from skbit.codegen import to_c
    >>> X, y = load_digits(return_X_y=True)
    >>> encoder = PixelEncoder(image_shape=(8, 8), min_rise=1)
    >>> classifier = OttoScoreClassifier(max_iter=11, weight_bits=2, random_state=0)
    >>> for selector in ("passthrough", BitSelector(0.5, estimator=classifier)):
    ...     model = make_pipeline(encoder, selector, classifier)
    ...     accuracy = cross_val_score(model, X, y, cv=4).mean()
    ...     print(f"{accuracy:.2f}", to_c(model.fit(X, y)).flash_bytes)
    0.94 1270
    0.93 747
    """

    _parameter_constraints = {
        "n_bits_to_select": [Interval(Real, 0, None, closed="neither")],
        "n_rounds": [Interval(Integral, 1, None, closed="left")],
        "estimator": [OttoScoreClassifier, None],
        "packed_output": ["boolean"],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = ("binarize",)

    def __init__(
        self,
        n_bits_to_select=0.5,
        *,
        n_rounds=3,
        estimator=None,
        binarize=0.0,
        input_format="auto",
        packed_output=True,
    ):
        self.n_bits_to_select = n_bits_to_select
        self.n_rounds = n_rounds
        self.estimator = estimator
        self.binarize = binarize
        self.input_format = input_format
        self.packed_output = packed_output

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    @all_or_nothing
    def fit(self, X, y):
        """Fit classifiers, and keep the bits that they need most.

        %(X_alone)s

        y : array-like of shape (n_samples,)
            Classes.

        Returns
        -------
        self : BitSelector
            The fitted selector.
        """
        X = self._validate_bits(X, reset=True)
        kept = self._bits_that_vary(X)
        n_varying = int(kept.sum())
        n_kept = self._n_to_select(n_varying)
        ratio = n_kept / n_varying if n_varying else 1.0
        words = self._as_words(X)
        for done in range(1, self.n_rounds + 1):
            importance = self._importance(words & pack_bits(kept[None]), y)
            importance[~kept] = -1.0
            n_left = math.ceil(n_varying * ratio ** (done / self.n_rounds))
            if done == self.n_rounds:
                n_left = n_kept
            kept = np.zeros_like(kept)
            kept[np.argsort(-importance, kind="stable")[:n_left]] = True
        self.support_ = kept
        return self

    def _n_to_select(self, n_varying):
        """Return how many bits are kept."""
        wanted = self.n_bits_to_select
        if not isinstance(wanted, Integral):
            if wanted >= 1:
                raise ValueError(
                    "n_bits_to_select must be a whole number or a share between 0 and "
                    f"1, got {wanted!r}."
                )
            # Small types of NumPy lose digits.
            wanted = float(wanted)
            wanted = min(n_varying, max(1, round(wanted * n_varying)))
        if wanted > n_varying:
            raise ValueError(
                f"n_bits_to_select={self.n_bits_to_select!r} is more than the "
                f"{n_varying} bits that are not the same in all rows of X."
            )
        return int(wanted)

    def _importance(self, words, y):
        """Fit a classifier; return how much each bit changes its scores."""
        classifier = OttoScoreClassifier(max_iter=11, random_state=0)
        if self.estimator is not None:
            classifier = clone(self.estimator)
        classifier.set_params(input_format="packed").fit(words, y)
        weights = classifier.weights_[:, : self._n_input_bits].astype(np.float64)
        ones = classifier.feature_count_[:, : self._n_input_bits].sum(axis=0)
        share = ones / classifier.class_count_.sum()
        return weights.var(axis=0) * share * (1 - share)

    @property
    def _n_bits(self):
        return len(self.support_)

    def transform(self, X):
        """Set all bits that are not kept to 0.

        %(X_alone)s

        Returns
        -------
        X_out : ndarray of shape (n_samples, n_containers), dtype uint32
            The packed bits, or one uint8 column per bit with ``packed_output=False``.
        """
        self._check_fitted()
        words = self._as_words(self._validate_bits(X, reset=False))
        return self._as_output(words & pack_bits(self.support_[None]), self._n_bits)

    def get_feature_names_out(self, input_features=None):
        """Get the names of the output's columns.

        Parameters
        ----------
        input_features : array-like of str of shape (`n_features_in_`,), default=None
            Names of the input's columns. None means those seen in ``fit``, if any.

        Returns
        -------
        feature_names_out : ndarray of str objects
            The names of the input's columns, if the output has the same format, or
            names of containers or bits.
        """
        self._check_fitted()
        inputs = _check_feature_names_in(self, input_features)
        if self.packed_output == (self.input_format_ == "packed"):
            return inputs
        names = self._names_of_containers()
        if not self.packed_output:
            names = [f"bit{i}" for i in range(self._n_bits)]
        return np.asarray(names, dtype=object)

    def _count_weights(self):
        return (), self._n_bits

    def _check_state(self):
        super()._check_state()
        check_array(self, "support_", np.bool_, (self._n_input_bits,))
