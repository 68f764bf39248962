# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitPatchEncoder in C: all templates compete for one patch at a time.

A word holds a bit of each of 32 templates. The score of a template, which ranks it, is
twice the number of ones that it shares with the patch, minus its own ones, plus a
constant. The words of the patch's ones are added to words with the binary digits of the
scores, four at a time. The highest score is then found digit by digit, for all
templates at once.

Patches of a row share columns of pixels, whose ones are listed once. Lists of columns
follow each other, so that those of a patch are a part of them.
"""

DRAW = """\
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

SCORE = """\
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
        FLASH $digit *first = FIRST_SCORES$s + w * SCORE_DIGITS$s;
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

CARRY_TWO = """\
            sum = a ^ digit2 ^ c;
            a = ((a ^ digit2) & (c ^ digit2)) ^ digit2;
            digit2 = sum;
"""
CARRY_LAST = """\
            digit2 ^= a ^ c;
"""
CARRY_ONE = """\
            sum = digit$d ^ a;
            a &= digit$d;
            digit$d = sum;
"""
CARRY_ONE_LAST = """\
            digit$d ^= a;
"""

MARK = """\
static void pool$s(uint32_t cell)
{
    for (uint32_t w = 0u; w < TEMPLATE_WORDS$s; w++) {
        or_word(patched$s, cell * N_TEMPLATES$s + 32u * w, winners$s[w]);
    }
}

"""

COUNT = """\
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

ENCODE = """\
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

CLEAR_COUNTS = """\
    for (uint32_t i = 0u; i < N_CELLS$s * TEMPLATE_WORDS$s * COUNT_DIGITS$s; i++) {
        counts$s[i] = 0u;
    }
"""

MARK_LEVELS = """\
    for (uint32_t cell = 0u; cell < N_CELLS$s; cell++) {
        for (uint32_t l = 0u; l < COUNT_LEVELS$s; l++) {
            mark_level$s(cell, l);
        }
    }
"""
