# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tables in C, which compares floats with thresholds and with numbers of categories.

Thresholds are float64. A float is above a threshold if it is above the largest float
that is not above the threshold, so floats lose nothing.
"""

import numpy as np

from skbit._c.helpers import SET_RUN
from skbit._c.source import Bits, Block, fill
from skbit._c.text import Buffer, Code, Table, to_smallest_dtype, unsigned
from skbit.bits import n_containers
from skbit.preprocessing._categories import codes_of_categories

_ENCODE = """\
static void encode(const float *input)
{
    for (uint32_t i = 0u; i < ENCODED_WORDS; i++) {
        encoded[i] = 0u;
    }
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        float value = input[i];
        uint32_t first = i * FEATURE_BITS;
        uint32_t length = 1u;
        /* Only what is not a number differs from itself. */
        if (value != value) {
            first += $missing;
$category\
        } else {
            length = 0u;
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
_CATEGORY = """\
        } else if (IS_CATEGORY[i] != 0u) {
            uint32_t bit = FEATURE_BITS - 1u;
            for (uint32_t t = STARTS[i]; t < STARTS[i + 1u]; t++) {
                if (value == NUMBERS[t]) {
                    bit = t - STARTS[i];
                    bit += bit >= MISSING[i] ? 1u : 0u;
                }
            }
            first += bit;
"""
# Of a feature, and of a number that it is compared with.
_OPERATIONS = 15, 2


def encode_table(encoder, place):
    """Write a TableEncoder; return block and bits."""
    n_features, n_bits = encoder.n_features_in_, encoder._column_bits
    n_words = n_containers(n_features * n_bits)
    values, is_missing = codes_of_categories(encoder)
    numbers, starts = _numbers(encoder, values)
    tables = [
        Table("NUMBERS", "Thresholds, or categories, of all features.", numbers),
        Table("STARTS", "The first of each feature.", to_smallest_dtype(starts)),
    ]
    constants = {
        "N_FEATURES": unsigned(n_features),
        "FEATURE_BITS": unsigned(n_bits),
        "ENCODED_WORDS": unsigned(n_words),
    }
    missing, category = Code("FEATURE_BITS - 1u"), Code("")
    is_category = encoder._is_category
    if is_category.any():
        missing, category = Code("MISSING[i]"), Code(_CATEGORY)
        bits = [
            row.index(True) if any(row) else n_bits - 1 for row in is_missing.tolist()
        ]
        tables += [
            Table("IS_CATEGORY", "Which are categories.", is_category.astype(np.uint8)),
            Table("MISSING", "The bits of missing values.", to_smallest_dtype(bits)),
        ]
    per_feature, per_number = _OPERATIONS
    block = Block(
        title=f"{type(encoder).__name__}: {n_features} x {n_bits} bits",
        code=fill(_ENCODE, missing=missing, category=category),
        operations=per_feature * n_features + per_number * int(starts[-1]),
        constants=constants,
        tables=tables,
        buffers=[Buffer("encoded", "The encoder's bits.", np.uint32, n_words)],
        helpers=[SET_RUN],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n_features * n_bits, encoder.packed_output)


def _numbers(encoder, values):
    """Return what features are compared with, and where that of each one begins."""
    columns = [
        _categories_as_floats(of_category[~np.isnan(of_category)])
        if is_category
        else _thresholds_as_floats(thresholds[thresholds < np.inf])
        for is_category, of_category, thresholds in zip(
            encoder._is_category, values, encoder.thresholds_, strict=True
        )
    ]
    numbers = np.concatenate(columns)
    # C has no arrays without elements.
    numbers = numbers if len(numbers) else np.zeros(1, dtype=np.float32)
    return numbers, np.cumsum([0, *map(len, columns)])


def _thresholds_as_floats(thresholds):
    """Return the largest float32 that is not above each threshold."""
    with np.errstate(over="ignore"):
        floats = thresholds.astype(np.float32)
    below = np.nextafter(floats, np.float32(-np.inf))
    floats = np.where(floats > thresholds, below, floats)
    if np.isinf(floats).any():
        raise ValueError(
            "TableEncoder was fitted on numbers below those of a float, such as "
            "negative infinity, which C cannot compare. Replace them."
        )
    return floats


def _categories_as_floats(values):
    """Return numbers of categories as float32; raise if they are none."""
    with np.errstate(over="ignore"):
        floats = values.astype(np.float32)
    wrong = values[(floats != values) | np.isinf(values)]
    if len(wrong):
        raise ValueError(
            f"The category {wrong[0]:g} is no float, the type of the input of the C "
            "code. Use whole numbers up to 2**24 for categories."
        )
    return floats
