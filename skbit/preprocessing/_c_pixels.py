# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder of pixels in C, which compares bytes with limits and with neighbours."""

import numpy as np

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
        uint32_t bit = i * FEATURE_BITS;
$above\
$rises\
    }
}
"""
_ABOVE = """\
        for (uint32_t t = 0u; t < N_THRESHOLDS; t++) {
            if (input[i] > THRESHOLDS[i % N_CHANNELS][t]) {
                encoded[bit / 32u] |= UINT32_C(1) << (bit % 32u);
            }
            bit++;
        }
"""
_RISES = """\
        for (uint32_t d = 0u; d < N_STEPS; d++) {
            int32_t row = (int32_t)(i / ROW_BYTES) + STEPS[d][0];
            int32_t column = (int32_t)(i % ROW_BYTES / N_CHANNELS) + STEPS[d][1];
            if (row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH) {
                uint32_t pixel = (uint32_t)row * WIDTH + (uint32_t)column;
                uint32_t there = pixel * N_CHANNELS + i % N_CHANNELS;
                if (input[there] > input[i] + MIN_RISES[i % N_CHANNELS]) {
                    encoded[bit / 32u] |= UINT32_C(1) << (bit % 32u);
                }
            }
            bit++;
        }
"""


def encode_pixels(encoder, place):
    """Write a PixelEncoder; return block and bits."""
    scale = place.scale
    scale.need_bytes(encoder)
    scale.check_range(encoder, encoder.data_min_, encoder.data_max_)
    n, n_bits = encoder.n_features_in_, encoder._n_number_bits
    above, rise = encoder._limits(np.dtype(np.uint8))
    n_channels = encoder._n_channels
    constants = {
        "N_FEATURES": unsigned(n),
        "FEATURE_BITS": unsigned(n_bits),
        "ENCODED_WORDS": unsigned(n_containers(n * n_bits)),
        "N_CHANNELS": unsigned(n_channels),
    }
    tables, parts = [], {"above": Code(), "rises": Code()}
    if len(above):
        constants["N_THRESHOLDS"] = unsigned(len(above))
        about = "What a number of each channel must exceed."
        limits = np.ascontiguousarray(above[:, :n_channels].T)
        tables.append(Table("THRESHOLDS", about, to_smallest_dtype(limits)))
        parts["above"] = Code(_ABOVE)
    if rise is not None:
        height, width = encoder.image_shape_
        steps = encoder._steps
        constants |= {
            "HEIGHT": height,
            "WIDTH": width,
            "ROW_BYTES": unsigned(width * n_channels),
            "N_STEPS": unsigned(len(steps)),
        }
        tables += [
            Table("STEPS", "Down and right.", to_smallest_dtype(steps)),
            Table("MIN_RISES", "What a rise must exceed.", rise[:n_channels]),
        ]
        parts["rises"] = Code(_RISES)
    n_steps = n_bits - len(above)
    block = Block(
        title=f"{type(encoder).__name__}: {n} x {n_bits} bits",
        code=fill(_ENCODE, **parts),
        operations=n * (6 * len(above) + 20 * n_steps),
        constants=constants,
        tables=tables,
        buffers=[
            Buffer(
                "encoded", "The encoder's bits.", np.uint32, n_containers(n * n_bits)
            )
        ],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n * n_bits, encoder.packed_output)
