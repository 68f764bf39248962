# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Weights in fewer bits."""

import copy
from numbers import Integral

from skbit.naive_bayes._otto_score import OttoScoreClassifier


def round_log_odds(model, bits):
    """Round the weights of a fitted classifier, so that fewer bits store them.

    The mean over the classes, rounded down, is subtracted from the weights of every
    bit, which changes no predicted label and no probability. Then the weights are
    rounded to multiples of one power of two (half up) and clipped to the range of
    ``bits`` bits. Bits that were 1 in all rows get weights of 0. The power of two is
    the one with the smallest error: the sum of squared errors of the weights times the
    variances of the bits, the lowest of equal ones.

    ``offsets_`` take up what rounding changes in the mean row, which
    ``rounding_offsets_`` contains: the errors of the weights, times the shares of rows
    with each bit, in units of 1 / 1,024 (rounded down). Otherwise, the errors of bits
    that are 1 in nearly all rows would add up.

    The result is a model like any other, so ``score`` measures what rounding costs, and
    all exports of it are exact. Its scores differ from those before by what is the same
    for all classes, and by what is left of the errors. A classifier with the parameter
    ``weight_bits`` learns rounded weights instead, which is more accurate with 2 or 3
    bits.

    Parameters
    ----------
    model : OttoScoreClassifier or Pipeline
        A fitted classifier, or a fitted pipeline that ends in one.

    bits : int
        Number of bits that store a weight, from 2 to 16. Fewer bits save memory and
        change more predicted labels; the :ref:`User Guide <codegen_rounding>` shows
        measurements.

    Returns
    -------
    rounded : OttoScoreClassifier or Pipeline
        A copy with rounded ``weights_`` and ``weight_bits=bits``.

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
    >>> rounded = round_log_odds(model, 8)
    >>> [to_c(m, input_dtype="uint8").flash_bytes for m in (model, rounded)]
    [2208, 588]
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
    exact = classifier._exact_weights
    if not hasattr(classifier, "untuned_weights_"):
        classifier.untuned_weights_ = exact
    classifier.weight_bits = classifier.fitted_params_["weight_bits"] = int(bits)
    classifier._store(exact, classifier._exact_offsets)
    return model
