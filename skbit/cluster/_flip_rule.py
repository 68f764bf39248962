# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The learning rule that flips random bits, as one object of parameters."""

from numbers import Integral, Real

from sklearn.base import BaseEstimator

from skbit._utils.sklearn import Interval, StrOptions
from skbit.cluster._kernels.constants import INITS, SCHEDULES


class FlipRule(BaseEstimator):
    """Learning rule of a clusterer: random bits of a pattern become those of the input.

    It is passed to :class:`~skbit.cluster.BitWTAClusterer` as ``learning`` and
    reproduces the rule of "Bit-Neurons That Organize Themselves" [1]_. The default rule
    of the clusterer, counters, finds better clusters. Use this rule to compare with the
    publication, or if a neuron must not take more memory than its pattern.

    Read more in the :ref:`User Guide <clustering>`.

    Parameters
    ----------
    rate : float, default=0.1
        The probability with which a bit of the pattern that differs from the input is
        flipped. A higher rate learns from fewer inputs, and forgets earlier inputs
        sooner. It is rounded to 65536ths.

    schedule : {"constant", "decay", "wins", "shrink"}, default="constant"
        The rate over time. It stays at ``rate`` ("constant"); falls for all neurons as
        ``rate * a / (a + t)``, where ``t`` is the number of inputs per neuron and ``a``
        is ``settle_after`` ("decay"); is 1 over the number of inputs that the neuron
        has won, whatever ``rate`` is ("wins"); or falls to a tenth of ``rate`` when the
        neuron has won ``settle_after`` inputs ("shrink").

    settle_after : int, default=100
        The number of inputs after which "decay" halves the rate, and the number of wins
        after which "shrink" lowers it. With a higher number, patterns
        follow the inputs for longer. The other schedules ignore it.

    init : {"samples", "random", "density"}, default="samples"
        The pattern of a new neuron: the input for which the neuron is made; random
        bits, half of which are ones; or random bits with the density of that input.
        Few neurons that start at random ever win with the similarities "cosine" and
        "jaccard", and a single one does with "overlap" and "hamming".

    competition : {"wta", "unbounded"}, default="wta"
        Which neurons learn an input: only the winner ("wta"), or all neurons
        ("unbounded"), a control without competition.

    See Also
    --------
    skbit.cluster.BitWTAClusterer : The clusterer that learns by this rule.

    Notes
    -----
    ``init`` and ``competition`` are fixed by the first fit of the clusterer. The other
    parameters may be changed between calls of ``partial_fit``, for instance by
    ``clusterer.set_params(learning__rate=0.05)``.

    References
    ----------
    .. [1] "Bit-Neurons That Organize Themselves: Memory and Emergence Without
       Gradients", 2026.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.metrics import normalized_mutual_info_score
    >>> from skbit import BitWTAClusterer, RankDensityEncoder
    >>> from skbit.cluster import FlipRule
    >>> X, y = load_digits(return_X_y=True)
    >>> bits = RankDensityEncoder(density=(0.25, 0.4)).fit_transform(X)
    >>> clusterer = BitWTAClusterer(64, learning=FlipRule(rate=0.05), random_state=0)
    >>> labels = clusterer.fit_predict(bits)
    >>> normalized_mutual_info_score(y, labels)
    0.59...
    """

    _parameter_constraints = {
        "rate": [Interval(Real, 0, 1, closed="both")],
        "schedule": [StrOptions(set(SCHEDULES))],
        "settle_after": [Interval(Integral, 1, 2**31 - 1, closed="both")],
        "init": [StrOptions(set(INITS))],
        "competition": [StrOptions({"wta", "unbounded"})],
    }

    def __init__(
        self,
        *,
        rate=0.1,
        schedule="constant",
        settle_after=100,
        init="samples",
        competition="wta",
    ):
        self.rate = rate
        self.schedule = schedule
        self.settle_after = settle_after
        self.init = init
        self.competition = competition

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self.get_params() == other.get_params()

    # Its parameters can be changed.
    __hash__ = None

    def _fixed_part(self):
        """Return a rule with the parameters that the first fit fixes.

        The parameters that only steer learning have their defaults.
        """
        return FlipRule(init=self.init, competition=self.competition)
