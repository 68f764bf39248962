# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Operations that an export says it takes, against those that stand in its text."""

import re

import numpy as np
import pytest

from skbit import (
    BitPatchEncoder,
    BitWTAClusterer,
    OttoScoreClassifier,
    RandomFernEncoder,
    RandomMAJ3Projection,
)
from skbit.codegen import to_c
from skbit.naive_bayes import round_log_odds

OPERATORS = r">>|<<|[&|^~*+\-]=?"
# A byte of packed input is shifted, taken mod 4 and ORed; one of output likewise.
LOAD_BYTE, STORE_BYTE = 3, 2


def body_of(text, function):
    """Return the text of a function, without comments and addresses in brackets."""
    body = re.search(rf"^static \w+ {function}\(.*?\)\n{{\n(.*?)^}}", text, re.S | re.M)
    return re.sub(r"\[[^]]*\]|\(uint\d+_t\)|/\*.*?\*/", "", body[1])


def operators(code):
    return len(re.findall(OPERATORS, code))


def source_of(n_containers, n_neurons, **options):
    X = np.ones((2, n_containers), dtype=np.uint32) * np.uint32(0xFFFF0000)
    model = RandomMAJ3Projection(n_neurons, random_state=0, **options).fit(X)
    return to_c(model)


@pytest.mark.parametrize("n_neurons", [1, 5])
@pytest.mark.parametrize("n", [1, 3, 7, 20, 100])
def test_exact_majorities(n, n_neurons):
    source = source_of(n, n_neurons, majority="exact")
    compare = operators(body_of(source.text, "compare"))
    neuron = body_of(source.text, "neuron")
    ripple = re.search(r"for \(uint32_t d = 0u; carry.*?{(.*?)}", neuron, re.S)[1]
    decide = re.search(r"for \(uint32_t d = 0u; d < C.*?{(.*?)}", neuron, re.S)[1]
    # The choice between both and either is one more: a comparison.
    per_ripple, per_decision = operators(ripple), operators(decide) + 1
    assert (compare, per_ripple, per_decision) == (1, 2, 5)
    n_digits = len(f"{n:b}")
    per_neuron = n * (compare + per_ripple * n_digits) + per_decision * n_digits
    expected = n_neurons * (per_neuron + 4 * STORE_BYTE) + 4 * n * LOAD_BYTE
    assert source.operations == expected


@pytest.mark.parametrize("n_neurons", [1, 5])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 11, 100])
def test_trees(n, n_neurons):
    source = source_of(n, n_neurons)
    three, four, five = (
        operators(body_of(source.text, f"majority{k}")) for k in (3, 4, 5)
    )
    five += three
    total, left = n * operators(body_of(source.text, "compare")), n
    while left > 1:
        rest = left % 3
        if rest and left > rest + 3:
            rest += 3
        total += (left - rest) // 3 * three
        total += {0: 0, 1: 0, 2: 1, 4: four, 5: five}[rest]
        left = (left - rest) // 3 + (rest > 0)
    expected = n_neurons * (total + 4 * STORE_BYTE) + 4 * n * LOAD_BYTE
    assert source.operations == expected


def test_seeds_narrow_and_wide_containers():
    stored, seed = (
        to_c(
            RandomMAJ3Projection(5, random_state=0).fit(np.ones((2, 8), np.uint32)),
            random_words=words,
        )
        for words in ("stored", "seed")
    )
    random = operators(body_of(seed.text, "random_word"))
    assert seed.operations - stored.operations == 5 * 8 * random
    # As many bits in all: eight words are 8 containers of 32 bits or 4 of 64.
    wide = source_of(8, 1, container_bits=64)
    narrow = source_of(4, 2)
    both = 4 * 8 * LOAD_BYTE, 4 * 4 * LOAD_BYTE
    assert wide.operations - both[0] == narrow.operations - both[1]


