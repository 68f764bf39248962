# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Without a compiler the C cannot be tested; in CI there must be one."""

import os

import pytest

from skbit.codegen._compiler import find_compiler, load


def pytest_collection_modifyitems(items):
    if find_compiler() is None and "CI" not in os.environ:
        for item in items:
            if "codegen" in item.path.parts and "compiled" in item.fixturenames:
                item.add_marker(pytest.mark.skip(reason="needs a C compiler"))


@pytest.fixture
def compiled(tmp_path):
    """A function that compiles sources and returns their models."""
    return lambda *sources: load(tmp_path, *sources)
