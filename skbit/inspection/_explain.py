# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Explanations of the scores of rows."""

import numpy as np
from scipy import sparse

from skbit.inspection._explanation import Explanation
from skbit.inspection._terms import parts_of, terms_of
from skbit.inspection._walk import copy_of


def explain(model, X, *, reference=None):
    """Divide the integer scores of rows into contributions of bits or patches.

    The contributions of a row and its offset are integers whose sum is exactly the
    row's :meth:`integer_scores`, for every class.

    A bit contributes by its difference from a reference: its weight if it is 1 and 0 in
    the reference, minus its weight if it is 0 and 1 in the reference, and otherwise
    nothing. The offset is the score of the reference.

    Read more in the :ref:`User Guide <inspection>`.

    Parameters
    ----------
    model : estimator
        A fitted classifier of skbit, or a fitted pipeline or search that ends in one.

    X : {array-like, sparse matrix, data frame} of shape (n_samples, n_features)
        The rows, as ``predict`` of the model takes them: one or several. Contributions
        take ``8 * n_samples * n_terms * n_classes`` bytes.

    reference : the same of shape (1, n_features), default=None
        A row to compare with. The contributions then tell why a row has other scores
        than this one. None takes the more frequent value of every bit in the training
        rows. It is not supported for a :class:`~skbit.neighbors.BitPatchClassifier`.

    Returns
    -------
    explanation : Explanation
        Contributions and offset, with methods that name them, add them up by feature
        and plot them. It stays as it is when the model is fitted again. X is not
        copied.

    See Also
    --------
    importances : What a whole model pays attention to.
    sklearn.inspection.permutation_importance : For models of any kind.

    Notes
    -----
    *Cost.* Most of the time goes into writing the contributions. For contributions by
    feature of many rows, :func:`importances` takes less, because it does not list the
    codes of ferns.

    *Terms.* What is added up depends on the classifier at the end of the model:

    - :class:`~skbit.naive_bayes.OttoScoreClassifier`: its bits. These are bits of an
      encoder, codes of ferns, templates in cells or bits of a projection.
    - :class:`~skbit.ensemble.BitEnsembleClassifier`: the bits of all members, shifted
      as their scores are.
    - :class:`~skbit.neural_network.BitHebbianClassifier`: bits that equal the weights
      count 1. With hidden units, the terms are these units, compared with units that do
      not fire.
    - :class:`~skbit.neighbors.BitPatchClassifier`: the patches of the image, compared
      with the most similar prototype of each class. With the Jaccard similarity, a
      patch contributes its numerator over the common denominator, in units of
      ``2**-32`` and rounded down, and what is left is part of the offset.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, ThermometerEncoder
    >>> from skbit.inspection import explain
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = make_pipeline(ThermometerEncoder(4), OttoScoreClassifier()).fit(X, y)
    >>> explanation = explain(model, X[:1])
    >>> explanation.to_frame().round(2).head(3)
                                 value  lead    0     1    2
    petal length (cm) >= 2.48078     0  3.79  1.9 -1.90 -1.9
    petal width (cm) >= 0.702353     0  3.79  1.9 -1.90 -1.9
    petal length (cm) >= 3.96157     0  2.48  1.9 -0.58 -1.9
    """
    return explanation_of(model, X, reference)


def explanation_of(model, X, reference=None, *, with_codes=True):
    """Explain the scores of rows.

    Parameters
    ----------
    model, X, reference
        What :func:`explain` takes.
    with_codes : bool, default=True
        False leaves out the codes of ferns, which takes less time and memory, and
        suffices for contributions by feature.

    Returns
    -------
    explanation : Explanation
    """
    _, classifier = parts_of(model)
    # Rows of other sparse matrices cannot be taken.
    X = X.tocsr() if sparse.issparse(X) else X
    # Names and features are found when they are asked for. The model may have been
    # fitted again by then.
    terms = [
        part._replace(steps=tuple(map(copy_of, part.steps)))
        for part in terms_of(model, X, reference, with_codes=with_codes)
    ]
    return Explanation(
        contributions=_joined([part.values for part in terms]),
        offset=sum(part.offset for part in terms),
        terms=terms,
        values=_joined([part.is_one for part in terms]),
        classes=classifier.classes_,
        units_per_nat=_units_per_nat(classifier),
        X=X,
        reference=reference,
    )


def _joined(values):
    """Join the contributions or the bits of all parts, if there are some."""
    if any(part is None for part in values):
        return None
    # A copy of a large array would take as long as the array itself.
    return values[0] if len(values) == 1 else np.concatenate(values, axis=1)


def _units_per_nat(classifier):
    """Return the number of units in a nat, if scores are log-odds."""
    try:
        return classifier._units_per_nat
    except AttributeError:
        return None
