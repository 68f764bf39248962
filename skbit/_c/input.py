# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Input of pipelines without encoder: containers, or bytes that are binarized."""

from typing import Any

import numpy as np

from skbit._c import numbers
from skbit._c.scale import Scale
from skbit._c.source import Bits, Block
from skbit._c.text import (
    Buffer,
    Code,
    Strings,
    Table,
    fill,
    number,
    unsigned,
)
from skbit.bits import CONTAINER_BITS, n_containers

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
        if (input[i] > $limit) {
            loaded[i / 32u] |= UINT32_C(1) << (i % 32u);
        }
    }
}
"""


def load(title: str, n_bytes: int, packed: bool = True) -> tuple[Block, Bits]:
    """Write a block that copies the bits of bytes.

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
        constants={
            "LOADED_WORDS": unsigned(n_words),
            "LOADED_BYTES": unsigned(n_bytes),
        },
        buffers=[_buffer(n_words)],
        call="load(input);",
    )
    return block, Bits(Code("loaded"), 8 * n_bytes, packed)


def read_bits(estimator: Any, scale: Scale) -> tuple[Block, Bits, int]:
    """Write a block that reads the input of the first step after scalers.

    Returns
    -------
    block : Block
    bits : Bits
    n_input_bytes : int
    """
    n = estimator.n_features_in_
    if estimator.input_format_ == "packed":
        scale.refuse_scalers(estimator)
        n_bytes = n * CONTAINER_BITS // 8
        return *load("packed input", n_bytes), n_bytes
    binarize = estimator.fitted_params_["binarize"]
    if scale.dtype == "float32":
        # As in Python, where the type of X decides.
        binarize = np.float32(binarize)
    # Numbers exceed one where they reach the next.
    limits = scale.limits(np.array([[np.nextafter(binarize, np.inf)]]))[:, 0]
    lowest, highest = numbers.ends_of(scale.dtype)
    if ((limits < lowest) | (limits >= highest)).all():
        raise ValueError(
            f"binarize={binarize} makes all numbers the same bit: the input of the C "
            f"code is {scale.dtype}. Fit the model on such numbers, or choose "
            "input_dtype."
        )
    if not (scale.scalers or scale.is_chosen or binarize == 0):
        raise ValueError(
            f"{type(estimator).__name__} stores nothing of the numbers that are above "
            f"or below binarize={binarize}. Choose the input_dtype of the C code: "
            "'uint8' if they are bytes, whole numbers from 0 to 255."
        )
    constants = {
        "LOADED_WORDS": unsigned(n_containers(n)),
        "LOADED_BITS": unsigned(n),
    }
    tables: list[Table | Strings] = []
    if (limits == limits[0]).all():
        above, limit = str(limits[0]), Code("THRESHOLD")
        constants[limit] = _constant(limits[0], scale.dtype)
    else:
        above, limit = "limits of their own", Code("THRESHOLDS[i]")
        about = "What each feature must exceed to be a one."
        tables.append(Table("THRESHOLDS", about, scale.in_table(limits)))
    block = Block(
        title=f"{scale.dtype} above {above}",
        code=fill(_BINARIZE, limit=limit),
        operations=4 * n,
        constants=constants,
        tables=tables,
        buffers=[_buffer(n_containers(n))],
        call="binarize(input);",
    )
    return block, Bits(Code("loaded"), n, False), n


def _constant(limit: Any, dtype: str) -> Code:
    """Write a limit in the type of the input."""
    if dtype == "float32":
        return Code(f"{limit}f")
    return unsigned(limit) if dtype == "uint8" else number(limit)


def _buffer(n_words: int) -> Buffer:
    return Buffer("loaded", "The input's bits.", np.uint32, n_words)
