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
    COUNT_ONES,
    COUNT_ONES_OPERATIONS,
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

# Ones of a patch that are listed before they are added, a power of two.
_LIST_SIZE = 64

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
/* Adds two bits to a digit of each score; returns the carries. */
static uint32_t add_two$s(uint32_t *digit, uint32_t a, uint32_t b)
{
    uint32_t either = a ^ b;
    uint32_t carry = (a & b) | (*digit & either);
    *digit ^= either;
    return carry;
}

/* Adds a bit to each score, from one of their digits on. */
static void add_one$s(uint32_t *digit, uint32_t carry)
{
    while (carry != 0u) {
        uint32_t sum = *digit ^ carry;
        carry &= *digit;
        *digit = sum;
        digit++;
    }
}

/* Adds the templates with the ones that are listed to the scores. Ones count twice. */
static void add_listed$s(uint32_t n_listed)
{
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        $words *words = $templates + w;
        uint32_t *digits = ranking$s + w * SCORE_DIGITS$s;
        uint32_t i = 0u;
        for (; i + 4u <= n_listed; i += 4u) {
            const $small *ones = listed$s + i;
            uint32_t a = add_two$s(digits + 1, words[ones[0] * TEMPLATE_WORDS$s],
                                 words[ones[1] * TEMPLATE_WORDS$s]);
            uint32_t b = add_two$s(digits + 1, words[ones[2] * TEMPLATE_WORDS$s],
                                 words[ones[3] * TEMPLATE_WORDS$s]);
            add_one$s(digits + 3, add_two$s(digits + 2, a, b));
        }
        for (; i < n_listed; i++) {
            add_one$s(digits + 1, words[listed$s[i] * TEMPLATE_WORDS$s]);
        }
    }
}

/* Lists the ones among bits of the image, which are those of the patch from another one
 * on; returns how many have been listed. Full lists are added. */
static uint32_t list_ones$s(uint32_t first, uint32_t n, uint32_t bit, uint32_t n_ones)
{
    while (n > 0u) {
        uint32_t shift = first % 32u;
        uint32_t n_read = 32u - shift < n ? 32u - shift : n;
        uint32_t word = $bits[first / 32u] >> shift & UINT32_MAX >> (32u - n_read);
        for (uint32_t i = bit; word != 0u; i++) {
            if ((word & 1u) != 0u) {
                listed$s[n_ones % LIST_SIZE$s] = ($small)i;
                n_ones++;
                if (n_ones % LIST_SIZE$s == 0u) {
                    add_listed$s(LIST_SIZE$s);
                }
            }
            word >>= 1;
        }
        first += n_read;
        bit += n_read;
        n -= n_read;
    }
    return n_ones;
}

/* Scores the templates for a patch, but for the ones that are still listed; returns how
 * many ones it has. Padding is left out. */
