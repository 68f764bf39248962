# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""RandomFernEncoder in C: the bits that each fern reads are a table."""

import numpy as np

from skbit._c.source import Bits, Block, fill
from skbit._c.text import Buffer, Table, to_smallest_dtype, unsigned
from skbit.bits import n_containers

_FERNS = """\
static void set_ferns$s(void)
{
    for (uint32_t i = 0u; i < FERN_WORDS$s; i++) {
        fern_bits$s[i] = 0u;
    }
    for (uint32_t f = 0u; f < N_FERNS$s; f++) {
        uint32_t code = 0u;
        for (uint32_t i = 0u; i < FERN_SIZE$s; i++) {
            uint32_t bit = FERNS$s[f][i];
            code |= (($bits[bit / 32u] >> (bit % 32u)) & 1u) << i;
        }
        code += f << FERN_SIZE$s;
        fern_bits$s[code / 32u] |= UINT32_C(1) << (code % 32u);
    }
}
"""
# Of a bit that is read and of a fern.
_OPERATIONS = 6, 6


def ferns(encoder, place):
    """Write a RandomFernEncoder; return its block and its bits."""
    suffix = place.suffix
    (n_ferns, size), n_bits = encoder.ferns_.shape, encoder._n_bits
    out = fill("fern_bits$s", s=suffix)
    about = "The bits that each fern reads. The lowest digit of its code comes first."
    per_bit, per_fern = _OPERATIONS
    block = Block(
        title=f"RandomFernEncoder: {n_ferns} of {size} bits",
        code=fill(_FERNS, s=suffix, bits=place.bits.buffer),
        operations=n_ferns * (size * per_bit + per_fern),
        constants={
            f"N_FERNS{suffix}": unsigned(n_ferns),
            f"FERN_SIZE{suffix}": unsigned(size),
            f"FERN_WORDS{suffix}": unsigned(n_containers(n_bits)),
        },
        tables=[Table(f"FERNS{suffix}", about, to_smallest_dtype(encoder.ferns_))],
        buffers=[Buffer(out, "The ferns' bits.", np.uint32, n_containers(n_bits))],
        call=fill("set_ferns$s();", s=suffix),
    )
    return block, Bits(out, n_bits, encoder.packed_output)
