# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Thermometer and scalar encoders in C, which compare numbers with limits.

Thresholds are float64, and a value passes the thresholds that it reaches. A number of
the input's type reaches a threshold if it is above a limit of that type, so nothing is
lost.
"""

import numpy as np

from skbit._c.helpers import SET_RUN
from skbit._c.input import load
from skbit._c.source import Bits, Block, fill
from skbit._c.text import Buffer, Code, Table, to_smallest_dtype, unsigned
from skbit.bits import n_containers

_ENCODE = """\
static void encode(const uint8_t *input)
{
    for (uint32_t i = 0u; i < ENCODED_WORDS; i++) {
        encoded[i] = 0u;
    }
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
$count\
        set_run(encoded, i * FEATURE_BITS$first, $length);
    }
}
"""

_COUNT = """\
        uint32_t passed = 0u;
        for (uint32_t t = 0u; t < N_THRESHOLDS; t++) {
            if (input[i] > THRESHOLDS$feature[t]) {
                passed++;
            }
        }
"""
_SET_RUN_OPERATIONS = 10


def encode_thermometer(encoder, place):
    """Write a ThermometerEncoder; return block and bits."""
    scale = place.scale
    if encoder.fitted_params_["curve"] == "raw":
        scale.need_bytes(encoder)
        name = type(encoder).__name__
        return load(name, encoder.n_features_in_, encoder.packed_output)
    levels = encoder.levels_
    return _encode(encoder, scale, np.zeros_like(levels), levels, encoder._n_levels)


def encode_scalar(encoder, place):
    """Write a ScalarEncoder; return block and bits."""
    scale = place.scale
    firsts = np.arange(encoder.thresholds_.shape[1] + 1)
    lengths = np.full_like(firsts, encoder._n_active)
    return _encode(encoder, scale, firsts, lengths, encoder._feature_bits)


def _encode(encoder, scale, firsts, lengths, n_bits):
    """Write an encoder that sets a run of ones per feature.

    ``firsts`` has the first bit that is one, and ``lengths`` the number of ones, by the
    number of thresholds passed. The first bit is that number, or always 0.
    """
    n_features = encoder.n_features_in_
    n_words = n_containers(n_features * n_bits)
    limits = _limits(encoder, scale)
    constants = {
        "N_FEATURES": unsigned(n_features),
        "FEATURE_BITS": unsigned(n_bits),
        "ENCODED_WORDS": unsigned(n_words),
    }
    is_equal = (limits == limits[0]).all()
    if is_equal and scale.dtype == "uint8":
        # All features have equal limits, so the run of a byte is looked up.
        passed = (np.arange(256)[:, None] > limits[0]).sum(axis=1)
        count, tables, n_thresholds = Code(), [], 0
        first = Code()
        if firsts.any():
            first = Code(" + FIRSTS[input[i]]")
            about = "Of each byte, the first bit that is one."
            tables.append(Table("FIRSTS", about, to_smallest_dtype(firsts[passed])))
        length = Code("LENGTHS[input[i]]")
        about = "Of each byte, how many bits are one."
        tables.append(Table("LENGTHS", about, to_smallest_dtype(lengths[passed])))
    else:
        feature = Code("" if is_equal else "[i]")
        count, n_thresholds = fill(_COUNT, feature=feature), limits.shape[1]
        constants["N_THRESHOLDS"] = unsigned(n_thresholds)
        about = "What each feature must exceed to pass its thresholds."
        limits = limits[0] if is_equal else limits
        tables = [Table("THRESHOLDS", about, scale.in_table(limits))]
        first = Code(" + passed" if firsts.any() else "")
        length = Code("passed")
        if (lengths == lengths[0]).all():
            length = Code("N_ONES")
            constants["N_ONES"] = unsigned(lengths[0])
        elif not np.array_equal(lengths, np.arange(n_thresholds + 1)):
            length = Code("LENGTHS[passed]")
            about = "By the thresholds passed, how many bits are one."
            tables.append(Table("LENGTHS", about, to_smallest_dtype(lengths)))
    block = Block(
        title=f"{type(encoder).__name__}: {n_features} x {n_bits} bits",
        code=fill(_ENCODE, count=count, first=first, length=length),
        operations=n_features * (2 * n_thresholds + _SET_RUN_OPERATIONS),
        constants=constants,
        tables=tables,
        buffers=[Buffer("encoded", "The encoder's bits.", np.uint32, n_words)],
        helpers=[SET_RUN],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n_features * n_bits, encoder.packed_output)


def _limits(encoder, scale):
    """Return what features must exceed to pass their thresholds."""
    scale.check_range(encoder, encoder.data_min_, encoder.data_max_)
    if encoder.strategy == "quantile":
        # They are next above numbers that the encoder was fitted on.
        scale.check_numbers(encoder, np.nextafter(encoder.thresholds_, -np.inf))
    return scale.limits(encoder.thresholds_)
