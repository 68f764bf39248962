# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Tests reach this machine only."""

import socket
import urllib.request

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org"])
def test_other_machines_are_refused(host):
    with pytest.raises(RuntimeError, match="must not use the network"):
        urllib.request.urlopen(f"http://{host}", timeout=1)


def test_addresses_are_refused():
    refused = pytest.raises(RuntimeError, match="must not use the network")
    with socket.socket() as stream, refused:
        stream.connect(("192.0.2.1", 80))


def test_this_machine_is_not():
    with socket.create_server(("localhost", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
