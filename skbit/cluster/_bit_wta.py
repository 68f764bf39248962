# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitWTAClusterer: clusters and associative memory by competitive learning."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skbit._base import BitInputMixin, all_or_nothing
from skbit._utils.callbacks import CallbackSupportMixin, Progress, with_callbacks
from skbit._utils.sklearn import Interval, StrOptions, _fit_context
from skbit.cluster import _population
from skbit.cluster._answers import find_winners
from skbit.cluster._flip_rule import FlipRule
from skbit.cluster._kernels.similarity import SIMILARITIES
from skbit.cluster._learner import (
    Learner,
    common_settings,
    settings_of_counters,
    settings_of_flips,
)
from skbit.cluster._merging import MergeablePopulations
from skbit.cluster._population_estimator import PopulationEstimator


class BitWTAClusterer(CallbackSupportMixin, MergeablePopulations, PopulationEstimator):
    """Competitive clustering of bits: the most similar neuron learns each input.

    Every neuron stores a prototype pattern of bits. The neuron whose pattern is most
    similar to an input wins the input and moves its pattern towards it; the other
    neurons stay as they are [1]_. The result can be used for clusters (which neuron
    wins), recall (the pattern that a damaged input resembles most) and novelty (no
    pattern is similar). It takes one pass over the data, in integers.

    By default a neuron has a counter for every bit, of the inputs won that have the
    bit; the pattern consists of the bits whose share exceeds a limit. With
    ``learning=FlipRule()``, random bits of the pattern are set to those of the input
    instead.

    If ``n_neurons`` is above ``n_clusters``, neurons that share inputs, one as the
    winner and the other as the runner-up, are merged to clusters, so that clusters can
    have any shape.

    Read more in the :ref:`User Guide <clustering>`.

    Parameters
    ----------
    n_clusters : int, default=16
        The number of clusters.

    n_neurons : int, default=None
        The number of neurons that may be made, at least ``n_clusters``. More neurons
        describe clusters in more detail and take proportionally more time. When None,
        every cluster is one neuron. If it is raised between calls of
        :meth:`partial_fit`, new neurons are made. Memory is allocated for neurons in
        use only.

    similarity : {"cosine", "jaccard", "overlap", "hamming"}, default="cosine"
        The similarity of a pattern and an input: "cosine" is the number of shared bits
        over the geometric mean of both numbers of ones; "jaccard" is the number of
        shared bits over that of the union; "overlap" is the number of shared bits minus
        that of differing bits, over the number of all bits; "hamming" is the share of
        equal bits. Use one of the first two unless all patterns have about the same
        density, which the others depend on. Bits that neither the input nor any row
        learned before has set do not count, so padding does not matter (:meth:`fit`
        knows all its rows from the beginning, :meth:`partial_fit` those up to the
        input). Every bit counts if patterns begin at random (``FlipRule.init``).

    learning : "counters" or FlipRule, default="counters"
        The rule by which a neuron learns the inputs that it wins. "counters" counts for
        every bit how many of the last inputs have it. A
        :class:`~skbit.cluster.FlipRule` flips random bits of the pattern instead; it
        reproduces a published rule and is less accurate.

    quantization_levels : tuple of float, default=(1/8, 1/4, 1/2)
        With counters, the shares of the inputs to which the shares of a bit are
        rounded: one, three or seven of them in rising order, rounded to 256ths. The
        weight of a bit in the similarity is the number of levels that its share
        exceeds, and the pattern consists of the bits that exceed the middle level. The
        default suits sparse codes; try ``(1/6, 1/2, 5/6)`` for dense ones. A single
        level takes half the memory and time of three.

    max_count : int, default=64
        With counters, the number of inputs that are counted, from 2 to 255. Patterns
        with a higher number are more stable, and follow changes of the inputs later.

    forget : bool, default=True
        With counters, whether a neuron that has counted ``max_count`` inputs halves its
        counters, so that old inputs slowly lose influence. If False, the neuron keeps
        its pattern and stops learning.

    vigilance : float, default=1.0
        While more neurons are allowed, an input whose similarity with its winner is
        below this becomes a neuron of its own. With 1, the first ``n_neurons``
        different inputs do. With a lower value, neurons are made on demand, and fewer
        of them.

    reserve_size : int, default=0
        The number of neurons, of ``n_neurons``, that are held in reserve. If a window
        of 512 inputs has significantly more novel inputs than average (by four standard
        deviations), half of the remaining reserve becomes available, and novel inputs
        become neurons. An input is novel if its similarity is below 3/4 of the mean
        similarity of its winner (for "cosine", 3/4 of the mean square). Use it for
        streams in which new classes appear.

    reassignment_interval : "auto", int or None, default="auto"
        The number of inputs after which idle neurons are reassigned. A neuron is idle
        if it won fewer than two of these inputs, or less than an eighth of its fair
        share, and has never learned half of ``max_count`` inputs. It moves to the next
        input of a neuron that wins more than two fair shares, and starts halfway
        between that neuron and the input (by flips, as the input). With up to 256
        neurons, a busy neuron gives away one input; with more, as many as leave more
        than two shares for each neuron. "auto" means 4096 inputs, or as many times 4096
        as give every neuron a fair share of 4, so that a neuron is not idle by chance.
        None turns reassignment off.

    %(binarize)s

    %(input_format)s

    max_iter : int, default=1
        Number of passes over the data in :meth:`fit`. Raise it for small data sets,
        which need several.

    %(shuffle)s

    random_state : int, RandomState instance or None, default=None
        Determines the order of the rows, flips and random patterns. Pass an int for
        results that can be repeated.

    %(n_jobs)s

    %(verbose)s

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), dtype int64
        Cluster of each row. Defined only after :meth:`fit`, not after
        :meth:`partial_fit`.

    patterns_ : ndarray of shape (`n_neurons_`, n_containers), dtype uint32
        Pattern of each neuron, packed.

    counts_ : ndarray of shape (`n_neurons_`,), dtype int64
        Number of inputs that each neuron has learned since it was made or reassigned.

    mean_similarity_ : ndarray of shape (`n_neurons_`,), dtype float64
        Mean similarity of about the last 32 inputs that each neuron won (for "cosine",
        the root of the mean square). It is 1 before the first.

    neuron_labels_ : ndarray of shape (`n_neurons_`,), dtype int64
        Cluster of each neuron.

    population_ : dict
        The whole state, in whole numbers and arrays. The numbers are ``n_bits``,
        ``n_digits`` (binary digits of the weight of a bit), ``similarity``, ``seed``
        and ``n_clusters``. The arrays are ``patterns``, ``norms``, ``counters`` and
        ``neurons`` (of each neuron), ``totals`` (of all neurons), ``seen_bits`` (the
        bits that any row has set, packed) and ``links`` (rows of winner, runner-up and
        the number of inputs for which they were).

    n_neurons_ : int
        Number of neurons, which may be lower than allowed.

    %(n_iter_)s

    %(n_samples_seen_)s

    %(input_format_)s

    %(n_features_in_)s

    See Also
    --------
    skbit.cluster.FlipRule : The learning rule that flips bits.
    skbit.novelty.BitNoveltyDetector : Novelty detection with a clusterer.
    sklearn.cluster.MiniBatchKMeans : Online clusters of means, in floating point.

    Notes
    -----
    ``similarity``, ``learning``, ``quantization_levels`` and ``binarize`` are fixed by
    the first fit: changing them has no effect until the next :meth:`fit`, and
    :meth:`partial_fit` and :meth:`store` refuse it. Parameters that only steer learning
    may be changed at any time and take effect at the next call of :meth:`partial_fit`
    or :meth:`store`: ``n_clusters``, ``n_neurons``, ``max_count``, ``forget``,
    ``vigilance``, ``reserve_size``, ``reassignment_interval``, and all parameters of a
    :class:`~skbit.cluster.FlipRule` but ``init`` and ``competition``. ``random_state``
    is read by the first fit.

    The result depends on the order of the rows, because each input meets the neurons
    that the input before has changed. It does not depend on how a stream is cut: any
    split over calls of :meth:`partial_fit` gives the same model to the bit. If rows are
    sorted in some way, let :meth:`fit` shuffle them.

    Learning and predicting take one AND and one population count per 64 bits, digit
    and neuron (three quantization levels make two digits), so time is proportional to
    rows, bits and neurons. A neuron takes 8 bits of counters per bit.

    An input without ones has the similarities "cosine" and "jaccard" 1 with patterns
    without ones and 0 with others. It goes to the first neuron without ones, or to
    neuron 0 if there is none.

    Similarities are compared as exact fractions of integers. ``transform`` and
    ``score_samples`` return floats.

    References
    ----------
    .. [1] "Bit-Neurons That Organize Themselves: Memory and Emergence Without
       Gradients", 2026. It describes competition, flips and the Jaccard similarity, but
       not counters, cosine, reassignment and links.

    .. [2] D. E. Rumelhart, D. Zipser, "Feature discovery by competitive learning",
       Cognitive Science 9(1), 1985.

    .. [3] G. A. Carpenter, S. Grossberg, "A massively parallel architecture for a
       self-organizing neural pattern recognition machine", Computer Vision, Graphics,
       and Image Processing 37(1), 1987. It describes growth under a vigilance.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.metrics import normalized_mutual_info_score
    >>> from skbit import BitWTAClusterer, RankDensityEncoder
    >>> X, y = load_digits(return_X_y=True)
    >>> bits = RankDensityEncoder(density=(0.25, 0.4)).fit_transform(X)
    >>> clusterer = BitWTAClusterer(10, n_neurons=64, max_iter=5, random_state=0)
    >>> labels = clusterer.fit_predict(bits)
    >>> normalized_mutual_info_score(y, labels)
    0.81...
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
        "binarize": [Interval(Real, None, None, closed="neither")],
        **BitInputMixin._bit_input_constraints,
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
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
        binarize=0.0,
        input_format="auto",
        max_iter=1,
        shuffle=True,
        random_state=None,
        n_jobs=None,
        verbose=0,
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
        self.binarize = binarize
        self.input_format = input_format
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    @with_callbacks
    def fit(self, X, y=None):
        """Learn rows, after forgetting all that was learned before.

        %(fit_X)s
        """
        rows = self._validate_bits(X, reset=True)
        random_state = check_random_state(self.random_state)
        learner = self._new_learner(random_state)
        words = self._as_words(rows)
        learner.announce(words)

        def fitted():
            self._keep(learner)
            return {}

        with Progress(self, self.max_iter, X, y) as progress:
            for _ in progress:
                if self.shuffle:
                    learner.learn_in_order(words, random_state.permutation(len(words)))
                else:
                    learner.learn(words)
                progress.report(fitted)
            self._keep(learner)
            winners, _ = find_winners(self.population_, words, self.n_jobs)
            self.labels_ = self.neuron_labels_[winners]
            self.n_iter_ = progress.n_done
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def partial_fit(self, X, y=None):
        """Learn more rows, once and in their order.

        %(fit_X)s
        """
        learner, words = self._resume(X)
        learner.learn(words)
        self._keep(learner)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    @all_or_nothing
    def store(self, X):
        """Store every row as the pattern of a neuron of its own.

        The number of neurons grows beyond ``n_neurons`` if necessary. To use the
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
        learner, words = self._resume(X)
        learner.insert(words)
        self._keep(learner)
        return self

    def _resume(self, X):
        """Validate X; return a learner, and X packed."""
        if not hasattr(self, "population_"):
            X = self._validate_bits(X, reset=True)
            learner = self._new_learner(check_random_state(self.random_state))
        else:
            self._check_fitted()
            self._check_parameters_are_as_fitted()
            X = self._validate_bits(X, reset=False)
            learner = self._learner(self.population_)
        return learner, self._as_words(X)

    def _new_learner(self, random_state):
        """Return a learner without neurons."""
        rule, n_bits = self._flip_rule(), self._n_input_bits
        n_digits = 1 if rule else len(self._levels_in_256ths()).bit_length()
        if 2 * (2**n_digits - 1) ** 4 * n_bits**3 >= 2**63:
            raise ValueError(f"{n_bits} bits are too many to compare exactly.")
        population = _population.new_population(
            n_bits,
            n_digits,
            SIMILARITIES.index(self.similarity),
            int(random_state.randint(2**31)),
            flipping=rule is not None,
            all_seen=rule is not None and rule.init != "samples",
        )
        return self._learner(population)

    def _learner(self, population):
        """Return a learner that starts from a population."""
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
        settings = common_settings(
            population,
            self.vigilance,
            n_neurons - self.reserve_size,
            self.reserve_size,
            self.max_count,
        )
        rule, levels = self._flip_rule(), self._levels_in_256ths()
        if rule is None:
            settings |= settings_of_counters(self.forget, levels)
        else:
            settings |= settings_of_flips(rule, population["seed"])
        interval = self.reassignment_interval or 0
        return Learner(
            population | {"n_clusters": int(self.n_clusters)},
            settings,
            None if interval == "auto" else int(interval),
            n_neurons > self.n_clusters,
        )

    def _flip_rule(self):
        """Check and return the rule of flips; return None with counters."""
        if not isinstance(self.learning, FlipRule):
            return None
        self.learning._validate_params()
        return self.learning

    def _levels_in_256ths(self):
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

    def _keep(self, learner):
        """Keep what was learned, and set what follows from it."""
        self.population_ = learner.population()
        self.n_neurons_ = _population.n_neurons(self.population_)
        self._n_features_out = self.n_neurons_
        for name in ("labels_", "neuron_labels_"):
            vars(self).pop(name, None)
