# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Steps of pipelines, unions and searches, and those that return their input."""

from sklearn.frozen import FrozenEstimator
from sklearn.preprocessing import FunctionTransformer


def is_passthrough(step):
    """Return whether a step of a pipeline or union returns its input as it is.

    A union that was fitted has a ``FunctionTransformer`` without a function in the
    place of "passthrough".
    """
    if type(step) is FunctionTransformer:
        return step.func is None
    return step is None or (isinstance(step, str) and step == "passthrough")


def without_searches(estimator):
    """Return the best estimator of a search, which is what it predicts with."""
    while hasattr(estimator, "best_index_"):
        if not hasattr(estimator, "best_estimator_"):
            raise ValueError(
                f"This {type(estimator).__name__} has no best estimator: fit it with "
                "refit=True."
            )
        estimator = estimator.best_estimator_
    return estimator


def steps_of(estimator):
    """List the steps of an estimator or pipeline that do something.

    Pipelines that are steps are replaced by their own steps, a frozen estimator by the
    one that it holds, and a search by its best estimator.
    """
    # Importing it takes longer than importing skbit.
    from sklearn.pipeline import Pipeline

    estimator = without_searches(estimator)
    if isinstance(estimator, FrozenEstimator):
        return steps_of(estimator.estimator)
    if not isinstance(estimator, Pipeline):
        return [estimator]
    steps = [step for _, step in estimator.steps if not is_passthrough(step)]
    return [inner for step in steps for inner in steps_of(step)]
