# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The data sets MNIST and Fashion-MNIST, and generators of clusters and noise."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch, check_random_state

from skbit._utils.input import row_blocks
from skbit.bits import CONTAINER_BITS, n_containers, pack_bits

__all__ = ["corrupt_bits", "fetch_fashion_mnist", "fetch_mnist", "make_bit_clusters"]

_SUBSETS = {"train": ("train",), "test": ("t10k",), "all": ("train", "t10k")}
_N_ROWS = {"train": 60_000, "t10k": 10_000}
# SHA-256 of the official IDX files, uncompressed.
_CHECKSUMS = {
    "mnist": {
        "train-images-idx3-ubyte": (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
        ),
        "train-labels-idx1-ubyte": (
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
        ),
        "t10k-images-idx3-ubyte": (
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
        ),
        "t10k-labels-idx1-ubyte": (
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
        ),
    },
    "fashion-mnist": {
        "train-images-idx3-ubyte": (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
        ),
        "train-labels-idx1-ubyte": (
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
        ),
        "t10k-images-idx3-ubyte": (
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
        ),
        "t10k-labels-idx1-ubyte": (
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
        ),
    },
}
_OPENML_NAMES = {"mnist": "mnist_784", "fashion-mnist": "Fashion-MNIST"}


def fetch_mnist(
    subset: str = "all",
    *,
    data_home: str | os.PathLike[str] | None = None,
    return_X_y: bool = False,
) -> Any:
    """Load the MNIST digits (classification).

    =================   ==============================
    Classes                                         10
    Samples                            60,000 / 10,000
    Dimensionality                        784 (28 x 28)
    Features                 whole numbers from 0 to 255
    =================   ==============================

    Parameters
    ----------
    subset : {"all", "train", "test"}, default="all"
        The official training file, the test file, or the training file followed by the
        test file.

    data_home : str or path-like, default=None
        A folder with a subfolder ``mnist`` that holds the official IDX files, gzipped
        or not; ``SKBIT_DATA_HOME`` of the environment when None. Without either, the
        data come from OpenML, through scikit-learn and its cache.

    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With ``data``, ndarray of shape (n_samples, 784), dtype uint8, and ``target``,
        ndarray of shape (n_samples,), dtype uint8.

    (data, target) : tuple if ``return_X_y`` is True
        The two arrays.

    Raises
    ------
    OSError
        If the data are neither in the folder nor available from OpenML.
    ValueError
        If the files are not the official ones (by SHA-256).

    References
    ----------
    Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".

    Examples
    --------
    >>> from skbit.datasets import fetch_mnist
    >>> X, y = fetch_mnist("test", return_X_y=True)
    >>> X.shape, X.dtype, int(y[0])
    ((10000, 784), dtype('uint8'), 7)
    """
    return _fetch("mnist", subset, data_home, return_X_y)


def fetch_fashion_mnist(
    subset: str = "all",
    *,
    data_home: str | os.PathLike[str] | None = None,
    return_X_y: bool = False,
) -> Any:
    """Load the Fashion-MNIST clothing images (classification).

    =================   ==============================
    Classes                                         10
    Samples                            60,000 / 10,000
    Dimensionality                        784 (28 x 28)
    Features                 whole numbers from 0 to 255
    =================   ==============================

    Parameters
    ----------
    subset : {"all", "train", "test"}, default="all"
        The official training file, the test file, or the training file followed by the
        test file.

    data_home : str or path-like, default=None
        A folder with a subfolder ``fashion-mnist`` that holds the official IDX files,
        gzipped or not; ``SKBIT_DATA_HOME`` of the environment when None. Without
        either, the data come from OpenML, through scikit-learn and its cache.

    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With ``data``, ndarray of shape (n_samples, 784), dtype uint8, and ``target``,
        ndarray of shape (n_samples,), dtype uint8.

    (data, target) : tuple if ``return_X_y`` is True
        The two arrays.

    Raises
    ------
    OSError
        If the data are neither in the folder nor available from OpenML.
    ValueError
        If the files are not the official ones (by SHA-256).

    References
    ----------
    H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for
    benchmarking machine learning algorithms", arXiv:1708.07747, 2017.

    Examples
    --------
    >>> from skbit.datasets import fetch_fashion_mnist
    >>> X, y = fetch_fashion_mnist("test", return_X_y=True)
    >>> X.shape, X.dtype, int(y[0])
    ((10000, 784), dtype('uint8'), 9)
    """
    return _fetch("fashion-mnist", subset, data_home, return_X_y)


