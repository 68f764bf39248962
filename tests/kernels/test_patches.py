# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Patches of images and their similarity, against loops over booleans."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit.bits import pack_bits
from skbit.neighbors import _patches
from skbit.neighbors._kernels import patches
from tests import reference


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 6), st.integers(1, 40)),
    st.tuples(st.integers(1, 4), st.integers(1, 16)),
)
def test_cut_patches(seed, shape, size):
    rng = np.random.default_rng(seed)
    image = rng.random(shape) < 0.5
    # Patches may begin anywhere, also where they lie outside of the image.
    tops, lefts = (rng.integers(-3, n + 2, 5) for n in shape)
    downs, rights = rng.integers(-2, 3, (2, 4))
    out = np.empty((5, 4), dtype=np.uint64)
    rows = pack_bits(image.reshape(1, -1))
    rows.flags.writeable = False
    grid = _patches.Grid(shape, tops, lefts, size, downs, rights)
    patches.cut_patches(rows, 0, grid, out)
    margin = 64
    padded = np.pad(image, margin)
    for k in range(5):
        for s in range(4):
            y, x = tops[k] + downs[s] + margin, lefts[k] + rights[s] + margin
            bits = padded[y : y + size[0], x : x + size[1]].ravel()
            assert int(out[k, s]) == sum(int(b) << j for j, b in enumerate(bits))


@pytest.mark.parametrize("similarity", ["overlap", "jaccard"])
@pytest.mark.parametrize("shape", [(5, 7, 1), (9, 9, 1), (4, 6, 3)])
def test_scores(similarity, shape):
    rng = np.random.default_rng(0)
    images = rng.random((3, *shape)) < 0.4
    ones, decided = rng.random((2, 11, *shape)) < 0.6
    ones &= decided
    # An empty prototype and an empty image.
    ones[3], images[1] = False, False
    grid = _patches.grid(*shape, 4, 3, 1)
    words, *tables = (
        pack_bits(part.reshape(len(part), -1)) for part in (images, ones, decided)
    )
    ends = np.array([2, 2, 11])
    scores = _patches.score(
        words,
        grid,
        _patches.Prototypes(*(_patches.table(part, grid) for part in tables), ends),
        ["overlap", "jaccard"].index(similarity),
        None,
    )
    expected = reference.score_patches(images, ones, decided, 4, 3, 1, similarity)
    assert_array_equal(scores[:, 0], expected[:, :2].max(axis=1))
    assert_array_equal(scores[:, 2], expected[:, 2:].max(axis=1))
    # The class without prototypes scores lower than anything can.
    assert np.all(scores[:, 1] < -64 * len(grid.tops))
