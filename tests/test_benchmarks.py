# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The benchmarks know every public estimator and every kernel."""

import os
import sys
from pathlib import Path
from unittest import mock

import numba  # noqa: F401 before the benchmarks, which choose a folder for its cache
import numpy as np
import pytest
from sklearn.datasets import load_digits

import skbit
from skbit._base import BitInputMixin, SkbitEstimator
from skbit.bits import pack_bits

# First, because another package may be named like this folder; and not for longer, so
# that processes that tests start import nothing from there.
_FOLDER = str(Path(__file__).parents[1] / "asv_bench")
with mock.patch.dict(os.environ), mock.patch.object(sys, "path", [_FOLDER, *sys.path]):
    from benchmarks import against, classify, cluster, estimators, fern, project
    from benchmarks import kernels as kernel_benchmarks

PUBLIC = [
    getattr(skbit, name)
    for name in skbit.__all__
    if isinstance(getattr(skbit, name), type)
]
FAMILIES = sorted(kernel_benchmarks.CALLS)


def measures(benchmark):
    return {name.partition("_")[0] for name in dir(benchmark) if "_" in name}


@pytest.mark.parametrize("cls", PUBLIC)
def test_every_estimator_has_time_and_peak_memory(cls, monkeypatch):
    assert issubclass(cls, SkbitEstimator)
    assert cls.__name__ in estimators.Estimator.params[0]
    assert measures(estimators.Estimator) >= {"time", "peakmem"}
    monkeypatch.setattr(estimators, "N_ROWS", 60)
    model, X, y = estimators.made(cls.__name__)
    assert type(model) is cls
    assert (X.dtype == np.uint32) == isinstance(model, BitInputMixin)
    assert len(estimators.answer(model.fit(X, y), X)) == 60


def test_every_estimator_has_a_ratio_or_no_reference():
    elsewhere = {
        "OttoScoreClassifier": classify.AgainstBernoulliNB,
        "BitWTAClusterer": cluster.AgainstMiniBatchKMeans,
        "RandomMAJ3Projection": project.AgainstDirectKernel,
        "RandomFernEncoder": fern.AgainstDirectKernel,
    }
    # Nothing else computes edges or templates of patches.
    without = {"DirectionalEdgeEncoder", "BitPatchEncoder"}
    assert {*against.PAIRS, *elsewhere, *without} == {cls.__name__ for cls in PUBLIC}
    for benchmark in (*elsewhere.values(), against.AgainstScikitLearn):
        assert any(name.startswith("track_share_of") for name in dir(benchmark))


@pytest.mark.parametrize("name", against.PAIRS)
def test_ratios(name, monkeypatch):
    monkeypatch.setattr(against, "N_ROWS", 100)
    benchmark = against.AgainstScikitLearn()
    benchmark.setup(name)
    assert benchmark.track_share_of_memory(name) > 0
    times = iter([2.0, 3.0, 10.0, 30.0] * 3)
    monkeypatch.setattr(against, "perf_counter", lambda: next(times))
    assert benchmark.share_of_time(lambda *_: None) == 1 / 20


def enlarged_digits(n_rows):
    """Return the digits of scikit-learn as images of 28 x 28 bits."""
    digits = load_digits().data[:n_rows].reshape(-1, 8, 8) > 7
    digits = np.pad(digits, ((0, 0), (3, 3), (3, 3))).repeat(2, 1).repeat(2, 2)
    return pack_bits(digits.reshape(len(digits), -1))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kernel_has_time_and_peak_memory(family, monkeypatch):
    monkeypatch.setattr(kernel_benchmarks, "N_ROWS", 600)
    monkeypatch.setattr(kernel_benchmarks, "N_NEURONS", 32)
    monkeypatch.setattr(kernel_benchmarks, "N_CONTAINERS", 32)
    monkeypatch.setattr(kernel_benchmarks, "mnist_words", enlarged_digits)
    names = [name for name, of in kernel_benchmarks.KERNELS.items() if of == family]
    calls = kernel_benchmarks.CALLS[family]
    assert kernel_benchmarks.record(names, calls).keys() == set(names)
    once = kernel_benchmarks.KernelCalledOnce
    assert measures(once) >= {"time", "peakmem"}
    for kind in ("Kernel", "KernelMemory"):
        benchmark = getattr(kernel_benchmarks, kind)
        assert measures(benchmark) & {"time", "peakmem"}
        assert set(names) <= {*benchmark.params[0], *once.params[0]}
