# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitSelector in C: the bits that are kept are a mask."""

from dataclasses import replace

import numpy as np

from skbit._c.source import Bits, Block, Writer
from skbit._c.text import Buffer, Table, fill, unsigned
from skbit.bits import n_containers, pack_bits
from skbit.feature_selection._bit_selector import BitSelector
from skbit.naive_bayes import OttoScoreClassifier

_SELECT = """\
static void select_bits$s(void)
{
    for (uint32_t i = 0u; i < SELECTED_WORDS$s; i++) {
        selected$s[i] = $bits[i] & MASK$s[i];
    }
}
"""


def select(selector, place):
    """Write a BitSelector; return its block and its bits."""
    suffix, n_bits = place.suffix, selector._n_bits
    n_words, out = n_containers(n_bits), fill("selected$s", s=suffix)
    classifier = place.following
    if isinstance(classifier, OttoScoreClassifier) and not (
        classifier.weights_[:, : len(selector.support_)][:, ~selector.support_].any()
    ):
        # Bits without weights make no difference.
        block = Block(title="BitSelector: nothing is to be done", operations=0)
        return block, replace(place.bits, packed=selector.packed_output)
    mask = pack_bits(selector.support_[None])[0]
    block = Block(
        title=f"BitSelector: {selector.support_.sum()} of {n_bits} bits",
        code=fill(_SELECT, s=suffix, bits=place.bits.buffer),
        operations=n_words,
        constants={f"SELECTED_WORDS{suffix}": unsigned(n_words)},
        tables=[Table(f"MASK{suffix}", "The bits that are kept.", mask)],
        buffers=[Buffer(out, "The bits, of which some are kept.", np.uint32, n_words)],
        call=fill("select_bits$s();", s=suffix),
    )
    return block, Bits(out, n_bits, selector.packed_output)


WRITERS = {BitSelector: Writer(select)}
