# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The integer scores of classifiers as sums of terms, one for each bit or patch."""

from typing import NamedTuple

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from skbit._utils.steps import without_searches
from skbit.bits import unpack_bits
from skbit.ensemble import BitEnsembleClassifier, _members
from skbit.ensemble._scale import limits_of
from skbit.inspection._patch_terms import terms_of_patches
from skbit.naive_bayes import OttoScoreClassifier
from skbit.neighbors import BitPatchClassifier
from skbit.neural_network import BitHebbianClassifier, _hebb
from skbit.random_projection import RandomFernEncoder


class Terms(NamedTuple):
    """Terms whose sums are the scores of rows.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_terms, n_classes), dtype int64
    offset : ndarray of shape (n_rows, n_classes), dtype int64
        What the terms are added to.
    places : ndarray of shape (n_terms,), dtype intp
        The bit or patch that each term belongs to.
    is_one : ndarray of shape (n_rows, n_terms), dtype uint8, or None
        The bits. None for patches.
    steps : tuple of estimators
        The transformers that made the bits, and the classifier.
    scale : int
        What the weights of the classifier were multiplied with.
    prefix : str
        What the names of the terms begin with: the member of an ensemble.
    """

    values: np.ndarray
    offset: np.ndarray
    places: np.ndarray
    is_one: np.ndarray | None
    steps: tuple
    scale: int = 1
    prefix: str = ""


class _Sum(NamedTuple):
    """A classifier that adds the weights of the ones of a row."""

    weights: np.ndarray  # (n_classes, n_bits), int64
    offsets: np.ndarray  # (n_classes,), int64
    usual: np.ndarray  # (n_bits,), bool, the more frequent value of each bit


def terms_of(model, X, reference=None, *, with_codes=True):
    """Divide the scores of rows into terms.

    Parameters
    ----------
    model : estimator
        A fitted classifier of skbit, or a pipeline or search that ends in one.
    X : {array-like, sparse matrix, data frame} of shape (n_rows, n_features)
    reference : the same of one row, or None
    with_codes : bool, default=True
        False leaves the scores of codes of ferns whole: they are the offset.

    Returns
    -------
    terms : list of Terms
        One for each classifier whose scores are added.
    """
    transformers, classifier = parts_of(model)
    for transformer in transformers:
        X = transformer.transform(X)
        if reference is not None:
            reference = transformer.transform(reference)
    if isinstance(classifier, BitEnsembleClassifier):
        found = _terms_of_members(classifier, X, reference, with_codes)
    elif isinstance(classifier, BitPatchClassifier):
        if reference is not None:
            raise ValueError(
                "A BitPatchClassifier compares rows with other prototypes than the "
                "reference, so their scores have no terms in common: leave it out."
            )
        found = [Terms(*terms_of_patches(classifier, _words(classifier, X)), ())]
    elif with_codes or not are_codes([*transformers, classifier]):
        found = [_terms_of_bits(classifier, X, reference)]
    else:
        found = [_no_terms(classifier.integer_scores(X))]
    # Within an ensemble, the steps of members follow those of the pipeline around it.
    steps = tuple(transformers)
    if not isinstance(classifier, BitEnsembleClassifier):
        steps += (classifier,)
    return [part._replace(steps=steps + part.steps) for part in found]


def are_codes(steps):
    """Tell whether the bits that a classifier weighs are codes of ferns."""
    return (
        len(steps) > 1
        and isinstance(steps[-2], RandomFernEncoder)
        and isinstance(steps[-1], OttoScoreClassifier)
    )


def parts_of(model):
    """Return the transformers of a fitted model, and its classifier."""
    try:
        transformers, classifier = _members.parts_of(without_searches(model))
        classifier._check_fitted()
    except AttributeError as error:
        if isinstance(error, NotFittedError):
            # Ensembles of scikit-learn fit copies of the classifier that was found.
            check_is_fitted(model)
        raise TypeError(
            "The model must be a fitted classifier of skbit, or a pipeline that ends "
            f"in one, got {model!r}."
        ) from error
    return transformers, classifier


def _terms_of_members(ensemble, X, reference, with_codes):
    found = []
    shifts = ensemble.shifts_.tolist()
    limits = limits_of(ensemble.shifts_)
    members = ensemble.selected_, ensemble.estimators_, shifts, limits
    for name, member, shift, limit in zip(*members, strict=True):
        parts = terms_of(member, X, reference, with_codes=with_codes)
        total = sum(part.offset + part.values.sum(axis=1) for part in parts)
        if np.abs(total).max() > limit:
            raise OverflowError(
                "The scores of a member saturate, so they are no sum of terms. A class "
                "without rows, or a weight of zero, is the likely reason."
            )
        found += [
            part._replace(
                values=part.values << shift,
                offset=part.offset << shift,
                scale=part.scale << shift,
                prefix=f"{name}: {part.prefix}",
            )
            for part in parts
        ]
    return found


def _terms_of_bits(classifier, X, reference):
    """Divide scores that are an offset plus the weights of the ones."""
    parts = _SUMS[type(classifier)](classifier)
    usual = parts.usual
    if reference is not None:
        usual = _bits(classifier, reference)[0] == 1
    is_one = _bits(classifier, X)
    is_used = (is_one != usual).any(axis=0) & parts.weights.any(axis=0)
    places = np.flatnonzero(is_used)
    is_one = is_one[:, places]
    change = is_one.astype(np.int8) - usual[places]
    weights = parts.weights[:, places].T
    offset = parts.offsets + parts.weights[:, usual].sum(axis=1)
    values = change[:, :, np.newaxis] * weights
    return Terms(values, np.tile(offset, (len(is_one), 1)), places, is_one, ())


def _no_terms(scores):
    values = np.zeros((len(scores), 0, scores.shape[1]), dtype=np.int64)
    places = np.empty(0, dtype=np.intp)
    return Terms(values, scores, places, np.zeros((len(scores), 0), np.uint8), ())


def _words(classifier, X):
    return classifier._as_words(classifier._validate_bits(X, reset=False))


def _bits(classifier, X):
    """Return the bits that a classifier weighs: those of rows, or hidden ones."""
    words = _words(classifier, X)
    if getattr(classifier, "output_weights_", None) is None:
        return unpack_bits(words, classifier._n_input_bits)
    return (_hebb.activate(classifier._get_layer(), words) > 0).astype(np.uint8)


def _sum_of_log_odds(classifier):
    share = classifier.feature_count_.sum(axis=0)
    return _Sum(
        classifier.weights_.astype(np.int64),
        classifier.offsets_,
        2 * share > classifier.class_count_.sum(),
    )


def _sum_of_agreements(classifier):
    """Count equal bits: of weight ``w`` and bit ``x``, ``w x + (1 - w) (1 - x)``."""
    layer = classifier._get_layer()
    output = classifier.output_weights_
    if output is None:
        n_bits = classifier._n_input_bits
        weights = unpack_bits(classifier.weights_[0], n_bits).astype(np.int64)
        thresholds = layer.thresholds
        usual = 2 * layer.ones > classifier.n_samples_seen_
    else:
        # How often units fire is not stored; most of them do so for few rows.
        weights = unpack_bits(output, len(layer.thresholds)).astype(np.int64)
        thresholds, usual = 0, np.zeros(weights.shape[1], dtype=bool)
    return _Sum(2 * weights - 1, (1 - weights).sum(axis=1) - thresholds, usual)


_SUMS = {
    OttoScoreClassifier: _sum_of_log_odds,
    BitHebbianClassifier: _sum_of_agreements,
}
