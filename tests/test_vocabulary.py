# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters and attributes have one name, one meaning and one place everywhere."""

import inspect
import re
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString
from sklearn.datasets import load_digits

import skbit
from doc import parameter_tables
from doc.parameter_tables import (
    ESTIMATORS,
    ORDER,
    defaults_of,
    descriptions_of,
    estimators_by_name,
    first_sentence,
)
from skbit._base import BitInputMixin
from skbit._utils.sklearn import StrOptions
from skbit.preprocessing._curves import CURVES

ROOT = Path(skbit.__file__).parents[1]

# Names that other names replaced, and the names of the documents that skbit reproduces.
REPLACED = {
    "competition",
    "familiarity_",
    "flip_rate",
    "flip_schedule",
    "init",
    "input",
    "input_kind_",
    "n_reserved",
    "plastic",
    "resonance",
    "scaling",
    "schedule",
    "settle_after",
    "split_interval",
    "step",
    "threshold",
    "window",
}

# Shared parameters whose default, range of values or description depends on the
# estimator. doc/parameters.rst gives the reasons of the defaults.
OTHER_DEFAULT = {
    "patch_size",
    "stride",
    "n_directions",
    "distance",
    "strategy",
    "density",
    "similarity",
    "max_iter",
    "margin",
}
OTHER_VALUES = {
    "density": "The rank encoder takes several densities.",
    "distance": "The pixel encoder takes several distances.",
    "margin": "The network's margin is a share of the largest possible lead.",
    "patch_size": "The patches of the encoder need not be squares.",
    "similarity": "The clusterer has four similarities and the patches two.",
    "strategy": "Tables have more rules than other numbers.",
    "stride": "The patches of the encoder need not be squares.",
}
OTHER_DESCRIPTION = {
    "density": "Edges and ranks are selected in different ways.",
    "margin": "The unit differs.",
    "random_state": "Estimators use random numbers for different purposes.",
    "similarity": "Patterns or patches are compared.",
    "strategy": "Thresholds or buckets are placed.",
}
OTHER_ATTRIBUTE = {
    "data_max_": "One range for all features, or one for each feature or channel.",
    "data_min_": "One range for all features, or one for each feature or channel.",
    "grid_shape_": "Containers or cells are counted.",
    "thresholds_": "Levels, buckets, or what a number is above.",
    "weights_": "The network's weights are bits, in a list of layers.",
}


def shared(section):
    found = estimators_by_name(section)
    return {name: by for name, by in found.items() if len(by) > 1}


def words_of(constraints):
    """Return the words of constraints, sorted because sets have no order."""
    return tuple(sorted(re.findall(r"\w+", " ".join(map(str, constraints)))))


def test_all_estimators_are_compared():
    assert {cls.__name__ for cls in ESTIMATORS} == set(skbit.__all__)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_parameters_are_documented_in_the_order_of_the_constructor(cls):
    assert [*descriptions_of(cls, "Parameters")] == [*defaults_of(cls)]
    assert set(cls._parameter_constraints) == set(defaults_of(cls))


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_own_parameters_come_first_and_shared_ones_in_one_order(cls):
    last = [name for name in ORDER if name in defaults_of(cls)]
    own = [name for name in defaults_of(cls) if name not in ORDER]
    assert [*defaults_of(cls)] == own + last


def choices_of(constraints):
    """Return the strings that a parameter may be."""
    options = [c.options for c in constraints if isinstance(c, StrOptions)]
    return set().union(*options)


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_docstrings_list_the_strings_that_are_allowed(cls):
    documented = {
        name: kind for name, kind, _ in NumpyDocString(cls.__doc__)["Parameters"]
    }
    for name, constraints in cls._parameter_constraints.items():
        choices = choices_of(constraints)
        kind = documented[name].partition("default=")[0]
        assert set(re.findall(r'"(\w+)"', kind)) == choices, name


@pytest.mark.parametrize("name", shared("Parameters"))
def test_shared_parameters_mean_the_same(name):
    found = shared("Parameters")[name]
    sentences = {first_sentence(description) for description in found.values()}
    assert (len(sentences) > 1) == (name in OTHER_DESCRIPTION), sentences
    defaults = {repr(defaults_of(cls)[name]) for cls in found}
    assert (len(defaults) > 1) == (name in OTHER_DEFAULT), defaults
    constraints = {words_of(cls._parameter_constraints[name]) for cls in found}
    assert (len(constraints) > 1) == (name in OTHER_VALUES), constraints


@pytest.mark.parametrize("name", shared("Attributes"))
def test_shared_attributes_mean_the_same(name):
    found = shared("Attributes")[name]
    sentences = {first_sentence(description) for description in found.values()}
    assert (len(sentences) > 1) == (name in OTHER_ATTRIBUTE), sentences


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_fitted_attributes_are_documented(cls):
    X, y = load_digits(return_X_y=True)
    rows = X[:100] > 7 if issubclass(cls, BitInputMixin) else X[:100]
    fitted = cls().fit(rows, y[:100])
    public = {name for name in vars(fitted) if not name.startswith("_")}
    parameters, attributes = (
        {*descriptions_of(cls, section)} for section in ("Parameters", "Attributes")
    )
    assert public <= parameters | attributes


def test_a_name_is_a_parameter_or_an_attribute():
    parameters, attributes = map(estimators_by_name, ("Parameters", "Attributes"))
    assert not REPLACED & {*parameters, *attributes}
    assert all(name.endswith("_") for name in attributes)
    assert not any(name.endswith("_") for name in parameters)


def test_reasons_of_defaults_are_in_the_manual():
    page = (ROOT / "doc/parameters.rst").read_text(encoding="utf8")
    assert set(re.findall(r"^- ``(\w+)``:", page, re.MULTILINE)) == OTHER_DEFAULT


def test_tables_list_every_name_once(tmp_path):
    parameter_tables.write(tmp_path)
    names = {n for cls in ESTIMATORS for n in inspect.signature(cls).parameters}
    listed = {
        part: re.findall(
            r"^   \* - ``(\w+)``$", (tmp_path / f"{part}.inc").read_text(), re.MULTILINE
        )
        for part in ("shared", "parameters", "attributes")
    }
    assert sorted(listed["parameters"]) == sorted(names)
    assert sorted(listed["shared"]) == sorted(shared("Parameters"))
    assert sorted(listed["attributes"]) == sorted(estimators_by_name("Attributes"))


def test_example_of_curves_shows_all_curves():
    text = (ROOT / "examples/estimators/plot_thermometer_curves.py").read_text("utf8")
    for curve in CURVES:
        assert f'"{curve}"' in text


def test_examples_do_not_read_the_test_images():
    texts = [p.read_text("utf8") for p in (ROOT / "examples").glob("*/plot_*.py")]
    calls = re.findall(r"fetch_\w*mnist\((.*)\)", "\n".join(texts))
    assert len(calls) > 5
    assert all('"train"' in call for call in calls)
