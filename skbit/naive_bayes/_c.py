# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""C code of OttoScoreClassifier.

The ones of a row are listed, so many at a time, and then the log-odds of those that are
listed are added, for one class or for several classes at once. Bits whose log-odds are
all zero are left out.

Log-odds of up to 8 bits are stored as differences from the lowest one, several classes
in a word. Every other class of a word is added by itself, so that sums have twice as
many bits as log-odds. No more ones are listed at a time than fit into such sums.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from skbit._c import classes
from skbit._c.source import Block, Writer, fill
from skbit._c.text import (
    Buffer,
    Code,
    Table,
    c_type,
    check_number,
    to_smallest_dtype,
    unsigned,
)
from skbit.bits import CONTAINER_BITS, n_containers, pack_bits
from skbit.naive_bayes import OttoScoreClassifier
from skbit.naive_bayes._c_learn import PARTIAL_FIT
from skbit.naive_bayes._c_tune import TUNE

_INT32_MAX = np.iinfo(np.int32).max
# Ones that are listed at a time, at most.
_LIST_SIZE = 32
# Bytes of code that leaves out bits within words.
_MASKING_BYTES = 24
# It doubles the time of visiting bits, so that one in so many must have no log-odds.
_MASKING_SHARE = 16

# Width of words of which two share a byte.
_HALF_BYTE = 4
# Bytes of code that adds words of a width.
_ADDING_BYTES = 80

_ADD_WORDS = """\
/* Adds the log-odds of the listed ones to the sums of n classes, which share words. */
static void add_$width(FLASH $word *words, uint32_t n_ones, $sum *of_classes,
                       uint32_t n)
{
    uint32_t even = 0u;
    uint32_t odd = 0u;
    for (uint32_t i = 0u; i < n_ones; i++) {
        uint32_t word = $word_of_one;
        even += word & EVEN_CLASSES;
        odd += word >> LOG_ODDS_BITS & EVEN_CLASSES;
    }
    for (uint32_t k = 0u; k < n; k += 2u) {
        of_classes[k] = ($sum)(of_classes[k] + (even & LISTED_SUM));
        of_classes[k + 1u] = ($sum)(of_classes[k + 1u] + (odd & LISTED_SUM));
        even >>= LISTED_SUM_BITS;
        odd >>= LISTED_SUM_BITS;
    }
}

"""
_WORD_OF_ONE = Code("words[ones[i]]")
_HALF_OF_ONE = Code("words[ones[i] / 2u] >> (ones[i] % 2u * 4u)")
_ADD_LISTED = """\
/* Adds the log-odds of the listed ones to the sums. */
static void add_ones(uint32_t n_ones)
{
$calls\
}

"""
_ADD_COLUMNS = """\
    for (uint32_t j = 0u; j < ${n_columns}u; j++) {
        add_$width(LOG_ODDS_$width[j], n_ones, sums + $first + ${n}u * j, ${n}u);
    }
"""
_ADD_COLUMN = """\
    add_$width(LOG_ODDS_$width, n_ones, sums + $first, ${n}u);
"""
_ADD_EACH = """\
    for (uint32_t i = 0u; i < n_ones; i++) {
        FLASH $type *of_classes = LOG_ODDS[ones[i]];
        for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
            sums[k] += of_classes[k];
        }
    }
"""

_SUM = """\
/* Adds the log-odds of all ones; returns how many there are. */
static uint32_t sum_log_odds(void)
{
    uint32_t n_ones = 0u;
    uint32_t n_before = 0u;
    for (uint32_t k = 0u; k < N_SUMS; k++) {
        sums[k] = 0;
    }
$list\
    add_ones(n_ones);
    return n_before + n_ones;
}

"""
_LIST_ALL = """\
    for (uint32_t i = 0u; i < SCORED_WORDS; i++) {
        uint32_t first = 32u * i;
        for (uint32_t word = $bits[i]; word != 0u; word >>= 4) {
            uint32_t row = first;
            for (uint32_t four = word & 15u; four != 0u; four >>= 1) {
                if ((four & 1u) != 0u) {
                    if (n_ones == MOST_ONES) {
                        add_ones(MOST_ONES);
                        n_before += MOST_ONES;
                        n_ones = 0u;
                    }
                    ones[n_ones] = ($small)row;
                    n_ones++;
                }
                row++;
            }
            first += 4u;
        }
    }
"""
_LIST_KEPT = """\
    uint32_t row = 0u;
    for (uint32_t i = 0u; i < SCORED_WORDS; i++) {
        uint32_t word = $bits[i];
        for (uint32_t kept = KEPT[i]; kept != 0u; kept >>= 1) {
            if ((kept & 1u) != 0u) {
                if ((word & 1u) != 0u) {
                    if (n_ones == MOST_ONES) {
                        add_ones(MOST_ONES);
                        n_before += MOST_ONES;
                        n_ones = 0u;
                    }
                    ones[n_ones] = ($small)row;
                    n_ones++;
                }
                row++;
            }
            word >>= 1;
        }
    }
"""

