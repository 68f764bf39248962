# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Rank and edge encoders in C, which mark the highest of many bytes."""

import numpy as np

from skbit._c.source import Bits, Block, fill
from skbit._c.text import Buffer, Code, Table, to_smallest_dtype, unsigned
from skbit.bits import n_containers
from skbit.preprocessing._edges import DIRECTIONS

# Bytes are counted, then the counts are added up from the highest byte down.
_KTH_HIGHEST = """\
static void count_bytes(const uint8_t *bytes)
{
    for (uint32_t i = 0u; i < 256u; i++) {
        histogram[i] = 0u;
    }
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        histogram[bytes[i]]++;
    }
}

/* Returns the k-th highest byte, and how many of the bytes that equal it are among the
 * k highest$unless. */
static uint32_t kth_highest(uint32_t k, uint32_t *n_ties)
{
    uint32_t byte = 255u;
    uint32_t n_above = 0u;
    while (n_above + histogram[byte] < k) {
        n_above += histogram[byte];
        byte--;
    }
    *n_ties = k - n_above;
$drop\
    return byte;
}

"""
_DROP = """\
    if (n_above + histogram[byte] == N_FEATURES) {
        *n_ties = 0u;
    }
"""

_RANK = """\
static void encode(const uint8_t *input)
{
    for (uint32_t i = 0u; i < ENCODED_WORDS; i++) {
        encoded[i] = 0u;
    }
    count_bytes(input);
    for (uint32_t l = 0u; l < N_LEVELS; l++) {
        uint32_t n_ties;
        uint32_t kth = kth_highest(N_HIGHEST[l], &n_ties);
        for (uint32_t i = 0u; i < N_FEATURES; i++) {
            uint32_t bit = i * N_LEVELS + l;
            uint32_t is_highest = input[i] > kth ? 1u : 0u;
            if (input[i] == kth && n_ties > 0u) {
                is_highest = 1u;
                n_ties--;
            }
            encoded[bit / 32u] |= is_highest << (bit % 32u);
        }
    }
}
"""

_EDGES = """\
/* By how much each pixel's neighbour in a direction is brighter than the pixel. */
static void find_rises(const uint8_t *input, int32_t down, int32_t right)
{
    for (int32_t row = 0; row < HEIGHT; row++) {
        for (int32_t column = 0; column < WIDTH; column++) {
            int32_t here = row * WIDTH + column;
            int32_t there = here + down * WIDTH + right;
            rises[here] = 0u;
            if (row + down >= 0 && row + down < HEIGHT && column + right >= 0
                && column + right < WIDTH && input[there] > input[here]) {
                rises[here] = (uint8_t)(input[there] - input[here]);
            }
        }
    }
}

/* Marks the pixels that rise most. */
static void mark_steepest(uint8_t mark)
{
    uint32_t n_ties;
    uint32_t kth;
    count_bytes(rises);
    kth = kth_highest(N_EDGES, &n_ties);
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        if (rises[i] > kth) {
            edges[i] |= mark;
        } else if (rises[i] == kth && n_ties > 0u) {
            edges[i] |= mark;
            n_ties--;
        }
    }
}

${spread}\
static void encode(const uint8_t *input)
{
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        edges[i] = 0u;
    }
    for (uint32_t d = 0u; d < N_DIRECTIONS; d++) {
        find_rises(input, DIRECTIONS[d][0], DIRECTIONS[d][1]);
        mark_steepest((uint8_t)(1u << d));
    }
$dilate\
    for (uint32_t i = 0u; i < ENCODED_WORDS; i++) {
        encoded[i] = 0u;
    }
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        uint32_t bit = i * N_DIRECTIONS;
        encoded[bit / 32u] |= (uint32_t)edges[i] << (bit % 32u);
    }
}
"""
_SPREAD = """\
/* ORs each pixel with those up to REACH away along an axis. */
static void spread(const uint8_t *from, uint8_t *to, uint32_t stride, uint32_t length)
{
    for (uint32_t i = 0u; i < N_FEATURES; i++) {
        uint32_t place = i / stride % length;
        uint32_t n_before = place < REACH ? place : REACH;
        uint32_t n_after = length - 1u - place;
        if (n_after > REACH) {
            n_after = REACH;
        }
        to[i] = 0u;
        for (uint32_t s = 0u; s <= n_before + n_after; s++) {
            to[i] |= from[i - n_before * stride + s * stride];
        }
    }
}

"""
_DILATE = """\
    spread(edges, rises, WIDTH, HEIGHT);
    spread(rises, edges, 1u, WIDTH);
"""


