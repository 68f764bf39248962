# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitPatchEncoder in C: all templates compete for one patch at a time.

A word holds a bit of each of 32 templates. The score of a template, which ranks it, is
twice the number of ones that it shares with the patch, minus its own ones, plus a
constant. The words of the patch's ones are added to words with the binary digits of the
scores. The highest score is then found digit by digit, for all templates at once.
"""

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
from skbit.feature_extraction._bit_patch_encoder import BitPatchEncoder
from skbit.feature_extraction._codebook import random_templates

_DRAW = """\
/* Draws the templates: a row of words for each bit of a patch. */
static void draw$s(void)
{
    for (uint32_t i = 0u; i < PATCH_BITS$s * TEMPLATE_WORDS$s; i++) {
        templates$s[i] = 0u;
    }
    for (uint32_t k = 0u; k < N_TEMPLATES$s; k++) {
        uint32_t *column = templates$s + k / 32u;
        uint32_t word = 0u;
        for (uint32_t i = 0u; i < PATCH_BITS$s; i++) {
            if (i % 32u == 0u) {
                word = random_word(SEED$s, k * PATCH_WORDS$s + i / 32u);
            }
            column[i * TEMPLATE_WORDS$s] |= (word & 1u) << (k % 32u);
            word >>= 1;
        }
    }
}

"""

_SCORE = """\
/* Lists the ones in a column of pixels, from a row of the image on, by their places in
 * a patch whose first column has a place as well. Returns how many there are. */
static uint32_t list_column$s(uint32_t y, uint32_t x, uint32_t place, $place *ones)
{
    uint32_t first = (y * IMAGE_WIDTH$s + x) * PIXEL_BITS$s;
    $place *next = ones;
    /* Pixels above or to the left of the image have large numbers: they wrap around. */
    if (x >= IMAGE_WIDTH$s) {
        return 0u;
    }
    for (uint32_t end = y + PATCH_HEIGHT$s; y != end; y++) {
        for (uint32_t b = 0u; b < PIXEL_BITS$s && y < IMAGE_HEIGHT$s; b += 32u) {
            const uint32_t *words = $bits + (first + b) / 32u;
            uint32_t shift = (first + b) % 32u;
            /* Bits of further pixels are shifted out. */
            uint32_t n_left = PIXEL_BITS$s - b < 32u ? PIXEL_BITS$s - b : 32u;
            uint32_t word = words[0] >> shift | words[1] << 1 << (31u - shift);
            word <<= 32u - n_left;
            for (uint32_t i = place + b + n_left; word != 0u; word <<= 1) {
                i--;
                if (word > UINT32_MAX / 2u) {
                    *next = ($place)i;
                    next++;
                }
            }
        }
        first += IMAGE_WIDTH$s * PIXEL_BITS$s;
        place += PATCH_WIDTH$s;
    }
    return (uint32_t)(next - ones);
}

/* Writes the digits of the templates' scores for the ones that are listed, from one on
 * and less than another. Each one that is shared counts twice. */
static void rank$s(uint32_t start, uint32_t end, uint32_t place)
{
    for (uint32_t i = 0u; i < 3u; i++) {
        /* No template has this bit, which fills the last four. */
        listed$s[end + i] = ($place)(place + PATCH_BITS$s);
    }
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        $words *words = $templates + w;
        FLASH $first_type *first = FIRST_SCORES$s + w * SCORE_DIGITS$s;
        uint32_t *digits = ranking$s + w * SCORE_DIGITS$s;
        const $place *four = listed$s + start;
$load\
        for (const $place *last = listed$s + end; four < last; four += 4) {
            uint32_t a = words[(four[0] - place) * TEMPLATE_WORDS$s];
            uint32_t b = words[(four[1] - place) * TEMPLATE_WORDS$s];
            uint32_t sum = a ^ digit1 ^ b;
            uint32_t c;
            a = ((a ^ digit1) & (b ^ digit1)) ^ digit1;
            c = words[(four[2] - place) * TEMPLATE_WORDS$s];
            b = words[(four[3] - place) * TEMPLATE_WORDS$s];
            digit1 = sum ^ c ^ b;
            c = ((c ^ sum) & (b ^ sum)) ^ sum;
$carry\
        }
$store\
    }
}

