# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The random majority projection, neuron by neuron and level by level."""

import numpy as np

from skbit._splitmix import random_words
from skbit.bits import CONTAINER_BITS, n_containers
from skbit.codegen._c import Buffer, Table, narrowed
from skbit.codegen._helpers import MAJORITIES, RANDOM_WORD
from skbit.codegen._source import Bits, Block, fill

_WINDOW = """\
/* Container i of those that neuron h sees: its window, dealt by thirds. */
static uint32_t seen$s(uint32_t h, uint32_t i)
{
    uint32_t width = WINDOWS$s[h][3];
    uint32_t n = WINDOWS$s[h][2] * width;
    uint32_t third = (n + 2u) / 3u;
    /* So many containers are dealt three at a time, the others two at a time. */
    uint32_t n_by_three = n > 2u * third ? 3u * (n - 2u * third) : 0u;
    uint32_t j;
    if (i < n_by_three) {
        j = i / 3u + i % 3u * third;
    } else {
        i -= n_by_three;
        j = n_by_three / 3u + i / 2u + i % 2u * third;
    }
    return (WINDOWS$s[h][0] + j / width) * ${grid_width}u + WINDOWS$s[h][1] + j % width;
}

"""

_COMPARE = """\
/* Compares container i with that of neuron h. */
static uint32_t compare$s($arguments, uint32_t i)
{
    uint32_t w = $word;
    return $result;
}

"""

_TREE = """\
static uint32_t neuron$s($arguments)
{
    uint32_t last[5];
    uint32_t n = $n;
    uint32_t n_full = full_groups(n);
    uint32_t n_last = n - 3u * n_full;
    for (uint32_t g = 0u; g < n_full; g++) {
        level$s[g] = majority3(compare$s($pass, 3u * g), compare$s($pass, 3u * g + 1u),
                             compare$s($pass, 3u * g + 2u));
    }
    if (n_last > 0u) {
        for (uint32_t i = 0u; i < n_last; i++) {
            last[i] = compare$s($pass, 3u * n_full + i);
        }
        level$s[n_full] = last_group(last, n_last);
        n_full++;
    }
    return reduce(level$s, n_full);
}

"""

_COUNT = """\
static uint32_t neuron$s($arguments)
{
    /* The counts of all bits side by side: a word per binary digit. */
    uint32_t digits[$n_digits] = {0};
    uint32_t at_least = UINT32_MAX;
    for (uint32_t i = 0u; i < $n; i++) {
        uint32_t carry = compare$s($pass, i);
        for (uint32_t d = 0u; carry != 0u; d++) {
            uint32_t digit = digits[d];
            digits[d] = digit ^ carry;
            carry &= digit;
        }
    }
    for (uint32_t d = 0u; d < ${n_digits}u; d++) {
        uint32_t both = at_least & digits[d];
        uint32_t either = at_least | digits[d];
        at_least = (((uint32_t)NEEDED$s[h] >> d) & 1u) != 0u ? both : either;
    }
    return at_least;
}

"""

_PROJECT = {
    "one": """\
static void project$s(void)
{
    for (uint32_t h = 0u; h < ${n_neurons}u; h++) {
        projected$s[h] = neuron$s(h);
    }
}
""",
    "several": """\
static void project$s(void)
{
    for (uint32_t h = 0u; h < ${n_neurons}u; h++) {
        for (uint32_t part = 0u; part < ${n_parts}u; part++) {
            projected$s[h * ${n_parts}u + part] = neuron$s(h, part);
        }
    }
}
""",
    "narrow": """\
static void project$s(void)
{
    for (uint32_t i = 0u; i < ${n_words}u; i++) {
        projected$s[i] = 0u;
    }
    for (uint32_t h = 0u; h < ${n_neurons}u; h++) {
        uint32_t majority = neuron$s(h) & ${mask}u;
        projected$s[h / ${per_word}u] |= majority << (h % ${per_word}u * ${width}u);
    }
}
""",
}


