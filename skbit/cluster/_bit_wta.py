# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Clusters and memory by competition between bit patterns."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.utils import check_random_state

from skbit._base import BitInputMixin, SkbitEstimator, all_or_nothing
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit._utils.state import check_array, check_number
from skbit.bits import unpack_bits
from skbit.cluster import _competition
from skbit.cluster._flip_rule import INITS, SCHEDULES, FlipRule
from skbit.cluster._kernels import constants

# In the order of the kernels' numbers for them.
SIMILARITIES = ["cosine", "jaccard", "overlap", "hamming"]


class BitWTAClusterer(
    BitInputMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    ClusterMixin,
    SkbitEstimator,
):
    """Cluster bits by competition: the neuron that resonates most learns the input.

    A neuron stores a pattern of bits. Of all neurons the one whose pattern matches an
    input best wins it, and moves its pattern towards the input; the others stay as
    they are [1]_. From that come clusters (which neuron wins), recall (the pattern that
    a damaged input brings back) and novelty (nothing matches), in one pass over the
    data, in integers.

    By default there is a counter behind every bit of a neuron, of the inputs won that
    have it; the pattern is the bits whose counter exceeds fixed shares of the inputs.
    With ``learning=FlipRule()``, random bits of the pattern are set to those of the
    input instead.

    With ``n_neurons`` above ``n_clusters``, neurons that share inputs, one as winner
    and the other as runner-up, are merged to clusters, so that clusters can have any
    shape.

    Read more in the :ref:`User Guide <clustering>`.

    Parameters
    ----------
    n_clusters : int, default=16
        The number of clusters.

    n_neurons : int, default=None
        How many neurons there may be, at least ``n_clusters``. When None, every
        cluster is one neuron. Raised between calls of :meth:`partial_fit`, it makes
        room for new neurons. Memory is allocated for neurons in use only.

    similarity : {"cosine", "jaccard", "overlap", "hamming"}, default="cosine"
        How a pattern is compared with an input: shared bits over the geometric mean of
        both numbers of ones; shared bits over their union; the number of bits shared
        minus that of bits differing, over all bits; or the share of equal bits. Only
        the first two are fair to patterns of any density. Bits that neither the input
        nor any row learned before has set do not count, so padding does not matter
        (:meth:`fit` knows all its rows from the beginning, :meth:`partial_fit` those
        up to the input); only if patterns begin at random (``FlipRule.init``) every
        bit counts.

    learning : "counters" or FlipRule, default="counters"
        How a neuron learns the inputs that it wins. "counters" counts for every bit how
        many of the last inputs have it. A :class:`FlipRule` flips random bits of the
        pattern instead; it reproduces a published rule and is less accurate.

    quantization_levels : tuple of float, default=(1/8, 1/4, 1/2)
        With counters: one, three or seven shares of the inputs, in rising order,
        rounded to 256ths. A bit counts as often as its share exceeds one of them; the
        pattern is the bits that exceed the middle one. Sparse codes like the default,
        dense ones ``(1/6, 1/2, 5/6)``.

    max_count : int, default=64
        With counters: how many inputs are counted, from 2 to 255.

    forget : bool, default=True
        With counters: whether a neuron with a full window halves its counters, and
        slowly forgets, or keeps its pattern for ever.

    vigilance : float, default=1.0
        As long as there is room, an input whose winner resonates less than that
        becomes a neuron of its own. With 1, the first ``n_neurons`` different inputs
        do; with less, neurons are made on demand.

    reserve_size : int, default=0
        How many of ``n_neurons`` are kept back for news. Half of what is left is
        released when, within 512 inputs, so many more than usual are novel that chance
        is no explanation (four standard deviations); novel inputs then become neurons.
        An input is novel if it resonates less than 3/4 as much (for cosine, 3/4 of the
        square) as what its winner has won lately.

    reassignment_interval : "auto", int or None, default="auto"
        The number of inputs after which neurons that have never been much used go to
        the busiest. A neuron is idle if it won fewer than two inputs, or less than an
        eighth of its fair share, and never learned half a window. It moves to the next
        input that a neuron with more than two shares wins, and starts halfway between
        that neuron and the input (with flips, as the input). With up to 256 neurons, a
        busy neuron gives away one input for that, and with more as many as leave each
        of its heirs more than two shares. "auto" means 4096 inputs, or as many times
        4096 as give every neuron a fair share of 4, so that idleness is not taken for
        chance. When None, neurons never move.

    max_iter : int, default=1
        Passes over the data in :meth:`fit`. Small data want several.

    shuffle : bool, default=True
        Whether :meth:`fit` visits rows in random order, a new one in each pass.

    %(binarize)s

    %(input_format)s

    random_state : int, RandomState instance or None, default=None
        Order of the rows, flips and random patterns.

    %(n_jobs)s

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), dtype int64
        Cluster of each row seen in :meth:`fit`; not there after :meth:`partial_fit`.

    patterns_ : ndarray of shape (`n_neurons_`, n_containers), dtype uint32
        What the neurons store, packed.

    counts_ : ndarray of shape (`n_neurons_`,), dtype int64
        Inputs that each neuron has learned, since it was made or last moved.

    mean_similarity_ : ndarray of shape (`n_neurons_`,), dtype float64
        How much the last inputs that each neuron won resonated, averaged over about 32
        of them (for cosine the root of the mean square). 1 before the first.

    neuron_labels_ : ndarray of shape (`n_neurons_`,), dtype int64
        Cluster of each neuron.

    n_neurons_ : int
        How many neurons there are, which may be fewer than allowed.

    n_iter_ : int
        Passes over the data in :meth:`fit`.

    n_samples_seen_ : int
        Inputs learned so far.

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.novelty.BitNoveltyDetector : Tells what is unlike all that was learned.
    sklearn.cluster.MiniBatchKMeans : Online clusters of means, in floating point.

    Notes
    -----
    ``similarity``, ``learning``, ``quantization_levels`` and ``binarize`` are fixed by
    the first fit: changing them has no effect until the next :meth:`fit`, and
    :meth:`partial_fit` and :meth:`store` refuse it. Parameters that only steer learning
    may be changed at any time and take effect at the next call of :meth:`partial_fit`
    or :meth:`store`: ``n_clusters``, ``n_neurons``, ``max_count``, ``forget``,
    ``vigilance``, ``reserve_size``, ``reassignment_interval``, and of a
    :class:`FlipRule` all but its ``init`` and ``competition``. ``random_state`` is read
    by the first fit.

    The result depends on the order of the rows: each input meets the neurons that the
    one before has changed. It does not depend on how a stream is cut: any split over
    calls of :meth:`partial_fit` gives the same model to the bit. For rows that are
    sorted in some way, let :meth:`fit` shuffle.

    Learning and predicting take one AND and one population count per 64 bits, digit
    and neuron (the three default thresholds make two digits), so time is proportional
    to rows, bits and neurons. A neuron takes 8 bits of counters per bit.

    Similarities are compared as exact fractions of integers. ``transform`` and
    ``score_samples`` answer in floats for scikit-learn's sake.

    References
    ----------
    .. [1] "Bit-Neurons That Organize Themselves: Memory and Emergence Without
       Gradients", 2026. Competition, the flips and the Jaccard similarity are its own;
       counters, cosine, splits and links are not.

    .. [2] D. E. Rumelhart, D. Zipser, "Feature discovery by competitive learning",
       Cognitive Science 9(1), 1985.

    .. [3] G. A. Carpenter, S. Grossberg, "A massively parallel architecture for a
       self-organizing neural pattern recognition machine", Computer Vision, Graphics,
       and Image Processing 37(1), 1987. Growth under a vigilance.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.metrics import normalized_mutual_info_score
    >>> from skbit import BitWTAClusterer, RankDensityEncoder
    >>> X, y = load_digits(return_X_y=True)
    >>> bits = RankDensityEncoder(density=(0.25, 0.4)).fit_transform(X)
    >>> clusterer = BitWTAClusterer(10, n_neurons=64, max_iter=5, random_state=0)
    >>> labels = clusterer.fit_predict(bits)
    >>> bool(normalized_mutual_info_score(y, labels) > 0.7)
    True
    """

    _parameter_constraints = {
        "n_clusters": [Interval(Integral, 1, 2**31 - 1, closed="both")],
        "n_neurons": [Interval(Integral, 1, 2**31 - 1, closed="both"), None],
        "similarity": [StrOptions(set(SIMILARITIES))],
        "learning": [StrOptions({"counters"}), FlipRule],
        "quantization_levels": [tuple, list],
        "max_count": [Interval(Integral, 2, 255, closed="both")],
        "forget": ["boolean"],
        "vigilance": [Interval(Real, 0, 1, closed="both")],
        "reserve_size": [Interval(Integral, 0, 2**31 - 1, closed="both")],
        "reassignment_interval": [
            StrOptions({"auto"}),
            Interval(Integral, 1, 2**31 - 1, closed="both"),
            None,
        ],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "binarize": [Interval(Real, None, None, closed="neither")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        **BitInputMixin._bit_input_constraints,
    }
    _fixed_parameters = (
        "binarize",
        "similarity",
        "learning",
        "quantization_levels",
    )

    def __init__(
        self,
        n_clusters=16,
        *,
        n_neurons=None,
        similarity="cosine",
        learning="counters",
        quantization_levels=(1 / 8, 1 / 4, 1 / 2),
        max_count=64,
        forget=True,
        vigilance=1.0,
        reserve_size=0,
        reassignment_interval="auto",
        max_iter=1,
        shuffle=True,
        binarize=0.0,
        input_format="auto",
        random_state=None,
        n_jobs=None,
    ):
        self.n_clusters = n_clusters
        self.n_neurons = n_neurons
        self.similarity = similarity
        self.learning = learning
        self.quantization_levels = quantization_levels
        self.max_count = max_count
        self.forget = forget
        self.vigilance = vigilance
        self.reserve_size = reserve_size
        self.reassignment_interval = reassignment_interval
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.binarize = binarize
        self.input_format = input_format
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def fit(self, X, y=None):
        """Forget everything and learn rows.

        Parameters
        ----------
        %(X)s

        %(y_ignored)s

        Returns
        -------
        self : BitWTAClusterer
            The fitted clusterer.
        """
        X = self._validate_bits(X, reset=True)
        random_state = check_random_state(self.random_state)
        learner = self._begin(random_state)
        words = self._as_words(X)
        learner.announce(words)
        for _ in range(self.max_iter):
            if self.shuffle:
                learner.learn_in_order(words, random_state.permutation(len(words)))
            else:
                learner.learn(words)
        self._settle(learner)
        winners, _ = self._find_winners(words)
        self.labels_ = self.neuron_labels_[winners]
        self.n_iter_ = self.max_iter
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y=None):
        """Learn more rows, once and in their order.

        Parameters
        ----------
        %(X)s

        %(y_ignored)s

        Returns
        -------
        self : BitWTAClusterer
            The fitted clusterer.
        """
        learner, words = self._go_on(X)
        learner.learn(words)
        self._settle(learner)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def store(self, X):
        """Give every row a neuron of its own, whose pattern it becomes.

        The number of neurons grows beyond ``n_neurons`` if it must. To use the
        clusterer as an associative memory, fill it with this method alone.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        self : BitWTAClusterer
            The fitted clusterer.

        Examples
        --------
        >>> import numpy as np
        >>> from skbit import BitWTAClusterer
        >>> memory = BitWTAClusterer().store([[1, 1, 0, 0, 0], [0, 0, 1, 1, 1]])
        >>> memory.recall([[0, 1, 0, 0, 0], [1, 0, 1, 0, 1]])
        array([[1, 1, 0, 0, 0],
               [0, 0, 1, 1, 1]], dtype=uint8)
        """
        learner, words = self._go_on(X)
        learner.insert(words)
        self._settle(learner)
        return self

    def _go_on(self, X):
        """Validate X and make ready to learn it; return what learns, and X packed."""
        if not hasattr(self, "_neurons"):
            X = self._validate_bits(X, reset=True)
            learner = self._begin(check_random_state(self.random_state))
        else:
            self._check_fitted()
            self._check_parameters_are_as_fitted()
            X = self._validate_bits(X, reset=False)
            learner = self._learner(self._neurons)
        return learner, self._as_words(X)

    def _begin(self, random_state):
        self._quantization_levels()
        rule = self._flip_rule()
        n_bits, n_digits = self._n_input_bits, self._n_digits()
        if 2 * (2**n_digits - 1) ** 4 * n_bits**3 >= 2**63:
            raise ValueError(f"{n_bits} bits are too many to compare exactly.")
        neurons = _competition.begin(
            n_bits,
            n_digits,
            SIMILARITIES.index(self.similarity),
            rule is not None,
            rule is not None and rule.init != "samples",
            int(random_state.randint(2**31)),
        )
        return self._learner(neurons)

    def _learner(self, neurons):
        """Put the parameters into numbers; return what learns by them."""
        n_neurons = self.n_clusters if self.n_neurons is None else self.n_neurons
        if n_neurons < self.n_clusters:
            raise ValueError(
                f"n_neurons={n_neurons} must be at least n_clusters={self.n_clusters}."
            )
        if self.reserve_size >= n_neurons:
            raise ValueError(
                f"reserve_size={self.reserve_size} must leave at least one of "
                f"{n_neurons} neurons."
            )
        # As a number of Python's: small types of NumPy's overflow.
        vigilance = float(self.vigilance)
        if self.similarity == "cosine":
            vigilance **= 2
        flips = self._flip_rule() or FlipRule()
        rule = {
            constants.N_BITS: neurons["n_bits"],
            constants.N_DIGITS: neurons["n_digits"],
            constants.SIMILARITY: neurons["similarity"],
            constants.VIGILANCE: round(vigilance * constants.ONE),
            constants.N_OPEN: n_neurons - self.reserve_size,
            constants.RESERVE_SIZE: self.reserve_size,
            constants.INIT: INITS.index(flips.init),
            constants.SEED: neurons["seed"],
            constants.UNBOUNDED: flips.competition == "unbounded",
            constants.WINDOW: self.max_count,
            constants.PLASTIC: self.forget,
            constants.FLIP_RATE: round(float(flips.rate) * constants.CERTAIN),
            constants.FLIP_SCHEDULE: SCHEDULES.index(flips.schedule),
            constants.SETTLE_AFTER: flips.settle_after,
        }
        reassignment_interval = self.reassignment_interval or 0
        return _competition.Learner(
            neurons,
            np.array([rule[place] for place in range(len(rule))], dtype=np.int64),
            self._quantization_levels(),
            None if reassignment_interval == "auto" else int(reassignment_interval),
            n_neurons > self.n_clusters,
        )

    def _n_digits(self):
        """Return how many binary digits the numbers of neurons have."""
        flips = self._flip_rule() is not None
        return 1 if flips else len(self.quantization_levels).bit_length()

    def _flip_rule(self):
        """Check and return the rule of flips; return None with counters."""
        if not isinstance(self.learning, FlipRule):
            return None
        self.learning._validate_params()
        return self.learning

    def _quantization_levels(self):
        levels = np.asarray(self.quantization_levels)
        if levels.shape in ((1,), (3,), (7,)) and levels.dtype.kind in "if":
            in_256ths = np.rint(256 * levels)
            if np.all(np.diff(in_256ths, prepend=-1, append=256) > 0):
                return in_256ths.astype(np.int64)
        raise ValueError(
            "quantization_levels must be one, three or seven different shares in "
            "rising order, from 0 to below 1 and rounded to 256ths, got "
            f"{self.quantization_levels!r}."
        )

    def _settle(self, learner):
        """Keep what was learned, and set what follows from it."""
        self._neurons = learner.population()
        self.n_neurons_ = _competition.n_neurons(self._neurons)
        self._n_features_out = self.n_neurons_
        # Grouping many neurons takes longer than learning a row: it waits until asked.
        self._n_groups = int(self.n_clusters)
        self._neuron_labels = None
        vars(self).pop("labels_", None)

    def _count_weights(self):
        n_digits = self._neurons["n_digits"]
        return ((self._n_input_bits, self.n_neurons_, n_digits),), 0

    def _check_state(self):
        super()._check_state()
        fitted = self.fitted_params_
        is_flip = isinstance(fitted["learning"], FlipRule)
        _competition.check(
            self,
            "_neurons",
            self._n_input_bits,
            is_flip,
            1 if is_flip else len(fitted["quantization_levels"]).bit_length(),
            SIMILARITIES.index(fitted["similarity"]),
        )
        n_neurons = _competition.n_neurons(self._neurons)
        check_number(self, "n_neurons_", n_neurons, n_neurons)
        check_number(self, "_n_features_out", n_neurons, n_neurons)
        check_number(self, "_n_groups", 1)
        if self._neuron_labels is not None:
            check_array(self, "_neuron_labels", np.intp, (n_neurons,), 0)

    def _find_winners(self, words):
        return _competition.find_winners(self._neurons, words, self.n_jobs)

    def _find_winners_and_scores(self, words):
        winners, overlaps = self._find_winners(words)
        return winners, _competition.similarity_of_winners(
            self._neurons, words, winners, overlaps
        )

    def _words(self, X):
        self._check_fitted()
        return self._as_words(self._validate_bits(X, reset=False))

    @property
    def neuron_labels_(self):
        """Cluster of each neuron."""
        if self._neuron_labels is None:
            # Set at once, for threads that ask side by side.
            if self._neurons["links"] is None:
                self._neuron_labels = np.arange(self.n_neurons_)
            else:
                self._neuron_labels = _competition.group(self._neurons, self._n_groups)
        return self._neuron_labels

    @property
    def patterns_(self):
        """What the neurons store, packed."""
        return _competition.patterns(self._neurons)

    @property
    def counts_(self):
        """Inputs that each neuron has learned, since it was made or last moved."""
        return self._neurons["table"][:, constants.COUNT].copy()

    @property
    def mean_similarity_(self):
        """How much the last inputs that each neuron won resonated."""
        return _competition.familiarity(self._neurons)

    @property
    def n_samples_seen_(self):
        """Inputs learned so far."""
        return _competition.n_seen(self._neurons)

    def predict(self, X):
        """Find the cluster of every row: that of the neuron that wins it.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype int64
            Clusters, from 0 on.
        """
        neurons = self.predict_neuron(X)
        return self.neuron_labels_[neurons]

    def predict_neuron(self, X):
        """Find the neuron that resonates most with every row, the first of equals.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        neurons : ndarray of shape (n_samples,), dtype int64
            Rows of ``patterns_``.
        """
        return self._find_winners(self._words(X))[0]

    def score_samples(self, X):
        """Measure how familiar rows are: the similarity of their winners.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        scores : ndarray of shape (n_samples,), dtype float64
            1 for a row that agrees entirely with a pattern, lower for others.
        """
        return self._find_winners_and_scores(self._words(X))[1]

    def transform(self, X):
        """Measure the similarity of every row with every neuron.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        X_out : ndarray of shape (n_samples, `n_neurons_`), dtype float64
            Similarities, at most 1.
        """
        words = self._words(X)
        return _competition.measure(self._neurons, words, self.n_jobs)

    def recall(self, X, *, packed_output=None, return_index=False, return_score=False):
        """Bring back the stored pattern that resonates most with each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Cues, whole or damaged: packed bits (dtype uint32), or one column of numbers
            per bit.

        packed_output : bool, default=None
            Whether to return packed containers or one uint8 column per bit. When None,
            as X is.

        return_index : bool, default=False
            Whether to return which neurons' patterns these are, too.

        return_score : bool, default=False
            Whether to return how much they resonate with the cues, too.

        Returns
        -------
        patterns : ndarray of shape (n_samples, n_containers), dtype uint32
            The patterns, or one uint8 column per bit.

        index : ndarray of shape (n_samples,), dtype int64
            As of :meth:`predict_neuron`. Only with ``return_index``.

        score : ndarray of shape (n_samples,), dtype float64
            As of :meth:`score_samples`. Only with ``return_score``.
        """
        winners, scores = self._find_winners_and_scores(self._words(X))
        patterns = self.patterns_[winners]
        if packed_output is None:
            packed_output = self.input_format_ == "packed"
        if not packed_output:
            patterns = unpack_bits(patterns, self._neurons["n_bits"])
        answers = [patterns]
        if return_index:
            answers.append(winners)
        if return_score:
            answers.append(scores)
        return tuple(answers) if len(answers) > 1 else patterns
