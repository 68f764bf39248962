# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The walk over the steps of a model that learns from parts of the rows.

Steps learn one after the other, each from all parts, as transformed by the steps
before. An engine has the parts: its method ``learn_first`` returns the state of a
lesson of the first part, and ``learn`` that of all parts. Parts without rows are left
out.
"""

import copy
import warnings
from typing import NamedTuple

from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skbit._base import SkbitEstimator
from skbit._utils.steps import is_passthrough
from skbit.pipeline._lessons import (
    Classes,
    Columns,
    Extremes,
    Fit,
    PartialFit,
    takes,
)


class Task(NamedTuple):
    """A step that is neither a pipeline nor a union, and what is done with it."""

    name: str
    step: BaseEstimator
    # "keep" for a fitted step, or what of the rows it learns from: "first", "extremes"
    # or "parts".
    source: str

    @property
    def needs_classes(self):
        """Whether the step has to know all labels when it begins."""
        begins = self.source == "parts" and not is_fitted(self.step)
        return begins and takes(self.step, "classes")


def is_fitted(step):
    """Return whether a step has been fitted."""
    try:
        check_is_fitted(step)
    except NotFittedError:
        return False
    return True


def source_of(step, is_last):
    """Return what a step learns from, as in a Task.

    Of steps that are fitted, the last one learns on, and the others stay as they are.

    Parameters
    ----------
    step : estimator
    is_last : bool
        Whether nothing else learns from the output of the step.
    """
    source = "parts"
    if isinstance(step, SkbitEstimator):
        source = step._learns_from
    elif isinstance(step, FrozenEstimator) or not get_tags(step).requires_fit:
        return "first"
    if not is_fitted(step) or (is_last and source == "parts"):
        return source
    return "keep"


def tasks_of(model, name="", is_last=True):
    """Yield the tasks of all steps of a model, in the order of the walk."""
    if isinstance(model, Pipeline):
        parts = [(key, step, step is model.steps[-1][1]) for key, step in model.steps]
    elif isinstance(model, FeatureUnion):
        parts = [(key, part, True) for key, part in model.transformer_list]
    elif _is_open(model):
        parts = [(key, part, False) for key, part in _transformers(model).items()]
    else:
        yield Task(name, model, source_of(model, is_last))
        return
    for key, part, may_be_last in parts:
        if not _does_nothing(part):
            inner = f"{name}__{key}" if name else key
            yield from tasks_of(part, inner, is_last and may_be_last)


def check_tasks(tasks, is_merged):
    """Raise if a step cannot learn from parts, before anything is read.

    Parameters
    ----------
    tasks : list of Task
    is_merged : bool
        Whether each part is learned apart, and what was learned is merged.
    """
    new = None
    for task in tasks:
        name, step, source = task
        what = _description(name, step)
        if source in ("extremes", "parts"):
            if not is_fitted(step):
                new = name
            elif new is not None:
                raise ValueError(
                    f"{what} is fitted, but step {new!r} before it is not. Clone all "
                    "steps to begin anew."
                )
        if source != "parts":
            continue
        lacks = None
        if not hasattr(step, "partial_fit"):
            lacks = "partial_fit, by which it would learn part by part"
        elif is_merged and not (
            isinstance(step, SkbitEstimator) and hasattr(step, "merge")
        ):
            lacks = "merge, by which what was learned from parts is joined"
        if lacks is not None:
            remedy = "Fit it on a sample of the rows"
            if task is not tasks[-1]:
                remedy += ", and put sklearn.frozen.FrozenEstimator(step) in its place"
            raise TypeError(f"{what} has no {lacks}. {remedy}.")


def warn_of_counting(tasks, advice):
    """Warn of steps that only count although they would tune, with an advice."""
    for name, step, source in tasks:
        if source == "parts" and hasattr(step, "tune") and step.max_iter > 1:
            warnings.warn(
                f"{_description(name, step)} only counts the parts: max_iter="
                f"{step.max_iter} has no effect. {advice}, or set max_iter=1.",
                UserWarning,
                stacklevel=3,
            )


def _description(name, step):
    return f"Step {name!r} ({type(step).__name__})" if name else f"{step}"


class Walk:
    """One walk over the steps of a model.

    Parameters
    ----------
    engine : object
        It has the parts.
    classes : ndarray or None
        All labels. If None, they are found when a step needs them, and not before,
        because an earlier step may fail.
    """

    def __init__(self, engine, classes):
        self.engine = engine
        self.classes = classes

    def fit(self, model, path=(), is_last=True):
        """Return a model that has learned, without changing the one given.

        Parameters
        ----------
        model : estimator
        path : tuple of transformers
            They lead from the rows to what the model takes.
        is_last : bool
            Whether nothing else learns from the output of the model.
        """
        if isinstance(model, Pipeline):
            return self._fit_pipeline(model, path, is_last)
        if isinstance(model, FeatureUnion):
            return self._fit_union(model, path, is_last)
        if _is_open(model):
            return self._fit_columns(model, path)
        return self._fit_step(model, path, is_last)

    def _fit_pipeline(self, pipeline, path, is_last):
        fitted = copy.copy(pipeline)
        fitted.steps = []
        for key, step in pipeline.steps:
            if not is_passthrough(step):
                step_is_last = is_last and step is pipeline.steps[-1][1]
                step = self.fit(step, path, step_is_last)
                path = (*path, step)
            fitted.steps.append((key, step))
        return fitted

    def _fit_union(self, union, path, is_last):
        fitted = copy.copy(union)
        fitted.transformer_list = []
        for key, part in union.transformer_list:
            if part == "passthrough":
                # As FeatureUnion.fit does.
                part = FunctionTransformer(feature_names_out="one-to-one")
            if part != "drop":
                part = self.fit(part, path, is_last)
            fitted.transformer_list.append((key, part))
        return fitted

    def _fit_columns(self, columns, path):
        # The fit finds names, order and number of columns.
        fitted = self.engine.learn_first(Fit(columns, path))
        unfitted = _transformers(columns)
        learned = []
        for key, part, selected in fitted.transformers_:
            # A transformer of no columns has not been fitted.
            if not _does_nothing(unfitted[key]) and is_fitted(part):
                part = self.fit(unfitted[key], (*path, Columns(selected)), False)
            learned.append((key, part, selected))
        fitted.transformers_ = learned
        return fitted

    def _fit_step(self, step, path, is_last):
        source = source_of(step, is_last)
        if source == "keep":
            return step
        if source == "first":
            return self.engine.learn_first(Fit(step, path))
        if source == "extremes":
            rows = self.engine.learn(Extremes(step, path))
            return self.engine.learn_first(Fit(step, path, rows))
        if self.classes is None and Task("", step, source).needs_classes:
            self.classes = self.engine.learn(Classes())
        return self.engine.learn(PartialFit(step, path, self.classes))


def _is_open(model):
    """Return whether a model is a ColumnTransformer whose transformers are fitted.

    Fitting makes copies of the transformers, so one that is fitted is a single step.
    """
    return isinstance(model, ColumnTransformer) and not is_fitted(model)


def _transformers(columns):
    """Return the transformers of a ColumnTransformer and that of its other columns."""
    found = {key: part for key, part, _ in columns.transformers}
    return found | {"remainder": columns.remainder}


def _does_nothing(part):
    return is_passthrough(part) or (isinstance(part, str) and part == "drop")
