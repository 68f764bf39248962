# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tuning of the classifier of a pipeline on batches, one after the other."""

import copy

from sklearn.pipeline import Pipeline

from skbit._utils.steps import steps_of
from skbit.naive_bayes import OttoScoreClassifier
from skbit.naive_bayes._batches import TuningOnBatches, check_can_tune_on_batches
from skbit.pipeline._lessons import follow
from skbit.pipeline._partial_fit import Batches, n_passes_of
from skbit.pipeline._walk import Walk, check_tasks, is_fitted, tasks_of


def tune(pipeline, batches):
    """Tune the classifier of a pipeline on batches of rows, as ``fit`` does.

    A classifier that is not fitted counts the batches first, and the steps before it
    learn from them, as by :func:`partial_fit`. Then the classifier makes the
    ``max_iter - 1`` passes by which ``fit`` tunes, with the same learning rates. In
    each of them, it visits one batch after the other, and the rows of a batch in random
    order. At the end, probabilities are calibrated on the first batch. With a single
    batch, the classifier is the same as after ``fit``, to the bit.

    Read more in the :ref:`User Guide <larger_than_memory>`.

    Parameters
    ----------
    pipeline : estimator
        A :class:`~sklearn.pipeline.Pipeline` that ends with an
        :class:`~skbit.naive_bayes.OttoScoreClassifier`, or a classifier alone. If it is
        fitted, it is tuned from its present state, and counts nothing.

    batches : iterable, or callable that returns one
        Tuples ``(X, y)`` as in :func:`partial_fit`. If the classifier is fitted, all or
        some of those that were counted. Batches may lack classes, but rows should be in
        random order: a class that was not met for long is forgotten. Batches should
        have some hundred rows at least, because the first one calibrates.

    Returns
    -------
    pipeline : estimator
        The pipeline that was given. If the call fails, it is as it was.

    Raises
    ------
    TypeError
        If the last step is no ``OttoScoreClassifier``; if a step cannot learn from
        batches; or if ``batches`` can be iterated only once, and more passes are
        needed. Nothing has been read then.
    ValueError
        If the classifier has ``early_stopping=True``, or nothing to do, as with
        ``max_iter=1`` after an earlier tuning. Nothing has been read then.

    See Also
    --------
    partial_fit : Counts batches, and trains other estimators on them.
    skbit.distributed.tune : Tuning on many workers.

    Notes
    -----
    The steps before the classifier transform each batch anew in every pass. If this
    takes long, write the packed bits to a file once, and pass the classifier alone and
    batches of bits.

    With ``max_iter=1``, probabilities are calibrated, and nothing is tuned.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, RandomFernEncoder
    >>> from skbit.pipeline import tune
    >>> X, y = load_digits(return_X_y=True)
    >>> def batches():
    ...     for start in range(0, 1500, 100):
    ...         yield X[start : start + 100] > 7, y[start : start + 100]
    >>> model = make_pipeline(
    ...     RandomFernEncoder(256, random_state=0),
    ...     OttoScoreClassifier(max_iter=11, random_state=0),
    ... )
    >>> print(f"{tune(model, batches).score(X[1500:] > 7, y[1500:]):.2f}")
    0.87
    """
    path, classifier = path_and_classifier(pipeline)
    check_can_tune_on_batches(classifier)
    tasks = [] if is_fitted(classifier) else list(tasks_of(pipeline))
    check_tasks(tasks, is_merged=False)
    engine = Batches(batches, n_passes_of(tasks) + classifier.max_iter - 1)
    model = Walk(engine, None).fit(pipeline) if tasks else pipeline
    path, classifier = path_and_classifier(model)
    tuning = TuningOnBatches(classifier)
    for number in tuning.passes():
        for X, y in engine.parts():
            tuning.add(number, follow(path, X), y)
    X, y = engine.first
    tuned = with_classifier(model, tuning.finish(follow(path, X), y))
    pipeline.__dict__ = vars(tuned)
    return pipeline


def path_and_classifier(estimator):
    """Return the steps before the classifier of an estimator, and the classifier."""
    classifier = estimator
    if isinstance(estimator, Pipeline):
        classifier = estimator.steps[-1][1]
    if not isinstance(classifier, OttoScoreClassifier):
        raise TypeError(
            "Only an OttoScoreClassifier, or a pipeline that ends with one, can be "
            f"tuned, got {type(classifier).__name__}."
        )
    return steps_of(estimator)[:-1], classifier


def with_classifier(estimator, classifier):
    """Return a copy of a classifier or pipeline that ends with another classifier."""
    if not isinstance(estimator, Pipeline):
        return classifier
    changed = copy.copy(estimator)
    changed.steps = [*estimator.steps[:-1], (estimator.steps[-1][0], classifier)]
    return changed
