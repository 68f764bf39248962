# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""A classifier of binary weights that learns by counting, without gradients."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skbit._base import SkbitEstimator, all_or_nothing
from skbit._classifier import BitClassifierMixin
from skbit._utils.callbacks import CallbackSupportMixin, Progress, with_callbacks
from skbit._utils.sklearn import Interval, _fit_context
from skbit._utils.state import check_array, check_number, raise_damaged
from skbit.bits import n_containers
from skbit.naive_bayes import _counting
from skbit.neural_network import _hebb, _layer
from skbit.neural_network._merging import MergeableNetworks

# The fitted attributes that hold the arrays of the layer that learns.
_ATTRIBUTES = {
    "weights": "weight_planes_",
    "thresholds": "unit_thresholds_",
    "counts": "unit_bit_count_",
    "balance": "unit_balance_",
    "n_changes": "n_changes_",
    "ones": "bit_count_",
}


class BitHebbianClassifier(
    MergeableNetworks, BitClassifierMixin, CallbackSupportMixin, SkbitEstimator
):
    """Classify bits by a network of binary weights, learned without gradients.

    A unit counts the bits of its input that are equal to its weights (XNOR and a
    population count), and fires if their number exceeds the mean over all rows. Each
    hidden unit belongs to a class. The output layer counts for each class the hidden
    bits that are equal to the code of the class, in which the bits of its own units are
    1. The class with the highest count is predicted [1]_.

    Learning is Hebbian [2]_. A unit counts the ones in every bit of the rows that it
    has learned. A weight is 1 where a bit is more frequent in these rows than in all
    rows, which is the sign of their covariance [3]_. If the class of a row leads by
    less than the margin, the units that come closest to the right answer are updated,
    as many as the lead needs [4]_: a silent unit of the class learns the row, and a
    firing unit of the strongest other class unlearns it.

    Without hidden units, only the output layer learns, in one pass of counting. This is
    the form to use after a :class:`~skbit.random_projection.RandomMAJ3Projection`.

    Read more in the :ref:`User Guide <hebbian>`.

    Parameters
    ----------
    n_hidden : int, default=256
        Number of binary hidden units. They are assigned to the classes in turn, and
        each class needs at least one. 256 units have as many bits of weights as 8
        neurons with float32 weights. More units are more accurate; time and memory grow
        in proportion. With 0, the classes are connected to the input itself.

    %(binarize)s

    %(input_format)s

    max_iter : int, default=10
        Number of passes over the data in :meth:`fit`. Raise it if ``train_scores_``
        still rises. Without hidden units there is one pass.

    margin : float, default=0.3
        The lead of the class of a row, below which units are updated. It is a share of
        the largest possible lead, from 0 to 1, and so does not depend on the number of
        bits or units. Raise it for a better fit of the training rows; each pass then
        takes more time. It has no effect without hidden units.

    %(shuffle)s

    random_state : int, RandomState instance or None, default=None
        Order in which :meth:`fit` visits the rows. Pass an int for the same result in
        each call. It has no effect if ``shuffle`` is False.

    %(n_jobs)s

    %(verbose)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

    weights_ : list of ndarray of dtype uint32
        The weights of the layers, packed, one row per unit: those of the hidden layer,
        of shape (n_hidden, n_containers), and those of the output layer, of shape
        (n_classes, n_hidden_containers). Hidden unit ``j`` belongs to class
        ``j % n_classes``. Without hidden units there is one layer, of shape (n_classes,
        n_containers).

    unit_thresholds_ : ndarray of shape (n_units,), dtype int64
        The number of equal bits that a unit of the layer that learns must exceed to
        fire: its mean over all rows seen, rounded down. The layer that learns has
        ``n_units`` units, which is n_hidden or, without hidden units, n_classes.

    n_changes_ : ndarray of shape (n_units,), dtype int64
        Number of rows that each of these units has learned or unlearned.

    unit_balance_ : ndarray of shape (n_units,), dtype int64
        Number of rows that each unit has learned, minus those that it has unlearned.

    unit_bit_count_ : ndarray of shape (n_units, n_bits), dtype int32
        The same for the rows in which each bit is 1.

    bit_count_ : ndarray of shape (n_bits,), dtype int64
        Number of rows seen in which each bit is 1.

    weight_planes_ : ndarray of shape (n_planes, 8), dtype uint64
        The weights of the layer that learns, in the memory layout of the kernels.

    output_weights_ : ndarray of shape (n_classes, n_hidden_containers), dtype uint32
        The weights of the output layer. None without hidden units.

    %(n_iter_)s

    %(n_samples_seen_)s

    train_scores_ : list of float
        Accuracy of the passes, in which each row is predicted when it is visited. Empty
        without hidden units.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.naive_bayes.OttoScoreClassifier : Integer instead of binary weights.
    skbit.metrics.bit_mass : Counts the bits of the weights.
    sklearn.neural_network.MLPClassifier : Floating point weights, by gradients.

    Notes
    -----
    The counters behind the weights are needed for learning only. They are integers, and
    weights and thresholds follow from comparisons of exact fractions. They are computed
    again for a unit when it is updated, and for all units when the number of rows seen
    is a power of two or a multiple of 4096.

    A row that arrives while units of its class have not learned anything is learned by
    the first of them. So :meth:`partial_fit` needs no random start, and a stream gives
    the same model to the bit however it is cut. With hidden units, the model depends on
    the order of the rows.

    A visit of a row takes one population count per 64 bits and hidden unit, and each
    update one step per bit. A hidden unit takes 4 bytes of counters per bit.

    References
    ----------
    .. [1] "Bit-Mass", 2026: a network of binary containers, XNOR and population count,
       that learns by "Hebbian updates". The document gives no update formula; this one
       is skbit's own.

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
    >>> model.fit(X_train, y_train).score(X_test, y_test)
    0.9...
    >>> [layer.shape for layer in model.weights_]
    [(256, 2), (10, 8)]
    """

    _parameter_constraints = {
        "n_hidden": [Interval(Integral, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "margin": [Interval(Real, 0, 1, closed="both")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
        **BitClassifierMixin._bit_input_constraints,
    }
    _has_poor_score = True
    _fixed_parameters = ("binarize", "n_hidden", "margin")

    def __init__(
        self,
        n_hidden=256,
        *,
        binarize=0.0,
        input_format="auto",
        max_iter=10,
        margin=0.3,
        shuffle=True,
        random_state=None,
        n_jobs=None,
        verbose=0,
    ):
        self.n_hidden = n_hidden
        self.binarize = binarize
        self.input_format = input_format
        self.max_iter = max_iter
        self.margin = margin
        self.shuffle = shuffle
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    @with_callbacks
    def fit(self, X, y):
        """Fit the network. Earlier fits are forgotten.

        %(fit_X_y)s
        """
        rows, classes = self._validate_all(X, y)
        self._begin()
        words = self._as_words(rows)
        self.train_scores_ = []
        rng = check_random_state(self.random_state)
        order = np.arange(len(classes))
        n_passes = self.max_iter if self.n_hidden > 0 else 1
        with Progress(self, n_passes, X, y) as progress:
            for _ in progress:
                if self.shuffle:
                    order = rng.permutation(len(classes))
                accuracy = self._learn(words, classes, order)
                if accuracy is None:
                    progress.report(dict)
                else:
                    self.train_scores_.append(accuracy)
                    progress.report(dict, training=accuracy)
            self.n_iter_ = progress.n_done
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y, classes=None):
        """Continue fitting with more rows, in their order.

        %(partial_fit_X_y)s
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
        self._keep(_layer.new(n_hidden or n_classes, self._n_input_bits))
        self.output_weights_ = None
        if n_hidden > 0:
            self.output_weights_ = _layer.membership(n_classes, n_hidden)

    def _learn(self, words, y, order):
        """Learn rows; return the share predicted right before, with hidden units."""
        if self.n_samples_seen_ + len(words) >= _layer.MAX_ROWS:
            raise ValueError(
                f"{len(words)} rows after {self.n_samples_seen_} others are too many: "
                "counters would overflow. Fit a new classifier."
            )
        layer = self._get_layer()
        if self.output_weights_ is None:
            counts = _counting.Counts(layer.balance, layer.counts)
            counts = _counting.count(words, y, None, counts, self.n_jobs)
            self._keep(_hebb.from_counts(*counts))
            return None
        layer = _layer.copy(layer)
        largest_lead = 2 * (self._n_hidden // len(self.classes_))
        margin = max(1, round(self.fitted_params_["margin"] * largest_lead))
        accuracy = _hebb.learn(layer, self.output_weights_, words, y, order, margin)
        self._keep(layer)
        return accuracy

    @property
    def _n_hidden(self):
        return self.fitted_params_["n_hidden"]

    def _get_layer(self):
        """Return the layer that learns as the kernels take it."""
        arrays = {name: getattr(self, at) for name, at in _ATTRIBUTES.items()}
        seen = np.array([self.n_samples_seen_], dtype=np.int64)
        return _layer.Layer(**arrays, seen=seen)

    def _keep(self, layer):
        """Set the attributes that hold the layer that learns."""
        for name, at in _ATTRIBUTES.items():
            setattr(self, at, getattr(layer, name))
        self.n_samples_seen_ = int(layer.seen[0])

    def _count_weights(self):
        n_bits, n_units = self._n_input_bits, len(self.unit_thresholds_)
        layers = [(n_bits, n_units, 1)]
        if self.output_weights_ is not None:
            layers.append((n_units, len(self.classes_), 1))
        # A threshold is a number from 0 to the number of bits.
        return tuple(layers), n_units * n_bits.bit_length()

    def _check_state(self):
        super()._check_state()
        check_number(self, "_n_hidden", 0)
        n_classes = len(self.classes_)
        n_units = self._n_hidden or n_classes
        types = _layer.types_of_fields(n_units, self._n_input_bits)
        for name, at in _ATTRIBUTES.items():
            check_array(self, at, *types[name])
        # It is divided by, and limits the counters.
        check_number(self, "n_samples_seen_", 0, _layer.MAX_ROWS - 1)
        if self._n_hidden:
            shape = (n_classes, n_containers(self._n_hidden))
            check_array(self, "output_weights_", np.uint32, shape)
        elif self.output_weights_ is not None:
            raise_damaged(self, "output_weights_", "None", repr(self.output_weights_))

    @property
    def weights_(self):
        """The weights of the layers, packed, one row per unit."""
        hidden = _layer.packed_weights(self._get_layer())
        if self.output_weights_ is None:
            return [hidden]
        return [hidden, self.output_weights_.copy()]

    def integer_scores(self, X):
        """Compute the classes' scores as they are compared, in integers.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), dtype int64
            The number of hidden bits that are equal to the code of the class. Without
            hidden units, the number of bits that are equal to the weights of the class,
            minus its threshold.
        """
        return self._map_scores(X, lambda scores: scores)

    def _score(self, X):
        words = self._as_words(X)
        return _hebb.score(self._get_layer(), self.output_weights_, words, self.n_jobs)
