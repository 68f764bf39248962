# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights in fewer bits."""

import copy

import numpy as np

from skbit.naive_bayes._otto_score import OttoScoreClassifier

_INT32_MAX = np.iinfo(np.int32).max


def round_log_odds(model, bits):
    """Round the weights of a fitted classifier, so that fewer bits store them.

    The weights are rounded to multiples of one power of two (half up), the smallest
    with which all multiples fit into ``bits`` bits. None wraps around, and none is
    clipped except within half a unit of the largest int32. Offsets stay exact. The
    result is a model like any other, so ``score`` measures what rounding costs, and
    all exports of it are exact.

    Parameters
    ----------
    model : OttoScoreClassifier or Pipeline
        A fitted classifier, or a fitted pipeline that ends in one.

    bits : {8, 16}
        Number of bits that store a weight. 8 halves the memory of 16. On data of
        sensors it can change several percent of the predicted labels, so measure it.

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

    if bits not in (8, 16):
        raise ValueError(f"bits must be 8 or 16, got {bits!r}.")
    model = copy.deepcopy(model)
    classifier = model[-1] if isinstance(model, Pipeline) else model
    if not isinstance(classifier, OttoScoreClassifier):
        raise TypeError(
            "Only an OttoScoreClassifier, or a pipeline that ends in one, has log-odds "
            f"to round, got {type(classifier).__name__}."
        )
    classifier._check_fitted()
    exact = classifier.weights_.astype(np.int64)
    ends = np.iinfo(f"int{bits}")
    shift, rounded = 0, exact
    while rounded.min() < ends.min or rounded.max() > ends.max:
        shift += 1
        rounded = np.minimum((exact + (1 << shift >> 1)) >> shift, _INT32_MAX >> shift)
    weights = rounded << shift
    untuned = getattr(classifier, "untuned_weights_", classifier.weights_)
    corrections = np.clip(weights - untuned, -_INT32_MAX - 1, _INT32_MAX)
    classifier.untuned_weights_ = untuned
    classifier.weight_corrections_ = corrections.astype(np.int32)
    classifier.weights_ = weights.astype(np.int32)
    return model
