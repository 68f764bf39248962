# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitPatchClassifier in C: patches are cut and compared with all prototypes in turn."""

import numpy as np

from skbit._c import classes
from skbit._c.helpers import (
    COUNT_ONES,
    COUNT_ONES_OPERATIONS,
    OR_WORD,
    OR_WORD_OPERATIONS,
)
from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit._numba.memory import rows_of_lanes
from skbit.neighbors import BitPatchClassifier

_CUT = """\
/* Reads up to 32 bits of the image. */
static uint32_t read_bits(uint32_t first, uint32_t n)
{
    uint32_t shift = first % 32u;
    uint32_t word = $bits[first / 32u] >> shift;
    if (shift + n > 32u) {
        word |= $bits[first / 32u + 1u] << (32u - shift);
    }
    return word & (UINT32_MAX >> (32u - n));
}

/* Cuts a patch at a shift; bits outside of the image are zero. */
static void cut(int32_t top, int32_t left, uint32_t *patch)
{
    int32_t begin = left > 0 ? left : 0;
    int32_t end = left + PATCH_WIDTH < IMAGE_WIDTH ? left + PATCH_WIDTH : IMAGE_WIDTH;
    for (uint32_t w = 0u; w < PATCH_WORDS; w++) {
        patch[w] = 0u;
    }
    for (int32_t row = 0; row < PATCH_HEIGHT; row++) {
        int32_t y = top + row;
        if (y < 0 || y >= IMAGE_HEIGHT) {
            continue;
        }
        for (int32_t x = begin; x < end; x += 32) {
            uint32_t n = end - x < 32 ? (uint32_t)(end - x) : 32u;
            uint32_t word = read_bits((uint32_t)(y * IMAGE_WIDTH + x), n);
            or_word(patch, (uint32_t)(row * PATCH_WIDTH + x - left), word);
        }
    }
}

"""
_COMPARE = """\
/* Adds the similarity of a patch with that of a prototype, at its best shift. */
static void compare(uint32_t k, uint32_t n)
{
    int32_t best = $first_best;
$declare\
    int32_t n_ones = 0;
    for (uint32_t w = 0u; w < PATCH_WORDS; w++) {
        n_ones += (int32_t)count_ones(ONES[n][k][w]);
    }
    for (uint32_t s = 0u; s < N_SHIFTS; s++) {
        int32_t shared = 0;
        int32_t n_seen = 0;
        for (uint32_t w = 0u; w < PATCH_WORDS; w++) {
            uint32_t word = patches[s * PATCH_WORDS + w];
            shared += (int32_t)count_ones(ONES[n][k][w] & word);
            n_seen += (int32_t)count_ones(${decided}word);
        }
$better\
    }
    shared_sums[n] += best$minus;
$add_whole\
}

void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    uint32_t n = 0u;
    run(input);
    for (uint32_t i = 0u; i < N_PROTOTYPES; i++) {
        shared_sums[i] = 0;
$clear\
    }
    for (uint32_t k = 0u; k < N_PATCHES; k++) {
        for (uint32_t s = 0u; s < N_SHIFTS; s++) {
            cut(TOPS[k] + DOWNS[s], LEFTS[k] + RIGHTS[s],
                patches + s * PATCH_WORDS);
        }
        for (uint32_t i = 0u; i < N_PROTOTYPES; i++) {
            compare(k, i);
        }
    }
    for (uint32_t c = 0u; c < ${NAME}_N_CLASSES; c++) {
        scores[c] = NO_PROTOTYPE;
        for (; n < ENDS[c]; n++) {
            int64_t score = $score;
            if (score > scores[c]) {
                scores[c] = score;
            }
        }
    }
}
"""
_OVERLAP = {
    # Below all that are possible.
    "first_best": Code("-65"),
    "better": Code("""\
        if (3 * shared - n_seen > best) {
            best = 3 * shared - n_seen;
        }
"""),
    "minus": Code(" - n_ones"),
    "add_whole": Code(),
    "clear": Code(),
    "declare": Code(),
    "score": Code("shared_sums[n]"),
}
_JACCARD = {
    "first_best": Code("0"),
    "better": Code("""\
        int32_t whole = n_ones + n_seen - shared + 1;
        if ((shared + 1) * best_whole > best * whole) {
            best = shared + 1;
            best_whole = whole;
        }
"""),
    "minus": Code(),
    "declare": Code("    int32_t best_whole = 1;\n"),
    "add_whole": Code("    whole_sums[n] += best_whole;\n"),
    "clear": Code("        whole_sums[i] = 0;\n"),
    "score": Code("shared_sums[n] * (INT64_C(1) << 32) / whole_sums[n]"),
}


