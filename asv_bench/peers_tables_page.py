# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of the page about tables."""

import json


def read(results):
    """Return the last result of every row, table and seed."""
    found = {}
    if results.exists():
        for line in results.read_text(encoding="utf8").splitlines():
            entry = json.loads(line)
            found[entry["set"], entry["name"], entry["seed"]] = entry
    return list(found.values())


def write_page(results, doc):
    """Write the tables that the manual includes."""
