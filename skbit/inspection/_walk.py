# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The walk over the steps of a model: what they make of the columns of its input."""

from dataclasses import replace

import numpy as np
from sklearn.base import OneToOneFeatureMixin
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline

from skbit._base import BitInputMixin
from skbit._classifier import BitClassifierMixin
from skbit._utils.steps import is_passthrough, steps_of
from skbit.bits import CONTAINER_BITS
from skbit.feature_extraction import BitPatchEncoder
from skbit.feature_selection import BitSelector
from skbit.inspection._columns import beside, derived, features, taken
from skbit.inspection._encoders import (
    after_encoder,
    after_ferns,
    after_hidden,
    after_patches,
    after_projection,
    after_selector,
    patches_of,
)
from skbit.neighbors import BitPatchClassifier
from skbit.neural_network import BitHebbianClassifier
from skbit.preprocessing._encoder import BitEncoder
from skbit.random_projection import RandomFernEncoder, RandomMAJ3Projection


def copy_of(step):
    """Return a copy of a fitted step that stays as it is if the step is fitted again.

    Arrays are shared, because a fit replaces them.
    """
    if step is None or isinstance(step, str):
        return step
    # In contrast to copy.copy, which checks models as if they were loaded.
    found = object.__new__(type(step))
    vars(found).update(vars(step))
    if isinstance(step, Pipeline):
        found.steps = [(name, copy_of(part)) for name, part in step.steps]
    elif isinstance(step, FeatureUnion):
        parts = step.transformer_list
        found.transformer_list = [(name, copy_of(part)) for name, part in parts]
    elif isinstance(step, ColumnTransformer):
        parts = step.transformers_
        found.transformers_ = [(name, copy_of(part), at) for name, part, at in parts]
    return found


def features_of(steps):
    """Return the names of the features, and whether they are the model's columns."""
    given = found = input_of(steps[0])
    for step in steps:
        found = _after(step, found)
    return found.features, found.features is given.features


def columns_of(steps, row=None):
    """Return the columns, bits or patches that the last of several steps adds up.

    Parameters
    ----------
    steps : sequence of fitted estimators
        Transformers and a classifier, or transformers alone.
    row : array or data frame of one row, default=None
        If it is given, sources are those of this row: a template that won depends on
        the patches that it won only.

    Returns
    -------
    columns : Columns
    """
    columns = replace(input_of(steps[0]), row=row)
    for step in steps:
        columns = _after(step, columns)
    return columns


def columns_read_by(steps):
    """Return the bits that the last of several steps reads."""
    columns = input_of(steps[0])
    for step in steps[:-1]:
        columns = _after(step, columns)
    return _as_bits(steps[-1], columns)


def all_steps(steps):
    """Yield steps, with the parts of pipelines and unions in their places."""
    for step in steps:
        for inner in steps_of(step):
            if isinstance(inner, FeatureUnion):
                yield from all_steps(part for _, part in inner.transformer_list)
            elif isinstance(inner, ColumnTransformer):
                # A transformer of no columns has not been fitted.
                places = inner._transformer_to_input_indices
                yield from all_steps(
                    part for name, part, _ in inner.transformers_ if len(places[name])
                )
            else:
                yield inner


def input_of(step):
    """Return the columns of the input of a model that begins with a step."""
    step = _first(step)
    if not hasattr(step, "n_features_in_"):
        # Texts, for instance, have no columns.
        return features([])
    if getattr(step, "input_format_", "dense") == "packed":
        n_bits = CONTAINER_BITS * step.n_features_in_
        return features([f"bit {i}" for i in range(n_bits)], are_bits=True)
    names = getattr(step, "feature_names_in_", None)
    if names is None:
        names = [f"x{i}" for i in range(step.n_features_in_)]
    return features(list(names))


def is_named(step):
    """Tell whether a model that begins with a step was fitted with named columns."""
    return hasattr(_first(step), "feature_names_in_")


def _first(step):
    step = steps_of(step)[0]
    if isinstance(step, FeatureUnion) and not hasattr(step, "n_features_in_"):
        step = step.transformer_list[0][1]
    return step


def _after(step, columns):
    """Return the columns after a step."""
    if isinstance(step, FrozenEstimator):
        step = step.estimator
    known = columns.n == getattr(step, "n_features_in_", columns.n)
    if not (known or columns.are_bits):
        # Nothing is known about what the steps before have done.
        columns = replace(input_of(step), row=columns.row)
    for kind, rule in _RULES.items():
        if isinstance(step, kind):
            if isinstance(step, BitInputMixin):
                columns = _as_bits(step, columns)
            return _with_row(step, columns, rule(step, columns))
    if is_passthrough(step):
        return columns
    if isinstance(step, OneToOneFeatureMixin):
        return _with_row(step, columns, columns)
    names = []
    if hasattr(step, "get_feature_names_out"):
        names = list(step.get_feature_names_out())
    before = {}
    if not columns.are_bits:
        before = {name: i for i, name in enumerate(columns.all_names())}
    if names and len(before) == columns.n and before.keys() >= set(names):
        # Columns that keep their names: imputers, and selectors of columns.
        found = taken(columns, [before[name] for name in names])
    else:
        # What the step does is not known, so its output counts as the input.
        found = features(names)
    return _with_row(step, columns, found)


def _with_row(step, columns, found):
    """Add the row that a step returns, if the one that it takes is known."""
    if columns.row is None or not hasattr(step, "transform"):
        return found
    return replace(found, row=step.transform(columns.row))


def _as_bits(step, columns):
    """Return the bits that a step reads."""
    if columns.are_bits:
        return columns
    if step.input_format_ == "packed":
        # Something that is not known has packed them.
        names = [f"bit {i}" for i in range(step._n_input_bits)]
        return features(names, are_bits=True)
    above = f" > {step.fitted_params_['binarize']:g}"

    def names(places):
        return [name + above for name in columns.names(places)]

    found = derived(columns, names, np.arange(columns.n), columns.sources, packed=False)
    return replace(found, row=columns.row)


def _after_steps(pipeline, columns):
    for step in steps_of(pipeline):
        columns = _after(step, columns)
    return columns


def _after_union(union, columns):
    parts = []
    for name, part in union.transformer_list:
        if not (isinstance(part, str) and part == "drop"):
            found = _after(part, columns)
            parts.append(taken(found, np.arange(found.n), f"{name}: "))
    return beside(parts)


def _after_column_transformer(transformer, columns):
    parts = []
    with_prefix = transformer.verbose_feature_names_out is not False
    for name, part, _ in transformer.transformers_:
        places = transformer._transformer_to_input_indices[name]
        if (isinstance(part, str) and part == "drop") or not len(places):
            continue
        found = _after(part, taken(columns, places))
        prefix = f"{name}: " if with_prefix else ""
        parts.append(taken(found, np.arange(found.n), prefix))
    return beside(parts)


_RULES = {
    Pipeline: _after_steps,
    FeatureUnion: _after_union,
    ColumnTransformer: _after_column_transformer,
    BitSelector: after_selector,
    RandomFernEncoder: after_ferns,
    RandomMAJ3Projection: after_projection,
    BitPatchEncoder: after_patches,
    BitEncoder: after_encoder,
    BitHebbianClassifier: after_hidden,
    BitPatchClassifier: patches_of,
    BitClassifierMixin: lambda _, columns: columns,
}