def project(projection, bits, suffix, from_seed):
    """Write a RandomMAJ3Projection.

    Parameters
    ----------
    projection : RandomMAJ3Projection
    bits : Bits
        Its input.
    suffix : str
        Makes names different from those of other projections.
    from_seed : bool
        Whether random words are computed when they are needed.

    Returns
    -------
    block : Block
    bits : Bits
    """
    n_neurons, width = len(projection.W0_), projection.container_bits
    sizes = projection.receptive_fields_[:, 2] * projection.receptive_fields_[:, 3]
    largest, n_parts = int(sizes.max()), max(1, width // CONTAINER_BITS)
    values = {
        "s": suffix,
        "n_neurons": n_neurons,
        "n_words": n_containers(n_neurons * width),
        "n_parts": n_parts,
        "per_word": CONTAINER_BITS // min(width, CONTAINER_BITS),
        "width": width,
        "mask": (1 << min(width, CONTAINER_BITS)) - 1,
        "grid_width": projection.grid_shape_[1],
        "arguments": "uint32_t h, uint32_t part" if n_parts > 1 else "uint32_t h",
        "pass": "h, part" if n_parts > 1 else "h",
        "n": f"{largest}u",
    }
    tables, helpers, code = [], [], ""
    buffers = [
        Buffer(f"projected{suffix}", "The neurons' bits.", np.uint32, values["n_words"])
    ]
    if projection.receptive_field is not None:
        about = "Of each neuron: top, left, height, width in the grid of containers."
        windows = narrowed(projection.receptive_fields_)
        tables.append(Table(f"WINDOWS{suffix}", about, windows))
        values["n"] = f"(uint32_t)WINDOWS{suffix}[h][2] * WINDOWS{suffix}[h][3]"
        code += fill(_WINDOW, **values)
    random = _random_words(projection, suffix, from_seed, tables, helpers)
    code += _compare(projection, bits, random, values)
    if projection.majority == "exact":
        needed = np.floor(projection.threshold * sizes).astype(np.intp) + 1
        about = "How many ones make a neuron's bit one."
        tables.append(Table(f"NEEDED{suffix}", about, narrowed(needed)))
        n_digits = max(largest, int(needed.max())).bit_length()
        code += fill(_COUNT, n_digits=n_digits, **values)
    else:
        # No less than the largest group, lest compilers suspect reads beyond.
        n_groups = max(5, largest // 3 + 1)
        level = Buffer(f"level{suffix}", "A level of the tree.", np.uint32, n_groups)
        buffers.append(level)
        helpers.append(MAJORITIES)
        code += fill(_TREE, **values)
    kind = "several" if n_parts > 1 else "one" if width == CONTAINER_BITS else "narrow"
    title = f"{type(projection).__name__}: {n_neurons} x {largest} of {width} bits"
    block = Block(
        title=title if projection.receptive_field is None else f"{title} at most",
        code=code + fill(_PROJECT[kind], **values),
        operations=_count_operations(projection, sizes, n_parts, from_seed),
        tables=tables,
        buffers=buffers,
        helpers=helpers,
        call=f"project{suffix}();",
    )
    return block, Bits(
        f"projected{suffix}", n_neurons * width, projection.packed_output
    )


def _random_words(projection, suffix, from_seed, tables, helpers):
    """Return the expression of a word of W0, complemented for XNOR."""
    is_xnor = projection.gate == "xnor"
    if from_seed:
        drawn = random_words(projection.seed_, projection.W0_.size)
        if not np.array_equal(drawn, projection.W0_.ravel()):
            raise ValueError(
                "W0_ is not what seed_ gives, so it cannot be computed from the seed: "
                "store it, with random_words='stored'."
            )
        helpers.append(RANDOM_WORD)
        seed = f"UINT64_C({projection.seed_})"
        word = f"random_word({seed}, h * {projection.W0_.shape[1]}u + w)"
        return f"~{word}" if is_xnor else word
    about = "The random words"
    about += ", inverted: XOR with them is XNOR." if is_xnor else "."
    words = ~projection.W0_ if is_xnor else projection.W0_
    tables.append(Table(f"RANDOM{suffix}", about, words))
    return f"RANDOM{suffix}[h][w]"


def _compare(projection, bits, random, values):
    """Write the function that compares two containers, or a word of each."""
    width = projection.container_bits
    container = f"seen{values['s']}(h, i)"
    if projection.receptive_field is None:
        container = "i"
    word, result = container, f"{bits.buffer}[w] ^ {random}"
    if width > CONTAINER_BITS:
        word = f"{container} * {values['n_parts']}u + part"
    elif width < CONTAINER_BITS:
        per_word = f"{values['per_word']}u"
        word = f"c / {per_word}"
        result = f"({result}) >> (c % {per_word} * {width}u)"
    text = fill(_COMPARE, word=word, result=result, **values)
    if width < CONTAINER_BITS:
        text = text.replace("{\n", f"{{\n    uint32_t c = {container};\n", 1)
    return text


def _count_operations(projection, sizes, n_parts, from_seed):
    """Count what a projection takes per row."""
    from_seed_operations = 10 if from_seed else 0
    per_leaf = 1 + from_seed_operations
    per_leaf += 2 * (projection.container_bits < CONTAINER_BITS)
    per_leaf += 14 * (projection.receptive_field is not None)
    total = 0
    for size, n_neurons in zip(*np.unique(sizes, return_counts=True), strict=True):
        if projection.majority == "exact":
            # A ripple carries one digit on in every other step, all in the worst case.
            n_digits = int(size).bit_length()
            per_neuron = size * (per_leaf + 2 * n_digits) + 5 * n_digits
        else:
            per_neuron = size * per_leaf + _tree_operations(int(size))
        total += int(n_neurons) * n_parts * int(per_neuron)
    return total


def _tree_operations(n):
    """Count the operations of the majorities of a tree of ``n`` words."""
    total = 0
    while n > 1:
        n_full = n // 3
        if (n % 3 == 1 and n > 4) or (n % 3 == 2 and n > 5):
            n_full -= 1
        last = n - 3 * n_full
        total += 4 * n_full + {0: 0, 1: 0, 2: 1, 4: 7, 5: 14}[last]
        n = n_full + (last > 0)
    return total
