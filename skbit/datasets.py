# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Real data to learn from: MNIST and Fashion-MNIST."""

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch

__all__ = ["fetch_fashion_mnist", "fetch_mnist"]

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


def fetch_mnist(subset="all", *, data_home=None, return_X_y=False):
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
        Which rows: the official training file, the test file, or one after the other.

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
        If the data are neither in the folder nor to be had from OpenML.
    ValueError
        If they are not the official ones (by SHA-256).

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


def fetch_fashion_mnist(subset="all", *, data_home=None, return_X_y=False):
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
        Which rows: the official training file, the test file, or one after the other.

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
        If the data are neither in the folder nor to be had from OpenML.
    ValueError
        If they are not the official ones (by SHA-256).

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


def _fetch(name, subset, data_home, return_X_y):
    if subset not in _SUBSETS:
        raise ValueError(f"subset must be one of {set(_SUBSETS)}, got {subset!r}.")
    home = data_home or os.environ.get("SKBIT_DATA_HOME")
    files = _files_of_folder(Path(home) / name, subset) if home else None
    if files is None:
        files = _files_of_openml(name, home)
    images, labels = [], []
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


def _files_of_folder(folder, subset):
    """Read the IDX files of a subset; None if one is missing."""
    files = {}
    for part in _SUBSETS[subset]:
        for file in (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"):
            path = folder / file
            if path.exists():
                files[file] = path.read_bytes()
            elif (path := folder / f"{file}.gz").exists():
                try:
                    files[file] = gzip.decompress(path.read_bytes())
                except (EOFError, gzip.BadGzipFile) as error:
                    raise ValueError(f"{path} is damaged: {error}") from error
            else:
                return None
    return files


def _files_of_openml(name, home):
    """Fetch from OpenML, as the bytes of the IDX files, so that checksums serve."""
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


def _idx_header(part, kind):
    sizes = [_N_ROWS[part], 28, 28] if kind == "images-idx3" else [_N_ROWS[part]]
    return np.array([0x800 + len(sizes), *sizes], dtype=">u4").tobytes()
