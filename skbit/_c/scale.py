# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The scale of the input: the numbers that the model makes of it.

Fitted ranges are checked, because a model that was fitted on other numbers than those
of the input's type would give wrong results silently. Scalers at the beginning of a
pipeline raise every feature monotonically: a threshold of scaled values is one of the
input's numbers, which is found by scaling numbers as scikit-learn does.
"""

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from skbit._c.numbers import ends_of, from_keys, highest_below
from skbit._c.taken import Input
from skbit._c.text import to_smallest_dtype

# By exact type: a subclass may do anything.
SCALERS = (StandardScaler, MinMaxScaler, MaxAbsScaler)
# Means and variances of whole numbers are rounded to float64.
_TOLERANCE = 1e-6
_WORDS = {
    "uint8": "bytes, whole numbers from 0 to 255",
    "int16": "whole numbers from -32768 to 32767",
    "int32": "whole numbers from -2147483648 to 2147483647",
    "float32": "numbers of type float",
}
# The header of a model with more features does not list them.
_MOST_NAMES = 64
# What to do about a model that was fitted on other numbers: types with more of them.
_WIDER = {
    "uint8": "another input_dtype, such as 'int16' or, for fractions, 'float32'",
    "int16": "input_dtype='int32' or, for fractions, 'float32'",
    "int32": "input_dtype='float32'",
}
_OTHER_TYPES = (
    ", or fit the model on the numbers that the device will see, or on them with a "
    "scaler in the pipeline: StandardScaler, MinMaxScaler and MaxAbsScaler become part "
    "of the C code. Zeros and ones need no encoder and no scaler."
)
_BYTES_ALONE = (
    "Its C takes bytes only, because it compares features with each other. Fit the "
    "pipeline on bytes that the device computes in the same way, such as "
    "np.clip(X // 64 + 128, 0, 255) of samples of 16 bits, or take a "
    "ThermometerEncoder, which compares numbers of any type with thresholds."
)


class Scale:
    """The type of the input, and the scalers before the first step.

    Parameters
    ----------
    scalers : list of estimator
        The scalers at the beginning of the pipeline; empty if the input is not scaled.
    n_features : int
        Features that the step after them has.
    dtype : str
        Type of the input.
    is_chosen : bool
        Whether the user has chosen the type.
    """

    def __init__(
        self, scalers: list[Any], n_features: int, dtype: str, is_chosen: bool
    ) -> None:
        self.scalers, self.n_features = scalers, n_features
        self.dtype, self.is_chosen = dtype, is_chosen
        self._advice = f"Choose {_WIDER.get(dtype)}{_OTHER_TYPES}"
        self._low: Any = 0
        self._high: Any = 255
        if not scalers:
            return
        for scaler in scalers:
            check_is_fitted(scaler)
            if scaler.n_features_in_ != n_features:
                raise ValueError(
                    f"{type(scaler).__name__} was fitted on {scaler.n_features_in_} "
                    f"columns, but the step after it on {n_features}."
                )
        lowest, highest = ends_of(dtype)
        # Infinite numbers are no input of scalers.
        keys = np.linspace(lowest + 1, highest - 1, 254).astype(np.int64)
        keys = np.concatenate([[lowest], keys, [highest]])
        numbers = from_keys(keys, dtype).astype(dtype)
        numbers = numbers[np.isfinite(numbers)]
        values = self._scaled(np.tile(numbers[:, None], n_features))
        # Also false where a value is not a number.
        if not (values[1:] >= values[:-1]).all():
            raise ValueError(
                "The scalers do not raise all features: of two numbers, the higher one "
                "becomes a lower one, or none. Fit them again."
            )
        self._check_scaler(scalers[0])

    def taken(self, step: Any, size: int) -> Input:
        """Describe the input for callers of the C code.

        Parameters
        ----------
        step : estimator
            The first step after the scalers.
        size : int
            Number of elements.
        """
        if getattr(step, "input_format_", "dense") == "packed":
            about = "containers, the lowest byte first."
            return Input(size, about, is_packed=True)
        each = "a byte each, " if self.dtype == "uint8" else ""
        about = f"the features, {each}{_WORDS[self.dtype].removeprefix('bytes, ')}"
        if self.scalers:
            names = ", ".join(type(scaler).__name__ for scaler in self.scalers)
            about += f". They are not scaled: {names} is part of the thresholds."
        elif "binarize" in getattr(step, "fitted_params_", {}):
            limit = step.fitted_params_["binarize"]
            about += f". Those above {limit:g} are ones, and others zeros."
        else:
            about += " on the scale of those that the model was fitted on"
            if hasattr(step, "data_min_"):
                low, high = step.data_min_.min(), step.data_max_.max()
                about += f", which were from {low:g} to {high:g}"
            about += "."
        if hasattr(step, "categories_") and self.dtype == "float32":
            about += " NAN is a missing value."
        ends = {"low": self._low, "high": self._high}
        return Input(size, about, self.dtype, columns=self._columns(step), **ends)

    def _columns(self, step: Any) -> str:
        """Name the features, and those that are categories, for a comment."""
        sentences = []
        first = self.scalers[0] if self.scalers else step
        names = list(getattr(first, "feature_names_in_", ()))
        if 0 < len(names) <= _MOST_NAMES:
            columns = ", ".join(f"{i} {name}" for i, name in enumerate(names))
            sentences.append(f"The features by their places: {columns}.")
        elif names:
            sentences.append(f"There are {len(names)} features.")
        if hasattr(step, "categories_"):
            codes = np.flatnonzero(step._is_category).tolist()
            if 0 < len(codes) <= _MOST_NAMES:
                places = ", ".join(map(str, codes))
                sentences.append(f"Codes of categories are at {places}.")
            elif codes:
                sentences.append(f"{len(codes)} are codes of categories.")
        return " ".join(sentences)

    def limits(self, thresholds: NDArray[Any]) -> NDArray[Any]:
        """Find the highest number of the input that does not reach each threshold.

        Parameters
        ----------
        thresholds : ndarray of shape (n_features or 1, n_thresholds)
            A single row serves all features.

        Returns
        -------
        limits : ndarray of shape (n_features or 1, n_thresholds)
            In the smallest type whose numbers compare with those of the input. A limit
            is one below the lowest number if all numbers reach a threshold.
        """
        if not thresholds.size:
            return thresholds.astype(np.int16)
        if self.scalers:
            shape = self.n_features, thresholds.shape[1]
            thresholds = np.broadcast_to(thresholds, shape)

        def reaches(numbers: NDArray[Any]) -> NDArray[np.bool_]:
            return thresholds <= self._scaled(numbers.T).T

        keys = highest_below(reaches, thresholds.shape, self.dtype)
        limits = from_keys(keys, self.dtype)
        if self.dtype == "float32":
            limits = limits.astype(np.float32)
            if (keys < ends_of(self.dtype)[0]).any() or np.isneginf(limits).any():
                raise ValueError(
                    "The model was fitted on numbers below those of a float, such as "
                    "negative infinity, which C cannot compare. Replace them."
                )
            # No float reaches what the highest one does not.
            limits = np.minimum(limits, np.finfo(np.float32).max)
        self.remember(limits)
        return self.in_table(limits)

    def in_table(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Return numbers in the smallest type that compares with those of the input."""
        if self.dtype == "float32":
            return numbers.astype(np.float32)
        # An int of 16 bits holds no uint16.
        return to_smallest_dtype(numbers, signed=self.dtype != "uint8")

    def remember(self, limits: Iterable[NDArray[Any]]) -> None:
        """Record between which numbers the limits of each feature lie.

        Parameters
        ----------
        limits : iterable of ndarray
            Those of each feature; a single array serves all features.
        """
        ends = [(np.min(row), np.max(row)) if len(row) else (0, 0) for row in limits]
        low, high = np.array(ends, dtype=np.float64).T
        margin = (high - low) / 4 + 1
        low, high = low - margin, high + margin
        if self.dtype == "uint8":
            low, high = np.zeros_like(low), np.full_like(high, 255)
        self._low, self._high = low, high

    def _scaled(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Scale an array of shape (n_numbers, n_features)."""
        values = numbers
        for scaler in self.scalers:
            if values.dtype.kind == "f":
                most = np.finfo(values.dtype).max
                values = np.clip(values, -most, most)
            with np.errstate(over="ignore", invalid="ignore"):
                values = _transform(scaler, values)
        return values

    def check_range(self, owner: Any, low: Any, high: Any) -> None:
        """Raise if an estimator was fitted on numbers that the input cannot be.

        Parameters
        ----------
        owner : estimator
        low, high : ndarray of shape (n_features or 1,)
            The range of the features that it was fitted on.
        """
        # With scalers, the range of their own input is checked instead.
        if not self.scalers:
            self._check_range(owner, low, high)

    def check_numbers(self, owner: Any, numbers: NDArray[Any]) -> None:
        """Raise if an estimator was fitted on numbers that are fractions.

        Parameters
        ----------
        owner : estimator
        numbers : ndarray
            Numbers that it was fitted on, or those next below them.
        """
        if self.scalers or self.dtype == "float32":
            return
        numbers = numbers[np.isfinite(numbers)]
        is_whole = np.floor(numbers) == numbers
        above = np.nextafter(numbers, np.inf)
        is_whole |= np.floor(above) == above
        found = numbers[~is_whole]
        if len(found):
            self._check(owner, False, f"fractions, such as {found[0]:g}")

    def refuse(self, owner: Any, found: str) -> None:
        """Raise because an estimator was fitted on numbers that the input cannot be."""
        self._check(owner, False, found)

    def refuse_scalers(self, owner: Any) -> None:
        """Raise if there are scalers, which cannot become part of an estimator."""
        if self.scalers:
            names = ", ".join(type(scaler).__name__ for scaler in self.scalers)
            raise ValueError(
                f"{names} cannot be taken into {type(owner).__name__} in C, which "
                "compares features or takes them as they are. Leave scalers out and "
                "fit the pipeline again."
            )

    def need_bytes(self, owner: Any) -> None:
        """Raise if the input is scaled or no bytes, which an estimator takes."""
        self.refuse_scalers(owner)
        self._advice = _BYTES_ALONE
        if self.dtype != "uint8":
            raise ValueError(
                f"There is no C for {type(owner).__name__} with input_dtype="
                f"{self.dtype!r}. {_BYTES_ALONE}"
            )

    def _check_scaler(self, scaler: Any) -> None:
        """Raise if a scaler was fitted on other numbers, where that shows."""
        if isinstance(scaler, MinMaxScaler):
            self._check_range(scaler, scaler.data_min_, scaler.data_max_)
        elif isinstance(scaler, MaxAbsScaler):
            # The sign is lost in what was learned: it may be that of the lowest number.
            most, (lowest, highest) = scaler.max_abs_, ends_of(self.dtype)
            if lowest < 0:
                most = np.where(most == -lowest, highest, most)
            self._check_range(scaler, np.zeros_like(most), most)
        elif scaler.mean_ is not None and self.dtype != "float32":
            self._check_moments(scaler)

    def _check_moments(self, scaler: Any) -> None:
        """Raise if a StandardScaler's means and variances are of other numbers."""
        mean, (lowest, highest) = scaler.mean_, ends_of(self.dtype)
        if self.dtype == "uint8":
            self._check(scaler, mean.min() >= -_TOLERANCE, "negative numbers")
        is_below = mean.max() <= highest + _TOLERANCE
        self._check(scaler, is_below, f"numbers above {highest}")
        # With weights, it is their sum.
        n = np.rint(scaler.n_samples_seen_)
        is_weighted = (n != scaler.n_samples_seen_).any()
        self._check(scaler, is_weighted or _are_whole(mean * n), "fractions")
        if scaler.var_ is not None:
            # Numbers from a to b vary most if all are a or b, and whole numbers
            # least if all are the two beside their mean.
            above = mean - np.floor(mean)
            least = above * (1 - above) * (1 - _TOLERANCE) - _TOLERANCE
            most = (mean - lowest) * (highest - mean) * (1 + _TOLERANCE) + _TOLERANCE
            is_spread = (scaler.var_ >= least).all()
            squares = (scaler.var_ + mean**2) * n
            is_whole = is_weighted or _are_whole(squares)
            self._check(scaler, is_spread and is_whole, "fractions")
            found = f"numbers outside {lowest} to {highest}"
            self._check(scaler, (scaler.var_ <= most).all(), found)

    def _check_range(self, owner: Any, low: Any, high: Any) -> None:
        if self.dtype == "float32":
            return
        low, high = np.asarray(low), np.asarray(high)
        lowest, highest = low.min(), high.max()
        found = f"numbers from {lowest:g} to {highest:g}"
        first, last = ends_of(self.dtype)
        self._check(owner, lowest >= first and highest <= last, found)
        ends = np.concatenate([low, high])
        fractions = ends[ends != np.floor(ends)]
        if len(fractions):
            self._check(owner, False, f"fractions, such as {fractions[0]:g}")
        # Many numbers from 0 to 1 are parts of a whole.
        self._check(owner, self.is_chosen or highest != 1, found)

    def _check(self, owner: Any, is_right: bool, found: str) -> None:
        if not is_right:
            raise ValueError(
                f"{type(owner).__name__} was fitted on {found}, but the input of the C "
                f"code is {_WORDS[self.dtype]}. {self._advice}"
            )


def _are_whole(sums: NDArray[Any]) -> bool:
    """Return whether sums may be those of whole numbers, as far as they are exact."""
    tolerance = _TOLERANCE + 1e-12 * np.abs(sums)
    return bool((np.abs(sums - np.rint(sums)) <= tolerance).all())


def _transform(scaler: Any, values: NDArray[Any]) -> NDArray[Any]:
    """Scale an array, whatever names or containers the scaler was set up for."""
    scaler = copy.copy(scaler)
    vars(scaler).pop("feature_names_in_", None)
    return np.array(scaler.transform(values))
