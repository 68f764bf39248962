# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What kernels compile to, where the processor has the instructions."""

import os
import subprocess
import sys

import llvmlite.binding as llvm
import numba
import pytest

# Code for a processor that is only named has the instructions of that one.
features = {} if numba.config.CPU_NAME else llvm.get_host_cpu_features()
PROGRAM = """
import numpy as np
from skbit import BitWTAClusterer, OttoScoreClassifier, RandomMAJ3Projection
{fit}
from skbit.{module} import {kernel}
print(*{kernel}.inspect_asm().values(), sep="\\n")
"""


def assembly(module, kernel, fit):
    """Return what a kernel is compiled to in a fit.

    That is done in a process of its own, without the cache: code from the cache cannot
    be inspected.
    """
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module, kernel=kernel, fit=fit)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "SKBIT_NUMBA_CACHE": "0"},
    ).stdout


@pytest.mark.skipif(not features.get("avx512f"), reason="no AVX-512 here")
def test_majorities_are_ternary_logic_on_512_bits():
    code = assembly(
        "random_projection._kernels.majority",
        "tree_majorities",
        "X = np.arange(600 * 30, dtype=np.uint32).reshape(600, 30)\n"
        "model = RandomMAJ3Projection(4, input_format='packed', random_state=0)\n"
        "model.fit_transform(X)",
    )
    # Two instructions per majority; loops are unrolled, so rather more than two.
    assert code.count("vpternlog") >= 6
    assert "%zmm" in code


@pytest.mark.skipif(not features.get("popcnt"), reason="no popcnt here")
@pytest.mark.skipif(llvm.llvm_version_info < (22,), reason="LLVM 20 does not see it")
def test_shared_ones_are_counted_by_the_processor():
    code = assembly(
        "naive_bayes._kernels.tune",
        "correct_rows",
        "X = np.arange(64, dtype=np.uint32).reshape(32, 2)\n"
        "model = OttoScoreClassifier(max_iter=2, input_format='packed')\n"
        "model.fit(X, np.arange(32) % 2)",
    )
    assert "popcnt" in code


@pytest.mark.skipif(not features.get("avx512vpopcntdq"), reason="no VPOPCNTDQ here")
def test_overlaps_are_counted_512_bits_at_a_time():
    code = assembly(
        "cluster._kernels.search",
        "search",
        "X = np.arange(64, dtype=np.uint32).reshape(32, 2)\n"
        "BitWTAClusterer(4, input_format='packed', random_state=0).fit(X)",
    )
    counting = [line for line in code.splitlines() if "vpopcntq" in line]
    assert counting
    assert all("%zmm" in line for line in counting)
