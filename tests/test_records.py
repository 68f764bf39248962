# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of the documentation are what the records say."""

import json
import shutil
from pathlib import Path

import pytest

from asv_bench import __main__ as command
from asv_bench import first_call, growth, limits, provenance

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


@pytest.mark.parametrize("page", provenance.PAGES)
def test_figures_come_from_the_records(page):
    lines = list(provenance.check((DOC.parent / page).read_text("utf8")))
    assert len(lines) >= 6
    assert [line for line, is_right in lines if not is_right] == []


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("a model of 11.9 kB has 98.77 %", [True, True]),
        ("a model of 11.8 kB has 98.8 %", [False, True]),
        ("a model of 12 kB has 98.77 %, and in 3 ms", [True, True, False]),
        ("98.77 % for a model of 11.9 kB", [False, True]),
    ],
)
def test_other_figures_are_found(text, is_right):
    assert [found for _, found in provenance.check(text)] == is_right
