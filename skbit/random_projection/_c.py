# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C writers: the random majority projection, and ferns."""

import numpy as np

from skbit._c.helpers import MAJORITIES, MAJORITY_OPERATIONS, RANDOM_WORD
from skbit._c.source import Bits, Block, Writer, fill
from skbit._c.text import Buffer, Code, Table, number, to_smallest_dtype, unsigned
from skbit._numba.majority_tree import levels
from skbit._utils.splitmix import random_words
from skbit.bits import CONTAINER_BITS, n_containers
from skbit.random_projection._c_ferns import ferns
from skbit.random_projection._random_fern import RandomFernEncoder
from skbit.random_projection._random_maj3 import RandomMAJ3Projection
from skbit.random_projection._structure import PER_PERMUTATION

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
    return (WINDOWS$s[h][0] + j / width) * GRID_WIDTH$s + WINDOWS$s[h][1] + j % width;
}

"""

# Operations of a bit that is put into its place.
_PER_PLACE = 5
_PERMUTE = """\
/* Writes the row that the k-th group of neurons reads: the bits in random order. */
static void permute$s(uint32_t k)
{
    for (uint32_t i = 0u; i < ROW_WORDS$s; i++) {
        uint32_t word = 0u;
        for (uint32_t p = 0u; p < 32u; p++) {
            uint32_t j = PERMUTATIONS$s[k][i * 32u + p];
            word |= (($words[j / 32u] >> (j % 32u)) & 1u) << p;
        }
        permuted$s[i] = word;
    }
}

"""

_PERMUTE_BEFORE_NEURON = """\
        if (h % NEURONS_PER_PERMUTATION$s == 0u) {
            permute$s(h / NEURONS_PER_PERMUTATION$s);
        }
"""

_COMPARE = """\
/* Compares container i with that of neuron h. */
static uint32_t compare$s($arguments, uint32_t i)
{
$begin\
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
    uint32_t digits[COUNT_DIGITS$s] = {0};
    uint32_t at_least = UINT32_MAX;
    for (uint32_t i = 0u; i < $n; i++) {
        uint32_t carry = compare$s($pass, i);
        for (uint32_t d = 0u; carry != 0u; d++) {
            uint32_t digit = digits[d];
            digits[d] = digit ^ carry;
            carry &= digit;
        }
    }
    for (uint32_t d = 0u; d < COUNT_DIGITS$s; d++) {
        uint32_t both = at_least & digits[d];
        uint32_t either = at_least | digits[d];
        at_least = (((uint32_t)NEEDED$s[h] >> d) & 1u) != 0u ? both : either;
    }
    return at_least;
}