static uint32_t score$s(uint32_t top, uint32_t left)
{
    uint32_t first = left > LEFT$s ? left : LEFT$s;
    uint32_t end = left + PATCH_WIDTH$s < RIGHT$s ? left + PATCH_WIDTH$s : RIGHT$s;
    uint32_t n_ones = 0u;
    for (uint32_t i = 0u; i < TEMPLATE_WORDS$s * SCORE_DIGITS$s; i++) {
        ranking$s[i] = FIRST_SCORES$s[i];
    }
    for (uint32_t row = 0u; row < PATCH_HEIGHT$s; row++) {
        /* Rows above the image wrap around to large numbers. */
        uint32_t y = top + row - TOP$s;
        if (y < IMAGE_HEIGHT$s) {
            uint32_t in_image = y * (RIGHT$s - LEFT$s) + first - LEFT$s;
            uint32_t in_patch = row * PATCH_WIDTH$s + first - left;
            n_ones = list_ones$s(in_image, end - first, in_patch, n_ones);
        }
    }
    return n_ones;
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
            n_won += count_ones(nearest$s[w]);
        }
    }
}

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
        for (uint32_t b = 0u; b < GRID_WIDTH$s; b++) {
            /* Patches before the cell wrap around to large numbers. */
            if (down - (uint32_t)CELL_TOPS$s[a] < CELL_HEIGHT$s
                && right - (uint32_t)CELL_LEFTS$s[b] < CELL_WIDTH$s) {
                pool$s(a * GRID_WIDTH$s + b);
            }
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
        for (uint32_t right = 0u; right < MAP_WIDTH$s; right++) {
            uint32_t n_ones = score$s(down * STEP_DOWN$s, right * STEP_RIGHT$s);
            if (n_ones + 1u > MIN_ONES$s) {
                add_listed$s(n_ones % LIST_SIZE$s);
                find_winners$s();
                pool_cells$s(down, right);
            }
        }
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
        helpers=[COUNT_ONES, OR_WORD],
        call=fill("encode_patches$s();", s=suffix),
    )
    begin, pool, end = Code(), _MARK, Code()
    if sizes["COUNT_DIGITS"] > 1:
        begin, pool, end = fill(_CLEAR_COUNTS, s=suffix), _COUNT, _MARK_LEVELS
    words = to_smallest_dtype(pack_bits(templates.T).ravel())
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
    block.code += fill(
        _SCORE + pool + _ENCODE,
        s=suffix,
        templates=Code(name),
        words=Code(f"{where} {c_type(words.dtype)}"),
        small=Code(c_type(to_smallest_dtype(sizes["PATCH_BITS"]).dtype)),
        bits=place.bits.buffer,
        begin=begin,
        end=fill(end, s=suffix),
    )
    patched = fill("patched$s", s=suffix)
    return block, Bits(patched, encoder._n_bits, encoder.packed_output)


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
        "PATCH_HEIGHT": geometry.patch_shape[0],
        "PATCH_WIDTH": geometry.patch_shape[1] * n_channels,
        "STEP_DOWN": geometry.stride[0],
        "STEP_RIGHT": geometry.stride[1] * n_channels,
        "IMAGE_HEIGHT": height,
        "TOP": top,
        "LEFT": left * n_channels,
        "RIGHT": (left + width) * n_channels,
        "LIST_SIZE": _LIST_SIZE,
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


def _buffers(sizes, suffix):
    """Return the scratch memory, and the output."""
    n_words, n_count_digits = sizes["TEMPLATE_WORDS"], sizes["COUNT_DIGITS"]
    small, word = to_smallest_dtype(sizes["PATCH_BITS"]).dtype, np.uint32
    memory = {
        "listed": ("Ones of a patch.", small, _LIST_SIZE),
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
    n_bits = sizes["PATCH_BITS"]
    n_read = sizes["PATCH_HEIGHT"] * (sizes["PATCH_WIDTH"] // CONTAINER_BITS + 2)
    # In the worst case, a carry goes through all digits that are left.
    per_word = n_bits // 4 * (3 * 5 + 2 * (n_digits - 3))
    per_word += 3 * 2 * (n_digits - 1)
    per_round = n_words * (3 + 3 * n_digits + COUNT_ONES_OPERATIONS)
    per_patch = 6 * n_bits + n_words * per_word
    per_patch += 9 * n_read + 11 * sizes["PATCH_HEIGHT"]
    per_patch += sizes["N_WINNERS"] * per_round + 4 * n_cells
    total = sizes["MAP_HEIGHT"] * sizes["MAP_WIDTH"] * per_patch
    n_pooled = n_cells * sizes["CELL_HEIGHT"] * sizes["CELL_WIDTH"]
    if n_count_digits == 1:
        return total + n_pooled * n_words * OR_WORD_OPERATIONS
    per_level = 4 * n_count_digits + OR_WORD_OPERATIONS
    total += n_cells * sizes["COUNT_LEVELS"] * n_words * per_level
    return total + n_pooled * n_words * (2 * n_count_digits - 1)


WRITERS = {BitPatchEncoder: Writer(encode)}
