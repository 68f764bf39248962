# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Whether two fitted estimators are of the same features and parameters."""

import warnings

import numpy as np


def check_alike(model, other, what, stacklevel):
    """Raise if what two fitted estimators have learned cannot be joined.

    Parameters
    ----------
    model, other : estimator
        Fitted, and of the same class.
    what : str
        What such estimators are, in the plural.
    stacklevel : int
        That of a warning about names of features that only one of them has.
    """
    here, there = (
        {
            "n_features_in_": part.n_features_in_,
            "input_format_": getattr(part, "input_format_", None),
            **part.fitted_params_,
        }
        for part in (model, other)
    )
    for name, value in here.items():
        if not are_equal(there[name], value):
            raise ValueError(
                f"Only {what} of the same features and parameters can be merged, "
                f"but {name} is {value!r} here and {there[name]!r} there."
            )
    names = [getattr(part, "feature_names_in_", None) for part in (model, other)]
    if any(part is None for part in names):
        if not all(part is None for part in names):
            warnings.warn(
                f"Only one of two {type(model).__name__}s that are merged was fitted "
                "with feature names.",
                UserWarning,
                stacklevel=stacklevel,
            )
    elif not np.array_equal(*names):
        raise ValueError(
            f"Only {what} of the same features can be merged, but the feature "
            f"names are {names[0].tolist()} here and {names[1].tolist()} there."
        )


def are_equal(a, b):
    """Tell whether two values are equal, arrays and tuples included."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(
            are_equal(*pair) for pair in zip(a, b, strict=True)
        )
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    return a == b