def _fetch(
    name: str, subset: str, data_home: str | os.PathLike[str] | None, return_X_y: bool
) -> Any:
    if subset not in _SUBSETS:
        raise ValueError(f"subset must be one of {set(_SUBSETS)}, got {subset!r}.")
    home = data_home or os.environ.get("SKBIT_DATA_HOME")
    files = _files_of_folder(Path(home) / name, subset) if home else None
    if files is None:
        files = _files_of_openml(name, home)
    images: list[NDArray[np.uint8]] = []
    labels: list[NDArray[np.uint8]] = []
    for part in _SUBSETS[subset]:
        for kind, arrays in (("images-idx3", images), ("labels-idx1", labels)):
            file = f"{part}-{kind}-ubyte"
            if hashlib.sha256(files[file]).hexdigest() != _CHECKSUMS[name][file]:
                raise ValueError(
                    f"{file} of {name} is damaged or not the official file: its "
                    "SHA-256 differs. Remove it and fetch it again."
                )
            header = _idx_header(part, kind)
            values = np.frombuffer(files[file], dtype=np.uint8, offset=len(header))
            arrays.append(values.reshape(_N_ROWS[part], -1))
    data, target = np.concatenate(images), np.concatenate(labels)[:, 0]
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target)


def _files_of_folder(folder: Path, subset: str) -> dict[str, bytes] | None:
    """Read the IDX files of a subset; return None if one is missing."""
    files = {}
    for part in _SUBSETS[subset]:
        for file in (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"):
            path = folder / file
            if path.exists():
                files[file] = _read(path, open, file)
            elif (path := folder / f"{file}.gz").exists():
                try:
                    files[file] = _read(path, gzip.open, file)
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    raise ValueError(
                        f"{path} is damaged: {error}. Remove it and fetch it again."
                    ) from error
            else:
                return None
    return files


def _read(path: Path, open_file: Callable[..., Any], file: str) -> bytes:
    """Read an IDX file, or one byte more than its official size of a longer file.

    A compressed file of a few kilobytes can unpack to more than memory holds.
    """
    part, _, kind = file.removesuffix("-ubyte").partition("-")
    n_columns = 784 if kind == "images-idx3" else 1
    size = len(_idx_header(part, kind)) + _N_ROWS[part] * n_columns
    with open_file(path, "rb") as content:
        return content.read(size + 1)


def _files_of_openml(
    name: str, home: str | os.PathLike[str] | None
) -> dict[str, bytes]:
    """Fetch data from OpenML as the bytes of IDX files, which have checksums."""
    try:
        X, y = fetch_openml(
            _OPENML_NAMES[name], version=1, return_X_y=True, as_frame=False
        )
    except OSError as error:
        where = "neither data_home nor SKBIT_DATA_HOME is set"
        if home:
            where = f"no complete set of IDX files in {Path(home) / name}"
        raise OSError(
            f"{name} could not be loaded: {where}, and OpenML could not be reached "
            f"({error}). Put the four official IDX files into a folder {name!r} and "
            "pass the folder above it as data_home."
        ) from error
    files, start = {}, 0
    for part, n_rows in _N_ROWS.items():
        rows = slice(start, start + n_rows)
        for kind, values in (("images-idx3", X[rows]), ("labels-idx1", y[rows])):
            content = _idx_header(part, kind) + values.astype(np.uint8).tobytes()
            files[f"{part}-{kind}-ubyte"] = content
        start += n_rows
    return files


def _idx_header(part: str, kind: str) -> bytes:
    sizes = [_N_ROWS[part], 28, 28] if kind == "images-idx3" else [_N_ROWS[part]]
    return np.array([0x800 + len(sizes), *sizes], dtype=">u4").tobytes()


def make_bit_clusters(
    n_samples: int = 100,
    n_bits: int = 256,
    *,
    n_clusters: int = 8,
    density: float = 0.5,
    noise: float = 0.1,
    random_state: int | np.random.RandomState | None = None,
    packed_output: bool = True,
    return_prototypes: bool = False,
) -> tuple[NDArray[Any], ...]:
    """Generate clusters of bits: random prototypes and damaged copies of them.

    Parameters
    ----------
    n_samples : int, default=100
        Number of rows, divided equally among the clusters.

    n_bits : int, default=256
        Bits of a row.

    n_clusters : int, default=8
        Number of prototypes.

    density : float, default=0.5
        The share of ones in every prototype, from 0 to 1; ``density * n_bits`` is
        rounded.

    noise : float, default=0.1
        The share of the bits of every row that are flipped, as by
        :func:`corrupt_bits`.

    random_state : int, RandomState instance or None, default=None
        Random number generator for prototypes, flips and the order of the rows.

    packed_output : bool, default=True
        Whether to return packed containers; if False, one uint8 column per bit.

    return_prototypes : bool, default=False
        Whether to return the prototypes, too.

    Returns
    -------
    X : ndarray of shape (n_samples, n_containers), dtype uint32
        The rows in random order, packed, or of shape (n_samples, n_bits), dtype uint8.

    y : ndarray of shape (n_samples,), dtype int64
        Each row's cluster.

    prototypes : ndarray of shape (n_clusters, n_containers), dtype uint32
        In the form of X. Only with ``return_prototypes``.

    Raises
    ------
    ValueError
        If a number is below 1, or a share not from 0 to 1.

    See Also
    --------
    corrupt_bits : Adds noise to given bits.
    sklearn.datasets.make_blobs : Clusters of numbers.

    Notes
    -----
    Two prototypes differ in about ``2 * density * (1 - density)`` of their bits, and
    two rows of a cluster in about ``2 * noise * (1 - noise)``.

    Examples
    --------
    >>> from skbit.datasets import make_bit_clusters
    >>> X, y = make_bit_clusters(1000, n_clusters=4, random_state=0)
    >>> X.shape, X.dtype
    ((1000, 8), dtype('uint32'))
    >>> X, y, prototypes = make_bit_clusters(
    ...     1000, n_clusters=4, noise=0.25, random_state=0, return_prototypes=True
    ... )
    >>> import numpy as np
    >>> np.unique(np.bitwise_count(X ^ prototypes[y]).sum(axis=1)).tolist()
    [64]
    """
    for name, number in (
        ("n_samples", n_samples),
        ("n_bits", n_bits),
        ("n_clusters", n_clusters),
    ):
        if not 1 <= number < 2**31:
            raise ValueError(f"{name} must be from 1 to 2**31 - 1, got {number}.")
    _check_share("density", density)
    rng = check_random_state(random_state)
    blank = np.zeros((n_clusters, n_bits), dtype=np.uint8)
    prototypes = corrupt_bits(blank, density, random_state=rng)
    y = rng.permutation(np.arange(n_samples, dtype=np.int64) % n_clusters)
    X = corrupt_bits(prototypes[y], noise, random_state=rng)
    if packed_output:
        X, prototypes = pack_bits(X), pack_bits(prototypes)
    return (X, y, prototypes) if return_prototypes else (X, y)


def corrupt_bits(
    X: ArrayLike,
    rate: float,
    *,
    n_bits: int | None = None,
    random_state: int | np.random.RandomState | None = None,
) -> NDArray[Any]:
    """Flip a share of the bits of every row, the same number in all rows.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_containers) or (n_samples, n_bits)
        Packed bits if the dtype is uint32, or else one column of zeros and ones per
        bit.

    rate : float
        The share, from 0 to 1. ``rate * n_bits`` bits are flipped, rounded half to
        even.

    n_bits : int, default=None
        Bits in a packed row; those after them are padding and stay as they are. When
        None, all bits of all containers.

    random_state : int, RandomState instance or None, default=None
        Random number generator that chooses the bits, independently for each row.

    Returns
    -------
    X_out : ndarray of the shape and dtype of X
        A copy with bits flipped.

    Raises
    ------
    ValueError
        If the rate is not from 0 to 1, X not packed and not of zeros and ones, or
        ``n_bits`` not the number of X's bits.

    Examples
    --------
    >>> import numpy as np
    >>> from skbit.datasets import corrupt_bits
    >>> X = np.zeros((3, 8), dtype=np.uint32)
    >>> np.bitwise_count(corrupt_bits(X, 0.1)).sum(axis=1).tolist()
    [26, 26, 26]
    """
    _check_share("rate", rate)
    X = np.asarray(X)
    if X.ndim != 2:
        raise ValueError(f"Expected a 2-D array of bits, got {X.ndim} dimension(s).")
    is_packed = X.dtype == np.uint32
    n_stored = X.shape[1] * (CONTAINER_BITS if is_packed else 1)
    if n_bits is None:
        n_bits = n_stored
    elif (n_containers(n_bits) if is_packed else n_bits) != X.shape[1]:
        raise ValueError(
            f"X has {n_stored} bits in a row, which cannot be n_bits={n_bits}."
        )
    if not is_packed and not np.all((X == 0) | (X == 1)):
        raise ValueError(
            "X must be packed bits (dtype uint32) or zeros and ones. Encode numbers "
            "with an encoder of skbit.preprocessing."
        )
    rng = check_random_state(random_state)
    n_flips = round(rate * n_bits)
    flipped = X.copy()
    for rows in row_blocks(np.broadcast_to(0, (len(X), n_bits))):
        draws = rng.random_sample((rows.stop - rows.start, n_bits))
        flips = np.zeros(draws.shape, dtype=bool)
        lowest = np.argpartition(draws, max(0, n_flips - 1), axis=1)[:, :n_flips]
        np.put_along_axis(flips, lowest, True, axis=1)
        if is_packed:
            flipped[rows] ^= pack_bits(flips)
        else:
            flipped[rows] = np.where(flips, 1 - X[rows], X[rows])
    return flipped


def _check_share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be from 0 to 1, got {value}.")
