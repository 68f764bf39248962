# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Log-odds that fit into fewer bits."""

import copy

import numpy as np
from sklearn.pipeline import Pipeline

from skbit.naive_bayes._otto_score import OttoScoreClassifier

_LARGEST = np.iinfo(np.int32).max


def round_log_odds(model, bits):
    """Round the log-odds of a classifier, so that they can be stored in fewer bits.

    The result predicts what its C code predicts, so ``score`` tells what rounding
    costs. All log-odds are rounded to multiples of the same power of two (half up),
    the smallest with which the multiples fit into ``bits`` bits: none wraps around,
    and none is cut, but for log-odds within half a unit of the largest int32. Offsets
    stay as they are.

    Parameters
    ----------
    model : OttoScoreClassifier or Pipeline
        Fitted; a pipeline must end in such a classifier.

    bits : {8, 16}
        Bits of a log-odds.

    Returns
    -------
    rounded : OttoScoreClassifier or Pipeline
        A copy with other ``weights_`` and ``correction_``. Fitting it again, also with
        ``partial_fit``, undoes the rounding.

    See Also
    --------
    to_c : Stores log-odds in as few bits as they need.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.codegen import round_log_odds, to_c
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7).fit(X, y)
    >>> to_c(model).flash_bytes, to_c(round_log_odds(model, 8)).flash_bytes
    (2640, 720)
    """
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
        rounded = np.minimum((exact + (1 << shift >> 1)) >> shift, _LARGEST >> shift)
    weights = rounded << shift
    if classifier._log_odds is None:
        classifier._log_odds = classifier.weights_
    correction = np.clip(weights - classifier._log_odds, -_LARGEST - 1, _LARGEST)
    classifier.weights_ = weights.astype(np.int32)
    classifier._correction = correction.astype(np.int32)
    return model
