# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The container convention."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from skbit.bits import n_containers, pack_bits, unpack_bits
from tests import reference

bit_matrices = arrays(
    bool, st.tuples(st.integers(0, 5), st.integers(1, 130)), elements=st.booleans()
)


def test_convention_by_hand():
    bits = np.zeros((1, 34), dtype=bool)
    bits[0, [0, 5, 31, 33]] = True
    words = pack_bits(bits)
    assert words.dtype == np.uint32
    assert words.tolist() == [[1 + 2**5 + 2**31, 2]]


@given(bit_matrices)
def test_pack_equals_reference_and_unpack_inverts(bits):
    words = pack_bits(bits)
    assert_array_equal(words, reference.pack(bits))
    assert words.flags.c_contiguous
    assert words.shape == (len(bits), n_containers(bits.shape[1]))
    assert_array_equal(unpack_bits(words, bits.shape[1]), bits)


@given(bit_matrices)
def test_memory_layout_does_not_matter(bits):
    words = pack_bits(bits)
    assert_array_equal(pack_bits(np.asfortranarray(bits)), words)
    assert_array_equal(pack_bits(bits[::-1])[::-1], words)
    frozen = np.asfortranarray(words)
    frozen.setflags(write=False)
    assert_array_equal(unpack_bits(frozen, bits.shape[1]), bits)


def test_anything_but_zero_is_one():
    assert pack_bits([[0.0, -0.5, 2.0, np.nan]]).tolist() == [[0b1110]]


def test_bytes_are_little_endian():
    words = pack_bits(np.eye(40, dtype=bool))
    as_bytes = np.packbits(np.eye(40, dtype=bool), axis=1, bitorder="little")
    assert_array_equal(words.view(np.uint8)[:, :5], as_bytes)


@pytest.mark.parametrize(
    ("words", "n_bits", "message"),
    [
        (np.zeros((2, 2), dtype=np.int64), None, "dtype uint32"),
        (np.zeros(2, dtype=np.uint32), None, "1 dimension"),
        (np.zeros((2, 2), dtype=np.uint32), 32, "fill 1 containers"),
        (np.full((2, 1), 8, dtype=np.uint32), 3, "padding and must be 0"),
    ],
)
def test_unpack_refuses_what_is_not_packed(words, n_bits, message):
    with pytest.raises(ValueError, match=message):
        unpack_bits(words, n_bits)


def test_big_endian_machines_are_refused():
    program = (
        "import sys, numpy, sklearn.base\n"
        "sys.byteorder = 'big'\n"
        "try:\n"
        "    import skbit.bits\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "little-endian processor" in done.stdout


def test_pack_refuses_other_dimensions():
    with pytest.raises(ValueError, match="2-D array"):
        pack_bits([True, False])
