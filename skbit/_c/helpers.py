# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Short C functions that several steps share; a source has those that it needs."""

SET_RUN = """\
/* Sets a number of bits, from one on. */
static void set_run(uint32_t *words, uint32_t first, uint32_t length)
{
    while (length > 0u) {
        uint32_t shift = first % 32u;
        uint32_t n = length < 32u - shift ? length : 32u - shift;
        words[first / 32u] |= (UINT32_MAX >> (32u - n)) << shift;
        first += n;
        length -= n;
    }
}
"""

MAJORITIES = """\
/* One where at least two of three are. */
static uint32_t majority3(uint32_t a, uint32_t b, uint32_t c)
{
    return (a & b) | (c & (a | b));
}

/* One where at least three of four are. */
static uint32_t majority4(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return (a & b & (c | d)) | (c & d & (a | b));
}

/* One where at least three of five are. */
static uint32_t majority5(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
    return (a & b & (c | d | e)) | ((a | b) & majority3(c, d, e)) | (c & d & e);
}

/* A third, rounded down, without a division, which small machines do not have. */
static uint32_t third_of(uint32_t n)
{
    uint32_t third = (n >> 2) + (n >> 4);
    third += third >> 4;
    third += third >> 8;
    third += third >> 16;
    return third + (11u * (n - 3u * third) >> 5);
}

/* Of n words that a level of a tree has, how many groups of three it begins with. */
static uint32_t full_groups(uint32_t n)
{
    uint32_t n_full = third_of(n);
    uint32_t n_last = n - 3u * n_full;
    return n_last != 0u && n > n_last + 3u ? n_full - 1u : n_full;
}

/* Reduces what does not divide by three: one, two, four or five words. */
static uint32_t last_group(const uint32_t *words, uint32_t n)
{
    switch (n) {
    case 1u:
        return words[0];
    case 2u:
        return words[0] & words[1];
    case 4u:
        return majority4(words[0], words[1], words[2], words[3]);
    default:
        return majority5(words[0], words[1], words[2], words[3], words[4]);
    }
}

/* Takes majorities, and majorities of those, until one word is left. */
static uint32_t reduce(uint32_t *level, uint32_t n)
{
    while (n > 1u) {
        uint32_t n_full = full_groups(n);
        uint32_t n_last = n - 3u * n_full;
        for (uint32_t g = 0u; g < n_full; g++) {
            const uint32_t *group = level + 3u * g;
            level[g] = majority3(group[0], group[1], group[2]);
        }
        if (n_last > 0u) {
            level[n_full] = last_group(level + 3u * n_full, n_last);
        }
        n = n_full + (n_last > 0u ? 1u : 0u);
    }
    return level[0];
}
"""
# By the words of a group; 0 if a level has no last group.
MAJORITY_OPERATIONS = {0: 0, 1: 0, 2: 1, 3: 4, 4: 7, 5: 14}

RANDOM_WORD = """\
/* Word i of the SplitMix64 stream that starts at a seed: its upper half. */
static uint32_t random_word(uint64_t seed, uint32_t i)
{
    uint64_t z = seed + UINT64_C(0x9E3779B97F4A7C15) * ((uint64_t)i + 1u);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}
"""

COUNT_ONES = """\
static uint32_t count_ones(uint32_t word)
{
    word -= (word >> 1) & UINT32_C(0x55555555);
    word = (word & UINT32_C(0x33333333)) + ((word >> 2) & UINT32_C(0x33333333));
    word = (word + (word >> 4)) & UINT32_C(0x0F0F0F0F);
    return (word * UINT32_C(0x01010101)) >> 24;
}
"""
COUNT_ONES_OPERATIONS = 12

OR_WORD = """\
/* ORs a word with the bits of others, from one on. */
static void or_word(uint32_t *words, uint32_t first, uint32_t word)
{
    while (word != 0u) {
        uint32_t shift = first % 32u;
        words[first / 32u] |= word << shift;
        /* A shift by 32 is undefined. */
        word = word >> 1 >> (31u - shift);
        first += 32u - shift;
    }
}
"""
# A word may lie in two others.
OR_WORD_OPERATIONS = 2 * 7

STORE_WORDS = """\
/* Writes words as bytes, the lowest first. */
static void store_words(const uint32_t *words, uint32_t n, uint8_t *bytes)
{
    for (uint32_t i = 0u; i < 4u * n; i++) {
        bytes[i] = (uint8_t)((words[i / 4u] >> (8u * (i % 4u))) & 0xFFu);
    }
}
"""
