# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A network of binary weights that learns by counting, without gradients."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skbit._base import SkbitEstimator, all_or_nothing
from skbit._classifier import BitClassifierMixin
from skbit._utils.sklearn import Interval, _fit_context
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.bits import n_containers
from skbit.naive_bayes import _counting
from skbit.neural_network import _hebb

# So that a count stays below 2**31, and a product of two below 2**63.
_MOST_ROWS = 2**31


class BitHebbianClassifier(BitClassifierMixin, SkbitEstimator):
    """Classify bits by a network of binary weights, learned without gradients.

    A unit counts the bits of its input that agree with its weights (XNOR and a
    population count) and fires if they are more than on average. Of the hidden units,
    each belongs to a class; the output layer counts for each class how many hidden bits
    agree with the class's code, in which the bits of its own units are 1. The class
    with the most agreements wins [1]_.

    Learning is Hebbian [2]_: a unit counts what bits its inputs have. A weight is 1
    where a bit is more frequent among the inputs of the unit than among all inputs, the
    sign of their covariance [3]_. When the class of a row does not lead clearly enough,
    as many units as that takes, those that come closest to the right answer [4]_,
    count the row in if they are silent and should fire, or out if they fire and should
    be silent.

    Without hidden units the output layer alone learns, in one pass of counting. That is
    what to put behind a :class:`~skbit.random_projection.RandomMAJ3Projection`.

    Read more in the :ref:`User Guide <hebbian>`.

    Parameters
    ----------
    n_hidden : int, default=256
        Number of binary hidden units, dealt to the classes in turn: at least one for
        each. 256 of them have as many weights as 8 neurons have bits of float32
        weights. With 0, the classes are connected with the input itself.

    margin : float, default=0.3
        By how much a row's class must lead for the row to be left alone, as a share of
        the largest possible lead, from 0 to 1. Without hidden units it does not matter.

    max_iter : int, default=10
        Passes over the data in :meth:`fit`. Without hidden units there is one.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Order in which :meth:`fit` visits the rows, a new one in each pass.

    %(n_jobs)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    weights_ : list of ndarray of dtype uint32
        The layers' weights, packed bits, a row per unit: of the hidden layer, of shape
        (n_hidden, n_containers), and of the output layer, of shape (n_classes,
        n_hidden_containers). Hidden unit ``j`` belongs to class ``j % n_classes``.
        Without hidden units only one, of shape (n_classes, n_containers).

    thresholds_ : ndarray of shape (n_hidden,) or (n_classes,), dtype int64
        The agreements that the units of the layer that learns must exceed: their mean
        over all rows seen, rounded down.

    n_changes_ : ndarray of shape (n_hidden,) or (n_classes,), dtype int64
        How often each of these units has counted a row in or out.

    n_samples_seen_ : int
        Rows learned or looked at so far, those of each pass anew.

    n_iter_ : int
        Passes over the data in :meth:`fit`.

    train_scores_ : list of float
        Accuracy in each pass, each row predicted when it is visited. Empty without
        hidden units.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.naive_bayes.OttoScoreClassifier : Integer instead of binary weights.
    skbit.metrics.bit_mass : Counts the bits of the weights.
    sklearn.neural_network.MLPClassifier : The same in floating point, by gradients.

    Notes
    -----
    The counters behind the weights are needed for learning only. They are integers, and
    weights and thresholds are compared as exact fractions of them. They are derived
    anew for a unit when it changes, and for all units when the number of rows seen is a
    power of two or a multiple of 4096.

    A row that comes when units of its class have not learned anything becomes the
    first of these. So :meth:`partial_fit` needs no random start, and however a stream
    is cut, the model is the same to the bit. It does depend on the order of the rows,
    unless there are no hidden units.

    A visit of a row takes one population count per 64 bits and hidden unit, and a unit
    that changes one step per bit. A hidden unit takes 4 bytes of counters per bit.

    References
    ----------
    .. [1] "Bit-Mass", 2026: a network of binary containers, XNOR and population count,
       that learns by "Hebbian updates". Its update formula is not given; this one is
       skbit's own.

    .. [2] D. O. Hebb, "The Organization of Behavior", 1949.

    .. [3] T. J. Sejnowski, "Storing covariance with nonlinearly interacting neurons",
       Journal of Mathematical Biology 4, 1977.

    .. [4] B. Widrow, R. Winter, "Neural nets for adaptive filtering and adaptive
       pattern recognition", Computer 21(3), 1988: the principle of minimal disturbance.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from skbit.neural_network import BitHebbianClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> model = BitHebbianClassifier(binarize=7, random_state=0)
    >>> bool(model.fit(X_train, y_train).score(X_test, y_test) > 0.88)
    True
    >>> [layer.shape for layer in model.weights_]
    [(256, 2), (10, 8)]
    """

    _parameter_constraints = {
        "n_hidden": [Interval(Integral, 0, None, closed="left")],
        "margin": [Interval(Real, 0, 1, closed="both")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        **BitClassifierMixin._bit_input_constraints,
    }
    _fixed_parameters = ("binarize", "n_hidden", "margin")
    # Arrays, which pickle and skops know, instead of the tuple that kernels take.
    _layer_names = {name: f"_{name}" for name in _hebb.FIELDS}

    def __init__(
        self,
        n_hidden=256,
        *,
        margin=0.3,
        max_iter=10,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
    ):
        self.n_hidden = n_hidden
        self.margin = margin
        self.max_iter = max_iter
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # The signs of two features, on which the checks would have it excel, are too
        # few bits to agree with.
        tags.classifier_tags.poor_score = True
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y):
        """Forget everything and learn rows.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels, of at least two classes.

        Returns
        -------
        self : BitHebbianClassifier
            The fitted classifier.
        """
        X, y = self._validate_all(X, y)
        self._begin()
        words = self._as_words(X)
        self.n_iter_ = self.max_iter if self.n_hidden > 0 else 1
        self.train_scores_ = []
        rng = check_random_state(self.random_state)
        for _ in range(self.n_iter_):
            accuracy = self._learn(words, y, rng.permutation(len(y)))
            if accuracy is not None:
                self.train_scores_.append(accuracy)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None):
        """Learn more rows, once and in their order.

        Parameters
        ----------
        %(X)s

        y : array-like of shape (n_samples,)
            Class labels.

        classes : array-like of shape (n_classes,), default=None
            All classes that can ever occur. Needed in the first call, optional later.

        Returns
        -------
        self : BitHebbianClassifier
            The fitted classifier.
        """
        X, y, is_first = self._validate_part(X, y, classes)
        if is_first:
            self._begin()
        self._learn(self._as_words(X), y, np.arange(len(y)))
        return self

    def _begin(self):
        n_classes, n_hidden = len(self.classes_), self._n_hidden
        if 0 < n_hidden < n_classes:
            raise ValueError(
                f"n_hidden={n_hidden} must be 0 or at least the number of "
                f"classes, {n_classes}: every class needs a unit."
            )
        self._layer = _hebb.begin(n_hidden or n_classes, self._n_input_bits)
        self._output_weights = None
        if n_hidden > 0:
            self._output_weights = _hebb.membership(n_classes, n_hidden)

    def _learn(self, words, y, order):
        """Learn rows; return the share predicted right before, with hidden units."""
        if self.n_samples_seen_ + len(words) >= _MOST_ROWS:
            raise ValueError(
                f"After {self.n_samples_seen_} rows, {len(words)} more are too many: "
                "counters would overflow. Fit a new classifier."
            )
        layer = self._layer
        if self._output_weights is None:
            counts = _counting.Counts(layer.balance, layer.counts)
            counts = _counting.count(words, y, None, counts, self.n_jobs)
            self._layer = _hebb.from_counts(*counts)
            return None
        layer = _hebb.copy_of(layer)
        largest_lead = 2 * (self._n_hidden // len(self.classes_))
        margin = max(1, round(self.fitted_params_["margin"] * largest_lead))
        accuracy = _hebb.learn(layer, self._output_weights, words, y, order, margin)
        self._layer = layer
        return accuracy

    @property
    def _n_hidden(self):
        return self.fitted_params_["n_hidden"]

    @property
    def _layer(self):
        arrays = {name: getattr(self, at) for name, at in self._layer_names.items()}
        return _hebb.layer_of(**arrays)

    @_layer.setter
    def _layer(self, layer):
        for name, at in self._layer_names.items():
            setattr(self, at, getattr(layer, name))

    def _count_weights(self):
        n_bits, n_units = self._n_input_bits, len(self.thresholds_)
        layers = [(n_bits, n_units, 1)]
        if self._output_weights is not None:
            layers.append((n_units, len(self.classes_), 1))
        # A threshold is a number from 0 to the number of bits.
        return tuple(layers), n_units * n_bits.bit_length()

    def _check_state(self):
        super()._check_state()
        check_number(self, "_n_hidden", 0)
        n_classes = len(self.classes_)
        n_units = self._n_hidden or n_classes
        types = _hebb.types_of_fields(n_units, self._n_input_bits)
        for name, (dtype, shape) in types.items():
            check_array(self, self._layer_names[name], dtype, shape)
        # Divided by, and a limit of what counters hold.
        check_array(self, "_seen", np.int64, (1,), 0, _MOST_ROWS - 1)
        if self._n_hidden:
            shape = (n_classes, n_containers(self._n_hidden))
            check_array(self, "_output_weights", np.uint32, shape)
        elif self._output_weights is not None:
            raise_damaged(self, "_output_weights", "None", repr(self._output_weights))

    @property
    def weights_(self):
        """The layers' weights, packed bits, a row per unit."""
        hidden = _hebb.packed_weights(self._layer)
        if self._output_weights is None:
            return [hidden]
        return [hidden, self._output_weights.copy()]

    @property
    def thresholds_(self):
        """The agreements that the units of the layer that learns must exceed."""
        return self._layer.thresholds.copy()

    @property
    def n_changes_(self):
        """How often each unit has counted a row in or out."""
        return self._layer.n_changes.copy()

    @property
    def n_samples_seen_(self):
        """Rows learned or looked at so far."""
        return _hebb.n_seen(self._layer)

    def integer_scores(self, X):
        """Compute the classes' scores as they are compared, in integers.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            How many hidden bits agree with the class's code; without hidden units, by
            how much the bits that agree with the class's weights exceed its threshold.
        """
        return self._map_scores(X, lambda scores: scores)

    def _score(self, X):
        words = self._as_words(X)
        return _hebb.score(self._layer, self._output_weights, words, self.n_jobs)
