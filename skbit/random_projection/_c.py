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
from skbit.random_projection._c_windows import (
    FOUR,
    GATHER,
    GATHER_WORDS,
    TREE_OF_WINDOW,
    add_level,
    declare,
    write_windows,
)
from skbit.random_projection._random_fern import RandomFernEncoder
from skbit.random_projection._random_maj3 import RandomMAJ3Projection
from skbit.random_projection._structure import PER_PERMUTATION

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
/* Compares a container with that of neuron h. */
static uint32_t compare$s($arguments)
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
    uint32_t i = 0u;
    for (uint32_t g = 0u; g < n_full; g++) {
        uint32_t a = $compare;
        i++;
        uint32_t b = $compare;
        i++;
        level$s[g] = majority3(a, b, $compare);
        i++;
    }
    if (n_last > 0u) {
        for (uint32_t j = 0u; j < n_last; j++) {
            last[j] = $compare;
            i++;
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
    uint32_t n = $n;
    /* The counts of all bits side by side: a word per binary digit. */
    uint32_t digits[COUNT_DIGITS$s] = {0};
    uint32_t at_least = UINT32_MAX;
    for (uint32_t i = 0u; i < n; i++) {
        uint32_t carry = $compare;
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
$first\
    for (uint32_t h = 0u; h < PROJECT_NEURONS$s; h++) {
$permute\
        projected$s[h] = neuron$s($pass);
$next\
    }
}
"""

_PROJECT_WIDE = """\
static void project$s(void)
{
$first\
    for (uint32_t h = 0u; h < PROJECT_NEURONS$s; h++) {
$permute\
        for (uint32_t part = 0u; part < WORDS_PER_CONTAINER$s; part++) {
            projected$s[h * WORDS_PER_CONTAINER$s + part] = neuron$s($pass);
        }
$next\
    }
}
"""

_PROJECT_NARROW = """\
static void project$s(void)
{
$first\
    for (uint32_t i = 0u; i < PROJECTED_WORDS$s; i++) {
        projected$s[i] = 0u;
    }
    for (uint32_t h = 0u; h < PROJECT_NEURONS$s; h++) {
$permute\
        uint32_t shift = h % CONTAINERS_PER_WORD$s * CONTAINER_BITS$s;
        uint32_t majority = neuron$s($pass) & CONTAINER_MASK$s;
        projected$s[h / CONTAINERS_PER_WORD$s] |= majority << shift;
$next\
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
    permute, words = Code(), bits.buffer
    if projection._permutations is None:
        # Rows are padded to whole containers, which may be wider than words.
        block.n_words_read = projection.W0_.shape[1]
    else:
        words = _write_permutations(projection, suffix, words, block)
        permute = fill(_PERMUTE_BEFORE_NEURON, s=suffix)
    values = {"s": suffix, "permute": permute, "first": Code(), "next": Code()}
    values |= _write_comparison(projection, place, words, block)
    if projection._majority == "exact":
        _write_required_ones(projection._required_ones, largest, suffix, block)
        block.code += fill(_COUNT, **values)
    else:
        _write_tree(projection, largest, values, block)
    all_neurons = _PROJECT
    if width > CONTAINER_BITS:
        all_neurons = _PROJECT_WIDE
    elif width < CONTAINER_BITS:
        all_neurons = _PROJECT_NARROW
        block.constants[f"CONTAINER_MASK{suffix}"] = unsigned((1 << width) - 1)
        block.constants[f"PROJECTED_WORDS{suffix}"] = unsigned(n_out)
    block.code += fill(all_neurons, **values)
    return block, Bits(projected, n_neurons * width, projection.packed_output)


def _write_tree(projection, largest, values, block):
    """Write the majority tree of a neuron."""
    block.helpers.append(MAJORITIES)
    if projection._windows is not None:
        four = fill(FOUR if 4 in projection._sizes else "", s=values["s"])
        block.code += fill(TREE_OF_WINDOW, four=four, **values)
        return
    # Room for the largest group, because compilers warn of reads beyond otherwise.
    add_level(values["s"], largest // 3 + 1, block)
    block.code += fill(_TREE, **values)


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


def _write_comparison(projection, place, words, block):
    """Write the comparison of two containers, or of a word of each.

    Returns what fills the templates of neurons, among it their arguments, the number of
    their containers, and the comparison of the i-th one.
    """
    suffix, width = place.suffix, projection._container_bits
    names = ["h", "part"] if width > CONTAINER_BITS else ["h"]
    random, is_seen = _write_random_words(projection, place, block)
    result = fill("$words[w] ^ $random", words=words, random=random)
    word = Code("c")
    if width > CONTAINER_BITS:
        per_container = fill("WORDS_PER_CONTAINER$s", s=suffix)
        block.constants[per_container] = unsigned(width // CONTAINER_BITS)
        word = fill("c * $n + part", n=per_container)
    elif width < CONTAINER_BITS:
        per_word = fill("CONTAINERS_PER_WORD$s", s=suffix)
        block.constants[f"CONTAINER_BITS{suffix}"] = unsigned(width)
        block.constants[per_word] = unsigned(CONTAINER_BITS // width)
        word = fill("c / $n", n=per_word)
        shift = fill("(c % $n * CONTAINER_BITS$s)", n=per_word, s=suffix)
        result = fill(
            "($words[w] >> $shift) ^ $random" if is_seen else "($result) >> $shift",
            words=words,
            shift=shift,
            random=random,
            result=result,
        )
    has_windows = projection._windows is not None
    if has_windows and is_seen and width == CONTAINER_BITS:
        gather = fill(GATHER_WORDS, s=suffix, words=words)
        return write_windows(projection, suffix, ["h", "first"], gather, block)
    # Random words that windows see follow each other, whatever the neuron.
    compared = [*names[has_windows and is_seen :], *(["c", "i"] if is_seen else ["c"])]
    block.code += fill(
        _COMPARE, s=suffix, arguments=declare(compared), word=word, result=result
    )
    if not has_windows:
        return _write_inputs(projection, suffix, names, compared, block)
    names += ["first"] * is_seen
    given = Code(", ".join("first" if name == "i" else name for name in compared))
    gather = fill(
        GATHER,
        s=suffix,
        arguments=declare(names),
        compare=fill("compare$s($given)", s=suffix, given=given),
        further=Code("            first++;\n" if is_seen else ""),
    )
    return write_windows(projection, suffix, names, gather, block)


def _write_random_words(projection, place, block):
    """Return a random word of neuron h, complemented for XNOR.

    It is word w of all that the neuron has or, if neurons see some containers and words
    are stored, that of the i-th container that is seen. Narrow containers of these are
    stored one by one. The latter case is returned as well.
    """
    suffix, is_xnor = place.suffix, projection._gate == "xnor"
    W0, width = projection.W0_, projection._container_bits
    if place.from_seed:
        if not np.array_equal(random_words(projection.seed_, W0.size), W0.ravel()):
            raise ValueError(
                "W0_ is not what seed_ gives, so it cannot be computed from the seed: "
                "store it, with random_words='stored'."
            )
        block.helpers.append(RANDOM_WORD)
        seed = number(projection.seed_, 0)
        block.constants[f"SEED{suffix}"] = fill("UINT64_C($seed)", seed=seed)
        block.constants[f"ROW_WORDS{suffix}"] = unsigned(W0.shape[1])
        word = fill("random_word(SEED$s, h * ROW_WORDS$s + w)", s=suffix)
        return (fill("~$word", word=word) if is_xnor else word), False
    about = "The random words"
    about += ", inverted: XOR with them is XNOR." if is_xnor else "."
    stored, table = ~W0 if is_xnor else W0, f"RANDOM{suffix}"
    has_windows = projection._windows is not None
    if not has_windows and projection._n_seen is None:
        block.tables.append(Table(table, about, stored))
        return fill("RANDOM$s[h][w]", s=suffix), False
    containers, sizes = _seen_containers(projection)
    seen = [
        _take(row, places[:n], width)
        for row, places, n in zip(stored, containers, sizes, strict=True)
    ]
    seen = np.concatenate(seen) if has_windows else np.array(seen)
    block.tables.append(Table(table, about, seen))
    i = Code("i")
    if width > CONTAINER_BITS:
        i = fill("i * WORDS_PER_CONTAINER$s + part", s=suffix)
    word = "RANDOM$s[$i]" if has_windows else "RANDOM$s[h][$i]"
    return fill(word, s=suffix, i=i), True


def _seen_containers(projection):
    """Return the containers that each neuron sees, and their numbers."""
    if projection._windows is None:
        return projection.receptive_fields_, projection._sizes
    fields, grid_width = projection.receptive_fields_, projection.grid_shape_[1]
    containers = [
        np.add.outer((top + np.arange(height)) * grid_width, left + np.arange(width))
        for top, left, height, width in fields
    ]
    return [one.ravel() for one in containers], projection._sizes


def _take(row, containers, width):
    """Take containers of a row of words: words, or smaller integers."""
    if width < CONTAINER_BITS:
        per_word = CONTAINER_BITS // width
        shifts = (containers % per_word * width).astype(np.uint32)
        return (row[containers // per_word] >> shifts).astype(f"uint{width}")
    return row.reshape(-1, width // CONTAINER_BITS)[containers].ravel()


def _write_inputs(projection, suffix, names, compared, block):
    """Write which containers neurons see; return what fills the templates."""
    n = fill("PROJECT_INPUTS$s", s=suffix)
    block.constants[n] = unsigned(int(projection._sizes.max()))
    container = Code("i")
    if projection._n_seen is not None:
        about = "The containers that each neuron sees."
        seen = to_smallest_dtype(projection.receptive_fields_)
        block.tables.append(Table(fill("SEEN$s", s=suffix), about, seen))
        container = fill("SEEN$s[h][i]", s=suffix)
    given = [container if name == "c" else name for name in compared]
    return {
        "arguments": declare(names),
        "pass": Code(", ".join(names)),
        "n": n,
        "compare": fill("compare$s($given)", s=suffix, given=Code(", ".join(given))),
    }


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
