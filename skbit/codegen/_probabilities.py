# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Probabilities of classes in whole numbers, from tables of exponentials.

A score is so many units below the highest one. This distance becomes a whole number of
``1 / 4096`` nats, whose exponential is the product of three that are stored: of its
nats, of its 64ths and of its 4096ths. Distances of 12 nats and more count as infinite.

The exponential is wrong by a share of 0.00018 at most: half of ``1 / 4096``, and what
the tables round. A probability is then wrong by a quarter of twice that, or 5.9 of
65,536, by up to 0.5 as it is rounded, and by up to 0.4 for each class that is too far
away.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbit._c.source import Block
from skbit._c.text import Code, Table, fill
from skbit._c.vectors import Vector
from skbit.ensemble import BitEnsembleClassifier
from skbit.naive_bayes import OttoScoreClassifier

_NATS = 12
# Units beyond so many bits are cut off, so that products fit into 64 bits.
_UNIT_BITS = 40

_PUBLIC = """\
/* Writes the probabilities of the classes, in units of 1 / 65536. They differ from
 * those of Python by $most units at most. */
void ${name}_probabilities(const uint8_t *input, uint32_t *probabilities);

"""
_CODE = """\
void ${name}_probabilities(const uint8_t *input, uint32_t *probabilities)
{
    int best = 0;
    uint64_t sum = 0u;
    ${name}_scores(input, scores_found);
    for (int k = 1; k < ${NAME}_N_CLASSES; k++) {
        if (scores_found[k] > scores_found[best]) {
            best = k;
        }
    }
    for (int k = 0; k < ${NAME}_N_CLASSES; k++) {
        uint64_t below = ((uint64_t)scores_found[best] - (uint64_t)scores_found[k])
                         >> CUT_BITS;
        probabilities[k] = 0u;
        if (below < NATS * UNITS_PER_NAT) {
            uint64_t e = (below * 4096u + UNITS_PER_NAT / 2u) / UNITS_PER_NAT;
            uint32_t t = (uint32_t)e;
            e = (uint64_t)EXP_NATS[t >> 12] * EXP_64THS[t >> 6 & 63u] >> 15;
            probabilities[k] = (uint32_t)(e * EXP_4096THS[t & 63u] >> 15);
        }
        sum += probabilities[k];
    }
    for (int k = 0; k < ${NAME}_N_CLASSES; k++) {
        probabilities[k] = (uint32_t)((((uint64_t)probabilities[k] << 16) + sum / 2u)
                                      / sum);
    }
}
"""


def write_probabilities(classifier: Any, name: Code) -> Block:
    """Write the function that computes probabilities.

    Parameters
    ----------
    classifier : estimator
        The last step.
    name : Code
        Name of the model.
    """
    units, n_cut = _units(classifier)
    n_classes = len(classifier.classes_)
    values = {
        "name": name,
        "NAME": Code(name.upper()),
        "most": int(np.ceil(6.4 + 0.4 * n_classes)),
    }
    nats, parts, finest = _tables()
    about = "Exponentials of negative"
    return Block(
        title=f"probabilities: {n_classes} classes",
        code=fill(_CODE, **values),
        operations=16 * n_classes,
        constants={
            "CUT_BITS": fill("${n}u", n=n_cut),
            "UNITS_PER_NAT": fill("UINT64_C($units)", units=units),
            "NATS": fill("${n}u", n=_NATS),
        },
        tables=[
            Table("EXP_NATS", f"{about} nats, times 2 to the power of 31.", nats),
            Table("EXP_64THS", f"{about} 64ths, times 2 to the power of 15.", parts),
            Table("EXP_4096THS", f"{about} 4096ths, likewise.", finest),
        ],
        public=fill(_PUBLIC, **values),
    )


def _units(classifier: Any) -> tuple[int, int]:
    """Return the units of a nat, and how many of their bits are cut off."""
    # By exact type: a subclass may do anything.
    known = type(classifier) in (OttoScoreClassifier, BitEnsembleClassifier)
    # An ensemble has them if all members do.
    if not (known and hasattr(classifier, "predict_proba")):
        raise TypeError(
            f"There are no probabilities of {type(classifier).__name__} in C, only of "
            "OttoScoreClassifier and of ensembles of it."
        )
    units = classifier._units_per_nat
    n_cut = max(0, int(units).bit_length() - _UNIT_BITS)
    return int(units) >> n_cut, n_cut


def _tables() -> tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint16]]:
    nats = np.rint(np.exp(-np.arange(_NATS + 1.0)) * 2**31).astype(np.uint32)
    parts, finest = (
        np.rint(np.exp(-np.arange(64.0) / n) * 2**15).astype(np.uint16)
        for n in (64, 4096)
    )
    return nats, parts, finest


def probability_vector(classifier: Any, X: Any) -> Vector:
    """Return what the function must answer, computed as it does."""
    units, n_cut = _units(classifier)
    scores = classifier.integer_scores(X).astype(object)
    below = (scores.max(axis=1, keepdims=True) - scores) >> n_cut
    is_near = below < _NATS * units
    t = np.where(is_near, (below * 4096 + units // 2) // units, 0).astype(np.int64)
    nats, parts, finest = (table.astype(np.uint64) for table in _tables())
    product = nats[t >> 12] * parts[t >> 6 & 63] >> np.uint64(15)
    exponentials = product * finest[t & 63] >> np.uint64(15)
    exponentials[~is_near.astype(bool)] = 0
    sums = exponentials.sum(axis=1, keepdims=True)
    shares = ((exponentials << np.uint64(16)) + sums // np.uint64(2)) // sums
    return Vector("probabilities", written=shares.astype(np.uint32))
