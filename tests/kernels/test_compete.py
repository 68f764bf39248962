# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Competition, cutting and pooling of patches, against loops over booleans."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skbit._numba.memory import PLANE_BITS, empty_planes
from skbit.feature_extraction import _encoding
from skbit.feature_extraction._contest import write_contest
from skbit.feature_extraction._geometry import Geometry
from skbit.feature_extraction._kernels.compete import compete
from skbit.feature_extraction._kernels.cut import cut_column, place_image
from skbit.feature_extraction._kernels.pool import Cells, count_winners, write_bits
from tests import reference


def planes_of(bits, n_planes):
    """Rows of booleans, up to 512, as a table of planes."""
    lanes = np.zeros((PLANE_BITS, n_planes), dtype=bool)
    lanes[: len(bits), : bits.shape[1]] = bits
    planes = empty_planes(n_planes)
    planes.view(np.uint8)[:] = np.packbits(lanes.T, axis=1, bitorder="little")
    return planes


def rows_of(planes):
    bits = np.unpackbits(planes.view(np.uint8), axis=1, bitorder="little")
    return bits.T.astype(bool)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_bits=st.integers(1, 70) | st.sampled_from([127, 128, 129, 490]),
    n_templates=st.sampled_from([1, 2, 3, 4, 5, 31, 33, 64, 65, 130]),
    density=st.sampled_from([0, 0.1, 0.5, 0.9, 1]),
    data=st.data(),
)
def test_winners(seed, n_bits, n_templates, density, data):
    n_winners = data.draw(st.integers(1, n_templates))
    rng = np.random.default_rng(seed)
    templates = rng.random((n_templates, n_bits)) < rng.random((n_templates, 1))
    # Templates that are equal, empty and full; their ties win together.
    templates[:: rng.integers(2, 5)] = rng.random(n_bits) < density
    patches = rng.random((30, n_bits)) < density
    lanes = rng.integers(30, size=PLANE_BITS)
    contest, n_planes = write_contest(templates.astype(np.uint8), n_winners)
    pool = planes_of(patches[lanes], n_planes)
    # What an earlier call left in scratch memory does not matter.
    pool[64 * -(-n_bits // 64) :] = rng.integers(0, 2**63, 8, dtype=np.uint64)
    found = empty_planes(n_templates)
    compete(contest, pool, found)
    expected = [reference.winners(patch, templates, n_winners, 0) for patch in patches]
    assert_array_equal(rows_of(found), np.array(expected)[lanes])


def check_cut(seed, shape, size, stride, padding):
    image = np.random.default_rng(seed).random(shape) < 0.5
    geometry = Geometry(shape[:2], shape[2], size, stride, padding, None, None)
    layout = _encoding._lay_out(geometry, 0)
    n_down, n_right = layout.map_shape
    n_words, n_groups = -(-geometry.n_patch_bits // 64), -(-n_down // 8)
    row = np.append(reference.pack(image.reshape(1, -1)), np.zeros(5, np.uint32))
    row = row[: len(row) // 2 * 2].view(np.uint64)
    n_pixel_rows = layout.row_words * layout.n_parts
    pixels = np.full((n_pixel_rows, layout.part_words), 5, dtype=np.uint64)
    place_image(row, layout, pixels)
    expected = reference.patches_of(image, size, stride, padding)
    column, ones = empty_planes(n_words * n_groups), empty_planes(n_groups)
    for right in range(n_right):
        cut_column(pixels.view(np.uint32), right, layout, column, ones)
        words = column.reshape(n_words, -1)[:, :n_down].T.copy()
        bits = reference.unpack(words.view(np.uint32))
        assert_array_equal(bits[:, : geometry.n_patch_bits], expected[:, right])
        assert not bits[:, geometry.n_patch_bits :].any()
        assert_array_equal(ones.ravel()[:n_down], expected[:, right].sum(axis=1))


@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.tuples(st.integers(1, 20), st.integers(1, 12), st.integers(1, 13))
    | st.tuples(st.integers(1, 3), st.integers(60, 140), st.just(1)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    stride=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    data=st.data(),
)
def test_cut_patches(seed, shape, padding, stride, data):
    padded = [n + 2 * p for n, p in zip(shape[:2], padding, strict=True)]
    size = tuple(data.draw(st.integers(1, min(n, 16))) for n in padded)
    stride = tuple(min(pair) for pair in zip(stride, padded, strict=True))
    check_cut(seed, shape, size, stride, padding)


@pytest.mark.parametrize("width", range(1, 131))
def test_rows_of_patches_end_anywhere_in_words(width):
    check_cut(width, (6, width, 1), (5, width), (1, 1), (0, 0))


@given(
    seed=st.integers(0, 2**32 - 1),
    n_templates=st.sampled_from([1, 2, 31, 32, 33, 63, 64, 65, 130]),
    map_shape=st.tuples(st.integers(1, 7), st.integers(1, 9)),
    levels=st.sets(st.integers(1, 20), min_size=1, max_size=4),
    density=st.sampled_from([0.02, 0.5, 1]),
    data=st.data(),
)
def test_pooled_counts(seed, n_templates, map_shape, levels, density, data):
    axes = [st.integers(1, n) for n in map_shape]
    grid, size = data.draw(st.tuples(*axes)), data.draw(st.tuples(*axes))
    geometry = Geometry(map_shape, 1, (1, 1), (1, 1), (0, 0), grid, size)
    won = np.random.default_rng(seed).random((*map_shape, n_templates)) < density
    levels = sorted(levels)
    n_cells, n_words = grid[0] * grid[1], -(-n_templates // 64)
    n_digits = (levels[-1] - 1).bit_length() + 1
    of_cells = *geometry.cells_of_patches(), n_cells, n_templates, n_digits
    cells = Cells(*of_cells, np.array(levels, dtype=np.intp))
    rows = np.zeros((won[..., 0].size, 2 * n_words), dtype=np.uint32)
    packed = reference.pack(won.reshape(len(rows), -1))
    rows[:, : packed.shape[1]] = packed
    # Patches come in any order, and in several parts.
    order = np.random.default_rng(seed).permutation(len(rows))
    counters = np.zeros(n_cells * n_words * n_digits, dtype=np.uint64)
    middle = len(rows) // 2
    for start, stop in ((0, middle), (middle, len(rows))):
        count_winners(rows[order].view(np.uint64), order, start, stop, cells, counters)
    n_bits = n_cells * len(levels) * n_templates
    out = np.zeros(-(-n_bits // 32), dtype=np.uint32)
    write_bits(cells, counters, out)
    expected = []
    for top, bottom in reference.cells(map_shape[0], grid[0], size[0]):
        for left, right in reference.cells(map_shape[1], grid[1], size[1]):
            counts = won[top:bottom, left:right].sum(axis=(0, 1))
            expected += [counts >= level for level in levels]
    assert_array_equal(out, reference.pack(np.array(expected).reshape(1, -1))[0])


@pytest.mark.parametrize("level", [2**16, 2**31 - 1])
def test_counts_do_not_wrap(level):
    """Counters of many digits, with 2**16 patches of one template in a cell."""
    n = 2**16
    n_digits = (level - 1).bit_length() + 1
    starts, members = np.arange(n + 1), np.zeros(n, dtype=np.int32)
    cells = Cells(starts, members, 1, 1, n_digits, np.array([level], dtype=np.intp))
    winners = np.ones((1, 1), dtype=np.uint64).repeat(512, axis=0)
    counters = np.zeros(n_digits, dtype=np.uint64)
    places = np.arange(512)
    for _ in range(n // 512):
        out = np.zeros(1, dtype=np.uint32)
        write_bits(cells, counters, out)
        assert out[0] == 0
        count_winners(winners, places, 0, 512, cells, counters)
    write_bits(cells, counters, out)
    assert out[0] == (level == n)


@given(
    seed=st.integers(0, 2**32 - 1),
    n_images=st.integers(0, 5),
    min_ones=st.sampled_from([0, 3, 8, 2**70]),
    n_templates=st.sampled_from([1, 33]),
)
def test_images_of_different_numbers_of_patches(seed, n_images, min_ones, n_templates):
    rng = np.random.default_rng(seed)
    images = rng.random((n_images, 17, 15, 1)) < rng.random((n_images, 1, 1, 1))
    images &= rng.random((n_images, 17, 15, 1)) < 0.6
    place = (3, 4), (1, 1), (1, 0)
    geometry = Geometry((17, 15), 1, *place, (2, 3), (9, 5))
    templates = rng.random((n_templates, 12)) < 0.5
    codebook = reference.pack(templates)
    plan = _encoding.prepare(codebook, geometry, 1, min_ones, (1, 2))
    words = reference.pack(images.reshape(n_images, 17 * 15))
    found = _encoding.encode(words, plan, 1)
    for image, row in zip(images, found, strict=True):
        args = place, (1, min_ones), (2, 3), (9, 5), (1, 2)
        bits = reference.encode_patches(image, templates, *args)
        assert_array_equal(row, reference.pack(bits[None])[0])