_SCORES = """\
void ${name}_scores(const uint8_t *input, int64_t *scores)
{
    run(input);
$sum\
    for (uint32_t k = 0u; k < ${NAME}_N_CLASSES; k++) {
        scores[k] = (int64_t)OFFSETS[k] + $score;
    }
}
"""
_SUM_OF_32 = Code("""\
    int32_t lowest = LOWEST_LOG_ODDS * (int32_t)sum_log_odds();
""")
_SCORE_OF_32 = Code("((int32_t)sums[k] + lowest) * SCALE")
_SUM_OF_64 = Code("""\
    int64_t lowest = (int64_t)LOWEST_LOG_ODDS * sum_log_odds();
""")
_SCORE_OF_64 = Code("((int64_t)sums[k] + lowest) * SCALE")


class _Adding(NamedTuple):
    """How log-odds are stored and added.

    Attributes
    ----------
    tables : list of Table
    constants : dict
    functions : str
        Those that ``calls`` needs.
    calls : str
        The body of the function that adds listed ones.
    sums : Buffer
    sum : str
        What calls ``sum_log_odds``.
    score : str
        The score of class k, but for its offset.
    list_size : int
        Ones that are listed at a time, at most.
    per_one, per_list : int
        Operations of each one, and of each list.
    """

    tables: list
    constants: dict
    functions: str
    calls: str
    sums: Buffer
    sum: str
    score: str
    list_size: int
    per_one: int
    per_list: int


def score(classifier, place):
    """Write an OttoScoreClassifier; return its block."""
    n_classes, n_bits = classifier.weights_.shape
    check_number("classes", n_classes)
    kept, masks = _kept_bits(classifier.weights_)
    weights, divisor = _divided(classifier.weights_[:, kept])
    is_packed = int(weights.max()) - int(weights.min()) < 2**8
    name = {"name": place.name, "NAME": Code(place.name.upper())}
    adding = (_packed if is_packed else _wide)(weights, divisor, name)
    block = Block(
        title=f"{type(classifier).__name__}: {n_classes} classes x {n_bits} bits",
        operations=4 * n_classes,
        code=adding.functions + fill(_ADD_LISTED, calls=Code(adding.calls)),
        constants=adding.constants,
        tables=adding.tables,
        buffers=[adding.sums],
    )
    _list_ones(kept, masks, adding, place.bits.buffer, block)
    unit = classes.unit_of(classifier._units_per_nat)
    answer = classes.answer(classifier.classes_, place.name, unit)
    offsets = _smaller(classifier.offsets_)
    block.code += fill(_SCORES, sum=adding.sum, score=adding.score, **name)
    block.code += answer.code
    block.tables += [
        Table("OFFSETS", "Offsets of the classes.", offsets),
        *answer.tables,
    ]
    block.buffers.append(answer.buffer)
    block.public = answer.public
    return block, None


