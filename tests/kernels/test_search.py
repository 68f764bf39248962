# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Winners and overlaps, against fractions of Python's integers."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit._numba import rows as row_kernels
from skbit._numba.memory import empty_planes
from skbit.cluster._kernels import constants
from skbit.cluster._kernels import search as kernels
from skbit.cluster._kernels.similarity import (
    COSINE,
    HAMMING,
    JACCARD,
    OVERLAP,
    SIMILARITIES,
    norm_of_empty,
)

planes_of = empty_planes

KINDS = range(len(SIMILARITIES))


def zero_planes(n):
    planes = planes_of(n)
    planes[:] = 0
    return planes


def as_words(bits):
    """Pack rows of booleans to 64-bit words."""
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 64)))
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def as_rows(bits):
    """Pack rows of booleans to as many containers as it takes."""
    n_containers = -(-bits.shape[1] // 32)
    rows = as_words(bits).view(np.uint32)[:, :n_containers].copy()
    rows.flags.writeable = False
    return rows


class Population:
    """Neurons as the kernels take them, from a table of levels per neuron and bit."""

    def __init__(self, numbers, n_digits, similarity):
        n_neurons, n_bits = numbers.shape
        n_words = -(-n_bits // 64)
        n_groups = -(-n_neurons // 8)
        self.numbers, self.n_digits, self.similarity = numbers, n_digits, similarity
        self.top = 2**n_digits - 1
        self.patterns = zero_planes(n_groups * n_digits * n_words + 1)
        self.norms = zero_planes(n_groups)
        by_group = self.patterns[:-1].reshape(n_groups, n_digits, n_words, 8)
        for d in range(n_digits):
            words = as_words(numbers >> (n_digits - 1 - d) & 1 > 0)
            for n in range(n_neurons):
                by_group[n // 8, d, :, n % 8] = words[n]
        totals, squares = numbers.sum(axis=1), (numbers**2).sum(axis=1)
        self.norms.reshape(-1)[:n_neurons] = {
            COSINE: np.maximum(2 * squares, 1),
            JACCARD: totals,
            OVERLAP: self.top * n_bits - totals,
            HAMMING: self.top * n_bits - totals,
        }[similarity]

        self.settings = np.array(
            [n_bits, n_digits, similarity, norm_of_empty(similarity)]
        )

    def scratch(self):
        n_words = -(-self.numbers.shape[1] // 64)
        best = planes_of(constants.N_BEST)
        best[:] = 2**64 - 1
        return constants.Scratch(zero_planes(-(-n_words // 8)), best)

    def find_winners(self, bits):
        winners = np.full(len(bits), -7)
        shared = np.full(len(bits), -7)
        kernels.find_winners(
            as_rows(bits),
            len(self.numbers),
            self.settings,
            self.patterns,
            self.norms,
            self.scratch(),
            winners,
            shared,
        )
        return winners, shared

    def similarities(self, row):
        """Similarity of one row with every neuron, of cosine the square."""
        n_bits, ones, found = len(row), int(row.sum()), []
        for number in self.numbers.tolist():
            o = sum(number[j] for j in np.flatnonzero(row))
            p, q = sum(number), sum(k**2 for k in number)
            if self.similarity == COSINE:
                # Nothing resembles nothing, and nothing else.
                both = q * ones
                found.append(Fraction(o**2, both) if both else Fraction(q == ones))
            elif self.similarity == JACCARD:
                whole = p + self.top * ones - o
                found.append(Fraction(o, whole) if whole else Fraction(1))
            else:
                differing = p + self.top * ones - 2 * o
                alike = o if self.similarity == OVERLAP else self.top * n_bits
                found.append(Fraction(alike - differing, self.top * n_bits))
        return found

    def overlaps(self, bits):
        return bits.astype(int) @ self.numbers.T

    def ranking(self, row):
        """Neurons from the best to the worst, of equals the first."""
        similarities = self.similarities(row)
        return sorted(range(len(similarities)), key=lambda n: (-similarities[n], n))


@st.composite
def meetings(draw, similarities=KINDS):
    """A population and rows; some empty, some full, some neurons twice."""
    n_digits = draw(st.integers(1, 3))
    n_bits = draw(st.one_of(st.integers(1, 130), st.sampled_from([512, 513, 800])))
    # Few bits and many neurons make ties.
    n_neurons = draw(st.integers(1, 35))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    top = 2**n_digits - 1
    numbers = rng.integers(0, top + 1, size=(n_neurons, n_bits))
    numbers[rng.random(numbers.shape) < draw(st.sampled_from([0, 0.5, 0.9]))] = 0
    special = rng.random(n_neurons)
    numbers[special < 0.15] = 0
    numbers[(special > 0.2) & (special < 0.3)] = top
    numbers[special > 0.8] = numbers[rng.integers(n_neurons)]
    bits = rng.random((7, n_bits)) < draw(st.sampled_from([0.1, 0.5, 0.9]))
    bits[0], bits[1] = False, True
    bits[2] = numbers[rng.integers(n_neurons)] > 0
    return Population(numbers, n_digits, draw(st.sampled_from(similarities))), bits


@given(meetings())
def test_winners_and_their_overlaps(meeting):
    population, bits = meeting
    winners, shared = population.find_winners(bits)
    # The first row is empty; with cosine and Jaccard, the first empty neuron wins it.
    expected = [population.ranking(row)[0] for row in bits]
    assert_array_equal(winners, expected)
    overlaps = population.overlaps(bits)
    assert_array_equal(shared, overlaps[np.arange(len(bits)), winners])


@given(meetings(), st.data())
def test_overlaps(meeting, data):
    population, bits = meeting
    # Also of a part of the neurons only.
    n = data.draw(st.integers(1, len(population.numbers)))
    out = np.full((len(bits), n), -7)
    kernels.measure_overlaps(
        as_rows(bits),
        population.settings,
        population.patterns,
        population.scratch(),
        out,
    )
    assert_array_equal(out, population.overlaps(bits)[:, :n])


@given(meetings())
def test_runner_up(meeting):
    population, bits = meeting
    n_neurons = len(population.numbers)
    row, best, *_ = population.scratch()
    second = planes_of(constants.N_BEST)
    words = row.reshape(-1)
    for x in bits[bits.any(axis=1)]:
        row_kernels.load_row(as_rows(x[np.newaxis]), 0, words)
        top_ones = np.uint64(population.top * x.sum())
        assert row_kernels.count_ones(row, best) == x.sum()
        kernels.search(
            words,
            -(-n_neurons // 8),
            population.settings,
            population.patterns,
            population.norms,
            top_ones,
            best,
            second,
        )
        args = population.similarity, top_ones
        lane = kernels.pick_winner(best, n_neurons, *args)
        first, *others = population.ranking(x)
        assert int(best[constants.GROUP, lane]) * 8 + lane == first
        runner_up = kernels.pick_runner_up(best, second, n_neurons, lane, *args)
        # Whoever shares no bit with the input is no runner-up.
        overlaps = population.overlaps(x[np.newaxis])[0]
        is_one = bool(others) and overlaps[others[0]] > 0
        assert runner_up == (others[0] if is_one else -1)


@pytest.mark.parametrize("similarity", [COSINE, JACCARD])
@pytest.mark.parametrize("n_neurons", [1, 8, 11])
def test_first_empty(similarity, n_neurons):
    numbers = np.ones((n_neurons, 70), dtype=int)

    def first_empty(numbers):
        norms = Population(numbers, 2, similarity).norms
        return kernels.first_empty(norms, n_neurons, norm_of_empty(similarity))

    # None is empty: the first, though unused places beyond the last are.
    assert first_empty(numbers) == 0
    for n in reversed(range(n_neurons)):
        numbers[n] = 0
        assert first_empty(numbers) == n
    # A neuron with the least that is not nothing.
    numbers[0, -1] = 1
    assert first_empty(numbers) == (1 if n_neurons > 1 else 0)


@pytest.mark.parametrize("similarity", KINDS)
@pytest.mark.parametrize("n_digits", [1, 2, 3])
def test_all_alike_is_won_by_the_first(similarity, n_digits):
    bits = np.random.default_rng(n_digits).random((20, 61)) < 0.4
    numbers = np.tile((2**n_digits - 1) * bits[0], (19, 1))
    winners, _ = Population(numbers, n_digits, similarity).find_winners(bits)
    assert_array_equal(winners, 0)


@pytest.mark.parametrize("similarity", KINDS)
@pytest.mark.parametrize(("n_digits", "n_bits"), [(1, 1_600_000), (3, 120_000)])
def test_the_widest_rows_are_compared_exactly(similarity, n_digits, n_bits):
    # As wide as the clusterer takes; products are nearly 2**63. The second neuron is
    # better by one number only.
    top = 2**n_digits - 1
    numbers = np.full((3, n_bits), top)
    numbers[1:, -1] = 0
    bits = np.ones((1, n_bits), dtype=bool)
    bits[0, -1] = False
    population = Population(numbers, n_digits, similarity)
    winners, shared = population.find_winners(bits)
    assert_array_equal(winners, 1)
    assert_array_equal(shared, top * (n_bits - 1))
