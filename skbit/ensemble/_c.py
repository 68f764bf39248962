# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C code of BitEnsembleClassifier: the sum of what the members' code answers."""

import numpy as np

from skbit._c import classes
from skbit._c.source import Block, Writer
from skbit._c.text import Buffer, Code, Table, fill
from skbit.ensemble._bit_ensemble import BitEnsembleClassifier
from skbit.ensemble._members import parts_of
from skbit.ensemble._scale import limits_of

_CODE = """\
/* Adds the scores of a member, which saturate, on the scale of all. */
static void add_member(uint32_t member, int64_t *scores)
{
    int64_t limit = LIMITS[member];
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        int64_t score = member_scores[k];
        if (score > limit) {
            score = limit;
        } else if (score < -limit) {
            score = -limit;
        }
        scores[k] += score * SCALES[member];
    }
}

void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        scores[k] = 0;
    }
$calls\
}
"""
_CALL = """\
    ${member}_scores(input, member_scores);
    add_member(${i}u, scores);
"""


def add(ensemble, place):
    """Write the sum of the members' scores; return its block."""
    n_members, n_classes = len(ensemble.estimators_), len(ensemble.classes_)
    calls = "".join(
        fill(_CALL, member=name_of_member(place.name, i), i=i) for i in range(n_members)
    )
    unit = Code("on one scale")
    # An ensemble has probabilities if the scores of all members are in nats.
    if hasattr(ensemble, "predict_proba"):
        unit = classes.unit_of(ensemble._units_per_nat)
    answer = classes.answer(ensemble.classes_, place.name, unit)
    values = {"name": place.name, "NAME": Code(place.name.upper())}
    shifts = ensemble.shifts_
    block = Block(
        title=f"{type(ensemble).__name__}: {n_classes} classes x {n_members} members",
        code=fill(_CODE, calls=Code(calls), **values) + answer.code,
        operations=4 * n_members * n_classes + n_classes,
        tables=[
            Table("LIMITS", "Largest scores of the members.", limits_of(shifts)),
            Table("SCALES", "Units of the members' scores.", np.int64(1) << shifts),
            *answer.tables,
        ],
        buffers=[
            Buffer("member_scores", "Scores of one member.", np.int64, n_classes),
            answer.buffer,
        ],
        public=answer.public,
    )
    return block, None


def name_of_member(name, number):
    """Return the prefix of the functions of a member."""
    return fill("${name}_member_$number", name=name, number=number)


def steps_of_members(ensemble, name):
    """Return the prefixes of the members' functions, and their steps."""
    return [
        (name_of_member(name, number), [*transformers, classifier])
        for number, (transformers, classifier) in enumerate(
            map(parts_of, ensemble.estimators_)
        )
    ]


WRITERS = {
    BitEnsembleClassifier: Writer(
        add, vectors=classes.vectors, members=steps_of_members
    ),
}
