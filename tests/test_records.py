# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of the documentation are what the records say."""

import json
import shutil
from pathlib import Path

import pytest

from asv_bench import __main__ as command
from asv_bench import first_call, growth, limits

DOC = Path(__file__).parents[1] / "doc"


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Return a folder with what the commands make of copies of the records."""
    folder = tmp_path_factory.mktemp("doc")
    for record in DOC.glob("*.jsonl"):
        shutil.copy(record, folder)
    for module in (command, first_call, growth, limits):
        module.main(["--render", "--doc", str(folder)])
    return folder


@pytest.mark.parametrize("name", sorted(path.name for path in DOC.glob("*.inc")))
def test_tables_are_made_of_the_records(name, rendered):
    assert (DOC / name).read_text("utf8") == (rendered / name).read_text("utf8")


def test_all_tables_are_there(rendered):
    made = {path.name for path in rendered.glob("*.inc")}
    assert made == {path.name for path in DOC.glob("*.inc")}
    pages = "".join(path.read_text("utf8") for path in DOC.glob("*.rst"))
    assert [name for name in made if f".. include:: {name}" not in pages] == []


@pytest.mark.parametrize("suite", command.SUITES.values(), ids=lambda suite: suite.name)
def test_records_have_rows_and_sets_that_are_known(suite):
    lines = (DOC / suite.record).read_text("utf8").splitlines()
    found = {(entry["set"], entry["name"]) for entry in map(json.loads, lines)}
    assert {name for name, _ in found} <= set(suite.sets)
    names = {row.name for row in suite.rows}
    assert {name for _, name in found} <= names
    assert any(name.startswith("skbit") for name in names)
