# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Packed bit matrices, the data format of skbit's estimators.

A packed bit matrix is a C-contiguous ``uint32`` array of shape
``(n_samples, n_containers)``. Bit ``j`` of row ``i`` is
``(words[i, j // 32] >> (j % 32)) & 1``, the least significant first. Bits of the last
container that exceed the number of bits (padding) are 0.

Estimators that take bits tell them from numbers by the dtype. A ``uint32`` array is
packed, and so is a data frame of which all columns are ``uint32``, in any spelling
(``UInt32``, ``uint32[pyarrow]``, big-endian). Everything else is numbers, one column
per bit. Where the numbers look as if the dtype were wrong, fitting warns or raises; the
User Guide has the rules. ``input_format="packed"`` and ``input_format="dense"`` are
explicit. Encoders take numbers of any dtype.

Joined rows have padding between their parts. Bits that no row has set do not change
labels, scores and exports.

Words are little-endian, so ``words.view(numpy.uint8)`` is what faiss, usearch and
pynndescent take. They are 32 bits wide because such words survive a trip through
float64, which a ``FeatureUnion`` with a column of floats sends them on.
"""

import sys

import numpy as np
from numpy.typing import ArrayLike, NDArray

if sys.byteorder != "little":
    raise ImportError(
        "skbit needs a little-endian processor: its kernels read containers as bytes "
        "and as words of 64 bits."
    )

__all__ = ["n_containers", "pack_bits", "unpack_bits"]

CONTAINER_BITS = 32


def n_containers(n_bits: int) -> int:
    """Count the containers that a row of bits fills.

    Read more in the :ref:`User Guide <bits>`.

    Parameters
    ----------
    n_bits : int
        Bits in a row.

    Returns
    -------
    n_containers : int
        ``n_bits / 32``, rounded up.

    Examples
    --------
    >>> from skbit.bits import n_containers
    >>> n_containers(784)
    25
    """
    return -(-n_bits // CONTAINER_BITS)


def pack_bits(X: ArrayLike) -> NDArray[np.uint32]:
    """Pack a matrix of truth values into containers.

    Read more in the :ref:`User Guide <bits>`.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_bits)
        Truth values, or numbers of which those other than zero are ones.

    Returns
    -------
    words : ndarray of shape (n_samples, n_containers), dtype uint32
        The packed bit matrix, C-contiguous, padded with zeros.

    See Also
    --------
    unpack_bits : The inverse.

    Examples
    --------
    >>> from skbit.bits import pack_bits
    >>> pack_bits([[True, False, True], [False, False, False]])
    array([[5],
           [0]], dtype=uint32)
    """
    X = np.asarray(X)
    if X.ndim != 2:
        raise ValueError(f"Expected a 2-D array of bits, got {X.ndim} dimension(s).")
    n_rows, n_bits = X.shape
    words = np.zeros((n_rows, n_containers(n_bits)), dtype="<u4")
    # packbits keeps Fortran order, hence not simply a view of what it returns.
    packed = np.packbits(X if X.dtype == bool else X != 0, axis=1, bitorder="little")
    words.view(np.uint8)[:, : packed.shape[1]] = packed
    return words.astype(np.uint32, copy=False)


def unpack_bits(words: ArrayLike, n_bits: int | None = None) -> NDArray[np.uint8]:
    """Unpack containers into a matrix with one column per bit.

    Read more in the :ref:`User Guide <bits>`.

    Parameters
    ----------
    words : array-like of shape (n_samples, n_containers), dtype uint32
        A packed bit matrix.

    n_bits : int, default=None
        Bits in a row; all bits of all containers when None.

    Returns
    -------
    X : ndarray of shape (n_samples, n_bits), dtype uint8
        Zeros and ones.

    Raises
    ------
    ValueError
        If ``words`` is no packed bit matrix, does not have the containers that
        ``n_bits`` fill, or has padding bits that are not 0.

    See Also
    --------
    pack_bits : The inverse.

    Examples
    --------
    >>> import numpy as np
    >>> from skbit.bits import unpack_bits
    >>> unpack_bits(np.array([[5], [0]], dtype=np.uint32), n_bits=3)
    array([[1, 0, 1],
           [0, 0, 0]], dtype=uint8)
    """
    words = np.asarray(words)
    if words.ndim != 2 or words.dtype != np.uint32:
        raise ValueError(
            "Expected a packed bit matrix, a 2-D array of dtype uint32, got "
            f"{words.ndim} dimension(s) of dtype {words.dtype}. Pack bits with "
            "skbit.bits.pack_bits."
        )
    if n_bits is None:
        n_bits = CONTAINER_BITS * words.shape[1]
    elif words.shape[1] != n_containers(n_bits):
        raise ValueError(
            f"{n_bits} bits fill {n_containers(n_bits)} containers, but the packed "
            f"matrix has {words.shape[1]}."
        )
    n_padding = CONTAINER_BITS * words.shape[1] - n_bits
    if n_padding and np.any(words[:, -1] >> np.uint32(CONTAINER_BITS - n_padding)):
        raise ValueError(
            f"The last {n_padding} bits of every row are padding and must be 0, but "
            "some are set: these containers do not come from "
            f"{n_bits} bits."
        )
    as_bytes = np.ascontiguousarray(words, dtype="<u4").view(np.uint8)
    return np.unpackbits(as_bytes, axis=1, count=n_bits, bitorder="little")
