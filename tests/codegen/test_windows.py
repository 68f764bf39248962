# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Windows of the projection in C: every size, each width of containers."""

import subprocess

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skbit import RandomMAJ3Projection
from skbit._c.helpers import MAJORITIES
from skbit.codegen import to_c
from skbit.codegen._compiler import compile_c

X = np.random.default_rng(0).random((20, 6 * 10 * 128)) < 0.5


@pytest.mark.parametrize("random_words", ["stored", "seed"])
@pytest.mark.parametrize("majority", ["tree", "exact"])
@pytest.mark.parametrize("width", [8, 32, 128])
def test_windows_of_every_size(compiled, width, majority, random_words):
    """A neuron for each window in six rows of ten: each rest of three occurs."""
    rows = X[:, : 6 * 10 * width].astype(np.uint8)
    model = RandomMAJ3Projection(
        60,
        majority=majority,
        container_bits=width,
        receptive_field=(1, 6),
        image_shape=(6, 10),
        random_state=0,
    ).fit(rows)
    sizes = [(1 + i // 10, 1 + i % 10) for i in range(60)]
    model.receptive_fields_ = np.array(
        [(i % (7 - a), i % (11 - b), a, b) for i, (a, b) in enumerate(sizes)]
    )
    (c_model,) = compiled(to_c(model, random_words=random_words))
    assert_array_equal(c_model.transform(rows), model.transform(rows))


@pytest.mark.parametrize("width", [8, 32, 128])
@pytest.mark.parametrize("field", [(2, 3), 5])
def test_only_words_that_are_seen_are_stored(width, field):
    rows = X[:, : 6 * 10 * width].astype(np.uint8)
    image_shape = None if field == 5 else (6, 10)
    model = RandomMAJ3Projection(
        7, container_bits=width, receptive_field=field, image_shape=image_shape
    ).fit(rows)
    source = to_c(model)
    # Containers, and either what windows are or which containers neurons see.
    n_seen = 7 * 5 if field == 5 else model._sizes.sum()
    beside = 7 * 5 if field == 5 else 7 * 4
    assert source.flash_bytes == n_seen * width // 8 + beside


DIVISIONS = """\
#include <stdint.h>
#include <stdio.h>
{function}
int main(void)
{{
    uint32_t n = 0u;
    for (uint32_t i = 0u; i < 20000000u; i++) {{
        uint32_t high = UINT32_MAX - i;
        if (third_of(i) != i / 3u || third_of(high) != high / 3u
            || third_of(n) != n / 3u) {{
            return 1;
        }}
        n += 2654435761u;
    }}
    return 0;
}}
"""


@pytest.mark.usefixtures("compiled")
def test_thirds_without_division(tmp_path):
    function = MAJORITIES[MAJORITIES.index("static uint32_t third_of") :]
    function = function[: function.index("\n}\n") + 3]
    files = {"main.c": DIVISIONS.format(function=function)}
    compile_c(tmp_path, files, ["-O2", "-o", "program"])
    assert subprocess.run([tmp_path / "program"]).returncode == 0