/* Finds the winners: those with the highest score of the others, until they suffice. */
static void find_winners$s(void)
{
    uint32_t n_won = 0u;
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        winners$s[w] = 0u;
    }
    while (n_won < N_WINNERS$s) {
        for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
            nearest$s[w] = ~winners$s[w];
        }
        nearest$s[TEMPLATE_WORDS$s - 1u] &= LAST_TEMPLATES$s;
        for (uint32_t d = SCORE_DIGITS$s; d-- > 0u;) {
            uint32_t any = 0u;
            for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
                any |= nearest$s[w] & ranking$s[w * SCORE_DIGITS$s + d];
            }
            if (any != 0u) {
                for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
                    nearest$s[w] &= ranking$s[w * SCORE_DIGITS$s + d];
                }
            }
        }
        for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
            winners$s[w] |= nearest$s[w];
            for (uint32_t word = nearest$s[w]; word != 0u; word &= word - 1u) {
                n_won++;
            }
        }
    }
}

"""

_CARRY_TWO = """\
            sum = a ^ digit2 ^ c;
            a = ((a ^ digit2) & (c ^ digit2)) ^ digit2;
            digit2 = sum;
"""
_CARRY_LAST = """\
            digit2 ^= a ^ c;
"""
_CARRY_ONE = """\
            sum = digit$d ^ a;
            a &= digit$d;
            digit$d = sum;
"""
_CARRY_ONE_LAST = """\
            digit$d ^= a;
"""

_MARK = """\
static void pool$s(uint32_t cell)
{
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        or_word(patched$s, cell * N_TEMPLATES$s + 32u * w, winners$s[w]);
    }
}

"""

_COUNT = """\
/* Counts the winners. The highest digit stays, once it is reached. */
static void pool$s(uint32_t cell)
{
    uint32_t *digits = counts$s + cell * TEMPLATE_WORDS$s * COUNT_DIGITS$s;
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        uint32_t carry = winners$s[w];
        for (uint32_t d = 0u; d < COUNT_DIGITS$s - 1u; d++) {
            uint32_t digit = digits[d];
            digits[d] = digit ^ carry;
            carry &= digit;
        }
        digits[COUNT_DIGITS$s - 1u] |= carry;
        digits += COUNT_DIGITS$s;
    }
}

/* Marks the templates of a cell with as many counts as a level, or more. */
static void mark_level$s(uint32_t cell, uint32_t l)
{
    const uint32_t *digits = counts$s + cell * TEMPLATE_WORDS$s * COUNT_DIGITS$s;
    uint32_t first = (cell * COUNT_LEVELS$s + l) * N_TEMPLATES$s;
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        uint32_t above = 0u;
        for (uint32_t d = 0u; d < COUNT_DIGITS$s; d++) {
            uint32_t is_one = ((uint32_t)BELOW_LEVELS$s[l] >> d) & 1u;
            above = is_one != 0u ? above & digits[d] : above | digits[d];
        }
        or_word(patched$s, first + 32u * w, above);
        digits += COUNT_DIGITS$s;
    }
}

"""

_ENCODE = """\
/* Lets each cell with a patch pool its winners. */
static void pool_cells$s(uint32_t down, uint32_t right)
{
    for (uint32_t a = 0u; a < GRID_HEIGHT$s; a++) {
        /* Patches before the cell wrap around to large numbers. */
        if (down - (uint32_t)CELL_TOPS$s[a] < CELL_HEIGHT$s) {
            for (uint32_t b = 0u; b < GRID_WIDTH$s; b++) {
                if (right - (uint32_t)CELL_LEFTS$s[b] < CELL_WIDTH$s) {
                    pool$s(a * GRID_WIDTH$s + b);
                }
            }
        }
    }
}