"""

_PROJECT = """\
static void project$s(void)
{
    for (uint32_t h = 0u; h < PROJECT_NEURONS$s; h++) {
$permute\
        projected$s[h] = neuron$s(h);
    }
}
"""

_PROJECT_WIDE = """\
static void project$s(void)
{
    for (uint32_t h = 0u; h < PROJECT_NEURONS$s; h++) {
$permute\
        for (uint32_t part = 0u; part < WORDS_PER_CONTAINER$s; part++) {
            projected$s[h * WORDS_PER_CONTAINER$s + part] = neuron$s(h, part);
        }
    }
}
"""

_PROJECT_NARROW = """\
static void project$s(void)
{
    for (uint32_t i = 0u; i < PROJECTED_WORDS$s; i++) {
        projected$s[i] = 0u;
    }
    for (uint32_t h = 0u; h < PROJECT_NEURONS$s; h++) {
$permute\
        uint32_t shift = h % CONTAINERS_PER_WORD$s * CONTAINER_BITS$s;
        uint32_t majority = neuron$s(h) & CONTAINER_MASK$s;
        projected$s[h / CONTAINERS_PER_WORD$s] |= majority << shift;
    }
}
"""


def project(projection, place):
    """Write a RandomMAJ3Projection; return its block and its bits."""
    suffix, bits = place.suffix, place.bits
    n_neurons, width = len(projection.W0_), projection._container_bits
    sizes = projection._sizes
    largest = int(sizes.max())
    n_out = n_containers(n_neurons * width)
    projected = fill("projected$s", s=suffix)
    out = Buffer(projected, "The neurons' bits.", np.uint32, n_out)
    block = Block(
        title=f"{type(projection).__name__}: {n_neurons} x {largest} of {width} bits",
        operations=_count_operations(projection, sizes, place.from_seed),
        constants={f"PROJECT_NEURONS{suffix}": unsigned(n_neurons)},
        buffers=[out],
        call=fill("project$s();", s=suffix),
    )
    n, container = _see(projection, suffix, largest, block)
    random = _random_words(projection, suffix, place.from_seed, block)
    permute, words = Code(), bits.buffer
    if projection._permutations is None:
        # Rows are padded to whole containers, which may be wider than words.
        block.n_words_read = projection.W0_.shape[1]
    else:
        words = _write_permutations(projection, suffix, words, block)
        permute = fill(_PERMUTE_BEFORE_NEURON, s=suffix)
    arguments = _compare(projection, suffix, words, container, random, block)
    if projection._majority == "exact":
        neuron = _COUNT
        _write_required_ones(projection._required_ones, largest, suffix, block)
    else:
        neuron = _TREE
        # Room for the largest group, because compilers warn of reads beyond otherwise.
        n_groups = max(5, largest // 3 + 1)
        level = Buffer(f"level{suffix}", "A level of the tree.", np.uint32, n_groups)
        block.buffers.append(level)
        block.helpers.append(MAJORITIES)
    names = Code(arguments.replace("uint32_t ", ""))
    block.code += fill(neuron, s=suffix, n=n, arguments=arguments, **{"pass": names})
    all_neurons = _PROJECT
    if width > CONTAINER_BITS:
        all_neurons = _PROJECT_WIDE
    elif width < CONTAINER_BITS:
        all_neurons = _PROJECT_NARROW
        block.constants[f"CONTAINER_MASK{suffix}"] = unsigned((1 << width) - 1)
        block.constants[f"PROJECTED_WORDS{suffix}"] = unsigned(n_out)
    block.code += fill(all_neurons, s=suffix, permute=permute)
    return block, Bits(projected, n_neurons * width, projection.packed_output)


def _see(projection, suffix, largest, block):
    """Write the containers that a neuron sees; return their number, and the i-th."""
    if projection._windows is None:
        n = fill("PROJECT_INPUTS$s", s=suffix)
        block.constants[n] = unsigned(largest)
        if projection._n_seen is None:
            return n, Code("i")
        about = "The containers that each neuron sees."
        seen = to_smallest_dtype(projection.receptive_fields_)
        block.tables.append(Table(fill("SEEN$s", s=suffix), about, seen))
        return n, fill("SEEN$s[h][i]", s=suffix)
    windows = fill("WINDOWS$s", s=suffix)
    about = "Top, left, height, width of each neuron in the grid of containers."
    block.tables.append(
        Table(windows, about, to_smallest_dtype(projection.receptive_fields_))
    )
    block.constants[f"GRID_WIDTH{suffix}"] = unsigned(projection.grid_shape_[1])
    block.code += fill(_WINDOW, s=suffix)
    n = fill("(uint32_t)$windows[h][2] * $windows[h][3]", windows=windows)
    return n, fill("seen$s(h, i)", s=suffix)


def _random_words(projection, suffix, from_seed, block):
    """Return the expression of a word of W0, complemented for XNOR."""
    is_xnor = projection._gate == "xnor"
    if from_seed:
        drawn = random_words(projection.seed_, projection.W0_.size)
        if not np.array_equal(drawn, projection.W0_.ravel()):
            raise ValueError(
                "W0_ is not what seed_ gives, so it cannot be computed from the seed: "
                "store it, with random_words='stored'."
            )
        block.helpers.append(RANDOM_WORD)
        seed = number(projection.seed_, 0)
        block.constants[f"SEED{suffix}"] = fill("UINT64_C($seed)", seed=seed)
        block.constants[f"ROW_WORDS{suffix}"] = unsigned(projection.W0_.shape[1])
        word = fill("random_word(SEED$s, h * ROW_WORDS$s + w)", s=suffix)
        return fill("~$word", word=word) if is_xnor else word
    about = "The random words"
    about += ", inverted: XOR with them is XNOR." if is_xnor else "."
    words = ~projection.W0_ if is_xnor else projection.W0_
    block.tables.append(Table(f"RANDOM{suffix}", about, words))
    return fill("RANDOM$s[h][w]", s=suffix)


def _write_permutations(projection, suffix, words, block):
    """Write the permutation of a row's words; return the buffer of permuted words."""
    permutations = projection._permutations
    about = "The bit at each place of the rows that the groups of neurons read."
    table = fill("PERMUTATIONS$s", s=suffix)
    block.tables.append(Table(table, about, to_smallest_dtype(permutations)))
    n_words = projection.W0_.shape[1]
    block.constants[f"ROW_WORDS{suffix}"] = unsigned(n_words)
    block.constants[f"NEURONS_PER_PERMUTATION{suffix}"] = unsigned(PER_PERMUTATION)
    permuted = fill("permuted$s", s=suffix)
    about = "The row that a group of neurons reads."
    block.buffers.append(Buffer(permuted, about, np.uint32, n_words))
    block.code += fill(_PERMUTE, s=suffix, words=words)
    return permuted


