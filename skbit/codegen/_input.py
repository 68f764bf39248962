# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Input that no encoder has seen: containers, or bytes to compare with a number."""

import math

import numpy as np

from skbit.bits import CONTAINER_BITS, n_containers
from skbit.codegen._c import Buffer
from skbit.codegen._source import Bits, Block

_LOAD = """\
static void load(const uint8_t *input)
{
    for (uint32_t i = 0u; i < LOADED_WORDS; i++) {
        loaded[i] = 0u;
    }
    for (uint32_t i = 0u; i < LOADED_BYTES; i++) {
        loaded[i / 4u] |= (uint32_t)input[i] << (8u * (i % 4u));
    }
}
"""

_BINARIZE = """\
static void binarize(const uint8_t *input)
{
    for (uint32_t i = 0u; i < LOADED_WORDS; i++) {
        loaded[i] = 0u;
    }
    for (uint32_t i = 0u; i < LOADED_BITS; i++) {
        if (input[i] > THRESHOLD) {
            loaded[i / 32u] |= UINT32_C(1) << (i % 32u);
        }
    }
}
"""


def load(title, n_bytes, packed=True):
    """Take bytes as bits, as they are.

    Returns
    -------
    block : Block
    bits : Bits
    """
    n_words = n_containers(8 * n_bytes)
    block = Block(
        title=f"{title}: {n_bytes} bytes",
        code=_LOAD,
        operations=3 * n_bytes,
        constants={"LOADED_WORDS": f"{n_words}u", "LOADED_BYTES": f"{n_bytes}u"},
        buffers=[_buffer(n_words)],
        call="load(input);",
    )
    return block, Bits("loaded", 8 * n_bytes, packed)


def read_bits(estimator):
    """Read the input of an estimator that is the first step.

    Returns
    -------
    block : Block
    bits : Bits
    n_input_bytes : int
    """
    n = estimator.n_features_in_
    if estimator.input_kind_ == "packed":
        n_bytes = n * CONTAINER_BITS // 8
        return *load("packed input", n_bytes), n_bytes
    binarize = estimator.fitted_params_["binarize"]
    threshold = math.floor(binarize)
    if not 0 <= threshold < 255:
        raise ValueError(
            f"binarize={binarize} makes all bytes the same bit. The input of "
            "the C code is bytes, from 0 to 255; fit the model on such numbers."
        )
    block = Block(
        title=f"bytes above {threshold}",
        code=_BINARIZE,
        operations=4 * n,
        constants={
            "LOADED_WORDS": f"{n_containers(n)}u",
            "LOADED_BITS": f"{n}u",
            "THRESHOLD": f"{threshold}u",
        },
        buffers=[_buffer(n_containers(n))],
        call="binarize(input);",
    )
    return block, Bits("loaded", n, False), n


def _buffer(n_words):
    return Buffer("loaded", "The input's bits.", np.uint32, n_words)
