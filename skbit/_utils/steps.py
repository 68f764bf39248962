# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Steps of pipelines and unions, and those of them that return their input."""

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


def steps_of(estimator):
    """List the steps of an estimator or pipeline that do something.

    Pipelines that are steps are replaced by their own steps, and a frozen estimator by
    the one that it holds.
    """
    # Importing it takes longer than importing skbit.
    from sklearn.pipeline import Pipeline

    if isinstance(estimator, FrozenEstimator):
        return steps_of(estimator.estimator)
    if not isinstance(estimator, Pipeline):
        return [estimator]
    steps = [step for _, step in estimator.steps if not is_passthrough(step)]
    return [inner for step in steps for inner in steps_of(step)]