def _compare(projection, suffix, words, container, random, block):
    """Write the comparison of two containers, or of a word of each.

    Returns the arguments of the comparison and of the function of a neuron.
    """
    width = projection._container_bits
    arguments, begin, word = Code("uint32_t h"), Code(), container
    result = fill("$words[w] ^ $random", words=words, random=random)
    if width > CONTAINER_BITS:
        per_container = fill("WORDS_PER_CONTAINER$s", s=suffix)
        block.constants[per_container] = unsigned(width // CONTAINER_BITS)
        arguments = Code("uint32_t h, uint32_t part")
        word = fill("$c * $n + part", c=container, n=per_container)
    elif width < CONTAINER_BITS:
        per_word = fill("CONTAINERS_PER_WORD$s", s=suffix)
        block.constants[f"CONTAINER_BITS{suffix}"] = unsigned(width)
        block.constants[per_word] = unsigned(CONTAINER_BITS // width)
        begin = fill("    uint32_t c = $c;\n", c=container)
        word = fill("c / $n", n=per_word)
        result = fill(
            "($result) >> (c % $n * CONTAINER_BITS$s)",
            result=result,
            n=per_word,
            s=suffix,
        )
    block.code += fill(
        _COMPARE, s=suffix, arguments=arguments, begin=begin, word=word, result=result
    )
    return arguments


def _write_required_ones(needed, largest, suffix, block):
    """Write the numbers of ones, of up to ``largest``, that make a one."""
    about = "How many ones make a neuron's bit one."
    block.tables.append(Table(f"NEEDED{suffix}", about, to_smallest_dtype(needed)))
    n_digits = max(largest, int(needed.max())).bit_length()
    block.constants[f"COUNT_DIGITS{suffix}"] = unsigned(n_digits)


def _count_operations(projection, sizes, from_seed):
    """Count the operations of a projection per row."""
    from_seed_operations = 12 if from_seed else 0
    per_leaf = 1 + from_seed_operations
    n_parts = max(1, projection._container_bits // CONTAINER_BITS)
    per_leaf += 2 * (projection._container_bits < CONTAINER_BITS)
    per_leaf += 14 * (projection._windows is not None)
    permutations = projection._permutations
    total = 0 if permutations is None else _PER_PLACE * permutations.size
    for size, n_neurons in zip(*np.unique(sizes, return_counts=True), strict=True):
        if projection._majority == "exact":
            # A ripple carries one digit on in every other step, all in the worst case.
            n_digits = int(size).bit_length()
            per_neuron = size * (per_leaf + 2 * n_digits) + 5 * n_digits
        else:
            per_neuron = size * per_leaf + _tree_operations(int(size))
        total += int(n_neurons) * n_parts * int(per_neuron)
    return total


def _tree_operations(n):
    """Count the operations of the majorities of a tree of ``n`` words."""
    return sum(
        n_full * MAJORITY_OPERATIONS[3] + MAJORITY_OPERATIONS[n_last]
        for n_full, n_last in levels(n)
    )


WRITERS = {
    RandomMAJ3Projection: Writer(project),
    RandomFernEncoder: Writer(ferns),
}
