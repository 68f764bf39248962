# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Steps of pipelines and unions, and those of them that return their input."""

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
    """List the steps of an estimator or pipeline that do something."""
    # Importing it takes longer than importing skbit.
    from sklearn.pipeline import Pipeline

    if not isinstance(estimator, Pipeline):
        return [estimator]
    steps = [step for _, step in estimator.steps]
    return [step for step in steps if not is_passthrough(step)]
