# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Merging clusterers: the neurons of all of them compete again."""

import numpy as np

from skbit._base import all_or_nothing, read_only
from skbit._utils.blocks import slices
from skbit._utils.merging import check_alike
from skbit.bits import pack_bits
from skbit.cluster import _population
from skbit.cluster._kernels import constants

# Rows that are drawn for each neuron of the result, at most, and at a time.
_ROWS_PER_NEURON, _BLOCK_SIZE = 256, 2**22


class MergeablePopulations:
    """Mixin for the clusterer: merging."""

    @all_or_nothing
    def merge(self, *others):
        """Join the neurons of other fitted clusterers to those of this one.

        The neurons of all compete again. Groups of similar neurons, weighted by the
        inputs that they have learned, become the first patterns. Then these learn rows
        that are drawn at random from the neurons of all. The result resembles one pass
        over the rows of all parts and is not equal to it, and it depends on the order
        of the parts. Parts should have rows enough for their neurons.

        To join associative memories, give ``patterns_`` of one to :meth:`store` of the
        other.

        Parameters
        ----------
        *others : BitWTAClusterer
            Clusterers fitted on the same features with the same parameters.

        Returns
        -------
        self : BitWTAClusterer
            This clusterer, with the neurons of all. It has up to ``n_neurons``.

        Examples
        --------
        >>> from skbit import BitWTAClusterer
        >>> from skbit.datasets import make_bit_clusters
        >>> X, y = make_bit_clusters(1000, n_clusters=4, random_state=0)
        >>> parts = [
        ...     BitWTAClusterer(4, random_state=0).fit(X[y // 2 == part])
        ...     for part in (0, 1)
        ... ]
        >>> merged = parts[0].merge(parts[1])
        >>> merged.n_samples_seen_
        1000
        """
        for model in (self, *others):
            if not isinstance(model, MergeablePopulations):
                raise TypeError(
                    "Only a BitWTAClusterer can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
        self._check_parameters_are_as_fitted()
        for other in others:
            check_alike(self, other, "clusterers", stacklevel=4)
        if others:
            self._keep(self._compete([self, *others]))
        return self

    def _compete(self, models):
        """Return a learner whose neurons have learned what those of models did."""
        populations = [model.population_ for model in models]
        rng = np.random.RandomState(self.population_["seed"])
        learner = self._new_learner(rng)
        learner.announce(np.array([part["seen_bits"] for part in populations]))
        shares = np.vstack([self._shares_of_bits(part) for part in populations])
        weights = np.concatenate([_inputs_of_neurons(part) for part in populations])
        n_neurons = self.n_clusters if self.n_neurons is None else self.n_neurons
        n_first = n_neurons - self.reserve_size
        learner.insert(pack_bits(centers(shares, weights, n_first, rng) >= 0.5))
        n_rows = min(weights.sum(), _ROWS_PER_NEURON * n_neurons)
        for rows in drawn_rows(shares, weights, n_rows, rng):
            learner.learn(rows)
        population = learner.population()
        # Its neurons stand for the inputs of all parts.
        neurons, totals = population["neurons"], population["totals"]
        drawn = neurons[:, constants.COUNT].sum()
        in_parts = weights.sum() * neurons[:, constants.COUNT] / drawn
        neurons[:, constants.COUNT] = np.maximum(np.rint(in_parts), 1)
        totals[constants.N_SEEN] = sum(model.n_samples_seen_ for model in models)
        return learner

    def _shares_of_bits(self, population):
        """Return for each neuron and bit the share of inputs in which it is 1.

        A level is an interval of shares. Its middle stands for it; the lowest and the
        highest level stand for none and all of the inputs, because rows of bits with
        doubtful values would be less like a neuron than its inputs are.
        """
        shares = np.array([0.0, 1.0])
        if population["counters"] is not None:
            ends = np.array([0, *self.quantization_levels, 1])
            shares = (ends[1:] + ends[:-1]) / 2
            shares[[0, -1]] = 0, 1
        return shares[_population.levels(population)].astype(np.float32)


def _inputs_of_neurons(population):
    """Return the number of inputs that each neuron stands for, at least 1."""
    return np.maximum(population["neurons"][:, constants.COUNT], 1)


def centers(shares, weights, n_centers, rng):
    """Return the centers of groups of neurons, by weighted k-means.

    Parameters
    ----------
    shares : ndarray of shape (n_neurons, n_bits), dtype float32
    weights : ndarray of shape (n_neurons,)
    n_centers : int
        The largest number of groups.
    rng : RandomState

    Returns
    -------
    centers : ndarray of shape (n_groups, n_bits), dtype float32
    """
    # NumPy's search for distinct rows gives another error when it is interrupted.
    rows = [row.tobytes() for row in shares]
    groups = {row: number for number, row in enumerate(dict.fromkeys(rows))}
    places = np.array([groups[row] for row in rows])
    distinct = shares[np.unique(places, return_index=True)[1]]
    if len(distinct) <= n_centers:
        return distinct
    # Importing it takes longer than importing skbit.
    from sklearn.cluster import KMeans

    weights = np.bincount(places, weights)
    means = KMeans(n_centers, n_init=1, random_state=rng)
    return means.fit(distinct, sample_weight=weights).cluster_centers_


def drawn_rows(shares, weights, n_rows, rng):
    """Yield blocks of packed rows that neurons have drawn, in random order.

    Parameters
    ----------
    shares : ndarray of shape (n_neurons, n_bits), dtype float32
        The probability of each bit.
    weights : ndarray of shape (n_neurons,)
        A neuron draws rows in proportion to its weight.
    n_rows : int
        Of all neurons.
    rng : RandomState
    """
    ends = np.rint(np.cumsum(weights) / weights.sum() * n_rows).astype(np.int64)
    neurons = np.repeat(np.arange(len(weights)), np.diff(ends, prepend=0))
    neurons = rng.permutation(neurons)
    n_bits = shares.shape[1]
    for block in slices(n_rows, max(1, _BLOCK_SIZE // n_bits)):
        probabilities = shares[neurons[block]]
        draws = rng.random_sample(probabilities.shape)
        yield read_only(pack_bits(draws < probabilities))
