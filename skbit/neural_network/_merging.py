# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Merging networks without hidden units, whose classes count."""

import numpy as np
from sklearn.utils.metaestimators import available_if

from skbit._base import all_or_nothing
from skbit._utils.merging import check_alike
from skbit.naive_bayes import _counting
from skbit.naive_bayes._merging import join_labels
from skbit.neural_network import _hebb, _layer


def _only_counts(network):
    if network.n_hidden > 0:
        raise AttributeError(
            "A network with hidden units depends on the order of the rows, and cannot "
            "be merged. Set n_hidden=0, or learn all parts by partial_fit."
        )
    return True


class MergeableNetworks:
    """Mixin for the network: merging."""

    @available_if(_only_counts)
    @all_or_nothing
    def merge(self, *others):
        """Add the counts of other fitted networks without hidden units.

        The result is equal to the network fitted on all their data at once, to the bit,
        in any order of the parts. Classes that only one of them knows are kept.

        Parameters
        ----------
        *others : BitHebbianClassifier
            Networks fitted on the same features with the same parameters and labels of
            the same type.

        Returns
        -------
        self : BitHebbianClassifier
            This network with the counts of all.
        """
        models = (self, *others)
        for model in models:
            if not isinstance(model, MergeableNetworks):
                raise TypeError(
                    "Only a BitHebbianClassifier can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
        self._check_parameters_are_as_fitted()
        for other in others:
            check_alike(self, other, "networks", stacklevel=4)
        n_rows = sum(model.n_samples_seen_ for model in models)
        if n_rows >= _layer.MAX_ROWS:
            raise ValueError(
                f"{n_rows} rows are too many: counters would overflow. Merge fewer."
            )
        classes = join_labels([model.classes_ for model in models])
        places = [np.searchsorted(classes, model.classes_) for model in models]
        counts = [
            _counting.add_counts(
                [getattr(model, name) for model in models], places, len(classes)
            )
            for name in ("unit_balance_", "unit_bit_count_")
        ]
        self._keep(_hebb.from_counts(*counts))
        self.classes_ = classes
        return self