/* Encodes a row of patches. Lists of their columns follow each other. */
static void encode_row$s(uint32_t down)
{
    uint32_t column = 0u;
    uint32_t slot = 0u;
    uint32_t start = 0u;
    uint32_t end = 0u;
    for (uint32_t i = 0u; i < PATCH_COLUMNS$s; i++) {
        n_in_column$s[i] = 0u;
    }
    for (uint32_t right = 0u; right < MAP_WIDTH$s; right++) {
        uint32_t left = right * STEP_RIGHT$s;
        column = column > left ? column : left;
        for (; column < left + PATCH_COLUMNS$s; column++) {
            uint32_t n;
            start += n_in_column$s[slot];
            if (end > PATCH_BITS$s) {
                /* Make room. */
                for (n = 0u; start + n < end; n++) {
                    listed$s[n] = listed$s[start + n];
                }
                start = 0u;
                end = n;
            }
            n = list_column$s(down * STEP_DOWN$s - TOP$s, column - LEFT$s,
                              column * PIXEL_BITS$s, listed$s + end);
            end += n;
            n_in_column$s[slot] = ($count)n;
            slot = slot + 1u < PATCH_COLUMNS$s ? slot + 1u : 0u;
        }
        if (end - start + 1u > MIN_ONES$s) {
            rank$s(start, end, left * PIXEL_BITS$s);
            find_winners$s();
            pool_cells$s(down, right);
        }
    }
}

static void encode_patches$s(void)
{
$begin\
    for (uint32_t i = 0u; i < PATCHED_WORDS$s; i++) {
        patched$s[i] = 0u;
    }
    for (uint32_t down = 0u; down < MAP_HEIGHT$s; down++) {
        encode_row$s(down);
    }
$end\
}
"""

_CLEAR_COUNTS = """\
    for (uint32_t i = 0u; i < N_CELLS$s * TEMPLATE_WORDS$s * COUNT_DIGITS$s; i++) {
        counts$s[i] = 0u;
    }
"""

_MARK_LEVELS = """\
    for (uint32_t cell = 0u; cell < N_CELLS$s; cell++) {
        for (uint32_t l = 0u; l < COUNT_LEVELS$s; l++) {
            mark_level$s(cell, l);
        }
    }
"""


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
        n_words_read=1
        + n_containers(
            geometry.image_shape[0] * geometry.image_shape[1] * geometry.n_channels
        ),
    )
    begin, pool, end = Code(), _MARK, Code()
    if sizes["COUNT_DIGITS"] > 1:
        begin, pool, end = fill(_CLEAR_COUNTS, s=suffix), _COUNT, _MARK_LEVELS
    # No template has the bit that fills lists.
    rows = np.vstack([templates.T, np.zeros((1, n_templates), dtype=bool)])
    words = to_smallest_dtype(pack_bits(rows).ravel())
    about = "For each bit of a patch, words with a bit of each template."
    if place.from_seed and encoder.fitted_params_["codebook"] == "random":
        begin = Code(begin + fill("    draw$s();\n", s=suffix))
        name, words = f"templates{suffix}", words.astype(np.uint32)
        where = "const"
        block.buffers.append(Buffer(name, about, words.dtype, words.size))
        _draw(encoder, templates, suffix, block)
    else:
        name, where = f"TEMPLATES{suffix}", "FLASH"
        block.tables.append(Table(name, about, words))
    count, place_type = (Code(c_type(dtype)) for dtype in _list_dtypes(sizes))
    block.code += fill(
        _SCORE + pool + _ENCODE,
        s=suffix,
        templates=Code(name),
        words=Code(f"{where} {c_type(words.dtype)}"),
        first_type=Code(c_type(to_smallest_dtype(_first_scores(templates)).dtype)),
        count=count,
        place=place_type,
        bits=place.bits.buffer,
        begin=begin,
        end=fill(end, s=suffix),
        **_digits(sizes["SCORE_DIGITS"]),
    )
    patched = fill("patched$s", s=suffix)
    return block, Bits(patched, encoder._n_bits, encoder.packed_output)


def _digits(n_digits):
    """Write what loads, carries and stores the digits of the scores of 32 templates."""
    load = store = carry = ""
    for d in range(n_digits):
        load += fill("        uint32_t digit$d = first[$d];\n", d=d)
        store += fill("        digits[$d] = digit$d;\n", d=d)
    # Four ones leave two carries to the third digit, and one to each further one.
    carry = _CARRY_TWO if n_digits > 3 else _CARRY_LAST
    for d in range(3, n_digits):
        is_last = d == n_digits - 1
        carry += fill(_CARRY_ONE_LAST if is_last else _CARRY_ONE, d=d)
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
    block.code += fill(_DRAW, s=suffix)
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
