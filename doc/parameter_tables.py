# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of the parameters and attributes of all estimators.

The tables are made from signatures and docstrings when the documentation is built.
``tests/test_vocabulary.py`` checks that one name has one meaning.
"""

import inspect
import re

from numpydoc.docscrape import ClassDoc

import skbit

# The order of a pipeline, as in the user guide.
ESTIMATORS = (
    skbit.ThermometerEncoder,
    skbit.ScalarEncoder,
    skbit.TableEncoder,
    skbit.RankDensityEncoder,
    skbit.DirectionalEdgeEncoder,
    skbit.PixelEncoder,
    skbit.BitPatchEncoder,
    skbit.RandomMAJ3Projection,
    skbit.RandomFernEncoder,
    skbit.BitSelector,
    skbit.OttoScoreClassifier,
    skbit.BitHebbianClassifier,
    skbit.BitPatchClassifier,
    skbit.BitEnsembleClassifier,
    skbit.BitWTAClusterer,
    skbit.BitNoveltyDetector,
)

# The last parameters of every constructor, in this order. An estimator's own parameters
# precede them.
ORDER = (
    "image_shape",
    "binarize",
    "input_format",
    "max_iter",
    "learning_rate_init",
    "learning_rate",
    "margin",
    "batch_size",
    "shuffle",
    "early_stopping",
    "validation_fraction",
    "n_iter_no_change",
    "tol",
    "class_weight",
    "warm_start",
    "random_state",
    "n_jobs",
    "verbose",
    "packed_output",
)

# Ends of the names of estimators that the tables leave out.
_KINDS = "(Encoder|Projection|Selector|Classifier|Clusterer|Detector)$"


def defaults_of(estimator):
    """Return the parameters of a constructor, in its order, and their defaults."""
    parameters = inspect.signature(estimator).parameters
    return {name: parameter.default for name, parameter in parameters.items()}


def descriptions_of(estimator, section):
    """Return the descriptions in a section of a docstring, by name, in its order."""
    return {
        name: " ".join(entry.desc)
        for entry in ClassDoc(estimator)[section]
        for name in entry.name.split(", ")
    }


def estimators_by_name(section):
    """Return the estimators that document each name, and their descriptions.

    Parameters
    ----------
    section : {"Parameters", "Attributes"}
        Section of the docstrings.

    Returns
    -------
    found : dict of str to dict of class to str
        In the order in which the names are first documented; names of ``ORDER`` last.
    """
    found = {}
    for estimator in ESTIMATORS:
        for name, description in descriptions_of(estimator, section).items():
            found.setdefault(name, {})[estimator] = description
    last = [name for name in ORDER if name in found]
    return {name: found[name] for name in [n for n in found if n not in ORDER] + last}


def first_sentence(description):
    """Return the first sentence of a description."""
    return description.split(". ")[0].removesuffix(".") + "."


def link_to(estimator):
    """Return a reference to an estimator whose text is a short form of its name."""
    module = ".".join(estimator.__module__.split(".")[:2])
    short = re.sub(_KINDS, "", estimator.__name__)
    return f":class:`{short} <{module}.{estimator.__name__}>`"


def list_table(header, rows, *options):
    """Return the lines of a table in reStructuredText."""
    lines = [".. list-table::", "   :header-rows: 1", *options, ""]
    for row in (header, *rows):
        for i, cell in enumerate(row):
            lines.append(f"   {'  -' if i else '* -'} {cell}".rstrip())
    return "\n".join(lines) + "\n"


def shared_parameters():
    """Return the table of the defaults of parameters of several estimators."""
    defaults = {estimator: defaults_of(estimator) for estimator in ESTIMATORS}
    rows = [
        [f"``{name}``"]
        + [f"``{defaults[e][name]!r}``" if e in found else "" for e in ESTIMATORS]
        for name, found in estimators_by_name("Parameters").items()
        if len(found) > 1
    ]
    header = ["parameter", *map(link_to, ESTIMATORS)]
    return list_table(header, rows, "   :class: estimators")


def vocabulary(section):
    """Return the table of all names of a section with their meanings."""
    rows = [
        [
            f"``{name}``",
            first_sentence(next(iter(found.values()))),
            "all" if len(found) == len(ESTIMATORS) else ", ".join(map(link_to, found)),
        ]
        for name, found in estimators_by_name(section).items()
    ]
    header = ["name", "meaning", "estimators"]
    return list_table(header, rows, "   :widths: 22 53 25")


def write(folder):
    """Write the tables to files that the page of the parameters includes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("shared", shared_parameters()),
        ("parameters", vocabulary("Parameters")),
        ("attributes", vocabulary("Attributes")),
    ):
        (folder / f"{name}.inc").write_text(text, encoding="utf8")
