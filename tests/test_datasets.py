# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The data sets."""

import gzip
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.metrics import adjusted_rand_score

from skbit import BitWTAClusterer, datasets
from skbit.bits import pack_bits
from skbit.datasets import (
    corrupt_bits,
    fetch_fashion_mnist,
    fetch_mnist,
    make_bit_clusters,
)

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


def write_zeros(path):
    """Write a file of a few kilobytes that unpacks to a gigabyte."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(1024):
            file.write(bytes(2**20))


def test_compressed_files_are_unpacked_no_further_than_they_should(tmp_path):
    (tmp_path / "mnist").mkdir()
    for name in FILES:
        (tmp_path / "mnist" / f"{name}.gz").write_bytes(gzip.compress(b""))
    write_zeros(tmp_path / "mnist" / f"{FILES[2]}.gz")
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"t10k-images.*SHA-256 differs"):
        fetch_mnist("test", data_home=tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 * 2**20


@pytest.mark.parametrize("damage", ["truncated", "flipped", "no gzip", "empty"])
def test_damaged_compressed_files(tmp_path, damage):
    (tmp_path / "mnist").mkdir()
    content = bytearray(gzip.compress(np.random.default_rng(0).bytes(10_000)))
    if damage == "truncated":
        content = content[:5000]
    elif damage == "flipped":
        content[10:40] = bytes(byte ^ 255 for byte in content[10:40])
    elif damage == "no gzip":
        content = b"<html>not found</html>"
    else:
        content = b""
    for name in FILES:
        (tmp_path / "mnist" / f"{name}.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"t10k-images.* is damaged.*Remove it and"):
        fetch_mnist("test", data_home=tmp_path)


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


def n_differing(a, b):
    return np.bitwise_count(a ^ b).sum(axis=1)


@given(
    seed=st.integers(0, 10**6),
    n_rows=st.integers(1, 20),
    n_bits=st.integers(1, 200),
    rate=st.floats(0, 1),
)
def test_corrupted_bits_are_a_share_of_every_row(seed, n_rows, n_bits, rate):
    X = np.random.default_rng(seed).integers(2, size=(n_rows, n_bits), dtype=np.uint8)
    before = X.copy()
    corrupted = corrupt_bits(X, rate, random_state=seed)
    assert corrupted.dtype == np.uint8
    assert_array_equal(X, before)
    assert_array_equal(np.sum(corrupted != X, axis=1), round(rate * n_bits))
    # Packed rows get the same flips, and keep their padding.
    packed = corrupt_bits(pack_bits(X), rate, n_bits=n_bits, random_state=seed)
    assert_array_equal(packed, pack_bits(corrupted))
    assert_array_equal(
        corrupt_bits(X.astype(float), rate, random_state=seed), corrupted.astype(float)
    )
    assert_array_equal(corrupt_bits(X > 0, rate, random_state=seed), corrupted > 0)


def test_corrupted_bits_do_not_depend_on_blocks(monkeypatch):
    X = np.zeros((50, 3), dtype=np.uint32)
    whole = corrupt_bits(X, 0.3, random_state=0)
    monkeypatch.setattr("skbit._utils.input.BLOCK_SIZE", 7 * 96)
    assert_array_equal(corrupt_bits(X, 0.3, random_state=0), whole)
    # Rows differ, and so do calls with a generator that goes on.
    assert len(np.unique(whole, axis=0)) == 50
    rng = np.random.RandomState(0)
    assert_array_equal(corrupt_bits(X, 0.3, random_state=rng), whole)
    assert not np.array_equal(corrupt_bits(X, 0.3, random_state=rng), whole)


def test_what_cannot_be_corrupted():
    X = np.zeros((2, 40), dtype=np.uint8)
    for rate in (-0.1, 1.01, np.nan):
        with pytest.raises(ValueError, match="rate must be from 0 to 1"):
            corrupt_bits(X, rate)
    with pytest.raises(ValueError, match="zeros and ones"):
        corrupt_bits(X + 2, 0.1)
    with pytest.raises(ValueError, match="2-D"):
        corrupt_bits(X[0], 0.1)
    with pytest.raises(ValueError, match="X has 40 bits in a row"):
        corrupt_bits(X, 0.1, n_bits=32)
    with pytest.raises(ValueError, match="X has 64 bits in a row"):
        corrupt_bits(pack_bits(X), 0.1, n_bits=32)


@pytest.mark.parametrize(("density", "noise"), [(0.5, 0.1), (0.13, 0.0), (0.3, 0.5)])
def test_clusters_of_bits(density, noise):
    params = {"n_clusters": 6, "density": density, "noise": noise, "random_state": 3}
    X, y, prototypes = make_bit_clusters(200, 77, return_prototypes=True, **params)
    assert X.dtype == prototypes.dtype == np.uint32
    assert X.shape == (200, 3)
    assert y.dtype == np.int64
    assert sorted(np.bincount(y)) == [33, 33, 33, 33, 34, 34]
    assert np.any(np.diff(y) < 0)
    blank = np.zeros_like(prototypes)
    assert_array_equal(n_differing(prototypes, blank), round(77 * density))
    assert_array_equal(n_differing(X, prototypes[y]), round(77 * noise))
    dense, same_y = make_bit_clusters(200, 77, packed_output=False, **params)
    assert dense.dtype == np.uint8
    assert_array_equal(pack_bits(dense), X)
    assert_array_equal(same_y, y)


@pytest.mark.parametrize("random_state", range(5))
def test_clusters_can_be_found_again(random_state):
    # Rows of a cluster agree in 1 - 2 * 0.2 * 0.8 = 0.68 of their bits, others in half.
    clusterer = BitWTAClusterer(
        16, similarity="hamming", vigilance=0.59, random_state=random_state
    )
    X, y = make_bit_clusters(2000, n_clusters=8, noise=0.2, random_state=random_state)
    assert adjusted_rand_score(y, clusterer.fit_predict(X)) == 1


def test_clusters_that_cannot_be_made():
    for name in ("n_samples", "n_bits", "n_clusters"):
        for number in (0, 2**31, 2**63, 2**64):
            with pytest.raises(ValueError, match=rf"{name} must be .* got {number}\."):
                make_bit_clusters(**{name: number})
    with pytest.raises(ValueError, match="density must be from 0 to 1"):
        make_bit_clusters(density=1.5)
