# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The data sets."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skbit import datasets
from skbit.datasets import fetch_fashion_mnist, fetch_mnist

FILES = [
    f"{part}-{kind}-ubyte"
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
]


@pytest.mark.parametrize("fetch", [fetch_mnist, fetch_fashion_mnist])
def test_shapes_and_classes(fetch, mnist):
    whole = fetch()
    assert whole.data.shape == (70_000, 784)
    assert whole.data.dtype == whole.target.dtype == np.uint8
    assert_array_equal(np.unique(whole.target), np.arange(10))
    X, y = fetch("train", return_X_y=True)
    X_test, y_test = fetch("test", return_X_y=True)
    assert_array_equal(whole.data, np.vstack([X, X_test]))
    assert_array_equal(whole.target, np.r_[y, y_test])


def test_first_digits(mnist):
    assert mnist[1][:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist[3][:5].tolist() == [7, 2, 1, 0, 4]


@pytest.fixture
def copied_home(mnist, tmp_path):
    """A folder with the official files, unpacked."""
    source = Path(os.environ["SKBIT_DATA_HOME"]) / "mnist"
    (tmp_path / "mnist").mkdir()
    for name in FILES:
        packed = (source / f"{name}.gz").read_bytes()
        (tmp_path / "mnist" / name).write_bytes(gzip.decompress(packed))
    return tmp_path


def test_unpacked_files(copied_home, mnist):
    X, y = fetch_mnist("test", data_home=copied_home, return_X_y=True)
    assert_array_equal(X, mnist[2])
    assert_array_equal(y, mnist[3])


def test_damaged_files(copied_home):
    path = copied_home / "mnist" / FILES[3]
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"t10k-labels.*SHA-256 differs"):
        fetch_mnist("test", data_home=copied_home)
    # The other files are whole.
    fetch_mnist("train", data_home=copied_home)
    path.unlink()
    path.with_suffix(".gz").write_bytes(gzip.compress(content)[:50])
    with pytest.raises(ValueError, match="is damaged"):
        fetch_mnist("test", data_home=copied_home)


def test_from_openml(mnist, monkeypatch):
    X = np.vstack([mnist[0], mnist[2]]).astype(np.int64)
    y = np.r_[mnist[1], mnist[3]].astype(str)
    calls = []

    def fetch_openml(name, **options):
        calls.append((name, options["version"]))
        return X, y

    monkeypatch.setattr(datasets, "fetch_openml", fetch_openml)
    monkeypatch.delenv("SKBIT_DATA_HOME")
    found, target = fetch_mnist("test", return_X_y=True)
    assert_array_equal(found, mnist[2])
    assert_array_equal(target, mnist[3])
    assert calls == [("mnist_784", 1)]
    # Anything else than the official digits is noticed.
    X[60_001, 300] += 1
    with pytest.raises(ValueError, match="SHA-256 differs"):
        fetch_mnist("test")
    fetch_mnist("train")


def test_neither_files_nor_network(tmp_path, monkeypatch):
    def fetch_openml(*args, **options):
        raise OSError("no route to host")

    monkeypatch.setattr(datasets, "fetch_openml", fetch_openml)
    with pytest.raises(OSError, match=r"no complete set of IDX.*no route to host"):
        fetch_mnist(data_home=tmp_path)
    monkeypatch.delenv("SKBIT_DATA_HOME", raising=False)
    with pytest.raises(OSError, match=r"neither data_home nor.*data_home"):
        fetch_mnist()


def test_unknown_subset():
    with pytest.raises(ValueError, match="subset must be one of"):
        fetch_mnist("validation")
