# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The door for X: how numbers become bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from scipy import sparse

from skbit import RandomMAJ3Projection, _input
from tests import reference


def words_of(X, binarize=0.0):
    """The packed rows that an estimator makes of X, and that its blocks join up to."""
    estimator = RandomMAJ3Projection(1, input="dense", binarize=binarize)
    X = estimator.fit(X)._validate_bits(X, reset=False)
    words = estimator._as_words(X)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_input, "BLOCK_SIZE", 40)
        blocks = list(estimator._word_blocks(X))
    assert_array_equal(np.vstack([packed for _, packed in blocks]), words)
    starts = [rows.start for rows, _ in blocks]
    assert starts == [0, *(rows.stop for rows, _ in blocks)][:-1]
    return words


@given(
    X=arrays(
        st.sampled_from([np.int8, np.uint8, np.int64, np.uint64, np.float32, float]),
        st.tuples(st.integers(1, 9), st.integers(1, 100)),
        elements={"min_value": 0, "max_value": 3},
    )
    | arrays(np.float64, (3, 70), elements=st.floats(-2, 2)),
    binarize=st.sampled_from([0.0, 1, 1.5, -1.0, 2.0**70]),
)
def test_numbers_above_a_threshold_are_ones(X, binarize):
    expected = reference.pack(np.greater(X, binarize))
    assert_array_equal(words_of(X, binarize), expected)
    assert_array_equal(words_of(sparse.csr_matrix(X), binarize), expected)
    assert_array_equal(words_of(sparse.coo_array(X), binarize), expected)


@pytest.mark.parametrize("binarize", [-(2.0**70), -0.5, 0.0, 0.5, 1.0, 2.0**70])
def test_truth_values_above_a_threshold(binarize):
    X = np.array([[True, False, True]])
    expected = reference.pack(X.astype(float) > binarize)
    assert_array_equal(words_of(X, binarize), expected)
    assert_array_equal(words_of(sparse.csr_matrix(X), binarize), expected)


def test_large_whole_numbers_are_compared_with_all_their_digits():
    X = np.array([[2**53, 2**53 + 1, 2**62]])
    for dtype in (np.int64, np.uint64):
        assert words_of(X.astype(dtype), 2.0**53).tolist() == [[0b110]]
        of_sparse = words_of(sparse.csr_matrix(X.astype(dtype)), 2.0**53)
        assert of_sparse.tolist() == [[0b110]]


@pytest.mark.parametrize("index_type", [np.int32, np.int64])
def test_sparse_matrices_with_unsorted_and_double_entries(index_type):
    data = np.array([1.0, -1.0, 2.0, 1.0, -3.0, 0.0])
    indices = np.array([40, 40, 3, 0, 3, 1], dtype=index_type)
    X = sparse.csr_matrix((data, indices, np.array([0, 3, 3, 6], dtype=index_type)))
    before = data.copy(), indices.copy()
    expected = reference.pack(X.toarray() > 0)
    assert_array_equal(words_of(X), expected)
    assert_array_equal(X.data, before[0])
    assert_array_equal(X.indices, before[1])


@pytest.mark.parametrize("column", [-1, 3, 2**30])
def test_sparse_matrices_that_point_outside_are_refused(column):
    X = sparse.csr_matrix(np.eye(3))
    X.indices[1] = column
    with pytest.raises(ValueError, match="out of range"):
        words_of(X)
