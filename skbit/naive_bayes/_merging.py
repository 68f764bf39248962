# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Merging classifiers: checks, and the union of their classes."""

import warnings

import numpy as np


def check_can_be_merged(model, other):
    """Raise if the counts of a fitted classifier cannot be added to those of another.

    Parameters
    ----------
    model, other : OttoScoreClassifier
        ``other`` is to be merged into ``model``.
    """
    here, there = (
        {
            "n_features_in_": part.n_features_in_,
            "input_format_": part.input_format_,
            **part.fitted_params_,
        }
        for part in (model, other)
    )
    for name, value in here.items():
        if not are_equal(there[name], value):
            raise ValueError(
                "Only classifiers of the same features and parameters can be merged, "
                f"but {name} is {value!r} here and {there[name]!r} there."
            )
    names = [getattr(part, "feature_names_in_", None) for part in (model, other)]
    if any(part is None for part in names):
        if not all(part is None for part in names):
            warnings.warn(
                "Only one of two OttoScoreClassifiers that are merged was fitted with "
                "feature names.",
                UserWarning,
                stacklevel=4,
            )
    elif not np.array_equal(*names):
        raise ValueError(
            "Only classifiers of the same features can be merged, but the feature "
            f"names are {names[0].tolist()} here and {names[1].tolist()} there."
        )
    if np.any(getattr(other, "weight_corrections_", 0)):
        raise ValueError(
            "A tuned classifier cannot be merged into another: its corrections "
            "belong to its own data. Fit it with max_iter=1."
        )


def are_equal(a, b):
    """Tell whether two values are equal, arrays and tuples included."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return all(are_equal(*pair) for pair in zip(a, b, strict=True))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return a == b


def join_labels(parts):
    """Return the union of sorted labels, which must be of one type."""
    kinds = {_kind_of_labels(labels) for labels in parts}
    dtype = np.result_type(*parts)
    # int64 and uint64 have no common type but float64.
    if len(kinds) > 1 or (kinds == {"int"} and dtype.kind not in "iu"):
        types = sorted({str(labels.dtype) for labels in parts})
        raise ValueError(
            "Only classifiers with labels of the same type can be merged, but these "
            f"have labels of the types {types}."
        )
    return np.unique(np.concatenate(parts))


def _kind_of_labels(labels):
    if labels.dtype.kind == "O":
        return ", ".join(sorted({type(label).__name__ for label in labels}))
    return {"i": "int", "u": "int", "U": "str"}.get(
        labels.dtype.kind, labels.dtype.kind
    )
