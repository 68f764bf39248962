# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The log-odds classifier, and log-odds of fewer bits."""

import copy

import numpy as np
from sklearn.pipeline import Pipeline

from skbit.bits import n_containers
from skbit.codegen._c import Buffer, Code, Strings, Table, narrowed, unsigned
from skbit.codegen._source import Block, fill
from skbit.naive_bayes import OttoScoreClassifier

_LARGEST = np.iinfo(np.int32).max
# What an int holds on every platform.
_LARGEST_INT = 2**15 - 1

_PUBLIC = """\
/* Returns $what. */
int ${name}_predict(const uint8_t *input);

#define ${NAME}_N_CLASSES $n_classes
/* Writes the scores of the classes, in units of 1 / $precision nats. */
void ${name}_scores(const uint8_t *input, int64_t *scores);

"""
_PUBLIC_NAMES = """\
/* The names of the classes. */
extern $declaration;

"""

_CODE = """\
void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    run(input);
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        sums[k] = 0;
    }
    for (uint32_t i = 0u; i < SCORED_WORDS; i++) {
        uint32_t bit = 32u * i;
        for (uint32_t word = $bits[i]; word != 0u; word >>= 1) {
            if ((word & 1u) != 0u) {
                for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
                    sums[k] += LOG_ODDS[bit][k];
                }
            }
            bit++;
        }
    }
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        scores[k] = OFFSETS[k] + (int64_t)sums[k]$scale;
    }
}

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


def score(classifier, bits, name):
    """Write an OttoScoreClassifier; return its block."""
    n_classes, n_bits = classifier.weights_.shape
    check_number("classes", n_classes)
    weights, scale = _small(classifier.weights_)
    # What sums can reach, whatever the input.
    highest = int(np.abs(weights.astype(np.int64)).sum(axis=1).max())
    sum_type = np.int32 if highest <= _LARGEST else np.int64
    tables = [
        Table("LOG_ODDS", "Of each bit, for each class.", weights.T),
        Table("OFFSETS", "Of each class.", classifier.offsets_),
    ]
    labels = _labels(classifier.classes_)
    constants = {"SCORED_WORDS": unsigned(n_containers(n_bits))}
    if scale != 1:
        constants["SCALE"] = scale
    values = {
        "name": name,
        "NAME": Code(name.upper()),
        "n_classes": n_classes,
        "bits": bits.buffer,
        "precision": classifier.fitted_params_["precision"],
        "scale": Code("" if scale == 1 else " * SCALE"),
        "label": Code("best"),
        "what": Code("the class"),
    }
    public = _PUBLIC
    if labels is None:
        names = tuple(str(label) for label in classifier.classes_)
        strings = Strings(
            fill("${name}_classes", name=name), "The names of the classes.", names
        )
        tables.append(strings)
        values["what"] = fill(
            "the number of the class; $name has its name", name=strings.name
        )
        values["declaration"] = strings.declaration
        public += _PUBLIC_NAMES
    elif not np.array_equal(labels, np.arange(n_classes)):
        tables.append(Table("CLASSES", "The classes.", narrowed(labels)))
        values["label"] = Code("CLASSES[best]")
    return Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        code=fill(_CODE, **values),
        operations=n_bits * (n_classes + 3) + 4 * n_classes,
        constants=constants,
        tables=tables,
        buffers=[
            Buffer("sums", "Of the log-odds of ones.", sum_type, n_classes),
            Buffer("scores_found", "To predict.", np.int64, n_classes),
        ],
        public=fill(public, **values),
    )


def check_number(what, n):
    """Raise if an int cannot number so many on every platform."""
    if n > _LARGEST_INT:
        raise ValueError(
            f"{n} {what} are more than {_LARGEST_INT}, which is all that an int can "
            "number on every platform."
        )


def round_log_odds(model, bits):
    """Round the log-odds of a classifier, so that they can be stored in fewer bits.

    The result predicts what its C code predicts, so ``score`` tells what rounding
    costs. All log-odds are rounded to multiples of the same power of two (half up),
    the smallest with which the multiples fit into ``bits`` bits: none wraps around,
    and none is cut, but for log-odds within half a unit of the largest int32. Offsets
    stay as they are.

    Parameters
    ----------
    model : OttoScoreClassifier or Pipeline
        Fitted; a pipeline must end in such a classifier.

    bits : {8, 16}
        Bits of a log-odds.

    Returns
    -------
    rounded : OttoScoreClassifier or Pipeline
        A copy with other ``weights_`` and ``correction_``. Fitting it again, also with
        ``partial_fit``, undoes the rounding.

    See Also
    --------
    to_c : Stores log-odds in as few bits as they need.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbit import OttoScoreClassifier
    >>> from skbit.codegen import round_log_odds, to_c
    >>> X, y = load_digits(return_X_y=True)
    >>> model = OttoScoreClassifier(binarize=7).fit(X, y)
    >>> to_c(model).flash_bytes, to_c(round_log_odds(model, 8)).flash_bytes
    (2640, 720)
    """
    if bits not in (8, 16):
        raise ValueError(f"bits must be 8 or 16, got {bits!r}.")
    model = copy.deepcopy(model)
    classifier = model[-1] if isinstance(model, Pipeline) else model
    if not isinstance(classifier, OttoScoreClassifier):
        raise TypeError(
            "Only an OttoScoreClassifier, or a pipeline that ends in one, has log-odds "
            f"to round, got {type(classifier).__name__}."
        )
    classifier._check_fitted()
    exact = classifier.weights_.astype(np.int64)
    ends = np.iinfo(f"int{bits}")
    shift, rounded = 0, exact
    while rounded.min() < ends.min or rounded.max() > ends.max:
        shift += 1
        rounded = np.minimum((exact + (1 << shift >> 1)) >> shift, _LARGEST >> shift)
    weights = rounded << shift
    if classifier._log_odds is None:
        classifier._log_odds = classifier.weights_
    correction = np.clip(weights - classifier._log_odds, -_LARGEST - 1, _LARGEST)
    classifier.weights_ = weights.astype(np.int32)
    classifier._correction = correction.astype(np.int32)
    return model


def _small(coef):
    """Divide weights by the power of two that is in all; return quotients, divisor."""
    ones = int(np.bitwise_or.reduce(coef, axis=None))
    scale = ones & -ones if ones else 1
    return narrowed(coef.astype(np.int64) // scale, signed=True), scale


def _labels(classes):
    """Return classes as whole numbers that an int holds, or None."""
    if classes.dtype.kind not in "biuf":
        return None
    if (np.abs(classes.astype(float)) > _LARGEST_INT).any():
        return None
    labels = classes.astype(np.int64)
    return labels if np.array_equal(labels, classes) else None
