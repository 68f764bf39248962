# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""What kernels compile to, where the processor has the instructions."""

import llvmlite.binding as llvm
import numpy as np
import pytest

from skbit import BitWTAClusterer, OttoScoreClassifier, RandomMAJ3Projection, _kernels

features = llvm.get_host_cpu_features()


def assembly(kernel):
    return "\n".join(kernel.inspect_asm().values())


@pytest.mark.skipif(not features.get("avx512f"), reason="no AVX-512 here")
def test_majorities_are_ternary_logic_on_512_bits():
    X = np.arange(600 * 30, dtype=np.uint32).reshape(600, 30)
    RandomMAJ3Projection(4, input="packed", random_state=0).fit_transform(X)
    code = assembly(_kernels.majority.tree_majorities)
    # Two instructions per majority; loops are unrolled, so rather more than two.
    assert code.count("vpternlog") >= 6
    assert "%zmm" in code


@pytest.mark.skipif(not features.get("popcnt"), reason="no popcnt here")
@pytest.mark.skipif(llvm.llvm_version_info < (22,), reason="LLVM 20 does not see it")
def test_shared_ones_are_counted_by_the_processor():
    X = np.arange(64, dtype=np.uint32).reshape(32, 2)
    OttoScoreClassifier(max_iter=1, input="packed").fit(X, np.arange(32) % 2)
    code = assembly(_kernels.tune.learn_rows)
    assert "popcnt" in code


@pytest.mark.skipif(not features.get("avx512vpopcntdq"), reason="no VPOPCNTDQ here")
def test_overlaps_are_counted_512_bits_at_a_time():
    X = np.arange(64, dtype=np.uint32).reshape(32, 2)
    BitWTAClusterer(4, input="packed", random_state=0).fit(X)
    code = assembly(_kernels.resonate.search)
    counting = [line for line in code.splitlines() if "vpopcntq" in line]
    assert counting
    assert all("%zmm" in line for line in counting)
