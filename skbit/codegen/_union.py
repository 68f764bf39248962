# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Feature unions in C: estimators side by side, whose bits are put together."""

from typing import Any

import numpy as np
from sklearn.pipeline import FeatureUnion

from skbit._c.helpers import OR_WORD, OR_WORD_OPERATIONS
from skbit._c.source import Bits, Block
from skbit._c.text import Buffer, Code, fill, unsigned
from skbit.bits import CONTAINER_BITS, n_containers

_JOIN = """\
static void join$s(void)
{
    for (uint32_t i = 0u; i < JOINED_WORDS$s; i++) {
        joined$s[i] = 0u;
    }
$parts\
}
"""
_PART = """\
    for (uint32_t i = 0u; i < $n_words; i++) {
        or_word(joined$s, $first + 32u * i, $bits[i]);
    }
"""


def members_of(step: Any) -> list[Any]:
    """Return the estimators that a feature union joins, or a step itself."""
    if type(step) is not FeatureUnion:
        return [step]
    if step.transformer_weights:
        raise ValueError("FeatureUnion with weights makes numbers that are no bits.")
    members = [member for _, member in step.transformer_list if member != "drop"]
    if not members:
        raise ValueError("The FeatureUnion joins no estimators.")
    return members


def join(parts: list[Bits], suffix: Code) -> tuple[Block, Bits]:
    """Write a block that puts bits side by side; return the block and the bits.

    Parameters
    ----------
    parts : list of Bits
    suffix : Code
        Suffix that makes the names of each union unique.
    """
    packed = parts[0].packed
    if any(part.packed != packed for part in parts):
        raise ValueError(
            "FeatureUnion joins packed and dense bits: set packed_output to the same "
            "value in all of its estimators."
        )
    copies, n_bits, n_words = Code(), 0, 0
    for part in parts:
        n_part = n_containers(part.n_bits)
        values = {"n_words": unsigned(n_part), "first": unsigned(n_bits)}
        copies = Code(copies + fill(_PART, s=suffix, bits=part.buffer, **values))
        # Packed bits begin with a container of their own.
        n_bits += CONTAINER_BITS * n_part if packed else part.n_bits
        n_words += n_part
    joined, n_joined = fill("joined$s", s=suffix), n_containers(n_bits)
    block = Block(
        title=f"FeatureUnion: {n_bits} bits",
        code=fill(_JOIN, s=suffix, parts=copies),
        operations=n_words * (OR_WORD_OPERATIONS + 2),
        constants={f"JOINED_WORDS{suffix}": unsigned(n_joined)},
        buffers=[Buffer(joined, "The bits of all estimators.", np.uint32, n_joined)],
        helpers=[OR_WORD],
        call=fill("join$s();", s=suffix),
    )
    return block, Bits(joined, n_bits, packed)