def _list_ones(kept, masks, adding, bits, block):
    """Add to a block how ones are listed and added."""
    n_words = n_containers(int(kept[-1]) + 1)
    small = to_smallest_dtype(len(kept) - 1).dtype
    block.constants |= {
        "SCORED_WORDS": unsigned(n_words),
        "MOST_ONES": unsigned(adding.list_size),
        "N_SUMS": unsigned(adding.sums.size),
    }
    about = "Ones that are listed."
    block.buffers.append(Buffer("ones", about, small, adding.list_size))
    template, n_read, per_read = _LIST_ALL, len(kept), 3
    if masks is not None:
        template, n_read, per_read = _LIST_KEPT, CONTAINER_BITS * n_words, 5
        block.tables.append(Table("KEPT", "Bits that have log-odds.", masks))
    listing = fill(template, bits=bits, small=Code(c_type(small)))
    block.code += fill(_SUM, list=listing)
    n_lists = -(-len(kept) // adding.list_size)
    block.operations += n_read * per_read + len(kept) * (2 + adding.per_one)
    block.operations += n_lists * adding.per_list


def _kept_bits(weights):
    """Choose the bits whose log-odds are stored.

    Returns
    -------
    kept : ndarray of int
        At least one bit.
    masks : ndarray of uint32, or None
        Words with the bits that are kept; None if only words at the end are left out.
    """
    has_weights = weights.any(axis=0)
    kept = np.flatnonzero(has_weights)
    if len(kept) == 0:
        kept = np.zeros(1, dtype=np.intp)
    # Words are read as a whole.
    n_read = min(CONTAINER_BITS * n_containers(int(kept[-1]) + 1), weights.shape[1])
    n_dropped = n_read - len(kept)
    n_spared = n_dropped * len(weights) * _n_bits_of(weights) // 8
    if (
        n_dropped < n_read / _MASKING_SHARE
        or n_spared <= 4 * n_containers(n_read) + _MASKING_BYTES
    ):
        return np.arange(n_read), None
    return kept, pack_bits(has_weights[np.newaxis, :n_read])[0]


def _divided(weights):
    """Divide weights by their largest common power of two; return it as well."""
    ones = int(np.bitwise_or.reduce(weights, axis=None))
    divisor = ones & -ones if ones else 1
    return weights.astype(np.int64) // divisor, divisor


def _n_bits_of(weights):
    """Return how many bits hold weights after their division."""
    divided, _ = _divided(weights)
    return max(1, int(divided.max() - divided.min()).bit_length())


def _smaller(offsets):
    """Return offsets in 32 bits if they fit."""
    small = to_smallest_dtype(offsets, signed=True)
    return offsets.astype(np.int32) if small.itemsize <= 4 else offsets


def _packed(weights, divisor, values):
    """Store log-odds of up to 8 bits, several classes in a word."""
    n_ones = weights.shape[1]
    lowest = int(weights.min())
    above = (weights - lowest).astype(np.uint64)
    n_bits = max(1, int(above.max()).bit_length())
    most = n_ones * (2**n_bits - 1)
    sum_dtype = to_smallest_dtype(max(most, 2**8)).dtype
    parts = _write_columns(above, n_bits, Code(c_type(sum_dtype)))
    tables, functions, calls, n_sums, per_one, per_list = parts
    is_small = (
        max(n_ones * abs(lowest), most, divisor * _highest(weights)) <= _INT32_MAX
    )
    return _Adding(
        tables=tables,
        constants={
            "LOG_ODDS_BITS": unsigned(n_bits),
            "EVEN_CLASSES": _every_other(n_bits),
            "LISTED_SUM_BITS": unsigned(2 * n_bits),
            "LISTED_SUM": unsigned(2 ** (2 * n_bits) - 1),
            "LOWEST_LOG_ODDS": lowest,
            "SCALE": divisor,
        },
        functions=functions,
        calls=calls,
        sums=Buffer("sums", "Sums of the log-odds of ones.", sum_dtype, n_sums),
        sum=_SUM_OF_32 if is_small else _SUM_OF_64,
        score=_SCORE_OF_32 if is_small else _SCORE_OF_64,
        list_size=min(_LIST_SIZE, 2**n_bits + 1),
        per_one=per_one,
        per_list=per_list,
    )


def _write_columns(above, n_bits, of_sums):
    """Write the columns of words of all classes, and how they are added.

    Returns
    -------
    tables : list of Table
    functions, calls : str
    n_sums, per_one, per_list : int
    """
    tables, functions, calls = [], "", ""
    first = per_one = per_list = 0
    for width, n, n_columns in _columns(*above.shape, n_bits):
        classes_of_columns = above[first : first + n * n_columns]
        words = _join(classes_of_columns, n, n_columns, n_bits)
        word_of_one = _WORD_OF_ONE
        if width == _HALF_BYTE:
            words, word_of_one = _join_halves(words), _HALF_OF_ONE
        words = words.astype(f"uint{max(width, 8)}")
        functions += fill(
            _ADD_WORDS,
            width=width,
            word=Code(c_type(words.dtype)),
            word_of_one=word_of_one,
            sum=of_sums,
        )
        about = f"Log-odds of each bit, of {n} classes in a word."
        is_one = n_columns == 1
        table = Table(f"LOG_ODDS_{width}", about, words[0] if is_one else words)
        tables.append(table)
        call = _ADD_COLUMN if is_one else _ADD_COLUMNS
        calls += fill(call, width=width, first=first, n=n, n_columns=n_columns)
        first += n * n_columns
        per_one += (9 if width == _HALF_BYTE else 5) * n_columns
        per_list += 6 * n_columns * -(-n // 2)
    # Sums are written two at a time.
    return tables, functions, calls, first + n % 2, per_one, per_list


def _columns(n_classes, n_ones, n_bits):
    """Divide classes among words, so that these and the code take the fewest bytes.

    Returns
    -------
    columns : list of (width, n, n_columns)
        Columns of words of a width with ``n`` classes each. Those of 32 bits come
        first; others occur once.
    """
    # Sums with twice as many bits fit into a word.
    fit = {
        width: min(width // n_bits, 2 * (CONTAINER_BITS // (2 * n_bits)))
        for width in (32, 16, 8, _HALF_BYTE)
    }
    found = {}
    for n_narrow in range(4):
        for narrow in combinations((16, 8, _HALF_BYTE), n_narrow):
            n_left = n_classes - sum(fit[width] for width in narrow)
            n_wide = max(0, -(-n_left // fit[32]))
            n_bytes = n_ones * (32 * n_wide + sum(narrow)) / 8
            n_bytes += _ADDING_BYTES * (n_narrow + (n_wide > 0))
            found[n_bytes, narrow] = n_wide
    (_, narrow), n_wide = min(found.items())
    columns = [(32, fit[32], n_wide)] if n_wide else []
    n_left = n_classes - fit[32] * n_wide
    for width in narrow:
        columns.append((width, min(fit[width], n_left), 1))
        n_left -= columns[-1][1]
    return columns


def _join(above, n, n_columns, n_bits):
    """Join log-odds of classes to words; return columns of words."""
    words = np.zeros((n_columns, above.shape[1]), dtype=np.uint64)
    for k, row in enumerate(above):
        words[k // n] |= row << np.uint64(n_bits * (k % n))
    return words


def _join_halves(words):
    """Join the words of two ones, of up to 4 bits, to a byte."""
    padded = np.zeros((len(words), words.shape[1] + words.shape[1] % 2), np.uint64)
    padded[:, : words.shape[1]] = words
    return padded[:, ::2] | padded[:, 1::2] << np.uint64(_HALF_BYTE)


def _every_other(n_bits):
    """Return a mask of every other log-odds of a word, whose sums fit."""
    first = 2**n_bits - 1
    n_sums = CONTAINER_BITS // (2 * n_bits)
    return unsigned(sum(first << 2 * n_bits * i for i in range(n_sums)))


def _highest(weights):
    """Return the largest absolute value that sums reach, whatever the input."""
    return int(np.abs(weights).sum(axis=1).max())


def _wide(weights, divisor, values):
    """Store log-odds of more than 8 bits, each by itself."""
    n_classes = len(weights)
    highest = _highest(weights)
    dtype = np.int32 if highest <= _INT32_MAX else np.int64
    table = to_smallest_dtype(weights.T, signed=True)
    is_small = highest * divisor <= _INT32_MAX
    return _Adding(
        tables=[Table("LOG_ODDS", "Log-odds of each bit for each class.", table)],
        constants={"SCALE": divisor},
        functions="",
        calls=fill(_ADD_EACH, type=Code(c_type(table.dtype)), **values),
        sums=Buffer("sums", "Sums of the log-odds of ones.", dtype, n_classes),
        sum=Code("    (void)sum_log_odds();\n"),
        score=Code("sums[k] * SCALE" if is_small else "(int64_t)sums[k] * SCALE"),
        list_size=_LIST_SIZE,
        per_one=n_classes,
        per_list=0,
    )


WRITERS = {
    OttoScoreClassifier: Writer(
        score, vectors=classes.vectors, learning=(PARTIAL_FIT, TUNE)
    )
}
