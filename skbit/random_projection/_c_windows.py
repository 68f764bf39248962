# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C code of neurons that see windows: their containers are gathered row by row.

Trees deal the containers of a window by thirds: three at a time, and the last ones two
at a time. The groups of three of the first level are therefore a third apart, and so
are the parts of its last group. Majorities do not depend on the order in a group.
"""

import numpy as np

from skbit._c.source import fill
from skbit._c.text import Buffer, Code, Table, to_smallest_dtype, unsigned

GATHER = """\
/* Compares the containers in the window of neuron h, row by row; returns how many. */
static uint32_t gather$s($arguments)
{
    uint32_t c = WINDOWS$s[h][0];
    uint32_t width = WINDOWS$s[h][1];
    uint32_t n = WINDOWS$s[h][2];
    uint32_t *place = level$s;
    for (uint32_t left = n; left > 0u; left -= width) {
        for (uint32_t end = c + width; c < end; c++) {
            *place = $compare;
            place++;
$further\
        }
        c += GRID_WIDTH$s - width;
    }
    return n;
}

"""

GATHER_WORDS = """\
/* Compares the words in the window of neuron h, row by row; returns how many. */
static uint32_t gather$s(uint32_t h, uint32_t first)
{
    const uint32_t *seen = $words + WINDOWS$s[h][0];
    FLASH uint32_t *random = RANDOM$s + first;
    uint32_t width = WINDOWS$s[h][1];
    uint32_t n = WINDOWS$s[h][2];
    uint32_t *place = level$s;
    for (uint32_t left = n; left > 0u; left -= width) {
        for (const uint32_t *end = seen + width; seen < end; seen++) {
            *place = *seen ^ *random;
            place++;
            random++;
        }
        seen += GRID_WIDTH$s - width;
    }
    return n;
}

"""

TREE_OF_WINDOW = """\
/* Takes majorities of the containers in the window of neuron h, dealt by thirds. */
static uint32_t neuron$s($arguments)
{
    uint32_t last[5];
    uint32_t n = gather$s($pass);
    uint32_t third = WINDOWS$s[h][3];
    uint32_t n_full = full_groups(n);
    uint32_t n_last = 0u;
$four\
    for (uint32_t g = 0u; g < n_full; g++) {
        const uint32_t *group = level$s + g;
        level$s[g] = majority3(group[0], group[third], group[2u * third]);
    }
    for (uint32_t start = 0u; start < n; start += third) {
        uint32_t end = start + third < n ? start + third : n;
        for (uint32_t i = start + n_full; i < end; i++) {
            last[n_last] = level$s[i];
            n_last++;
        }
    }
    if (n_last > 0u) {
        level$s[n_full] = last_group(last, n_last);
        n_full++;
    }
    return reduce(level$s, n_full);
}

"""
FOUR = """\
    if (n == 4u) {
        /* These are dealt two at a time: the first, third, second and fourth. */
        return majority3(level$s[0], level$s[1], level$s[2]) & level$s[3];
    }
"""
# The place of the random words of a window's neuron.
_FIRST = Code("""\
    uint32_t first = 0u;
""")
_NEXT = """\
        first += WINDOWS$s[h][2];
"""


def declare(names):
    """Declare the arguments of a function."""
    return Code(", ".join(f"uint32_t {name}" for name in names))


def add_level(suffix, n, block):
    """Add memory of n words of a level of the tree."""
    level = Buffer(f"level{suffix}", "A level of the tree.", np.uint32, max(5, n))
    block.buffers.append(level)


def write_windows(projection, suffix, names, gather, block):
    """Write windows, and ``gather``; return what fills the templates."""
    top, left, height, width = projection.receptive_fields_.T
    grid_width = projection.grid_shape_[1]
    n = height * width
    windows = np.stack([top * grid_width + left, width, n, -(-n // 3)], axis=1)
    about = "The first container of each window, its width, its size and a third of it."
    windows = to_smallest_dtype(windows)
    block.tables.append(Table(fill("WINDOWS$s", s=suffix), about, windows))
    block.constants[f"GRID_WIDTH{suffix}"] = unsigned(grid_width)
    add_level(suffix, int(n.max()), block)
    block.code += gather
    values = {"s": suffix, "arguments": declare(names), "pass": Code(", ".join(names))}
    values["n"] = fill("gather$s($pass)", **values)
    values["compare"] = fill("level$s[i]", s=suffix)
    if "first" in names:
        values |= {"first": _FIRST, "next": fill(_NEXT, s=suffix)}
    return values
