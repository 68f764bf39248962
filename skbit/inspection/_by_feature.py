# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Terms of scores divided among the features of a model's input."""

import numpy as np
from scipy import sparse

from skbit._utils.sklearn import _safe_indexing
from skbit.feature_extraction import BitPatchEncoder
from skbit.inspection._fern_shares import shares_of_features
from skbit.inspection._terms import are_codes
from skbit.inspection._walk import all_steps, columns_of, columns_read_by


def by_feature(terms, X, reference):
    """Divide terms among features.

    Parameters
    ----------
    terms : list of Terms
    X : {array-like, sparse matrix, data frame} of shape (n_rows, n_features)
    reference : the same of one row, or None

    Returns
    -------
    contributions : ndarray of shape (n_rows, n_features, n_classes), dtype float64
    """
    return sum(
        _of_ferns(part, X, reference) if are_codes(part.steps) else _of_terms(part, X)
        for part in terms
    )


def _of_terms(part, X):
    """Divide each term equally among the features that it depends on."""
    n_rows = len(part.values)
    blocks = [(slice(n_rows), None)]
    if any(isinstance(step, BitPatchEncoder) for step in all_steps(part.steps)):
        # Where templates have won differs between rows.
        rows = [slice(i, i + 1) for i in range(n_rows)]
        blocks = [(i, _safe_indexing(X, np.arange(n_rows)[i])) for i in rows]
    found, are_known = [], []
    for rows, row in blocks:
        values = part.values[rows]
        used = np.flatnonzero(values.any(axis=(0, 2)))
        sources = columns_of(part.steps, row).sources(part.places[used])
        n_sources, n_features = sources.sum(axis=1), sources.shape[1]
        are_known += [n_features == 1 or n < n_features for n in n_sources]
        divided = sparse.diags_array(1 / np.maximum(n_sources, 1)) @ sources
        sums = [values[:, used, k] @ divided for k in range(values.shape[2])]
        found.append(np.stack(sums, axis=2))
    if are_known and not any(are_known):
        raise ValueError(
            "Every term depends on all features, so their shares are not known. "
            "sklearn.inspection.permutation_importance measures them."
        )
    return np.concatenate(found)


def _of_ferns(part, X, reference):
    """Divide the weight of each code among the digits, and so among features."""
    *steps, ferns, classifier = part.steps
    columns = columns_read_by([*steps, ferns])
    sources = columns.sources(np.arange(columns.n))
    divided = sparse.diags_array(1 / np.maximum(sources.sum(axis=1), 1)) @ sources

    for step in steps:
        X = step.transform(X)
        if reference is not None:
            reference = step.transform(reference)
    return part.scale * shares_of_features(ferns, classifier, X, divided, reference)
