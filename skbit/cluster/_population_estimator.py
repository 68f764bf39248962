# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Base class of the clusterer: what a fitted population knows and answers."""

from functools import cached_property

from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin

from skbit._base import BitInputMixin, SkbitEstimator
from skbit._utils.state import check_number
from skbit.bits import unpack_bits
from skbit.cluster import _linkage, _population
from skbit.cluster._answers import find_winners, measure, similarity_of_winners
from skbit.cluster._flip_rule import FlipRule
from skbit.cluster._kernels import constants
from skbit.cluster._kernels.similarity import SIMILARITIES


class PopulationEstimator(
    BitInputMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    ClusterMixin,
    SkbitEstimator,
):
    """An estimator whose state is a population, the attribute ``population_``."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _count_weights(self):
        n_digits = self.population_["n_digits"]
        return ((self._n_input_bits, self.n_neurons_, n_digits),), 0

    def _check_state(self):
        super()._check_state()
        fitted = self.fitted_params_
        flipping = isinstance(fitted["learning"], FlipRule)
        n_levels = len(fitted["quantization_levels"])
        _population.check_population(
            self,
            self._n_input_bits,
            1 if flipping else n_levels.bit_length(),
            SIMILARITIES.index(fitted["similarity"]),
            flipping,
        )
        n_neurons = _population.n_neurons(self.population_)
        check_number(self, "n_neurons_", n_neurons, n_neurons)
        check_number(self, "_n_features_out", n_neurons, n_neurons)

    def _words(self, X):
        self._check_fitted()
        return self._as_words(self._validate_bits(X, reset=False))

    def _find_winners_and_scores(self, words):
        winners, overlaps = find_winners(self.population_, words, self.n_jobs)
        return winners, similarity_of_winners(
            self.population_, words, winners, overlaps
        )

    # Computed on first access, because merging takes longer than learning a row.
    @cached_property
    def neuron_labels_(self):
        """Cluster of each neuron."""
        return _linkage.group(self.population_)

    @property
    def patterns_(self):
        """Pattern of each neuron, packed."""
        return _population.patterns(self.population_)

    @property
    def counts_(self):
        """Number of inputs that each neuron has learned."""
        return self.population_["neurons"][:, constants.COUNT].copy()

    @property
    def mean_similarity_(self):
        """Mean similarity of the last inputs that each neuron won."""
        return _population.mean_similarity(self.population_)

    @property
    def n_samples_seen_(self):
        """Number of inputs learned so far."""
        return int(self.population_["totals"][constants.N_SEEN])

    def predict(self, X):
        """Predict the cluster of every row: the cluster of its winner.

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
        """Find the neuron that is most similar to every row, the first of equals.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        neurons : ndarray of shape (n_samples,), dtype int64
            Rows of ``patterns_``.
        """
        words = self._words(X)
        return find_winners(self.population_, words, self.n_jobs)[0]

    def score_samples(self, X):
        """Compute the similarity of every row with its winner.

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
        """Compute the similarity of every row with every neuron.

        Parameters
        ----------
        %(X)s

        Returns
        -------
        X_out : ndarray of shape (n_samples, `n_neurons_`), dtype float64
            Similarities, at most 1.
        """
        words = self._words(X)
        return measure(self.population_, words, self.n_jobs)

    def recall(self, X, *, packed_output=None, return_index=False, return_score=False):
        """Recall the stored pattern that is most similar to each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Cues, whole or damaged: packed bits (dtype uint32), or one column of numbers
            per bit.

        packed_output : bool, default=None
            Whether to return packed containers or one uint8 column per bit. When None,
            the output has the format of X.

        return_index : bool, default=False
            Whether to return also the neurons whose patterns these are.

        return_score : bool, default=False
            Whether to return also the similarities of cues and patterns.

        Returns
        -------
        patterns : ndarray of shape (n_samples, n_containers), dtype uint32
            The patterns, or one uint8 column per bit.

        index : ndarray of shape (n_samples,), dtype int64
            As from :meth:`predict_neuron`. Only with ``return_index``.

        score : ndarray of shape (n_samples,), dtype float64
            As from :meth:`score_samples`. Only with ``return_score``.
        """
        winners, scores = self._find_winners_and_scores(self._words(X))
        patterns = self.patterns_[winners]
        if packed_output is None:
            packed_output = self.input_format_ == "packed"
        if not packed_output:
            patterns = unpack_bits(patterns, self.population_["n_bits"])
        answers = [patterns]
        if return_index:
            answers.append(winners)
        if return_score:
            answers.append(scores)
        return tuple(answers) if len(answers) > 1 else patterns
