# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Settings and data for all tests and doctests."""

import os

# Without it, scikit-learn skips the check that array API dispatch changes nothing.
os.environ["SCIPY_ARRAY_API"] = "1"

import hypothesis
import pytest

from skbit.datasets import fetch_fashion_mnist, fetch_mnist

hypothesis.settings.register_profile(
    "skbit",
    deadline=None,
    max_examples=int(os.environ.get("SKBIT_MAX_EXAMPLES", "50")),
    derandomize="CI" in os.environ,
)
hypothesis.settings.load_profile("skbit")


def _has_data():
    """Tell whether the official data are there; in CI they must be."""
    return "SKBIT_DATA_HOME" in os.environ or "CI" in os.environ


def pytest_collection_modifyitems(items):
    """Skip what needs data that are not there."""
    if _has_data():
        return
    skip = pytest.mark.skip(reason="needs MNIST: set SKBIT_DATA_HOME (see README)")
    for item in items:
        needs_data = {"mnist", "fashion_mnist"} & set(getattr(item, "fixturenames", ()))
        if needs_data or item.nodeid.startswith("skbit/datasets.py"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def mnist():
    """MNIST as ``X_train, y_train, X_test, y_test``."""
    return *fetch_mnist("train", return_X_y=True), *fetch_mnist("test", return_X_y=True)


@pytest.fixture(scope="session")
def fashion_mnist():
    """Fashion-MNIST as ``X_train, y_train, X_test, y_test``."""
    return (
        *fetch_fashion_mnist("train", return_X_y=True),
        *fetch_fashion_mnist("test", return_X_y=True),
    )
