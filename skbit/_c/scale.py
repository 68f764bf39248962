# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The scale of the input: the numbers that bytes stand for.

The input of the C code is bytes. Fitted ranges are checked, because a model that was
fitted on other numbers would give wrong results silently. Scalers at the beginning of a
pipeline raise every feature monotonically: a threshold of scaled values is one of
bytes, which is found by scaling all 256 of them as scikit-learn does.
"""

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

# By exact type: a subclass may do anything.
SCALERS = (StandardScaler, MinMaxScaler, MaxAbsScaler)
# Means and variances of whole numbers are rounded to float64.
_TOLERANCE = 1e-6


class Scale:
    """The numbers that the bytes of each feature stand for.

    Parameters
    ----------
    scalers : list of estimator
        The scalers at the beginning of the pipeline; empty if bytes are not scaled.
    n_features : int
        Features that the step after them has.

    Attributes
    ----------
    values : ndarray of shape (n_features or 1, 256), dtype float64
        The number that each byte stands for; a single row serves all features.
    """

    def __init__(self, scalers: list[Any], n_features: int) -> None:
        self.scalers = scalers
        self.values = np.arange(256.0)[None]
        if not scalers:
            return
        for scaler in scalers:
            check_is_fitted(scaler)
            if scaler.n_features_in_ != n_features:
                raise ValueError(
                    f"{type(scaler).__name__} was fitted on {scaler.n_features_in_} "
                    f"columns, but the step after it on {n_features}."
                )
        values = np.tile(self.values.T, n_features)
        for scaler in scalers:
            values = _transform(scaler, values)
        # Also false where a value is not a number.
        if not (values[1:] >= values[:-1]).all():
            raise ValueError(
                "The scalers do not raise all features: of two bytes, the higher one "
                "becomes a lower number, or none. Fit them again."
            )
        _check_scaler(scalers[0])
        self.values = np.ascontiguousarray(values.T)

    def about(self, step: Any) -> str:
        """Describe the input for callers of the C code."""
        if getattr(step, "input_format_", "dense") == "packed":
            return "containers, the lowest byte first."
        about = "the features, a byte each, whole numbers from 0 to 255"
        if self.scalers:
            names = ", ".join(type(scaler).__name__ for scaler in self.scalers)
            return f"{about}. They are not scaled: {names} is part of the thresholds."
        about += " on the scale of those that the model was fitted on"
        if hasattr(step, "data_min_"):
            low, high = step.data_min_.min(), step.data_max_.max()
            about += f", which were from {low:g} to {high:g}"
        return f"{about}."

    def limits(self, thresholds: NDArray[Any]) -> NDArray[np.int16]:
        """Find the highest byte that does not reach each threshold.

        Parameters
        ----------
        thresholds : ndarray of shape (n_features or 1, n_thresholds)
            A single row serves all features.

        Returns
        -------
        limits : ndarray of shape (n_features or 1, n_thresholds), dtype int16
            Limits from -1, which every byte exceeds, to 255, which no byte exceeds.
        """
        n = max(len(self.values), len(thresholds))
        rows = (
            np.broadcast_to(array, (n, array.shape[1]))
            for array in (self.values, thresholds)
        )
        n_below = [np.searchsorted(*pair) for pair in zip(*rows, strict=True)]
        return (np.array(n_below) - 1).astype(np.int16)

    def check_range(self, owner: Any, low: Any, high: Any) -> None:
        """Raise if an estimator was fitted on numbers that are no bytes.

        Parameters
        ----------
        owner : estimator
        low, high : ndarray of shape (n_features or 1,)
            The range of the features that it was fitted on.
        """
        # With scalers, the range of their own input is checked instead.
        if not self.scalers:
            _check_range(owner, low, high)

    def refuse_scalers(self, owner: Any) -> None:
        """Raise if there are scalers, which cannot become part of an estimator."""
        if self.scalers:
            names = ", ".join(type(scaler).__name__ for scaler in self.scalers)
            raise ValueError(
                f"{names} cannot be taken into {type(owner).__name__} in C, which "
                "compares features or takes them as they are. Leave scalers out and "
                "fit the pipeline again."
            )


def _transform(scaler: Any, values: NDArray[Any]) -> NDArray[Any]:
    """Scale an array, whatever names or containers the scaler was set up for."""
    scaler = copy.copy(scaler)
    vars(scaler).pop("feature_names_in_", None)
    return np.array(scaler.transform(values), dtype=np.float64)


def _check_scaler(scaler: Any) -> None:
    """Raise if a scaler was fitted on numbers that are no bytes, where that shows."""
    if isinstance(scaler, MinMaxScaler):
        _check_range(scaler, scaler.data_min_, scaler.data_max_)
    elif isinstance(scaler, MaxAbsScaler):
        _check_range(scaler, np.zeros_like(scaler.max_abs_), scaler.max_abs_)
    elif scaler.mean_ is not None:
        mean = scaler.mean_
        _check(scaler, mean.min() >= -_TOLERANCE, "negative numbers")
        _check(scaler, mean.max() <= 255 + _TOLERANCE, "numbers above 255")
        if scaler.var_ is not None:
            # Numbers from a to b vary most if all are a or b, and whole numbers
            # least if all are the two beside their mean.
            above = mean - np.floor(mean)
            least = above * (1 - above) * (1 - _TOLERANCE) - _TOLERANCE
            most = mean * (255 - mean) * (1 + _TOLERANCE) + _TOLERANCE
            _check(scaler, (scaler.var_ >= least).all(), "fractions")
            _check(scaler, (scaler.var_ <= most).all(), "numbers outside 0 to 255")


def _check_range(owner: Any, low: Any, high: Any) -> None:
    low, high = np.asarray(low), np.asarray(high)
    lowest, highest = low.min(), high.max()
    found = f"numbers from {lowest:g} to {highest:g}"
    _check(owner, lowest >= 0 and highest <= 255, found)
    ends = np.concatenate([low, high])
    fractions = ends[ends != np.floor(ends)]
    if len(fractions):
        _check(owner, False, f"fractions, such as {fractions[0]:g}")
    _check(owner, highest != 1, found)


def _check(owner: Any, is_right: bool, found: str) -> None:
    if not is_right:
        raise ValueError(
            f"{type(owner).__name__} was fitted on {found}, but the input of the C "
            "code is bytes, whole numbers from 0 to 255. Fit the model on the bytes "
            "that the device will see, or on them with a scaler in the pipeline: "
            "StandardScaler, MinMaxScaler and MaxAbsScaler become part of the C code. "
            "Zeros and ones need no encoder and no scaler."
        )
