# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The writer of BitPatchEncoder in C."""

import numpy as np

from skbit._c.helpers import (
    OR_WORD,
    OR_WORD_OPERATIONS,
    RANDOM_WORD,
)
from skbit._c.source import Bits, Block, Writer, fill
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    c_type,
    number,
    to_smallest_dtype,
    unsigned,
)
from skbit.bits import CONTAINER_BITS, n_containers, pack_bits, unpack_bits
from skbit.feature_extraction import _c_code
from skbit.feature_extraction._bit_patch_encoder import BitPatchEncoder
from skbit.feature_extraction._codebook import random_templates


def encode(encoder, place):
    """Write a BitPatchEncoder; return its block and its bits."""
    suffix, geometry = place.suffix, encoder._geometry()
    templates = unpack_bits(encoder.codebook_, geometry.n_patch_bits)
    sizes = _sizes(encoder, geometry, templates)
    n_templates, n_bits = templates.shape
    block = Block(
        title=f"{type(encoder).__name__}: {n_templates} templates of {n_bits} bits",
        operations=_count_operations(sizes),
        constants={f"{name}{suffix}": unsigned(n) for name, n in sizes.items()},
        tables=_tables(encoder, geometry, templates, suffix),
        buffers=_buffers(sizes, suffix),
        helpers=[OR_WORD],
        call=fill("encode_patches$s();", s=suffix),
        # Two words are read at once.
        n_words_read=n_containers(geometry.n_image_bits) + 1,
    )
    begin, name, words = _write_templates(encoder, templates, place, block)
    pool, end = _c_code.MARK, ""
    if sizes["COUNT_DIGITS"] > 1:
        begin += _c_code.CLEAR_COUNTS
        pool, end = _c_code.COUNT, _c_code.MARK_LEVELS
    first_scores = to_smallest_dtype(_first_scores(templates))
    dtypes = *_list_dtypes(sizes), first_scores.dtype
    count, of_place, digit = (Code(c_type(dtype)) for dtype in dtypes)
    block.code += fill(
        _c_code.SCORE + pool + _c_code.ENCODE,
        s=suffix,
        templates=name,
        words=words,
        digit=digit,
        count=count,
        place=of_place,
        bits=place.bits.buffer,
        begin=fill(begin, s=suffix),
        end=fill(end, s=suffix),
        **_digits(sizes["SCORE_DIGITS"]),
    )
    patched = fill("patched$s", s=suffix)
    return block, Bits(patched, encoder._n_bits, encoder.packed_output)


def _write_templates(encoder, templates, place, block):
    """Write the templates, or what draws them.

    Returns what draws them before an image is encoded, and the name and the type of the
    array.
    """
    about = "For each bit of a patch, words with a bit of each template."
    # No template has the bit that fills lists.
    no_template = np.zeros((1, len(templates)), dtype=bool)
    words = pack_bits(np.vstack([templates.T, no_template])).ravel()
    if place.from_seed and encoder.fitted_params_["codebook"] == "random":
        name, qualifier, begin = "templates$s", "const", "    draw$s();\n"
        name = fill(name, s=place.suffix)
        block.buffers.append(Buffer(name, about, words.dtype, words.size))
        _draw(encoder, templates, place.suffix, block)
    else:
        name, qualifier, begin = "TEMPLATES$s", "FLASH", ""
        name, words = fill(name, s=place.suffix), to_smallest_dtype(words)
        block.tables.append(Table(name, about, words))
    return begin, name, Code(f"{qualifier} {c_type(words.dtype)}")


def _digits(n_digits):
    """Write what loads, carries and stores the digits of the scores of 32 templates."""
    load = store = carry = ""
    for d in range(n_digits):
        load += fill("        uint32_t digit$d = first[$d];\n", d=d)
        store += fill("        digits[$d] = digit$d;\n", d=d)
    # Four ones leave two carries to the third digit, and one to each further one.
    carry = _c_code.CARRY_TWO if n_digits > 3 else _c_code.CARRY_LAST
    for d in range(3, n_digits):
        is_last = d == n_digits - 1
        carry += fill(_c_code.CARRY_ONE_LAST if is_last else _c_code.CARRY_ONE, d=d)
    return {"load": Code(load), "store": Code(store), "carry": Code(carry)}


