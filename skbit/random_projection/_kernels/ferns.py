# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The ferns of blocks of rows, and of single rows.

The bits that a fern reads are the digits of its code, and the code tells which of the
fern's output bits is one. A block of 512 rows is gathered as bit planes, because there
is one address per bit of a fern instead of one per bit and row. The planes of a fern
are laid out as the digits of a byte, or of two bytes, so that the planes of all ferns,
transposed, are the codes of all rows.
"""

import numpy as np

from skbit._numba.jit import kernel
from skbit._numba.planes import load, store
from skbit._numba.transpose import planes_to_rows

_ONE = np.uint32(1)
_ZERO = np.uint32(0)
_LONG_ONE, _SIX, _LOW_SIX = np.uint64(1), np.uint64(6), np.uint64(63)


@kernel
def _gather(planes, ferns, digits, out):
    """Copy the planes that ferns read, ``digits`` planes per fern."""
    size = ferns.shape[1]
    for f in range(ferns.shape[0]):
        for i in range(size):
            store(out, f * digits + i, load(planes, ferns[f, i]))
        for i in range(f * digits + size, (f + 1) * digits):
            out[i] = 0
    # The planes are transposed 64 at a time.
    used = ferns.shape[0] * digits
    for i in range(used, used + (-used) % 64):
        out[i] = 0


@kernel
def _set_few(codes, n_ferns, size, out):
    """Set the bits of ferns with less than 32 bits, several to a container."""
    per_word = 32 >> size
    for s in range(out.shape[0]):
        for w in range(out.shape[1]):
            start = w * per_word
            word = _ZERO
            for i in range(min(per_word, n_ferns - start)):
                word |= _ONE << np.uint32(codes[s, start + i] + (i << size))
            out[s, w] = word


@kernel
def _set_containers(codes, out):
    """Set the bits of ferns that have a container each."""
    for s in range(out.shape[0]):
        for f in range(out.shape[1]):
            # The mask tells the compiler that 32 bits are enough for the shift.
            out[s, f] = _ONE << np.uint32(codes[s, f] & 31)


@kernel
def _set_words(codes, out):
    """Set the bits of ferns that have a word of 64 bits each."""
    for s in range(out.shape[0]):
        for f in range(out.shape[1]):
            out[s, f] = _LONG_ONE << (np.uint64(codes[s, f]) & _LOW_SIX)


@kernel
def _set_many(codes, n_ferns, size, out):
    """Set the bits of ferns that have several words of 64 bits."""
    shift = np.uint64(size - 6)
    for s in range(out.shape[0]):
        for f in range(n_ferns):
            # Unsigned indices are not looked at for being negative.
            code = np.uint64(codes[s, f])
            w = (np.uint64(f) << shift) + (code >> _SIX)
            out[s, w] = _LONG_ONE << (code & _LOW_SIX)


@kernel
def encode_block(planes, ferns, pool, codes, out):
    """Encode up to 512 rows.

    Parameters
    ----------
    planes : (n_bits, 8) table of planes
        The rows.
    ferns : (n_ferns, size) intp array
        Bits that each fern reads, the lowest digit of its code first.
    pool : table of 512 planes
        Scratch memory.
    codes : (n_rows, 64) uint8 or (n_rows, 32) uint16 array
        Scratch memory. It is uint16 if ferns read more than 8 bits.
    out : (n_rows, n_containers) uint32 array, n_rows <= 512
        Zeros, in which the ones are set.
    """
    n_ferns, size = ferns.shape
    n_codes, words = codes.shape[1], codes.view(np.uint32)
    digits = 512 // n_codes
    for start in range(0, n_ferns, n_codes):
        n = min(n_codes, n_ferns - start)
        _gather(planes, ferns[start : start + n], digits, pool)
        planes_to_rows(pool, words, 0, (n * digits + 31) // 32)
        if size < 5:
            stop = (((start + n) << size) + 31) // 32
            _set_few(codes, n, size, out[:, (start << size) // 32 : stop])
        elif size == 5:
            _set_containers(codes, out[:, start : start + n])
        elif size == 6:
            _set_words(codes, out.view(np.uint64)[:, start : start + n])
        else:
            stop = (start + n) << (size - 6)
            part = out.view(np.uint64)[:, start << (size - 6) : stop]
            _set_many(codes, n, size, part)


@kernel
def encode_rows(rows, ferns, out):
    """Encode rows one by one.

    Parameters
    ----------
    rows : (n_rows, n_words) uint32 array
    ferns : (n_ferns, size) intp array
        Bits that each fern reads, the lowest digit of its code first.
    out : (n_rows, n_containers) uint32 array
        Zeros, in which the ones are set.
    """
    n_ferns, size = ferns.shape
    for s in range(rows.shape[0]):
        for f in range(n_ferns):
            code = f << size
            for i in range(size):
                j = ferns[f, i]
                digit = (rows[s, j >> 5] >> np.uint32(j & 31)) & _ONE
                code += np.intp(digit) << i
            out[s, code >> 5] |= _ONE << np.uint32(code & 31)
