# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What all classifiers answer in C: the class with the highest score, and its label."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbit._c.text import (
    LARGEST_INT,
    Buffer,
    Code,
    Strings,
    Table,
    check_number,
    fill,
    to_smallest_dtype,
)
from skbit._c.vectors import Vector

_PUBLIC = """\
/* Returns $what. */
int ${name}_predict(const uint8_t *input);

#define ${NAME}_N_CLASSES $n_classes
/* Writes the scores of the classes, $unit. */
void ${name}_scores(const uint8_t *input, int64_t *scores);

"""
_PUBLIC_NAMES = """\
/* Names of the classes. */
extern $declaration;

"""

_PREDICT = """\

int ${name}_predict(const uint8_t *input)
{
    int best = 0;
    ${name}_scores(input, scores_found);
    for (int k = 1; k < ${NAME}_N_CLASSES; k++) {
        if (scores_found[k] > scores_found[best]) {
            best = k;
        }
    }
    return $label;
}
"""


@dataclass(frozen=True)
class Answer:
    """The function ``name_predict``, which calls ``name_scores``.

    Parameters
    ----------
    code : str
    public : str
        Declarations of both.
    buffer : Buffer
        Room for the scores.
    tables : list of Table or Strings
        The labels, if they are not the numbers of the classes.
    """

    code: str
    public: str
    buffer: Buffer
    tables: list[Table | Strings]


def unit_of(units_per_nat: int) -> Code:
    """Write what the scores are counted in, for a comment."""
    # That of an ensemble can have more than 64 bits.
    return fill("in units of 1 / $n nats", n=Code(int(units_per_nat)))


def answer(classes: NDArray[Any], name: Code, unit: Code) -> Answer:
    """Write what a classifier answers.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
    name : Code
        Name of the model.
    unit : Code
        What the scores are counted in, for a comment.

    Returns
    -------
    answer : Answer
    """
    check_number("classes", len(classes))
    tables: list[Table | Strings] = []
    public, label, what = _PUBLIC, Code("best"), Code("the class")
    values: dict[str, Any] = {}
    labels = _integer_labels(classes)
    if labels is None:
        names = tuple(str(one) for one in classes)
        strings = Strings(
            fill("${name}_classes", name=name), "Names of the classes.", names
        )
        what = fill(
            "the number of the class; $name has its name", name=Code(strings.name)
        )
        values["declaration"] = strings.declaration
        tables, public = [strings], _PUBLIC + _PUBLIC_NAMES
    elif not np.array_equal(labels, np.arange(len(labels))):
        label = Code("CLASSES[best]")
        about = "Classes by their numbers."
        tables = [Table("CLASSES", about, to_smallest_dtype(labels))]
    values |= {
        "name": name,
        "NAME": Code(name.upper()),
        "n_classes": len(classes),
        "what": what,
        "label": label,
        "unit": unit,
    }
    about = "Scores of the row that is predicted."
    return Answer(
        code=fill(_PREDICT, **values),
        public=fill(public, **values),
        buffer=Buffer("scores_found", about, np.int64, len(classes)),
        tables=tables,
    )


def vectors(classifier: Any, X: Any) -> list[Vector]:
    """Return what the functions of a classifier must answer."""
    predicted = classifier.predict(X)
    labels = np.searchsorted(classifier.classes_, predicted)
    if _integer_labels(classifier.classes_) is not None:
        labels = predicted.astype(np.int64)
    return [
        Vector("predict", labels),
        Vector("scores", written=classifier.integer_scores(X)),
    ]


def as_labels(answers: NDArray[np.int64], classes: NDArray[Any]) -> NDArray[Any]:
    """Return the labels that answers of ``name_predict`` stand for."""
    if _integer_labels(classes) is None:
        return classes[answers]
    return answers.astype(classes.dtype)


def in_turn(classifier: Any, n_rows: int) -> NDArray[Any]:
    """Return classes of the rows that a self-test learns: one after the other."""
    return classifier.classes_[np.arange(n_rows) % len(classifier.classes_)]


def _integer_labels(classes: NDArray[Any]) -> NDArray[np.int64] | None:
    """Return classes as whole numbers that an int holds, or None if they are not."""
    if classes.dtype.kind not in "biuf":
        return None
    if (np.abs(classes.astype(float)) > LARGEST_INT).any():
        return None
    labels = classes.astype(np.int64)
    return labels if np.array_equal(labels, classes) else None
