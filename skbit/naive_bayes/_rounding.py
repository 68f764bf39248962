# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights in fewer bits."""

import copy
from numbers import Integral

import numpy as np

from skbit.naive_bayes._otto_score import OttoScoreClassifier

_INT32_MAX = np.iinfo(np.int32).max


def round_log_odds(model, bits):
    """Round the weights of a fitted classifier, so that fewer bits store them.

    First, the mean over the classes, rounded down, is subtracted from the weights of
    every bit, which changes no predicted label and no probability. Then the weights are
    rounded to multiples of one power of two (half up) and clipped to the range of
    ``bits`` bits. The power of two is the one with the smallest sum of squared errors,
    the lowest of equal ones. Offsets stay exact. The result is a model like any other,
    so ``score`` measures what rounding costs, and all exports of it are exact.

    Parameters
    ----------
    model : OttoScoreClassifier or Pipeline
        A fitted classifier, or a fitted pipeline that ends in one.

    bits : int
        Number of bits that store a weight, from 2 to 16. Fewer bits save memory and
        change more predicted labels. On data of sensors 8 bits can change several
        percent of them, so measure it.

    Returns
    -------
    rounded : OttoScoreClassifier or Pipeline
        A copy with rounded ``weights_``. The differences are in
        ``weight_corrections_``. Fitting it again, also with ``partial_fit``, undoes
        the rounding.

    See Also
    --------
    skbit.codegen.to_c : Stores weights in as few bytes as they need.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.codegen import to_c
    >>> from skbit.naive_bayes import round_log_odds
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7).fit(X, y)
    >>> to_c(model).flash_bytes, to_c(round_log_odds(model, 8)).flash_bytes
    (2640, 720)
    """
    # Importing it takes longer than importing skbit.
    from sklearn.pipeline import Pipeline

    if not (isinstance(bits, Integral) and 2 <= bits <= 16):
        raise ValueError(f"bits must be a whole number from 2 to 16, got {bits!r}.")
    model = copy.deepcopy(model)
    classifier = model[-1] if isinstance(model, Pipeline) else model
    if not isinstance(classifier, OttoScoreClassifier):
        raise TypeError(
            "Only an OttoScoreClassifier, or a pipeline that ends in one, has log-odds "
            f"to round, got {type(classifier).__name__}."
        )
    classifier._check_fitted()
    weights = classifier.weights_.astype(np.int64)
    weights = _rounded(weights - weights.sum(axis=0) // len(weights), int(bits))
    untuned = getattr(classifier, "untuned_weights_", classifier.weights_)
    corrections = np.clip(weights - untuned, -_INT32_MAX - 1, _INT32_MAX)
    classifier.untuned_weights_ = untuned
    classifier.weight_corrections_ = corrections.astype(np.int32)
    classifier.weights_ = weights.astype(np.int32)
    return model


def _rounded(exact, bits):
    """Round to multiples of the power of two with the smallest squared error."""
    lowest, highest = -(1 << bits - 1), (1 << bits - 1) - 1
    found, least = exact, np.inf
    for shift in range(32):
        # The largest multiple is one of int32.
        last = min(highest, _INT32_MAX >> shift)
        rounded = np.clip((exact + (1 << shift >> 1)) >> shift, lowest, last) << shift
        error = np.sum((rounded - exact).astype(np.float64) ** 2)
        if error < least:
            found, least = rounded, error
    return found