def _sizes(encoder, geometry, templates):
    """Return the constants of the code by name. Widths are numbers of bits."""
    n_channels, (n_templates, n_bits) = geometry.n_channels, templates.shape
    params, levels = encoder.fitted_params_, encoder._levels
    (height, width), (top, left) = geometry.image_shape, geometry.padding
    return {
        "N_TEMPLATES": n_templates,
        "TEMPLATE_WORDS": n_containers(n_templates),
        "LAST_TEMPLATES": 2 ** ((n_templates - 1) % CONTAINER_BITS + 1) - 1,
        "SCORE_DIGITS": _first_scores(templates).shape[1],
        "N_WINNERS": min(params["n_winners"], n_templates),
        # No patch has more ones than bits.
        "MIN_ONES": min(params["min_ones"], n_bits + 1),
        "PATCH_BITS": n_bits,
        "PIXEL_BITS": n_channels,
        "PATCH_HEIGHT": geometry.patch_shape[0],
        "COLUMN_BITS": geometry.patch_shape[0] * n_channels,
        "PATCH_COLUMNS": geometry.patch_shape[1],
        "PATCH_WIDTH": geometry.patch_shape[1] * n_channels,
        "STEP_DOWN": geometry.stride[0],
        "STEP_RIGHT": geometry.stride[1],
        "IMAGE_HEIGHT": height,
        "IMAGE_WIDTH": width,
        "TOP": top,
        "LEFT": left,
        "MAP_HEIGHT": geometry.map_shape[0],
        "MAP_WIDTH": geometry.map_shape[1],
        "GRID_HEIGHT": geometry.grid_shape[0],
        "GRID_WIDTH": geometry.grid_shape[1],
        "CELL_HEIGHT": geometry.cell_shape[0],
        "CELL_WIDTH": geometry.cell_shape[1],
        "N_CELLS": geometry.grid_shape[0] * geometry.grid_shape[1],
        "COUNT_LEVELS": len(levels),
        # As in Python, the highest digit is one from the highest level on.
        "COUNT_DIGITS": (max(levels) - 1).bit_length() + 1,
        "PATCHED_WORDS": n_containers(encoder._n_bits),
    }


def _first_scores(templates):
    """Return the scores of patches without ones: words with a digit of 32 templates."""
    n_ones = templates.sum(axis=1, dtype=np.int64)
    # Shared ones count twice, so that no score is above twice the most ones. Four
    # ones are added to three digits.
    n_digits = max(3, (2 * int(n_ones.max())).bit_length())
    digits = n_ones.max() - n_ones >> np.arange(n_digits)[:, np.newaxis] & 1
    return pack_bits(digits).T


def _tables(encoder, geometry, templates, suffix):
    """Return the constants but the templates."""
    tops, lefts = geometry.cell_starts()
    tables = {
        "FIRST_SCORES": (
            "The digits of the scores for patches without ones, a bit per template.",
            _first_scores(templates).ravel(),
        ),
        "CELL_TOPS": ("The first patches of the cells, downwards.", tops),
        "CELL_LEFTS": ("The first patches of the cells, to the right.", lefts),
    }
    if max(encoder._levels) > 1:
        about = "The highest counts that do not reach each level."
        tables["BELOW_LEVELS"] = about, np.array(encoder._levels) - 1
    return [
        Table(f"{name}{suffix}", about, to_smallest_dtype(values))
        for name, (about, values) in tables.items()
    ]


def _list_dtypes(sizes):
    """Return the dtypes of numbers of ones, and of their places."""
    n_columns = (sizes["MAP_WIDTH"] - 1) * sizes["STEP_RIGHT"] + sizes["PATCH_COLUMNS"]
    last = n_columns * sizes["PIXEL_BITS"] + sizes["PATCH_BITS"]
    return [to_smallest_dtype(n).dtype for n in (sizes["COLUMN_BITS"], last)]


