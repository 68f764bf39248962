# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder of pixels in C, which compares bytes with limits and with neighbours."""

import numpy as np

from skbit._c.source import Bits, Block, fill
from skbit._c.text import Buffer, Code, Table, to_smallest_dtype, unsigned
from skbit.bits import CONTAINER_BITS, n_containers

_ENCODE = """\
static void encode(const uint8_t *input)
{
    const uint8_t *pixel = input;
    n_encoded = 0u;
    for (int32_t row = 0; row < HEIGHT; row++) {
        for (int32_t column = 0; column < WIDTH; column++) {
$inner\
            for (uint32_t k = 0u; k < N_CHANNELS; k++) {
                uint32_t number = *pixel;
$tests\
                pixel++;
            }
        }
    }
}
"""
_APPEND = """\
/* Appends n bits, from 1 to 32. */
static void append(uint32_t bits, uint32_t n)
{
    uint32_t *word = encoded + n_encoded / 32u;
    uint32_t place = n_encoded % 32u;
    *word = place == 0u ? bits : *word | bits << place;
    /* A shift by 32 is undefined. */
    if (place + n > 32u) {
        word[1] = bits >> (32u - place);
    }
    n_encoded += n;
}

"""
# The last test comes first, because each moves those before up by a bit. The highest
# bit of a difference tells whether it is negative.
_TESTS = """\
                for (uint32_t first = 0u; first < $n; first += 32u) {
                    uint32_t end = $n - first < 32u ? $n : first + 32u;
                    uint32_t bits = 0u;
$loops\
                    append(bits, end - first);
                }
"""
_BOTH = """\
                uint32_t bits = 0u;
$loops\
                append(bits, FEATURE_BITS);
"""
_ABOVE = """\
                    for (uint32_t t = $end; t-- > $first;) {
                        bits = bits << 1 | ((uint32_t)THRESHOLDS[k][t] - number) >> 31;
                    }
"""
_RISES = """\
                    uint32_t limit = number + (uint32_t)MIN_RISES[k];
                    if (is_inner) {
$inner_rises\
                    } else {
                        for (uint32_t d = $end; d-- > $first;) {
                            bits <<= 1;
                            if (is_in_image(row + DOWN[d], column + RIGHT[d])) {
                                bits |= (limit - pixel[THERE[d]]) >> 31;
                            }
                        }
                    }
"""
_RISE = """\
                        bits = bits << 1 | (limit - pixel[$there]) >> 31;
"""
_RISES_LOOP = """\
                        for (uint32_t d = end; d-- > first;) {
                            bits = bits << 1 | (limit - pixel[THERE[d]]) >> 31;
                        }
"""
_INNER = """\
            /* Whether no step leads out of the image. */
            int is_inner = row >= REACH && row < HEIGHT - REACH
                           && column >= REACH && column < WIDTH - REACH;
"""
_IS_IN_IMAGE = """\
static int is_in_image(int32_t row, int32_t column)
{
    return row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH;
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
    height, width = encoder.image_shape_ if rise is not None else (1, n // n_channels)
    constants = {"HEIGHT": height, "WIDTH": width, "N_CHANNELS": unsigned(n_channels)}
    constants["FEATURE_BITS"] = unsigned(n_bits)
    tables, tests, before, inner = [], {}, _APPEND, Code()
    if len(above):
        constants["N_THRESHOLDS"] = unsigned(len(above))
        about = "What a number of each channel must exceed."
        limits = np.ascontiguousarray(above[:, :n_channels].T)
        tables.append(Table("THRESHOLDS", about, to_smallest_dtype(limits)))
        tests["N_THRESHOLDS"] = Code(_ABOVE)
    if rise is not None:
        steps = encoder._steps
        there = (steps[:, 0] * width + steps[:, 1]) * n_channels
        constants["N_STEPS"] = unsigned(len(steps))
        constants["REACH"] = int(np.abs(steps).max())
        tables += _tables_of(steps, there, rise[:n_channels])
        tests["N_STEPS"] = _rises(there, n_bits)
        before, inner = _IS_IN_IMAGE + before, Code(_INNER)
    # The compiler cannot see that a single word never overflows into a second one.
    n_words = max(2, n_containers(n * n_bits))
    tests = _write_tests(tests, n_bits)
    block = Block(
        title=f"{type(encoder).__name__}: {n} x {n_bits} bits",
        code=before + fill(_ENCODE, inner=inner, tests=tests),
        operations=n * (6 * n_bits + 8),
        constants=constants,
        tables=tables,
        buffers=[
            Buffer("encoded", "The encoder's bits.", np.uint32, n_words),
            Buffer("n_encoded", "How many there are so far.", np.uint32),
        ],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n * n_bits, encoder.packed_output)


def _tables_of(steps, there, rises):
    """Return the tables that the tests of rises read."""
    return [
        Table("THERE", "Numbers of the input to step.", to_smallest_dtype(there)),
        Table("DOWN", "Rows to step.", to_smallest_dtype(steps[:, 0])),
        Table("RIGHT", "Columns to step.", to_smallest_dtype(steps[:, 1])),
        Table("MIN_RISES", "What a rise must exceed.", rises),
    ]


def _rises(there, n_bits):
    """Write the tests of rises. Straight code is twice as fast as a loop."""
    loop = _RISES_LOOP
    if n_bits <= CONTAINER_BITS:
        loop = "".join(fill(_RISE, there=int(step)) for step in there[::-1])
    return Code(_RISES.replace("$inner_rises", loop))


def _write_tests(tests, n_bits):
    """Write the tests of a number, by their number in C, and append their bits.

    All bits of a number are appended at once if they fit into a word, and 32 at a time
    otherwise.
    """
    if n_bits <= CONTAINER_BITS:
        parts = [
            fill(test, first=Code("0u"), end=Code(n))
            for n, test in reversed(tests.items())
        ]
        return fill(_BOTH, loops=Code("".join(parts)))
    first, end = Code("first"), Code("end")
    parts = [
        fill(_TESTS, n=Code(n), loops=fill(test, first=first, end=end))
        for n, test in tests.items()
    ]
    return Code("".join(parts))
