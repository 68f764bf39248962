# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Settings and data for all tests and doctests."""

import os
import socket
import sys

# Without it, scikit-learn skips the check that array API dispatch changes nothing.
os.environ["SCIPY_ARRAY_API"] = "1"

import hypothesis
import pytest
import sklearn

from skbit.datasets import fetch_fashion_mnist, fetch_mnist

hypothesis.settings.register_profile(
    "skbit",
    deadline=None,
    max_examples=int(os.environ.get("SKBIT_MAX_EXAMPLES", "50")),
    derandomize="CI" in os.environ,
)
hypothesis.settings.load_profile("skbit")


LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "", None}
LOCAL_HOSTS.add(socket.gethostname())


def _refuse_network(event, args):
    """Raise where a test would reach another machine."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event == "socket.connect" and args[0].type == socket.SOCK_STREAM:
        # Unix sockets have a path instead of a host and a port.
        host = args[1][0] if isinstance(args[1], tuple) else None
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL_HOSTS and not host.startswith("127."):
        raise RuntimeError(f"Tests must not use the network; one asked for {host}.")


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def sklearn_config():
    """Restore the configuration of scikit-learn after every test.

    An interrupt within one of its context managers, which some tests raise at random
    moments, would leave the validation of parameters switched off for all later tests.
    """
    before = sklearn.get_config()
    yield
    sklearn.set_config(**before)


def pytest_addoption(parser):
    """Add the option with which .ci/run notices tests that are skipped unawares."""
    parser.addoption(
        "--skips",
        type=int,
        metavar="N",
        help="list skipped tests, and fail if they are more than N",
    )


def pytest_terminal_summary(terminalreporter, config):
    """List what was skipped, where skips are counted."""
    if config.getoption("skips") is not None:
        for report in terminalreporter.stats.get("skipped", []):
            terminalreporter.write_line(f"skipped: {report.nodeid}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail if more tests were skipped than allowed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    allowed = session.config.getoption("skips")
    if allowed is None or reporter is None or hasattr(session.config, "workerinput"):
        return
    n_skipped = len(reporter.stats.get("skipped", []))
    if n_skipped > allowed:
        reporter.write_line(f"\n{n_skipped} tests were skipped, not {allowed} at most.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


FETCHES = "fetch_mnist(", "fetch_fashion_mnist("


def _needs_data(item):
    """Tell whether a test or doctest asks for MNIST or Fashion-MNIST."""
    if isinstance(item, pytest.DoctestItem):
        examples = "".join(example.source for example in item.dtest.examples)
        return any(fetch in examples for fetch in FETCHES)
    return bool({"mnist", "fashion_mnist"} & set(item.fixturenames))


def pytest_configure(config):
    """Register the marker of what needs data."""
    config.addinivalue_line("markers", "data: needs MNIST or Fashion-MNIST")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what needs data, and skip it where there are none."""
    skip = pytest.mark.skip(reason="needs MNIST: set SKBIT_DATA_HOME (see README)")
    for item in items:
        if _needs_data(item):
            item.add_marker("data")
            if "SKBIT_DATA_HOME" not in os.environ:
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
