# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in C, which compares numbers with thresholds and with those of categories.

Thresholds are float64. A number of the input's type is above a threshold if it is above
the largest one that is not above the threshold, so nothing is lost.
"""

import numpy as np

from skbit._c.helpers import SET_RUN
from skbit._c.numbers import ends_of
from skbit._c.source import Bits, Block, fill
from skbit._c.text import Buffer, Code, Table, c_type, to_smallest_dtype, unsigned
from skbit.bits import n_containers
from skbit.preprocessing._categories import codes_of_categories

_ENCODE = """\
static void encode(const uint8_t *input)
{
    for (uint32_t i = 0u; i < ENCODED_WORDS; i++) {
        encoded[i] = 0u;
    }
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        $type value = input[i];
        uint32_t first = i * FEATURE_BITS;
        uint32_t length = 0u;
$special\
        {
            for (uint32_t t = STARTS[i]; t < STARTS[i + 1u]; t++) {
                if (value > NUMBERS[t]) {
                    length++;
                }
            }
        }
        set_run(encoded, first, length);
    }
}
"""
_MISSING = """\
        /* Only what is not a number differs from itself. */
        if (value != value) {
            length = 1u;
            first += $missing;
        } else
"""
_CATEGORY = """\
        if (IS_CATEGORY[i] != 0u) {
            uint32_t bit = FEATURE_BITS - 1u;
            for (uint32_t t = STARTS[i]; t < STARTS[i + 1u]; t++) {
                if (value == NUMBERS[t]) {
                    bit = t - STARTS[i];
                    bit += bit >= MISSING[i] ? 1u : 0u;
                }
            }
            length = 1u;
            first += bit;
        } else
"""
# Of a feature, and of a number that it is compared with.
_OPERATIONS = 15, 2


def encode_table(encoder, place):
    """Write a TableEncoder; return block and bits."""
    scale, is_category = place.scale, encoder._is_category
    n_features, n_bits = encoder.n_features_in_, encoder._column_bits
    n_words = n_containers(n_features * n_bits)
    values, is_missing = codes_of_categories(encoder)
    if is_category.any():
        scale.refuse_scalers(encoder)
    if not scale.scalers and scale.dtype != "float32":
        _check_whole(encoder, scale, is_missing)
    numbers, starts = _numbers(encoder, values, scale)
    tables = [
        Table("NUMBERS", "Thresholds, or categories, of all features.", numbers),
        Table("STARTS", "The first of each feature.", to_smallest_dtype(starts)),
    ]
    constants = {
        "N_FEATURES": unsigned(n_features),
        "FEATURE_BITS": unsigned(n_bits),
        "ENCODED_WORDS": unsigned(n_words),
    }
    missing, special = Code("FEATURE_BITS - 1u"), ""
    if is_category.any():
        missing, special = Code("MISSING[i]"), _CATEGORY
        bits = [
            row.index(True) if any(row) else n_bits - 1 for row in is_missing.tolist()
        ]
        tables += [
            Table("IS_CATEGORY", "Which are categories.", is_category.astype(np.uint8)),
            Table("MISSING", "The bits of missing values.", to_smallest_dtype(bits)),
        ]
    if scale.dtype == "float32":
        special = fill(_MISSING, missing=missing) + special
    per_feature, per_number = _OPERATIONS
    block = Block(
        title=f"{type(encoder).__name__}: {n_features} x {n_bits} bits",
        code=fill(_ENCODE, type=Code(c_type(scale.dtype)), special=Code(special)),
        operations=per_feature * n_features + per_number * int(starts[-1]),
        constants=constants,
        tables=tables,
        buffers=[Buffer("encoded", "The encoder's bits.", np.uint32, n_words)],
        helpers=[SET_RUN],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n_features * n_bits, encoder.packed_output)


def _check_whole(encoder, scale, is_missing):
    """Raise if a TableEncoder was fitted on other numbers than those of a whole type.

    It stores thresholds alone, so this is found as far as they show it.
    """
    if is_missing.any():
        scale.refuse(encoder, "missing values")
    first, last = ends_of(scale.dtype)
    for thresholds in encoder.thresholds_:
        found = thresholds[thresholds < np.inf]
        if encoder.strategy == "tails":
            found = _within(found, len(thresholds))
        elif not _are_between_whole(found, len(thresholds), encoder.strategy):
            wrong = found[2 * found != np.floor(2 * found)]
            _refuse(encoder, scale, "fractions", (*wrong, *found)[0])
        # Numbers that the encoder was fitted on are on both sides of each threshold.
        beyond = found[(found < first) | (found >= last)]
        if len(beyond):
            _refuse(encoder, scale, "other numbers", beyond[0])


def _refuse(encoder, scale, what, threshold):
    """Raise because a threshold shows that an encoder was fitted on other numbers."""
    scale.refuse(encoder, f"{what}, as the threshold {threshold:g} shows")


def _within(thresholds, n_most):
    """Return thresholds of ``"tails"`` that are within the range of a feature.

    The outer ones are beyond it, as all are if the feature is constant.
    """
    if not 2 < len(thresholds) == n_most:
        return thresholds[:0]
    quarter = (n_most + 1) / 4
    return thresholds[int(np.ceil(quarter)) - 1 : int(3 * quarter)]


def _are_between_whole(thresholds, n_most, strategy):
    """Return whether thresholds of a feature may be those of whole numbers.

    They are in the middle between two of the numbers. Those of ``"uniform"`` divide the
    range from one number to another evenly instead, if there are more numbers than
    cells, so that a cell of whole numbers is 1 wide at least.
    """
    is_half = (2 * thresholds == np.floor(2 * thresholds)).all()
    if is_half and (np.diff(np.floor(thresholds)) > 0).all():
        return True
    if strategy != "uniform" or not 1 < len(thresholds) == n_most:
        return False
    first, last = thresholds[[0, -1]]
    step = (last - first) / (n_most - 1)
    ends = np.array([first - step, last + step])
    is_whole = np.allclose(ends, np.rint(ends), rtol=1e-12, atol=1e-6)
    return is_whole and step > 1 - 1e-6


def _numbers(encoder, values, scale):
    """Return what features are compared with, and where that of each one begins."""
    # Numbers exceed a threshold where they reach the next number.
    limits = scale.limits(np.nextafter(encoder.thresholds_, np.inf))
    columns = [
        _categories_in_type(of_category[~np.isnan(of_category)], scale)
        if is_category
        else of_feature[thresholds < np.inf]
        for is_category, of_category, of_feature, thresholds in zip(
            encoder._is_category, values, limits, encoder.thresholds_, strict=True
        )
    ]
    # Thresholds that are not used say nothing of the numbers.
    scale.remember(columns)
    numbers = np.concatenate(columns)
    # C has no arrays without elements.
    numbers = scale.in_table(numbers if len(numbers) else np.zeros(1))
    return numbers, np.cumsum([0, *map(len, columns)])


def _categories_in_type(values, scale):
    """Return numbers of categories in the type of the input; raise if they are none."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = values.astype(scale.dtype)
    wrong = values[(found != values) | np.isinf(values)]
    if len(wrong):
        raise ValueError(
            f"The category {wrong[0]:g} is no {scale.dtype}, the type of the input of "
            "the C code. Use whole numbers of that type for categories."
        )
    return found