def _buffers(sizes, suffix):
    """Return the scratch memory, and the output."""
    n_words, n_count_digits = sizes["TEMPLATE_WORDS"], sizes["COUNT_DIGITS"]
    count, place = _list_dtypes(sizes)
    word, n_listed = np.uint32, sizes["PATCH_BITS"] + sizes["COLUMN_BITS"] + 3
    memory = {
        "listed": ("Ones of a patch.", place, n_listed),
        "n_in_column": ("Ones of its columns.", count, sizes["PATCH_COLUMNS"]),
        "ranking": ("The digits of scores.", word, n_words * sizes["SCORE_DIGITS"]),
        "nearest": ("The templates with the highest score.", word, n_words),
        "winners": ("The winners of a patch.", word, n_words),
        "patched": ("The encoder's bits.", word, sizes["PATCHED_WORDS"]),
    }
    if n_count_digits > 1:
        about = "The digits of the counts of the cells."
        memory["counts"] = about, word, sizes["N_CELLS"] * n_words * n_count_digits
    return [Buffer(f"{name}{suffix}", *described) for name, described in memory.items()]


def _draw(encoder, templates, suffix, block):
    """Add what draws the templates from the seed."""
    n_templates, n_bits = templates.shape
    codebook = encoder.codebook_
    drawn = random_templates(encoder.seed_, n_templates, n_bits)
    if not np.array_equal(drawn, codebook):
        raise ValueError(
            "codebook_ is not what seed_ gives, so it cannot be computed from the "
            "seed: store it, with random_words='stored'."
        )
    seed = fill("UINT64_C($seed)", seed=number(encoder.seed_, 0))
    block.constants[f"SEED{suffix}"] = seed
    block.constants[f"PATCH_WORDS{suffix}"] = unsigned(codebook.shape[1])
    block.helpers.append(RANDOM_WORD)
    block.code += fill(_c_code.DRAW, s=suffix)
    block.operations += 4 * n_templates * n_bits + 12 * codebook.size


def _count_operations(sizes):
    """Count the operations per row, if all patches have all bits."""
    n_words, n_digits = sizes["TEMPLATE_WORDS"], sizes["SCORE_DIGITS"]
    n_cells, n_count_digits = sizes["N_CELLS"], sizes["COUNT_DIGITS"]
    n_pixel_bits, height = sizes["PIXEL_BITS"], sizes["PATCH_HEIGHT"]
    n_columns, step = sizes["PATCH_COLUMNS"], sizes["STEP_RIGHT"]
    n_down, n_right = sizes["MAP_HEIGHT"], sizes["MAP_WIDTH"]
    n_listed = n_columns + (n_right - 1) * min(step, n_columns)
    per_pixel = 4 + 16 * n_containers(n_pixel_bits) + 4 * n_pixel_bits
    total = n_down * n_listed * (3 + height * per_pixel)
    # Full adders of four bits, and of two; further digits take one bit each.
    per_four = 12 + (2 if n_digits == 3 else 6 + 2 * (n_digits - 4) + 1)
    per_round = n_words * (2 + 3 * n_digits + 3 * CONTAINER_BITS)
    n_bits = sizes["PATCH_BITS"]
    per_patch = -(-n_bits // 4) * n_words * per_four
    per_patch += sizes["N_WINNERS"] * per_round + 2 * (sizes["GRID_HEIGHT"] + n_cells)
    total += n_down * n_right * per_patch
    n_pooled = n_cells * sizes["CELL_HEIGHT"] * sizes["CELL_WIDTH"]
    if n_count_digits == 1:
        return total + n_pooled * n_words * OR_WORD_OPERATIONS
    per_level = 4 * n_count_digits + OR_WORD_OPERATIONS
    total += n_cells * sizes["COUNT_LEVELS"] * n_words * per_level
    return total + n_pooled * n_words * (2 * n_count_digits - 1)


WRITERS = {BitPatchEncoder: Writer(encode)}
