# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Average linkage, against one that looks at every pair of groups each time."""

from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from skbit.cluster import _linkage


def merge(links, sizes, n_wanted):
    """Merge groups with the kernels; return labels and the sizes of groups."""
    sizes = sizes.astype(np.int64)
    groups = _linkage.merge(sparse.csr_array(links), sizes, n_wanted)
    return groups, sizes


def merge_naively(links, sizes, n_wanted):
    """Merge the first of the closest pairs of lists of members."""
    groups = [[a] for a in range(len(sizes)) if sizes[a] > 0]

    def link(a, b):
        return sum(int(links[i, j]) for i in a for j in b)

    def size(a):
        return sum(int(sizes[i]) for i in a)

    def closeness(pair):
        a, b = (groups[i] for i in pair)
        return Fraction(link(a, b), size(a) * size(b))

    while len(groups) > n_wanted:
        pairs = [(i, j) for j in range(len(groups)) for i in range(j)]
        # Of equals max takes the first.
        closest = max(sorted(pairs), key=closeness)
        if closeness(closest) == 0:
            break
        groups[closest[0]] = sorted(groups[closest[0]] + groups[closest[1]])
        del groups[closest[1]]
        groups.sort()
    labels = np.arange(len(sizes))
    for group in groups:
        labels[group] = group[0]
    return len(groups), labels, groups


@st.composite
def populations(draw):
    """Links and sizes, with many ties, and groups that do not take part."""
    n = draw(st.integers(1, 12))
    most = draw(st.sampled_from([1, 2, 5, 1000]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    links = np.triu(rng.integers(0, most + 1, size=(n, n)), 1)
    links[rng.random((n, n)) < draw(st.sampled_from([0, 0.5, 0.8]))] = 0
    links += links.T
    sizes = rng.integers(1, draw(st.sampled_from([1, 2, 1000])) + 1, size=n)
    absent = rng.random(n) < draw(st.sampled_from([0, 0.3]))
    links[absent] = links[:, absent] = sizes[absent] = 0
    return links, sizes


@given(populations(), st.integers(1, 12))
def test_equals_naive(population, n_wanted):
    links, sizes = population
    labels, sizes_left = merge(links, sizes, n_wanted)
    _, expected_labels, groups = merge_naively(links, sizes, n_wanted)
    assert_array_equal(labels, expected_labels)
    expected_sizes = np.zeros_like(sizes)
    for group in groups:
        expected_sizes[group[0]] = sizes[group].sum()
    assert_array_equal(sizes_left, expected_sizes)


@given(populations(), st.integers(1, 12))
def test_any_number_of_calls_makes_the_same_tree(population, n_wanted):
    links, sizes = population
    expected, _ = merge(links, sizes, n_wanted)
    with mock.patch.object(_linkage, "_MOST_WORK", 1):
        labels, _ = merge(links, sizes, n_wanted)
    assert_array_equal(labels, expected)


@pytest.mark.parametrize("n_wanted", [2, 5, 20])
def test_equals_scipy_without_ties(n_wanted):
    # With sizes of 1, closeness is an average; scipy averages distances.
    rng = np.random.default_rng(0)
    links = np.zeros((25, 25), dtype=np.int64)
    above = np.triu_indices(25, 1)
    links[above] = 1 + rng.permutation(len(above[0])) ** 2
    links += links.T
    tree = linkage(squareform(links.max() + 1 - links, checks=False), "average")
    expected = fcluster(tree, n_wanted, "maxclust")
    labels, _ = merge(links, np.ones(25), n_wanted)
    assert_array_equal(
        labels[:, np.newaxis] == labels, expected[:, np.newaxis] == expected
    )


def test_closeness_is_compared_exactly():
    # Two quotients that differ by 2**-56, which double precision cannot tell apart.
    low, high = 2**28, (2**14 - 1) ** 2
    high_link = pow(low, -1, high)
    low_link = (high_link * low - 1) // high
    assert Fraction(high_link, high) > Fraction(low_link, low)
    assert high_link / high == low_link / low
    links = np.zeros((4, 4), dtype=np.int64)
    links[0, 1] = links[1, 0] = low_link
    links[2, 3] = links[3, 2] = high_link
    sizes = np.array([2**14, 2**14, 2**14 - 1, 2**14 - 1])
    labels, _ = merge(links, sizes, 3)
    assert_array_equal(labels, [0, 1, 2, 2])


def test_nobody_is_linked():
    links, sizes = np.zeros((5, 5), dtype=np.int64), np.arange(5)
    labels, sizes_left = merge(links, sizes, 1)
    assert_array_equal(labels, np.arange(5))
    assert_array_equal(sizes_left, sizes)