def encode_ranks(encoder, place):
    """Write a RankDensityEncoder; return block and bits."""
    scale = place.scale
    scale.need_bytes(encoder)
    n, ks = encoder.n_features_in_, encoder.n_ones_per_level_
    n_words = n_containers(n * len(ks))
    block = Block(
        title=f"{type(encoder).__name__}: {n} x {len(ks)} bits",
        code=_kth_highest(encoder._fill_ties) + _RANK,
        operations=n + len(ks) * (3 * 256 + 7 * n),
        constants={
            "N_FEATURES": unsigned(n),
            "N_LEVELS": unsigned(len(ks)),
            "ENCODED_WORDS": unsigned(n_words),
        },
        tables=[
            Table("N_HIGHEST", "How many features to mark.", to_smallest_dtype(ks))
        ],
        buffers=[_histogram(n), _encoded(n_words)],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n * len(ks), encoder.packed_output)


def encode_edges(encoder, place):
    """Write a DirectionalEdgeEncoder; return block and bits."""
    scale = place.scale
    scale.need_bytes(encoder)
    height, width = encoder.image_shape_
    n, n_directions = height * width, encoder._n_directions
    n_words = n_containers(n * n_directions)
    # Pixels that are farther away than the image is wide or high are outside.
    distance = min(encoder._distance, max(height, width))
    reach = min(encoder._dilation, max(height, width))
    directions = distance * np.array(list(DIRECTIONS.values())[:n_directions])
    constants = {
        "HEIGHT": height,
        "WIDTH": width,
        "N_FEATURES": unsigned(n),
        "N_DIRECTIONS": unsigned(n_directions),
        "N_EDGES": unsigned(encoder.n_edges_),
        "ENCODED_WORDS": unsigned(n_words),
    }
    spread = dilate = Code()
    if reach:
        constants["REACH"] = unsigned(reach)
        spread, dilate = Code(_SPREAD), Code(_DILATE)
    block = Block(
        title=f"{type(encoder).__name__}: {n} x {n_directions} bits",
        # The lowest rise is 0, that of pixels at the margin.
        code=_kth_highest(fill_ties=False) + fill(_EDGES, spread=spread, dilate=dilate),
        operations=n * (2 + n_directions * 15 + 2 * (2 * reach + 1) * bool(reach))
        + n_directions * 3 * 256,
        constants=constants,
        tables=[Table("DIRECTIONS", "Down and right.", to_smallest_dtype(directions))],
        buffers=[
            _histogram(n),
            Buffer("rises", "Of each pixel, in a direction.", np.uint8, n),
            Buffer("edges", "Of each pixel, a bit per direction.", np.uint8, n),
            _encoded(n_words),
        ],
        call="encode(input);",
    )
    return block, Bits(Code("encoded"), n * n_directions, encoder.packed_output)


def _kth_highest(fill_ties):
    return fill(
        _KTH_HIGHEST,
        unless=Code("" if fill_ties else "; none\n * if no byte is lower"),
        drop=Code("" if fill_ties else _DROP),
    )


def _histogram(n):
    return Buffer(
        "histogram", "How often each byte occurs.", to_smallest_dtype(n).dtype, 256
    )


def _encoded(n_words):
    return Buffer("encoded", "The encoder's bits.", np.uint32, n_words)