def compare(classifier, place):
    """Write a BitPatchClassifier; return its block."""
    grid, _ = classifier._tables
    n_classes, n_prototypes = len(classifier.classes_), classifier._n_prototypes
    check_number("classes", n_classes)
    n_patches, n_shifts = len(grid.tops), len(grid.downs)
    n_words = 1 if grid.size[0] * grid.size[1] <= 32 else 2
    is_overlap = classifier.fitted_params_["similarity"] == "overlap"
    sums = {"shared_sums": "Numerators of the similarities."}
    if not is_overlap:
        sums["whole_sums"] = "Their denominators."
    unit = Code("in bits" if is_overlap else "in units of 2 to the power of -32")
    answer = classes.answer(classifier.classes_, place.name, unit)
    is_masked = classifier.fitted_params_["masked"]
    values = {
        "name": place.name,
        "NAME": Code(place.name.upper()),
        "bits": place.bits.buffer,
        "decided": Code("DECIDED[n][k][w] & " if is_masked else ""),
        **(_OVERLAP if is_overlap else _JACCARD),
    }
    per_comparison = n_words * (2 * COUNT_ONES_OPERATIONS + 4) + 8
    per_cut = grid.size[0] * n_words * (OR_WORD_OPERATIONS + 8)
    about = f"{n_prototypes} prototypes of {n_patches} patches"
    block = Block(
        title=f"{type(classifier).__name__}: {about}",
        code=fill(_CUT + _COMPARE, **values) + answer.code,
        operations=n_patches * n_shifts * (n_prototypes * per_comparison + per_cut),
        constants=_constants(grid, n_prototypes, n_words),
        tables=[*_tables(classifier, n_words), *answer.tables],
        buffers=[
            Buffer("patches", "A patch at each shift.", np.uint32, n_shifts * n_words),
            *(
                Buffer(name, about, np.int32, n_prototypes)
                for name, about in sums.items()
            ),
            answer.buffer,
        ],
        helpers=[COUNT_ONES, OR_WORD],
        public=answer.public,
    )
    return block, None


def _constants(grid, n_prototypes, n_words):
    """Return the numbers of the code by name."""
    return {
        "N_PROTOTYPES": unsigned(n_prototypes),
        "N_PATCHES": unsigned(len(grid.tops)),
        "N_SHIFTS": unsigned(len(grid.downs)),
        "PATCH_WORDS": unsigned(n_words),
        "PATCH_HEIGHT": grid.size[0],
        "PATCH_WIDTH": grid.size[1],
        "IMAGE_HEIGHT": grid.shape[0],
        "IMAGE_WIDTH": grid.shape[1],
        "NO_PROTOTYPE": -(64 * len(grid.tops) + 1),
    }


def _tables(classifier, n_words):
    """Return the prototypes, and where patches lie."""
    grid, prototypes = classifier._tables
    ones, decided = (
        _words(planes, len(grid.tops), n_words)[: classifier._n_prototypes]
        for planes in (prototypes.ones, prototypes.decided)
    )
    tables = {"ONES": ("Ones of the patches of each prototype.", ones)}
    if classifier.fitted_params_["masked"]:
        tables["DECIDED"] = "Their decided bits.", decided
    places = {
        "TOPS": ("Where the patches begin, downwards.", grid.tops),
        "LEFTS": ("Where they begin, to the right.", grid.lefts),
        "DOWNS": ("Shifts, downwards.", grid.downs),
        "RIGHTS": ("Shifts, to the right.", grid.rights),
        "ENDS": ("Where the prototypes of each class end.", prototypes.ends),
    }
    for name, (about, numbers) in places.items():
        tables[name] = about, to_smallest_dtype(numbers)
    return [Table(name, *described) for name, described in tables.items()]


def _words(planes, n_patches, n_words):
    """Return patches of all prototypes as words of 32 bits."""
    rows = rows_of_lanes(planes, n_patches)
    words = rows.reshape(len(rows), n_patches, 2)
    return np.ascontiguousarray(words[:, :, :n_words])


WRITERS = {BitPatchClassifier: Writer(compare, vectors=classes.vectors)}