def test_permuted_bits():
    X = np.random.default_rng(0).random((50, 96)) < 0.5
    plain, permuted = (
        to_c(RandomMAJ3Projection(70, random_state=0, **params).fit(X))
        for params in ({}, {"permute_bits": True})
    )
    (place,) = loops(body_of(permuted.text, "permute"))
    # One more is the place within a word.
    per_place = operators(place) + place.count("%")
    assert per_place == 5
    assert permuted.operations - plain.operations == 3 * 96 * per_place


def loops(body):
    """Return what stands in the innermost loops, without their heads."""
    return re.findall(r"for \([^)]*\) {([^{}]*)}", body)


@pytest.mark.parametrize("size", [3, 6])
def test_ferns(size):
    X = np.array([[0, 0], [-1, -1]]).astype(np.uint32)
    source = to_c(RandomFernEncoder(5, size, random_state=0).fit(X))
    # Remainders and quotients are operations, though within brackets.
    body = source.text.split("static void set_ferns(void)")[1].split("\n}\n")[0]
    body = re.sub(r"\(uint\d+_t\)", "", body)
    _, read = loops(body)
    per_bit = len(re.findall(rf"[/%]|{OPERATORS}", read))
    per_fern = len(re.findall(rf"[/%]|{OPERATORS}", body.split(read)[1]))
    # Not the subtraction that a loop's increment is taken for.
    assert (per_bit, per_fern) == (6, 6)
    n_words = -(-5 * 2**size // 32)
    expected = 5 * (size * per_bit + per_fern)
    assert source.operations == expected + 8 * LOAD_BYTE + 4 * n_words * STORE_BYTE


@pytest.mark.parametrize("n_templates", [20, 70])
def test_patches_that_are_images(n_templates):
    """One patch and one cell: what each bit, digit and winner takes."""
    X = np.ones((2, 3), dtype=np.uint32)
    encoder = BitPatchEncoder(
        n_templates, patch_size=(4, 24), image_shape=(4, 24), random_state=0
    )
    source = to_c(encoder.fit(X))
    n_words = -(-n_templates // 32)
    n_digits = int(re.search(r"SCORE_DIGITS (\d+)u", source.text)[1])
    _, add_four = loops(body_of(source.text, "rank"))
    # Places in the table are addresses.
    add_four = re.sub(r"- place\) \* TEMPLATE_WORDS", ")", add_four)
    per_four = operators(add_four)
    assert per_four == 12 + 6 + 2 * (n_digits - 4) + 1
    _, _, any_bit, keep, _ = loops(body_of(source.text, "find_winners"))
    mark = operators(body_of(source.text, "or_word"))
    # The winners of before are inverted, and winners are counted one by one.
    per_round = 1 + n_digits * operators(any_bit + keep) + 1 + 3 * 32
    # Each column has four pixels of one bit.
    total = 24 * (3 + 4 * (4 + 16 + 4)) + 96 // 4 * n_words * per_four
    # The place of the patch is compared with that of the cell, and all templates may
    # lie in two words of the output.
    total += 2 * n_words * per_round + 2 * 2 + 2 * mark * n_words
    total += 4 * 3 * LOAD_BYTE + 4 * n_words * STORE_BYTE
    assert source.operations == total


def test_scores_and_winners():
    X = np.eye(8, dtype=np.uint8)
    wide = OttoScoreClassifier().fit(X, np.arange(8) % 3)
    # Binarized bytes; a bit is tested, shifted and counted, and listed if it is one;
    # then each class is added to; scores are added to offsets and compared.
    assert to_c(wide).operations == 4 * 8 + 8 * (3 + 2 + 3) + 4 * 3
    packed = to_c(round_log_odds(wide, 8))
    # All classes share a word, in which there is room for four.
    per_word, per_two = loops(body_of(packed.text, "add_32"))
    per_word = operators(per_word)
    # The loop's increment by two and places in brackets are no operations.
    per_two = operators(per_two.replace("+ 1u", ""))
    assert (per_word, per_two) == (5, 6)
    expected = 4 * 8 + 8 * (3 + 2 + per_word) + 2 * per_two + 4 * 3
    assert packed.operations == expected
    model = BitWTAClusterer(3, random_state=0).fit(X)
    text = to_c(model).text
    assert operators(body_of(text, "count_ones")) == 12
