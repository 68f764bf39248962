# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Merging encoders whose thresholds follow from the range of the features."""

import numpy as np

from skbit._base import all_or_nothing
from skbit._utils.merging import check_alike
from skbit.preprocessing._thresholds import check_width


class MergeableRanges:
    """Mixin for encoders: merging.

    An encoder has a method ``_from_range``, which returns the attributes that follow
    from its parameters and the lowest and highest values, by name.
    """

    @all_or_nothing
    def merge(self, *others):
        """Extend the range of the features by those of other fitted encoders.

        The result is equal to the encoder fitted on all their data at once, to the bit,
        in any order of the parts. Quantiles cannot be merged: fit one encoder on a
        random sample of all rows instead, and use it for all parts.

        Parameters
        ----------
        *others : encoder
            Encoders of the same class, fitted on the same features with the same
            parameters.

        Returns
        -------
        self : encoder
            This encoder with the thresholds of all rows.

        Raises
        ------
        ValueError
            If thresholds of an encoder do not follow from its range and the parameters
            of this encoder.
        """
        for model in (self, *others):
            if type(model) is not type(self):
                raise TypeError(
                    f"Only a {type(self).__name__} can be merged into another, got "
                    f"{type(model).__name__}."
                )
            model._check_fitted()
        self._check_parameters_are_as_fitted()
        for other in others:
            check_alike(self, other, "encoders", stacklevel=4)
        models = (self, *others)
        for model in models:
            found = self._from_range(model.data_min_, model.data_max_)
            follows = all(
                np.array_equal(getattr(model, name), value)
                for name, value in found.items()
            )
            if not follows or model.data_min_.shape != self.data_min_.shape:
                raise ValueError(
                    "Only encoders of the same parameters can be merged, but the "
                    f"thresholds of one do not follow from its range and {self}."
                )
        low = np.min([model.data_min_ for model in models], axis=0)
        high = np.max([model.data_max_ for model in models], axis=0)
        check_width(low, high)
        vars(self).update(self._from_range(low, high))
        return self


def refuse_quantiles():
    """Raise the error about thresholds that do not follow from a range."""
    raise ValueError(
        "An encoder with strategy='quantile' cannot be merged: quantiles of parts do "
        "not give those of all rows. Fit one encoder on a random sample of all rows, "
        "and use it for all parts."
    )
